/*
 * cancelled.h — why tasks are cancelled. See cancel.c.
 */
#ifndef QI_SCHED_CANCELLED_H
#define QI_SCHED_CANCELLED_H

#include "sched.h"

typedef enum QiCancelKind {
    QI_CANCEL_CALL,      /* the running task cancels, by 取消() or through the library */
    QI_CANCEL_FAILURE,   /* its block failed */
    QI_CANCEL_LEFT,      /* the block around that of a 协程 left half way has ended */
    QI_CANCEL_DEADLINE,  /* the time of its block is over */
    QI_CANCEL_END,       /* 入口 has ended */
    QI_CANCEL_INTERRUPT, /* somebody outside cancels 入口 (attend.c) */
    QI_CANCEL_VISITOR,   /* the inspector (visitor.c) */
} QiCancelKind;

typedef struct QiCancelCause {
    QiCancelKind kind;
    const QiHandle *above;  /* the task that was meant, and this one stands below it; NULL: this one was meant */
    const QiInsn *at;       /* FAILURE, LEFT, DEADLINE: where the block begins */
    uint32_t failed;        /* FAILURE: number of the child that failed; 0: the block itself */
} QiCancelCause;

/* cancel.c: the message of those cancelled for it. NULL: it cannot be had. */
QI_COLD QiString *qi_cancel_message(QiWorker *w, const QiCancelCause *cause);
/* The flag of a coroutine that is not over; its 取消错误 say this (NULL: nothing) from now on. */
void qi_cancel_request(QiCoroutine *co, QiString *message);
/* A fresh 取消错误 that speaks of h and says this (NULL: what h was cancelled for, or nothing). */
QiError *qi_cancel_error_saying(QiWorker *w, QiHandle *h, QiString *message);
/* Sets the flag of one task and wakes it if it sleeps unmasked. */
void qi_task_cancel_one(QiWorker *w, QiCoroutine *task, QiString *message);
/* qi_task_cancel, qi_generator_cancel by somebody else than the running task. */
void qi_task_cancel_for(QiWorker *w, QiHandle *h, QiCancelKind kind);
QiStatus qi_generator_cancel_for(QiWorker *w, QiHandle *h, QiCancelKind kind);

#endif
