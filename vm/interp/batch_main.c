/*
 * batch_main.c — runs modules that arrive on standard input, each several times, and says what each run did. For tests that
 * run very many programs (scripts/fuzz-grammar): a process for each would cost more than everything else.
 *
 *     batch [--milliseconds N]        of one run; 200 unless given
 *
 * Request:  u32 length, the module.
 * Answer:   for each of RUNS a u32 outcome (the exit code, STOPPED or REFUSED), u32 length, what was written to both streams.
 * All numbers are little-endian. Ends with standard input.
 *
 * Invariants: every run has a machine of its own, in deterministic mode with a small heap and stack; a run is stopped after
 * its time through the poll flag, as a preemption would; one that cannot be stopped aborts the process.
 */
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "vm.h"

#define TICK_MS 10
#define HANG_MS 20000
#define HEAP_LIMIT ((size_t)64 << 20)
#define STACK_LIMIT ((size_t)1 << 20)
#define OUTPUT_MAX 65536u
#define MODULE_MAX ((uint32_t)16 << 20)
#define STOPPED 0x100u
#define REFUSED 0x101u

static const struct { uint64_t seed; bool gc_stress, gc_slices; } RUNS[] = {{1, false, false}, {2, false, true}, {3, true, false}};

static _Atomic(QiWorker *) running;
static atomic_uint ticks; /* since the run began */
static unsigned limit_ticks = 200 / TICK_MS;

static void on_tick(int signal) {
    (void)signal;
    QiWorker *w = atomic_load_explicit(&running, memory_order_relaxed);
    unsigned n = atomic_fetch_add_explicit(&ticks, 1, memory_order_relaxed);
    if (w == NULL) return;
    if (n >= limit_ticks) qi_worker_request(w, QI_POLL_STOP);
    if (n >= limit_ticks + HANG_MS / TICK_MS) abort();
}

typedef struct Output { uint32_t len; char bytes[OUTPUT_MAX]; } Output;

/* Keeps the beginning. */
static bool keep(void *user, int fd, const char *bytes, size_t len) {
    (void)fd;
    Output *out = user;
    size_t room = OUTPUT_MAX - out->len;
    size_t n = len < room ? len : room;
    memcpy(out->bytes + out->len, bytes, n);
    out->len += (uint32_t)n;
    return true;
}

static void put(uint32_t n) {
    const unsigned char b[4] = {(unsigned char)n, (unsigned char)(n >> 8), (unsigned char)(n >> 16), (unsigned char)(n >> 24)};
    fwrite(b, 1, sizeof b, stdout);
}

static uint32_t run(const uint8_t *bytes, uint32_t len, size_t which, Output *out) {
    out->len = 0;
    QiConfig config = {
        .deterministic = true, .seed = RUNS[which].seed, .gc_stress = RUNS[which].gc_stress, .gc_slices = RUNS[which].gc_slices, .heap_limit_bytes = HEAP_LIMIT,
        .stack_limit_bytes = STACK_LIMIT, .write = keep, .user = out,
    };
    QiVm *vm = qi_vm_new(&config);
    if (vm == NULL) abort();
    uint32_t outcome = REFUSED;
    if (qi_vm_load(vm, bytes, len)) {
        atomic_store_explicit(&ticks, 0, memory_order_relaxed);
        atomic_store_explicit(&running, qi_sched_worker(vm->sched, 0), memory_order_relaxed);
        outcome = (uint32_t)qi_vm_run(vm);
        atomic_store_explicit(&running, NULL, memory_order_relaxed);
        if (atomic_load_explicit(&ticks, memory_order_relaxed) > limit_ticks) outcome = STOPPED;
    } else {
        const char *why = qi_vm_error(vm);
        keep(out, 2, why, strlen(why));
    }
    qi_vm_free(vm);
    return outcome;
}

static bool get(void *bytes, size_t len) {
    return fread(bytes, 1, len, stdin) == len;
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "--milliseconds") == 0) limit_ticks = (unsigned)atoi(argv[2]) / TICK_MS;
    else if (argc != 1) {
        fputs("usage: batch [--milliseconds N]\n", stderr);
        return 64;
    }
    /* Processor time: on a busy machine nothing is stopped sooner. */
    signal(SIGPROF, on_tick);
    setitimer(ITIMER_PROF, &(struct itimerval){.it_interval = {.tv_usec = TICK_MS * 1000}, .it_value = {.tv_usec = TICK_MS * 1000}}, NULL);
    Output *out = malloc(sizeof *out);
    if (out == NULL) return 1;
    unsigned char head[4];
    while (get(head, sizeof head)) {
        uint32_t len = head[0] | (uint32_t)head[1] << 8 | (uint32_t)head[2] << 16 | (uint32_t)head[3] << 24;
        uint8_t *bytes = len <= MODULE_MAX ? malloc(len > 0 ? len : 1) : NULL;
        if (bytes == NULL || !get(bytes, len)) return 1;
        for (size_t i = 0; i < sizeof RUNS / sizeof *RUNS; i++) {
            uint32_t outcome = run(bytes, len, i, out);
            put(outcome);
            put(out->len);
            fwrite(out->bytes, 1, out->len, stdout);
        }
        free(bytes);
        fflush(stdout);
    }
    free(out);
    return 0;
}
