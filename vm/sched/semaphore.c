/*
 * semaphore.c — 信号量: a number of permits, taken and given back.
 *
 * Invariants
 * - 0 <= available <= limit. The limit is the number of permits at the start, so that giving back more than was taken is
 *   E6005; a 信号量 that starts with 0 counts signals and has no limit.
 * - Whoever wants many permits is not overtaken by those who want few: waiters ≠ ∅ ⇒ the first of them wants more than
 *   is available.
 * - A permit belongs to nobody: any task may give it back.
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

QiStatus qi_semaphore_acquire(QiWorker *w, QiSemaphore *s, int64_t n, QiValue *slot) {
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

QiStatus qi_semaphore_release(QiWorker *w, QiSemaphore *s, int64_t n) {
    if (n < 1) return qi_throw_about(w, 6015, &s->base, n);
    if (n > s->limit - s->available) return qi_throw_about(w, 6005, &s->base, n);
    s->available += n;
    qi_semaphore_grant(w, s);
    return QI_OK;
}
