/*
 * waitqueue.h — FIFO queues of waiters, doubly linked through the waiters.
 *
 * Invariants
 * - A waiter is in at most one queue; `queued` says whether it is in any.
 * - Removing from the middle is O(1), so cancelling one of a million is cheap.
 * - Nothing here wakes anybody or takes a lock: the owner of the queue does.
 */
#ifndef QI_SCHED_WAITQUEUE_H
#define QI_SCHED_WAITQUEUE_H

#include "coroutine.h"

QI_INLINE void qi_waitqueue_push(QiWaitQueue *q, QiWaiter *w) {
    w->next = NULL;
    w->prev = q->tail;
    if (q->tail != NULL) q->tail->next = w;
    else q->head = w;
    q->tail = w;
    w->queued = true;
}

QI_INLINE void qi_waitqueue_remove(QiWaitQueue *q, QiWaiter *w) {
    if (w->prev != NULL) w->prev->next = w->next;
    else q->head = w->next;
    if (w->next != NULL) w->next->prev = w->prev;
    else q->tail = w->prev;
    w->queued = false;
}

/* The longest waiting, or NULL. */
QI_INLINE QiWaiter *qi_waitqueue_pop(QiWaitQueue *q) {
    QiWaiter *w = q->head;
    if (w == NULL) return NULL;
    q->head = w->next;
    if (w->next != NULL) w->next->prev = NULL;
    else q->tail = NULL;
    w->queued = false;
    return w;
}

#endif
