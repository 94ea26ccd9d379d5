/*
 * text.c — the growing byte buffer that formatting writes into.
 *
 * Invariants: after a failed allocation nothing is added any more and
 * qi_text_finish gives NULL, so callers check once, at the end.
 */
#include <stdlib.h>

#include "format.h"

static bool reserve(QiText *t, size_t more) {
    if (t->failed) return false;
    if (t->cap - t->len >= more) return true;
    /* No string is longer, and a structure that shares its parts may print as 2^n of them. */
    size_t max = t->max != 0 && t->max < QI_STRING_MAX ? t->max : QI_STRING_MAX;
    if (more > max || t->len > max - more) {
        t->failed = true;
        return false;
    }
    size_t cap = t->cap < 64 ? 128 : t->cap * 2;
    while (cap - t->len < more) cap *= 2;
    if (cap > max) cap = max;
    char *bytes = cap <= SIZE_MAX / 4 ? realloc(t->bytes, cap) : NULL;
    if (bytes == NULL) {
        t->failed = true;
        return false;
    }
    t->bytes = bytes;
    t->cap = cap;
    return true;
}

void qi_text_add(QiText *t, const char *bytes, size_t len) {
    if (len == 0 || !reserve(t, len)) return;
    memcpy(t->bytes + t->len, bytes, len);
    t->len += len;
}

void qi_text_add_char(QiText *t, uint32_t c) {
    if (!reserve(t, 4)) return;
    /* A 字符 of hostile bytecode may be any word; strings stay valid UTF-8. */
    if (QI_UNLIKELY(!qi_is_scalar_value((int64_t)c))) c = 0xFFFD;
    t->len += qi_utf8_encode(c, t->bytes + t->len);
}

void qi_text_free(QiText *t) {
    free(t->bytes);
    *t = (QiText){0};
}

QiString *qi_text_finish(QiHeap *h, QiText *t) {
    QiString *s = t->failed ? NULL : qi_string_create(h, t->bytes, t->len);
    qi_text_free(t);
    return s;
}
