/*
 * order.h — the order of values: numbers, 字符, 字符串 by code point, tuples by their first elements that differ.
 *
 * Comparisons written in a program follow IEEE (非数 is neither less nor greater than anything); sorting needs a total
 * order, in which 非数 is last.
 */
#ifndef QI_HEAP_ORDER_H
#define QI_HEAP_ORDER_H

#include "heap.h"

/* Where 非数 stands. */
typedef enum QiNan { QI_NAN_UNORDERED, QI_NAN_LAST, QI_NAN_FIRST } QiNan;
#define QI_UNORDERED 2

/* True for types whose values qi_order_values compares. */
bool qi_type_ordered(const QiType *t);
/* -1, 0 or 1; QI_UNORDERED only with QI_NAN_UNORDERED. t is ordered. */
int qi_order_values(const QiType *t, QiValue a, QiValue b, QiNan nan);

#endif
