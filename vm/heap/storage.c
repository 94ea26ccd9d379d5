/*
 * storage.c — memory that objects own outside the blocks: elements of lists, tables of dictionaries.
 *
 * It comes from malloc. Pieces of the sizes a growing list passes through are kept when they are given back, a few of each, so
 * that a program which makes many short lists goes to malloc once.
 *
 * Invariants
 * - A kept piece belongs to nobody, is not counted in external_bytes, and its first word is the link to the next one.
 * - A pool holds pieces of exactly its size, at most POOL_MAX.
 *
 * Rejected: small lists' elements in collected blocks (a list that grows leaves garbage behind at every step); pools without a
 * bound (one burst would be kept for ever).
 */
#include <stdlib.h>
#include <string.h>

#include "block.h"

#define POOL_MAX 128u

/* AddressSanitizer watches malloc's pieces only while they are malloc's. */
#define POOLS (!QI_POISONS)

/* The pool of a size; QI_STORAGE_POOLS: none. */
QI_INLINE unsigned pool_of(size_t size) {
    if (!POOLS || size < QI_STORAGE_POOL_MIN || size > QI_STORAGE_POOL_MIN << (QI_STORAGE_POOLS - 1) || (size & (size - 1)) != 0) return QI_STORAGE_POOLS;
    return (unsigned)__builtin_ctzll(size) - (unsigned)__builtin_ctzll(QI_STORAGE_POOL_MIN);
}

static void *take(QiHeapState *s, size_t size) {
    unsigned n = pool_of(size);
    if (n == QI_STORAGE_POOLS || s->storage[n].first == NULL) return malloc(size);
    void **piece = s->storage[n].first;
    s->storage[n].first = *piece;
    s->storage[n].count--;
    return piece;
}

static void give_back(QiHeapState *s, void *p, size_t size) {
    unsigned n = pool_of(size);
    if (n == QI_STORAGE_POOLS || s->storage[n].count == POOL_MAX) {
        free(p);
        return;
    }
    *(void **)p = s->storage[n].first;
    s->storage[n].first = p;
    s->storage[n].count++;
}

void *qi_heap_resize(QiHeap *h, void *p, size_t old_size, size_t new_size) {
    QiHeapState *s = h->state;
    if (new_size == 0) {
        if (p != NULL) give_back(s, p, old_size);
        s->external_bytes -= old_size;
        return NULL;
    }
    if (new_size > old_size) {
        if (new_size > SIZE_MAX / 2 || !qi_heap_within_limit(s, new_size - old_size)) return NULL;
        qi_heap_consider(s);
    }
    void *q;
    if (pool_of(old_size) == QI_STORAGE_POOLS && pool_of(new_size) == QI_STORAGE_POOLS) {
        q = realloc(p, new_size);
        if (q == NULL) return NULL;
    } else {
        q = take(s, new_size);
        if (q == NULL) return NULL;
        if (p != NULL) {
            memcpy(q, p, old_size < new_size ? old_size : new_size);
            give_back(s, p, old_size);
        }
    }
    s->external_bytes += new_size - old_size;
    return q;
}

bool qi_heap_charge(QiHeap *h, ptrdiff_t bytes) {
    QiHeapState *s = h->state;
    if (bytes > 0) {
        if (!qi_heap_within_limit(s, (size_t)bytes)) return false;
        qi_heap_consider(s);
    }
    s->external_bytes += (size_t)bytes;
    return true;
}

void qi_storage_free(QiHeapState *s) {
    for (unsigned n = 0; n < QI_STORAGE_POOLS; n++) {
        for (void **p = s->storage[n].first, **next; p != NULL; p = next) {
            next = *p;
            free(p);
        }
    }
}
