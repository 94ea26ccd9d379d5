/*
 * fuzz_main.c — mutates .qic modules, loads them, and runs what the verifier accepts.
 *
 *     fuzz [--runs N] [--seconds N] [--seed S] [--crash FILE] [seed.qic …]
 *     fuzz --replay FILE
 *
 * Built with AddressSanitizer and UBSan: a module that is accepted and then makes
 * them speak, or that hangs the loader, is a hole in the verifier. The module that
 * did it is left in FILE. Without seed files a few modules made by the builder
 * serve.
 *
 * Mutations know the container's structure: a walk over an accepted module notes
 * where each number, opcode, operand and map stands, so that most mutants are
 * well-formed and differ in what they mean. Length and checksum are repaired. Accepted
 * mutants join the pool, so that changes add up.
 *
 * Invariants
 * - The same seed and files give the same modules, but for how long each may run.
 * - A program is stopped after RUN_MS through the poll flag, as a preemption would.
 *
 * Rejected: a coverage-guided fuzzer. It needs clang on the machine and spends its
 * effort on getting past the checksum and the lengths again and again.
 */
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "module_builder.h"
#include "vm.h"

#define RUN_MS 4
#define HANG_MS 20000
#define HEAP_LIMIT ((size_t)24 << 20)
#define STACK_LIMIT ((size_t)1 << 20)
#define FIELDS_MAX 65536u
#define MODULE_MAX ((size_t)1 << 20)
#define POOL_MUTANTS 512u

/* --- what signal handlers and the sanitizers' last words need --------------------- */

static _Atomic(QiWorker *) running;      /* stopped when its time is up */
static volatile sig_atomic_t ticks;      /* of RUN_MS, since the module was begun */
static const uint8_t *volatile module_bytes;
static volatile size_t module_len;
static const char *crash_path = "fuzz-crash.qic";

static void save_module(void) {
    FILE *f = module_bytes != NULL ? fopen(crash_path, "wb") : NULL;
    if (f == NULL) return;
    fwrite(module_bytes, 1, module_len, f);
    fclose(f);
    fprintf(stderr, "fuzz: the module is in %s\n", crash_path);
}

static void on_tick(int signal) {
    (void)signal;
    QiWorker *w = atomic_load_explicit(&running, memory_order_relaxed);
    if (ticks++ > 0 && w != NULL) qi_worker_request(w, QI_POLL_STOP);
    if (ticks < HANG_MS / RUN_MS) return;
    static const char text[] = "fuzz: a module hangs\n";
    if (write(STDERR_FILENO, text, sizeof text - 1) > 0) save_module();
    abort();
}

#if defined(__SANITIZE_ADDRESS__)
void __sanitizer_set_death_callback(void (*callback)(void));
const char *__asan_default_options(void);
/* Allocations a hostile program asks for may fail; they are no finding. */
__attribute__((visibility("default"))) const char *__asan_default_options(void) { return "allocator_may_return_null=1:quarantine_size_mb=32:handle_abort=1"; }
const char *__ubsan_default_options(void);
__attribute__((visibility("default"))) const char *__ubsan_default_options(void) { return "print_stacktrace=1"; }
#define SET_DEATH_CALLBACK() __sanitizer_set_death_callback(save_module)
#else
#define SET_DEATH_CALLBACK() ((void)0)
#endif

/* --- random numbers ------------------------------------------------------------------ */

typedef struct Rng { uint64_t state; } Rng;

