/*
 * module_builder.h — writes .qic modules by hand, for tests and the fuzzer.
 *
 * A module is a value with fixed capacities: small programs are all it is for.
 * Nothing is checked, because wrong modules are what it is needed for most.
 *
 *     QbModule m;
 *     qb_begin(&m);
 *     uint32_t list = qb_type1(&m, QI_T_LIST, m.t_int);
 *     QbFunction *f = qb_main(&m, 4);
 *     qb_op(f, QI_OP_LDI, 0, 7, 0);
 *     qb_op(f, QI_OP_RET0, 0, 0, 0);
 *     uint8_t *bytes = qb_finish(&m, &len);    // free it
 *
 * Header only, because tests link the library and one object file each.
 */
#ifndef QI_INTERP_MODULE_BUILDER_H
#define QI_INTERP_MODULE_BUILDER_H

#include <stdio.h>
#include <stdlib.h>

#include "../base/arena.h"
#include "../heap/type.h"
#include "../include/qi/generated/tables_hash.h"
#include "../include/qi/opcodes.h"

#define QB_BYTES 16384
#define QB_CODE 64
#define QB_FUNCTIONS 8
#define QB_HEADER 24

typedef struct QbBytes { uint8_t at[QB_BYTES]; size_t len; } QbBytes;

typedef struct QbFunction {
    const char *name;
    uint32_t file, kind, nparams, params[8], result;
    uint32_t nself, self[2];   /* as written in the file: a plain function's is 1 + type, or 0 */
    uint32_t yields;           /* as written: 0 or 1 + type */
    uint32_t nregs;
    uint32_t ncode;
    QiInsn code[QB_CODE];
    bool has_map[QB_CODE];
    uint64_t map[QB_CODE];     /* bit r: register r; registers above 63 cannot be live */
    uint32_t nhandlers, handlers[4][3], nmasked, masked[4][2];
    uint32_t nlines;           /* rows at the first instructions */
} QbFunction;

typedef struct QbModule {
    QbBytes constants, strings, types, globals, natives;
    uint32_t nconstants, nstrings, ntypes, nglobals, nnatives;
    /* Types every module has. */
    uint32_t t_int, t_float, t_bool, t_unit, t_string, t_error, t_char, t_unit_task;
    uint32_t nfunctions, main;
    QbFunction functions[QB_FUNCTIONS];
} QbModule;

/* --- fields ----------------------------------------------------------------- */

static inline void qb_u8(QbBytes *b, uint8_t v) {
    if (b->len == QB_BYTES) abort();
    b->at[b->len++] = v;
}

static inline void qb_u(QbBytes *b, uint32_t v) {
    for (; v >= 0x80; v >>= 7) qb_u8(b, (uint8_t)(v | 0x80));
    qb_u8(b, (uint8_t)v);
}

static inline void qb_le(QbBytes *b, uint64_t v, unsigned n) {
    for (unsigned i = 0; i < n; i++) qb_u8(b, (uint8_t)(v >> (8 * i)));
}

static inline void qb_str(QbBytes *b, const char *s) {
    size_t n = strlen(s);
    qb_u(b, (uint32_t)n);
    for (size_t i = 0; i < n; i++) qb_u8(b, (uint8_t)s[i]);
}

static inline void qb_append(QbBytes *to, const QbBytes *from) {
    for (size_t i = 0; i < from->len; i++) qb_u8(to, from->at[i]);
}

/* --- tables: each gives the new entry's number --------------------------------- */

static inline uint32_t qb_type(QbModule *m, QiTypeKind kind) {
    qb_u8(&m->types, (uint8_t)kind);
    return m->ntypes++;
}

/* A class of native objects without a type argument. */
static inline uint32_t qb_class(QbModule *m, QiNativeClass number) {
    qb_type(m, QI_T_NATIVE);
    qb_u8(&m->types, (uint8_t)number);
    return m->ntypes - 1;
}

/* 列表 选项 未来 任务 通道 cell */
static inline uint32_t qb_type1(QbModule *m, QiTypeKind kind, uint32_t a) {
    qb_u8(&m->types, (uint8_t)kind);
    qb_u(&m->types, a);
    return m->ntypes++;
}

/* 字典 (key, value); 数组 (element, length) */
static inline uint32_t qb_type2(QbModule *m, QiTypeKind kind, uint32_t a, uint32_t b) {
    qb_type1(m, kind, a);
    qb_u(&m->types, b);
    return m->ntypes - 1;
}

static inline uint32_t qb_coroutine(QbModule *m, uint32_t yields, uint32_t sends, uint32_t result) {
    qb_type2(m, QI_T_COROUTINE, yields, sends);
    qb_u(&m->types, result);
    return m->ntypes - 1;
}

