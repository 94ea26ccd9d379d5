/*
 * references.h — what an object refers to, one reference at a time: for reports that look at the heap without marking it.
 */
#ifndef QI_HEAP_REFERENCES_H
#define QI_HEAP_REFERENCES_H

#include "heap.h"

typedef void (*QiVisit)(void *user, QiObject *o);

/* Calls visit for every reference (not NULL) in an object of this room: structs, boxes, closures, cells, enums, lists, dictionaries, pointers
 * and errors. Objects of other rooms give none. The world stands still, or the object is not being changed. */
void qi_object_references(const QiHeap *h, const QiObject *o, QiVisit visit, void *user);

#endif
