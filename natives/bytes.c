/*
 * bytes.c — 字节串: immutable bytes, laid out as a string whose bytes are not text.
 *
 * Positions are bytes; slices include their start and exclude their end.
 *
 * Invariants: chars == len; a 字符串 is made of bytes only after they were
 * checked to be UTF-8.
 */
#include "qi/native.h"

static QiStatus give(QiContext *cx, const QiString *s, QiValue *result) {
    if (s == NULL) return qi_throw_memory(cx);
    *result = qi_from_ref(s);
    return QI_OK;
}

/* Uninitialised bytes. */
static QiString *reserve(QiContext *cx, size_t len) {
    QiString *s = qi_string_alloc(cx, len);
    if (s != NULL) s->chars = (uint32_t)len;
    return s;
}

static QiStatus copy(QiContext *cx, const char *bytes, size_t len, QiValue *result) {
    QiString *s = reserve(cx, len);
    if (s != NULL && len > 0) memcpy(s->bytes, bytes, len);
    return give(cx, s, result);
}

QiStatus qi_native_bytes_empty(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)args;
    return give(cx, reserve(cx, 0), result);
}

QiStatus qi_native_bytes_at(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    if (args[1] >= s->len) return qi_throw_index(cx, (int64_t)args[1], s->len);
    *result = (uint8_t)s->bytes[args[1]];
    return QI_OK;
}

QiStatus qi_native_bytes_slice(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    int64_t start = (int64_t)args[1], end = (int64_t)args[2];
    if (end < 0 || end > s->len) return qi_throw_index(cx, end, s->len);
    if (start < 0 || start > s->len) return qi_throw_index(cx, start, s->len);
    if (start > end) return qi_throw_slice(cx, start, end, s->len);
    return copy(cx, s->bytes + start, (size_t)(end - start), result);
}

QiStatus qi_native_bytes_concat(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *a = qi_as_ref(args[0]), *b = qi_as_ref(args[1]);
    QiString *s = reserve(cx, (size_t)a->len + b->len);
    if (s == NULL) return qi_throw_memory(cx);
    memcpy(s->bytes, a->bytes, a->len);
    memcpy(s->bytes + a->len, b->bytes, b->len);
    return give(cx, s, result);
}

QiStatus qi_native_bytes_from_list(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiList *l = qi_as_ref(args[0]);
    return copy(cx, (const char *)l->items.bytes, l->len, result);
}

QiStatus qi_native_bytes_to_list(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    QiList *l = qi_list_new(cx, qi_native_result_type(cx), s->len);
    if (l == NULL) return qi_throw_memory(cx);
    if (s->len > 0) memcpy(l->items.bytes, s->bytes, s->len);
    l->len = s->len;
    *result = qi_from_ref(l);
    return QI_OK;
}

QiStatus qi_native_string_to_bytes(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    return copy(cx, s->bytes, s->len, result);
}

/* Where UTF-8 ends to be valid. */
static size_t valid_prefix(const QiString *s) {
    size_t low = 0;
    while (low < s->len) {
        size_t n = 1;
        while (n <= 4 && low + n <= s->len && !qi_utf8_valid(s->bytes + low, n)) n++;
        if (n > 4 || low + n > s->len) return low;
        low += n;
    }
    return low;
}

QiStatus qi_native_bytes_to_string(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    if (qi_utf8_valid(s->bytes, s->len)) return give(cx, qi_string_new(cx, s->bytes, s->len), result);
    char text[QI_INT_TEXT_MAX];
    QiText reason = {0};
    qi_text_add(&reason, "第 ", strlen("第 "));
    qi_text_add(&reason, text, qi_int_text((int64_t)valid_prefix(s), text));
    qi_text_add(&reason, " 个字节处不是 UTF-8", strlen(" 个字节处不是 UTF-8"));
    QiString *why = qi_text_finish(qi_native_heap(cx), &reason);
    if (why == NULL) return qi_throw_memory(cx);
    return qi_throw_code(cx, 7010, &(QiErrorArg){.name = "说明", .text = why->bytes, .len = why->len}, 1);
}

QiStatus qi_native_bytes_to_hex(QiContext *cx, const QiValue *args, QiValue *result) {
    static const char digits[] = "0123456789abcdef";
    const QiString *s = qi_as_ref(args[0]);
    QiString *out = qi_string_alloc(cx, (size_t)s->len * 2);
    if (out == NULL) return qi_throw_memory(cx);
    for (uint32_t i = 0; i < s->len; i++) {
        out->bytes[2 * i] = digits[(uint8_t)s->bytes[i] >> 4];
        out->bytes[2 * i + 1] = digits[s->bytes[i] & 15];
    }
    qi_string_finish(out);
    return give(cx, out, result);
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* Pairs of digits, nothing between them. */
QiStatus qi_native_bytes_from_hex(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    if (s->len % 2 != 0) return qi_throw_not_a(cx, s, "十六进制字节");
    QiString *out = reserve(cx, s->len / 2);
    if (out == NULL) return qi_throw_memory(cx);
    for (uint32_t i = 0; i < out->len; i++) {
        int high = hex_digit(s->bytes[2 * i]), low = hex_digit(s->bytes[2 * i + 1]);
        if (high < 0 || low < 0) return qi_throw_not_a(cx, s, "十六进制字节");
        out->bytes[i] = (char)(high << 4 | low);
    }
    return give(cx, out, result);
}

/* First occurrence of 子串, or -1. */
QiStatus qi_native_bytes_find(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = (QiValue)qi_string_find(qi_as_ref(args[0]), qi_as_ref(args[1]), 0);
    return QI_OK;
}

QiStatus qi_native_bytes_contains(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = qi_string_find(qi_as_ref(args[0]), qi_as_ref(args[1]), 0) >= 0;
    return QI_OK;
}

QiStatus qi_native_bytes_is_empty(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = ((const QiString *)qi_as_ref(args[0]))->len == 0;
    return QI_OK;
}
