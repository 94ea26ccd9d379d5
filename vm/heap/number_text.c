/*
 * number_text.c — numbers as decimal text, without the locale.
 *
 * A float's text is the shortest decimal that reads back as the same float.
 * Two ways to find it:
 * - d·10^k for small k: when it is a whole number r below 10^15 and r / 10^k
 *   gives d again, then r with the point moved is the answer. (10^k and r are
 *   exact, a division rounds once, so reading back rounds the same way; two
 *   decimals of at most 15 digits never mean the same float.) Nearly all floats
 *   that programs print.
 * - otherwise the correctly rounded digits of the C library at 15, 16 and 17
 *   places; the first that reads back. Only digits are taken from it and only
 *   whole mantissas are given to strtod, so no decimal point of a locale is seen.
 *
 * Rejected: Ryu and its like: tables and code of many times this size, to make
 * the second way faster, which few programs reach.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "format.h"

static const char digit_pairs[] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354555657585960"
    "616263646566676869707172737475767778798081828384858687888990919293949596979899";

/* Writes n in decimal; returns the number of digits (at most 20). */
static size_t digits_of(uint64_t n, char *out) {
    char buffer[20];
    size_t at = sizeof buffer;
    while (n >= 100) {
        unsigned pair = (unsigned)(n % 100);
        n /= 100;
        at -= 2;
        memcpy(buffer + at, digit_pairs + 2 * pair, 2);
    }
    if (n >= 10) {
        at -= 2;
        memcpy(buffer + at, digit_pairs + 2 * n, 2);
    } else {
        buffer[--at] = (char)('0' + n);
    }
    memcpy(out, buffer + at, sizeof buffer - at);
    return sizeof buffer - at;
}

size_t qi_int_text(int64_t n, char out[QI_INT_TEXT_MAX]) {
    size_t sign = n < 0;
    if (sign) out[0] = '-';
    return sign + digits_of(sign ? 0 - (uint64_t)n : (uint64_t)n, out + sign);
}

size_t qi_int128_text(uint64_t low, int64_t high, char out[QI_INT128_TEXT_MAX]) {
    __extension__ unsigned __int128 n = (unsigned __int128)(uint64_t)high << 64 | low;
    size_t at = 0;
    if (high < 0) {
        out[at++] = '-';
        n = 0 - n;
    }
    const uint64_t part = 1000000000000000000u; /* 18 digits */
    uint64_t parts[3];
    size_t count = 0;
    for (; n >= part; n /= part) parts[count++] = (uint64_t)(n % part);
    at += digits_of((uint64_t)n, out + at);
    while (count > 0) {
        char digits[20];
        size_t len = digits_of(parts[--count], digits);
        memset(out + at, '0', 18 - len);
        memcpy(out + at + (18 - len), digits, len);
        at += 18;
    }
    return at;
}

/* A positive decimal: mantissa · 10^exponent. */
typedef struct Decimal { uint64_t mantissa; int exponent; } Decimal;

static double decimal_value(Decimal v) {
    char text[48];
    snprintf(text, sizeof text, "%llue%d", (unsigned long long)v.mantissa, v.exponent);
    return strtod(text, NULL);
}

static Decimal rounded(double d, int digits) {
    char text[48];
    snprintf(text, sizeof text, "%.*e", digits - 1, d);
    Decimal v = {0, 0};
    const char *p = text;
    for (; *p != 'e'; p++) {
        if (*p >= '0' && *p <= '9') v.mantissa = v.mantissa * 10 + (uint64_t)(*p - '0');
    }
    v.exponent = atoi(p + 1) - (digits - 1);
    return v;
}

static bool shortest_small(double d, Decimal *out) {
    static const double powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    for (int k = 0; k < 16; k++) {
        double scaled = d * powers[k];
        if (!(scaled < 1e15)) return false;
        uint64_t whole = (uint64_t)(scaled + 0.5);
        if ((double)whole / powers[k] == d) {
            *out = (Decimal){whole, -k};
            return true;
        }
    }
    return false;
}

static Decimal shortest(double d) {
    Decimal v;
    if (shortest_small(d, &v)) return v;
    /* Below the smallest normal number fewer than 15 digits may do. */
    for (int digits = d < 2.2250738585072014e-308 ? 1 : 15; digits < 17; digits++) {
        v = rounded(d, digits);
        if (decimal_value(v) == d) return v;
        /* At a power of two the gap below is half as wide: the decimal above may fit where the nearest does not. */
        v.mantissa++;
        if (decimal_value(v) == d) return v;
    }
    return rounded(d, 17);
}

static Decimal shortest_single(double d) {
    for (int digits = 1; digits < 9; digits++) {
        Decimal v = rounded(d, digits);
        char text[48];
        snprintf(text, sizeof text, "%llue%d", (unsigned long long)v.mantissa, v.exponent);
        if ((double)strtof(text, NULL) == d) return v;
    }
    return rounded(d, 9);
}

static size_t float_text(double d, bool single, char *out) {
    if (isnan(d)) {
        memcpy(out, "非数", sizeof "非数" - 1);
        return sizeof "非数" - 1;
    }
    size_t at = 0;
    if (signbit(d)) {
        out[at++] = '-';
        d = -d;
    }
    if (isinf(d)) {
        memcpy(out + at, "无穷", sizeof "无穷" - 1);
        return at + sizeof "无穷" - 1;
    }
    Decimal v = d == 0 ? (Decimal){0, 0} : single ? shortest_single(d) : shortest(d);
    while (v.mantissa != 0 && v.mantissa % 10 == 0) {
        v.mantissa /= 10;
        v.exponent++;
    }
    char digits[20];
    int n = (int)digits_of(v.mantissa, digits);
    int point = n + v.exponent; /* digits before the point */
    if (v.mantissa == 0) point = 1;
    if (point > 16 || point < -3) {
        out[at++] = digits[0];
        if (n > 1) {
            out[at++] = '.';
            memcpy(out + at, digits + 1, (size_t)n - 1);
            at += (size_t)n - 1;
        }
        out[at++] = 'e';
        return at + qi_int_text(point - 1, out + at);
    }
    if (point <= 0) {
        out[at++] = '0';
        out[at++] = '.';
        for (int i = point; i < 0; i++) out[at++] = '0';
        memcpy(out + at, digits, (size_t)n);
        return at + (size_t)n;
    }
    for (int i = 0; i < point; i++) out[at++] = i < n ? digits[i] : '0';
    out[at++] = '.';
    if (n <= point) {
        out[at++] = '0';
    } else {
        memcpy(out + at, digits + point, (size_t)(n - point));
        at += (size_t)(n - point);
    }
    return at;
}

size_t qi_float_text(double d, char out[QI_FLOAT_TEXT_MAX]) { return float_text(d, false, out); }

size_t qi_float32_text(double d, char out[QI_FLOAT_TEXT_MAX]) { return float_text(d, true, out); }
