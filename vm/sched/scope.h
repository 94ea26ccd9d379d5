/*
 * scope.h — the task tree: 并发 and 截止 blocks and the tasks inside them. See scope.c.
 */
#ifndef QI_SCHED_SCOPE_H
#define QI_SCHED_SCOPE_H

#include "sched.h"

typedef enum QiScopeEnd {
    QI_SCOPE_OPEN = 0,
    QI_SCOPE_FAILED,   /* a child or the body failed: `failure` */
    QI_SCOPE_LATE,     /* the deadline passed */
    QI_SCOPE_ABOVE,    /* a scope around it was cancelled */
} QiScopeEnd;

/* One 并发 or 截止 block that is being run. Not collected: it lives as long as its block or its members. */
typedef struct QiScope {
    struct QiTreeNode *owner;       /* of the coroutine whose block it is; NULL: that was dropped */
    struct QiScope *below;          /* the owner's scope around it */
    struct QiScope *outer;          /* the scope it is inside of, and cancelled with; NULL: none */
    struct QiScope *inner, *prev, *next; /* scopes whose `outer` this is; its siblings */
    struct QiTreeNode *members;     /* unfinished tasks, newest first */
    uint64_t nmembers;
    uint64_t limit, running;        /* children that may run (0: any number), that do */
    QiWaitQueue held;               /* children that wait until fewer run */
    QiCoroutine *waiting;           /* the task parked at the end of the block; NULL: none */
    QiError *failure;               /* what the block throws; NULL: not known yet, or nobody owns it */
    struct QiLater *later;          /* failures that came after it (failure.c); NULL: none */
    QiFuture *failed;               /* of the task whose failure that is, until the block has thrown it; else NULL */
    const QiValue *fp;              /* frame of the block, and where in it the block begins */
    const QiInsn *entered_at;
    const QiInsn *left_at;          /* where the first block around it began that is gone; NULL: none is */
    QiScopeEnd end;
    uint32_t timer;                 /* place in the timer heap, QI_TIMER_NONE: no deadline */
    uint32_t failed_number;         /* FAILED: of the child that failed first; 0: the block itself */
    uint32_t seen;                  /* collection that marked its members (leak.c) */
    bool aborting;                  /* `waiting` wants `failure` as a value, else to go on */
    bool cut;                       /* unfinished members were cancelled */
    bool shielded;                  /* the end of `outer` does not cancel it */
    bool busy;                      /* its members are being cancelled: their end is not yet its own */
} QiScope;

/* A coroutine's place in the tree; only those that have one carry it. */
typedef struct QiTreeNode {
    QiCoroutine *co;
    QiScope *scope;                 /* its innermost open block */
    QiScope *parent;                /* the block it is a member of */
    struct QiTreeNode *prev, *next; /* other members */
    bool child;                     /* made by the block itself, not by another member */
    bool held;                      /* a child that does not count as running */
    bool judged, shielded;          /* the block does not cancel it (is_shielded in scope.c) */
    uint32_t nended;                /* blocks it has open that were cancelled */
} QiTreeNode;

/* Places a new task, already in the live list, in the tree. QI_OK: queue or run it. QI_PARKED: neither, it is held back or
 * was cancelled (and perhaps freed). QI_THROW: out of memory, thrown; the task is gone. */
QiStatus qi_scope_admit(QiWorker *w, QiCoroutine *task);
/* In a worker's own part: may what the running task makes go into the tree there? *scope: the block it belongs to, NULL: none. false: it needs the whole scheduler. */
bool qi_scope_takes_own(const QiWorker *w, QiScope **scope, bool *child);
/* Makes `task` a member by this node, which says whether it is a child. The scope is one that qi_scope_takes_own gave. */
void qi_scope_join_own(QiWorker *w, QiScope *scope, QiTreeNode *node, QiCoroutine *task);
/* The task of this node returned. false: it is the last one, or more is to be done: qi_scope_member_over in the whole scheduler. Else the node is freed. */
bool qi_scope_leave_own(QiWorker *w, QiTreeNode *node);
/* The task of this node is over, and its future settled. Frees the node. */
void qi_scope_member_over(QiWorker *w, QiTreeNode *node, QiHandle *h, QiCoroutineState state);
/* A coroutine is given back half way: its blocks lose their owner, and it leaves the tree. */
QI_COLD void qi_scope_forget(QiWorker *w, QiCoroutine *co);
/* Takes a task that never ran out of the queue of those held back. false: it is in none. */
bool qi_scope_unhold(QiCoroutine *task);
bool qi_scope_is_held(const QiCoroutine *task);
/* The deadline passed; its timer is gone. */
void qi_scope_late(QiWorker *w, QiScope *scope);
/* A block around the running code that is cancelled, and from which the code is not masked; NULL: none. */
const QiScope *qi_scope_cancelled(QiWorker *w);
/* The message of 取消错误 of those whom the end of the block cancels; NULL: it cannot be had. */
QI_COLD QiString *qi_scope_message(QiWorker *w, const QiScope *scope);
/* The innermost block of the coroutine that waits at the end of one. */
const QiScope *qi_scope_waited_for(const QiCoroutine *task);
void qi_scope_mark(const QiTreeNode *node, QiMarker *m);

/* --- combining futures: gather.c -------------------------------------------------- */

typedef struct QiGatherPart {
    QiWaiter waiter;
    QiFuture *future;
} QiGatherPart;

typedef struct QiGather {
    QiGatherMode mode;
    uint32_t pending;      /* not settled yet */
    QiError *held;         /* the error under way (qi_gather_holding); NULL: none */
    bool all;              /* the failures of the futures are, too */
    uint32_t n;
    QiGatherPart parts[];  /* queued: in the queue of its future */
} QiGather;

/* The future of this waiter, which left its queue, is settled. */
void qi_gather_settled(QiWorker *w, QiWaiter *waiter, bool failed);
/* The task is cancelled: out of all queues, record freed. */
void qi_gather_abandon(QiCoroutine *task);
void qi_gather_mark(const QiCoroutine *task, QiMarker *m);

#endif
