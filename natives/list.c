/*
 * list.c — methods of 列表, most of them of 数组 too, which has the same layout. (排序: list_sort.c; order: list_order.c)
 *
 * Invariants: an index out of range throws E7003 before anything changes;
 * negative indices are out of range.
 */
#include "qi/native.h"

QiStatus qi_native_list_insert(QiContext *cx, const QiValue *args, QiValue *result) {
    QiList *l = qi_as_ref(args[0]);
    int64_t at = (int64_t)args[1];
    QiValue v = args[2];
    if (at < 0 || at > l->len) return qi_throw_index(cx, at, l->len);
    if (!qi_list_open(qi_native_heap(cx), l, (size_t)at, 1)) return qi_throw_memory(cx);
    qi_list_put(l, (size_t)at, v);
    *result = 0;
    return QI_OK;
}

QiStatus qi_native_list_remove(QiContext *cx, const QiValue *args, QiValue *result) {
    QiList *l = qi_as_ref(args[0]);
    int64_t at = (int64_t)args[1];
    if (at < 0 || at >= l->len) return qi_throw_index(cx, at, l->len);
    QiValue v = qi_list_elem(l, (size_t)at);
    qi_list_close(qi_native_heap(cx), l, (size_t)at, 1);
    *result = v;
    return QI_OK;
}

static QiStatus give_option(QiContext *cx, bool some, QiValue v, QiValue *result) {
    if (!some) {
        *result = QI_OPTION_NONE;
        return QI_OK;
    }
    return qi_option_some(cx, qi_native_result_type(cx), v, result) ? QI_OK : qi_throw_memory(cx);
}

QiStatus qi_native_list_pop(QiContext *cx, const QiValue *args, QiValue *result) {
    QiList *l = qi_as_ref(args[0]);
    if (l->len == 0) return give_option(cx, false, 0, result);
    QiStatus status = give_option(cx, true, qi_list_elem(l, l->len - 1), result);
    /* Only once the option is made: without memory the list stays as it was. */
    if (status == QI_OK) qi_list_close(qi_native_heap(cx), l, l->len - 1, 1);
    return status;
}

QiStatus qi_native_list_first(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiList *l = qi_as_ref(args[0]);
    return give_option(cx, l->len > 0, l->len > 0 ? qi_list_elem(l, 0) : 0, result);
}

QiStatus qi_native_list_last(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiList *l = qi_as_ref(args[0]);
    return give_option(cx, l->len > 0, l->len > 0 ? qi_list_elem(l, l->len - 1) : 0, result);
}

/* Index of the first element from `from` on equal to v, -1, or -2 when memory ran out in a comparison. */
static int64_t find(QiContext *cx, const QiList *l, const QiType *elem, QiValue v, uint32_t from) {
    if (!elem->is_ref && !qi_type_is_float(elem)) {
        for (uint32_t i = from; i < l->len; i++) {
            if (qi_list_elem(l, i) == v) return i;
        }
        return -1;
    }
    QiHeap *h = qi_native_heap(cx);
    for (uint32_t i = from; i < l->len; i++) {
        int equal = qi_equal_values(h, elem, l->items.words[i], v);
        if (equal != 0) return equal > 0 ? (int64_t)i : -2;
    }
    return -1;
}

QiStatus qi_native_list_find(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiList *l = qi_as_ref(args[0]);
    if (args[2] > l->len) return qi_throw_index(cx, (int64_t)args[2], l->len);
    int64_t at = find(cx, l, qi_native_arg_type(cx, 0)->a, args[1], (uint32_t)args[2]);
    if (at == -2) return qi_throw_memory(cx);
    *result = (QiValue)at;
    return QI_OK;
}

QiStatus qi_native_list_contains(QiContext *cx, const QiValue *args, QiValue *result) {
    int64_t at = find(cx, qi_as_ref(args[0]), qi_native_arg_type(cx, 0)->a, args[1], 0);
    if (at == -2) return qi_throw_memory(cx);
    *result = at >= 0;
    return QI_OK;
}

/* Strings are measured first, so that the result is allocated once. */
static QiString *join_strings(QiContext *cx, const QiList *l, const QiString *separator) {
    size_t n = l->len, len = n > 0 ? (n - 1) * separator->len : 0, chars = n > 0 ? (n - 1) * separator->chars : 0;
    for (size_t i = 0; i < n; i++) {
        const QiString *s = qi_as_ref(l->items.words[i]);
        len += s->len;
        chars += s->chars;
        if (len > QI_STRING_MAX) return NULL;
    }
    QiString *out = qi_string_alloc(cx, len);
    if (out == NULL) return NULL;
    out->chars = (uint32_t)chars;
    char *p = out->bytes;
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && separator->len > 0) p = qi_copy_short(p, separator->bytes, separator->len);
        const QiString *s = qi_as_ref(l->items.words[i]);
        p = qi_copy_short(p, s->bytes, s->len);
    }
    return out;
}

QiStatus qi_native_list_join(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiList *l = qi_as_ref(args[0]);
    const QiString *separator = qi_as_ref(args[1]);
    const QiType *elem = qi_native_arg_type(cx, 0)->a;
    QiHeap *h = qi_native_heap(cx);
    if (elem->kind == QI_T_STRING) {
        QiString *joined = join_strings(cx, l, separator);
        if (joined == NULL) return qi_throw_memory(cx);
        *result = qi_from_ref(joined);
        return QI_OK;
    }
    QiText text = {0};
    for (uint32_t i = 0; i < l->len; i++) {
        if (i > 0) qi_text_add(&text, separator->bytes, separator->len);
        qi_format_append(h, &text, elem, qi_list_elem(l, i), false);
    }
    QiString *s = qi_text_finish(h, &text);
    if (s == NULL) return qi_throw_memory(cx);
    *result = qi_from_ref(s);
    return QI_OK;
}

QiStatus qi_native_list_slice(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiList *l = qi_as_ref(args[0]);
    int64_t start = (int64_t)args[1], end = (int64_t)args[2];
    if (end < 0 || end > l->len) return qi_throw_index(cx, end, l->len);
    if (start < 0 || start > l->len) return qi_throw_index(cx, start, l->len);
    if (start > end) return qi_throw_slice(cx, start, end, l->len);
    size_t n = (size_t)(end - start), size = qi_list_elem_size(l);
    QiList *out = qi_list_new(cx, qi_native_result_type(cx), n);
    if (out == NULL) return qi_throw_memory(cx);
    if (n > 0) memcpy(out->items.bytes, l->items.bytes + (size_t)start * size, n * size);
    out->len = (uint32_t)n;
    *result = qi_from_ref(out);
    return QI_OK;
}

QiStatus qi_native_list_clear(QiContext *cx, const QiValue *args, QiValue *result) {
    qi_list_clear(qi_native_heap(cx), qi_as_ref(args[0]));
    *result = 0;
    return QI_OK;
}

/* A list as an array or the other way round: a copy in the type of the result. */
QiStatus qi_native_list_to_array(QiContext *cx, const QiValue *args, QiValue *result) { return qi_native_list_copy(cx, args, result); }
QiStatus qi_native_array_to_list(QiContext *cx, const QiValue *args, QiValue *result) { return qi_native_list_copy(cx, args, result); }
