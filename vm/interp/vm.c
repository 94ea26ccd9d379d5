/*
 * vm.c — the life of a virtual machine: made, loaded, run, freed.
 *
 * This is where the rooms meet: heap and scheduler know nothing of programs, so
 * the callbacks that answer their questions (roots, live-ref maps, masked
 * code, reports) are given here.
 *
 * Invariants
 * - Order of making: heap, scheduler, program; of freeing: the reverse but for the
 *   heap, whose finalisers still give stacks back to the scheduler's pool, and
 *   for the program, whose types the finalisers read.
 */
#include "vm.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "../base/platform.h"
#include "../heap/error.h"
#include "../sched/observe.h"
#include "../sched/scope.h"
#include "control.h"
#include "inspector.h"
#include "output.h"
#include "report.h"
#include "shared.h"

#define DEFAULT_STACK_LIMIT ((size_t)1 << 30)

/* --- what the heap and the scheduler ask ------------------------------------- */

static void mark_roots(void *user, QiMarker *m) {
    QiVm *vm = user;
    const QiProgram *p = vm->program;
    qi_sched_mark_roots(vm->sched, m);
    const QiWorker *w = qi_sched_worker(vm->sched, 0);
    for (uint32_t i = 0; i < p->nglobals; i++) {
        if (p->global_types[i]->is_ref) qi_mark_value(m, w->globals[i]);
    }
}

static void request_collection(void *user) {
    QiVm *vm = user;
    if (vm->sched == NULL) return;
    for (uint32_t i = 0; i < qi_sched_workers(vm->sched); i++) qi_worker_request(qi_sched_worker(vm->sched, i), QI_POLL_GC);
}

static const uint8_t *map_at(void *user, const QiInsn *safepoint, uint32_t *nbytes) {
    const QiFunction *f = qi_program_function_at(user, safepoint);
    uint32_t map = f->map_of[safepoint - f->code] - 1;
    *nbytes = f->map_bytes[map];
    return f->maps[map];
}

static const uint8_t *map_at_entry(void *user, const QiInsn *pc, uint32_t *nbytes) {
    const QiFunction *f = qi_program_function_at(user, pc);
    *nbytes = f->entry_map_bytes;
    return f->entry_map;
}

static bool covers(const QiFunction *f, const QiRange *range, const QiInsn *at) {
    uint32_t pc = (uint32_t)(at - f->code);
    return pc >= range->start && pc < range->end;
}

/* Is the instruction in a masked range of its function that does not hold `begin` (NULL: any) as well? */
static bool masked_between(const QiProgram *p, const QiInsn *at, const QiInsn *begin) {
    const QiFunction *f = qi_program_function_at(p, at);
    for (uint32_t i = 0; i < f->nmasked; i++) {
        if (covers(f, &f->masked[i], at) && (begin == NULL || !covers(f, &f->masked[i], begin))) return true;
    }
    return false;
}

static bool is_masked(void *user, const QiCoroutine *co, const QiScope *scope) {
    const QiProgram *p = ((const QiVm *)user)->program;
    for (; co != NULL; co = (co->flags & QI_CO_GENERATOR) ? co->resumer : NULL) {
        QiFrame frame;
        for (bool more = qi_frame_first(co, &frame); more; more = qi_frame_next(&frame)) {
            bool last = scope != NULL && scope->owner->co == co && scope->fp == frame.fp;
            if (frame.safepoint != NULL && masked_between(p, frame.safepoint, last ? scope->entered_at : NULL)) return true;
            if (last) return false;
        }
    }
    return false;
}

static bool is_masked_at(void *user, const QiInsn *at, const QiInsn *begin) {
    return masked_between(((const QiVm *)user)->program, at, begin);
}

static void report_failure(void *user, QiHandle *task, QiError *e) {
    QiVm *vm = user;
    /* A detached task's failure is reported and the program goes on; any other decides the exit code. */
    if (!(task->future.head.aux & QI_CO_DETACHED)) vm->unobserved_failure = true;
    qi_report_error(vm, e, task);
}

static bool mark_unreached(void *user, QiMarker *m) {
    QiVm *vm = user;
    if (!qi_sched_mark_unreached(vm->sched, m)) return false;
    if (vm->observer == NULL) return true;
    qi_mark_drain(m);
    qi_observe_purge(vm->observer);
    return true;
}

static void report_leaks(void *user) {
    ((QiVm *)user)->leaked = true;
    qi_report_leaks(user);
}

static void report_deadlock(void *user) { qi_report_deadlock(user); }

static void report_unended(void *user) { qi_report_unended(user); }

static void answer(void *user, QiWorker *w, uint32_t what) { qi_control_answer(user, w, what); }

static bool start_workers(QiVm *vm);

