/*
 * error.c — natives of 错误 values, and 克隆.
 */
#include <stdio.h>

#include "qi/async.h"

QiStatus qi_native_error_new(QiContext *cx, const QiValue *args, QiValue *result) {
    QiError *e = qi_error_create(qi_native_heap(cx), 7000, qi_as_ref(args[0]));
    if (e == NULL) return qi_throw_memory(cx);
    *result = qi_from_ref(e);
    return QI_OK;
}

/* A value that implements 特性 错误, to be thrown. */
QiStatus qi_native_error_wrap(QiContext *cx, const QiValue *args, QiValue *result) {
    QiError *e = qi_error_create(qi_native_heap(cx), 7000, qi_as_ref(args[0]));
    if (e == NULL) return qi_throw_memory(cx);
    QiString *code = qi_as_ref(args[1]);
    bool plain = code->len == 5 && memcmp(code->bytes, "E7000", 5) == 0;
    e->code = plain ? NULL : code;
    e->cause = args[2] == QI_OPTION_NONE ? NULL : qi_as_ref(qi_option_value(qi_native_arg_type(cx, 2), args[2]));
    e->kind = qi_native_arg_type(cx, 3);
    e->value = args[3];
    *result = qi_from_ref(e);
    return QI_OK;
}

/* The value inside an error, if it is of the type that is asked for. */
QiStatus qi_native_error_value(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiError *e = qi_as_ref(args[0]);
    const QiType *option = qi_native_result_type(cx);
    if (e->kind != option->a) {
        *result = QI_OPTION_NONE;
        return QI_OK;
    }
    return qi_option_some(cx, option, e->value, result) ? QI_OK : qi_throw_memory(cx);
}

/* 错误(消息, 起因: e) */
QiStatus qi_native_error_because(QiContext *cx, const QiValue *args, QiValue *result) {
    QiStatus status = qi_native_error_new(cx, args, result);
    if (status == QI_OK) ((QiError *)qi_as_ref(*result))->cause = qi_as_ref(args[1]);
    return status;
}

QiStatus qi_native_error_message(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = qi_from_ref(((const QiError *)qi_as_ref(args[0]))->message);
    return QI_OK;
}

QiStatus qi_native_error_code(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiError *e = qi_as_ref(args[0]);
    if (e->code != NULL) {
        *result = qi_from_ref(e->code);
        return QI_OK;
    }
    char text[16];
    int n = snprintf(text, sizeof text, "E%04u", (unsigned)e->head.aux % 10000);
    QiString *s = qi_string_new(cx, text, (size_t)n);
    if (s == NULL) return qi_throw_memory(cx);
    *result = qi_from_ref(s);
    return QI_OK;
}

QiStatus qi_native_error_stack(QiContext *cx, const QiValue *args, QiValue *result) {
    QiString *s = qi_error_stack(cx, qi_as_ref(args[0]));
    if (s == NULL) return qi_throw_memory(cx);
    *result = qi_from_ref(s);
    return QI_OK;
}

QiStatus qi_native_error_cause(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiError *e = qi_as_ref(args[0]);
    if (e->cause == NULL) {
        *result = QI_OPTION_NONE;
        return QI_OK;
    }
    return qi_option_some(cx, qi_native_result_type(cx), qi_from_ref(e->cause), result) ? QI_OK : qi_throw_memory(cx);
}

QiStatus qi_native_error_others(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiError *e = qi_as_ref(args[0]);
    const QiType *type = qi_native_result_type(cx);
    QiList *list = qi_list_new(cx, type, 0);
    if (list == NULL) return qi_throw_memory(cx);
    for (const QiError *record = e->others; record != NULL; record = record->others) {
        if (!qi_list_push(cx, list, qi_from_ref(record->cause))) return qi_throw_memory(cx);
    }
    /* Oldest first. */
    for (size_t low = 0, high = list->len; low + 1 < high; low++) {
        const QiValue newer = qi_list_get(list, type, low);
        qi_list_set(list, type, low, qi_list_get(list, type, --high));
        qi_list_set(list, type, high, newer);
    }
    *result = qi_from_ref(list);
    return QI_OK;
}

/* The error of a 最终 hides the one it ran for. */
QiStatus qi_native_error_hide(QiContext *cx, const QiValue *args, QiValue *result) {
    *result = qi_from_ref(qi_error_hide(cx, qi_as_ref(args[0]), qi_as_ref(args[1])));
    return QI_OK;
}

QiStatus qi_native_clone(QiContext *cx, const QiValue *args, QiValue *result) {
    QiValue copy;
    if (!qi_clone_value(qi_native_heap(cx), qi_native_arg_type(cx, 0), args[0], &copy)) return qi_throw_memory(cx);
    *result = copy;
    return QI_OK;
}
