/*
 * format_spec.c — {值:规格} of interpolated strings and 打印行 formats.
 *
 *   规格   = [[填充] 对齐] [+] [0] [宽度] [,] [.精度] [种类]
 *   对齐   = < | > | ^        填充 is any one character, a space unless given
 *   种类   = x | X | b | o    整数 and 字符 (its code)
 *          | e | %            numbers
 *
 * Widths count scalar values. Numbers stand right, everything else left,
 * unless 对齐 says otherwise. Anything else is refused: no silent guess.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "format.h"

#define WIDTH_MAX 100000
#define PRECISION_MAX 100

typedef struct Spec {
    uint32_t fill;    /* 0: not given */
    char align;       /* < > ^ or 0 */
    bool plus, zero, thousands;
    int width, precision; /* precision -1: not given */
    char kind;        /* x X b o e % or 0 */
} Spec;

static bool is_align(uint32_t c) { return c == '<' || c == '>' || c == '^'; }

/* Digits at *p up to max. false: none or too large. */
static bool parse_number(const char **p, const char *end, int max, int *out) {
    int n = 0;
    const char *start = *p;
    for (; *p < end && **p >= '0' && **p <= '9'; ++*p) {
        n = n * 10 + (**p - '0');
        if (n > max) return false;
    }
    *out = n;
    return *p > start;
}

static bool parse_spec(const QiString *s, Spec *out) {
    const char *p = s->bytes, *end = p + s->len;
    *out = (Spec){.precision = -1};
    if (p < end) {
        unsigned size;
        uint32_t c = qi_utf8_decode(p, &size);
        if (p + size < end && is_align((uint8_t)p[size])) {
            out->fill = c;
            out->align = p[size];
            p += size + 1;
        } else if (is_align(c)) {
            out->align = *p++;
        }
    }
    if (p < end && *p == '+') {
        out->plus = true;
        p++;
    }
    if (p < end && *p == '0') {
        out->zero = true;
        p++;
    }
    if (p < end && *p >= '0' && *p <= '9' && !parse_number(&p, end, WIDTH_MAX, &out->width)) return false;
    if (p < end && *p == ',') {
        out->thousands = true;
        p++;
    }
    if (p < end && *p == '.') {
        p++;
        if (!parse_number(&p, end, PRECISION_MAX, &out->precision)) return false;
    }
    if (p < end && strchr("xXboe%", *p) != NULL) out->kind = *p++;
    return p == end;
}

/* Of any integer type. */
__extension__ typedef unsigned __int128 Magnitude;

/* --- digits of numbers, without sign ------------------------------------------------------ */