static uint64_t next_random(Rng *r) {
    uint64_t x = r->state += 0x9E3779B97F4A7C15u;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

static uint32_t below(Rng *r, uint32_t n) { return n == 0 ? 0 : (uint32_t)(next_random(r) % n); }

/* --- modules --------------------------------------------------------------------------- */

typedef struct Module { uint8_t *bytes; size_t len; } Module;

static Module module_copy(const uint8_t *bytes, size_t len, size_t room) {
    Module m = {.bytes = malloc(len + room + 1), .len = len};
    if (m.bytes == NULL) abort();
    memcpy(m.bytes, bytes, len);
    return m;
}

/* What a mutation may aim at. */
typedef enum FieldKind { FIELD_NUMBER, FIELD_BYTE, FIELD_CODE, FIELD_WORD, FIELD_MAP } FieldKind;
typedef struct Field { uint32_t at, len; FieldKind kind; } Field;

/* Where everything of a module stands. */
typedef struct Walk {
    const uint8_t *bytes;
    size_t len, at;
    bool bad;
    uint32_t nfields;
    Field fields[FIELDS_MAX];
    uint32_t ncode;      /* fields that are FIELD_CODE */
    uint32_t code[FIELDS_MAX];
} Walk;

static void note(Walk *w, size_t at, size_t len, FieldKind kind) {
    if (w->nfields == FIELDS_MAX || len == 0) return;
    if (kind == FIELD_CODE) w->code[w->ncode++] = w->nfields;
    w->fields[w->nfields++] = (Field){.at = (uint32_t)at, .len = (uint32_t)len, .kind = kind};
}

static uint32_t walk_number(Walk *w) {
    size_t start = w->at;
    uint32_t v = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
        if (w->at == w->len) {
            w->bad = true;
            return 0;
        }
        uint8_t b = w->bytes[w->at++];
        if (shift < 32) v |= (uint32_t)(b & 0x7F) << shift;
        if (b < 0x80) break;
    }
    note(w, start, w->at - start, FIELD_NUMBER);
    return v;
}

static void walk_numbers(Walk *w, uint32_t n) {
    for (uint32_t i = 0; i < n && !w->bad; i++) walk_number(w);
}

static void walk_bytes(Walk *w, size_t n, FieldKind kind) {
    if (w->len - w->at < n) {
        w->bad = true;
        return;
    }
    note(w, w->at, n, kind);
    w->at += n;
}

static void walk_name(Walk *w) { walk_bytes(w, walk_number(w), FIELD_BYTE); }

static void walk_list(Walk *w) { walk_numbers(w, walk_number(w)); }

static void walk_type(Walk *w) {
    if (w->at == w->len) {
        w->bad = true;
        return;
    }
    uint8_t kind = w->bytes[w->at];
    walk_bytes(w, 1, FIELD_BYTE);
    switch (kind) {
    case QI_T_LIST: case QI_T_OPTION: case QI_T_FUTURE: case QI_T_TASK: case QI_T_CHANNEL: case QI_T_CELL: walk_numbers(w, 1); break;
    case QI_T_ARRAY: case QI_T_DICT: walk_numbers(w, 2); break;
    case QI_T_COROUTINE: walk_numbers(w, 3); break;
    case QI_T_STRUCT:
        walk_name(w);
        walk_bytes(w, 1, FIELD_BYTE);
        for (uint32_t n = walk_number(w); n > 0 && !w->bad; n--) {
            walk_name(w);
            walk_number(w);
        }
        break;
    case QI_T_FUNC:
        walk_list(w);
        walk_number(w);
        break;
    case QI_T_ENV: case QI_T_TUPLE: walk_list(w); break;
    case QI_T_ENUM:
        walk_name(w);
        for (uint32_t n = walk_number(w); n > 0 && !w->bad; n--) {
            walk_name(w);
            walk_list(w);
        }
        break;
    default: break;
    }
}

static void walk_function(Walk *w) {
    walk_name(w);
    walk_number(w);
    uint8_t kind = w->at < w->len ? w->bytes[w->at] : 0;
    walk_bytes(w, 1, FIELD_BYTE);
    walk_list(w);
    walk_number(w);
    walk_numbers(w, kind == QI_FUNC_CLOSURE ? 2 : 1);
    walk_numbers(w, 2); /* yields, registers */
    for (uint32_t n = walk_number(w); n > 0 && !w->bad; n--) walk_bytes(w, 8, FIELD_CODE);
    for (uint32_t n = walk_number(w); n > 0 && !w->bad; n--) walk_bytes(w, walk_number(w), FIELD_MAP);
    for (uint32_t n = walk_number(w); n > 0 && !w->bad; n--) walk_numbers(w, 2);
    for (uint32_t n = walk_number(w); n > 0 && !w->bad; n--) walk_numbers(w, 3);
    for (uint32_t n = walk_number(w); n > 0 && !w->bad; n--) walk_numbers(w, 2);
    for (uint32_t n = walk_number(w); n > 0 && !w->bad; n--) walk_numbers(w, 3);
}

