/*
 * set.c — methods of 集合. A 集合 is a dictionary without values, in insertion order.
 *
 * Invariants: results of 并 交 差 对称差 are new sets, in the order of the receiver
 * and then of the argument.
 */
#include "qi/native.h"

static QiDict *make(QiContext *cx, const QiType *type, size_t n) {
    QiHeap *h = qi_native_heap(cx);
    QiDict *d = qi_dict_new(h, type);
    return d != NULL && qi_dict_reserve(h, d, n) ? d : NULL;
}

QiStatus qi_native_set_from_list(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiList *l = qi_as_ref(args[0]);
    QiDict *d = make(cx, qi_native_result_type(cx), 0);
    if (d == NULL) return qi_throw_memory(cx);
    for (uint32_t i = 0; i < l->len; i++) {
        if (!qi_dict_set(qi_native_heap(cx), d, qi_list_elem(l, i), 0)) return qi_throw_memory(cx);
    }
    *result = qi_from_ref(d);
    return QI_OK;
}

QiStatus qi_native_set_add(QiContext *cx, const QiValue *args, QiValue *result) {
    QiDict *d = qi_as_ref(args[0]);
    uint32_t before = d->count;
    if (!qi_dict_set(qi_native_heap(cx), d, args[1], 0)) return qi_throw_memory(cx);
    *result = d->count > before;
    return QI_OK;
}

QiStatus qi_native_set_remove(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = qi_dict_remove(qi_as_ref(args[0]), args[1], NULL);
    return QI_OK;
}

QiStatus qi_native_set_contains(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = qi_dict_find(qi_as_ref(args[0]), args[1], NULL);
    return QI_OK;
}

QiStatus qi_native_set_clear(QiContext *cx, const QiValue *args, QiValue *result) {
    qi_dict_clear(qi_native_heap(cx), qi_as_ref(args[0]));
    *result = 0;
    return QI_OK;
}

QiStatus qi_native_set_to_list(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiDict *d = qi_as_ref(args[0]);
    QiList *list = qi_list_new(cx, qi_native_result_type(cx), d->count);
    if (list == NULL) return qi_throw_memory(cx);
    size_t pos = 0;
    QiValue key, value;
    while (qi_dict_next(d, &pos, &key, &value)) qi_list_put(list, list->len++, key);
    *result = qi_from_ref(list);
    return QI_OK;
}

/* Adds the elements of `from` that are in `other` (or are not) to `to`. other NULL: all. false: out of memory. */
static bool add_those(QiContext *cx, QiDict *to, const QiDict *from, const QiDict *other, bool there) {
    size_t pos = 0;
    QiValue key, value;
    while (qi_dict_next(from, &pos, &key, &value)) {
        if (other != NULL && qi_dict_find(other, key, NULL) != there) continue;
        if (!qi_dict_set(qi_native_heap(cx), to, key, 0)) return false;
    }
    return true;
}

static QiStatus combine(QiContext *cx, const QiValue *args, QiValue *result, bool (*fill)(QiContext *, QiDict *, const QiDict *, const QiDict *)) {
    const QiDict *a = qi_as_ref(args[0]), *b = qi_as_ref(args[1]);
    QiDict *d = make(cx, qi_native_result_type(cx), 0);
    if (d == NULL || !fill(cx, d, a, b)) return qi_throw_memory(cx);
    *result = qi_from_ref(d);
    return QI_OK;
}

static bool fill_union(QiContext *cx, QiDict *d, const QiDict *a, const QiDict *b) {
    return add_those(cx, d, a, NULL, true) && add_those(cx, d, b, NULL, true);
}
static bool fill_both(QiContext *cx, QiDict *d, const QiDict *a, const QiDict *b) { return add_those(cx, d, a, b, true); }
static bool fill_difference(QiContext *cx, QiDict *d, const QiDict *a, const QiDict *b) { return add_those(cx, d, a, b, false); }
static bool fill_either(QiContext *cx, QiDict *d, const QiDict *a, const QiDict *b) {
    return add_those(cx, d, a, b, false) && add_those(cx, d, b, a, false);
}

