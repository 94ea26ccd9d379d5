/*
 * sched.c — the scheduler: run queue, what runs next, idling, the beginnings
 * and ends of tasks and of the program, safepoint polls.
 *
 * Life of a program: RUNNING ──入口 returns or fails──▶ ENDING (tasks of 创建 and
 * 异步 are cancelled and joined, at most QI_END_GRACE_NS; detached ones go on
 * meanwhile) ──none left──▶ STOPPED (QI_POLL_STOP, no current coroutine).
 * 退出 and a deadlock go to STOPPED directly.
 *
 * Invariants
 * - A collection runs in qi_worker_poll, where the running coroutine has stored
 *   its state, or in qi_sched_next_slow, where none runs: in both every frame
 *   can be walked.
 * - The fast path of choosing (internal.h) is taken only while `poll` is 0, so
 *   everything rare hides behind that one load: collection, ticks (and with
 *   them timers), deterministic choice, the end.
 *
 * Memory orders: `poll` and `limit` are written by the ticker's thread, relaxed;
 * they carry no data, and a lost request is repeated by the next tick.
 *
 * Rejected: looking at the clock at each switch (20 ns, several switches' worth);
 * the ticker asks for it instead.
 */
#include "../heap/value.h"
#include "failure.h"
#include "internal.h"
#include "observe.h"
#include "scope.h"

#include <stdlib.h>

#define SLICE_MAX 64u              /* deterministic mode: polls between two choices, at most */
#define CHOICE_WINDOW 64u          /* deterministic mode: of how many waiting tasks one is picked */
#define VIRTUAL_SLICE_NS 10000     /* what a slice counts on the virtual clock */
#define VIRTUAL_READ_NS 1000       /* what reading the virtual clock counts */
#define VIRTUAL_EPOCH_MS 1767225600000ll /* 2026-01-01 UTC: what the wall clock shows at the start of virtual time */
#define POLL_RARE (QI_POLL_GC | QI_POLL_PREEMPT | QI_POLL_STOP | QI_POLL_ATTEND | QI_POLL_NARROW)

/* --- life of a scheduler ------------------------------------------------------ */

static bool make_locks(QiSched *s) {
    if (!qi_os_mutex_init_brief(&s->lock)) return false;
    if (qi_os_cond_init(&s->work)) return true;
    qi_os_mutex_destroy(&s->lock);
    return false;
}

QiSched *qi_sched_new(const QiSchedConfig *config) {
    const uint32_t workers = config->deterministic || config->workers == 0 ? 1 : config->workers;
    const size_t bytes = sizeof(QiSched) + workers * sizeof(QiWorker);
    QiSched *s = aligned_alloc(_Alignof(QiSched), bytes);
    if (s == NULL) return NULL;
    memset(s, 0, bytes);
    s->config = *config;
    s->config.workers = workers;
    s->nrunning = 1;
    s->narrow_ns = QI_NARROW_FIRST_NS;
    if (!make_locks(s)) {
        free(s);
        return NULL;
    }
    atomic_init(&s->ticker.next_timer, INT64_MAX);
    uint64_t seed = config->seed;
    if (!config->deterministic) seed = (uint64_t)qi_clock_monotonic_ns() ^ (uint64_t)(uintptr_t)s;
    for (uint32_t i = 0; i < workers; i++) {
        QiWorker *w = &s->workers[i];
        w->id = i;
        w->sched = s;
        w->shares = config->spread;
        w->next_id = QI_MAIN_NUMBER;
        w->stack_limit = config->stack_limit_bytes != 0 ? config->stack_limit_bytes : (size_t)1 << 30;
        /* xorshift must not start at 0; the multiplication spreads small seeds. */
        w->rng = (seed + 1 + i) * 0x9E3779B97F4A7C15ull | 1;
    }
    QiWorker *w = &s->workers[0];
    if (config->deterministic) {
        w->ticking = true; /* slices take its place */
        w->slice = 1 + qi_worker_random(w, SLICE_MAX);
        atomic_init(&w->poll, QI_POLL_SLICE);
    }
    return s;
}

void qi_sched_free(QiSched *s) {
    if (s == NULL) return;
    qi_ticker_free(s);
    for (uint32_t i = 0; i < s->config.workers; i++) {
        QiWorker *w = &s->workers[i];
        qi_stack_pool_free(w);
        for (struct QiSelect *sel = w->select_all; sel != NULL;) sel = qi_select_free_one(sel);
        if (w->native_cache != NULL) w->native_cache_release(w->native_cache);
    }
    qi_netpoll_free(s);
    free(s->timers.heap);
    free(s->unobserved);
    free(s->contexts.entries);
    free(s->leaks.later);
    free(s->leaks.left);
    free(s->leaks.queues);
    qi_os_cond_destroy(&s->work);
    qi_os_mutex_destroy(&s->lock);
    free(s);
}

