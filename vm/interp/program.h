/*
 * program.h — a loaded, verified module: immutable while it runs.
 *
 * Invariants: built by load.c from bytes, proved by verify.c, then never
 * written again, so workers share it without locks. All pointers stay inside
 * the program's own arena and are freed together.
 *
 * Rejected: several linked modules per program. The front end links whole
 * programs; one module keeps type and function numbers in 16 bits of an
 * instruction.
 */
#ifndef QI_INTERP_PROGRAM_H
#define QI_INTERP_PROGRAM_H

#include "../include/qi/native.h"
#include "../sched/worker.h"
#include "refusal.h"

typedef enum QiFuncKind { QI_FUNC_PLAIN = 0, QI_FUNC_CLOSURE, QI_FUNC_COROUTINE } QiFuncKind;

typedef struct QiImport {
    QiNativeFn fn;
    uint32_t number;              /* row of natives.def */
    bool parks;                   /* may suspend: only PARKNATIVE calls it */
    bool pool;                    /* parks by qi_offload alone */
    bool own;                     /* may run in a worker's own part of the scheduler */
    bool io;                      /* reads or writes outside the program */
    uint32_t nparams;
    const QiType **params;
    const QiType *result;
} QiImport;

typedef struct QiHandler { uint32_t start, end, pc; } QiHandler;
typedef struct QiRange { uint32_t start, end; } QiRange;
typedef struct QiLine { uint32_t pc, line, column; } QiLine;

typedef struct QiFunction {
    QiName name;
    uint32_t file;
    uint8_t kind;                 /* QiFuncKind */
    uint32_t nparams;             /* declared; a closure's register 0 comes before them */
    const QiType **params;
    const QiType *result;
    const QiType *self;           /* closure: FUNC type; coroutine: COROUTINE type; plain: TASK type or NULL */
    const QiType *env;            /* closure: its ENV type */
    const QiType *yields;         /* COROUTINE type or NULL */
    uint32_t nregs;
    uint32_t ncode;
    QiInsn *code;
    uint32_t *map_of;             /* ncode entries: bitmap number + 1, 0: not a safepoint */
    uint32_t nmaps;
    const uint8_t **maps;         /* bitmaps of map_bytes[i] bytes */
    uint32_t *map_bytes;
    const uint8_t *entry_map;     /* references among the parameters */
    uint32_t entry_map_bytes;
    uint32_t nlocals;             /* nparams, plus one for a closure's environment: what a caller's window must hold */
    uint32_t nhandlers, nmasked, nlines;
    QiHandler *handlers;
    QiRange *masked;
    QiLine *lines;
} QiFunction;

typedef struct QiProgram {
    uint32_t nconstants, nstrings, ntypes, nglobals, nimports, nfiles, nfunctions, main;
    QiValue *constants;
    QiName *string_data;          /* until strings are made */
    QiString **strings;           /* permanent objects, made by qi_program_bind */
    QiType **types;
    const QiType **global_types;
    QiName *global_names;
    QiImport *imports;
    const QiType **option_of;     /* type number → its 选项 type (DFIND, RESUME, RECVOK deliver it), or NULL when the module has none */
    const QiType **pointer_of;    /* the same for 指针 types (PTRCELL …) */
    QiName *files;
    QiFunction *functions;
    QiFuncEntry *entries;         /* parallel to functions: what a call reads */
    /* Code of all functions in one array, in order, so that a pc finds its function by binary search. */
    QiInsn *code;
    uint32_t *code_start;         /* nfunctions + 1 */
    uint16_t *code_owner;         /* the function of every sixteenth instruction: a collection asks for each frame of every stack */
    struct QiArena *arena;
} QiProgram;

/* Can a program begin with it? */
QI_INLINE bool qi_function_is_entry(const QiFunction *f) {
    return f->kind == QI_FUNC_PLAIN && f->nparams == 0 && f->self != NULL && (f->result->kind == QI_T_INT || f->result->kind == QI_T_UNIT);
}

/* Reads and verifies `bytes` (not kept). NULL and *error filled when refused. */
QiProgram *qi_program_load(const uint8_t *bytes, size_t len, QiLoadError *error);
/* Makes the string constants in the heap and points it at the type table. false: out of memory. */
bool qi_program_bind(QiProgram *p, QiHeap *heap);
void qi_program_free(QiProgram *p);
/* The whole program as text; the caller frees it. NULL: out of memory. */
char *qi_disassemble(const QiProgram *p, bool english, size_t *len);

/* The function whose code contains pc, or NULL (the VM's own stubs). */
const QiFunction *qi_program_function_at(const QiProgram *p, const QiInsn *pc);
/* Line and column of an instruction; false when stripped. */
bool qi_program_place(const QiFunction *f, const QiInsn *pc, uint32_t *line, uint32_t *column);

/* verify.c: whether an import's types are an instance of its row in natives.def. */
bool qi_import_fits(const QiProgram *p, const QiImport *import);
/* verify.c: proves one loaded program; called by qi_program_load. */
bool qi_verify(const QiProgram *p, QiLoadError *error);

#endif
