/*
 * sync.c — natives of 互斥锁 and 等待组, in both spellings: functions give 0 for
 * success, methods give nothing (尝试加锁 a 布尔).
 *
 * Invariant: arguments are read before *result is written (it may alias them).
 */
#include "qi/async.h"

static QiStatus give(QiContext *cx, const void *object, QiValue *result) {
    if (object == NULL) return qi_throw_memory(cx);
    *result = qi_from_ref(object);
    return QI_OK;
}

/* --- 互斥锁 ------------------------------------------------------------------------ */

QiStatus qi_native_mutex_new(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)args;
    return give(cx, qi_mutex_new(cx, qi_native_result_type(cx)), result);
}

QiStatus qi_native_mutex_lock(QiContext *cx, const QiValue *args, QiValue *result) {
    return qi_mutex_lock(cx, qi_as_ref(args[0]), result);
}

QiStatus qi_native_mutex_unlock(QiContext *cx, const QiValue *args, QiValue *result) {
    QiStatus status = qi_mutex_unlock(cx, qi_as_ref(args[0]));
    if (status == QI_OK) *result = 0;
    return status;
}

QiStatus qi_native_mutex_try_lock(QiContext *cx, const QiValue *args, QiValue *result) {
    *result = qi_mutex_try_lock(cx, qi_as_ref(args[0])) ? 0 : 1;
    return QI_OK;
}

QiStatus qi_native_mutex_lock_method(QiContext *cx, const QiValue *args, QiValue *result) {
    return qi_native_mutex_lock(cx, args, result);
}

QiStatus qi_native_mutex_unlock_method(QiContext *cx, const QiValue *args, QiValue *result) {
    return qi_native_mutex_unlock(cx, args, result);
}

QiStatus qi_native_mutex_try_lock_method(QiContext *cx, const QiValue *args, QiValue *result) {
    *result = qi_mutex_try_lock(cx, qi_as_ref(args[0]));
    return QI_OK;
}

/* --- 等待组 -------------------------------------------------------------------------- */

static QiStatus add(QiContext *cx, QiWaitGroup *g, int64_t n, QiValue *result) {
    QiStatus status = qi_waitgroup_add(cx, g, n);
    if (status == QI_OK) *result = 0;
    return status;
}

QiStatus qi_native_waitgroup_new(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)args;
    return give(cx, qi_waitgroup_new(cx, qi_native_result_type(cx)), result);
}

QiStatus qi_native_waitgroup_add(QiContext *cx, const QiValue *args, QiValue *result) {
    return add(cx, qi_as_ref(args[0]), (int64_t)args[1], result);
}

QiStatus qi_native_waitgroup_done(QiContext *cx, const QiValue *args, QiValue *result) {
    return add(cx, qi_as_ref(args[0]), -1, result);
}

QiStatus qi_native_waitgroup_wait(QiContext *cx, const QiValue *args, QiValue *result) {
    return qi_waitgroup_wait(cx, qi_as_ref(args[0]), result);
}

QiStatus qi_native_waitgroup_add_method(QiContext *cx, const QiValue *args, QiValue *result) {
    return qi_native_waitgroup_add(cx, args, result);
}

QiStatus qi_native_waitgroup_done_method(QiContext *cx, const QiValue *args, QiValue *result) {
    return qi_native_waitgroup_done(cx, args, result);
}

QiStatus qi_native_waitgroup_wait_method(QiContext *cx, const QiValue *args, QiValue *result) {
    return qi_native_waitgroup_wait(cx, args, result);
}
