/*
 * pool.h — the scheduler's part of work that takes long (pool.c). For sched/, and for reports.
 */
#ifndef QI_SCHED_POOL_H
#define QI_SCHED_POOL_H

#include "../base/platform.h"
#include "../include/qi/native.h"
#include "sched.h"

/* States of a piece of work; all of them change inside the pool's mutex.
 *
 *     WAITING ──a thread takes it──▶ RUNNING ──work() is over──▶ DONE ──a worker hears of it──▶ gone
 *        └─withdrawn─▶ gone             └─withdrawn─▶ ABANDONED ──work() is over──▶ gone
 */
typedef enum QiPoolState { QI_POOL_WAITING, QI_POOL_RUNNING, QI_POOL_DONE, QI_POOL_ABANDONED } QiPoolState;

typedef struct QiPoolWork {
    struct QiPoolWork *next, *prev; /* WAITING, DONE: in that list */
    QiPoolState state;
    QiOffload offload;
    QiCoroutine *task;              /* parked for it; means nothing once it is ABANDONED */
    QiValue *result;                /* the task's register */
} QiPoolWork;

typedef struct QiPoolList { QiPoolWork *head, *tail; } QiPoolList;

/* The threads and what they do. On its own, because threads may outlive the scheduler. */
typedef struct QiPool {
    QiOsMutex mutex;             /* guards all that follows */
    QiOsCond more;               /* idle threads wait for it */
    QiOsCond quiet;              /* nobody speaks to the scheduler any more */
    QiSched *sched;              /* NULL: closed */
    QiPoolList waiting, done;
    uint32_t nwaiting;
    uint32_t nthreads, nidle;
    uint32_t ntelling;           /* threads that speak to the scheduler */
    uint32_t nholders;           /* threads, and the scheduler: who is last frees it */
    uint32_t limit;              /* of threads */
    int64_t idle_ns;             /* how long a thread waits for work before it ends */
    size_t stack_bytes;          /* of each thread */
} QiPool;

/* Gives tasks whose work is done their results. In the scheduler's lock. */
QI_COLD void qi_pool_harvest(QiWorker *w);
/* A task that is parked for QI_WAIT_POOL no longer waits. */
void qi_pool_withdraw(QiWorker *w, QiCoroutine *task);
/* The program is over: nobody waits any more. Waits for no work; threads end by themselves. */
void qi_pool_close(QiSched *s);

#endif
