/*
 * equal.c — `==` on contents.
 *
 * A walk over both structures at once with an explicit stack. A pair met again
 * counts as equal: if it is different, the walk finds that where it met the
 * pair first. Pairs are remembered only after the first QI_EQUAL_FREE ones,
 * so small structures pay nothing and cyclic ones still end.
 *
 * Invariants: both objects of a frame have the same kind.
 *
 * No short cut for identical objects: 非数 makes a list different from itself.
 */
#include "equal.h"

#include <stdlib.h>

#include "dict.h"
#include "list.h"
#include "refmap.h"
#include "string.h"

#define QI_EQUAL_FREE 512u

typedef struct Pair {
    const QiObject *a, *b;
    size_t next;
} Pair;

typedef struct Walk {
    const QiHeap *heap;
    Pair *pairs;
    size_t count, cap, seen;
    QiRefMap met;
    bool failed;
    Pair first[32];
} Walk;

/* Both are containers of the same kind: compare their contents later. */
static bool push(Walk *w, const QiObject *a, const QiObject *b) {
    if (++w->seen > QI_EQUAL_FREE) {
        QiRefPut put = qi_refmap_put(&w->met, qi_from_ref(a), qi_from_ref(b), 0);
        if (put == QI_REF_THERE) return true;
        if (put == QI_REF_NO_MEMORY) {
            w->failed = true;
            return false;
        }
    }
    if (w->count == w->cap) {
        size_t cap = w->cap * 2;
        Pair *pairs = realloc(w->pairs == w->first ? NULL : w->pairs, cap * sizeof *pairs);
        if (pairs == NULL) {
            w->failed = true;
            return false;
        }
        if (w->pairs == w->first) memcpy(pairs, w->first, sizeof w->first);
        w->pairs = pairs;
        w->cap = cap;
    }
    w->pairs[w->count++] = (Pair){a, b, 0};
    return true;
}

/* false: different (or out of memory). Containers of one kind and size are pushed. */
static bool compare_refs(Walk *w, const QiObject *a, const QiObject *b) {
    if (a == NULL || b == NULL) return a == b;
    if (a->kind != b->kind) return false;
    switch (a->kind) {
    case QI_K_STRING: return qi_string_equal((const QiString *)(const void *)a, (const QiString *)(const void *)b);
    case QI_K_LIST:
        if (((const QiList *)(const void *)a)->len != ((const QiList *)(const void *)b)->len) return false;
        return push(w, a, b);
    case QI_K_DICT:
        if (((const QiDict *)(const void *)a)->count != ((const QiDict *)(const void *)b)->count) return false;
        return push(w, a, b);
    case QI_K_STRUCT:
    case QI_K_BOX: return a->type == b->type && push(w, a, b);
    case QI_K_INT128: case QI_K_RANGE: case QI_K_POINTER: {
        /* Two words behind the header: a number, bounds, or a place. */
        const QiValue *x = (const QiValue *)(const void *)(a + 1), *y = (const QiValue *)(const void *)(b + 1);
        return a->flags == b->flags && x[0] == y[0] && x[1] == y[1];
    }
    /* A function that captures nothing is one, however often its value is made. */
    case QI_K_CLOSURE: return a == b || (a->aux == b->aux && a->type == b->type && w->heap->types[a->type]->nfields == 0);
    case QI_K_ENUM: return a->type == b->type && a->aux == b->aux && (a->flags == 0 || push(w, a, b));
    default: return a == b;
    }
}

static bool compare_values(Walk *w, const QiType *t, QiValue a, QiValue b) {
    if (t->is_ref) return compare_refs(w, qi_as_ref(a), qi_as_ref(b));
    if (qi_type_is_float(t)) return qi_as_float(a) == qi_as_float(b);
    return a == b;
}

/* Compares elements from *next on until one was pushed; *done when none is left. */
static bool step_list(Walk *w, size_t at, bool *done) {
    const QiList *a = (const QiList *)(const void *)w->pairs[at].a, *b = (const QiList *)(const void *)w->pairs[at].b;
    const QiType *t = w->heap->types[a->head.type]->a;
    *done = true;
    if (!t->is_ref && !qi_type_is_float(t)) {
        return a->len == 0 || memcmp(a->items.data, b->items.data, a->len * qi_list_elem_size(a)) == 0;
    }
    size_t count = w->count;
    for (size_t i = w->pairs[at].next; i < a->len; i++) {
        if (!compare_values(w, t, qi_list_elem(a, i), qi_list_elem(b, i))) return false;
        if (w->count > count) {
            w->pairs[at].next = i + 1;
            *done = false;
            return true;
        }
    }
    return true;
}

static bool step_dict(Walk *w, size_t at, bool *done) {
    const QiDict *a = (const QiDict *)(const void *)w->pairs[at].a, *b = (const QiDict *)(const void *)w->pairs[at].b;
    const QiType *t = w->heap->types[a->head.type]->b; /* NULL: a 集合 */
    size_t count = w->count, pos = w->pairs[at].next;
    QiValue key, value, other;
    while (qi_dict_next(a, &pos, &key, &value)) {
        if (!qi_dict_find(b, key, &other)) return false;
        if (t != NULL && !compare_values(w, t, value, other)) return false;
        if (w->count > count) {
            w->pairs[at].next = pos;
            *done = false;
            return true;
        }
    }
    *done = true;
    return true;
}

static bool step_words(Walk *w, size_t at, bool *done) {
    const QiObject *a = w->pairs[at].a, *b = w->pairs[at].b;
    const QiType *t = w->heap->types[a->type];
    const QiValue *left = (const QiValue *)(const void *)(a + 1), *right = (const QiValue *)(const void *)(b + 1);
    size_t n = a->kind == QI_K_BOX ? 1 : a->kind == QI_K_ENUM ? a->flags : t->nfields, count = w->count;
    /* An enum's fields are numbered through all its variants. */
    const QiType *const *parts = t->fields + (a->kind == QI_K_ENUM ? a->aux >> 16 : 0);
    for (size_t i = w->pairs[at].next; i < n; i++) {
        const QiType *part = a->kind == QI_K_BOX ? t->a : parts[i];
        if (!compare_values(w, part, left[i], right[i])) return false;
        if (w->count > count) {
            w->pairs[at].next = i + 1;
            *done = false;
            return true;
        }
    }
    *done = true;
    return true;
}

static int run(Walk *w) {
    bool equal = true;
    while (equal && w->count > 0) {
        size_t at = w->count - 1;
        bool done = false;
        switch (w->pairs[at].a->kind) {
        case QI_K_LIST: equal = step_list(w, at, &done); break;
        case QI_K_DICT: equal = step_dict(w, at, &done); break;
        default: equal = step_words(w, at, &done); break;
        }
        if (equal && done) w->count--;
    }
    if (w->pairs != w->first) free(w->pairs);
    qi_refmap_free(&w->met);
    return w->failed ? -1 : equal;
}

int qi_equal_refs(QiHeap *h, const QiObject *a, const QiObject *b) {
    Walk w = {.heap = h, .cap = 32};
    w.pairs = w.first;
    if (!compare_refs(&w, a, b)) return w.failed ? -1 : 0;
    return run(&w);
}

int qi_equal_values(QiHeap *h, const QiType *t, QiValue a, QiValue b) {
    if (t->is_ref) return qi_equal_refs(h, qi_as_ref(a), qi_as_ref(b));
    if (qi_type_is_float(t)) return qi_as_float(a) == qi_as_float(b);
    return a == b;
}
