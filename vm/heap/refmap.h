/*
 * refmap.h — a small hash map from one or two words to a word, for walks over
 * object graphs. Private to vm/heap.
 *
 * Invariants: lives outside the collected heap; the empty key (0, 0) is never
 * used. Start from {0}.
 */
#ifndef QI_HEAP_REFMAP_H
#define QI_HEAP_REFMAP_H

#include "../base/base.h"

typedef struct QiRefEntry { uint64_t a, b, value; } QiRefEntry;

typedef struct QiRefMap {
    QiRefEntry *entries;
    size_t count, mask; /* mask + 1 slots when entries is set */
} QiRefMap;

typedef enum QiRefPut { QI_REF_NEW, QI_REF_THERE, QI_REF_NO_MEMORY } QiRefPut;

/* Adds (a, b) → value unless the key is there. */
QiRefPut qi_refmap_put(QiRefMap *m, uint64_t a, uint64_t b, uint64_t value);
/* NULL: not there. Valid until the next put. */
uint64_t *qi_refmap_find(const QiRefMap *m, uint64_t a, uint64_t b);
void qi_refmap_remove(QiRefMap *m, uint64_t a, uint64_t b);
void qi_refmap_free(QiRefMap *m);

#endif
