/*
 * list_more.c — more methods of 列表: by value, whole lists, extremes.
 *
 * Invariant: without memory a list stays as it was.
 */
#include "qi/native.h"

static QiStatus give_option(QiContext *cx, bool some, QiValue v, QiValue *result) {
    if (!some) {
        *result = QI_OPTION_NONE;
        return QI_OK;
    }
    return qi_option_some(cx, qi_native_result_type(cx), v, result) ? QI_OK : qi_throw_memory(cx);
}

/* Appends all elements of another list, which may be the same one. */
QiStatus qi_native_list_extend(QiContext *cx, const QiValue *args, QiValue *result) {
    QiList *l = qi_as_ref(args[0]);
    const QiList *other = qi_as_ref(args[1]);
    size_t n = other->len, at = l->len, size = qi_list_elem_size(l);
    if (n > 0) {
        if (!qi_list_open(qi_native_heap(cx), l, at, n)) return qi_throw_memory(cx);
        memcpy(l->items.bytes + at * size, other->items.bytes, n * size);
    }
    *result = 0;
    return QI_OK;
}

/* 1: equal, 0: not, -1: out of memory. */
static int same(QiContext *cx, const QiType *elem, QiValue a, QiValue b) { return qi_equal_values(qi_native_heap(cx), elem, a, b); }

QiStatus qi_native_list_count(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiList *l = qi_as_ref(args[0]);
    const QiType *elem = qi_native_arg_type(cx, 0)->a;
    QiValue n = 0;
    for (uint32_t i = 0; i < l->len; i++) {
        int equal = same(cx, elem, qi_list_elem(l, i), args[1]);
        if (equal < 0) return qi_throw_memory(cx);
        n += equal > 0;
    }
    *result = n;
    return QI_OK;
}

/* Removes the first element equal to 值; 假 when there is none. */
QiStatus qi_native_list_delete(QiContext *cx, const QiValue *args, QiValue *result) {
    QiList *l = qi_as_ref(args[0]);
    const QiType *elem = qi_native_arg_type(cx, 0)->a;
    bool found = false;
    for (uint32_t i = 0; i < l->len && !found; i++) {
        int equal = same(cx, elem, qi_list_elem(l, i), args[1]);
        if (equal < 0) return qi_throw_memory(cx);
        found = equal > 0;
        if (found) qi_list_close(l, i, 1);
    }
    *result = found;
    return QI_OK;
}

/* The list itself anew; its elements are shared. */
QiStatus qi_native_list_copy(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiList *l = qi_as_ref(args[0]);
    QiList *copy = qi_list_new(cx, qi_native_result_type(cx), l->len);
    if (copy == NULL) return qi_throw_memory(cx);
    if (l->len > 0) memcpy(copy->items.data, l->items.data, l->len * qi_list_elem_size(l));
    copy->len = l->len;
    *result = qi_from_ref(copy);
    return QI_OK;
}

QiStatus qi_native_list_is_empty(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = ((const QiList *)qi_as_ref(args[0]))->len == 0;
    return QI_OK;
}

/* Whether a comes before b: the order of 排序. */
static bool before(const QiType *t, QiValue a, QiValue b) {
    switch ((QiTypeKind)t->kind) {
    case QI_T_FLOAT: case QI_T_FLOAT32: {
        double x = qi_as_float(a), y = qi_as_float(b);
        return x < y || (y != y && x == x);
    }
    case QI_T_STRING: return qi_string_compare(qi_as_ref(a), qi_as_ref(b)) < 0;
    case QI_T_INT128: {
        const QiInt128 *x = qi_as_ref(a), *y = qi_as_ref(b);
        return x->high < y->high || (x->high == y->high && x->low < y->low);
    }
    default: return (int64_t)a < (int64_t)b;
    }
}

static QiStatus extreme(QiContext *cx, const QiValue *args, QiValue *result, bool largest) {
    const QiList *l = qi_as_ref(args[0]);
    const QiType *elem = qi_native_arg_type(cx, 0)->a;
    if (l->len == 0) return give_option(cx, false, 0, result);
    QiValue best = qi_list_elem(l, 0);
    for (uint32_t i = 1; i < l->len; i++) {
        QiValue v = qi_list_elem(l, i);
        if (largest ? before(elem, best, v) : before(elem, v, best)) best = v;
    }
    return give_option(cx, true, best, result);
}

QiStatus qi_native_list_max(QiContext *cx, const QiValue *args, QiValue *result) { return extreme(cx, args, result, true); }
QiStatus qi_native_list_min(QiContext *cx, const QiValue *args, QiValue *result) { return extreme(cx, args, result, false); }