static inline uint32_t qb_struct(QbModule *m, const char *name, uint32_t n, const uint32_t *fields) {
    qb_u8(&m->types, QI_T_STRUCT);
    qb_str(&m->types, name);
    qb_u8(&m->types, 0);
    qb_u(&m->types, n);
    for (uint32_t i = 0; i < n; i++) {
        qb_str(&m->types, "甲");
        qb_u(&m->types, fields[i]);
    }
    return m->ntypes++;
}

static inline uint32_t qb_func_type(QbModule *m, uint32_t n, const uint32_t *params, uint32_t result) {
    qb_u8(&m->types, QI_T_FUNC);
    qb_u(&m->types, n);
    for (uint32_t i = 0; i < n; i++) qb_u(&m->types, params[i]);
    qb_u(&m->types, result);
    return m->ntypes++;
}

static inline uint32_t qb_env(QbModule *m, uint32_t n, const uint32_t *captures) {
    qb_u8(&m->types, QI_T_ENV);
    qb_u(&m->types, n);
    for (uint32_t i = 0; i < n; i++) qb_u(&m->types, captures[i]);
    return m->ntypes++;
}

static inline uint32_t qb_constant(QbModule *m, uint64_t v) {
    qb_le(&m->constants, v, 8);
    return m->nconstants++;
}

static inline uint32_t qb_string(QbModule *m, const char *s) {
    qb_str(&m->strings, s);
    return m->nstrings++;
}

static inline uint32_t qb_global(QbModule *m, uint32_t type, const char *name) {
    qb_u(&m->globals, type);
    qb_str(&m->globals, name);
    return m->nglobals++;
}

/* Row of natives.def by its symbol. */
static inline uint32_t qb_native_number(const char *symbol) {
    static const char *const symbols[] = {
#define QI_NATIVE(symbol, name_, receiver_, params_, result_, flags_) #symbol,
#include "../../natives/natives.def"
#undef QI_NATIVE
    };
    for (uint32_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++) {
        if (strcmp(symbols[i], symbol) == 0) return i;
    }
    fprintf(stderr, "no native %s\n", symbol);
    abort();
}

static inline uint32_t qb_native(QbModule *m, const char *symbol, uint32_t n, const uint32_t *params, uint32_t result) {
    qb_u(&m->natives, qb_native_number(symbol));
    qb_u(&m->natives, n);
    for (uint32_t i = 0; i < n; i++) qb_u(&m->natives, params[i]);
    qb_u(&m->natives, result);
    return m->nnatives++;
}

/* --- functions -------------------------------------------------------------------- */

static inline QbFunction *qb_function(QbModule *m, const char *name, uint32_t kind, uint32_t nregs, uint32_t result) {
    if (m->nfunctions == QB_FUNCTIONS) abort();
    QbFunction *f = &m->functions[m->nfunctions++];
    memset(f, 0, sizeof *f);
    f->name = name;
    f->kind = kind;
    f->nregs = nregs;
    f->result = result;
    f->nself = 1;
    return f;
}

/* 入口, result 空. */
static inline QbFunction *qb_main(QbModule *m, uint32_t nregs) {
    m->main = m->nfunctions;
    QbFunction *f = qb_function(m, "入口", 0, nregs, m->t_unit);
    f->self[0] = 1 + m->t_unit_task;
    return f;
}

static inline void qb_param(QbFunction *f, uint32_t type) { f->params[f->nparams++] = type; }

/* Appends an instruction; gives its pc. */
static inline uint32_t qb_op(QbFunction *f, QiOp op, uint32_t a, uint32_t b, uint32_t c) {
    if (f->ncode == QB_CODE) abort();
    f->code[f->ncode] = (QiInsn){.op = (uint16_t)op, .a = (uint16_t)a, .b = (uint16_t)b, .c = (uint16_t)c};
    return f->ncode++;
}

/* The same with a 32-bit operand. */
static inline uint32_t qb_op32(QbFunction *f, QiOp op, uint32_t a, int32_t bc) {
    uint32_t u = (uint32_t)bc;
    return qb_op(f, op, a, u & 0xFFFF, u >> 16);
}

/* The live-ref map of the last instruction. */
static inline void qb_live(QbFunction *f, uint64_t registers) {
    f->has_map[f->ncode - 1] = true;
    f->map[f->ncode - 1] = registers;
}

static inline void qb_handler(QbFunction *f, uint32_t start, uint32_t end, uint32_t pc) {
    uint32_t *h = f->handlers[f->nhandlers++];
    h[0] = start;
    h[1] = end;
    h[2] = pc;
}

