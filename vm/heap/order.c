/*
 * order.c — see order.h.
 *
 * Invariant: the recursion is that of the type, which is checked to be shallow before any value is compared.
 */
#include "order.h"

#include "string.h"
#include "value.h"

#define ORDER_DEPTH 32u

static bool ordered(const QiType *t, unsigned depth) {
    switch ((QiTypeKind)t->kind) {
    case QI_T_INT: case QI_T_INT32: case QI_T_BYTE: case QI_T_INT128: case QI_T_FLOAT: case QI_T_FLOAT32: case QI_T_CHAR: case QI_T_STRING:
        return true;
    case QI_T_TUPLE:
        for (uint32_t i = 0; i < t->nfields; i++) {
            if (depth == 0 || !ordered(t->fields[i], depth - 1)) return false;
        }
        return true;
    default: return false;
    }
}

bool qi_type_ordered(const QiType *t) { return ordered(t, ORDER_DEPTH); }

static int order_floats(double x, double y, QiNan nan) {
    if (x < y) return -1;
    if (x > y) return 1;
    if (x == y) return 0;
    if (nan == QI_NAN_UNORDERED) return QI_UNORDERED;
    int order = (x != x) - (y != y);
    return nan == QI_NAN_LAST ? order : -order;
}

int qi_order_values(const QiType *t, QiValue a, QiValue b, QiNan nan) {
    switch ((QiTypeKind)t->kind) {
    case QI_T_FLOAT: case QI_T_FLOAT32: return order_floats(qi_as_float(a), qi_as_float(b), nan);
    case QI_T_STRING: return qi_string_compare(qi_as_ref(a), qi_as_ref(b));
    case QI_T_INT128: {
        const QiInt128 *x = qi_as_ref(a), *y = qi_as_ref(b);
        if (x->high != y->high) return x->high < y->high ? -1 : 1;
        return (x->low > y->low) - (x->low < y->low);
    }
    case QI_T_TUPLE: {
        const QiStruct *x = qi_as_ref(a), *y = qi_as_ref(b);
        int order = 0;
        for (uint32_t i = 0; i < t->nfields && order == 0; i++) order = qi_order_values(t->fields[i], x->fields[i], y->fields[i], nan);
        return order;
    }
    default: return ((int64_t)a > (int64_t)b) - ((int64_t)a < (int64_t)b);
    }
}
