/*
 * async.c — natives of 未来, 任务, 协程 and 通道: what is not an instruction.
 *
 * Invariant: arguments are read before *result is written (it may alias them).
 */
#include "qi/async.h"

static QiStatus give(QiContext *cx, const void *object, QiValue *result) {
    if (object == NULL) return qi_throw_memory(cx);
    *result = qi_from_ref(object);
    return QI_OK;
}

static QiStatus give_text(QiContext *cx, const char *text, QiValue *result) {
    return give(cx, qi_string_new(cx, text, strlen(text)), result);
}

/* --- 未来 ------------------------------------------------------------------------ */

QiStatus qi_native_future_failed(QiContext *cx, const QiValue *args, QiValue *result) {
    return give(cx, qi_future_failed(cx, qi_native_result_type(cx), qi_as_ref(args[0])), result);
}

QiStatus qi_native_future_done(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = qi_future_is_settled(qi_as_ref(args[0]));
    return QI_OK;
}

QiStatus qi_native_delay(QiContext *cx, const QiValue *args, QiValue *result) {
    return give(cx, qi_delay_new(cx, qi_native_result_type(cx), (int64_t)args[0]), result);
}

/* --- 任务 -------------------------------------------------------------------------- */

QiStatus qi_native_task_done(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = qi_coroutine_is_over(qi_as_ref(args[0]));
    return QI_OK;
}

QiStatus qi_native_task_cancel(QiContext *cx, const QiValue *args, QiValue *result) {
    qi_task_cancel(cx, qi_as_ref(args[0]));
    *result = 0;
    return QI_OK;
}

QiStatus qi_native_task_state(QiContext *cx, const QiValue *args, QiValue *result) {
    return give_text(cx, qi_coroutine_state_name(qi_as_ref(args[0])), result);
}

QiStatus qi_native_task_id(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = qi_coroutine_id(qi_as_ref(args[0]));
    return QI_OK;
}

/* The tags of the enum 优先级 are QiPriority. */
QiStatus qi_native_task_priority(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = qi_task_priority(qi_as_ref(args[0]));
    return QI_OK;
}

QiStatus qi_native_task_set_priority(QiContext *cx, const QiValue *args, QiValue *result) {
    qi_task_set_priority(cx, qi_as_ref(args[0]), (QiPriority)args[1]);
    *result = 0;
    return QI_OK;
}

QiStatus qi_native_check_cancel(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)args;
    QiStatus status = qi_check_cancelled(cx);
    if (status == QI_OK) *result = 0;
    return status;
}

/* --- 协程 ---------------------------------------------------------------------------- */

QiStatus qi_native_coroutine_done(QiContext *cx, const QiValue *args, QiValue *result) {
    return qi_native_task_done(cx, args, result);
}

QiStatus qi_native_coroutine_state(QiContext *cx, const QiValue *args, QiValue *result) {
    return qi_native_task_state(cx, args, result);
}

QiStatus qi_native_coroutine_cancel(QiContext *cx, const QiValue *args, QiValue *result) {
    QiHandle *h = qi_as_ref(args[0]);
    *result = 0;
    return qi_generator_cancel(cx, h);
}

/* --- 通道 ------------------------------------------------------------------------------ */

QiStatus qi_native_channel_len(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = qi_channel_length(qi_as_ref(args[0]));
    return QI_OK;
}

QiStatus qi_native_channel_capacity(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = qi_channel_capacity(qi_as_ref(args[0]));
    return QI_OK;
}
