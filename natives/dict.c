/*
 * dict.c — methods of 字典.
 */
#include "qi/native.h"

QiStatus qi_native_dict_remove(QiContext *cx, const QiValue *args, QiValue *result) {
    QiDict *d = qi_as_ref(args[0]);
    QiValue key = args[1], v;
    if (!qi_dict_find(d, key, &v)) {
        *result = QI_OPTION_NONE;
        return QI_OK;
    }
    /* The option first: without memory the dictionary stays as it was. */
    QiValue option;
    if (!qi_option_some(cx, qi_native_result_type(cx), v, &option)) return qi_throw_memory(cx);
    qi_dict_remove(d, key, NULL);
    *result = option;
    return QI_OK;
}

QiStatus qi_native_dict_contains(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = qi_dict_find(qi_as_ref(args[0]), args[1], NULL);
    return QI_OK;
}

static QiStatus collect(QiContext *cx, const QiDict *d, bool keys, QiValue *result) {
    QiList *list = qi_list_new(cx, qi_native_result_type(cx), d->count);
    if (list == NULL) return qi_throw_memory(cx);
    size_t pos = 0;
    QiValue key, value;
    while (qi_dict_next(d, &pos, &key, &value)) qi_list_put(list, list->len++, keys ? key : value);
    *result = qi_from_ref(list);
    return QI_OK;
}

QiStatus qi_native_dict_keys(QiContext *cx, const QiValue *args, QiValue *result) {
    return collect(cx, qi_as_ref(args[0]), true, result);
}

QiStatus qi_native_dict_values(QiContext *cx, const QiValue *args, QiValue *result) {
    return collect(cx, qi_as_ref(args[0]), false, result);
}

QiStatus qi_native_dict_clear(QiContext *cx, const QiValue *args, QiValue *result) {
    qi_dict_clear(qi_native_heap(cx), qi_as_ref(args[0]));
    *result = 0;
    return QI_OK;
}

static bool add_all(QiHeap *h, QiDict *to, const QiDict *from) {
    size_t pos = 0;
    QiValue key, value;
    while (qi_dict_next(from, &pos, &key, &value)) {
        if (!qi_dict_set(h, to, key, value)) return false;
    }
    return true;
}

/* What is in both gets the value of the other one. */
QiStatus qi_native_dict_merge(QiContext *cx, const QiValue *args, QiValue *result) {
    if (!add_all(qi_native_heap(cx), qi_as_ref(args[0]), qi_as_ref(args[1]))) return qi_throw_memory(cx);
    *result = 0;
    return QI_OK;
}

/* The dictionary itself anew; keys and values are shared. */
QiStatus qi_native_dict_copy(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiDict *d = qi_as_ref(args[0]);
    QiHeap *h = qi_native_heap(cx);
    QiDict *copy = qi_dict_new(h, qi_native_result_type(cx));
    if (copy == NULL || !qi_dict_reserve(h, copy, d->count) || !add_all(h, copy, d)) return qi_throw_memory(cx);
    *result = qi_from_ref(copy);
    return QI_OK;
}

QiStatus qi_native_dict_is_empty(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = ((const QiDict *)qi_as_ref(args[0]))->count == 0;
    return QI_OK;
}

QiStatus qi_native_dict_get_or(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    QiValue v = args[2];
    qi_dict_find(qi_as_ref(args[0]), args[1], &v);
    *result = v;
    return QI_OK;
}

QiStatus qi_native_dict_contains_value(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiDict *d = qi_as_ref(args[0]);
    const QiType *type = qi_native_arg_type(cx, 0)->b;
    size_t pos = 0;
    QiValue key, value;
    int equal = 0;
    while (equal == 0 && qi_dict_next(d, &pos, &key, &value)) equal = qi_equal_values(qi_native_heap(cx), type, value, args[1]);
    if (equal < 0) return qi_throw_memory(cx);
    *result = equal > 0;
    return QI_OK;
}

static QiStatus give_key(QiContext *cx, bool there, QiValue key, QiValue *result) {
    if (!there) {
        *result = QI_OPTION_NONE;
        return QI_OK;
    }
    return qi_option_some(cx, qi_native_result_type(cx), key, result) ? QI_OK : qi_throw_memory(cx);
}

QiStatus qi_native_dict_first_key(QiContext *cx, const QiValue *args, QiValue *result) {
    size_t pos = 0;
    QiValue key = 0, value;
    bool there = qi_dict_next(qi_as_ref(args[0]), &pos, &key, &value);
    return give_key(cx, there, key, result);
}

QiStatus qi_native_dict_last_key(QiContext *cx, const QiValue *args, QiValue *result) {
    QiValue key = 0;
    bool there = qi_dict_last(qi_as_ref(args[0]), &key);
    return give_key(cx, there, key, result);
}
