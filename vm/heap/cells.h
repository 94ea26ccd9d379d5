/*
 * cells.h — the heap's memory cell by cell, for reports that look for what no reference leads to any more. See cells.c.
 */
#ifndef QI_HEAP_CELLS_H
#define QI_HEAP_CELLS_H

#include "heap.h"

/* Calls visit for the cells of `least` to `most` bytes that hold objects without finalisers, or did, or never held any: at most `budget` of
 * them. Nobody says which; what is found must be taken for a header only after it was proved to be one. false: there were more. */
bool qi_heap_each_cell(const QiHeap *h, size_t least, size_t most, uint64_t budget, void (*visit)(void *user, QiObject *cell, size_t size), void *user);
/* Does a cell begin here? What is in it may be read, and is what the last object left there, or nothing. */
bool qi_heap_is_cell(const QiHeap *h, const void *p);

#endif