void qi_sched_drop_tasks(QiSched *s) {
    qi_pool_close(s);
    QiWorker *w = &s->workers[0];
    for (QiCoroutine *t = qi_sched_first_task(s), *next; t != NULL; t = next) {
        next = qi_sched_next_task(s, t);
        if (qi_co_state(t) == QI_CO_PARKED && qi_co_reason(t) == QI_WAIT_GATHER) qi_gather_abandon(t);
        qi_coroutine_free(w, t);
    }
    for (uint32_t i = 0; i < s->config.workers; i++) s->workers[i].tasks = NULL;
}

QiWorker *qi_sched_worker(QiSched *s, uint32_t i) { return &s->workers[i]; }
uint32_t qi_sched_workers(const QiSched *s) { return s->config.workers; }
uint32_t qi_sched_running(const QiSched *s) { return s->nrunning; }

static QiCoroutine *first_of(const QiSched *s, uint32_t worker) {
    QiCoroutine *t = NULL;
    while (t == NULL && worker < s->config.workers) t = s->workers[worker++].tasks;
    return t;
}

QiCoroutine *qi_sched_first_task(QiSched *s) {
    qi_leak_leave_list(s);
    return first_of(s, 0);
}

QiCoroutine *qi_sched_next_task(const QiSched *s, const QiCoroutine *task) {
    return task->all_next != NULL ? task->all_next : first_of(s, task->home + 1u);
}

QiCoroutine *qi_sched_oldest_task(QiSched *s) {
    qi_leak_leave_list(s);
    QiWorker *first = &s->workers[0];
    for (uint32_t i = 1; i < s->config.workers; i++) {
        QiWorker *w = &s->workers[i];
        for (QiCoroutine *t; (t = w->tasks) != NULL;) {
            qi_tasks_unlink(s, t);
            qi_tasks_link(first, t);
        }
    }
    QiCoroutine *oldest = first->tasks;
    while (oldest != NULL && oldest->all_next != NULL) oldest = oldest->all_next;
    return oldest;
}
void qi_sched_set_frame_maps(QiSched *s, const QiFrameMaps *maps) { s->maps = *maps; }
const QiFrameMaps *qi_sched_frame_maps(const QiSched *s) { return &s->maps; }
bool qi_sched_deadlocked(const QiSched *s) { return s->deadlocked; }

int64_t qi_sched_now_ns(QiSched *s) {
    if (!s->config.virtual_time) return qi_clock_monotonic_ns();
    s->virtual_ns += VIRTUAL_READ_NS;
    return s->virtual_ns;
}

int64_t qi_sched_wall_ns(QiSched *s) {
    if (!s->config.virtual_time) return qi_clock_wall_ns();
    return VIRTUAL_EPOCH_MS * 1000000 + qi_sched_now_ns(s);
}

int64_t qi_sched_wall_ms(QiSched *s) { return qi_sched_wall_ns(s) / 1000000; }

static void mark_unbegun(QiReady head, QiMarker *m) {
    for (QiReady r = head; r != 0; r = qi_ready_link(r)->next) {
        if (qi_ready_is_unbegun(r)) qi_mark(m, &qi_ready_handle(r)->future.head);
    }
}

void qi_sched_mark_roots(QiSched *s, QiMarker *m) {
    qi_scan_begin(s);
    qi_leak_begin(s, m);
    for (uint32_t i = 0; i < QI_PRIORITIES; i++) mark_unbegun(s->ready[i].head, m);
    for (uint32_t i = 0; i < s->config.workers; i++) {
        const QiWorker *w = &s->workers[i];
        mark_unbegun(w->run_head, m);
        if (w->current != NULL) qi_scan_chain(s, w->current, m);
        qi_mark(m, (QiObject *)w->error);
    }
    qi_unheard_mark(s, m);
    qi_mark(m, (QiObject *)s->main);
    for (uint32_t i = 0; i < s->timers.count; i++) {
        const QiTimer *timer = &s->timers.heap[i];
        if (timer->kind == QI_TIMER_FUTURE) qi_mark(m, timer->owner);
    }
}

