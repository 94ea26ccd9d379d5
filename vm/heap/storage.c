/*
 * storage.c — memory that objects own outside the blocks: elements of lists, tables of dictionaries.
 *
 * It comes from malloc. Pieces of the sizes a growing list passes through are kept when they are given back, a few of each, so
 * that a program which makes many short lists goes to malloc once.
 *
 * Invariants
 * - A kept piece belongs to nobody, is not counted in external_bytes, and its first word is the link to the next one.
 * - A pool holds pieces of exactly its size, at most POOL_MAX; each front of the heap has its own.
 * - With several workers the storage of a list is retired when it is replaced: kept, and counted, until the next collection.
 *
 * Rejected: small lists' elements in collected blocks (a list that grows leaves garbage behind at every step); pools without a
 * bound (one burst would be kept for ever).
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "block.h"

#define POOL_MAX 128u
#define POOL_BYTES_MIN ((size_t)64)

/* AddressSanitizer watches malloc's pieces only while they are malloc's. */
#define POOLS (!QI_POISONS)

/* The pool of a size; QI_STORAGE_POOLS: none. */
QI_INLINE unsigned pool_of(size_t size) {
    if (!POOLS || size < POOL_BYTES_MIN || size > POOL_BYTES_MIN << (QI_STORAGE_POOLS - 1) || (size & (size - 1)) != 0) return QI_STORAGE_POOLS;
    return (unsigned)__builtin_ctzll(size) - (unsigned)__builtin_ctzll(POOL_BYTES_MIN);
}

static void *take(QiHeap *h, size_t size) {
    unsigned n = pool_of(size);
    if (n == QI_STORAGE_POOLS || h->storage[n].first == NULL) return malloc(size);
    void **piece = h->storage[n].first;
    h->storage[n].first = *piece;
    h->storage[n].count--;
    return piece;
}

static void give_back(QiHeap *h, void *p, size_t size) {
    unsigned n = pool_of(size);
    if (n == QI_STORAGE_POOLS || h->storage[n].count == POOL_MAX) {
        free(p);
        return;
    }
    *(void **)p = h->storage[n].first;
    h->storage[n].first = p;
    h->storage[n].count++;
}

/* More bytes. false: past the limit. */
static bool account(QiHeap *h, size_t bytes) {
    qi_heap_lock(h);
    bool ok = qi_heap_within_limit(h, bytes);
    if (ok) {
        qi_heap_consider(h->state);
        h->state->external_bytes += bytes;
    }
    qi_heap_unlock(h);
    return ok;
}

static void discount(QiHeap *h, size_t bytes) {
    qi_heap_lock(h);
    h->state->external_bytes -= bytes;
    qi_heap_unlock(h);
}

/* The piece in another size, its contents kept. NULL: out of memory, and p is as it was. */
static void *move(QiHeap *h, void *p, size_t old_size, size_t new_size) {
    if (pool_of(old_size) == QI_STORAGE_POOLS && pool_of(new_size) == QI_STORAGE_POOLS) return realloc(p, new_size);
    void *q = take(h, new_size);
    if (q == NULL || p == NULL) return q;
    memcpy(q, p, old_size < new_size ? old_size : new_size);
    give_back(h, p, old_size);
    return q;
}

void *qi_heap_resize(QiHeap *h, void *p, size_t old_size, size_t new_size) {
    if (new_size == 0) {
        if (p != NULL) give_back(h, p, old_size);
        discount(h, old_size);
        return NULL;
    }
    const size_t more = new_size > old_size ? new_size - old_size : 0;
    if (more != 0 && (new_size > SIZE_MAX / 2 || !account(h, more))) return NULL;
    void *q = move(h, p, old_size, new_size);
    if (QI_UNLIKELY(q == NULL)) discount(h, more);
    else if (new_size < old_size) discount(h, old_size - new_size);
    return q;
}

bool qi_heap_charge(QiHeap *h, ptrdiff_t bytes) {
    if (bytes > 0) return account(h, (size_t)bytes);
    discount(h, (size_t)-bytes);
    return true;
}

/* --- what others may still read ------------------------------------------------- */

bool qi_heap_retire_reserve(QiHeap *h) {
    if (h->nretired < h->cap_retired) return true;
    uint32_t cap = h->cap_retired == 0 ? 64 : h->cap_retired * 2;
    QiRetired *grown = realloc(h->retired, cap * sizeof *grown);
    if (grown == NULL) return false;
    h->retired = grown;
    h->cap_retired = cap;
    return true;
}

void qi_heap_retire(QiHeap *h, void *p, size_t size) {
    assert(h->nretired < h->cap_retired);
    h->retired[h->nretired++] = (QiRetired){.storage = p, .size = size};
}

void qi_storage_release_retired(QiHeapState *s) {
    for (QiHeap *h = s->heap; h != NULL; h = h->next_front) {
        for (uint32_t i = 0; i < h->nretired; i++) {
            give_back(h, h->retired[i].storage, h->retired[i].size);
            s->external_bytes -= h->retired[i].size;
        }
        h->nretired = 0;
    }
}

void qi_storage_free(QiHeap *h) {
    for (unsigned n = 0; n < QI_STORAGE_POOLS; n++) {
        for (void **p = h->storage[n].first, **next; p != NULL; p = next) {
            next = *p;
            free(p);
        }
    }
    free(h->retired);
}