static void add_radix(QiText *out, Magnitude n, char kind) {
    char buffer[128];
    size_t at = sizeof buffer;
    unsigned shift = kind == 'b' ? 1 : kind == 'o' ? 3 : 4;
    const char *digits = kind == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    do {
        buffer[--at] = digits[(unsigned)n & ((1u << shift) - 1)];
        n >>= shift;
    } while (n != 0);
    qi_text_add(out, buffer + at, sizeof buffer - at);
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* printf's text of a number with `precision` decimals, with a plain point in place of the locale's. */
static void add_printf(QiText *out, const char *format, int precision, double d) {
    char buffer[512]; /* 309 digits, a point, 100 decimals */
    int n = snprintf(buffer, sizeof buffer, format, precision, d);
    int at = 0;
    while (at < n && is_digit(buffer[at])) at++;
    qi_text_add(out, buffer, (size_t)at);
    if (precision > 0) {
        while (at < n && !is_digit(buffer[at])) at++;
        qi_text_add(out, ".", 1);
    }
    int end = at;
    while (end < n && is_digit(buffer[end])) end++;
    qi_text_add(out, buffer + at, (size_t)(end - at));
    if (end < n && buffer[end] == 'e') {
        /* As floats print elsewhere: no plus, no leading zeros. */
        char exponent[QI_INT_TEXT_MAX];
        qi_text_add(out, "e", 1);
        qi_text_add(out, exponent, qi_int_text(atoi(buffer + end + 1), exponent));
    }
}

static void add_float(QiText *out, double d, bool single, const Spec *s) {
    if (s->kind == 'e') {
        add_printf(out, "%.*e", s->precision >= 0 ? s->precision : 6, d);
    } else if (s->precision >= 0 || s->kind == '%') {
        add_printf(out, "%.*f", s->precision >= 0 ? s->precision : 0, s->kind == '%' ? d * 100 : d);
    } else {
        char text[QI_FLOAT_TEXT_MAX];
        qi_text_add(out, text, single ? qi_float32_text(d, text) : qi_float_text(d, text));
    }
    if (s->kind == '%') qi_text_add(out, "%", 1);
}

/* Commas between groups of three among the leading digits. */
static void add_thousands(QiText *out, const QiText *digits) {
    size_t whole = 0;
    while (whole < digits->len && is_digit(digits->bytes[whole])) whole++;
    for (size_t i = 0; i < whole; i++) {
        if (i > 0 && (whole - i) % 3 == 0) qi_text_add(out, ",", 1);
        qi_text_add(out, digits->bytes + i, 1);
    }
    qi_text_add(out, digits->bytes + whole, digits->len - whole);
}

/* Splits a number into sign and text. false: the spec does not fit. */
static bool number_text(const QiType *t, QiValue v, const Spec *s, QiText *out, bool *negative) {
    bool is_float = qi_type_is_float(t);
    bool radix = s->kind != 0 && strchr("xXbo", s->kind) != NULL;
    if (radix && (is_float || s->precision >= 0 || s->thousands)) return false;
    double d = is_float ? qi_as_float(v) : 0;
    Magnitude magnitude = 0;
    if (is_float) {
        *negative = signbit(d) && !isnan(d);
    } else {
        int64_t high = t->kind == QI_T_INT128 ? ((const QiInt128 *)qi_as_ref(v))->high : (int64_t)v >> 63;
        uint64_t low = t->kind == QI_T_INT128 ? ((const QiInt128 *)qi_as_ref(v))->low : v;
        magnitude = (Magnitude)(uint64_t)high << 64 | low;
        *negative = high < 0;
        if (*negative) magnitude = 0 - magnitude;
    }
    QiText digits = {0};
    if (radix) {
        add_radix(&digits, magnitude, s->kind);
    } else if (is_float && (isnan(d) || isinf(d))) {
        char text[QI_FLOAT_TEXT_MAX];
        qi_text_add(&digits, text, qi_float_text(fabs(d), text));
    } else if (is_float) {
        add_float(&digits, fabs(d), t->kind == QI_T_FLOAT32, s);
    } else if (s->kind != 0) {
        add_float(&digits, (double)magnitude, false, s);
    } else {
        char text[QI_INT128_TEXT_MAX];
        /* The magnitude of the smallest number has the bits of that number: its text without the sign is right. */
        size_t n = qi_int128_text((uint64_t)magnitude, (int64_t)(uint64_t)(magnitude >> 64), text), skip = text[0] == '-';
        qi_text_add(&digits, text + skip, n - skip);
        if (s->precision > 0) {
            qi_text_add(&digits, ".", 1);
            for (int i = 0; i < s->precision; i++) qi_text_add(&digits, "0", 1);
        }
    }
    if (s->thousands) add_thousands(out, &digits);
    else qi_text_add(out, digits.bytes, digits.len);
    out->failed |= digits.failed;
    qi_text_free(&digits);
    return true;
}

static void add_times(QiText *out, uint32_t c, size_t n) {
    while (n-- > 0) qi_text_add_char(out, c);
}

/* sign and body, padded to the width. */
static void add_padded(QiText *out, const char *sign, const QiText *body, const Spec *s, bool number) {
    size_t len = strlen(sign) + qi_utf8_count(body->bytes, body->len);
    size_t pad = (size_t)s->width > len ? (size_t)s->width - len : 0;
    uint32_t fill = s->fill != 0 ? s->fill : ' ';
    bool zeros = s->zero && s->align == 0;
    char align = s->align != 0 ? s->align : number ? '>' : '<';
    size_t before = zeros ? 0 : align == '>' ? pad : align == '^' ? pad / 2 : 0;
    add_times(out, fill, before);
    qi_text_add(out, sign, strlen(sign));
    if (zeros) add_times(out, '0', pad);
    qi_text_add(out, body->bytes, body->len);
    if (!zeros) add_times(out, fill, pad - before);
}

QiFormatResult qi_format_with_spec(QiHeap *h, const QiType *t, QiValue v, const QiString *spec, QiString **out) {
    Spec s;
    if (!parse_spec(spec, &s)) return QI_FORMAT_BAD_SPEC;
    /* x of a 字符 shows its code. */
    bool number = qi_type_is_float(t) || t->kind == QI_T_INT || t->kind == QI_T_INT32 || t->kind == QI_T_BYTE || t->kind == QI_T_INT128 ||
                  (t->kind == QI_T_CHAR && s.kind != 0);
    bool negative = false;
    QiText body = {0};
    if (number) {
        if (!number_text(t, v, &s, &body, &negative)) {
            qi_text_free(&body);
            return QI_FORMAT_BAD_SPEC;
        }
    } else {
        if (s.kind != 0 || s.plus || s.zero || s.thousands) return QI_FORMAT_BAD_SPEC;
        qi_format_append(h, &body, t, v, false);
        if (s.precision >= 0 && !body.failed) {
            /* A text is cut to so many characters. */
            size_t at = 0;
            for (int i = 0; i < s.precision && at < body.len; i++) {
                unsigned size;
                qi_utf8_decode(body.bytes + at, &size);
                at += size;
            }
            body.len = at;
        }
    }
    QiText text = {0};
    text.failed = body.failed;
    add_padded(&text, negative ? "-" : s.plus && number ? "+" : "", &body, &s, number);
    qi_text_free(&body);
    *out = qi_text_finish(h, &text);
    return *out != NULL ? QI_FORMAT_OK : QI_FORMAT_NO_MEMORY;
}
