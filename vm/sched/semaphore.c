/*
 * semaphore.c — 信号量: a number of permits, taken and given back.
 *
 * Invariants
 * - 0 <= available <= limit. The limit is the number of permits at the start, so that giving back more than was taken is
 *   E6005; a 信号量 that starts with 0 counts signals and has no limit.
 * - Whoever wants many permits is not overtaken by those who want few: waiters ≠ ∅ ⇒ the first of them wants more than
 *   is available.
 * - A permit belongs to nobody: any task may give it back.
 *
 * Several workers: taking and giving back what is possible is done in the worker's own part and the lock of the 信号量; everything else inside the
 * whole scheduler.
 */
#include "internal.h"

QiStatus qi_semaphore_new(QiWorker *w, const QiType *type, int64_t permits, QiValue *slot) {
    if (permits < 0) return qi_throw_about_new(w, "：信号量 的许可", ": permits of a 信号量", permits);
    QiSemaphore *s = qi_native_object_new(w, type, QI_CLASS_SEMAPHORE, sizeof(QiSemaphore));
    if (s == NULL) return qi_throw_memory(w);
    s->available = permits;
    s->limit = permits > 0 ? permits : INT64_MAX;
    *slot = qi_from_ref(s);
    return QI_OK;
}

int64_t qi_semaphore_available(const QiSemaphore *s) { return s->available; }

QiStatus qi_semaphore_try_acquire(QiWorker *w, QiSemaphore *s, int64_t n, bool *acquired) {
    if (n < 1 || n > s->limit) return qi_throw_about(w, 6015, &s->base, n);
    *acquired = s->base.waiters.head == NULL && s->available >= n;
    if (*acquired) s->available -= n;
    return QI_OK;
}

/* In the own part of one of several workers. */
QI_NOINLINE static QiStatus acquire_own(QiWorker *w, QiSemaphore *s, int64_t n) {
    QiLatch *lock = qi_object_take(w, s);
    if (s->base.waiters.head == NULL && s->available >= n) {
        s->available -= n;
        qi_latch_give(lock);
        return QI_OK;
    }
    w->current->u.wanted = n;
    w->current->wait.slot = NULL;
    qi_park_own(w, QI_WAIT_NATIVE, &s->base.head, &s->base.waiters, lock);
    return QI_PARKED;
}

QiStatus qi_semaphore_acquire(QiWorker *w, QiSemaphore *s, int64_t n, QiValue *slot) {
    if (QI_UNLIKELY(w->own)) {
        if (n >= 1 && n <= s->limit && qi_may_wait_own(w)) {
            *slot = 0;
            return acquire_own(w, s, n);
        }
        qi_sched_take_whole(w);
    }
    if (qi_cancel_point(w) != QI_OK) return QI_THROW;
    bool acquired;
    if (qi_semaphore_try_acquire(w, s, n, &acquired) != QI_OK) return QI_THROW;
    *slot = 0;
    if (acquired) return QI_OK;
    qi_co_task(w->current)->u.wanted = n;
    return qi_native_object_wait(w, QI_WAIT_NATIVE, &s->base, NULL, 0);
}

void qi_semaphore_grant(QiWorker *w, QiSemaphore *s) {
    while (s->base.waiters.head != NULL && s->base.waiters.head->co->u.wanted <= s->available) {
        s->available -= qi_native_object_wake(w, &s->base)->u.wanted;
    }
}

/* In the own part of one of several workers. false: so many were not taken. */
QI_NOINLINE static bool release_own(QiWorker *w, QiSemaphore *s, int64_t n) {
    QiLatch *lock = qi_object_take(w, s);
    const bool taken = n <= s->limit - s->available;
    if (taken) {
        s->available += n;
        qi_semaphore_grant(w, s);
    }
    qi_latch_give(lock);
    return taken;
}

QiStatus qi_semaphore_release(QiWorker *w, QiSemaphore *s, int64_t n) {
    if (QI_UNLIKELY(w->own)) {
        if (n >= 1 && release_own(w, s, n)) return QI_OK;
        qi_sched_take_whole(w);
    }
    if (n < 1) return qi_throw_about(w, 6015, &s->base, n);
    if (n > s->limit - s->available) return qi_throw_about(w, 6005, &s->base, n);
    s->available += n;
    qi_semaphore_grant(w, s);
    return QI_OK;
}
