/*
 * string.c — strings and UTF-8.
 *
 * Invariants: only this file and callers of qi_string_reserve write into a
 * string; a string is never written after qi_string_finish, except its hash.
 */
#include "string.h"

#include "value.h"

/* --- UTF-8 -------------------------------------------------------------------- */

#define HIGH_BITS 0x8080808080808080u

QI_INLINE uint64_t load8(const char *p) {
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

bool qi_utf8_valid(const char *bytes, size_t len) {
    const uint8_t *p = (const uint8_t *)bytes, *end = p + len;
    while (p < end) {
        if (*p < 0x80) {
            while (end - p >= 8 && !(load8((const char *)p) & HIGH_BITS)) p += 8;
            while (p < end && *p < 0x80) p++;
            continue;
        }
        size_t left = (size_t)(end - p);
        if (*p < 0xC2) return false;
        if (*p < 0xE0) {
            if (left < 2 || (p[1] & 0xC0) != 0x80) return false;
            p += 2;
        } else if (*p < 0xF0) {
            if (left < 3 || (p[1] & 0xC0) != 0x80 || (p[2] & 0xC0) != 0x80) return false;
            if ((*p == 0xE0 && p[1] < 0xA0) || (*p == 0xED && p[1] >= 0xA0)) return false;
            p += 3;
        } else {
            if (*p > 0xF4 || left < 4) return false;
            if ((p[1] & 0xC0) != 0x80 || (p[2] & 0xC0) != 0x80 || (p[3] & 0xC0) != 0x80) return false;
            if ((*p == 0xF0 && p[1] < 0x90) || (*p == 0xF4 && p[1] >= 0x90)) return false;
            p += 4;
        }
    }
    return true;
}

/* Bytes among eight that begin a scalar value: those that are not 10xxxxxx. */
QI_INLINE unsigned starts_in(uint64_t v) {
    uint64_t continuation = v & HIGH_BITS & ~(v << 1);
    return 8u - (unsigned)__builtin_popcountll(continuation);
}

size_t qi_utf8_count(const char *bytes, size_t len) {
    size_t n = 0, i = 0;
    for (; i + 8 <= len; i += 8) n += starts_in(load8(bytes + i));
    for (; i < len; i++) n += ((uint8_t)bytes[i] & 0xC0) != 0x80;
    return n;
}

size_t qi_utf8_encode(uint32_t c, char *out) {
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

/* --- creation -------------------------------------------------------------------- */

static QiString *init(QiString *s, size_t len) {
    if (s == NULL) return NULL;
    qi_object_init(&s->head, QI_K_STRING, 0xFFFF, 0);
    s->len = (uint32_t)len;
    s->chars = 0;
    s->hash = 0;
    return s;
}

QiString *qi_string_reserve(QiHeap *h, size_t len) {
    if (len > QI_STRING_MAX) return NULL;
    return init(qi_alloc(h, qi_round_size(offsetof(QiString, bytes) + len)), len);
}

void qi_string_finish(QiString *s) { s->chars = (uint32_t)qi_utf8_count(s->bytes, s->len); }

QiString *qi_string_create(QiHeap *h, const char *bytes, size_t len) {
    QiString *s = qi_string_reserve(h, len);
    if (s == NULL) return NULL;
    if (len > 0) memcpy(s->bytes, bytes, len);
    qi_string_finish(s);
    return s;
}

QiString *qi_string_create_permanent(QiHeap *h, const char *bytes, size_t len) {
    if (len > QI_STRING_MAX) return NULL;
    QiString *s = init(qi_alloc_permanent(h, qi_round_size(offsetof(QiString, bytes) + len)), len);
    if (s == NULL) return NULL;
    if (len > 0) memcpy(s->bytes, bytes, len);
    qi_string_finish(s);
    return s;
}

QiString *qi_string_part(QiHeap *h, const QiString *s, size_t from, size_t len) {
    if (len == s->len) return (QiString *)s;
    QiString *part = qi_string_reserve(h, len);
    if (part == NULL) return NULL;
    qi_copy_short(part->bytes, s->bytes + from, len);
    if (qi_string_is_ascii(s)) part->chars = (uint32_t)len;
    else qi_string_finish(part);
    return part;
}

QiString *qi_string_concat(QiHeap *h, const QiValue *parts, size_t n) {
    size_t len = 0, chars = 0;
    const QiString *only = NULL;
    bool several = false;
    for (size_t i = 0; i < n; i++) {
        const QiString *p = qi_as_ref(parts[i]);
        if (p->len == 0) continue;
        several = only != NULL;
        only = p;
        len += p->len;
        chars += p->chars;
        if (len > QI_STRING_MAX) return NULL;
    }
    /* Strings are immutable: the only part that is not empty is the result. */
    if (only != NULL && len == only->len && !several) return (QiString *)only;
    QiString *s = qi_string_reserve(h, len);
    if (s == NULL) return NULL;
    s->chars = (uint32_t)chars;
    char *out = s->bytes;
    for (size_t i = 0; i < n; i++) {
        const QiString *p = qi_as_ref(parts[i]);
        out = qi_copy_short(out, p->bytes, p->len);
    }
    return s;
}

/* --- comparing ------------------------------------------------------------------------ */

bool qi_string_equal(const QiString *a, const QiString *b) {
    return a == b || (a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0);
}

int qi_string_compare(const QiString *a, const QiString *b) {
    if (a == b) return 0;
    size_t n = a->len < b->len ? a->len : b->len;
    int order = memcmp(a->bytes, b->bytes, n);
    if (order != 0) return order < 0 ? -1 : 1;
    return a->len < b->len ? -1 : a->len > b->len;
}

/* Both halves of the 128-bit product: every bit of a and b reaches the result. */
QI_INLINE uint64_t fold(uint64_t a, uint64_t b) {
    __extension__ unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Both secrets come from the seed: a factor that an attacker knew could be made 0, and with it the whole product. */
static uint64_t hash_bytes(const char *p, size_t len, uint64_t seed) {
    const uint64_t k0 = 0x9E3779B97F4A7C15u ^ seed, k1 = fold(seed ^ 0xD1B54A32D192ED03u, 0x9E3779B97F4A7C15u) | 1;
    uint64_t state = fold(len ^ k0, k1);
    while (len >= 16) {
        state = fold(load8(p) ^ state, load8(p + 8) ^ k1);
        p += 16;
        len -= 16;
    }
    uint64_t tail[2] = {0, 0};
    memcpy(tail, p, len);
    return fold(fold(tail[0] ^ state, tail[1] ^ k0), k1);
}

uint64_t qi_string_hash(QiString *s, uint64_t seed) {
    /* Racing workers compute the same value, so a relaxed store is enough. */
    uint64_t h = __atomic_load_n(&s->hash, __ATOMIC_RELAXED);
    if (QI_LIKELY(h != 0)) return h;
    h = hash_bytes(s->bytes, s->len, seed);
    if (h == 0) h = 1;
    __atomic_store_n(&s->hash, h, __ATOMIC_RELAXED);
    return h;
}

/* --- positions --------------------------------------------------------------------------- */

size_t qi_string_offset(const QiString *s, size_t i) {
    if (qi_string_is_ascii(s)) return i;
    if (i >= s->chars) return s->len;
    const char *p = s->bytes;
    size_t at = 0;
    /* Whole words while the wanted start cannot be among them. */
    while (at + 8 <= s->len) {
        unsigned n = starts_in(load8(p + at));
        if (n > i) break;
        i -= n;
        at += 8;
    }
    for (;; at++) {
        if (((uint8_t)p[at] & 0xC0) == 0x80) continue;
        if (i == 0) return at;
        i--;
    }
}

bool qi_string_at(const QiString *s, int64_t i, QiValue *out) {
    if ((uint64_t)i >= s->chars) return false;
    if (qi_string_is_ascii(s)) {
        *out = (uint8_t)s->bytes[i];
        return true;
    }
    unsigned size;
    *out = qi_utf8_decode(s->bytes + qi_string_offset(s, (size_t)i), &size);
    return true;
}

int64_t qi_string_find(const QiString *s, const QiString *needle, size_t from) {
    if (from > s->len) return -1;
    if (needle->len == 0) return (int64_t)from;
    const char *p = needle->len == 1 ? memchr(s->bytes + from, needle->bytes[0], s->len - from)
                                     : memmem(s->bytes + from, s->len - from, needle->bytes, needle->len);
    return p != NULL ? p - s->bytes : -1;
}