static inline void qb_write_maps(QbBytes *b, const QbFunction *f) {
    uint32_t n = 0, bytes = (f->nregs + 7) / 8 < 8 ? (f->nregs + 7) / 8 : 8;
    for (uint32_t i = 0; i < f->ncode; i++) n += f->has_map[i];
    qb_u(b, n);
    for (uint32_t i = 0; i < f->ncode; i++) {
        if (!f->has_map[i]) continue;
        qb_u(b, bytes);
        qb_le(b, f->map[i], bytes);
    }
    qb_u(b, n);
    uint32_t last = 0, map = 0;
    for (uint32_t i = 0; i < f->ncode; i++) {
        if (!f->has_map[i]) continue;
        qb_u(b, i - last);
        qb_u(b, map++);
        last = i;
    }
}

static inline void qb_write_function(QbBytes *b, const QbFunction *f) {
    qb_str(b, f->name);
    qb_u(b, f->file);
    qb_u8(b, (uint8_t)f->kind);
    qb_u(b, f->nparams);
    for (uint32_t i = 0; i < f->nparams; i++) qb_u(b, f->params[i]);
    qb_u(b, f->result);
    for (uint32_t i = 0; i < f->nself; i++) qb_u(b, f->self[i]);
    qb_u(b, f->yields);
    qb_u(b, f->nregs);
    qb_u(b, f->ncode);
    for (uint32_t i = 0; i < f->ncode; i++) {
        const QiInsn *n = &f->code[i];
        qb_le(b, (uint64_t)n->op | (uint64_t)n->a << 16 | (uint64_t)n->b << 32 | (uint64_t)n->c << 48, 8);
    }
    qb_write_maps(b, f);
    qb_u(b, f->nhandlers);
    for (uint32_t i = 0; i < f->nhandlers; i++) {
        for (int k = 0; k < 3; k++) qb_u(b, f->handlers[i][k]);
    }
    qb_u(b, f->nmasked);
    for (uint32_t i = 0; i < f->nmasked; i++) {
        for (int k = 0; k < 2; k++) qb_u(b, f->masked[i][k]);
    }
    qb_u(b, f->nlines);
    for (uint32_t i = 0; i < f->nlines; i++) {
        qb_u(b, i > 0);
        qb_u(b, 2); /* one line on */
        qb_u(b, 0);
    }
}

/* --- the whole ------------------------------------------------------------------------ */

static inline void qb_begin(QbModule *m) {
    memset(m, 0, sizeof *m);
    m->t_int = qb_type(m, QI_T_INT);
    m->t_float = qb_type(m, QI_T_FLOAT);
    m->t_bool = qb_type(m, QI_T_BOOL);
    m->t_unit = qb_type(m, QI_T_UNIT);
    m->t_string = qb_type(m, QI_T_STRING);
    m->t_error = qb_type(m, QI_T_ERROR);
    m->t_char = qb_type(m, QI_T_CHAR);
    m->t_unit_task = qb_type1(m, QI_T_TASK, m->t_unit);
}

/* Writes length and checksum into the header of any bytes that should be a module. */
static inline void qb_seal(uint8_t *bytes, size_t len) {
    if (len < QB_HEADER) return;
    uint32_t fields[2] = {(uint32_t)len, qi_crc32(bytes + QB_HEADER, len - QB_HEADER)};
    for (unsigned i = 0; i < 8; i++) bytes[16 + i] = (uint8_t)(fields[i / 4] >> (8 * (i % 4)));
}

/* The module's bytes; free() them. */
static inline uint8_t *qb_finish(const QbModule *m, size_t *len) {
    QbBytes b = {.len = 0};
    for (unsigned i = 0; i < 4; i++) qb_u8(&b, (uint8_t)"QIC1"[i]);
    qb_le(&b, QI_FORMAT_VERSION, 2);
    qb_le(&b, 0, 2);
    qb_le(&b, QI_TABLES_HASH, 8);
    qb_le(&b, 0, 8);
    const QbBytes *tables[] = {&m->constants, &m->strings, &m->types, &m->globals, &m->natives};
    const uint32_t counts[] = {m->nconstants, m->nstrings, m->ntypes, m->nglobals, m->nnatives};
    for (unsigned i = 0; i < 5; i++) {
        qb_u(&b, counts[i]);
        qb_append(&b, tables[i]);
    }
    qb_u(&b, 1);
    qb_str(&b, "甲.qi");
    qb_u(&b, m->nfunctions);
    for (uint32_t i = 0; i < m->nfunctions; i++) qb_write_function(&b, &m->functions[i]);
    qb_u(&b, m->main);
    uint8_t *bytes = malloc(b.len);
    if (bytes == NULL) abort();
    memcpy(bytes, b.at, b.len);
    *len = b.len;
    qb_seal(bytes, b.len);
    return bytes;
}

#endif