/* --- beginnings ---------------------------------------------------------------------- */

void qi_task_enqueue(QiWorker *w, QiCoroutine *task) {
    qi_task_adopt(w, task);
    qi_runqueue_push(w, task);
}

QiStatus qi_task_start(QiWorker *w, QiCoroutine *child, QiValue *slot) {
    QiCoroutine *co = w->current, *task = qi_co_task(co);
    qi_task_adopt(w, child);
    if (QI_UNLIKELY(qi_maybe_in_scope(w))) {
        QiHandle *h = child->handle;
        QiStatus placed = qi_scope_admit(w, child);
        if (placed == QI_THROW) return QI_THROW;
        if (placed == QI_PARKED) {
            *slot = qi_from_ref(h);
            return QI_OK;
        }
    }
    task->innermost = co;
    task->wait_object = &child->handle->future.head;
    task->wait.slot = slot;
    qi_co_set_state(task, QI_CO_PARKED);
    qi_co_set_reason(task, QI_WAIT_CHILD);
    child->resumer = task;
    if (QI_UNLIKELY(!w->ticking)) qi_ticker_arm(w);
    qi_switch_to(w, child);
    return QI_PARKED;
}

void qi_sched_start_main(QiWorker *w, QiCoroutine *main) {
    w->sched->main = main->handle;
    qi_coroutine_mark_as(main, QI_CO_MAIN);
    qi_tasks_link(w, main);
    qi_switch_to(w, main);
}

/* --- ends -------------------------------------------------------------------------------- */

void qi_sched_stop(QiWorker *w) {
    QiSched *s = w->sched;
    w->current = NULL;
    for (uint32_t i = 0; i < s->config.workers; i++) qi_worker_request(&s->workers[i], QI_POLL_STOP);
    if (QI_LIKELY(!w->shared)) return;
    qi_netpoll_wake(s);
    qi_os_cond_broadcast(&s->work);
    qi_heap_dismiss(w->heap);
}

QI_COLD void qi_sched_end(QiWorker *w) {
    QiSched *s = w->sched;
    qi_unheard_tell(s);
    if (qi_sched_attached(s) != 0 && s->config.report_unended != NULL) s->config.report_unended(s->config.user);
    qi_sched_stop(w);
}

/* 入口 is over: cancels what it waits for now. */
QI_COLD static void begin_end(QiWorker *w) {
    QiSched *s = w->sched;
    s->ending = true;
    s->end_deadline = qi_timer_deadline(s, QI_END_GRACE_NS / 1000000);
    qi_cancel_all_attached(w);
    if (qi_sched_attached(s) == 0) qi_sched_end(w);
}

QI_INLINE void finish(QiWorker *w, QiCoroutine *task, QiCoroutineState state, QiFutureState outcome, QiValue result) {
    QiSched *s = w->sched;
    QiHandle *h = task->handle;
    uint32_t flags = task->flags;
    struct QiTreeNode *node = task->tree;
    task->tree = NULL;
    if (QI_UNLIKELY(flags & QI_CO_HAS_CONTEXT)) qi_context_drop(s, task);
    qi_tasks_unlink(s, task);
    qi_coroutine_free_inline(w, task);
    qi_handle_end(h, state);
    qi_future_settle_inline(w, &h->future, outcome, result);
    if (QI_UNLIKELY(node != NULL)) qi_scope_member_over(w, node, h, state);
    if ((flags & (QI_CO_DETACHED | QI_CO_MAIN)) == 0) {
        w->attached--;
        bool lost = state == QI_CO_FAILED && !qi_future_is_observed(&h->future);
        if (QI_UNLIKELY(lost)) qi_unheard_keep(s, h);
    }
}

/* For whoever looks: h ends with this error. */
QI_COLD static void observe_failure(QiSched *s, const QiHandle *h, QiCoroutineState state, const QiError *e) {
    qi_observe_end(s->config.observer, h, state, state == QI_CO_FAILED ? s->config.describe(s->config.user, e) : NULL);
}

QI_COLD void qi_task_finish_unbegun(QiWorker *w, QiHandle *h, QiCoroutineState state, QiError *e) {
    QiSched *s = w->sched;
    if (s->config.observer != NULL) observe_failure(s, h, state, e);
    qi_handle_end(h, state);
    qi_future_settle_inline(w, &h->future, QI_FUTURE_FAILED, qi_from_ref(e));
    if ((h->future.head.aux & QI_CO_DETACHED) != 0) {
        if (state == QI_CO_FAILED) qi_unheard_say(s, h, e);
        return;
    }
    w->attached--;
    bool lost = state == QI_CO_FAILED && !qi_future_is_observed(&h->future);
    if (lost) qi_unheard_keep(s, h);
}

