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
 * Mutations know the container's structure (fuzz_walk.h, fuzz_mutate.h): most mutants are
 * well-formed and differ in what they mean. Length and checksum are repaired. Accepted
 * mutants join the pool, so that changes add up. How many were accepted is printed, and
 * too few are a failure: a mutant that is refused has not tested what runs.
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

#include "fuzz_mutate.h"
#include "vm.h"

#define RUN_MS 4
#define HANG_MS 20000
#define HEAP_LIMIT ((size_t)24 << 20)
#define STACK_LIMIT ((size_t)1 << 20)
#define MODULE_MAX ((size_t)1 << 20)
#define POOL_MUTANTS 512u
/* Of a hundred modules as many must be accepted, or the mutations have gone blind. */
#define LEAST_ACCEPTED 20u
#define ROOM 256

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

/* --- modules --------------------------------------------------------------------------- */

static Module module_copy(const uint8_t *bytes, size_t len, size_t room) {
    Module m = {.bytes = malloc(len + room + 1), .len = len};
    if (m.bytes == NULL) abort();
    memcpy(m.bytes, bytes, len);
    return m;
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
    const uint32_t collects = below(r, 6); /* 0 and 1 at every safepoint: whole collections, slices */
    QiConfig config = {
        .argc = 2, .argv = args, .deterministic = true, .seed = next_random(r), .english = below(r, 2) == 0, .heap_limit_bytes = HEAP_LIMIT,
        .stack_limit_bytes = STACK_LIMIT, .gc_stress = collects == 0, .gc_slices = collects == 1, .write = swallow, .user = sum,
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
    /* The front end has instructions for these two. */
    qb_native(m, "sqrt", 1, &m->t_float, m->t_float);
    qb_native(m, "string_len", 1, &m->t_string, m->t_int);
    QbFunction *f = qb_main(m, 15);
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
    qb_op(f, QI_OP_NATIVE, 13, 10, 1);
    qb_op(f, QI_OP_NATIVE, 14, 4, 2);
    qb_op(f, QI_OP_RET0, 0, 0, 0);
    size_t len;
    uint8_t *bytes = qb_finish(m, &len);
    pool_add(p, (Module){.bytes = bytes, .len = len});
    free(m);
}

/* --- main ------------------------------------------------------------------------------------------ */

typedef struct Options { uint64_t runs, seconds, seed; const char *replay; } Options;

/* What became of the modules. `op` counts those whose change was about one of the opcode's words, and were accepted. */
typedef struct Tally { uint64_t done, accepted, sum, op[QI_OP_COUNT + 1]; } Tally;

/* Seeds must be accepted and walked, or the fuzzer tests nothing but the header. */
static bool seeds_serve(Rng *r, const Pool *pool, Walk *walk, Tally *tally) {
    for (uint32_t i = 0; i < pool->nseeds; i++) {
        const Module *m = &pool->modules[i];
        char reason[REASON_MAX];
        if (!try_module(r, m, &tally->sum, reason)) {
            fprintf(stderr, "fuzz: seed %u is refused: %s\n", i, reason);
            return false;
        }
        if (!walk_module(walk, m->bytes, m->len)) {
            fprintf(stderr, "fuzz: seed %u has a structure that fuzz_walk.h does not know\n", i);
            return false;
        }
    }
    return true;
}

static void try_mutant(Rng *r, Pool *pool, Walk *walk, Tally *tally) {
    const Module *from = &pool->modules[below(r, pool->count)];
    Module m = module_copy(from->bytes, from->len, ROOM);
    uint32_t ops[4], nops = 0;
    /* Most often one: two changes are refused more than twice as often. */
    for (uint32_t n = below(r, 8) < 5 ? 1 : 2 + below(r, 3); n > 0; n--) {
        /* Every change needs a fresh walk, because places move. */
        if (!walk_module(walk, m.bytes, m.len)) break;
        ops[nops++] = mutate(r, &m, walk);
    }
    qb_seal(m.bytes, m.len);
    /* Exactly as long as it is, so that reading past the end is seen. */
    Module exact = module_copy(m.bytes, m.len, 0);
    free(m.bytes);
    tally->done++;
    if (try_module(r, &exact, &tally->sum, NULL)) {
        tally->accepted++;
        while (nops > 0) tally->op[ops[--nops]]++;
        if (below(r, 4) == 0) pool_keep(r, pool, &exact);
    }
    free(exact.bytes);
}

static int report(const Options *o, const Tally *tally) {
    static const char *const names[] = {
#define QI_OP(name, a, b, c, effects) #name,
#include "../include/qi/opcodes.def"
#undef QI_OP
    };
    uint64_t percent = tally->accepted * 100 / (tally->done + (tally->done == 0));
    printf("fuzz: %llu modules, %llu (%llu %%) accepted and run, seed %llu, no crash and no report\n", (unsigned long long)tally->done,
           (unsigned long long)tally->accepted, (unsigned long long)percent, (unsigned long long)o->seed);
    printf("fuzz: no accepted change of:");
    uint32_t untouched = 0;
    for (uint32_t op = 0; op < QI_OP_SEGRET; op++) {
        if (tally->op[op] > 0) continue;
        untouched++;
        printf(" %s", names[op]);
    }
    printf(untouched == 0 ? " none of the instructions\n" : "\n");
    if (percent >= LEAST_ACCEPTED) return 0;
    fprintf(stderr, "fuzz: fewer than %u %% were accepted\n", LEAST_ACCEPTED);
    return 1;
}

static int fuzz(const Options *o, Pool *pool) {
    Rng r = {.state = o->seed};
    Walk *walk = malloc(sizeof *walk);
    Tally *tally = calloc(1, sizeof *tally);
    if (walk == NULL || tally == NULL) abort();
    pool->nseeds = pool->count;
    int code = 1;
    if (seeds_serve(&r, pool, walk, tally)) {
        time_t start = time(NULL);
        while ((o->runs == 0 || tally->done < o->runs) && (o->seconds == 0 || (uint64_t)(time(NULL) - start) < o->seconds)) {
            try_mutant(&r, pool, walk, tally);
            if (tally->done % 50000 != 0) continue;
            fprintf(stderr, "fuzz: %llu modules, %llu accepted, %lld s\n", (unsigned long long)tally->done, (unsigned long long)tally->accepted, (long long)(time(NULL) - start));
        }
        code = report(o, tally);
    }
    free(tally);
    free(walk);
    return code;
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
