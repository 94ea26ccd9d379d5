/*
 * clone.c — 克隆: a deep copy that keeps sharing and cycles.
 *
 * Copies are made shallow, remembered under the address of their original, and
 * queued; then each queued copy has its references replaced. The collector
 * cannot run meanwhile, so half-finished copies are safe.
 *
 * Invariants: what cannot be changed (strings, boxes of raw values) or has an
 * identity of its own (functions, tasks, channels, locks, errors) is shared.
 */
#include <stdlib.h>

#include "dict.h"
#include "equal.h"
#include "list.h"
#include "refmap.h"
#include "value.h"

typedef struct Cloner {
    QiHeap *heap;
    QiRefMap copies;    /* original → copy */
    QiObject **queue;   /* copies that still refer to originals */
    size_t count, cap;
} Cloner;

static QiObject *copy_cells(QiHeap *h, const QiObject *o, size_t size) {
    QiObject *copy = qi_alloc(h, qi_round_size(size));
    if (copy != NULL) memcpy(copy, o, size);
    return copy;
}

static QiObject *copy_list(QiHeap *h, const QiList *l) {
    QiList *copy = qi_list_create(h, h->types[l->head.type], l->len);
    if (copy == NULL) return NULL;
    if (l->len > 0) memcpy(copy->items.data, l->items.data, l->len * qi_list_elem_size(l));
    copy->len = l->len;
    return &copy->head;
}

static QiObject *copy_dict(QiHeap *h, const QiDict *d) {
    QiDict *copy = qi_dict_new(h, h->types[d->head.type]);
    if (copy == NULL || !qi_dict_reserve(h, copy, d->count)) return NULL;
    size_t pos = 0;
    QiValue key, value;
    while (qi_dict_next(d, &pos, &key, &value)) {
        if (!qi_dict_set(h, copy, key, value)) return NULL;
    }
    return &copy->head;
}

/* The copy of what o refers to, in *out; o itself when it is shared. false: out of memory. */
static bool copy_of(Cloner *c, QiObject *o, QiObject **out) {
    *out = o;
    if (o == NULL) return true;
    const QiType *t = o->type < c->heap->ntypes ? c->heap->types[o->type] : NULL;
    switch (o->kind) {
    case QI_K_LIST: case QI_K_DICT: case QI_K_STRUCT: break;
    case QI_K_ENUM:
        if (o->flags == 0) return true;
        break;
    case QI_K_BOX:
        if (!t->a->is_ref) return true;
        break;
    default: return true;
    }
    const uint64_t *there = qi_refmap_find(&c->copies, qi_from_ref(o), 0);
    if (there != NULL) {
        *out = qi_as_ref(*there);
        return true;
    }
    QiObject *copy;
    switch (o->kind) {
    case QI_K_LIST: copy = copy_list(c->heap, (const QiList *)(const void *)o); break;
    case QI_K_DICT: copy = copy_dict(c->heap, (const QiDict *)(const void *)o); break;
    case QI_K_BOX: copy = copy_cells(c->heap, o, sizeof(QiBox)); break;
    case QI_K_ENUM: copy = copy_cells(c->heap, o, sizeof(QiEnum) + o->flags * sizeof(QiValue)); break;
    default: copy = copy_cells(c->heap, o, sizeof(QiStruct) + t->nfields * sizeof(QiValue)); break;
    }
    if (copy == NULL || qi_refmap_put(&c->copies, qi_from_ref(o), 0, qi_from_ref(copy)) == QI_REF_NO_MEMORY) return false;
    if (c->count == c->cap) {
        size_t cap = c->cap == 0 ? 64 : c->cap * 2;
        QiObject **queue = realloc(c->queue, cap * sizeof *queue);
        if (queue == NULL) return false;
        c->queue = queue;
        c->cap = cap;
    }
    c->queue[c->count++] = copy;
    *out = copy;
    return true;
}

static bool replace(Cloner *c, QiValue *slot) {
    QiObject *copy;
    if (!copy_of(c, qi_as_ref(*slot), &copy)) return false;
    *slot = qi_from_ref(copy);
    return true;
}

static bool replace_parts(Cloner *c, QiObject *o) {
    const QiType *t = c->heap->types[o->type];
    switch (o->kind) {
    case QI_K_LIST: {
        QiList *l = (QiList *)(void *)o;
        for (uint32_t i = 0; t->a->is_ref && i < l->len; i++) {
            if (!replace(c, &l->items.words[i])) return false;
        }
        return true;
    }
    case QI_K_DICT: {
        QiDict *d = (QiDict *)(void *)o;
        for (uint32_t i = 0; t->b != NULL && t->b->is_ref && i < d->used; i++) {
            if (!replace(c, &d->entries[i].value)) return false;
        }
        return true;
    }
    case QI_K_BOX: return replace(c, &((QiBox *)(void *)o)->value);
    case QI_K_ENUM: {
        QiEnum *e = (QiEnum *)(void *)o;
        for (uint32_t i = 0; i < o->flags; i++) {
            if (t->fields[(o->aux >> 16) + i]->is_ref && !replace(c, &e->fields[i])) return false;
        }
        return true;
    }
    default: {
        QiStruct *s = (QiStruct *)(void *)o;
        for (uint32_t i = 0; i < t->nfields; i++) {
            if (t->fields[i]->is_ref && !replace(c, &s->fields[i])) return false;
        }
        return true;
    }
    }
}

bool qi_clone_value(QiHeap *h, const QiType *t, QiValue v, QiValue *out) {
    *out = v;
    if (!t->is_ref) return true;
    Cloner c = {.heap = h};
    bool ok = replace(&c, out);
    while (ok && c.count > 0) ok = replace_parts(&c, c.queue[--c.count]);
    free(c.queue);
    qi_refmap_free(&c.copies);
    return ok;
}
