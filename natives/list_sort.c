/*
 * list_sort.c — 排序 and 次序: stable sorting with the comparison inline.
 *
 * One word orders most elements, so all work is done on such words, as unsigned numbers:
 * - 整数 短整数 字符 and floats are sorted digit by digit (a radix sort from the lowest byte; bytes that all keys
 *   share cost nothing). -0.0 has the key of 0.0 and keeps its place; 非数 has the largest key.
 * - 字符串, 长整数 and tuples are merged as pairs of a key and the element; the key is the first eight bytes, the high
 *   half, or nothing. Only elements with equal keys are looked at.
 * 降序 inverts the keys and the comparison, so equal elements keep their order either way; 非数 is always last.
 *
 * Invariants: without memory for the second array nothing has changed.
 *
 * Rejected: quicksort (not stable, and needs care against bad inputs); qsort of the C library (a call for each comparison,
 * stability unspecified); merging plain words (twice the time of the radix sort from a hundred elements on).
 */
#include <stdlib.h>

#include "qi/native.h"

/* Up to this many words insertion is faster than counting digits. */
#define SMALL 64u
/* Runs of pairs of this length are sorted by insertion before they are merged. */
#define RUN 12u

/* An element with the word that orders it: a value, or its position for 次序. */
typedef struct Pair { uint64_t key; QiValue value; } Pair;

/* --- keys of one word --------------------------------------------------------------------------- */

typedef enum KeyKind { KEY_INT, KEY_FLOAT, KEY_STRING, KEY_INT128, KEY_DEEP } KeyKind;

static KeyKind key_kind(const QiType *t) {
    switch ((QiTypeKind)t->kind) {
    case QI_T_FLOAT: case QI_T_FLOAT32: return KEY_FLOAT;
    case QI_T_STRING: return KEY_STRING;
    case QI_T_INT128: return KEY_INT128;
    case QI_T_TUPLE: return KEY_DEEP;
    default: return KEY_INT;
    }
}

#define SIGN 0x8000000000000000u

/* flip: all ones for 降序. */
QI_INLINE uint64_t int_key(QiValue v, uint64_t flip) { return (v ^ SIGN) ^ flip; }

QI_INLINE uint64_t float_key(QiValue v, uint64_t flip) {
    double x = qi_as_float(v);
    if (x != x) return UINT64_MAX;
    if (x == 0) v = 0;
    return (v & SIGN ? ~v : v | SIGN) ^ flip;
}

QI_INLINE uint64_t string_key(const QiString *s, uint64_t flip) {
    uint64_t word = 0;
    if (s->len >= 8) memcpy(&word, s->bytes, 8);
    else memcpy(&word, s->bytes, s->len);
    return __builtin_bswap64(word) ^ flip;
}

static uint64_t key_of(KeyKind kind, QiValue v, uint64_t flip) {
    switch (kind) {
    case KEY_INT: return int_key(v, flip);
    case KEY_FLOAT: return float_key(v, flip);
    case KEY_STRING: return string_key(qi_as_ref(v), flip);
    case KEY_INT128: return int_key((uint64_t)((const QiInt128 *)qi_as_ref(v))->high, flip);
    case KEY_DEEP: return 0;
    }
    return 0;
}

/* --- words: radix sort ---------------------------------------------------------------------------- */