static bool widen(void *user) { return start_workers(user); }

static void flush_when_idle(void *user) { qi_output_flush(user); }

/* --- life ------------------------------------------------------------------------ */

/* Keys hash differently in every run, or as the seed says. */
static uint64_t hash_seed(const QiConfig *config) {
    uint64_t seed;
    if (!config->deterministic && qi_random_bytes(&seed, sizeof seed)) return seed;
    return config->deterministic ? config->seed : (uint64_t)qi_clock_monotonic_ns();
}

QiVm *qi_vm_new(const QiConfig *config) {
    QiVm *vm = calloc(1, sizeof *vm);
    if (vm == NULL) return NULL;
    vm->config = *config;
    if (vm->config.stack_limit_bytes == 0) vm->config.stack_limit_bytes = DEFAULT_STACK_LIMIT;
    if (config->inspector != 0 && (vm->observer = qi_observer_new()) == NULL) {
        qi_vm_free(vm);
        return NULL;
    }
    const uint32_t processors = qi_os_processors();
    QiSchedConfig sched = {
        .workers = config->workers != 0 ? config->workers : processors < QI_WORKERS_MAX ? processors : QI_WORKERS_MAX,
        .spread = config->spread,
        .deterministic = config->deterministic,
        .virtual_time = config->deterministic && !config->real_clock,
        .seed = config->seed,
        .stack_limit_bytes = vm->config.stack_limit_bytes,
        .user = vm,
        .report_failure = report_failure,
        .report_deadlock = report_deadlock,
        .report_unended = report_unended,
        .report_leaks = config->no_leaks ? NULL : report_leaks,
        .error_about = qi_report_about,
        .cancelled = qi_report_cancelled,
        .masked = is_masked,
        .masked_at = is_masked_at,
        .answer = answer,
        .observer = vm->observer,
        .describe = qi_inspector_failure,
        .widen = config->workers == 0 ? widen : NULL,
        .idle = flush_when_idle,
        .run = qi_interp_run,
    };
    vm->sched = qi_sched_new(&sched);
    if (vm->sched == NULL || !qi_output_init(vm)) {
        qi_vm_free(vm);
        return NULL;
    }
    QiHeapHooks hooks = {.user = vm, .roots = mark_roots, .unreached = mark_unreached, .request = request_collection, .kind_user = vm->sched};
    qi_sched_kind_ops(hooks.kinds);
    vm->heap = qi_heap_new(&(QiHeapConfig){.limit_bytes = config->heap_limit_bytes, .stress = config->gc_stress || config->gc_slices, .small_slices = config->gc_slices, .english = config->english,
                                        .hash_seed = hash_seed(config)}, &hooks);
    if (vm->heap == NULL) {
        qi_vm_free(vm);
        return NULL;
    }
    return vm;
}

static void set_error(QiVm *vm, const QiLoadError *error) {
    QiText text = {0};
    QiText detail = {0};
    qi_refusal_text(&detail, error, vm->config.english);
    QiErrorArg why = {.name = "说明", .text = detail.len > 0 ? detail.bytes : "", .len = detail.len};
    if (vm->config.json) qi_report_message_json(&text, error->code, vm->config.english, &why, 1);
    else qi_error_describe(&text, error->code, vm->config.english, true, &why, 1);
    snprintf(vm->error_text, sizeof vm->error_text, "%.*s", (int)text.len, text.len > 0 ? text.bytes : "");
    qi_text_free(&detail);
    qi_text_free(&text);
}

/* What a worker needs to run the program. heap: its front; globals: those of the first worker, shared by all. */
static void equip_worker(QiVm *vm, QiWorker *w, QiHeap *heap, QiValue *globals) {
    const QiProgram *p = vm->program;
    w->vm = vm;
    w->heap = heap;
    w->globals = globals;
    w->funcs = p->entries;
    w->constants = p->constants;
    w->strings = p->strings;
    w->imports = p->imports;
    w->stack_limit = vm->config.stack_limit_bytes;
    w->locking = vm->observer != NULL;
}

bool qi_vm_load(QiVm *vm, const uint8_t *bytes, size_t len) {
    QiLoadError error;
    vm->program = qi_program_load(bytes, len, &error);
    if (vm->program == NULL) {
        set_error(vm, &error);
        return false;
    }
    QiProgram *p = vm->program;
    QiWorker *w = qi_sched_worker(vm->sched, 0);
    w->globals = calloc((size_t)p->nglobals + 1, sizeof *w->globals);
    if (w->globals == NULL || !qi_program_bind(p, vm->heap)) {
        set_error(vm, &(QiLoadError){.code = 7007});
        return false;
    }
    equip_worker(vm, w, vm->heap, w->globals);
    qi_sched_set_frame_maps(vm->sched, &(QiFrameMaps){.user = p, .at = map_at, .at_entry = map_at_entry});
    return true;
}