void qi_task_drop(QiWorker *w, QiCoroutine *task) {
    QiHandle *h = task->handle;
    if (task->flags & QI_CO_HAS_CONTEXT) qi_context_drop(w->sched, task);
    qi_tasks_unlink(w->sched, task);
    w->attached--;
    qi_coroutine_free(w, task);
    qi_handle_end(h, QI_CO_CANCELLED);
}

void qi_task_finish(QiWorker *w, QiCoroutine *task, QiCoroutineState state, QiFutureState outcome, QiValue result) {
    if (w->sched->config.observer != NULL) observe_failure(w->sched, task->handle, state, qi_as_ref(result));
    finish(w, task, state, outcome, result);
}

/* A task ended: who goes on. caller: who had started it by an asynchronous call, or NULL. */
QI_INLINE void next_after(QiWorker *w, QiCoroutine *caller) {
    QiSched *s = w->sched;
    if (caller != NULL) {
        qi_release_caller(w, caller);
        return;
    }
    if (QI_UNLIKELY(s->ending && qi_sched_attached(s) == 0)) {
        qi_sched_end(w);
        return;
    }
    qi_sched_next(w);
}

QI_NOINLINE static const QiInsn *return_slow(QiWorker *w, QiValue value) {
    QiCoroutine *co = w->current, *caller = co->resumer;
    uint32_t flags = co->flags;
    if (flags & QI_CO_GENERATOR) {
        qi_generator_end(w, co, QI_CO_DONE, value);
        return NULL;
    }
    w->current = NULL;
    finish(w, co, QI_CO_DONE, QI_FUTURE_READY, value);
    if (QI_UNLIKELY(flags & QI_CO_MAIN)) {
        begin_end(w);
        if (atomic_load_explicit(&w->poll, memory_order_relaxed) & QI_POLL_STOP) return NULL;
    }
    next_after(w, caller);
    return NULL;
}

/* Of several workers, inside its own part: the usual task that ends, be somebody waiting for it or not. false: nothing was done. */
bool qi_coroutine_return_own(QiWorker *w, QiValue value) {
    QiCoroutine *co = w->current, *caller = co->resumer;
    QiHandle *h = co->handle;
    const uint32_t flags = co->flags;
    if ((flags & QI_CO_GENERATOR) != 0) return qi_generator_return_own(w, value);
    if ((flags & (QI_CO_MAIN | QI_CO_HAS_CONTEXT)) != 0 || co->home != w->id) return false;
    QiLatch *lock = qi_object_take(w, h);
    QiWaiter *waiter = h->future.waiters.head;
    if (waiter != NULL && (waiter->next != NULL || !qi_waiter_is_plain(waiter))) {
        qi_latch_give(lock);
        return false;
    }
    h->future.waiters = (QiWaitQueue){NULL, NULL};
    h->future.result = value;
    h->future.head.flags |= QI_FUTURE_READY;
    qi_handle_end(h, QI_CO_DONE);
    qi_latch_give(lock);
    w->attached -= (flags & QI_CO_DETACHED) == 0;
    w->current = NULL;
    if (waiter != NULL) {
        waiter->queued = false;
        *waiter->slot = value;
        waiter->co->wait_object = &h->future.head;
        qi_ready_inline(w, waiter->co);
    }
    if (co->tree != NULL && !qi_scope_leave_own(w, co->tree)) {
        /* It stands in its block until the whole scheduler takes it out. Whoever cancels the block meanwhile finds it over. */
        qi_co_set_state(co, QI_CO_DONE);
        qi_sched_take_whole(w);
        qi_scope_member_over(w, co->tree, h, QI_CO_DONE);
    }
    co->tree = NULL;
    qi_tasks_unlink(w->sched, co);
    qi_coroutine_free_inline(w, co);
    if (caller != NULL) qi_release_caller(w, caller);
    else qi_sched_next(w);
    return true;
}

/* A task is over and its execution `co` free; who takes it over is not the usual one. */
QI_NOINLINE static const QiInsn *leave(QiWorker *w, QiCoroutine *co, QiReady next) {
    qi_tasks_unlink(w->sched, co);
    qi_coroutine_pool(w, co);
    if (!qi_ready_is_unbegun(next)) qi_switch_to(w, qi_ready_coroutine(next));
    else if (!qi_task_begin(w, qi_ready_handle(next))) qi_sched_next_slow(w);
    return NULL;
}

