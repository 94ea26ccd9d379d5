/*
 * scope.c — natives behind 并发, 截止, 全部, 任一, 竞速, 带超时 and timers. Programs reach most of them only through
 * those constructs and the library in Qi.
 *
 * Invariant: arguments are read before *result is written (it may alias them).
 */
#include "qi/async.h"

static QiStatus give(QiContext *cx, const void *object, QiValue *result) {
    if (object == NULL) return qi_throw_memory(cx);
    *result = qi_from_ref(object);
    return QI_OK;
}

/* --- blocks ---------------------------------------------------------------------- */

static QiStatus entered(QiStatus status, QiValue *result) {
    if (status == QI_OK) *result = 0;
    return status;
}

QiStatus qi_native_scope_enter(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)args;
    return entered(qi_scope_enter(cx), result);
}

QiStatus qi_native_scope_enter_limit(QiContext *cx, const QiValue *args, QiValue *result) {
    return entered(qi_scope_enter_limit(cx, (int64_t)args[0]), result);
}

QiStatus qi_native_scope_enter_deadline(QiContext *cx, const QiValue *args, QiValue *result) {
    return entered(qi_scope_enter_deadline(cx, (int64_t)args[0]), result);
}

QiStatus qi_native_scope_close(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)args;
    return qi_scope_close(cx, result);
}

QiStatus qi_native_scope_abort(QiContext *cx, const QiValue *args, QiValue *result) {
    return qi_scope_abort(cx, qi_as_ref(args[0]), result);
}

/* --- several futures -------------------------------------------------------------- */

QiStatus qi_native_futures_gather(QiContext *cx, const QiValue *args, QiValue *result) {
    return qi_gather(cx, qi_as_ref(args[0]), (QiGatherMode)(args[1] & 3u), result);
}

QiStatus qi_native_futures_join(QiContext *cx, const QiValue *args, QiValue *result) {
    return qi_gather_holding(cx, qi_as_ref(args[0]), qi_as_ref(args[1]), args[2] != 0, result);
}

/* Those of them that are tasks, and not over. */
QiStatus qi_native_futures_cancel(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiList *l = qi_as_ref(args[0]);
    for (size_t i = 0; i < l->len; i++) {
        QiObject *f = qi_as_ref(qi_list_elem(l, i));
        if (f->kind == QI_K_COROUTINE) qi_task_cancel(cx, (QiHandle *)(void *)f);
    }
    *result = 0;
    return QI_OK;
}

QiStatus qi_native_futures_of_tasks(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiList *tasks = qi_as_ref(args[0]);
    QiList *l = qi_list_new(cx, qi_native_result_type(cx), tasks->len);
    if (l == NULL) return qi_throw_memory(cx);
    for (size_t i = 0; i < tasks->len; i++) {
        if (!qi_list_push(cx, l, qi_list_elem(tasks, i))) return qi_throw_memory(cx);
    }
    *result = qi_from_ref(l);
    return QI_OK;
}

/* --- errors -------------------------------------------------------------------------- */

QiStatus qi_native_timeout_error(QiContext *cx, const QiValue *args, QiValue *result) {
    *result = qi_from_ref(qi_error_timeout(qi_native_heap(cx), args[0] != QI_OPTION_NONE ? qi_as_ref(qi_option_value(qi_native_arg_type(cx, 0), args[0])) : NULL));
    return QI_OK;
}

QiStatus qi_native_empty_error(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *name = qi_as_ref(args[0]);
    const QiErrorArg arg = {.name = "名称", .text = name->bytes, .len = name->len};
    *result = qi_from_ref(qi_error_make(qi_native_heap(cx), 6021, &arg, 1));
    return QI_OK;
}

QiStatus qi_native_error_task(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiError *e = qi_as_ref(args[0]);
    if (e->head.aux != 6101 || e->subject == NULL) {
        *result = QI_OPTION_NONE;
        return QI_OK;
    }
    return qi_option_some(cx, qi_native_result_type(cx), qi_from_ref(e->subject), result) ? QI_OK : qi_throw_memory(cx);
}

/* --- timers ---------------------------------------------------------------------------- */

QiStatus qi_native_timer_new(QiContext *cx, const QiValue *args, QiValue *result) {
    return give(cx, qi_delay_new(cx, qi_native_result_type(cx), (int64_t)args[0]), result);
}

QiStatus qi_native_timer_expired(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = qi_future_is_settled(qi_as_ref(args[0]));
    return QI_OK;
}

QiStatus qi_native_timer_stop(QiContext *cx, const QiValue *args, QiValue *result) {
    *result = qi_delay_stop(cx, qi_as_ref(args[0])) ? 1 : 0;
    return QI_OK;
}
