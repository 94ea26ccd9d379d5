/*
 * array.c — methods of 数组: those of 列表 that do not change the length.
 *
 * Invariant: lists and arrays have one layout, so the functions are the same.
 */
#include "qi/native.h"

#define SAME_AS_LIST(name)                                                                      \
    QiStatus qi_native_array_##name(QiContext *cx, const QiValue *args, QiValue *result) {      \
        return qi_native_list_##name(cx, args, result);                                         \
    }
SAME_AS_LIST(slice)
SAME_AS_LIST(contains)
SAME_AS_LIST(find)
SAME_AS_LIST(sort)
SAME_AS_LIST(reverse)
SAME_AS_LIST(join)
SAME_AS_LIST(first)
SAME_AS_LIST(last)

static QiStatus copy(QiContext *cx, const QiList *from, QiValue *result) {
    QiList *to = qi_list_new(cx, qi_native_result_type(cx), from->len);
    if (to == NULL) return qi_throw_memory(cx);
    if (from->len > 0) memcpy(to->items.data, from->items.data, from->len * qi_list_elem_size(from));
    to->len = from->len;
    *result = qi_from_ref(to);
    return QI_OK;
}

QiStatus qi_native_array_to_list(QiContext *cx, const QiValue *args, QiValue *result) { return copy(cx, qi_as_ref(args[0]), result); }

QiStatus qi_native_list_to_array(QiContext *cx, const QiValue *args, QiValue *result) { return copy(cx, qi_as_ref(args[0]), result); }