/* The usual case, a task nobody waits for yet while others are ready, makes no call; when the next one has not begun, it takes
 * over the execution as it stands. */
const QiInsn *qi_coroutine_return(QiWorker *w, QiValue value) {
    QiSched *s = w->sched;
    QiCoroutine *co = w->current;
    QiReady next = w->run_head;
    QiHandle *h = co->handle;
    uint32_t flags = co->flags;
    if (QI_UNLIKELY((flags & (QI_CO_GENERATOR | QI_CO_MAIN | QI_CO_HAS_CONTEXT)) != 0 || co->segment != &co->first || next == 0 ||
                    ((uintptr_t)co->resumer | (uintptr_t)co->tree | (uintptr_t)h->future.waiters.head) != 0 || s->ending || w->marking ||
                    atomic_load_explicit(&w->poll, memory_order_relaxed) != 0)) {
        return return_slow(w, value);
    }
    h->co = NULL;
    h->future.result = value;
    h->future.head.flags = QI_FUTURE_READY;
    h->future.head.aux = (flags & QI_CO_DETACHED) | QI_CO_DONE;
    w->attached -= (flags & QI_CO_DETACHED) == 0;
    qi_runqueue_take(w, next);
    QiHandle *begins = qi_ready_handle(next);
    if (QI_UNLIKELY(!qi_ready_is_unbegun(next))) return leave(w, co, next);
    const QiFuncEntry *f = &w->funcs[begins->func];
    if (QI_UNLIKELY(!qi_frame_fits_first(f->nregs))) return leave(w, co, next);
    begins->future.head.aux = flags = begins->future.head.aux & QI_CO_DETACHED;
    begins->co = co;
    co->wait_object = NULL;
    co->wait.slot = NULL;
    qi_coroutine_take_on(co, &co->first, begins, f, begins->args, flags | QI_CO_RUNNING);
    return f->code;
}

void qi_coroutine_fail(QiWorker *w, QiError *e) {
    QiSched *s = w->sched;
    QiCoroutine *co = w->current, *caller = co->resumer;
    QiHandle *h = co->handle;
    uint32_t flags = co->flags;
    /* A 取消错误 ends a task as cancelled when it is the task's own, not one it got by awaiting another; or, where both were cancelled,
     * that of the other, which came first. A task that nobody cancelled has failed: it went on with a 协程 whose block was gone, or kept the error. */
    const bool requested = (flags & QI_CO_CANCEL_REQUESTED) != 0;
    bool own_cancel = e->head.aux == 6101 && (e->subject == &h->future.head || e->subject == &qi_co_task(co)->handle->future.head);
    if ((flags & QI_CO_GENERATOR) == 0) own_cancel = own_cancel && requested;
    if (QI_UNLIKELY(e->head.aux == 6101 && (own_cancel || requested))) {
        const bool cancelled = qi_error_real(e) == NULL; /* what it covers up is no cancellation */
        if (cancelled && !own_cancel) e = qi_cancel_error(w, h);
        own_cancel = cancelled;
    }
    QiCoroutineState state = own_cancel ? QI_CO_CANCELLED : QI_CO_FAILED;
    /* A visitor that fails has its answer. */
    const bool asked_for = (h->future.head.aux & QI_CO_HOST) != 0;
    if (QI_UNLIKELY(s->config.observer != NULL)) observe_failure(s, h, state, e);
    if (flags & QI_CO_GENERATOR) {
        qi_generator_end(w, co, state, qi_from_ref(e));
        return;
    }
    w->current = NULL;
    finish(w, co, state, QI_FUTURE_FAILED, qi_from_ref(e));
    if (state == QI_CO_FAILED && (flags & (QI_CO_DETACHED | QI_CO_MAIN)) != 0 && !asked_for) qi_unheard_say(s, h, e);
    if (flags & QI_CO_MAIN) {
        begin_end(w);
        if (atomic_load_explicit(&w->poll, memory_order_relaxed) & QI_POLL_STOP) return;
    }
    next_after(w, caller);
}

/* --- parking ---------------------------------------------------------------------------------- */

/* Puts the running task behind all others and chooses. caller: who goes on first, or NULL. */
static QiStatus requeue(QiWorker *w, QiCoroutine *caller) {
    QiCoroutine *co = w->current, *task = qi_co_task(co);
    task->innermost = co;
    qi_ready_inline(w, task);
    if (caller != NULL) qi_release_caller(w, caller);
    else qi_sched_next(w);
    return QI_PARKED;
}

