/*
 * test.h — a C unit test's few helpers. One executable per *_test.c; its last
 * line is `N passed, N failed` and its exit code says the same.
 *
 * Invariants: a failed check prints its place and lets the test go on, so one
 * run shows all faults.
 */
#ifndef QI_BASE_TEST_H
#define QI_BASE_TEST_H

#include <stdio.h>

#include "base.h"

typedef struct QiTest {
    const char *name;
    int passed, failed;
    bool ok;
} QiTest;

/* Counts the checks of one test function as one test. */
#define QI_RUN(t, function)                                     \
    do {                                                        \
        (t)->name = #function;                                  \
        (t)->ok = true;                                         \
        function(t);                                            \
        if ((t)->ok) (t)->passed++;                             \
        else (t)->failed++;                                     \
    } while (0)

#define QI_CHECK(t, condition)                                                              \
    do {                                                                                    \
        if (!(condition)) {                                                                 \
            (t)->ok = false;                                                                \
            printf("%s:%d: %s: %s is false\n", __FILE__, __LINE__, (t)->name, #condition);  \
        }                                                                                   \
    } while (0)

#define QI_CHECK_INT(t, actual, expected)                                                                       \
    do {                                                                                                        \
        long long actual_ = (long long)(actual), expected_ = (long long)(expected);                             \
        if (actual_ != expected_) {                                                                             \
            (t)->ok = false;                                                                                    \
            printf("%s:%d: %s: %s is %lld, not %lld\n", __FILE__, __LINE__, (t)->name, #actual, actual_, expected_); \
        }                                                                                                       \
    } while (0)

/* actual: len bytes; expected: a C string. */
#define QI_CHECK_TEXT(t, actual, len, expected)                                                                       \
    do {                                                                                                              \
        const char *actual_ = (actual), *expected_ = (expected);                                                      \
        size_t len_ = (len);                                                                                          \
        if (len_ != strlen(expected_) || memcmp(actual_, expected_, len_) != 0) {                                     \
            (t)->ok = false;                                                                                          \
            printf("%s:%d: %s: %s is '%.*s', not '%s'\n", __FILE__, __LINE__, (t)->name, #actual, (int)len_, actual_, \
                   expected_);                                                                                        \
        }                                                                                                             \
    } while (0)

/* main's result. */
static inline int qi_test_end(const QiTest *t) {
    printf("%d passed, %d failed\n", t->passed, t->failed);
    return t->failed != 0;
}

#endif
