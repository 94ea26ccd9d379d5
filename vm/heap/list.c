/*
 * list.c — growing, opening and closing of list storage.
 *
 * Invariants: len <= cap <= QI_LIST_MAX; storage is NULL iff cap is 0; what
 * lies behind len is not read by anyone, the collector included.
 */
#include "list.h"

#include "value.h"

QiList *qi_list_create(QiHeap *h, const QiType *type, size_t cap) {
    if (cap > QI_LIST_MAX) return NULL;
    QiList *l = qi_alloc_owning(h, qi_round_size(sizeof *l));
    if (l == NULL) return NULL;
    qi_object_init(&l->head, QI_K_LIST, type->index, 0);
    l->head.flags = (uint8_t)((type->elem_size == 1 ? QI_LIST_BYTES : 0) | (type->a->is_ref ? QI_LIST_REFS : 0));
    l->len = 0;
    l->cap = 0;
    l->items.data = NULL;
    if (cap > 0) {
        l->items.data = qi_heap_resize(h, NULL, 0, cap * qi_list_elem_size(l));
        if (l->items.data == NULL) return NULL;
        l->cap = (uint32_t)cap;
    }
    return l;
}

/* The storage with room for `cap` elements. Others may read the old one: then it stays until the next collection. NULL: out of
 * memory. */
static void *storage_resized(QiHeap *h, QiList *l, size_t size, size_t cap) {
    if (QI_LIKELY(!h->shared || l->cap == 0)) return qi_heap_resize(h, l->items.data, l->cap * size, cap * size);
    if (!qi_heap_retire_reserve(h)) return NULL;
    void *data = qi_heap_resize(h, NULL, 0, cap * size);
    if (data == NULL) return NULL;
    memcpy(data, l->items.data, l->len * size);
    qi_heap_retire(h, l->items.data, l->cap * size);
    return data;
}

bool qi_list_grow(QiHeap *h, QiList *l, size_t cap) {
    if (cap <= l->cap) return true;
    if (cap > QI_LIST_MAX) return false;
    size_t size = qi_list_elem_size(l), wanted = (size_t)l->cap * 2, least = 64 / size;
    if (wanted < least) wanted = least;
    if (wanted < cap) wanted = cap;
    if (wanted > QI_LIST_MAX) wanted = QI_LIST_MAX;
    void *data = storage_resized(h, l, size, wanted);
    if (data == NULL && wanted > cap) {
        /* Near the limit doubling is too much; single steps would copy the list at every append. */
        wanted = cap + cap / 16;
        if (wanted > QI_LIST_MAX) wanted = QI_LIST_MAX;
        data = storage_resized(h, l, size, wanted);
    }
    if (data == NULL) return false;
    __atomic_store_n(&l->items.data, data, __ATOMIC_RELEASE);
    l->cap = (uint32_t)wanted;
    return true;
}

bool qi_list_append(QiHeap *h, QiList *l, QiValue v) {
    if (QI_UNLIKELY(l->len == l->cap) && !qi_list_grow(h, l, (size_t)l->len + 1)) return false;
    if (qi_list_is_bytes(l)) __atomic_store_n(&l->items.bytes[l->len], (uint8_t)v, __ATOMIC_RELEASE);
    else __atomic_store_n(&l->items.words[l->len], v, __ATOMIC_RELEASE);
    qi_list_set_length(l, l->len + 1);
    qi_list_changed(l);
    return true;
}

bool qi_list_open(QiHeap *h, QiList *l, size_t at, size_t count) {
    if (!qi_list_grow(h, l, l->len + count)) return false;
    size_t size = qi_list_elem_size(l);
    uint8_t *p = l->items.bytes + at * size;
    if (l->len > at) memmove(p + count * size, p, (l->len - at) * size);
    qi_list_set_length(l, l->len + (uint32_t)count);
    qi_list_changed(l);
    return true;
}

QI_COLD void qi_list_shade(QiHeap *h, const QiList *l, size_t at, size_t count) {
    if ((l->head.flags & QI_LIST_REFS) == 0) return;
    QiMarker *m = qi_heap_marker(h);
    for (size_t i = at; i < at + count; i++) qi_mark_value(m, l->items.words[i]);
    qi_heap_marker_release(h);
}

void qi_list_close(QiHeap *h, QiList *l, size_t at, size_t count) {
    qi_list_forget(h, l, at, count);
    size_t size = qi_list_elem_size(l);
    uint8_t *p = l->items.bytes + at * size;
    size_t behind = l->len - at - count;
    if (behind > 0) memmove(p, p + count * size, behind * size);
    qi_list_set_length(l, l->len - (uint32_t)count);
    qi_list_changed(l);
}

void qi_list_clear(QiHeap *h, QiList *l) {
    qi_list_forget(h, l, 0, l->len);
    qi_list_set_length(l, 0);
    qi_list_changed(l);
    if (h->shared) return;
    if (l->cap > 0) qi_heap_resize(h, l->items.data, l->cap * qi_list_elem_size(l), 0);
    l->items.data = NULL;
    l->cap = 0;
}

void qi_list_finalize(QiHeap *h, QiObject *o) {
    QiList *l = (QiList *)(void *)o;
    if (l->cap > 0) qi_heap_resize(h, l->items.data, l->cap * qi_list_elem_size(l), 0);
}