QiStatus qi_task_yield(QiWorker *w) {
    QiCoroutine *task = qi_co_task(w->current), *caller = task->resumer;
    task->resumer = NULL;
    if (caller == NULL && qi_runqueue_is_empty(w) && atomic_load_explicit(&w->poll, memory_order_relaxed) == 0) return QI_OK;
    if (QI_UNLIKELY(w->sched->config.deterministic)) {
        w->sched->virtual_ns += VIRTUAL_SLICE_NS;
        qi_timers_fire(w);
    }
    return requeue(w, caller);
}

bool qi_reschedule_own(QiWorker *w, QiStatus *status) {
    if (!qi_may_wait_own(w)) return false;
    *status = qi_task_yield(w);
    return true;
}

QiStatus qi_reschedule(QiWorker *w) {
    if (qi_cancel_point(w) != QI_OK) return QI_THROW;
    QiCoroutine *co = w->current;
    if (co->flags & QI_CO_GENERATOR) {
        const QiType *t = qi_type_of(w->sched, &co->handle->future.head);
        if (t->a->kind == QI_T_UNIT) return qi_generator_yield(w, 0, co->type, NULL);
    }
    return qi_task_yield(w);
}

/* --- choosing ---------------------------------------------------------------------------------- */

/* A seeded choice among the first of the queue. */
static QiReady choose_random(QiWorker *w) {
    QiReady window[CHOICE_WINDOW];
    uint32_t n = 0;
    for (QiReady r = w->run_head; r != 0 && n < CHOICE_WINDOW; r = qi_ready_link(r)->next) window[n++] = r;
    return window[qi_worker_random(w, n)];
}

QI_COLD void qi_sched_deadlock(QiWorker *w) {
    QiSched *s = w->sched;
    s->deadlocked = true;
    /* A failure nobody looked at is often why the others wait. */
    qi_unheard_tell(s);
    s->config.report_deadlock(s->config.user);
    qi_sched_stop(w);
}

/* The only worker has nothing ready: waits for the next timer, descriptor or thread of the pool. false: there is nothing to wait for, the program ended. */
static bool idle(QiWorker *w) {
    QiSched *s = w->sched;
    if (!qi_timers_may_wake(s) && !qi_sched_is_owed(s)) {
        qi_sched_deadlock(w);
        return false;
    }
    int64_t until = s->timers.count != 0 ? s->timers.heap[0].when : INT64_MAX;
    if (s->ending && s->end_deadline < until) until = s->end_deadline;
    if (s->config.virtual_time) {
        if (s->virtual_ns < until) s->virtual_ns = until;
    } else {
        int64_t now = qi_clock_monotonic_ns();
        if (now < until && s->config.idle != NULL) s->config.idle(s->config.user);
        if (until - now > QI_IDLE_LONG_NS && s->ticker.on) qi_ticker_disarm(w);
        if (now < until && s->net.nwaits != 0) {
            qi_netpoll_wait(w, until);
        } else {
            qi_os_mutex_lock(&s->lock);
            while (now < until && (atomic_load_explicit(&w->poll, memory_order_relaxed) & QI_POLL_ATTEND) == 0) {
                qi_os_cond_wait_until(&s->work, &s->lock, until);
                now = qi_clock_monotonic_ns();
            }
            qi_os_mutex_unlock(&s->lock);
        }
        atomic_store_explicit(&w->asked_at, 0, memory_order_relaxed); /* who sleeps is not late */
        if (qi_clock_monotonic_ns() < until) {
            if (!w->ticking) qi_ticker_arm(w);
            return true;
        }
    }
    if (s->ending && until == s->end_deadline) {
        qi_sched_end(w);
        return false;
    }
    qi_timers_fire(w);
    /* Whoever was woken must not run past the next timer unheard. */
    if ((s->timers.count != 0 || s->net.nwaits != 0) && !w->ticking) qi_ticker_arm(w);
    return true;
}

/* Is the program over, or its time up? The clock is looked at on ticks only. */
static bool end_is_due(QiSched *s, bool tick) {
    return s->ending && (qi_sched_attached(s) == 0 || (tick && qi_sched_now_ns(s) >= s->end_deadline));
}

