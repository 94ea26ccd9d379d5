/*
 * timer.c — sleeping, delays, and the heap of everything that waits for a time.
 *
 * Invariants
 * - timers.heap is a four-ary min-heap by (when, order); the owner knows its place (task: u.timer, 选择 and 截止:
 *   timer, a future until it is settled: result), so that cancelling is O(log n).
 * - The time of the earliest is published to the ticker (relaxed) whenever it
 *   changes: it only decides how early the ticker looks.
 *
 * Lock (several workers): the scheduler's; there is one heap for all, watched by the last worker to become idle (workers.c).
 * Rejected: a hierarchical wheel. It inserts in constant time but wakes to
 * cascade, and needs a scan to find the next deadline, which idling asks for often.
 */
#include "internal.h"
#include "scope.h"
#include "select.h"

#include <stdlib.h>

#define ARITY 4u
/* Of how many timers it is known whether they will wake anybody: idling asks. */
#define LOOKED_AT 64u
#define TIME_MAX (INT64_MAX / 2)

static bool before(const QiTimer *a, const QiTimer *b) {
    if (a->when != b->when) return a->when < b->when;
    /* The counter may wrap: nearness decides. */
    return (int32_t)(a->order - b->order) < 0;
}

static void place(QiTimers *t, uint32_t at, QiTimer timer) {
    t->heap[at] = timer;
    switch ((QiTimerKind)timer.kind) {
    case QI_TIMER_SLEEP: ((QiCoroutine *)timer.owner)->u.timer = at; break;
    case QI_TIMER_SELECT: ((QiSelect *)timer.owner)->timer = at; break;
    case QI_TIMER_SCOPE: ((QiScope *)timer.owner)->timer = at; break;
    case QI_TIMER_FUTURE: ((QiFuture *)timer.owner)->result = at; break; /* no result before its time */
    }
}

static void sift_up(QiTimers *t, uint32_t at, QiTimer timer) {
    while (at > 0) {
        uint32_t parent = (at - 1) / ARITY;
        if (!before(&timer, &t->heap[parent])) break;
        place(t, at, t->heap[parent]);
        at = parent;
    }
    place(t, at, timer);
}

static void sift_down(QiTimers *t, uint32_t at, QiTimer timer) {
    for (;;) {
        uint32_t child = at * ARITY + 1, best = child;
        if (child >= t->count) break;
        uint32_t end = child + ARITY < t->count ? child + ARITY : t->count;
        for (uint32_t i = child + 1; i < end; i++) {
            if (before(&t->heap[i], &t->heap[best])) best = i;
        }
        if (!before(&t->heap[best], &timer)) break;
        place(t, at, t->heap[best]);
        at = best;
    }
    place(t, at, timer);
}

static void publish(QiSched *s) {
    int64_t next = s->timers.count != 0 ? s->timers.heap[0].when : INT64_MAX;
    atomic_store_explicit(&s->ticker.next_timer, next, memory_order_relaxed);
}

/* Room for one more, so that adding it cannot fail. */
static bool reserve(QiTimers *t) {
    if (t->count < t->cap) return true;
    uint32_t cap = t->cap == 0 ? 16 : t->cap * 2;
    QiTimer *heap = cap > t->cap ? realloc(t->heap, cap * sizeof *heap) : NULL;
    if (heap == NULL) return false;
    t->heap = heap;
    t->cap = cap;
    return true;
}

bool qi_timer_add(QiSched *s, int64_t when, QiTimerKind kind, void *owner) {
    QiTimers *t = &s->timers;
    if (!reserve(t)) return false;
    QiTimer timer = {.when = when, .order = t->next_order++, .kind = (uint32_t)kind, .owner = owner};
    sift_up(t, t->count++, timer);
    publish(s);
    return true;
}

