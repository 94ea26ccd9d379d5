/*
 * async.h — tasks, futures, channels and locks, as natives may use them.
 *
 * Invariants
 * - The structs are the scheduler's own and opaque here.
 * - A function that takes `slot` may park the caller: it returns QI_PARKED and
 *   the result is stored in *slot later. The native returns what it got at once.
 */
#ifndef QI_ASYNC_H
#define QI_ASYNC_H

#include "native.h"

typedef struct QiFuture QiFuture;
typedef struct QiHandle QiHandle;
typedef struct QiChannel QiChannel;
typedef struct QiMutex QiMutex;
typedef struct QiWaitGroup QiWaitGroup;

/* --- 未来 --------------------------------------------------------------------- */
/* Settled, with a value or a failure. */
bool qi_future_is_settled(const QiFuture *f);
/* A failed future of this type, holding E7000 with the message. NULL: out of memory. */
QiFuture *qi_future_failed(QiContext *cx, const QiType *type, QiString *message);
/* Becomes ready after a time; negative counts as 0. NULL: out of memory. */
QiFuture *qi_delay_new(QiContext *cx, const QiType *type, int64_t milliseconds);
/* It will never become ready. false: it is no running delay. */
bool qi_delay_stop(QiContext *cx, QiFuture *f);

/* --- 任务 and 协程 ---------------------------------------------------------------- */
/* t.取消(): the task and those it created. */
void qi_task_cancel(QiContext *cx, QiHandle *task);
/* c.取消() of a 协程: unwinds it before the caller goes on. E6003 when it runs. */
QiStatus qi_generator_cancel(QiContext *cx, QiHandle *h);
/* QI_THROW with 取消错误 when the running task is cancelled and not masked, otherwise QI_OK. */
QiStatus qi_check_cancelled(QiContext *cx);
/* Returned, failed or cancelled. */
bool qi_coroutine_is_over(const QiHandle *h);
/* 已创建 运行中 已挂起 已完成 已取消 已失败 */
const char *qi_coroutine_state_name(const QiHandle *h);
/* Its number in reports. */
uint32_t qi_coroutine_id(const QiHandle *h);

/* --- 并发 截止 -------------------------------------------------------------------- */
/* Open a block on the running coroutine; the front end pairs each with one of the two after them. */
QiStatus qi_scope_enter(QiContext *cx);
/* E6020 when limit < 1. */
QiStatus qi_scope_enter_limit(QiContext *cx, int64_t limit);
QiStatus qi_scope_enter_deadline(QiContext *cx, int64_t milliseconds);
/* The block came to its end: joins. *slot becomes 0; throws when the block must be aborted. */
QiStatus qi_scope_close(QiContext *cx, QiValue *slot);
/* The block ends by e, or closing threw it: cancels and joins. *slot becomes the error to throw. */
QiStatus qi_scope_abort(QiContext *cx, QiError *e, QiValue *slot);

typedef enum QiGatherMode {
    QI_GATHER_ALL = 0,     /* until one failed, or all are there */
    QI_GATHER_ANY,         /* until one is there, or all failed */
    QI_GATHER_FIRST,       /* until one is settled */
    QI_GATHER_SETTLED,     /* until all tasks among them are settled; nobody settles other futures on demand */
} QiGatherMode;
/* Waits as the mode says. *slot becomes the number of the future that decided; with none, -1 - the number of the one that
 * failed last (ANY) or -1. */
QiStatus qi_gather(QiContext *cx, const QiList *futures, QiGatherMode mode, QiValue *slot);

/* --- 通道 -------------------------------------------------------------------------- */
/* Values buffered now. */
uint32_t qi_channel_length(const QiChannel *c);
uint32_t qi_channel_capacity(const QiChannel *c);

/* --- 互斥锁 等待组 ------------------------------------------------------------------- */
/* NULL: out of memory. */
QiMutex *qi_mutex_new(QiContext *cx, const QiType *type);
/* *slot becomes 0 when the lock is held, at once or later. */
QiStatus qi_mutex_lock(QiContext *cx, QiMutex *m, QiValue *slot);
/* false: somebody holds it. */
bool qi_mutex_try_lock(QiContext *cx, QiMutex *m);
/* E6005 when the running task does not hold it. */
QiStatus qi_mutex_unlock(QiContext *cx, QiMutex *m);
/* NULL: out of memory. */
QiWaitGroup *qi_waitgroup_new(QiContext *cx, const QiType *type);
/* E6013 when the count would leave 0 … 2^63-1. */
QiStatus qi_waitgroup_add(QiContext *cx, QiWaitGroup *g, int64_t n);
/* *slot becomes 0 when the count is 0. */
QiStatus qi_waitgroup_wait(QiContext *cx, QiWaitGroup *g, QiValue *slot);


#endif
