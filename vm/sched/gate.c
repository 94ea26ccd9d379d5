/*
 * gate.c — things that many wait for until they open: 等待组, 屏障, 仅一次.
 *
 * 等待组: a count; waiters are all woken when it returns to 0.
 * 屏障: CLOSED(k of n arrived) ──n-th arrives──▶ all n go on, CLOSED(0 of n) again.
 * 仅一次: NEW ──first comes──▶ RUNNING(task) ──it returns──▶ DONE
 *                                  └──it fails──▶ RUNNING(next waiter), or NEW
 *
 * Invariants
 * - 等待组: waiters ≠ ∅ ⇒ count > 0. 屏障: waiting = number of waiters < parties; who is cancelled has not arrived.
 *   仅一次: waiters ≠ ∅ ⇒ RUNNING.
 * - Whoever passed saw what was done before the gate opened.
 *
 * Rejected: 仅一次 that counts a failed run as done (Go): everybody after it would work with what was never made.
 */
#include "internal.h"

/* --- 等待组 ---------------------------------------------------------------------------- */

QiWaitGroup *qi_waitgroup_new(QiWorker *w, const QiType *type) {
    return qi_native_object_new(w, type, QI_CLASS_WAITGROUP, sizeof(QiWaitGroup));
}

/* false: the count would be negative, or too large. */
QI_INLINE bool add(QiWorker *w, QiWaitGroup *g, int64_t n) {
    int64_t count;
    if (__builtin_add_overflow(g->count, n, &count) || count < 0) return false;
    g->count = count;
    if (count != 0) return true;
    while (qi_native_object_wake(w, &g->base) != NULL) {}
    return true;
}

/* In the own part of one of several workers. */
QI_NOINLINE static bool add_own(QiWorker *w, QiWaitGroup *g, int64_t n) {
    QiLatch *lock = qi_object_take(w, g);
    const bool added = add(w, g, n);
    qi_latch_give(lock);
    return added;
}

QiStatus qi_waitgroup_add(QiWorker *w, QiWaitGroup *g, int64_t n) {
    if (QI_UNLIKELY(w->own)) {
        if (add_own(w, g, n)) return QI_OK;
        qi_sched_take_whole(w);
    }
    return add(w, g, n) ? QI_OK : qi_throw_about(w, 6013, &g->base, n);
}

QiStatus qi_waitgroup_wait(QiWorker *w, QiWaitGroup *g, QiValue *slot) {
    if (qi_cancel_point(w) != QI_OK) return QI_THROW;
    *slot = 0;
    if (g->count == 0) return QI_OK;
    return qi_native_object_wait(w, QI_WAIT_NATIVE, &g->base, NULL, 0);
}

/* --- 屏障 ------------------------------------------------------------------------------- */

QiStatus qi_barrier_new(QiWorker *w, const QiType *type, int64_t parties, QiValue *slot) {
    if (parties < 1) return qi_throw_about_new(w, "：屏障 的参与者", ": parties of a 屏障", parties);
    QiBarrier *b = qi_native_object_new(w, type, QI_CLASS_BARRIER, sizeof(QiBarrier));
    if (b == NULL) return qi_throw_memory(w);
    b->parties = parties;
    *slot = qi_from_ref(b);
    return QI_OK;
}

QiStatus qi_barrier_wait(QiWorker *w, QiBarrier *b, QiValue *slot) {
    if (qi_cancel_point(w) != QI_OK) return QI_THROW;
    if (b->waiting + 1 == b->parties) {
        b->waiting = 0;
        while (qi_native_object_wake(w, &b->base) != NULL) {}
        *slot = 1;
        return QI_OK;
    }
    *slot = 0;
    b->waiting++;
    return qi_native_object_wait(w, QI_WAIT_NATIVE, &b->base, NULL, 0);
}

/* --- 仅一次 ------------------------------------------------------------------------------ */

QiOnce *qi_once_new(QiWorker *w, const QiType *type) {
    return qi_native_object_new(w, type, QI_CLASS_ONCE, sizeof(QiOnce));
}

bool qi_once_is_done(const QiOnce *o) { return (o->base.head.flags & QI_ONCE_DONE) != 0; }

QiStatus qi_once_begin(QiWorker *w, QiOnce *o, QiValue *slot) {
    if (qi_cancel_point(w) != QI_OK) return QI_THROW;
    *slot = 0;
    if (qi_once_is_done(o)) return QI_OK;
    if (o->runner != NULL) return qi_native_object_wait(w, QI_WAIT_NATIVE, &o->base, slot, 0);
    o->runner = qi_co_task(w->current)->handle;
    *slot = 1;
    return QI_OK;
}

QiStatus qi_once_end(QiWorker *w, QiOnce *o, bool succeeded) {
    if (o->runner != qi_co_task(w->current)->handle) return qi_throw_not_held(w, NULL);
    o->runner = NULL;
    if (succeeded) {
        o->base.head.flags |= QI_ONCE_DONE;
        while (qi_native_object_wake(w, &o->base) != NULL) {}
        return QI_OK;
    }
    QiCoroutine *next = qi_native_object_wake(w, &o->base);
    if (next == NULL) return QI_OK;
    o->runner = next->handle;
    *next->wait.slot = 1;
    return QI_OK;
}
