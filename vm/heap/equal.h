/*
 * equal.h — `==` on contents and 克隆.
 *
 * Both follow the layouts in object headers, use an explicit stack and cope
 * with sharing and cycles.
 */
#ifndef QI_HEAP_EQUAL_H
#define QI_HEAP_EQUAL_H

#include "heap.h"

/* Content equality of two references, either may be 无 (NULL). A pair that is being compared already counts as
 * equal; floats compare as IEEE says; functions, tasks, channels, locks and errors compare by identity.
 * 1 equal, 0 different, -1 out of memory (only for structures some thousands deep). */
int qi_equal_refs(QiHeap *h, const QiObject *a, const QiObject *b);
/* The same for values of type t, raw or references. */
int qi_equal_values(QiHeap *h, const QiType *t, QiValue a, QiValue b);

/* A deep copy that keeps sharing and cycles. Strings, boxes of raw values, functions, tasks, channels, locks and
 * errors are not copied. false: out of memory. */
bool qi_clone_value(QiHeap *h, const QiType *t, QiValue v, QiValue *out);

#endif
