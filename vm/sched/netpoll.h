/*
 * netpoll.h — the scheduler's part of waiting for descriptors (netpoll.c). For sched/, and for reports.
 */
#ifndef QI_SCHED_NETPOLL_H
#define QI_SCHED_NETPOLL_H

#include <stdatomic.h>

#include "../base/poller.h"
#include "../include/qi/native.h"
#include "sched.h"

/* One task and what it waits to do. */
typedef struct QiIoWait {
    struct QiIoWait *next, *prev; /* of the same descriptor, in the order they came */
    QiCoroutine *task;
    QiIoOperation operation;
    QiValue *result;              /* its register */
} QiIoWait;

typedef struct QiIoQueue { QiIoWait *head, *tail; } QiIoQueue;

typedef struct QiNetpoll {
    QiPoller poller;
    QiIoQueue *queues;            /* by descriptor */
    uint32_t nqueues;
    uint32_t nwaits;              /* tasks that wait for a descriptor */
    _Atomic bool open;            /* the poller is there: from the first wait on. Release by who opens it, acquire by other threads */
    bool polling;                 /* an idle worker waits in the poller */
} QiNetpoll;

/* A task that is parked for QI_WAIT_IO is out of its queue. */
void qi_netpoll_withdraw(QiWorker *w, QiCoroutine *task);
/* Lets those go on whose descriptors are ready now. */
QI_COLD void qi_netpoll_look(QiWorker *w);
/* Waits for a descriptor, a wake or a time on the monotonic clock, then as qi_netpoll_look. With several workers the lock is given
 * back meanwhile. */
QI_COLD void qi_netpoll_wait(QiWorker *w, int64_t until);
/* Ends the wait of a worker in the poller, if there is one. Any thread. */
void qi_netpoll_wake(QiSched *s);
void qi_netpoll_free(QiSched *s);

#endif