/* false: the bytes have no such structure. */
static bool walk_module(Walk *w, const uint8_t *bytes, size_t len) {
    w->bytes = bytes;
    w->len = len;
    w->at = QB_HEADER;
    w->bad = len < QB_HEADER;
    w->nfields = w->ncode = 0;
    for (uint32_t n = w->bad ? 0 : walk_number(w); n > 0 && !w->bad; n--) walk_bytes(w, 8, FIELD_WORD);
    for (uint32_t n = w->bad ? 0 : walk_number(w); n > 0 && !w->bad; n--) walk_name(w);
    for (uint32_t n = w->bad ? 0 : walk_number(w); n > 0 && !w->bad; n--) walk_type(w);
    for (uint32_t n = w->bad ? 0 : walk_number(w); n > 0 && !w->bad; n--) {
        walk_number(w);
        walk_name(w);
    }
    for (uint32_t n = w->bad ? 0 : walk_number(w); n > 0 && !w->bad; n--) {
        walk_number(w);
        walk_list(w);
        walk_number(w);
    }
    for (uint32_t n = w->bad ? 0 : walk_number(w); n > 0 && !w->bad; n--) walk_name(w);
    for (uint32_t n = w->bad ? 0 : walk_number(w); n > 0 && !w->bad; n--) walk_function(w);
    if (!w->bad) walk_number(w);
    return !w->bad && w->nfields > 0;
}

/* --- mutations ------------------------------------------------------------------------------ */

static uint32_t interesting(Rng *r, uint32_t old) {
    static const uint32_t values[] = {0, 1, 2, 3, 7, 8, 63, 64, 127, 128, 255, 256, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF, 60000, 0x10000, 0x7FFFFFFF, UINT32_MAX};
    switch (below(r, 8)) {
    case 0: return values[below(r, sizeof values / sizeof values[0])];
    case 1: return (uint32_t)next_random(r) >> below(r, 32);
    case 2: case 3: return below(r, 16);
    case 4: case 5: return old + 1;
    default: return old - 1;
    }
}

/* Replaces `old_len` bytes at `at` by n others. */
static void splice(Module *m, size_t at, size_t old_len, const uint8_t *bytes, size_t n) {
    memmove(m->bytes + at + n, m->bytes + at + old_len, m->len - at - old_len);
    memcpy(m->bytes + at, bytes, n);
    m->len = m->len - old_len + n;
}

static void mutate_number(Rng *r, Module *m, const Walk *w, const Field *f) {
    uint32_t old = 0;
    for (uint32_t i = 0; i < f->len && i < 5; i++) old |= (uint32_t)(m->bytes[f->at + i] & 0x7F) << (7 * i);
    uint32_t v = interesting(r, old);
    if (below(r, 3) == 0) {
        /* The value of another number. */
        const Field *other = &w->fields[below(r, w->nfields)];
        if (other->kind == FIELD_NUMBER) v = m->bytes[other->at] & 0x7F;
    }
    uint8_t text[5];
    size_t n = 0;
    for (; v >= 0x80; v >>= 7) text[n++] = (uint8_t)(v | 0x80);
    text[n++] = (uint8_t)v;
    splice(m, f->at, f->len, text, n);
}

static void put16(uint8_t *p, uint16_t v) {
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}

static uint16_t get16(const uint8_t *p) { return (uint16_t)(p[0] | p[1] << 8); }

