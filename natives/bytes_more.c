/*
 * bytes_more.c — more methods of 字节串: searching, cutting, putting together, decoding.
 *
 * Invariants: positions are bytes; a result has chars == len (bytes.c).
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

QiStatus qi_native_bytes_starts_with(QiContext *cx, const QiValue *args, QiValue *result) { return qi_native_string_starts_with(cx, args, result); }
QiStatus qi_native_bytes_ends_with(QiContext *cx, const QiValue *args, QiValue *result) { return qi_native_string_ends_with(cx, args, result); }
QiStatus qi_native_bytes_count(QiContext *cx, const QiValue *args, QiValue *result) { return qi_native_string_count(cx, args, result); }
QiStatus qi_native_bytes_compare(QiContext *cx, const QiValue *args, QiValue *result) { return qi_native_string_compare(cx, args, result); }

QiStatus qi_native_bytes_find_last(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    const QiString *s = qi_as_ref(args[0]), *part = qi_as_ref(args[1]);
    int64_t at = (int64_t)s->len - part->len;
    while (at >= 0 && memcmp(s->bytes + at, part->bytes, part->len) != 0) at--;
    *result = (QiValue)(at < 0 ? -1 : at);
    return QI_OK;
}

static size_t limit_of(QiValue v) { return (int64_t)v < 0 ? SIZE_MAX : (size_t)v; }

static bool push_part(QiContext *cx, QiList *list, const QiString *s, size_t from, size_t len) {
    QiString *part = qi_string_part(qi_native_heap(cx), s, from, len);
    return part != NULL && qi_list_push(cx, list, qi_from_ref(part));
}

/* Empty parts are kept; at most 最多 cuts. An empty separator cuts nowhere. */
QiStatus qi_native_bytes_split(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]), *separator = qi_as_ref(args[1]);
    QiList *list = qi_list_new(cx, qi_native_result_type(cx), 0);
    if (list == NULL) return qi_throw_memory(cx);
    size_t from = 0, limit = separator->len == 0 ? 0 : limit_of(args[2]);
    for (int64_t at; limit > 0 && (at = qi_string_find(s, separator, from)) >= 0; limit--) {
        if (!push_part(cx, list, s, from, (size_t)at - from)) return qi_throw_memory(cx);
        from = (size_t)at + separator->len;
    }
    if (!push_part(cx, list, s, from, s->len - from)) return qi_throw_memory(cx);
    *result = qi_from_ref(list);
    return QI_OK;
}

/* The replaced text of strings is counted anew as scalar values; here every byte counts. */
QiStatus qi_native_bytes_replace(QiContext *cx, const QiValue *args, QiValue *result) {
    QiValue made;
    QiStatus status = qi_native_string_replace(cx, args, &made);
    if (status != QI_OK) return status;
    QiString *s = qi_as_ref(made);
    s->chars = s->len;
    *result = made;
    return QI_OK;
}

QiStatus qi_native_bytes_repeat(QiContext *cx, const QiValue *args, QiValue *result) {
    QiValue made;
    QiStatus status = qi_native_string_repeat(cx, args, &made);
    if (status != QI_OK) return status;
    QiString *s = qi_as_ref(made);
    s->chars = s->len;
    *result = made;
    return QI_OK;
}

QiStatus qi_native_bytes_reverse(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    QiString *out = reserve(cx, s->len);
    if (out == NULL) return qi_throw_memory(cx);
    for (uint32_t i = 0; i < s->len; i++) out->bytes[i] = s->bytes[s->len - 1 - i];
    return give(cx, out, result);
}

QiStatus qi_native_bytes_decode(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    if (!qi_utf8_valid(s->bytes, s->len)) {
        *result = QI_OPTION_NONE;
        return QI_OK;
    }
    QiString *text = qi_string_new(cx, s->bytes, s->len);
    if (text == NULL || !qi_option_some(cx, qi_native_result_type(cx), qi_from_ref(text), result)) return qi_throw_memory(cx);
    return QI_OK;
}

/* Bytes at p that belong together: a scalar value (*valid), or the longest start of one. */
static size_t sequence(const char *text, size_t left, bool *valid) {
    const uint8_t *p = (const uint8_t *)text;
    size_t wanted = p[0] < 0x80 ? 1 : p[0] < 0xC2 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : p[0] < 0xF5 ? 4 : 0;
    /* The second byte is bounded by the first, so that nothing is overlong, a surrogate, or too large. */
    uint8_t least = p[0] == 0xE0 ? 0xA0 : p[0] == 0xF0 ? 0x90 : 0x80, most = p[0] == 0xED ? 0x9F : p[0] == 0xF4 ? 0x8F : 0xBF;
    size_t n = 1;
    while (n < wanted && n < left && p[n] >= (n == 1 ? least : 0x80) && p[n] <= (n == 1 ? most : 0xBF)) n++;
    *valid = n == wanted;
    return n;
}

/* Every part that is not UTF-8 becomes U+FFFD. */
QiStatus qi_native_bytes_decode_lossy(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    QiText text = {0};
    for (size_t at = 0; at < s->len;) {
        bool valid;
        size_t n = sequence(s->bytes + at, s->len - at, &valid);
        if (valid) qi_text_add(&text, s->bytes + at, n);
        else qi_text_add_char(&text, 0xFFFD);
        at += n;
    }
    return give(cx, qi_text_finish(qi_native_heap(cx), &text), result);
}
