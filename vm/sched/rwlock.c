/*
 * rwlock.c — 读写锁: many readers or one writer.
 *
 *     FREE ──read──▶ READ(n readers) ──last one unlocks──▶ FREE
 *     FREE ──write──▶ WRITTEN(task) ──unlock──▶ FREE
 *
 * Fairness: one queue for both. A reader that comes while anybody waits queues up behind, so writers do not starve; when the lock
 * becomes free, the head of the queue goes on, and with a reader all readers behind it up to the next writer.
 *
 * Invariants
 * - Never readers ≠ ∅ and writer ≠ NULL.
 * - waiters ≠ ∅ ⇒ the head of the queue cannot go on (qi_rwlock_grant ran after the last change).
 * - Every reader has a QiHold naming it, so that unlocking what one does not hold is E6005 and reports name the readers. A task may
 *   read again while it reads (when nobody waits); asking to write meanwhile waits for itself, which is a deadlock.
 * - nspare >= nwaiting_readers.
 *
 * Rejected: a bare count of readers (its misuse stays silent until much later); preferring readers (starves
 * writers) or writers (starves readers). Looking for one's QiHold takes time in proportion to the readers, newest first:
 * short critical sections find theirs at once.
 */
#include "internal.h"

QiRwLock *qi_rwlock_new(QiWorker *w, const QiType *type) {
    return qi_native_object_new(w, type, QI_CLASS_RWLOCK, sizeof(QiRwLock));
}

/* Takes a hold out of a list; the collector may have seen neither it nor the one behind it. */
static QiHold *take(QiWorker *w, QiHold **link) {
    QiHold *hold = *link;
    qi_heap_forget(w->heap, qi_from_ref(hold));
    qi_heap_forget(w->heap, qi_from_ref(hold->next));
    *link = hold->next;
    return hold;
}

static void put(QiWorker *w, QiHold **link, QiHold *hold) {
    qi_heap_forget(w->heap, qi_from_ref(*link));
    hold->next = *link;
    *link = hold;
}

/* Makes sure of one spare hold beyond those of waiting readers. false: out of memory. */
static bool reserve(QiWorker *w, QiRwLock *l) {
    if (l->nspare > l->nwaiting_readers) return true;
    QiHold *hold = qi_native_object_plain(w, QI_CLASS_HOLD, sizeof *hold);
    if (hold == NULL) return false;
    put(w, &l->spare, hold);
    l->nspare++;
    return true;
}

static QiHold **find(QiRwLock *l, const QiHandle *task) {
    QiHold **link = &l->readers;
    while (*link != NULL && (*link)->task != task) link = &(*link)->next;
    return link;
}

/* task, that runs `at`, reads from now on. A spare hold is there. */
static void begin_reading(QiWorker *w, QiRwLock *l, QiHandle *task, const QiInsn *at) {
    QiHold *hold = *find(l, task);
    if (hold == NULL) {
        hold = take(w, &l->spare);
        l->nspare--;
        hold->task = task;
        hold->count = 0;
        put(w, &l->readers, hold);
    }
    hold->count++;
    hold->locked_at = at;
}

static void begin_writing(QiRwLock *l, QiHandle *task, const QiInsn *at) {
    l->writer = task;
    l->locked_at = at;
}

void qi_rwlock_grant(QiWorker *w, QiRwLock *l) {
    while (l->base.waiters.head != NULL && l->writer == NULL) {
        const QiWaiter *head = l->base.waiters.head;
        if (head->index == QI_RW_WRITE && l->readers != NULL) return;
        const QiCoroutine *task = qi_native_object_wake(w, &l->base);
        const QiInsn *at = task->innermost->safepoint;
        if (task->wait.index == QI_RW_WRITE) {
            begin_writing(l, task->handle, at);
        } else {
            l->nwaiting_readers--;
            begin_reading(w, l, task->handle, at);
        }
    }
}

/* --- reading ---------------------------------------------------------------------- */

QiStatus qi_rwlock_try_read(QiWorker *w, QiRwLock *l, bool *locked) {
    *locked = l->writer == NULL && l->base.waiters.head == NULL;
    if (!*locked) return QI_OK;
    if (!reserve(w, l)) return qi_throw_memory(w);
    begin_reading(w, l, qi_co_task(w->current)->handle, w->current->safepoint);
    return QI_OK;
}

QiStatus qi_rwlock_read(QiWorker *w, QiRwLock *l, QiValue *slot) {
    if (qi_cancel_point(w) != QI_OK) return QI_THROW;
    bool locked;
    if (qi_rwlock_try_read(w, l, &locked) != QI_OK || (!locked && !reserve(w, l))) return qi_throw_memory(w);
    *slot = 0;
    if (locked) return QI_OK;
    l->nwaiting_readers++;
    return qi_native_object_wait(w, QI_WAIT_NATIVE, &l->base, NULL, QI_RW_READ);
}

QiStatus qi_rwlock_read_unlock(QiWorker *w, QiRwLock *l) {
    QiHold **link = find(l, qi_co_task(w->current)->handle), *hold = *link;
    if (hold == NULL) return qi_throw_not_held(w, &l->base);
    if (--hold->count > 0) return QI_OK;
    take(w, link);
    hold->task = NULL;
    put(w, &l->spare, hold);
    l->nspare++;
    qi_rwlock_grant(w, l);
    return QI_OK;
}

/* --- writing ---------------------------------------------------------------------- */

bool qi_rwlock_try_write(QiWorker *w, QiRwLock *l) {
    /* With neither, nobody waits. */
    if (l->writer != NULL || l->readers != NULL) return false;
    begin_writing(l, qi_co_task(w->current)->handle, w->current->safepoint);
    return true;
}

QiStatus qi_rwlock_write(QiWorker *w, QiRwLock *l, QiValue *slot) {
    if (qi_cancel_point(w) != QI_OK) return QI_THROW;
    *slot = 0;
    if (qi_rwlock_try_write(w, l)) return QI_OK;
    return qi_native_object_wait(w, QI_WAIT_NATIVE, &l->base, NULL, QI_RW_WRITE);
}

QiStatus qi_rwlock_write_unlock(QiWorker *w, QiRwLock *l) {
    if (l->writer != qi_co_task(w->current)->handle) return qi_throw_not_held(w, &l->base);
    l->writer = NULL;
    l->locked_at = NULL;
    qi_rwlock_grant(w, l);
    return QI_OK;
}