static void mutate_code(Rng *r, Module *m, const Walk *w, const Field *f) {
    uint8_t *word = m->bytes + f->at;
    const Field *other = &w->fields[w->code[below(r, w->ncode)]];
    uint8_t copy[8];
    switch (below(r, 12)) {
    case 0: put16(word, (uint16_t)below(r, QI_OP_COUNT + 2)); break;
    case 1: put16(word, (uint16_t)(get16(word) + 1 - 2 * below(r, 2))); break; /* its neighbour in the table: often of the same shape */
    case 2: memcpy(copy, word, 8); memcpy(word, m->bytes + other->at, 8); memcpy(m->bytes + other->at, copy, 8); break;
    case 3: memmove(word, m->bytes + other->at, 8); break;
    case 4: memset(word, 0, 8); break; /* NOP */
    case 5: put16(word + 2 + 2 * below(r, 3), get16(m->bytes + other->at + 2 + 2 * below(r, 3))); break;
    case 6: put16(word + 2 + 2 * below(r, 3), get16(word + 2 + 2 * below(r, 3))); break;
    default: {
        uint8_t *operand = word + 2 + 2 * below(r, 3);
        put16(operand, (uint16_t)interesting(r, get16(operand)));
        break;
    }
    }
}

static void mutate_bytes(Rng *r, Module *m, uint32_t at, uint32_t len) {
    uint8_t *p = m->bytes + at + below(r, len);
    switch (below(r, 3)) {
    case 0: *p ^= (uint8_t)(1u << below(r, 8)); break;
    case 1: *p = (uint8_t)next_random(r); break;
    default: *p = (uint8_t)below(r, QI_T_KIND_COUNT + 1); break;
    }
}

/* Changes a word anywhere, or cuts or repeats a piece: mostly refused early, as it should be. */
static void mutate_blindly(Rng *r, Module *m) {
    if (m->len <= QB_HEADER) return;
    uint32_t at = QB_HEADER + below(r, (uint32_t)(m->len - QB_HEADER)), n = 1 + below(r, 16);
    if (n > m->len - at) n = (uint32_t)(m->len - at);
    uint8_t piece[16];
    memcpy(piece, m->bytes + at, n);
    switch (below(r, 4)) {
    case 0: splice(m, at, n, piece, 0); break;
    case 1: splice(m, at, 0, piece, n); break;
    case 2: m->len = at; break;
    default: mutate_bytes(r, m, at, n); break;
    }
}

/* One change; the walk is of the module as it is. */
static void mutate(Rng *r, Module *m, const Walk *w) {
    uint32_t choice = below(r, 16);
    if (choice == 0) {
        mutate_blindly(r, m);
        return;
    }
    const Field *f = choice < 9 && w->ncode > 0 ? &w->fields[w->code[below(r, w->ncode)]] : &w->fields[below(r, w->nfields)];
    switch (f->kind) {
    case FIELD_NUMBER: mutate_number(r, m, w, f); break;
    case FIELD_CODE: mutate_code(r, m, w, f); break;
    case FIELD_BYTE: case FIELD_WORD: case FIELD_MAP: mutate_bytes(r, m, f->at, f->len); break;
    }
}

/* --- running --------------------------------------------------------------------------------- */

static bool swallow(void *user, int fd, const char *bytes, size_t len) {
    (void)fd;
    uint64_t *sum = user;
    for (size_t i = 0; i < len; i++) *sum += (uint8_t)bytes[i];
    return true;
}

#define REASON_MAX 512

/* Loads, lists and runs one module. false: refused, for the reason (may be NULL). */
static bool try_module(Rng *r, const Module *m, uint64_t *sum, char *reason) {
    module_len = m->len;
    module_bytes = m->bytes;
    ticks = 0;
    static const char *const args[] = {"甲", "乙"};
    QiConfig config = {
        .argc = 2, .argv = args, .deterministic = true, .seed = next_random(r), .english = below(r, 2) == 0, .heap_limit_bytes = HEAP_LIMIT,
        .stack_limit_bytes = STACK_LIMIT, .gc_stress = below(r, 3) == 0, .write = swallow, .user = sum,
    };
    QiVm *vm = qi_vm_new(&config);
    if (vm == NULL) abort();
    bool ok = qi_vm_load(vm, m->bytes, m->len);
    if (!ok && reason != NULL) snprintf(reason, REASON_MAX, "%s", qi_vm_error(vm));
    if (ok) {
        if (below(r, 32) == 0) {
            size_t len;
            qi_free(qi_vm_disassemble(vm, &len));
        }
        ticks = 0;
        atomic_store_explicit(&running, qi_sched_worker(vm->sched, 0), memory_order_relaxed);
        *sum += (uint64_t)qi_vm_run(vm);
        atomic_store_explicit(&running, NULL, memory_order_relaxed);
    }
    qi_vm_free(vm);
    module_bytes = NULL;
    return ok;
}

