/*
 * number.c — natives on numbers, and numbers read from text.
 *
 * 整数: an optional sign and decimal digits. 浮点数: an optional sign, then
 * digits with an optional point and exponent (`1` `.5` `2.` `1e9`), or 无穷 or 非数.
 * No spaces, no `_`, nothing behind.
 *
 * Invariants: the same text means the same number under every locale: strtod
 * sees whole mantissas only.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "qi/native.h"

QiStatus qi_native_sqrt(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = qi_from_float(sqrt(qi_as_float(args[0])));
    return QI_OK;
}

QiStatus qi_native_abs_int(QiContext *cx, const QiValue *args, QiValue *result) {
    int64_t x = (int64_t)args[0];
    if (x == INT64_MIN) return qi_throw_simple(cx, 7002);
    *result = (QiValue)(x < 0 ? -x : x);
    return QI_OK;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* 36 for what is no digit in any base. */
static uint64_t digit_of(char c) {
    if (is_digit(c)) return (uint64_t)(c - '0');
    char letter = (char)(c | 0x20);
    return letter >= 'a' && letter <= 'z' ? (uint64_t)(letter - 'a') + 10 : 36;
}

QI_INLINE bool parse_in_base(const QiString *s, uint64_t base, QiValue *out) {
    const char *p = s->bytes, *end = p + s->len;
    bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+')) p++;
    if (p == end) return false;
    uint64_t limit = negative ? (uint64_t)1 << 63 : ((uint64_t)1 << 63) - 1, n = 0;
    for (; p < end; p++) {
        uint64_t digit = digit_of(*p);
        if (digit >= base || n > (limit - digit) / base) return false;
        n = n * base + digit;
    }
    *out = negative ? 0 - n : n;
    return true;
}

static bool parse_int(const QiString *s, QiValue *out) { return parse_in_base(s, 10, out); }

static bool text_is(const char *p, const char *end, const char *word) {
    size_t n = strlen(word);
    return (size_t)(end - p) == n && memcmp(p, word, n) == 0;
}

/* Splits a decimal into its digits (written to `digits`, without the point) and a power of ten. false: none. */
static bool split_decimal(const char *p, const char *end, char *digits, size_t *ndigits, long *power) {
    size_t n = 0;
    long scale = 0;
    for (; p < end && is_digit(*p); p++) digits[n++] = *p;
    if (p < end && *p == '.') {
        for (p++; p < end && is_digit(*p); p++, scale--) digits[n++] = *p;
    }
    if (n == 0) return false;
    *ndigits = n;
    long exponent = 0;
    if (p < end && (*p == 'e' || *p == 'E')) {
        p++;
        bool negative = p < end && *p == '-';
        if (p < end && (*p == '-' || *p == '+')) p++;
        if (p == end) return false;
        for (; p < end && is_digit(*p); p++) {
            if (exponent < 1000000000) exponent = exponent * 10 + (*p - '0');
        }
        if (negative) exponent = -exponent;
    }
    *power = exponent + scale;
    return p == end;
}

/* Exact without strtod: fewer than 16 digits times a power of ten that is a double. */
static bool small_decimal(const char *digits, size_t n, long power, double *out) {
    static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (n > 15 || power < -22 || power > 22) return false;
    uint64_t whole = 0;
    for (size_t i = 0; i < n; i++) whole = whole * 10 + (uint64_t)(digits[i] - '0');
    *out = power < 0 ? (double)whole / tens[-power] : (double)whole * tens[power];
    return true;
}

/* The value of a decimal without a sign. 1: read, 0: it is none, -1: out of memory. */
static int unsigned_decimal(const char *p, const char *end, double *out) {
    char small[128], *text = (size_t)(end - p) + 32 <= sizeof small ? small : malloc((size_t)(end - p) + 32);
    if (text == NULL) return -1;
    size_t n;
    long power;
    bool ok = split_decimal(p, end, text, &n, &power);
    if (ok && !small_decimal(text, n, power, out)) {
        snprintf(text + n, 32, "e%ld", power);
        *out = strtod(text, NULL);
    }
    if (text != small) free(text);
    return ok;
}

