/*
 * sync.c — 互斥锁 and 等待组.
 *
 * 互斥锁: FREE ──lock──▶ HELD(task) ──unlock──▶ FREE, or HELD(next waiter): the
 * lock is handed over to whoever waited longest, so waiting is bounded and a
 * woken task never finds the lock gone.
 * 等待组: a count; waiters are all woken when it returns to 0.
 *
 * Invariants
 * - The owner is a task: a 协程 locks for the task it runs on.
 * - A 互斥锁 is not reentrant: its owner waiting for it is a deadlock, and reported so.
 * - waiters ≠ ∅ ⇒ the lock is held / the count is not 0.
 *
 * Lock (several workers): one per object around every function here; an
 * uncontended lock becomes one compare-and-swap of `owner` (acquire / release).
 * Rejected: barging (a free lock goes to whoever comes first): faster under
 * contention, but starves waiters.
 */
#include "internal.h"

static void commit_wait(QiWorker *w, QiCoroutine *task, void *arg) {
    (void)w;
    qi_waitqueue_push(arg, &task->wait);
}

static QiStatus wait_in(QiWorker *w, QiWaitReason reason, QiObject *object, QiWaitQueue *queue) {
    QiWaiter *waiter = &qi_co_task(w->current)->wait;
    waiter->slot = NULL;
    waiter->kind = (uint8_t)reason;
    return qi_park_inline(w, reason, object, commit_wait, queue);
}

/* --- 互斥锁 ------------------------------------------------------------------------- */

QiMutex *qi_mutex_new(QiWorker *w, const QiType *type) {
    QiMutex *m = qi_alloc(w->heap, (sizeof(QiMutex) + 15) & ~(size_t)15);
    if (m == NULL) return NULL;
    *m = (QiMutex){.head = {.type = type->index, .kind = QI_K_MUTEX}, .id = ++w->sched->next_mutex};
    return m;
}

void qi_mutex_trace(void *user, QiObject *o, QiMarker *m) {
    (void)user;
    /* Reports name the owner even when it ended holding the lock. */
    qi_mark(m, (QiObject *)((QiMutex *)o)->owner);
}

bool qi_mutex_try_lock(QiWorker *w, QiMutex *m) {
    if (m->owner != NULL) return false;
    m->owner = qi_co_task(w->current)->handle;
    return true;
}

QiStatus qi_mutex_lock(QiWorker *w, QiMutex *m, QiValue *slot) {
    if (qi_cancel_point(w) != QI_OK) return QI_THROW;
    *slot = 0;
    if (qi_mutex_try_lock(w, m)) return QI_OK;
    return wait_in(w, QI_WAIT_MUTEX, &m->head, &m->waiters);
}

QiStatus qi_mutex_unlock(QiWorker *w, QiMutex *m) {
    if (m->owner != qi_co_task(w->current)->handle) return qi_throw_simple(w, 6005);
    QiWaiter *next = qi_waitqueue_pop(&m->waiters);
    m->owner = next != NULL ? next->co->handle : NULL;
    if (next != NULL) qi_ready_inline(w, next->co);
    return QI_OK;
}

/* --- 等待组 ---------------------------------------------------------------------------- */

QiWaitGroup *qi_waitgroup_new(QiWorker *w, const QiType *type) {
    QiWaitGroup *g = qi_alloc(w->heap, (sizeof(QiWaitGroup) + 15) & ~(size_t)15);
    if (g == NULL) return NULL;
    *g = (QiWaitGroup){.head = {.type = type->index, .kind = QI_K_WAITGROUP}, .id = ++w->sched->next_waitgroup};
    return g;
}

QiStatus qi_waitgroup_add(QiWorker *w, QiWaitGroup *g, int64_t n) {
    int64_t count;
    if (__builtin_add_overflow(g->count, n, &count) || count < 0) return qi_throw_simple(w, 6013);
    g->count = count;
    if (count != 0) return QI_OK;
    QiWaiter *waiter;
    while ((waiter = qi_waitqueue_pop(&g->waiters)) != NULL) qi_ready_inline(w, waiter->co);
    return QI_OK;
}

QiStatus qi_waitgroup_wait(QiWorker *w, QiWaitGroup *g, QiValue *slot) {
    if (qi_cancel_point(w) != QI_OK) return QI_THROW;
    *slot = 0;
    if (g->count == 0) return QI_OK;
    return wait_in(w, QI_WAIT_WAITGROUP, &g->head, &g->waiters);
}