/* --- seeds --------------------------------------------------------------------------------------- */

typedef struct Pool { Module *modules; uint32_t count, nseeds, cap; } Pool;

static void pool_add(Pool *p, Module m) {
    if (p->count == p->cap) {
        p->cap = p->cap * 2 + 16;
        p->modules = realloc(p->modules, p->cap * sizeof *p->modules);
        if (p->modules == NULL) abort();
    }
    p->modules[p->count++] = m;
}

/* An accepted mutant joins; when there are enough it takes another mutant's place. */
static void pool_keep(Rng *r, Pool *p, const Module *m) {
    Module copy = module_copy(m->bytes, m->len, 0);
    if (p->count < p->nseeds + POOL_MUTANTS) {
        pool_add(p, copy);
        return;
    }
    Module *old = &p->modules[p->nseeds + below(r, POOL_MUTANTS)];
    free(old->bytes);
    *old = copy;
}

static bool read_module(const char *path, Module *m) {
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        perror(path);
        return false;
    }
    *m = (Module){.bytes = malloc(MODULE_MAX)};
    if (m->bytes == NULL) abort();
    m->len = fread(m->bytes, 1, MODULE_MAX, f);
    fclose(f);
    Module fitting = module_copy(m->bytes, m->len, 0);
    free(m->bytes);
    *m = fitting;
    return true;
}

/* Tasks, a channel, a 选择, a 协程 and a handler: enough for the coroutine instructions to be reached. */
static void built_in_seed(Pool *p) {
    QbModule *m = malloc(sizeof *m);
    if (m == NULL) abort();
    qb_begin(m);
    uint32_t channel = qb_type1(m, QI_T_CHANNEL, m->t_string), option = qb_type1(m, QI_T_OPTION, m->t_string);
    uint32_t coroutine = qb_coroutine(m, m->t_string, m->t_unit, m->t_int);
    qb_string(m, "你好");
    QbFunction *sender = qb_function(m, "发送", QI_FUNC_PLAIN, 3, m->t_unit);
    sender->self[0] = 1 + m->t_unit_task;
    qb_param(sender, channel);
    qb_op32(sender, QI_OP_LDSTR, 1, 0);
    qb_op(sender, QI_OP_SEND, 0, 1, 0);
    qb_live(sender, 3);
    qb_op(sender, QI_OP_RET0, 0, 0, 0);
    QbFunction *generator = qb_function(m, "生成", QI_FUNC_COROUTINE, 4, m->t_int);
    generator->self[0] = coroutine;
    generator->yields = coroutine + 1;
    qb_op32(generator, QI_OP_LDSTR, 0, 0);
    qb_op(generator, QI_OP_YIELD, 1, 0, coroutine);
    qb_live(generator, 1);
    qb_op(generator, QI_OP_RET, 1, 0, 0);
    QbFunction *f = qb_main(m, 10);
    qb_op32(f, QI_OP_LDI, 0, 1);
    qb_op(f, QI_OP_NEWCHAN, 1, 0, channel);
    qb_op(f, QI_OP_MOV, 4, 1, 0);
    qb_op(f, QI_OP_SPAWN, 2, 4, 0);
    qb_op(f, QI_OP_NEWCORO, 3, 4, 1);
    qb_op(f, QI_OP_RESUME, 5, 3, 0);
    qb_live(f, 0xE);
    qb_op(f, QI_OP_SELECT, 2, 0, 0);
    qb_live(f, 0xE);
    qb_op(f, QI_OP_SEL_RECV, 1, 5, 1);
    qb_op(f, QI_OP_SEL_TIMEOUT, 0, 0, 1);
    qb_op(f, QI_OP_FORMAT, 6, 5, option);
    qb_op(f, QI_OP_AWAIT, 7, 2, 0);
    qb_live(f, 0xC);
    qb_op32(f, QI_OP_JMP, 0, 1);
    qb_op(f, QI_OP_CAUGHT, 8, 0, 0);
    qb_op(f, QI_OP_RET0, 0, 0, 0);
    qb_handler(f, 0, 12, 12);
    size_t len;
    uint8_t *bytes = qb_finish(m, &len);
    pool_add(p, (Module){.bytes = bytes, .len = len});
    free(m);
}

