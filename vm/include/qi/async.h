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
typedef struct QiRwLock QiRwLock;
typedef struct QiCondition QiCondition;
typedef struct QiWaitGroup QiWaitGroup;
typedef struct QiOnce QiOnce;
typedef struct QiSemaphore QiSemaphore;
typedef struct QiBarrier QiBarrier;
typedef struct QiAtomic QiAtomic;
typedef struct QiContextKey QiContextKey;

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
typedef enum QiPriority { QI_PRIORITY_LOW, QI_PRIORITY_NORMAL, QI_PRIORITY_HIGH, QI_PRIORITY_URGENT } QiPriority;
/* t.优先级: which tasks that are ready go first. Setting it does nothing to one that is over. */
QiPriority qi_task_priority(const QiHandle *task);
void qi_task_set_priority(QiContext *cx, QiHandle *task, QiPriority priority);
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
 * failed last (ANY) or -1. A failure that decided is to be awaited next: only then it counts as observed. */
QiStatus qi_gather(QiContext *cx, const QiList *futures, QiGatherMode mode, QiValue *slot);
/*
 * Waits until the tasks among them are over, while `held` is under way: a program that ends before tells of it. *slot becomes what is to be thrown: held; with
 * `all` it has the failures of the futures, but for cancelled tasks, as its 其余, or is one of those when held is a 取消错误.
 */
QiStatus qi_gather_holding(QiContext *cx, const QiList *futures, QiError *held, bool all, QiValue *slot);
/*
 * What 最终 throws that fails with e while `hidden` is under way: a copy of e with that as its 起因. When e has one, or is itself among what hangs on
 * `hidden`, with that among its 其余, where a 取消错误 need not be kept, but for a failure under it. e itself when memory is short.
 */
QiError *qi_error_hide(QiContext *cx, QiError *hidden, QiError *e);

/* --- 通道 -------------------------------------------------------------------------- */
/* Values buffered now. */
uint32_t qi_channel_length(const QiChannel *c);
uint32_t qi_channel_capacity(const QiChannel *c);

/* --- native objects: locks, gates, counters, contexts ------------------------------------------------------------------- */
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

/* 读写锁. NULL: out of memory. */
QiRwLock *qi_rwlock_new(QiContext *cx, const QiType *type);
/* *slot becomes 0 when the task reads. */
QiStatus qi_rwlock_read(QiContext *cx, QiRwLock *l, QiValue *slot);
/* *locked: it reads now; false: somebody writes or waits. QI_THROW: out of memory. */
QiStatus qi_rwlock_try_read(QiContext *cx, QiRwLock *l, bool *locked);
/* E6005 when the running task does not read. */
QiStatus qi_rwlock_read_unlock(QiContext *cx, QiRwLock *l);
/* *slot becomes 0 when the task writes. */
QiStatus qi_rwlock_write(QiContext *cx, QiRwLock *l, QiValue *slot);
/* false: somebody reads or writes. */
bool qi_rwlock_try_write(QiContext *cx, QiRwLock *l);
/* E6005 when the running task does not write. */
QiStatus qi_rwlock_write_unlock(QiContext *cx, QiRwLock *l);

/* 条件变量. NULL: out of memory. */
QiCondition *qi_condition_new(QiContext *cx, const QiType *type);
/* Gives up m until it is woken; *slot becomes 0 when it holds m again. However it ends, the task holds m. E6005 when it does not
 * hold m at the start. */
QiStatus qi_condition_wait(QiContext *cx, QiCondition *c, QiMutex *m, QiValue *slot);
/* The one that waits longest. false: nobody waits. */
bool qi_condition_wake_one(QiContext *cx, QiCondition *c);
void qi_condition_wake_all(QiContext *cx, QiCondition *c);

/* 仅一次. NULL: out of memory. */
QiOnce *qi_once_new(QiContext *cx, const QiType *type);
bool qi_once_is_done(const QiOnce *o);
/* *slot: 1 when the caller must run the body and then call qi_once_end, 0 when it is done. */
QiStatus qi_once_begin(QiContext *cx, QiOnce *o, QiValue *slot);
/* Not succeeded: the next one tries. E6005 when the running task does not run the body. */
QiStatus qi_once_end(QiContext *cx, QiOnce *o, bool succeeded);

/* 信号量, into *slot. E6015: negative number of permits. */
QiStatus qi_semaphore_new(QiContext *cx, const QiType *type, int64_t permits, QiValue *slot);
int64_t qi_semaphore_available(const QiSemaphore *s);
/* *slot becomes 0 when the n permits are taken. E6015: n is less than 1, or more than there will ever be. */
QiStatus qi_semaphore_acquire(QiContext *cx, QiSemaphore *s, int64_t n, QiValue *slot);
QiStatus qi_semaphore_try_acquire(QiContext *cx, QiSemaphore *s, int64_t n, bool *acquired);
/* E6005: more than were taken. */
QiStatus qi_semaphore_release(QiContext *cx, QiSemaphore *s, int64_t n);

/* 屏障, into *slot. E6015: fewer than 1 party. */
QiStatus qi_barrier_new(QiContext *cx, const QiType *type, int64_t parties, QiValue *slot);
/* Waits for the others; *slot becomes 1 for the last to arrive, 0 for the others. */
QiStatus qi_barrier_wait(QiContext *cx, QiBarrier *b, QiValue *slot);

/* 原子<整数>. NULL: out of memory. */
QiAtomic *qi_atomic_new(QiContext *cx, const QiType *type, int64_t value);
int64_t qi_atomic_load(const QiAtomic *a);
void qi_atomic_store(QiAtomic *a, int64_t v);
/* The value before. */
int64_t qi_atomic_exchange(QiAtomic *a, int64_t v);
bool qi_atomic_compare_exchange(QiAtomic *a, int64_t expected, int64_t v);
/* *sum: the value after. false: it would overflow, and nothing changed. */
bool qi_atomic_add(QiAtomic *a, int64_t n, int64_t *sum);

/* 上下文. NULL: out of memory. */
QiContextKey *qi_context_new(QiContext *cx, const QiType *type, QiValue fallback);
/* The running task's value. */
QiValue qi_context_get(QiContext *cx, const QiContextKey *key);
/* For the running task and those it creates from now on. false: out of memory. */
bool qi_context_set(QiContext *cx, QiContextKey *key, QiValue value);

#endif
