/*
 * list_sort.c — 排序: a stable merge sort, from the bottom up, one copy of it
 * for each kind of key so that the comparison is inline.
 *
 * 非数 sorts behind all other floats; -0.0 equals 0.0 and keeps its place.
 *
 * Invariants: without memory for the second array nothing has changed.
 *
 * Rejected: quicksort (not stable, and needs care against bad inputs); qsort of
 * the C library (a call for each comparison, stability unspecified).
 */
#include <stdlib.h>

#include "qi/native.h"

/* Runs of this length are sorted by insertion first. */
#define RUN 16u

static inline bool int_before(QiValue a, QiValue b) { return (int64_t)a < (int64_t)b; }

static inline bool float_before(QiValue a, QiValue b) {
    double x = qi_as_float(a), y = qi_as_float(b);
    return x < y || (y != y && x == x);
}

static inline bool string_before(QiValue a, QiValue b) { return qi_string_compare(qi_as_ref(a), qi_as_ref(b)) < 0; }

static inline bool int128_before(QiValue a, QiValue b) {
    const QiInt128 *x = qi_as_ref(a), *y = qi_as_ref(b);
    return x->high < y->high || (x->high == y->high && x->low < y->low);
}

#define DEFINE_SORT(name, before)                                                                     \
    static void name##_runs(QiValue *v, size_t n) {                                                   \
        for (size_t start = 0; start < n; start += RUN) {                                             \
            size_t end = n - start < RUN ? n : start + RUN;                                           \
            for (size_t i = start + 1; i < end; i++) {                                                \
                QiValue x = v[i];                                                                     \
                size_t j = i;                                                                         \
                for (; j > start && before(x, v[j - 1]); j--) v[j] = v[j - 1];                        \
                v[j] = x;                                                                             \
            }                                                                                         \
        }                                                                                             \
    }                                                                                                 \
    static void name##_merge(const QiValue *from, QiValue *to, size_t middle, size_t n) {             \
        size_t i = 0, j = middle, k = 0;                                                              \
        if (middle >= n || !before(from[middle], from[middle - 1])) {                                 \
            memcpy(to, from, n * sizeof *to);                                                         \
            return;                                                                                   \
        }                                                                                             \
        while (i < middle && j < n) {                                                                 \
            bool right = before(from[j], from[i]);                                                    \
            to[k++] = right ? from[j] : from[i];                                                      \
            j += right;                                                                               \
            i += !right;                                                                              \
        }                                                                                             \
        memcpy(to + k, from + i, (middle - i) * sizeof *to);                                          \
        memcpy(to + k + (middle - i), from + j, (n - j) * sizeof *to);                                \
    }                                                                                                 \
    static bool name(QiValue *v, size_t n) {                                                          \
        size_t sorted = 1;                                                                            \
        while (sorted < n && !before(v[sorted], v[sorted - 1])) sorted++;                             \
        if (sorted >= n) return true;                                                                 \
        QiValue *other = n > RUN ? malloc(n * sizeof *other) : NULL;                                  \
        if (n > RUN && other == NULL) return false;                                                   \
        name##_runs(v, n);                                                                            \
        QiValue *from = v, *to = other;                                                               \
        for (size_t width = RUN; width < n; width *= 2) {                                             \
            for (size_t at = 0; at < n; at += 2 * width) {                                            \
                size_t part = n - at < 2 * width ? n - at : 2 * width;                                \
                name##_merge(from + at, to + at, part < width ? part : width, part);                  \
            }                                                                                         \
            QiValue *swap = from;                                                                     \
            from = to;                                                                                \
            to = swap;                                                                                \
        }                                                                                             \
        if (from != v) memcpy(v, from, n * sizeof *v);                                                \
        free(other);                                                                                  \
        return true;                                                                                  \
    }

DEFINE_SORT(sort_ints, int_before)
DEFINE_SORT(sort_floats, float_before)
DEFINE_SORT(sort_strings, string_before)
DEFINE_SORT(sort_int128s, int128_before)

/* 字节 have few values: counting them sorts. */
static void count_bytes(uint8_t *v, size_t n) {
    size_t counts[256] = {0};
    for (size_t i = 0; i < n; i++) counts[v[i]]++;
    for (unsigned b = 0; b < 256; b++) {
        for (; counts[b] > 0; counts[b]--) *v++ = (uint8_t)b;
    }
}

QiStatus qi_native_list_sort(QiContext *cx, const QiValue *args, QiValue *result) {
    QiList *l = qi_as_ref(args[0]);
    bool ok;
    switch (qi_native_arg_type(cx, 0)->a->kind) {
    case QI_T_FLOAT: case QI_T_FLOAT32: ok = sort_floats(l->items.words, l->len); break;
    case QI_T_BYTE:
        count_bytes(l->items.bytes, l->len);
        ok = true;
        break;
    case QI_T_INT128: ok = sort_int128s(l->items.words, l->len); break;
    case QI_T_STRING: ok = sort_strings(l->items.words, l->len); break;
    default: ok = sort_ints(l->items.words, l->len); break; /* 整数, 短整数, 字符 */
    }
    if (!ok) return qi_throw_memory(cx);
    l->head.aux++;
    *result = 0;
    return QI_OK;
}