void qi_sched_collect(QiWorker *w) {
    QiSched *s = w->sched;
    /* Who looks wants to see what is alive, and only that. */
    if (QI_UNLIKELY((atomic_load_explicit(&s->asked, memory_order_relaxed) & QI_ASK_STILL) != 0)) qi_heap_collect(w->heap);
    else qi_heap_step(w->heap);
    const bool marking = w->heap->marking;
    for (uint32_t i = 0; i < s->config.workers; i++) {
        QiWorker *other = &s->workers[i];
        if (other->marking == marking) continue;
        other->marking = marking;
        qi_worker_request(other, QI_POLL_MODE);
    }
    qi_sched_inspect(w);
}

void qi_worker_collect(QiWorker *w) {
    if (QI_UNLIKELY(w->shared)) qi_worker_rest(w);
    else qi_sched_collect(w);
}

/* A slice of the collector is due: when it was asked for, and on ticks, so that a cycle ends in a program that allocates no more. */
static bool collection_is_due(const QiWorker *w, uint32_t poll) {
    return (poll & QI_POLL_GC) != 0 || ((poll & QI_POLL_PREEMPT) != 0 && qi_heap_in_cycle(w->heap));
}

/* Inside the own part: a task that nobody has to be kept out for. */
static bool take_public(QiWorker *w) {
    if (w->run_head != 0 || w->retired || atomic_load_explicit(&w->poll, memory_order_relaxed) != 0) return false;
    QiReady next = qi_runqueue_take_public(w);
    if (next == 0) return false;
    if (qi_ready_is_unbegun(next)) return qi_task_begin(w, qi_ready_handle(next));
    qi_switch_to(w, qi_ready_coroutine(next));
    return true;
}

QI_COLD void qi_sched_next_slow(QiWorker *w) {
    w->current = NULL;
    if (w->own && take_public(w)) return;
    qi_sched_take_whole(w);
    for (;;) {
        uint32_t poll = atomic_load_explicit(&w->poll, memory_order_relaxed);
        if (poll & POLL_RARE) {
            if (poll & QI_POLL_STOP) return;
            atomic_fetch_and_explicit(&w->poll, ~(poll & (QI_POLL_GC | QI_POLL_PREEMPT)), memory_order_relaxed);
            if (poll & QI_POLL_ATTEND) qi_sched_attend(w);
            if (collection_is_due(w, poll)) qi_worker_collect(w);
            if (poll & QI_POLL_PREEMPT) {
                qi_sched_ticked(w);
                qi_timers_fire(w);
                qi_netpoll_look(w);
                qi_spread_tick(w);
            }
            if (poll & QI_POLL_NARROW) qi_spread_narrow(w);
            /* While it stood still the program may have ended. */
            if (QI_UNLIKELY(w->shared) && (atomic_load_explicit(&w->poll, memory_order_relaxed) & QI_POLL_STOP)) return;
        }
        if (QI_UNLIKELY(end_is_due(w->sched, (poll & (QI_POLL_PREEMPT | QI_POLL_SLICE)) != 0))) {
            qi_sched_end(w);
            return;
        }
        if (QI_UNLIKELY(w->retired)) qi_spread_hand_over(w);
        QiReady next = w->run_head;
        if (QI_UNLIKELY(w->sched->prioritised)) {
            next = w->retired ? 0 : qi_priority_take(w);
        } else if (next != 0) {
            if (w->sched->config.deterministic) next = choose_random(w);
            qi_runqueue_remove(w, next);
        } else if (QI_UNLIKELY(w->shared) && !w->retired) {
            next = qi_runqueue_steal(w);
        }
        if (next != 0) {
            if (qi_ready_is_unbegun(next)) {
                if (!qi_task_begin(w, qi_ready_handle(next))) continue;
            } else {
                qi_switch_to(w, qi_ready_coroutine(next));
            }
            return;
        }
        if (QI_UNLIKELY(w->shared) ? !qi_worker_idle(w) : !idle(w)) return;
    }
}

/* --- polls --------------------------------------------------------------------------------------- */

/* A tick interrupts a task of one of several workers: sees to it that there is another for it. false: there is none. */
static bool find_others(QiWorker *w) {
    QiSched *s = w->sched;
    if (s->prioritised) return s->nready != 0;
    if (w->run_head != 0) {
        /* What belongs to nobody waits as long as there are others here, but not for ever. */
        if (s->nready != 0 && w->seen_global == s->ready[QI_RANK_NORMAL].head) qi_runqueue_adopt_global(w);
    } else {
        /* Others may have more than they get to: this one's task shares its worker with one of theirs. */
        QiReady next = qi_runqueue_steal(w);
        if (next == 0) return false;
        qi_runqueue_prepend(w, next);
    }
    w->seen_global = s->ready[QI_RANK_NORMAL].head;
    return true;
}

