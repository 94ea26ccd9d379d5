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
void qi_list_close(QiList *l, size_t at, size_t count);
/* Finaliser. */
void qi_list_finalize(QiHeap *h, QiObject *o);

QI_INLINE bool qi_list_is_bytes(const QiList *l) { return l->head.flags & QI_LIST_BYTES; }
QI_INLINE size_t qi_list_elem_size(const QiList *l) { return qi_list_is_bytes(l) ? 1 : sizeof(QiValue); }
QI_INLINE QiValue qi_list_elem(const QiList *l, size_t i) {
    return qi_list_is_bytes(l) ? l->items.bytes[i] : l->items.words[i];
}
QI_INLINE void qi_list_put(QiList *l, size_t i, QiValue v) {
    if (qi_list_is_bytes(l)) l->items.bytes[i] = (uint8_t)v;
    else l->items.words[i] = v;
}

#endif