bool qi_decimal_value(const char *bytes, size_t len, double *out) {
    bool negative = len > 0 && *bytes == '-';
    if (unsigned_decimal(bytes + negative, bytes + len, out) != 1) return false;
    if (negative) *out = -*out;
    return true;
}

typedef enum Parsed { PARSED, NOT_A_NUMBER, NO_MEMORY } Parsed;

static Parsed parse_float(const QiString *s, QiValue *out) {
    const char *p = s->bytes, *end = p + s->len;
    bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+')) p++;
    double d;
    if (text_is(p, end, "无穷")) {
        d = INFINITY;
    } else if (text_is(p, end, "非数")) {
        d = NAN;
    } else {
        int read = unsigned_decimal(p, end, &d);
        if (read <= 0) return read < 0 ? NO_MEMORY : NOT_A_NUMBER;
    }
    *out = qi_from_float(negative ? -d : d);
    return PARSED;
}

/* Long texts are cut. */
QiStatus qi_throw_not_a(QiContext *cx, const QiString *s, const char *what) {
    enum { SHOWN = 40 };
    size_t len = s->chars > SHOWN ? qi_string_offset(s, SHOWN) : s->len;
    QiText text = {0};
    qi_text_add(&text, "“", strlen("“"));
    qi_text_add(&text, s->bytes, len);
    if (len < s->len) qi_text_add(&text, "…", strlen("…"));
    qi_text_add(&text, "”不是", strlen("”不是"));
    qi_text_add(&text, what, strlen(what));
    QiString *reason = qi_text_finish(qi_native_heap(cx), &text);
    if (reason == NULL) return qi_throw_memory(cx);
    return qi_throw_code(cx, 7010, &(QiErrorArg){.name = "说明", .text = reason->bytes, .len = reason->len}, 1);
}

QiStatus qi_native_parse_int(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    return parse_int(s, result) ? QI_OK : qi_throw_not_a(cx, s, "整数");
}

QiStatus qi_native_parse_float(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    switch (parse_float(s, result)) {
    case PARSED: return QI_OK;
    case NO_MEMORY: return qi_throw_memory(cx);
    default: return qi_throw_not_a(cx, s, "浮点数");
    }
}

static QiStatus give_option(QiContext *cx, bool some, QiValue v, QiValue *result) {
    if (!some) {
        *result = QI_OPTION_NONE;
        return QI_OK;
    }
    return qi_option_some(cx, qi_native_result_type(cx), v, result) ? QI_OK : qi_throw_memory(cx);
}

QiStatus qi_native_string_to_int(QiContext *cx, const QiValue *args, QiValue *result) {
    int64_t base = (int64_t)args[1];
    if (base < 2 || base > 36) return qi_throw_text(cx, 7025, "说明", "进制是 2 到 36");
    QiValue v = 0;
    bool ok = base == 10 ? parse_int(qi_as_ref(args[0]), &v) : parse_in_base(qi_as_ref(args[0]), (uint64_t)base, &v);
    return give_option(cx, ok, v, result);
}

QiStatus qi_native_string_to_float(QiContext *cx, const QiValue *args, QiValue *result) {
    QiValue v = 0;
    Parsed parsed = parse_float(qi_as_ref(args[0]), &v);
    return parsed == NO_MEMORY ? qi_throw_memory(cx) : give_option(cx, parsed == PARSED, v, result);
}

/* Rounds to the nearest; E7002 when a finite number would become infinite. */
static QiStatus give_single(QiContext *cx, double exact, float f, QiValue *result) {
    if (isinf(f) && !isinf(exact)) return qi_throw_simple(cx, 7002);
    *result = qi_from_float((double)f);
    return QI_OK;
}

QiStatus qi_native_float_to_float32(QiContext *cx, const QiValue *args, QiValue *result) {
    double d = qi_as_float(args[0]);
    return give_single(cx, d, (float)d, result);
}

/* Not through 浮点数, which would round twice. */
QiStatus qi_native_int_to_float32(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = qi_from_float((double)(float)(int64_t)args[0]);
    return QI_OK;
}