static void interrupt(QiWorker *w) {
    QiSched *s = w->sched;
    if (QI_LIKELY(!w->shared || w->alone || s->prioritised)) {
        requeue(w, NULL);
        return;
    }
    QiCoroutine *co = w->current, *task = qi_co_task(co);
    task->innermost = co;
    qi_runqueue_put_global(s, task);
    qi_sched_next(w);
}

static void serve_poll(QiWorker *w) {
    QiSched *s = w->sched;
    uint32_t poll = atomic_load_explicit(&w->poll, memory_order_relaxed);
    if (poll & QI_POLL_STOP) {
        w->current = NULL;
        return;
    }
    /* Cleared before it is served: an allocation or tick meanwhile asks again. And only what was seen: a dump is asked for once. */
    atomic_fetch_and_explicit(&w->poll, ~(poll & (QI_POLL_GC | QI_POLL_PREEMPT)), memory_order_relaxed);
    atomic_store_explicit(&w->limit, qi_segment_end(w->current->segment), memory_order_relaxed);
    if (poll & QI_POLL_ATTEND) qi_sched_attend(w);
    if (QI_UNLIKELY(collection_is_due(w, poll))) qi_worker_collect(w);
    if (QI_UNLIKELY(w->shared) && (atomic_load_explicit(&w->poll, memory_order_relaxed) & QI_POLL_STOP)) {
        w->current = NULL;
        return;
    }
    if (QI_UNLIKELY((poll & QI_POLL_NARROW) != 0)) {
        qi_spread_narrow(w);
        if (w->retired) {
            QiCoroutine *co = w->current, *task = qi_co_task(co);
            task->innermost = co;
            qi_ready_inline(w, task);
            qi_sched_next_slow(w);
            return;
        }
    }
    bool preempt = (poll & QI_POLL_PREEMPT) != 0;
    if ((poll & QI_POLL_SLICE) != 0 && --w->slice == 0) {
        w->slice = 1 + qi_worker_random(w, SLICE_MAX);
        s->virtual_ns += VIRTUAL_SLICE_NS;
        preempt = true;
    }
    if (!preempt) return;
    qi_sched_ticked(w);
    qi_spread_tick(w);
    if (QI_UNLIKELY(end_is_due(s, true))) {
        qi_sched_end(w);
        return;
    }
    qi_timers_fire(w);
    qi_netpoll_look(w);
    if (QI_UNLIKELY(w->shared) && !find_others(w)) return;
    if (!qi_runqueue_is_empty(w)) {
        if (QI_UNLIKELY(s->config.widen != NULL)) qi_worker_widen(w);
        interrupt(w);
    } else if (s->timers.count == 0 && s->net.nwaits == 0 && !s->config.deterministic) qi_ticker_disarm(w);
}

void qi_worker_poll(QiWorker *w) {
    qi_sched_enter(w);
    const QiCoroutine *before = w->current;
    serve_poll(w);
    if (QI_UNLIKELY(w->sched->config.observer != NULL) && w->current != before) w->sched->config.observer->switches++;
    qi_sched_leave(w);
}

/* --- options of options ------------------------------------------------------------------------------- */

QI_COLD bool qi_box_option(QiWorker *w, const QiType *elem, QiValue v, QiValue *out) {
    const QiHeap *h = w->heap;
    /* The verifier made sure that 选项<elem> exists: the register this goes to has that type. */
    for (uint32_t i = 0; i < h->ntypes; i++) {
        const QiType *t = h->types[i];
        if (t->kind == QI_T_OPTION && t->a == elem) return qi_option_make(w->heap, t, v, out);
    }
    return false;
}

/* --- heap hooks ------------------------------------------------------------------------------------ */

void qi_sched_kind_ops(QiKindOps ops[QI_K_COUNT]) {
    ops[QI_K_FUTURE] = (QiKindOps){.trace = qi_future_trace};
    ops[QI_K_COROUTINE] = (QiKindOps){.trace = qi_coroutine_trace, .finalize = qi_coroutine_finalize};
    ops[QI_K_CHANNEL] = (QiKindOps){.trace = qi_channel_trace, .finalize = qi_channel_finalize};
    ops[QI_K_NATIVE] = (QiKindOps){.trace = qi_native_object_trace};
}