/* Sorts n words by KEY(word, flip); `other` has room for n words. */
#define DEFINE_WORD_SORT(name, KEY)                                                                   \
    static void name##_insert(QiValue *v, size_t n, uint64_t flip) {                                  \
        for (size_t i = 1; i < n; i++) {                                                              \
            QiValue x = v[i];                                                                         \
            uint64_t key = KEY(x, flip);                                                              \
            size_t j = i;                                                                             \
            for (; j > 0 && key < KEY(v[j - 1], flip); j--) v[j] = v[j - 1];                          \
            v[j] = x;                                                                                 \
        }                                                                                             \
    }                                                                                                 \
    static bool name##_sorted(const QiValue *v, size_t n, uint64_t flip) {                            \
        size_t i = 1;                                                                                 \
        while (i < n && KEY(v[i - 1], flip) <= KEY(v[i], flip)) i++;                                  \
        return i >= n;                                                                                \
    }                                                                                                 \
    static void name(QiValue *v, QiValue *other, size_t n, uint64_t flip) {                           \
        uint32_t counts[8][256] = {0};                                                                \
        for (size_t i = 0; i < n; i++) {                                                              \
            uint64_t key = KEY(v[i], flip);                                                           \
            for (unsigned d = 0; d < 8; d++) counts[d][key >> 8 * d & 255]++;                         \
        }                                                                                             \
        QiValue *from = v, *to = other;                                                               \
        for (unsigned d = 0; d < 8; d++) {                                                            \
            uint32_t *count = counts[d];                                                              \
            if (count[KEY(v[0], flip) >> 8 * d & 255] == n) continue; /* one digit for all */         \
            uint32_t at = 0;                                                                          \
            for (unsigned b = 0; b < 256; b++) {                                                      \
                uint32_t here = count[b];                                                             \
                count[b] = at;                                                                        \
                at += here;                                                                           \
            }                                                                                         \
            for (size_t i = 0; i < n; i++) {                                                          \
                QiValue x = from[i];                                                                  \
                to[count[KEY(x, flip) >> 8 * d & 255]++] = x;                                         \
            }                                                                                         \
            QiValue *swap = from;                                                                     \
            from = to;                                                                                \
            to = swap;                                                                                \
        }                                                                                             \
        if (from != v) memcpy(v, from, n * sizeof *v);                                                \
    }                                                                                                 \
    static bool name##_all(QiValue *v, size_t n, uint64_t flip) {                                     \
        if (n <= SMALL) {                                                                             \
            name##_insert(v, n, flip);                                                                \
            return true;                                                                              \
        }                                                                                             \
        if (name##_sorted(v, n, flip)) return true;                                                   \
        QiValue *other = malloc(n * sizeof *other);                                                   \
        if (other == NULL) return false;                                                              \
        name(v, other, n, flip);                                                                      \
        free(other);                                                                                  \
        return true;                                                                                  \
    }

DEFINE_WORD_SORT(sort_ints, int_key)
DEFINE_WORD_SORT(sort_floats, float_key)

/* 字节 have few values: counting them sorts. */
static void count_bytes(uint8_t *v, size_t n, bool descending) {
    size_t counts[256] = {0};
    for (size_t i = 0; i < n; i++) counts[v[i]]++;
    for (unsigned i = 0; i < 256; i++) {
        unsigned b = descending ? 255 - i : i;
        for (; counts[b] > 0; counts[b]--) *v++ = (uint8_t)b;
    }
}

/* --- pairs: merge sort ------------------------------------------------------------------------------ */

/* How elements with equal keys are told apart. `values` is NULL, or what the positions in the pairs stand for. */
typedef struct Order {
    KeyKind kind;
    bool descending;
    const QiType *type;
    const QiValue *values;
} Order;

