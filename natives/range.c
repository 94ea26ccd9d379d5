/*
 * range.c — 范围: a..b and a..=b as values.
 *
 * Invariant: the bounds are kept as they were written; what is empty is decided
 * when the range is used, so a..b never overflows.
 */
#include "qi/native.h"

QiStatus qi_native_range_new(QiContext *cx, const QiValue *args, QiValue *result) {
    QiInterval *r = qi_alloc(qi_native_heap(cx), qi_round_size(sizeof *r));
    if (r == NULL) return qi_throw_memory(cx);
    qi_object_init(&r->head, QI_K_RANGE, qi_native_result_type(cx)->index, 0);
    r->head.flags = args[2] != 0;
    r->start = (int64_t)args[0];
    r->end = (int64_t)args[1];
    *result = qi_from_ref(r);
    return QI_OK;
}

static bool is_empty(const QiInterval *r) { return r->head.flags ? r->start > r->end : r->start >= r->end; }

/* First and last number; 1 and 0 for an empty range. */
QiStatus qi_native_range_first(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    const QiInterval *r = qi_as_ref(args[0]);
    *result = is_empty(r) ? 1 : (QiValue)r->start;
    return QI_OK;
}

QiStatus qi_native_range_last(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    const QiInterval *r = qi_as_ref(args[0]);
    *result = is_empty(r) ? 0 : (QiValue)(r->head.flags ? r->end : r->end - 1);
    return QI_OK;
}

QiStatus qi_native_range_start(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = (QiValue)((const QiInterval *)qi_as_ref(args[0]))->start;
    return QI_OK;
}

QiStatus qi_native_range_end(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = (QiValue)((const QiInterval *)qi_as_ref(args[0]))->end;
    return QI_OK;
}

QiStatus qi_native_range_contains(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    const QiInterval *r = qi_as_ref(args[0]);
    int64_t n = (int64_t)args[1];
    *result = n >= r->start && (r->head.flags ? n <= r->end : n < r->end);
    return QI_OK;
}

/* How many numbers. false: more than a 整数 counts. */
static bool count(const QiInterval *r, uint64_t *n) {
    *n = is_empty(r) ? 0 : (uint64_t)r->end - (uint64_t)r->start;
    if (!is_empty(r) && r->head.flags) ++*n;
    return is_empty(r) || (*n != 0 && *n <= INT64_MAX);
}

QiStatus qi_native_range_len(QiContext *cx, const QiValue *args, QiValue *result) {
    uint64_t n;
    if (!count(qi_as_ref(args[0]), &n)) return qi_throw_simple(cx, 7002);
    *result = n;
    return QI_OK;
}

QiStatus qi_native_range_to_list(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiInterval *r = qi_as_ref(args[0]);
    uint64_t n;
    if (!count(r, &n)) return qi_throw_memory(cx);
    QiList *l = qi_list_new(cx, qi_native_result_type(cx), n);
    if (l == NULL) return qi_throw_memory(cx);
    for (uint64_t i = 0; i < n; i++) l->items.words[i] = (uint64_t)r->start + i;
    l->len = (uint32_t)n;
    *result = qi_from_ref(l);
    return QI_OK;
}

QiStatus qi_native_range_includes_end(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = ((const QiInterval *)qi_as_ref(args[0]))->head.flags != 0;
    return QI_OK;
}

QiStatus qi_native_range_is_empty(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = is_empty(qi_as_ref(args[0]));
    return QI_OK;
}
