/*
 * select.h — a parked 选择, as the primitives that complete one of its cases
 * and the reports see it. See select.c.
 */
#ifndef QI_SCHED_SELECT_H
#define QI_SCHED_SELECT_H

#include "sched.h"

typedef struct QiSelectCase {
    QiWaiter waiter;
    QiObject *object;        /* channel or future */
    const QiInsn *target;    /* where control goes when this case is chosen */
} QiSelectCase;

typedef struct QiSelect {
    struct QiSelect *next_free, *next_all;
    QiCoroutine *task;
    const QiInsn *timeout_target;
    uint32_t timer;          /* place in the timer heap, QI_TIMER_NONE: no timeout */
    uint16_t size_class;
    uint16_t n;
    QiSelectCase cases[];
} QiSelect;

/* Does this waiter belong to a 选择 (rather than being its task's own)? */
QI_INLINE bool qi_waiter_is_select(const QiWaiter *w) { return w != &w->co->wait; }

/* The case of this waiter (already out of its queue) is done: forgets all others and makes the task ready at its target;
 * with an error it throws that at the 选择 instead. */
void qi_select_complete(QiWorker *w, QiWaiter *chosen, QiError *error);
void qi_select_timeout(QiWorker *w, QiSelect *sel);
/* The task is cancelled: out of all queues, record freed. */
void qi_select_abandon(QiWorker *w, QiCoroutine *task);

#endif