/* An enum, a tuple, a dictionary and an option of an option, compared, copied and printed. */
static void built_in_values(Pool *p) {
    QbModule *m = malloc(sizeof *m);
    if (m == NULL) abort();
    qb_begin(m);
    qb_string(m, "文");
    qb_u8(&m->types, QI_T_ENUM);
    qb_str(&m->types, "形");
    qb_u(&m->types, 2);
    qb_str(&m->types, "无物");
    qb_u(&m->types, 0);
    qb_str(&m->types, "两个");
    qb_u(&m->types, 2);
    qb_u(&m->types, m->t_int);
    qb_u(&m->types, m->t_string);
    uint32_t shape = m->ntypes++;
    qb_u8(&m->types, QI_T_TUPLE);
    qb_u(&m->types, 2);
    qb_u(&m->types, shape);
    qb_u(&m->types, m->t_char);
    uint32_t pair = m->ntypes++;
    uint32_t dict = qb_type2(m, QI_T_DICT, m->t_string, pair), option = qb_type1(m, QI_T_OPTION, pair), options = qb_type1(m, QI_T_OPTION, option);
    qb_native(m, "clone", 1, &options, options);
    QbFunction *f = qb_main(m, 14);
    qb_op32(f, QI_OP_LDI, 0, 0x4E00);
    qb_op32(f, QI_OP_LDSTR, 1, 0);
    qb_op(f, QI_OP_NEWENUM, 0, 1, shape);
    qb_op(f, QI_OP_ENUMTAG, 3, 0, 0);
    qb_op(f, QI_OP_SWITCH, 3, 2, 0);
    qb_op32(f, QI_OP_JMP, 0, 2);
    qb_op32(f, QI_OP_JMP, 0, 1);
    qb_op(f, QI_OP_NOP, 0, 0, 0);
    qb_op(f, QI_OP_GETV, 4, 0, 1);
    qb_op32(f, QI_OP_LDI, 1, 0x6587);
    qb_op(f, QI_OP_NEWSTRUCT, 5, 0, pair);
    qb_op(f, QI_OP_NEWDICT, 6, 0, dict);
    qb_op(f, QI_OP_DSET, 6, 4, 5);
    qb_op(f, QI_OP_DFIND, 7, 6, 4);
    qb_op(f, QI_OP_SOME, 8, 7, options);
    qb_op(f, QI_OP_NATIVE, 9, 8, 0);
    qb_op(f, QI_OP_DEEPEQ, 10, 8, 9);
    qb_op(f, QI_OP_FORMAT, 11, 9, options);
    qb_op(f, QI_OP_FORMAT, 12, 6, dict);
    qb_op(f, QI_OP_CONCAT, 11, 2, 0);
    qb_op(f, QI_OP_LJNEI, 10, 1, (uint32_t)-13);
    qb_live(f, 0x11);
    qb_op(f, QI_OP_RET0, 0, 0, 0);
    size_t len;
    uint8_t *bytes = qb_finish(m, &len);
    pool_add(p, (Module){.bytes = bytes, .len = len});
    free(m);
}

/* --- main ------------------------------------------------------------------------------------------ */

typedef struct Options { uint64_t runs, seconds, seed; const char *replay; } Options;

