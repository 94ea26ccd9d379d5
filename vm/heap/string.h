/*
 * string.h — 字符串: immutable UTF-8 with cached length in scalar values and hash.
 *
 * Invariants
 * - bytes are valid UTF-8 and `chars` counts their scalar values.
 * - chars == len means ASCII only: index and slice are O(1).
 * - The order of strings is that of their code points, which for UTF-8 is the
 *   order of the bytes.
 *
 * Rejected: UTF-32 or Latin-1 representations beside UTF-8 (as CPython has):
 * every operation and every native would exist three times. Ropes: indexing and
 * natives would flatten them all the time.
 */
#ifndef QI_HEAP_STRING_H
#define QI_HEAP_STRING_H

#include "heap.h"

#define QI_STRING_MAX 0x7FFFFFFFu /* bytes */

/* Copies len bytes of valid UTF-8. NULL: out of memory or longer than QI_STRING_MAX. */
QiString *qi_string_create(QiHeap *h, const char *bytes, size_t len);
/* `len` bytes of s from byte `from` on, which begin and end with whole scalar values. s itself when that is all of it. */
QiString *qi_string_part(QiHeap *h, const QiString *s, size_t from, size_t len);
/* As qi_string_create, but never collected: constants of a module. */
QiString *qi_string_create_permanent(QiHeap *h, const char *bytes, size_t len);
/* len uninitialised bytes: fill them, then call qi_string_finish. NULL as above. */
QiString *qi_string_reserve(QiHeap *h, size_t len);
/* Counts the scalar values after the bytes were written. */
void qi_string_finish(QiString *s);

/* The n strings (QiString references) one after the other. NULL: out of memory or too long. */
QiString *qi_string_concat(QiHeap *h, const QiValue *parts, size_t n);

QI_INLINE bool qi_string_is_ascii(const QiString *s) { return s->chars == s->len; }
bool qi_string_equal(const QiString *a, const QiString *b);
/* -1, 0 or 1 by code point. */
int qi_string_compare(const QiString *a, const QiString *b);
/* Never 0; computed once. */
uint64_t qi_string_hash(QiString *s, uint64_t seed);

/* The scalar value at index i. false: i is not in 0 … chars-1. */
bool qi_string_at(const QiString *s, int64_t i, QiValue *out);
/* Byte offset of scalar value i; i may be chars (the end). */
size_t qi_string_offset(const QiString *s, size_t i);
/* For 对于: reads the scalar value at byte offset *pos and moves behind it. false: at the end. */
QI_INLINE bool qi_string_next(const QiString *s, QiValue *pos, QiValue *out);
/* Byte offset of the first occurrence of needle at or after byte `from`, or -1. An empty needle is found at `from`. */
int64_t qi_string_find(const QiString *s, const QiString *needle, size_t from);

/* Copies n bytes and returns the place behind them. Short pieces dominate: an inline copy of up to 16 bytes beats the call. */
QI_INLINE char *qi_copy_short(char *dst, const char *src, size_t n) {
    if (n > 16) {
        memcpy(dst, src, n);
    } else if (n >= 8) {
        uint64_t a, b;
        memcpy(&a, src, 8);
        memcpy(&b, src + n - 8, 8);
        memcpy(dst, &a, 8);
        memcpy(dst + n - 8, &b, 8);
    } else if (n >= 4) {
        uint32_t a, b;
        memcpy(&a, src, 4);
        memcpy(&b, src + n - 4, 4);
        memcpy(dst, &a, 4);
        memcpy(dst + n - 4, &b, 4);
    } else {
        for (size_t i = 0; i < n; i++) dst[i] = src[i];
    }
    return dst + n;
}

/* --- UTF-8 ------------------------------------------------------------------- */

/* True when all len bytes are valid UTF-8 (no surrogates, no overlong forms). */
bool qi_utf8_valid(const char *bytes, size_t len);
/* Scalar values in valid UTF-8. */
size_t qi_utf8_count(const char *bytes, size_t len);
/* Writes c's 1 to 4 bytes; returns how many. c is a scalar value. */
size_t qi_utf8_encode(uint32_t c, char *out);
/* Decodes the scalar value at p (valid UTF-8); *size is its length in bytes. */
QI_INLINE uint32_t qi_utf8_decode(const char *text, unsigned *size) {
    const uint8_t *p = (const uint8_t *)text;
    if (QI_LIKELY(p[0] < 0x80)) {
        *size = 1;
        return p[0];
    }
    if (p[0] < 0xE0) {
        *size = 2;
        return (uint32_t)(p[0] & 0x1F) << 6 | (p[1] & 0x3F);
    }
    if (p[0] < 0xF0) {
        *size = 3;
        return (uint32_t)(p[0] & 0x0F) << 12 | (uint32_t)(p[1] & 0x3F) << 6 | (p[2] & 0x3F);
    }
    *size = 4;
    return (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3F) << 12 | (uint32_t)(p[2] & 0x3F) << 6 | (p[3] & 0x3F);
}
/* A 字符 is any scalar value. */
QI_INLINE bool qi_is_scalar_value(int64_t c) { return c >= 0 && c <= 0x10FFFF && !(c >= 0xD800 && c <= 0xDFFF); }

QI_INLINE bool qi_string_next(const QiString *s, QiValue *pos, QiValue *out) {
    if (*pos >= s->len) return false;
    unsigned size;
    *out = qi_utf8_decode(s->bytes + *pos, &size);
    *pos += size;
    return true;
}

#endif
