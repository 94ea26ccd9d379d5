/*
 * sync.c — natives of the native objects: 互斥锁 读写锁 条件变量 等待组 仅一次 信号量 屏障 原子 上下文, in both spellings.
 * Functions give 0 for success (1: a 尝试 did not succeed), methods what they are asked for, as a 布尔 where it is a
 * question.
 *
 * Invariant: arguments are read before *result is written (it may alias them).
 */
#include "qi/async.h"

/* The native of the method spelling, when it answers the same as the function. */
#define METHOD_AS(method, function) \
    QiStatus qi_native_##method(QiContext *cx, const QiValue *args, QiValue *result) { return qi_native_##function(cx, args, result); }
/* The native of a class's constructor without arguments. */
#define CONSTRUCTOR(native, make)                                                             \
    QiStatus qi_native_##native(QiContext *cx, const QiValue *args, QiValue *result) {        \
        (void)args;                                                                           \
        return give(cx, make(cx, qi_native_result_type(cx)), result);                         \
    }

static QiStatus give(QiContext *cx, const void *object, QiValue *result) {
    if (object == NULL) return qi_throw_memory(cx);
    *result = qi_from_ref(object);
    return QI_OK;
}

/* What does not park and gives nothing: 0. */
static QiStatus done(QiStatus status, QiValue *result) {
    if (status == QI_OK) *result = 0;
    return status;
}

/* A question's answer. */
static QiStatus answer(QiStatus status, bool yes, QiValue *result) {
    if (status == QI_OK) *result = yes;
    return status;
}

/* --- 互斥锁 ------------------------------------------------------------------------ */

CONSTRUCTOR(mutex_new, qi_mutex_new)

QiStatus qi_native_mutex_lock(QiContext *cx, const QiValue *args, QiValue *result) {
    return qi_mutex_lock(cx, qi_as_ref(args[0]), result);
}

QiStatus qi_native_mutex_unlock(QiContext *cx, const QiValue *args, QiValue *result) {
    return done(qi_mutex_unlock(cx, qi_as_ref(args[0])), result);
}

QiStatus qi_native_mutex_try_lock(QiContext *cx, const QiValue *args, QiValue *result) {
    return answer(QI_OK, !qi_mutex_try_lock(cx, qi_as_ref(args[0])), result);
}

QiStatus qi_native_mutex_try_lock_method(QiContext *cx, const QiValue *args, QiValue *result) {
    return answer(QI_OK, qi_mutex_try_lock(cx, qi_as_ref(args[0])), result);
}

METHOD_AS(mutex_lock_method, mutex_lock)
METHOD_AS(mutex_unlock_method, mutex_unlock)

/* --- 读写锁 ------------------------------------------------------------------------ */

CONSTRUCTOR(rwlock_new, qi_rwlock_new)

QiStatus qi_native_rwlock_read(QiContext *cx, const QiValue *args, QiValue *result) {
    return qi_rwlock_read(cx, qi_as_ref(args[0]), result);
}

QiStatus qi_native_rwlock_try_read(QiContext *cx, const QiValue *args, QiValue *result) {
    bool locked = false;
    QiStatus status = qi_rwlock_try_read(cx, qi_as_ref(args[0]), &locked);
    return answer(status, !locked, result);
}

QiStatus qi_native_rwlock_try_read_method(QiContext *cx, const QiValue *args, QiValue *result) {
    bool locked = false;
    QiStatus status = qi_rwlock_try_read(cx, qi_as_ref(args[0]), &locked);
    return answer(status, locked, result);
}

QiStatus qi_native_rwlock_read_unlock(QiContext *cx, const QiValue *args, QiValue *result) {
    return done(qi_rwlock_read_unlock(cx, qi_as_ref(args[0])), result);
}

QiStatus qi_native_rwlock_write(QiContext *cx, const QiValue *args, QiValue *result) {
    return qi_rwlock_write(cx, qi_as_ref(args[0]), result);
}

QiStatus qi_native_rwlock_try_write(QiContext *cx, const QiValue *args, QiValue *result) {
    return answer(QI_OK, !qi_rwlock_try_write(cx, qi_as_ref(args[0])), result);
}

