/*
 * list.h — 列表 and 数组.
 *
 * Invariants
 * - head.flags say how elements are stored, so that neither the collector nor
 *   the interpreter needs the type: QI_LIST_BYTES (布尔, one byte each),
 *   QI_LIST_REFS (references).
 * - head.aux grows by one with every change of structure (append, insert,
 *   remove, sort, reverse, clear), not with a store into an element.
 * - Lists own malloc'ed storage: they are allocated with qi_alloc_owning.
 * - With several workers, those that change the structure take turns (interp/shared.c), and reading an element takes no lock. So
 *   storage never shrinks then and outlives its replacement until the next collection; a reader loads the length before
 *   the storage, a writer stores the storage before the length: whatever they race for, an index below the length is inside.
 *
 * Rejected: elements in the collected blocks behind the header. Appending would
 * leave a dead copy behind at every doubling until the next collection.
 */
#ifndef QI_HEAP_LIST_H
#define QI_HEAP_LIST_H

#include "heap.h"

#define QI_LIST_BYTES 1u
#define QI_LIST_REFS 2u
#define QI_LIST_MAX 0x7FFFFFFFu /* elements */

/* Empty list of a LIST or ARRAY type with room for cap elements. NULL: out of memory or too long. */
QiList *qi_list_create(QiHeap *h, const QiType *type, size_t cap);
/* Makes room for at least `cap` elements, at least doubling. false: out of memory or too long. */
bool qi_list_grow(QiHeap *h, QiList *l, size_t cap);
/* 添加. false: out of memory or too long. */
bool qi_list_append(QiHeap *h, QiList *l, QiValue v);
/* Opens `count` uninitialised places at position `at` (≤ len). false as above. */
bool qi_list_open(QiHeap *h, QiList *l, size_t at, size_t count);
/* Removes `count` elements at position `at`. */
void qi_list_close(QiHeap *h, QiList *l, size_t at, size_t count);
/* Removes all elements, and with one worker gives back the storage. */
void qi_list_clear(QiHeap *h, QiList *l);
/* Finaliser. */
void qi_list_finalize(QiHeap *h, QiObject *o);

/* The length that is safe to index the storage with that is loaded after it. */
QI_INLINE uint32_t qi_list_length(const QiList *l) { return __atomic_load_n(&l->len, __ATOMIC_ACQUIRE); }
QI_INLINE void qi_list_set_length(QiList *l, uint32_t n) { __atomic_store_n(&l->len, n, __ATOMIC_RELEASE); }
/* Counts a change of structure. */
QI_INLINE void qi_list_changed(QiList *l) { __atomic_store_n(&l->head.aux, l->head.aux + 1, __ATOMIC_RELAXED); }

QI_INLINE bool qi_list_is_bytes(const QiList *l) { return l->head.flags & QI_LIST_BYTES; }
QI_INLINE size_t qi_list_elem_size(const QiList *l) { return qi_list_is_bytes(l) ? 1 : sizeof(QiValue); }
QI_INLINE QiValue qi_list_elem(const QiList *l, size_t i) {
    return qi_list_is_bytes(l) ? l->items.bytes[i] : l->items.words[i];
}
QI_INLINE void qi_list_put(QiList *l, size_t i, QiValue v) {
    if (qi_list_is_bytes(l)) l->items.bytes[i] = (uint8_t)v;
    else l->items.words[i] = v;
}

/* Before elements are overwritten or removed: the collector may still want them. */
QI_COLD void qi_list_shade(QiHeap *h, const QiList *l, size_t at, size_t count);
QI_INLINE void qi_list_forget(QiHeap *h, const QiList *l, size_t at, size_t count) {
    if (QI_UNLIKELY(h->marking)) qi_list_shade(h, l, at, count);
}

#endif
