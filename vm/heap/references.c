/*
 * references.c — see references.h.
 *
 * Invariant: says the same as the tracing of mark.c, which is written for speed; this is written to be called rarely.
 */
#include "references.h"

#include "block.h"
#include "dict.h"
#include "list.h"

static void word(QiValue v, QiVisit visit, void *user) {
    if (v != 0) visit(user, qi_as_ref(v));
}

static void words(const QiType *t, const QiValue *values, uint32_t first, uint32_t n, QiVisit visit, void *user) {
    for (uint32_t i = 0; i < n; i++) {
        if (t->fields[first + i]->is_ref) word(values[i], visit, user);
    }
}

static void of_dict(const QiDict *d, QiVisit visit, void *user) {
    const bool keys = (d->head.flags & QI_DICT_DEEP_KEYS) != 0, values = (d->head.flags & QI_DICT_REF_VALUES) != 0;
    for (uint32_t i = 0; (keys || values) && i < d->used; i++) {
        if (!d->entries[i].live) continue;
        if (keys) word(d->entries[i].key, visit, user);
        if (values) word(d->entries[i].value, visit, user);
    }
}

void qi_object_references(const QiHeap *h, const QiObject *o, QiVisit visit, void *user) {
    const QiType *t = o->type < h->ntypes ? h->types[o->type] : NULL;
    const QiValue *behind = (const QiValue *)(const void *)(o + 1);
    switch (o->kind) {
    case QI_K_STRUCT: case QI_K_CLOSURE:
        words(t, behind, 0, t->nfields, visit, user);
        break;
    case QI_K_BOX: case QI_K_CELL:
        if (t->kind == QI_T_OPTION || t->kind == QI_T_CELL) {
            if (t->a->is_ref) word(behind[0], visit, user);
        } else {
            words(t, behind, 0, t->nfields, visit, user);
        }
        break;
    case QI_K_ENUM: words(t, ((const QiEnum *)(const void *)o)->fields, o->aux >> 16, o->flags, visit, user); break;
    case QI_K_LIST: {
        const QiList *l = (const QiList *)(const void *)o;
        for (uint32_t i = 0; (o->flags & QI_LIST_REFS) != 0 && i < l->len; i++) word(l->items.words[i], visit, user);
        break;
    }
    case QI_K_DICT: of_dict((const QiDict *)(const void *)o, visit, user); break;
    case QI_K_POINTER: word(qi_from_ref(((const QiPointer *)(const void *)o)->base), visit, user); break;
    case QI_K_ERROR: {
        const QiError *e = (const QiError *)(const void *)o;
        word(qi_from_ref(e->cause), visit, user);
        word(qi_from_ref(e->others), visit, user);
        if (e->kind != NULL && e->kind->is_ref) word(e->value, visit, user);
        break;
    }
    default: break;
    }
}
