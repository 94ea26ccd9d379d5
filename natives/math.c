/*
 * math.c — 标准库.数学: functions of the C library on 浮点数, and rounding to 整数.
 *
 * Invariants: results are those of the platform's libm, so the last bit may differ between platforms; what has no value
 * is 非数 or 无穷, as in IEEE arithmetic, never an error. Rounding to 整数 raises E7002 where no 整数 is near enough.
 * Rejected: tables or approximations of our own (libm is correct to within one unit in the last place, and tested).
 */
#include <math.h>

#include "qi/native.h"

#define UNARY(symbol, function)                                                                       \
    QiStatus qi_native_math_##symbol(QiContext *cx, const QiValue *args, QiValue *result) {           \
        (void)cx;                                                                                     \
        *result = qi_from_float(function(qi_as_float(args[0])));                                      \
        return QI_OK;                                                                                 \
    }

#define BINARY(symbol, function)                                                                      \
    QiStatus qi_native_math_##symbol(QiContext *cx, const QiValue *args, QiValue *result) {           \
        (void)cx;                                                                                     \
        *result = qi_from_float(function(qi_as_float(args[0]), qi_as_float(args[1])));                \
        return QI_OK;                                                                                 \
    }

UNARY(sin, sin)
UNARY(cos, cos)
UNARY(tan, tan)
UNARY(asin, asin)
UNARY(acos, acos)
UNARY(atan, atan)
UNARY(sinh, sinh)
UNARY(cosh, cosh)
UNARY(tanh, tanh)
UNARY(exp, exp)
UNARY(log, log)
UNARY(expm1, expm1)
UNARY(log1p, log1p)
UNARY(asinh, asinh)
UNARY(acosh, acosh)
UNARY(atanh, atanh)
UNARY(erf, erf)
UNARY(gamma, tgamma)
UNARY(log2, log2)
UNARY(log10, log10)
UNARY(cbrt, cbrt)
UNARY(abs, fabs)
BINARY(atan2, atan2)
BINARY(pow, pow)
BINARY(hypot, hypot)
BINARY(fmod, fmod)
BINARY(copysign, copysign)
BINARY(next, nextafter)

/* The 整数 a rounded number is; E7002 when there is none. */
static QiStatus to_int(QiContext *cx, double rounded, QiValue *result) {
    /* 2^63 is a double, 2^63 - 1 is not; 非数 fails both tests. */
    if (!(rounded >= -0x1p63 && rounded < 0x1p63)) return qi_throw_simple(cx, 7002);
    *result = (QiValue)(int64_t)rounded;
    return QI_OK;
}

#define ROUNDING(symbol, function)                                                                    \
    QiStatus qi_native_math_##symbol(QiContext *cx, const QiValue *args, QiValue *result) {           \
        return to_int(cx, function(qi_as_float(args[0])), result);                                    \
    }

ROUNDING(ceil, ceil)
ROUNDING(floor, floor)
ROUNDING(round, round)
ROUNDING(trunc, trunc)

QiStatus qi_native_math_is_nan(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = isnan(qi_as_float(args[0])) ? 1 : 0;
    return QI_OK;
}

QiStatus qi_native_math_is_infinite(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = isinf(qi_as_float(args[0])) ? 1 : 0;
    return QI_OK;
}
