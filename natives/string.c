/*
 * string.c — methods of 字符串. (Letter case: string_case.c; numbers: number.c.)
 *
 * Positions are scalar values; substrings include their start and exclude
 * their end.
 *
 * Invariants: a result's length is checked before it is allocated.
 */
#include "qi/native.h"

static QiStatus give(QiContext *cx, const QiString *s, QiValue *result) {
    if (s == NULL) return qi_throw_memory(cx);
    *result = qi_from_ref(s);
    return QI_OK;
}

static bool push_part(QiContext *cx, QiList *list, const QiString *s, size_t from, size_t len) {
    QiString *part = qi_string_part(qi_native_heap(cx), s, from, len);
    return part != NULL && qi_list_push(cx, list, qi_from_ref(part));
}

QiStatus qi_native_string_len(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = ((const QiString *)qi_as_ref(args[0]))->chars;
    return QI_OK;
}

QiStatus qi_native_string_byte_len(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = ((const QiString *)qi_as_ref(args[0]))->len;
    return QI_OK;
}

QiStatus qi_native_string_contains(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = qi_string_find(qi_as_ref(args[0]), qi_as_ref(args[1]), 0) >= 0;
    return QI_OK;
}

QiStatus qi_native_string_find(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    if (args[2] > s->chars) return qi_throw_index(cx, (int64_t)args[2], s->chars);
    int64_t at = qi_string_find(s, qi_as_ref(args[1]), qi_string_offset(s, args[2]));
    if (at > 0 && !qi_string_is_ascii(s)) at = (int64_t)qi_utf8_count(s->bytes, (size_t)at);
    *result = (QiValue)at;
    return QI_OK;
}

QiStatus qi_native_string_starts_with(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    const QiString *s = qi_as_ref(args[0]), *p = qi_as_ref(args[1]);
    *result = p->len <= s->len && memcmp(s->bytes, p->bytes, p->len) == 0;
    return QI_OK;
}

QiStatus qi_native_string_ends_with(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    const QiString *s = qi_as_ref(args[0]), *p = qi_as_ref(args[1]);
    *result = p->len <= s->len && memcmp(s->bytes + (s->len - p->len), p->bytes, p->len) == 0;
    return QI_OK;
}

/* 最多 as a number of times: negative means without limit. */
static size_t limit_of(QiValue v) { return (int64_t)v < 0 ? SIZE_MAX : (size_t)v; }

/* The first 最多 occurrences that do not overlap, from the left. An empty 旧 occurs nowhere. */
QiStatus qi_native_string_replace(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]), *old = qi_as_ref(args[1]), *new = qi_as_ref(args[2]);
    size_t count = 0, limit = limit_of(args[3]);
    if (old->len > 0) {
        for (int64_t at = 0; count < limit && (at = qi_string_find(s, old, (size_t)at)) >= 0; at += old->len) count++;
    }
    if (count == 0) return give(cx, s, result);
    size_t len = s->len - count * old->len + count * new->len;
    QiString *out = qi_string_alloc(cx, len);
    if (out == NULL) return qi_throw_memory(cx);
    char *p = out->bytes;
    size_t from = 0;
    for (; count > 0; count--) {
        size_t at = (size_t)qi_string_find(s, old, from);
        memcpy(p, s->bytes + from, at - from);
        p += at - from;
        memcpy(p, new->bytes, new->len);
        p += new->len;
        from = at + old->len;
    }
    memcpy(p, s->bytes + from, s->len - from);
    qi_string_finish(out);
    return give(cx, out, result);
}

/* Empty parts are kept; an empty separator separates every character. At most 最多 cuts, from the left. */
QiStatus qi_native_string_split(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]), *separator = qi_as_ref(args[1]);
    QiList *list = qi_list_new(cx, qi_native_result_type(cx), 0);
    if (list == NULL) return qi_throw_memory(cx);
    size_t from = 0, limit = limit_of(args[2]);
    for (; limit > 0; limit--) {
        size_t to;
        if (separator->len == 0) {
            unsigned size = 0;
            if (from < s->len) qi_utf8_decode(s->bytes + from, &size);
            to = from + size;
            if (to >= s->len) break;
        } else {
            int64_t at = qi_string_find(s, separator, from);
            if (at < 0) break;
            to = (size_t)at;
        }
        if (!push_part(cx, list, s, from, to - from)) return qi_throw_memory(cx);
        from = to + separator->len;
    }
    /* What is left; without a separator the empty string has no parts. */
    bool none = separator->len == 0 && s->len == 0;
    if (!none && !push_part(cx, list, s, from, s->len - from)) return qi_throw_memory(cx);
    *result = qi_from_ref(list);
    return QI_OK;
}

/* Unicode White_Space */
bool qi_is_space(uint32_t c) {
    return (c >= 0x9 && c <= 0xD) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
           c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

QiStatus qi_native_string_trim(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    size_t start = 0, end = s->len;
    unsigned size;
    while (start < end && qi_is_space(qi_utf8_decode(s->bytes + start, &size))) start += size;
    while (end > start) {
        size_t last = end - 1;
        while (((uint8_t)s->bytes[last] & 0xC0) == 0x80) last--;
        if (!qi_is_space(qi_utf8_decode(s->bytes + last, &size))) break;
        end = last;
    }
    return give(cx, qi_string_part(qi_native_heap(cx), s, start, end - start), result);
}

QiStatus qi_native_string_repeat(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    int64_t times = (int64_t)args[1];
    if (times < 0) return qi_throw_text(cx, 7025, "说明", "重复的次数不能为负");
    if (s->len > 0 && times > QI_STRING_MAX / s->len) return qi_throw_memory(cx);
    size_t len = s->len * (size_t)times;
    QiString *out = qi_string_alloc(cx, len);
    if (out == NULL) return qi_throw_memory(cx);
    if (s->len == 1) {
        memset(out->bytes, s->bytes[0], len);
    } else {
        for (size_t at = 0; at < len; at += s->len) memcpy(out->bytes + at, s->bytes, s->len);
    }
    qi_string_finish(out);
    return give(cx, out, result);
}

QiStatus qi_native_string_reverse(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    QiString *out = qi_string_alloc(cx, s->len);
    if (out == NULL) return qi_throw_memory(cx);
    for (size_t at = 0; at < s->len;) {
        unsigned size;
        qi_utf8_decode(s->bytes + at, &size);
        memcpy(out->bytes + (s->len - at - size), s->bytes + at, size);
        at += size;
    }
    qi_string_finish(out);
    return give(cx, out, result);
}

QiStatus qi_native_string_slice(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    int64_t start = (int64_t)args[1], end = (int64_t)args[2];
    if (end < 0 || end > s->chars) return qi_throw_index(cx, end, s->chars);
    if (start < 0 || start > s->chars) return qi_throw_index(cx, start, s->chars);
    if (start > end) return qi_throw_slice(cx, start, end, s->chars);
    size_t from = qi_string_offset(s, (size_t)start), to = qi_string_offset(s, (size_t)end);
    return give(cx, qi_string_part(qi_native_heap(cx), s, from, to - from), result);
}

QiStatus qi_native_string_chars(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    QiList *list = qi_list_new(cx, qi_native_result_type(cx), s->chars);
    if (list == NULL) return qi_throw_memory(cx);
    QiValue pos = 0, c;
    while (qi_string_next(s, &pos, &c)) list->items.words[list->len++] = c;
    *result = qi_from_ref(list);
    return QI_OK;
}