QiStatus qi_native_set_union(QiContext *cx, const QiValue *args, QiValue *result) { return combine(cx, args, result, fill_union); }
QiStatus qi_native_set_both(QiContext *cx, const QiValue *args, QiValue *result) { return combine(cx, args, result, fill_both); }
QiStatus qi_native_set_difference(QiContext *cx, const QiValue *args, QiValue *result) { return combine(cx, args, result, fill_difference); }
QiStatus qi_native_set_either(QiContext *cx, const QiValue *args, QiValue *result) { return combine(cx, args, result, fill_either); }

static bool within(const QiDict *a, const QiDict *b) {
    if (a->count > b->count) return false;
    size_t pos = 0;
    QiValue key, value;
    while (qi_dict_next(a, &pos, &key, &value)) {
        if (!qi_dict_find(b, key, NULL)) return false;
    }
    return true;
}

QiStatus qi_native_set_is_subset(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = within(qi_as_ref(args[0]), qi_as_ref(args[1]));
    return QI_OK;
}

QiStatus qi_native_set_is_superset(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = within(qi_as_ref(args[1]), qi_as_ref(args[0]));
    return QI_OK;
}

QiStatus qi_native_set_is_disjoint(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    const QiDict *a = qi_as_ref(args[0]), *b = qi_as_ref(args[1]);
    size_t pos = 0;
    QiValue key, value;
    bool common = false;
    while (!common && qi_dict_next(a, &pos, &key, &value)) common = qi_dict_find(b, key, NULL);
    *result = !common;
    return QI_OK;
}

QiStatus qi_native_set_copy(QiContext *cx, const QiValue *args, QiValue *result) { return qi_native_dict_copy(cx, args, result); }

QiStatus qi_native_set_is_empty(QiContext *cx, const QiValue *args, QiValue *result) { return qi_native_dict_is_empty(cx, args, result); }

QiStatus qi_native_list_to_set(QiContext *cx, const QiValue *args, QiValue *result) { return qi_native_set_from_list(cx, args, result); }

QiStatus qi_native_set_is_proper_subset(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    const QiDict *a = qi_as_ref(args[0]), *b = qi_as_ref(args[1]);
    *result = a->count < b->count && within(a, b);
    return QI_OK;
}

/* Adds the elements of the other set to this one. */
QiStatus qi_native_set_merge(QiContext *cx, const QiValue *args, QiValue *result) {
    if (args[0] != args[1] && !add_those(cx, qi_as_ref(args[0]), qi_as_ref(args[1]), NULL, true)) return qi_throw_memory(cx);
    *result = 0;
    return QI_OK;
}

/* Removes the elements that are in `other` (or are not). Removing moves nothing, so the walk may go on. */
static void remove_those(QiDict *d, const QiDict *other, bool there) {
    size_t pos = 0;
    QiValue key, value;
    while (qi_dict_next(d, &pos, &key, &value)) {
        if (qi_dict_find(other, key, NULL) == there) qi_dict_remove(d, key, NULL);
    }
}

QiStatus qi_native_set_keep(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    remove_those(qi_as_ref(args[0]), qi_as_ref(args[1]), false);
    *result = 0;
    return QI_OK;
}

QiStatus qi_native_set_drop(QiContext *cx, const QiValue *args, QiValue *result) {
    if (args[0] == args[1]) qi_dict_clear(qi_native_heap(cx), qi_as_ref(args[0]));
    else remove_those(qi_as_ref(args[0]), qi_as_ref(args[1]), true);
    *result = 0;
    return QI_OK;
}

QiStatus qi_native_set_first(QiContext *cx, const QiValue *args, QiValue *result) { return qi_native_dict_first_key(cx, args, result); }
QiStatus qi_native_set_last(QiContext *cx, const QiValue *args, QiValue *result) { return qi_native_dict_last_key(cx, args, result); }

/* Takes out the element that was added last. */
QiStatus qi_native_set_pop(QiContext *cx, const QiValue *args, QiValue *result) {
    QiDict *d = qi_as_ref(args[0]);
    QiValue key;
    if (!qi_dict_last(d, &key)) {
        *result = QI_OPTION_NONE;
        return QI_OK;
    }
    if (!qi_option_some(cx, qi_native_result_type(cx), key, result)) return qi_throw_memory(cx);
    qi_dict_remove(d, key, NULL);
    return QI_OK;
}
