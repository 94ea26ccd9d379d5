/*
 * inspect.c — what reports of a living program ask the scheduler: which tasks have not begun, where one that runs stands, how much
 * there is of everything.
 *
 * Invariant: called while the world stands still, or (counts) by the worker that answers qi_sched_ask, inside the lock.
 */
#include "internal.h"
#include "observe.h"
#include "scope.h"
#include "select.h"

static void visit_unbegun(QiReady head, void (*visit)(void *user, const QiHandle *h), void *user) {
    for (QiReady r = head; r != 0; r = qi_ready_link(r)->next) {
        if (qi_ready_is_unbegun(r)) visit(user, qi_ready_handle(r));
    }
}

void qi_sched_each_unbegun(QiSched *s, void (*visit)(void *user, const QiHandle *h), void *user) {
    for (uint32_t i = 0; i < s->config.workers; i++) visit_unbegun(s->workers[i].run_head, visit, user);
    for (uint32_t i = 0; i < QI_PRIORITIES; i++) visit_unbegun(s->ready[i].head, visit, user);
}

const QiCoroutine *qi_sched_innermost(QiSched *s, const QiCoroutine *task) {
    if (qi_co_state(task) != QI_CO_RUNNING) return task->innermost;
    for (uint32_t i = 0; i < s->config.workers; i++) {
        QiCoroutine *current = s->workers[i].current;
        if (current != NULL && qi_co_task(current) == task) return current;
    }
    return NULL;
}

static int64_t ms_until(const QiSched *s, int64_t when) {
    const int64_t now = s->config.virtual_time ? s->virtual_ns : qi_clock_monotonic_ns();
    return when <= now ? 0 : (when - now + 999999) / 1000000;
}

bool qi_sched_wakes_ms(const QiSched *s, const QiCoroutine *task, int64_t *ms) {
    if (qi_co_state(task) != QI_CO_PARKED) return false;
    uint32_t timer = QI_TIMER_NONE;
    if (qi_co_reason(task) == QI_WAIT_SLEEP) timer = task->u.timer;
    else if (qi_co_reason(task) == QI_WAIT_SELECT) timer = task->u.select->timer;
    if (timer == QI_TIMER_NONE) return false;
    *ms = ms_until(s, s->timers.heap[timer].when);
    return true;
}

uint32_t qi_sched_next_number(const QiSched *s) {
    uint32_t next = s->next_id;
    for (uint32_t i = 0; i < s->config.workers; i++) {
        if (s->workers[i].next_id > next) next = s->workers[i].next_id;
    }
    return next;
}

QiSchedStats qi_sched_stats(const QiSched *s) {
    uint32_t unused = 0;
    for (uint32_t i = 0; i < s->config.workers; i++) unused += s->workers[i].ids_end - s->workers[i].ids_next;
    return (QiSchedStats){.created = qi_sched_next_number(s) - 1 - unused, .timers = s->timers.count, .slow_ns = s->slow_ns, .slow_at = s->slow_at};
}

uint32_t qi_sched_unswept(const QiSched *s) {
    return qi_heap_in_cycle(s->workers[0].heap) ? s->leaks.began_before : s->leaks.began;
}

uint32_t qi_sched_queue_length(const QiSched *s, uint32_t worker, uint32_t most) {
    /* What belongs to nobody (runqueue.h), with priorities all, counts as the first worker's. */
    uint32_t n = worker != 0 ? 0 : s->nready < most ? s->nready : most;
    for (QiReady r = s->workers[worker].run_head; r != 0 && n < most; r = qi_ready_link(r)->next) n++;
    return n;
}

QI_COLD void qi_sched_ticked(QiWorker *w) {
    QiSched *s = w->sched;
    int64_t asked = atomic_exchange_explicit(&w->asked_at, 0, memory_order_relaxed);
    if (asked == 0) return;
    int64_t late = qi_clock_monotonic_ns() - asked;
    if (late <= s->slow_ns) return;
    s->slow_ns = late;
    s->slow_at = w->current != NULL ? w->current->safepoint : NULL;
}

/* --- who waits for whom ------------------------------------------------------------ */

static uint32_t add_future(const QiObject *o, const QiHandle *out[], uint32_t n, uint32_t most) {
    if (o == NULL || o->kind != QI_K_COROUTINE || n == most) return n;
    out[n] = (const QiHandle *)(const void *)o;
    return n + 1;
}

/* Those who hold what the task waits for. */
static uint32_t add_holders(const QiNative *o, const QiHandle *out[], uint32_t n, uint32_t most) {
    switch (o->head.aux) {
    case QI_CLASS_MUTEX: return add_future((const QiObject *)((const QiMutex *)o)->owner, out, n, most);
    case QI_CLASS_ONCE: return add_future((const QiObject *)((const QiOnce *)o)->runner, out, n, most);
    case QI_CLASS_RWLOCK: {
        const QiRwLock *l = (const QiRwLock *)o;
        n = add_future((const QiObject *)l->writer, out, n, most);
        for (const QiHold *hold = l->readers; hold != NULL; hold = hold->next) n = add_future((const QiObject *)hold->task, out, n, most);
        return n;
    }
    default: return n;
    }
}

uint32_t qi_sched_waits_for(const QiCoroutine *task, const QiHandle *out[], uint32_t most) {
    uint32_t n = 0;
    if (qi_co_state(task) != QI_CO_PARKED) return 0;
    switch (qi_co_reason(task)) {
    case QI_WAIT_FUTURE: case QI_WAIT_CHILD: return add_future(task->wait_object, out, n, most);
    case QI_WAIT_SELECT:
        for (uint32_t i = 0; i < task->u.select->n; i++) n = add_future(task->u.select->cases[i].object, out, n, most);
        return n;
    case QI_WAIT_GATHER:
        for (uint32_t i = 0; i < task->u.gather->n; i++) {
            const QiGatherPart *part = &task->u.gather->parts[i];
            if (part->waiter.queued) n = add_future(&part->future->head, out, n, most);
        }
        return n;
    case QI_WAIT_SCOPE:
        for (const QiTreeNode *node = qi_scope_waited_for(task)->members; node != NULL; node = node->next) {
            n = add_future(&node->co->handle->future.head, out, n, most);
        }
        return n;
    case QI_WAIT_NATIVE: case QI_WAIT_RELOCK: return add_holders((const QiNative *)task->wait_object, out, n, most);
    default: return 0;
    }
}

uint32_t qi_sched_awaited_by(const QiHandle *h, const QiHandle *out[], uint32_t most) {
    uint32_t n = 0;
    for (const QiWaiter *waiter = h->future.waiters.head; waiter != NULL && n < most; waiter = waiter->next) out[n++] = waiter->co->handle;
    return n;
}

/* The earliest of a block and those it is cancelled with. */
static int64_t earliest(const QiSched *s, const QiScope *scope, int64_t when) {
    for (; scope != NULL; scope = scope->shielded ? NULL : scope->outer) {
        if (scope->timer != QI_TIMER_NONE && s->timers.heap[scope->timer].when < when) when = s->timers.heap[scope->timer].when;
    }
    return when;
}

bool qi_sched_deadline_ms(const QiSched *s, const QiCoroutine *task, int64_t *ms) {
    if (task->tree == NULL) return false;
    int64_t when = earliest(s, task->tree->parent, INT64_MAX);
    for (const QiScope *scope = task->tree->scope; scope != NULL; scope = scope->below) when = earliest(s, scope, when);
    if (when == INT64_MAX) return false;
    *ms = ms_until(s, when);
    return true;
}