/* Behind their first eight bytes, which are equal. */
QI_INLINE int compare_rest(const QiString *a, const QiString *b) {
    size_t n = a->len < b->len ? a->len : b->len;
    int order = n > 8 ? memcmp(a->bytes + 8, b->bytes + 8, n - 8) : 0;
    return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

static QI_NOINLINE bool ties_before(const Order *o, QiValue a, QiValue b) {
    if (o->values != NULL) {
        a = o->values[a];
        b = o->values[b];
    }
    int order = 0;
    switch (o->kind) {
    case KEY_STRING: order = a == b ? 0 : compare_rest(qi_as_ref(a), qi_as_ref(b)); break;
    case KEY_INT128: {
        uint64_t x = ((const QiInt128 *)qi_as_ref(a))->low, y = ((const QiInt128 *)qi_as_ref(b))->low;
        order = (x > y) - (x < y);
        break;
    }
    case KEY_DEEP: order = qi_order_values(o->type, a, b, o->descending ? QI_NAN_FIRST : QI_NAN_LAST); break;
    case KEY_INT: case KEY_FLOAT: break;
    }
    return o->descending ? order > 0 : order < 0;
}

QI_INLINE bool before(const Order *o, const Pair *a, const Pair *b) {
    return a->key < b->key || (QI_UNLIKELY(a->key == b->key) && ties_before(o, a->value, b->value));
}

static void insert_runs(const Order *o, Pair *v, size_t n) {
    for (size_t start = 0; start < n; start += RUN) {
        size_t end = n - start < RUN ? n : start + RUN;
        for (size_t i = start + 1; i < end; i++) {
            Pair x = v[i];
            size_t j = i;
            for (; j > start && before(o, &x, &v[j - 1]); j--) v[j] = v[j - 1];
            v[j] = x;
        }
    }
}

static void merge(const Order *o, const Pair *from, Pair *to, size_t middle, size_t n) {
    if (middle >= n || !before(o, &from[middle], &from[middle - 1])) {
        memcpy(to, from, n * sizeof *to);
        return;
    }
    const Pair *left = from, *right = from + middle, *left_end = right, *end = from + n;
    while (left < left_end && right < end) {
        bool second = before(o, right, left);
        *to++ = *(second ? right : left);
        right += second;
        left += !second;
    }
    memcpy(to, left, (size_t)(left_end - left) * sizeof *to);
    memcpy(to + (left_end - left), right, (size_t)(end - right) * sizeof *to);
}

/* `pairs` has room for 2n; the result is its first or second half. */
static const Pair *merge_sort(const Order *o, Pair *pairs, size_t n) {
    size_t sorted = 1;
    while (sorted < n && !before(o, &pairs[sorted], &pairs[sorted - 1])) sorted++;
    if (sorted >= n) return pairs;
    insert_runs(o, pairs, n);
    Pair *from = pairs, *to = pairs + n;
    for (size_t width = RUN; width < n; width *= 2) {
        for (size_t at = 0; at < n; at += 2 * width) {
            size_t part = n - at < 2 * width ? n - at : 2 * width;
            merge(o, from + at, to + at, part < width ? part : width, part);
        }
        Pair *swap = from;
        from = to;
        to = swap;
    }
    return from;
}

static bool sort_pairs(const Order *o, QiValue *v, size_t n) {
    if (n < 2) return true;
    Pair *pairs = malloc(2 * n * sizeof *pairs);
    if (pairs == NULL) return false;
    uint64_t flip = o->descending ? UINT64_MAX : 0;
    for (size_t i = 0; i < n; i++) pairs[i] = (Pair){key_of(o->kind, v[i], flip), v[i]};
    const Pair *sorted = merge_sort(o, pairs, n);
    for (size_t i = 0; i < n; i++) v[i] = sorted[i].value;
    free(pairs);
    return true;
}

QiStatus qi_native_list_sort(QiContext *cx, const QiValue *args, QiValue *result) {
    QiList *l = qi_as_ref(args[0]);
    const QiType *elem = qi_native_arg_type(cx, 0)->a;
    bool descending = args[1] != 0, ok = true;
    uint64_t flip = descending ? UINT64_MAX : 0;
    Order o = {.kind = key_kind(elem), .descending = descending, .type = elem};
    if (qi_list_is_bytes(l)) count_bytes(l->items.bytes, l->len, descending);
    else if (o.kind == KEY_INT) ok = sort_ints_all(l->items.words, l->len, flip);
    else if (o.kind == KEY_FLOAT) ok = sort_floats_all(l->items.words, l->len, flip);
    else ok = sort_pairs(&o, l->items.words, l->len);
    if (!ok) return qi_throw_memory(cx);
    l->head.aux++;
    *result = 0;
    return QI_OK;
}

/* The positions of the elements in sorted order. */
QiStatus qi_native_list_order(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiList *l = qi_as_ref(args[0]);
    const QiType *elem = qi_native_arg_type(cx, 0)->a;
    size_t n = l->len;
    QiList *out = qi_list_new(cx, qi_native_result_type(cx), n);
    Pair *pairs = malloc(2 * (n + 1) * sizeof *pairs);
    if (out == NULL || pairs == NULL) {
        free(pairs);
        return qi_throw_memory(cx);
    }
    Order o = {.kind = key_kind(elem), .descending = args[1] != 0, .type = elem, .values = qi_list_is_bytes(l) ? NULL : l->items.words};
    uint64_t flip = o.descending ? UINT64_MAX : 0;
    for (size_t i = 0; i < n; i++) pairs[i] = (Pair){key_of(o.kind, qi_list_elem(l, i), flip), i};
    const Pair *sorted = merge_sort(&o, pairs, n);
    for (size_t i = 0; i < n; i++) out->items.words[i] = sorted[i].value;
    out->len = (uint32_t)n;
    free(pairs);
    *result = qi_from_ref(out);
    return QI_OK;
}
