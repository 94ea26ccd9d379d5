/*
 * int128.c — 长整数: arithmetic on boxed 128-bit integers, and their conversions.
 *
 * Overflow throws E7002, a zero divisor E7001, as for 整数; 回绕 variants keep
 * the low 128 bits. A shift count outside 0 … 127 throws E7002.
 *
 * Invariant: a number is written once, when it is made.
 */
#include <math.h>

#include "qi/native.h"

__extension__ typedef __int128 Int;
__extension__ typedef unsigned __int128 Word;

#define INT_MIN ((Int)((Word)1 << 127))

static Int get(QiValue v) {
    const QiInt128 *n = qi_as_ref(v);
    return (Int)((Word)(uint64_t)n->high << 64 | n->low);
}

static QiStatus give(QiContext *cx, Int n, QiValue *result) {
    QiInt128 *o = qi_int128_new(qi_native_heap(cx), qi_native_result_type(cx)->index, (uint64_t)(Word)n, (int64_t)((Word)n >> 64));
    if (o == NULL) return qi_throw_memory(cx);
    *result = qi_from_ref(o);
    return QI_OK;
}

QiStatus qi_native_int128_from_int(QiContext *cx, const QiValue *args, QiValue *result) { return give(cx, (int64_t)args[0], result); }

QiStatus qi_native_int128_make(QiContext *cx, const QiValue *args, QiValue *result) {
    return give(cx, (Int)((Word)args[0] << 64 | args[1]), result);
}

QiStatus qi_native_int128_to_int(QiContext *cx, const QiValue *args, QiValue *result) {
    Int n = get(args[0]);
    if (n != (int64_t)n) return qi_throw_simple(cx, 7002);
    *result = (QiValue)(int64_t)n;
    return QI_OK;
}

QiStatus qi_native_int128_to_float(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = qi_from_float((double)get(args[0]));
    return QI_OK;
}

QiStatus qi_native_int128_from_float(QiContext *cx, const QiValue *args, QiValue *result) {
    double d = qi_as_float(args[0]);
    if (!(d >= -0x1p127 && d < 0x1p127)) return qi_throw_simple(cx, 7002);
    return give(cx, (Int)d, result);
}

#define CHECKED(name, builtin)                                                                       \
    QiStatus qi_native_int128_##name(QiContext *cx, const QiValue *args, QiValue *result) {          \
        Int n;                                                                                       \
        if (builtin(get(args[0]), get(args[1]), &n)) return qi_throw_simple(cx, 7002);               \
        return give(cx, n, result);                                                                  \
    }
CHECKED(add, __builtin_add_overflow)
CHECKED(sub, __builtin_sub_overflow)
CHECKED(mul, __builtin_mul_overflow)

#define WORDS(name, op)                                                                              \
    QiStatus qi_native_int128_##name(QiContext *cx, const QiValue *args, QiValue *result) {          \
        return give(cx, (Int)((Word)get(args[0]) op (Word)get(args[1])), result);                    \
    }
WORDS(wrap_add, +)
WORDS(wrap_sub, -)
WORDS(wrap_mul, *)
WORDS(and, &)
WORDS(or, |)
WORDS(xor, ^)

QiStatus qi_native_int128_div(QiContext *cx, const QiValue *args, QiValue *result) {
    Int x = get(args[0]), y = get(args[1]);
    if (y == 0) return qi_throw_simple(cx, 7001);
    if (y == -1 && x == INT_MIN) return qi_throw_simple(cx, 7002);
    return give(cx, x / y, result);
}

QiStatus qi_native_int128_rem(QiContext *cx, const QiValue *args, QiValue *result) {
    Int x = get(args[0]), y = get(args[1]);
    if (y == 0) return qi_throw_simple(cx, 7001);
    return give(cx, y == -1 ? 0 : x % y, result);
}

QiStatus qi_native_int128_neg(QiContext *cx, const QiValue *args, QiValue *result) {
    Int x = get(args[0]);
    return x == INT_MIN ? qi_throw_simple(cx, 7002) : give(cx, -x, result);
}

QiStatus qi_native_int128_not(QiContext *cx, const QiValue *args, QiValue *result) { return give(cx, ~get(args[0]), result); }

QiStatus qi_native_int128_shl(QiContext *cx, const QiValue *args, QiValue *result) {
    if (args[1] > 127) return qi_throw_simple(cx, 7002);
    return give(cx, (Int)((Word)get(args[0]) << args[1]), result);
}

QiStatus qi_native_int128_shr(QiContext *cx, const QiValue *args, QiValue *result) {
    if (args[1] > 127) return qi_throw_simple(cx, 7002);
    return give(cx, get(args[0]) >> args[1], result);
}

/* -1, 0 or 1 */
QiStatus qi_native_int128_compare(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    Int x = get(args[0]), y = get(args[1]);
    *result = (QiValue)(int64_t)((x > y) - (x < y));
    return QI_OK;
}

/* An optional sign and decimal digits. */
QiStatus qi_native_parse_int128(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    const char *p = s->bytes, *end = p + s->len;
    bool negative = p < end && *p == '-', ok = true;
    if (p < end && (*p == '-' || *p == '+')) p++;
    Word limit = (Word)INT_MIN - !negative, n = 0;
    ok = p < end;
    for (; ok && p < end; p++) {
        Word digit = (Word)(*p - '0');
        ok = *p >= '0' && *p <= '9' && n <= (limit - digit) / 10;
        n = n * 10 + digit;
    }
    if (ok) return give(cx, (Int)(negative ? 0 - n : n), result);
    return qi_throw_not_a(cx, s, "长整数");
}
