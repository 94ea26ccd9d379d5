/*
 * list_order.c — what the order of elements tells: 最大 最小 是有序 二分查找 插入位置; 求和; comparisons of tuples.
 *
 * Invariants: 非数 is behind all other floats (as 排序 puts it); of equal elements the first is taken.
 */
#include "qi/native.h"

/* The comparisons of one word need no call. */
QI_INLINE bool before(const QiType *t, QiValue a, QiValue b) {
    switch ((QiTypeKind)t->kind) {
    case QI_T_INT: case QI_T_INT32: case QI_T_BYTE: case QI_T_CHAR: return (int64_t)a < (int64_t)b;
    default: return qi_order_values(t, a, b, QI_NAN_LAST) < 0;
    }
}

static QiStatus extreme(QiContext *cx, const QiValue *args, QiValue *result, bool largest) {
    const QiList *l = qi_as_ref(args[0]);
    const QiType *elem = qi_native_arg_type(cx, 0)->a;
    if (l->len == 0) {
        *result = QI_OPTION_NONE;
        return QI_OK;
    }
    QiValue best = qi_list_elem(l, 0);
    for (uint32_t i = 1; i < l->len; i++) {
        QiValue v = qi_list_elem(l, i);
        if (largest ? before(elem, best, v) : before(elem, v, best)) best = v;
    }
    return qi_option_some(cx, qi_native_result_type(cx), best, result) ? QI_OK : qi_throw_memory(cx);
}

QiStatus qi_native_list_max(QiContext *cx, const QiValue *args, QiValue *result) { return extreme(cx, args, result, true); }
QiStatus qi_native_list_min(QiContext *cx, const QiValue *args, QiValue *result) { return extreme(cx, args, result, false); }

QiStatus qi_native_list_is_sorted(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiList *l = qi_as_ref(args[0]);
    const QiType *elem = qi_native_arg_type(cx, 0)->a;
    bool sorted = true;
    for (uint32_t i = 1; sorted && i < l->len; i++) sorted = !before(elem, qi_list_elem(l, i), qi_list_elem(l, i - 1));
    *result = sorted;
    return QI_OK;
}

/* The first position whose element does not come before v. */
static size_t insertion_point(const QiList *l, const QiType *elem, QiValue v) {
    size_t low = 0, high = l->len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (before(elem, qi_list_elem(l, middle), v)) low = middle + 1;
        else high = middle;
    }
    return low;
}

QiStatus qi_native_list_insertion_point(QiContext *cx, const QiValue *args, QiValue *result) {
    *result = insertion_point(qi_as_ref(args[0]), qi_native_arg_type(cx, 0)->a, args[1]);
    return QI_OK;
}

QiStatus qi_native_list_search(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiList *l = qi_as_ref(args[0]);
    const QiType *elem = qi_native_arg_type(cx, 0)->a;
    size_t at = insertion_point(l, elem, args[1]);
    bool found = at < l->len && !before(elem, args[1], qi_list_elem(l, at));
    *result = found ? at : (QiValue)-1;
    return QI_OK;
}

__extension__ typedef __int128 Wide;

static QiStatus sum_wide(QiContext *cx, const QiList *l, QiValue *result) {
    Wide sum = 0;
    for (uint32_t i = 0; i < l->len; i++) {
        const QiInt128 *n = qi_as_ref(l->items.words[i]);
        if (__builtin_add_overflow(sum, (Wide)n->high * ((Wide)1 << 64) + (Wide)n->low, &sum)) return qi_throw_simple(cx, 7002);
    }
    QiInt128 *made = qi_int128_new(qi_native_heap(cx), qi_native_result_type(cx)->index, (uint64_t)sum, (int64_t)(sum >> 64));
    if (made == NULL) return qi_throw_memory(cx);
    *result = qi_from_ref(made);
    return QI_OK;
}

/* From the left, as additions one after the other: a sum beyond the type of the elements throws E7002. */
QiStatus qi_native_list_sum(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiList *l = qi_as_ref(args[0]);
    QiTypeKind kind = (QiTypeKind)qi_native_arg_type(cx, 0)->a->kind;
    if (kind == QI_T_INT128) return sum_wide(cx, l, result);
    if (kind == QI_T_FLOAT || kind == QI_T_FLOAT32) {
        double sum = 0;
        for (uint32_t i = 0; i < l->len; i++) {
            sum += qi_as_float(l->items.words[i]);
            if (kind == QI_T_FLOAT32) sum = (double)(float)sum;
        }
        *result = qi_from_float(sum);
        return QI_OK;
    }
    int64_t sum = 0, least = INT64_MIN, most = INT64_MAX;
    if (kind == QI_T_INT32) least = INT32_MIN, most = INT32_MAX;
    if (kind == QI_T_BYTE) least = 0, most = UINT8_MAX;
    for (uint32_t i = 0; i < l->len; i++) {
        if (__builtin_add_overflow(sum, (int64_t)qi_list_elem(l, i), &sum) || sum < least || sum > most) return qi_throw_simple(cx, 7002);
    }
    *result = (QiValue)sum;
    return QI_OK;
}

/* Of the elements as 浮点数, so that it never overflows. */
QiStatus qi_native_list_mean(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiList *l = qi_as_ref(args[0]);
    const QiType *elem = qi_native_arg_type(cx, 0)->a;
    if (l->len == 0) {
        *result = QI_OPTION_NONE;
        return QI_OK;
    }
    double sum = 0;
    for (uint32_t i = 0; i < l->len; i++) {
        QiValue v = qi_list_elem(l, i);
        if (qi_type_is_float(elem)) {
            sum += qi_as_float(v);
        } else if (elem->kind == QI_T_INT128) {
            const QiInt128 *n = qi_as_ref(v);
            sum += (double)((Wide)n->high * ((Wide)1 << 64) + (Wide)n->low);
        } else {
            sum += (double)(int64_t)v;
        }
    }
    return qi_option_some(cx, qi_native_result_type(cx), qi_from_float(sum / l->len), result) ? QI_OK : qi_throw_memory(cx);
}

/* `甲 < 乙` and the like of values that no instruction compares; 运算: 0 <, 1 <=, 2 >, 3 >=. */
QiStatus qi_native_order_holds(QiContext *cx, const QiValue *args, QiValue *result) {
    int order = qi_order_values(qi_native_arg_type(cx, 0), args[0], args[1], QI_NAN_UNORDERED);
    bool holds = false;
    switch (args[2]) {
    case 0: holds = order == -1; break;
    case 1: holds = order == -1 || order == 0; break;
    case 2: holds = order == 1; break;
    default: holds = order == 0 || order == 1; break;
    }
    *result = holds;
    return QI_OK;
}
