/*
 * list_more.c — more methods of 列表 and 数组: by value, whole lists, several elements at once.
 *
 * Invariant: a list stays as it was when memory runs out or an index is out of range.
 */
#include <stdlib.h>

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

/* a + b: a new list of the elements of both. */
QiStatus qi_native_list_concat(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiList *a = qi_as_ref(args[0]), *b = qi_as_ref(args[1]);
    size_t size = qi_list_elem_size(a), n = (size_t)a->len + b->len;
    QiList *out = qi_list_new(cx, qi_native_result_type(cx), n);
    if (out == NULL) return qi_throw_memory(cx);
    if (a->len > 0) memcpy(out->items.bytes, a->items.bytes, a->len * size);
    if (b->len > 0) memcpy(out->items.bytes + a->len * size, b->items.bytes, b->len * size);
    out->len = (uint32_t)n;
    *result = qi_from_ref(out);
    return QI_OK;
}

/* a += b: the elements of b behind those of a. Gives a, which the caller assigns again. */
QiStatus qi_native_list_append_all(QiContext *cx, const QiValue *args, QiValue *result) {
    QiValue whole = args[0], none;
    QiStatus status = qi_native_list_extend(cx, args, &none);
    if (status == QI_OK) *result = whole;
    return status;
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
        if (found) qi_list_close(qi_native_heap(cx), l, i, 1);
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

/* 获取: the element, or 无 where there is none. */
QiStatus qi_native_list_at(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiList *l = qi_as_ref(args[0]);
    bool there = args[1] < l->len;
    return give_option(cx, there, there ? qi_list_elem(l, args[1]) : 0, result);
}

QiStatus qi_native_list_find_last(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiList *l = qi_as_ref(args[0]);
    const QiType *elem = qi_native_arg_type(cx, 0)->a;
    int64_t found = -1;
    for (uint32_t i = l->len; found < 0 && i-- > 0;) {
        int equal = same(cx, elem, qi_list_elem(l, i), args[1]);
        if (equal < 0) return qi_throw_memory(cx);
        if (equal > 0) found = i;
    }
    *result = (QiValue)found;
    return QI_OK;
}

QiStatus qi_native_list_find_all(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiList *l = qi_as_ref(args[0]);
    const QiType *elem = qi_native_arg_type(cx, 0)->a;
    QiList *found = qi_list_new(cx, qi_native_result_type(cx), 0);
    if (found == NULL) return qi_throw_memory(cx);
    for (uint32_t i = 0; i < l->len; i++) {
        int equal = same(cx, elem, qi_list_elem(l, i), args[1]);
        if (equal < 0 || (equal > 0 && !qi_list_push(cx, found, i))) return qi_throw_memory(cx);
    }
    *result = qi_from_ref(found);
    return QI_OK;
}

/* Removes every element equal to 值; how many there were. The comparisons come first: they may run out of memory. */
QiStatus qi_native_list_delete_all(QiContext *cx, const QiValue *args, QiValue *result) {
    QiList *l = qi_as_ref(args[0]);
    const QiType *elem = qi_native_arg_type(cx, 0)->a;
    uint8_t *gone = calloc((size_t)l->len + 1, 1);
    if (gone == NULL) return qi_throw_memory(cx);
    for (uint32_t i = 0; i < l->len; i++) {
        int equal = same(cx, elem, qi_list_elem(l, i), args[1]);
        if (equal < 0) {
            free(gone);
            return qi_throw_memory(cx);
        }
        gone[i] = equal > 0;
    }
    uint32_t kept = 0, len = l->len;
    qi_list_forget(qi_native_heap(cx), l, 0, len);
    for (uint32_t i = 0; i < len; i++) {
        if (!gone[i]) qi_list_put(l, kept++, qi_list_elem(l, i));
    }
    free(gone);
    if (kept < len) qi_list_close(qi_native_heap(cx), l, kept, len - kept);
    *result = len - kept;
    return QI_OK;
}

QiStatus qi_native_list_insert_all(QiContext *cx, const QiValue *args, QiValue *result) {
    QiList *l = qi_as_ref(args[0]);
    const QiList *other = qi_as_ref(args[2]);
    int64_t at = (int64_t)args[1];
    if (at < 0 || at > l->len) return qi_throw_index(cx, at, l->len);
    size_t n = other->len, size = qi_list_elem_size(l), from = (size_t)at * size, bytes = n * size;
    if (n > 0) {
        if (!qi_list_open(qi_native_heap(cx), l, (size_t)at, n)) return qi_throw_memory(cx);
        uint8_t *p = l->items.bytes;
        if (other != l) {
            memcpy(p + from, other->items.bytes, bytes);
        } else {
            /* Its own second part has moved behind the gap. */
            memcpy(p + from, p, from);
            memcpy(p + 2 * from, p + from + bytes, bytes - from);
        }
    }
    *result = 0;
    return QI_OK;
}

/* 取段: at most 个数 elements from 起 on, as far as there are any: nothing is out of range. */
QiStatus qi_native_list_part(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiList *l = qi_as_ref(args[0]);
    int64_t start = (int64_t)args[1], n = (int64_t)args[2], end;
    if (n < 0) n = 0;
    if (__builtin_add_overflow(start, n, &end) || end > l->len) end = l->len;
    if (start < 0) start = 0;
    if (start > end) start = end < 0 ? 0 : end;
    size_t count = end > start ? (size_t)(end - start) : 0, size = qi_list_elem_size(l);
    QiList *out = qi_list_new(cx, qi_native_result_type(cx), count);
    if (out == NULL) return qi_throw_memory(cx);
    if (count > 0) memcpy(out->items.bytes, l->items.bytes + (size_t)start * size, count * size);
    out->len = (uint32_t)count;
    *result = qi_from_ref(out);
    return QI_OK;
}

/* Removes the elements from 起 to 止 (excluded) and gives them. */
QiStatus qi_native_list_remove_range(QiContext *cx, const QiValue *args, QiValue *result) {
    QiList *l = qi_as_ref(args[0]);
    int64_t start = (int64_t)args[1], end = (int64_t)args[2];
    if (end < 0 || end > l->len) return qi_throw_index(cx, end, l->len);
    if (start < 0 || start > end) return qi_throw_index(cx, start, end);
    size_t n = (size_t)(end - start), size = qi_list_elem_size(l);
    QiList *out = qi_list_new(cx, qi_native_result_type(cx), n);
    if (out == NULL) return qi_throw_memory(cx);
    if (n > 0) {
        memcpy(out->items.bytes, l->items.bytes + (size_t)start * size, n * size);
        out->len = (uint32_t)n;
        qi_list_close(qi_native_heap(cx), l, (size_t)start, n);
    }
    *result = qi_from_ref(out);
    return QI_OK;
}

QiStatus qi_native_list_swap(QiContext *cx, const QiValue *args, QiValue *result) {
    QiList *l = qi_as_ref(args[0]);
    for (unsigned i = 1; i <= 2; i++) {
        if (args[i] >= l->len) return qi_throw_index(cx, (int64_t)args[i], l->len);
    }
    QiValue v = qi_list_elem(l, args[1]);
    qi_list_put(l, args[1], qi_list_elem(l, args[2]));
    qi_list_put(l, args[2], v);
    *result = 0;
    return QI_OK;
}

QiStatus qi_native_list_fill(QiContext *cx, const QiValue *args, QiValue *result) {
    QiList *l = qi_as_ref(args[0]);
    qi_list_forget(qi_native_heap(cx), l, 0, l->len);
    for (uint32_t i = 0; i < l->len; i++) qi_list_put(l, i, args[1]);
    *result = 0;
    return QI_OK;
}

static void reverse(QiList *l, size_t from, size_t to) {
    for (; from + 1 < to; from++, to--) {
        QiValue v = qi_list_elem(l, from);
        qi_list_put(l, from, qi_list_elem(l, to - 1));
        qi_list_put(l, to - 1, v);
    }
}

QiStatus qi_native_list_reverse(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    QiList *l = qi_as_ref(args[0]);
    reverse(l, 0, l->len);
    l->head.aux++;
    *result = 0;
    return QI_OK;
}

/* The first 步数 elements go to the end; for negative ones the last to the start. By three reversals: no second array. */
QiStatus qi_native_list_rotate(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    QiList *l = qi_as_ref(args[0]);
    if (l->len > 1) {
        int64_t by = (int64_t)args[1] % (int64_t)l->len;
        size_t first = (size_t)(by < 0 ? by + (int64_t)l->len : by);
        if (first > 0) {
            reverse(l, 0, first);
            reverse(l, first, l->len);
            reverse(l, 0, l->len);
            l->head.aux++;
        }
    }
    *result = 0;
    return QI_OK;
}
