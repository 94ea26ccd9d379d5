/*
 * value.h — the small immutable-layout objects: structs, boxes, cells,
 * closures; and options, which are one reference with or without a box.
 */
#ifndef QI_HEAP_VALUE_H
#define QI_HEAP_VALUE_H

#include "heap.h"

QI_INLINE size_t qi_round_size(size_t bytes) {
    return (bytes + QI_ALLOC_GRANULE - 1) & ~(size_t)(QI_ALLOC_GRANULE - 1);
}

/* Writes a complete header, as one word: compilers store the fields one by one, after a zero. */
QI_INLINE void qi_object_init(QiObject *o, QiKind kind, uint16_t type, uint32_t aux) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint64_t word = (uint64_t)type | (uint64_t)kind << 16 | (uint64_t)aux << 32;
    memcpy(o, &word, sizeof *o);
#else
    *o = (QiObject){.type = type, .kind = (uint8_t)kind, .flags = 0, .aux = aux};
#endif
}

/* Fields are uninitialised. NULL: out of memory. */
QI_INLINE QiStruct *qi_struct_new(QiHeap *h, const QiType *type) {
    QiStruct *s = qi_alloc(h, qi_round_size(sizeof(QiStruct) + type->nfields * sizeof(QiValue)));
    if (QI_LIKELY(s != NULL)) qi_object_init(&s->head, QI_K_STRUCT, type->index, 0);
    return s;
}

/* Number of the variant of an enum value that is a reference. */
QI_INLINE uint32_t qi_enum_tag(const QiObject *e) { return e->aux & 0xFFFF; }
QI_INLINE uint32_t qi_enum_aux(const QiVariant *v, uint32_t tag) { return v->first << 16 | tag; }

/* A value of variant `tag` of an ENUM type whose fields are uninitialised; permanent: never collected. NULL: out of memory. */
QI_INLINE QiEnum *qi_enum_new(QiHeap *h, const QiType *type, uint32_t tag, bool permanent) {
    const QiVariant *v = &type->variants[tag];
    size_t size = qi_round_size(sizeof(QiEnum) + v->count * sizeof(QiValue));
    QiEnum *e = permanent ? qi_alloc_permanent(h, size) : qi_alloc(h, size);
    if (QI_LIKELY(e != NULL)) {
        qi_object_init(&e->head, QI_K_ENUM, type->index, qi_enum_aux(v, tag));
        e->head.flags = (uint8_t)v->count;
    }
    return e;
}

/* Captures are uninitialised. env: the function's ENV type, which becomes the header's type. NULL: out of memory. */
QI_INLINE QiClosure *qi_closure_new(QiHeap *h, const QiType *env, uint32_t func) {
    QiClosure *c = qi_alloc(h, qi_round_size(sizeof(QiClosure) + env->nfields * sizeof(QiValue)));
    if (QI_LIKELY(c != NULL)) qi_object_init(&c->head, QI_K_CLOSURE, env->index, func);
    return c;
}

/* type: the CELL type. */
QI_INLINE QiCell *qi_cell_new(QiHeap *h, const QiType *type, QiValue v) {
    QiCell *c = qi_alloc(h, qi_round_size(sizeof(QiCell)));
    if (QI_LIKELY(c != NULL)) {
        qi_object_init(&c->head, QI_K_CELL, type->index, 0);
        c->value = v;
    }
    return c;
}

/* type: index of the INT128 type. NULL: out of memory. */
QI_INLINE QiInt128 *qi_int128_new(QiHeap *h, uint16_t type, uint64_t low, int64_t high) {
    QiInt128 *n = qi_alloc(h, qi_round_size(sizeof(QiInt128)));
    if (QI_LIKELY(n != NULL)) {
        qi_object_init(&n->head, QI_K_INT128, type, 0);
        n->low = low;
        n->high = high;
    }
    return n;
}

/* base is NULL for a global. NULL: out of memory. */
QI_INLINE QiPointer *qi_pointer_new(QiHeap *h, const QiType *type, QiPlace place, QiObject *base, uint64_t index) {
    QiPointer *p = qi_alloc(h, qi_round_size(sizeof(QiPointer)));
    if (QI_LIKELY(p != NULL)) {
        qi_object_init(&p->head, QI_K_POINTER, type->index, 0);
        p->head.flags = (uint8_t)place;
        p->base = base;
        p->index = index;
    }
    return p;
}

/* 有(v) of OPTION type t in *out. false: out of memory. */
QI_INLINE bool qi_option_make(QiHeap *h, const QiType *t, QiValue v, QiValue *out) {
    if (!t->option_boxed) {
        *out = v;
        return true;
    }
    QiBox *b = qi_alloc(h, qi_round_size(sizeof(QiBox)));
    if (QI_UNLIKELY(b == NULL)) return false;
    qi_object_init(&b->head, QI_K_BOX, t->index, 0);
    b->value = v;
    *out = qi_from_ref(b);
    return true;
}

/* v of 有(v); o is not 无. */
QI_INLINE QiValue qi_option_get(const QiType *t, QiValue o) {
    return t->option_boxed ? ((const QiBox *)qi_as_ref(o))->value : o;
}

#endif