QiStatus qi_native_rwlock_try_write_method(QiContext *cx, const QiValue *args, QiValue *result) {
    return answer(QI_OK, qi_rwlock_try_write(cx, qi_as_ref(args[0])), result);
}

QiStatus qi_native_rwlock_write_unlock(QiContext *cx, const QiValue *args, QiValue *result) {
    return done(qi_rwlock_write_unlock(cx, qi_as_ref(args[0])), result);
}

METHOD_AS(rwlock_read_method, rwlock_read)
METHOD_AS(rwlock_read_unlock_method, rwlock_read_unlock)
METHOD_AS(rwlock_write_method, rwlock_write)
METHOD_AS(rwlock_write_unlock_method, rwlock_write_unlock)

/* --- 条件变量 ------------------------------------------------------------------------ */

CONSTRUCTOR(condition_new, qi_condition_new)

QiStatus qi_native_condition_wait(QiContext *cx, const QiValue *args, QiValue *result) {
    return qi_condition_wait(cx, qi_as_ref(args[0]), qi_as_ref(args[1]), result);
}

QiStatus qi_native_condition_wake_one(QiContext *cx, const QiValue *args, QiValue *result) {
    qi_condition_wake_one(cx, qi_as_ref(args[0]));
    return done(QI_OK, result);
}

QiStatus qi_native_condition_wake_all(QiContext *cx, const QiValue *args, QiValue *result) {
    qi_condition_wake_all(cx, qi_as_ref(args[0]));
    return done(QI_OK, result);
}

METHOD_AS(condition_wait_method, condition_wait)
METHOD_AS(condition_wake_one_method, condition_wake_one)
METHOD_AS(condition_wake_all_method, condition_wake_all)

/* --- 等待组 -------------------------------------------------------------------------- */

CONSTRUCTOR(waitgroup_new, qi_waitgroup_new)

QiStatus qi_native_waitgroup_add(QiContext *cx, const QiValue *args, QiValue *result) {
    return done(qi_waitgroup_add(cx, qi_as_ref(args[0]), (int64_t)args[1]), result);
}

QiStatus qi_native_waitgroup_done(QiContext *cx, const QiValue *args, QiValue *result) {
    return done(qi_waitgroup_add(cx, qi_as_ref(args[0]), -1), result);
}

QiStatus qi_native_waitgroup_wait(QiContext *cx, const QiValue *args, QiValue *result) {
    return qi_waitgroup_wait(cx, qi_as_ref(args[0]), result);
}

METHOD_AS(waitgroup_add_method, waitgroup_add)
METHOD_AS(waitgroup_done_method, waitgroup_done)
METHOD_AS(waitgroup_wait_method, waitgroup_wait)

/* --- 仅一次 -------------------------------------------------------------------------- */

CONSTRUCTOR(once_new, qi_once_new)

QiStatus qi_native_once_done(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    return answer(QI_OK, qi_once_is_done(qi_as_ref(args[0])), result);
}

QiStatus qi_native_once_begin(QiContext *cx, const QiValue *args, QiValue *result) {
    return qi_once_begin(cx, qi_as_ref(args[0]), result);
}

QiStatus qi_native_once_end(QiContext *cx, const QiValue *args, QiValue *result) {
    return done(qi_once_end(cx, qi_as_ref(args[0]), args[1] != 0), result);
}

METHOD_AS(once_done_method, once_done)

/* --- 信号量 -------------------------------------------------------------------------- */

QiStatus qi_native_semaphore_new(QiContext *cx, const QiValue *args, QiValue *result) {
    return qi_semaphore_new(cx, qi_native_result_type(cx), (int64_t)args[0], result);
}

QiStatus qi_native_semaphore_acquire(QiContext *cx, const QiValue *args, QiValue *result) {
    return qi_semaphore_acquire(cx, qi_as_ref(args[0]), (int64_t)args[1], result);
}

QiStatus qi_native_semaphore_try_acquire(QiContext *cx, const QiValue *args, QiValue *result) {
    bool acquired = false;
    QiStatus status = qi_semaphore_try_acquire(cx, qi_as_ref(args[0]), (int64_t)args[1], &acquired);
    return answer(status, !acquired, result);
}