void qi_timer_remove(QiSched *s, uint32_t index) {
    QiTimers *t = &s->timers;
    QiTimer last = t->heap[--t->count];
    if (index < t->count) {
        /* It may belong above or below the hole, never both. */
        if (index > 0 && before(&last, &t->heap[(index - 1) / ARITY])) sift_up(t, index, last);
        else sift_down(t, index, last);
    }
    publish(s);
}

bool qi_timers_may_wake(const QiSched *s) {
    const QiTimers *t = &s->timers;
    if (t->count > LOOKED_AT) return true;
    for (uint32_t i = 0; i < t->count; i++) {
        if (t->heap[i].kind != QI_TIMER_FUTURE || ((const QiFuture *)t->heap[i].owner)->waiters.head != NULL) return true;
    }
    return false;
}

int64_t qi_timer_deadline(QiSched *s, int64_t milliseconds) {
    int64_t now = qi_sched_now_ns(s), ns;
    if (milliseconds <= 0) return now;
    if (__builtin_mul_overflow(milliseconds, (int64_t)1000000, &ns) || ns > TIME_MAX - now) return TIME_MAX;
    return now + ns;
}

void qi_timers_fire(QiWorker *w) {
    QiSched *s = w->sched;
    QiTimers *t = &s->timers;
    if (t->count == 0) return;
    int64_t now = s->config.virtual_time ? s->virtual_ns : qi_clock_monotonic_ns();
    while (t->count != 0 && t->heap[0].when <= now) {
        QiTimer timer = t->heap[0];
        qi_timer_remove(s, 0);
        switch ((QiTimerKind)timer.kind) {
        case QI_TIMER_SLEEP:
            qi_ready_inline(w, timer.owner);
            break;
        case QI_TIMER_SELECT:
            ((QiSelect *)timer.owner)->timer = QI_TIMER_NONE;
            qi_select_timeout(w, timer.owner);
            break;
        case QI_TIMER_FUTURE:
            ((QiFuture *)timer.owner)->head.flags &= (uint8_t)~QI_FUTURE_TIMED;
            qi_future_settle(w, timer.owner, QI_FUTURE_READY, 0);
            break;
        case QI_TIMER_SCOPE:
            qi_scope_late(w, timer.owner);
            break;
        }
    }
}

static void commit_sleep(QiWorker *w, QiCoroutine *task, void *arg) {
    /* Room was made before parking, so this cannot fail. */
    qi_timer_add(w->sched, *(int64_t *)arg, QI_TIMER_SLEEP, task);
}

QiStatus qi_sleep(QiWorker *w, int64_t milliseconds) {
    if (qi_cancel_point(w) != QI_OK) return QI_THROW;
    if (milliseconds <= 0) return qi_task_yield(w);
    if (!reserve(&w->sched->timers)) return qi_throw_memory(w);
    int64_t when = qi_timer_deadline(w->sched, milliseconds);
    /* Others run meanwhile and must be interrupted when the time has come. */
    if (!w->ticking && (!qi_runqueue_is_empty(w) || qi_co_task(w->current)->resumer != NULL)) qi_ticker_arm(w);
    return qi_park_inline(w, QI_WAIT_SLEEP, NULL, commit_sleep, &when);
}

QiFuture *qi_delay_new(QiWorker *w, const QiType *type, int64_t milliseconds) {
    QiFuture *f = qi_future_new(w, type->index);
    if (f == NULL || !qi_timer_add(w->sched, qi_timer_deadline(w->sched, milliseconds), QI_TIMER_FUTURE, f)) return NULL;
    f->head.flags |= QI_FUTURE_TIMED;
    if (!w->ticking) qi_ticker_arm(w);
    return f;
}

bool qi_delay_stop(QiWorker *w, QiFuture *f) {
    if (f->head.kind != QI_K_FUTURE || (f->head.flags & QI_FUTURE_TIMED) == 0) return false;
    f->head.flags = (uint8_t)((f->head.flags & ~QI_FUTURE_TIMED) | QI_FUTURE_STOPPED);
    qi_timer_remove(w->sched, (uint32_t)f->result);
    return true;
}
