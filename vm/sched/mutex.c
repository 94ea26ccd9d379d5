/*
 * mutex.c — 互斥锁, and the 条件变量 that goes with it.
 *
 * 互斥锁: FREE ──lock──▶ HELD(task) ──unlock──▶ FREE, or HELD(next waiter): the
 * lock is handed over to whoever waited longest, so waiting is bounded and a
 * woken task never finds the lock gone.
 *
 * 条件变量, a waiting task:
 *     holds the lock ──等待──▶ in the queue, lock given up ──唤醒──▶ RELOCK ──▶ holds the lock, goes on
 *                                   └──cancelled──▶ RELOCK, then throws holding the lock
 *
 * Invariants
 * - The owner is a task: a 协程 locks for the task it runs on.
 * - A 互斥锁 is not reentrant: its owner waiting for it is a deadlock, and reported so.
 * - waiters ≠ ∅ ⇒ the lock is held.
 * - However 等待 ends, the caller holds the lock: what unlocks it in a 最终 is right either way. Therefore taking the
 *   lock again cannot be broken off by cancellation. A task that was woken is woken: cancelled while it takes the lock
 *   again, it returns from 等待 (and its next suspending operation throws), so no wake-up is lost.
 * - Nobody wakes without cause: 等待 returns only after 唤醒.
 *
 * Several workers: locking and unlocking a 互斥锁 is done in the worker's own part and the lock's own lock; everything else inside the whole scheduler.
 * Rejected: barging (a free lock goes to whoever comes first): faster under
 * contention, but starves waiters. Waking all waiters of a 条件变量 to fight for the lock: they go from its queue
 * straight into the lock's instead.
 */
#include "internal.h"

/* --- 互斥锁 ------------------------------------------------------------------------- */

QiMutex *qi_mutex_new(QiWorker *w, const QiType *type) {
    return qi_native_object_new(w, type, QI_CLASS_MUTEX, sizeof(QiMutex));
}

QI_INLINE bool try_lock(QiWorker *w, QiMutex *m) {
    if (m->owner != NULL) return false;
    m->owner = qi_co_task(w->current)->handle;
    m->locked_at = w->current->safepoint;
    return true;
}

bool qi_mutex_try_lock(QiWorker *w, QiMutex *m) { return try_lock(w, m); }

/* In the own part of one of several workers. */
QI_NOINLINE static QiStatus lock_own(QiWorker *w, QiMutex *m, QiValue *slot) {
    QiLatch *lock = qi_object_take(w, m);
    *slot = 0;
    if (try_lock(w, m)) {
        qi_latch_give(lock);
        return QI_OK;
    }
    w->current->wait.slot = NULL;
    qi_park_own(w, QI_WAIT_NATIVE, &m->base.head, &m->base.waiters, lock);
    return QI_PARKED;
}

QiStatus qi_mutex_lock(QiWorker *w, QiMutex *m, QiValue *slot) {
    if (QI_UNLIKELY(w->own)) {
        if (qi_may_wait_own(w)) return lock_own(w, m, slot);
        qi_sched_take_whole(w);
    }
    if (qi_cancel_point(w) != QI_OK) return QI_THROW;
    *slot = 0;
    if (try_lock(w, m)) return QI_OK;
    return qi_native_object_wait(w, QI_WAIT_NATIVE, &m->base, NULL, 0);
}

/* Gives the lock to whoever waits longest, or to nobody. */
QI_INLINE void hand_over(QiWorker *w, QiMutex *m) {
    const QiCoroutine *next = qi_native_object_wake(w, &m->base);
    m->owner = next != NULL ? next->handle : NULL;
    m->locked_at = next != NULL ? next->innermost->safepoint : NULL;
}

static bool holds(QiWorker *w, const QiMutex *m) { return m->owner == qi_co_task(w->current)->handle; }

/* In the own part of one of several workers. false: the task does not hold it. */
QI_NOINLINE static bool unlock_own(QiWorker *w, QiMutex *m) {
    QiLatch *lock = qi_object_take(w, m);
    const bool held = holds(w, m);
    if (held) hand_over(w, m);
    qi_latch_give(lock);
    return held;
}

QiStatus qi_mutex_unlock(QiWorker *w, QiMutex *m) {
    if (QI_UNLIKELY(w->own)) {
        if (unlock_own(w, m)) return QI_OK;
        qi_sched_take_whole(w);
    }
    if (!holds(w, m)) return qi_throw_not_held(w, &m->base);
    hand_over(w, m);
    return QI_OK;
}

/* --- 条件变量 ------------------------------------------------------------------------- */

QiCondition *qi_condition_new(QiWorker *w, const QiType *type) {
    return qi_native_object_new(w, type, QI_CLASS_CONDITION, sizeof(QiCondition));
}

QiStatus qi_condition_wait(QiWorker *w, QiCondition *c, QiMutex *m, QiValue *slot) {
    if (!holds(w, m)) return qi_throw_not_held(w, &m->base);
    if (qi_cancel_point(w) != QI_OK) return QI_THROW;
    *slot = 0;
    qi_co_task(w->current)->u.mutex = m;
    hand_over(w, m);
    return qi_native_object_wait(w, QI_WAIT_CONDITION, &c->base, NULL, 0);
}

void qi_condition_relock(QiWorker *w, QiCoroutine *task) {
    QiMutex *m = task->u.mutex;
    if (m->owner == NULL) {
        m->owner = task->handle;
        m->locked_at = task->innermost->safepoint;
        qi_ready_inline(w, task);
        return;
    }
    task->wait.kind = QI_WAIT_RELOCK;
    task->wait_object = &m->base.head;
    qi_co_set_reason(task, QI_WAIT_RELOCK);
    qi_waitqueue_push(&m->base.waiters, &task->wait);
}

bool qi_condition_wake_one(QiWorker *w, QiCondition *c) {
    QiWaiter *waiter = qi_waitqueue_pop(&c->base.waiters);
    if (waiter == NULL) return false;
    qi_condition_relock(w, waiter->co);
    return true;
}

void qi_condition_wake_all(QiWorker *w, QiCondition *c) {
    while (qi_condition_wake_one(w, c)) {}
}
