/*
 * string_more.c — more methods of 字符串: trimming at one end, counting, searching from
 * the end, lines and words, padding.
 *
 * Positions and widths are scalar values.
 */
#include "qi/native.h"

static QiStatus give(QiContext *cx, const QiString *s, QiValue *result) {
    if (s == NULL) return qi_throw_memory(cx);
    *result = qi_from_ref(s);
    return QI_OK;
}

static QiStatus give_part(QiContext *cx, const QiString *s, size_t from, size_t to, QiValue *result) {
    return give(cx, qi_string_part(qi_native_heap(cx), s, from, to - from), result);
}

static size_t skip_spaces(const QiString *s) {
    size_t at = 0;
    unsigned size;
    while (at < s->len && qi_is_space(qi_utf8_decode(s->bytes + at, &size))) at += size;
    return at;
}

static size_t without_spaces(const QiString *s, size_t from) {
    size_t end = s->len;
    unsigned size;
    while (end > from) {
        size_t last = end - 1;
        while (((uint8_t)s->bytes[last] & 0xC0) == 0x80) last--;
        if (!qi_is_space(qi_utf8_decode(s->bytes + last, &size))) break;
        end = last;
    }
    return end;
}

QiStatus qi_native_string_trim_start(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    return give_part(cx, s, skip_spaces(s), s->len, result);
}

QiStatus qi_native_string_trim_end(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    return give_part(cx, s, 0, without_spaces(s, 0), result);
}

QiStatus qi_native_string_without_prefix(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]), *p = qi_as_ref(args[1]);
    bool has = p->len <= s->len && memcmp(s->bytes, p->bytes, p->len) == 0;
    return give_part(cx, s, has ? p->len : 0, s->len, result);
}

QiStatus qi_native_string_without_suffix(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]), *p = qi_as_ref(args[1]);
    bool has = p->len <= s->len && memcmp(s->bytes + (s->len - p->len), p->bytes, p->len) == 0;
    return give_part(cx, s, 0, has ? s->len - p->len : s->len, result);
}

/* Occurrences that do not overlap. An empty 子串 occurs nowhere. */
QiStatus qi_native_string_count(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    const QiString *s = qi_as_ref(args[0]), *part = qi_as_ref(args[1]);
    int64_t n = 0;
    if (part->len > 0) {
        for (int64_t at = 0; (at = qi_string_find(s, part, (size_t)at)) >= 0; at += part->len) n++;
    }
    *result = (QiValue)n;
    return QI_OK;
}

/* Where 子串 begins for the last time, or -1. */
QiStatus qi_native_string_find_last(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    const QiString *s = qi_as_ref(args[0]), *part = qi_as_ref(args[1]);
    int64_t found = -1;
    for (size_t at = s->len + 1 - (part->len <= s->len ? part->len : s->len); part->len <= s->len && at-- > 0;) {
        if (memcmp(s->bytes + at, part->bytes, part->len) != 0) continue;
        found = (int64_t)qi_utf8_count(s->bytes, at);
        break;
    }
    *result = (QiValue)found;
    return QI_OK;
}

static bool push_part(QiContext *cx, QiList *list, const QiString *s, size_t from, size_t len) {
    QiString *part = qi_string_part(qi_native_heap(cx), s, from, len);
    return part != NULL && qi_list_push(cx, list, qi_from_ref(part));
}

/* Lines end with \n or \r\n; what ends the text begins no further line. */
QiStatus qi_native_string_lines(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    QiList *list = qi_list_new(cx, qi_native_result_type(cx), 0);
    if (list == NULL) return qi_throw_memory(cx);
    for (size_t at = 0; at < s->len;) {
        const char *start = s->bytes + at, *newline = memchr(start, '\n', s->len - at);
        size_t len = newline != NULL ? (size_t)(newline - start) : s->len - at, kept = len;
        if (newline != NULL && len > 0 && start[len - 1] == '\r') kept--;
        if (!push_part(cx, list, s, at, kept)) return qi_throw_memory(cx);
        at += len + 1;
    }
    *result = qi_from_ref(list);
    return QI_OK;
}

/* What stands between white space. */
QiStatus qi_native_string_words(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    QiList *list = qi_list_new(cx, qi_native_result_type(cx), 0);
    if (list == NULL) return qi_throw_memory(cx);
    size_t from = 0;
    for (size_t at = 0; at <= s->len;) {
        unsigned size = 1;
        bool space = at == s->len || qi_is_space(qi_utf8_decode(s->bytes + at, &size));
        if (space && at > from && !push_part(cx, list, s, from, at - from)) return qi_throw_memory(cx);
        at += size;
        if (space) from = at;
    }
    *result = qi_from_ref(list);
    return QI_OK;
}