/* The program's exit code, once nothing runs any more. entry: the function it began with. */
static int exit_code(const QiVm *vm, const QiHandle *main, const QiFunction *entry) {
    if (vm->exited) return vm->exit_code & 0xFF;
    if (qi_sched_deadlocked(vm->sched)) return QI_EXIT_DEADLOCK;
    if (qi_sched_interrupted(vm->sched)) return QI_EXIT_INTERRUPTED;
    if (qi_future_state(&main->future) != QI_FUTURE_READY || vm->unobserved_failure || (vm->config.leaks_fail && vm->leaked)) return QI_EXIT_ERROR;
    return entry->result->kind == QI_T_INT ? (int)(main->future.result & 0xFF) : 0;
}

/* Prints why nothing runs. */
static int refuse_to_run(QiVm *vm, const QiLoadError *error) {
    set_error(vm, error);
    fprintf(stderr, "%s\n", vm->error_text);
    return QI_EXIT_ERROR;
}

/* Gives the other workers what the first one has, each with a front of the heap, and lets them go. false: out of memory. */
static bool start_workers(QiVm *vm) {
    if (vm->shared == NULL) vm->shared = qi_shared_new(vm->program);
    if (vm->shared == NULL) return false;
    for (uint32_t i = 1; i < qi_sched_workers(vm->sched); i++) {
        QiHeap *front = qi_heap_front(vm->heap);
        if (front == NULL) return false;
        equip_worker(vm, qi_sched_worker(vm->sched, i), front, qi_sched_worker(vm->sched, 0)->globals);
    }
    qi_sched_start_workers(vm->sched);
    return true;
}

int qi_vm_run(QiVm *vm) { return qi_vm_run_function(vm, vm->program->main); }

int qi_vm_run_function(QiVm *vm, uint32_t func) {
    const QiProgram *p = vm->program;
    if (func >= p->nfunctions || !qi_function_is_entry(&p->functions[func])) return refuse_to_run(vm, &(QiLoadError){.code = 9010, .why = QI_WHY_ENTRY_NUMBER, .n = func});
    vm->part = func != p->main;
    QiWorker *w = qi_sched_worker(vm->sched, 0);
    QiCoroutine *main = qi_coroutine_new(w, func, NULL, false, NULL);
    if (main == NULL) return refuse_to_run(vm, &(QiLoadError){.code = 7007});
    QiHandle *handle = main->handle; /* the coroutine is gone when the program is over */
    qi_sched_start_main(w, main);
    /* The instructions of one worker go the same way when they are counted. */
    if (vm->observer != NULL && (vm->shared = qi_shared_new(p)) == NULL) return refuse_to_run(vm, &(QiLoadError){.code = 7007});
    struct QiControl *control = qi_control_start(vm);
    if (vm->config.workers > 1 && qi_sched_workers(vm->sched) > 1 && !start_workers(vm)) {
        qi_control_stop(control);
        vm->control = NULL;
        return refuse_to_run(vm, &(QiLoadError){.code = 7007});
    }
    qi_interp_run(w);
    qi_sched_join_workers(vm->sched);
    qi_control_stop(control);
    vm->control = NULL;
    /* What 入口 had is gone, and the detached tasks are not dropped yet. */
    if (vm->config.leaks_fail && !vm->exited && !qi_sched_deadlocked(vm->sched)) qi_heap_collect(vm->heap);
    int code = exit_code(vm, handle, &p->functions[func]);
    if (!qi_output_flush(vm)) {
        /* A reader that left knows why. */
        if (vm->output.error != 0 && vm->output.error != EPIPE) qi_report_unwritten(vm, vm->output.error);
        if (code == 0) code = QI_EXIT_ERROR;
    }
    return code;
}

const char *qi_vm_error(const QiVm *vm) { return vm->error_text; }

char *qi_vm_disassemble(const QiVm *vm, size_t *len) { return qi_disassemble(vm->program, vm->config.english, len); }

void qi_free(void *p) { free(p); }

void qi_vm_free(QiVm *vm) {
    if (vm == NULL) return;
    if (vm->sched != NULL) qi_sched_drop_tasks(vm->sched);
    if (vm->heap != NULL) qi_heap_free(vm->heap);
    if (vm->sched != NULL) {
        free(qi_sched_worker(vm->sched, 0)->globals);
        qi_sched_free(vm->sched);
    }
    qi_shared_free(vm->shared);
    qi_observer_free(vm->observer);
    qi_program_free(vm->program);
    qi_output_free(vm);
    free(vm->input.buffer);
    free(vm);
}