static int fuzz(const Options *o, Pool *pool) {
    Rng r = {.state = o->seed};
    Walk *walk = malloc(sizeof *walk);
    if (walk == NULL) abort();
    uint64_t sum = 0, accepted = 0, done = 0;
    pool->nseeds = pool->count;
    for (uint32_t i = 0; i < pool->nseeds; i++) {
        /* Seeds must be accepted, or the fuzzer tests nothing but the header. */
        char reason[REASON_MAX];
        if (!try_module(&r, &pool->modules[i], &sum, reason)) {
            fprintf(stderr, "fuzz: seed %u is refused: %s\n", i, reason);
            free(walk);
            return 1;
        }
    }
    time_t start = time(NULL);
    while ((o->runs == 0 || done < o->runs) && (o->seconds == 0 || (uint64_t)(time(NULL) - start) < o->seconds)) {
        const Module *from = &pool->modules[below(&r, pool->count)];
        Module m = module_copy(from->bytes, from->len, 128);
        for (uint32_t n = 1 + below(&r, 4); n > 0; n--) {
            /* Every change needs a fresh walk, because places move. */
            if (!walk_module(walk, m.bytes, m.len)) break;
            mutate(&r, &m, walk);
        }
        qb_seal(m.bytes, m.len);
        /* Exactly as long as it is, so that reading past the end is seen. */
        Module exact = module_copy(m.bytes, m.len, 0);
        free(m.bytes);
        if (try_module(&r, &exact, &sum, NULL)) {
            accepted++;
            if (below(&r, 4) == 0) pool_keep(&r, pool, &exact);
        }
        free(exact.bytes);
        if (++done % 50000 == 0) fprintf(stderr, "fuzz: %llu modules, %llu accepted, %lld s\n", (unsigned long long)done, (unsigned long long)accepted, (long long)(time(NULL) - start));
    }
    printf("fuzz: %llu modules, %llu accepted and run, seed %llu, no crash and no report\n", (unsigned long long)done, (unsigned long long)accepted,
           (unsigned long long)o->seed);
    free(walk);
    return 0;
}

static bool parse_options(int argc, char **argv, Options *o, Pool *pool) {
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--runs") == 0) o->runs = strtoull(value, NULL, 10), i++;
        else if (strcmp(argv[i], "--seconds") == 0) o->seconds = strtoull(value, NULL, 10), i++;
        else if (strcmp(argv[i], "--seed") == 0) o->seed = strtoull(value, NULL, 10), i++;
        else if (strcmp(argv[i], "--crash") == 0) crash_path = value, i++;
        else if (strcmp(argv[i], "--replay") == 0) o->replay = value, i++;
        else if (argv[i][0] == '-') return false;
        else {
            Module m;
            if (!read_module(argv[i], &m)) return false;
            pool_add(pool, m);
        }
    }
    if (o->runs == 0 && o->seconds == 0) o->runs = 100000;
    return true;
}

int main(int argc, char **argv) {
    Options options = {.seed = 1};
    Pool pool = {0};
    if (!parse_options(argc, argv, &options, &pool)) {
        fprintf(stderr, "usage: fuzz [--runs N] [--seconds N] [--seed S] [--crash FILE] [--replay FILE] [seed.qic …]\n");
        return 64;
    }
    /* Programs may read: they find an end, not a terminal. */
    if (freopen("/dev/null", "r", stdin) == NULL) return 1;
    SET_DEATH_CALLBACK();
    signal(SIGALRM, on_tick);
    setitimer(ITIMER_REAL, &(struct itimerval){.it_interval = {.tv_usec = RUN_MS * 1000}, .it_value = {.tv_usec = RUN_MS * 1000}}, NULL);
    int code;
    if (options.replay != NULL) {
        Module m;
        if (!read_module(options.replay, &m)) return 1;
        Rng r = {.state = options.seed};
        uint64_t sum = 0;
        code = 0;
        /* Several times, for the choices that are random. */
        for (int i = 0; i < 20; i++) {
            char reason[REASON_MAX] = "accepted";
            try_module(&r, &m, &sum, reason);
            printf("%s\n", reason);
        }
        free(m.bytes);
    } else {
        built_in_seed(&pool);
        built_in_values(&pool);
        code = fuzz(&options, &pool);
    }
    for (uint32_t i = 0; i < pool.count; i++) free(pool.modules[i].bytes);
    free(pool.modules);
    return code;
}