/* Bytes of `n` scalar values of `fill`, over and over. */
static size_t fill_bytes(const QiString *fill, size_t n) {
    QiValue pos = 0, c = 0;
    for (size_t rest = n % fill->chars; rest > 0; rest--) qi_string_next(fill, &pos, &c);
    return n / fill->chars * fill->len + pos;
}

static char *put_fill(char *to, const QiString *fill, size_t bytes) {
    for (; bytes >= fill->len; bytes -= fill->len, to += fill->len) memcpy(to, fill->bytes, fill->len);
    memcpy(to, fill->bytes, bytes);
    return to + bytes;
}

static QiStatus pad(QiContext *cx, const QiValue *args, QiValue *result, int side) {
    const QiString *s = qi_as_ref(args[0]), *fill = qi_as_ref(args[2]);
    int64_t width = (int64_t)args[1];
    if (width <= s->chars || fill->len == 0) return give(cx, s, result);
    if (width > QI_STRING_MAX) return qi_throw_memory(cx);
    size_t missing = (size_t)width - s->chars, before = side < 0 ? missing : side > 0 ? 0 : missing / 2;
    size_t left = fill_bytes(fill, before), right = fill_bytes(fill, missing - before);
    QiString *out = qi_string_alloc(cx, left + s->len + right);
    if (out == NULL) return qi_throw_memory(cx);
    char *to = put_fill(out->bytes, fill, left);
    memcpy(to, s->bytes, s->len);
    put_fill(to + s->len, fill, right);
    qi_string_finish(out);
    return give(cx, out, result);
}

QiStatus qi_native_string_pad_start(QiContext *cx, const QiValue *args, QiValue *result) { return pad(cx, args, result, -1); }
QiStatus qi_native_string_pad_end(QiContext *cx, const QiValue *args, QiValue *result) { return pad(cx, args, result, 1); }
QiStatus qi_native_string_center(QiContext *cx, const QiValue *args, QiValue *result) { return pad(cx, args, result, 0); }

QiStatus qi_native_string_is_empty(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = ((const QiString *)qi_as_ref(args[0]))->len == 0;
    return QI_OK;
}

/* Where 子串 begins, without overlaps. An empty 子串 occurs nowhere. */
QiStatus qi_native_string_find_all(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]), *part = qi_as_ref(args[1]);
    QiList *list = qi_list_new(cx, qi_native_result_type(cx), 0);
    if (list == NULL) return qi_throw_memory(cx);
    size_t from = 0, chars = 0;
    for (int64_t at; part->len > 0 && (at = qi_string_find(s, part, from)) >= 0;) {
        chars += qi_utf8_count(s->bytes + from, (size_t)at - from);
        if (!qi_list_push(cx, list, chars)) return qi_throw_memory(cx);
        chars += part->chars;
        from = (size_t)at + part->len;
    }
    *result = qi_from_ref(list);
    return QI_OK;
}

/* By code point: -1, 0 or 1. */
QiStatus qi_native_string_compare(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = (QiValue)(int64_t)qi_string_compare(qi_as_ref(args[0]), qi_as_ref(args[1]));
    return QI_OK;
}

static bool is_among(const QiString *set, uint32_t c) {
    QiValue pos = 0, one;
    while (qi_string_next(set, &pos, &one)) {
        if (one == c) return true;
    }
    return false;
}

/* Without the characters of 字符集 at the start and/or end. */
static QiStatus trim_set(QiContext *cx, const QiValue *args, QiValue *result, bool at_start, bool at_end) {
    const QiString *s = qi_as_ref(args[0]), *set = qi_as_ref(args[1]);
    size_t from = 0, to = s->len;
    unsigned size;
    while (at_start && from < to && is_among(set, qi_utf8_decode(s->bytes + from, &size))) from += size;
    while (at_end && to > from) {
        size_t last = to - 1;
        while (((uint8_t)s->bytes[last] & 0xC0) == 0x80) last--;
        if (!is_among(set, qi_utf8_decode(s->bytes + last, &size))) break;
        to = last;
    }
    return give_part(cx, s, from, to, result);
}

QiStatus qi_native_string_trim_set(QiContext *cx, const QiValue *args, QiValue *result) { return trim_set(cx, args, result, true, true); }
QiStatus qi_native_string_trim_set_start(QiContext *cx, const QiValue *args, QiValue *result) { return trim_set(cx, args, result, true, false); }
QiStatus qi_native_string_trim_set_end(QiContext *cx, const QiValue *args, QiValue *result) { return trim_set(cx, args, result, false, true); }