QiStatus qi_native_semaphore_try_acquire_method(QiContext *cx, const QiValue *args, QiValue *result) {
    bool acquired = false;
    QiStatus status = qi_semaphore_try_acquire(cx, qi_as_ref(args[0]), (int64_t)args[1], &acquired);
    return answer(status, acquired, result);
}

QiStatus qi_native_semaphore_release(QiContext *cx, const QiValue *args, QiValue *result) {
    return done(qi_semaphore_release(cx, qi_as_ref(args[0]), (int64_t)args[1]), result);
}

QiStatus qi_native_semaphore_available(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = (QiValue)qi_semaphore_available(qi_as_ref(args[0]));
    return QI_OK;
}

METHOD_AS(semaphore_acquire_method, semaphore_acquire)
METHOD_AS(semaphore_release_method, semaphore_release)

/* --- 屏障 ---------------------------------------------------------------------------- */

QiStatus qi_native_barrier_new(QiContext *cx, const QiValue *args, QiValue *result) {
    return qi_barrier_new(cx, qi_native_result_type(cx), (int64_t)args[0], result);
}

QiStatus qi_native_barrier_wait(QiContext *cx, const QiValue *args, QiValue *result) {
    return done(qi_barrier_wait(cx, qi_as_ref(args[0]), result), result);
}

QiStatus qi_native_barrier_wait_method(QiContext *cx, const QiValue *args, QiValue *result) {
    return qi_barrier_wait(cx, qi_as_ref(args[0]), result);
}

/* --- 原子 ---------------------------------------------------------------------------- */

QiStatus qi_native_atomic_new(QiContext *cx, const QiValue *args, QiValue *result) {
    return give(cx, qi_atomic_new(cx, qi_native_result_type(cx), (int64_t)args[0]), result);
}

QiStatus qi_native_atomic_load(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = (QiValue)qi_atomic_load(qi_as_ref(args[0]));
    return QI_OK;
}

QiStatus qi_native_atomic_store(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    qi_atomic_store(qi_as_ref(args[0]), (int64_t)args[1]);
    return done(QI_OK, result);
}

QiStatus qi_native_atomic_add(QiContext *cx, const QiValue *args, QiValue *result) {
    int64_t sum;
    if (!qi_atomic_add(qi_as_ref(args[0]), (int64_t)args[1], &sum)) return qi_throw_simple(cx, 7002);
    *result = (QiValue)sum;
    return QI_OK;
}

QiStatus qi_native_atomic_exchange(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = (QiValue)qi_atomic_exchange(qi_as_ref(args[0]), (int64_t)args[1]);
    return QI_OK;
}

QiStatus qi_native_atomic_compare_exchange(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    return answer(QI_OK, qi_atomic_compare_exchange(qi_as_ref(args[0]), (int64_t)args[1], (int64_t)args[2]), result);
}

METHOD_AS(atomic_load_method, atomic_load)
METHOD_AS(atomic_store_method, atomic_store)
METHOD_AS(atomic_add_method, atomic_add)
METHOD_AS(atomic_exchange_method, atomic_exchange)
METHOD_AS(atomic_compare_exchange_method, atomic_compare_exchange)

/* --- 上下文 -------------------------------------------------------------------------- */

QiStatus qi_native_context_new(QiContext *cx, const QiValue *args, QiValue *result) {
    return give(cx, qi_context_new(cx, qi_native_result_type(cx), args[0]), result);
}

QiStatus qi_native_context_get(QiContext *cx, const QiValue *args, QiValue *result) {
    *result = qi_context_get(cx, qi_as_ref(args[0]));
    return QI_OK;
}

QiStatus qi_native_context_set(QiContext *cx, const QiValue *args, QiValue *result) {
    if (!qi_context_set(cx, qi_as_ref(args[0]), args[1])) return qi_throw_memory(cx);
    return done(QI_OK, result);
}

METHOD_AS(context_get_method, context_get)
METHOD_AS(context_set_method, context_set)
