/*
 * string_test.c — UTF-8, positions, comparing, hashing, searching.
 */
#include <stdlib.h>

#include "test_types.h"

static void utf8_validity(QiTest *t) {
    const struct { const char *bytes; size_t len; bool valid; } rows[] = {
        {"", 0, true}, {"abc", 3, true}, {"气abc气abcdefgh", 17, true}, {"\xC2\x80", 2, true}, {"\xC1\xBF", 2, false},
        {"\xE0\xA0\x80", 3, true}, {"\xE0\x9F\xBF", 3, false}, {"\xED\x9F\xBF", 3, true}, {"\xED\xA0\x80", 3, false},
        {"\xEF\xBF\xBF", 3, true}, {"\xF0\x90\x80\x80", 4, true}, {"\xF0\x8F\xBF\xBF", 4, false}, {"\xF4\x8F\xBF\xBF", 4, true},
        {"\xF4\x90\x80\x80", 4, false}, {"\xF5\x80\x80\x80", 4, false}, {"\x80", 1, false}, {"\xE6\xB0", 2, false},
        {"abcdefgh\xFF", 9, false}, {"\xF0\x90\x80", 3, false}, {"\xC3", 1, false}, {"\0a", 2, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (qi_utf8_valid(rows[i].bytes, rows[i].len) != rows[i].valid) printf("row %zu\n", i);
        QI_CHECK(t, qi_utf8_valid(rows[i].bytes, rows[i].len) == rows[i].valid);
    }
}

static void every_scalar_value_survives(QiTest *t) {
    for (uint32_t c = 0; c <= 0x110000; c++) {
        if (!qi_is_scalar_value(c)) continue;
        char bytes[4];
        size_t n = qi_utf8_encode(c, bytes);
        unsigned size;
        QI_CHECK(t, qi_utf8_valid(bytes, n) && qi_utf8_decode(bytes, &size) == c && size == n && qi_utf8_count(bytes, n) == 1);
    }
    QI_CHECK(t, !qi_is_scalar_value(0xD800) && !qi_is_scalar_value(0x110000) && !qi_is_scalar_value(-1));
}

static void positions(QiTest *t) {
    TestWorld w;
    world_init(&w, (QiHeapConfig){0});
    QiString *mixed = str(&w, "a气b👍ccccccccccc你好zzzzzzzz。");
    QiValue pos = 0, c = 0, at = 0;
    for (uint32_t i = 0; i < mixed->chars; i++) {
        QI_CHECK_INT(t, qi_string_offset(mixed, i), pos);
        QI_CHECK(t, qi_string_next(mixed, &pos, &c));
        QI_CHECK(t, qi_string_at(mixed, i, &at) && at == c);
    }
    QI_CHECK(t, !qi_string_next(mixed, &pos, &c));
    QI_CHECK_INT(t, qi_string_offset(mixed, mixed->chars), mixed->len);
    QI_CHECK(t, !qi_string_at(mixed, mixed->chars, &at) && !qi_string_at(mixed, -1, &at));
    QiString *ascii = str(&w, "hello");
    QI_CHECK(t, qi_string_is_ascii(ascii) && qi_string_at(ascii, 4, &at) && at == 'o' && !qi_string_at(ascii, 5, &at));
    QI_CHECK_INT(t, str(&w, "")->chars, 0);
    world_free(&w);
}

static void joining(QiTest *t) {
    TestWorld w;
    world_init(&w, (QiHeapConfig){0});
    const char *pieces[] = {"", "a", "bc", "气", "four", "sevenvv", "eight!!!", "sixteen-sixteen-", "seventeen-sevente", "👍"};
    enum { N = sizeof pieces / sizeof pieces[0] };
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            for (int k = 0; k < N; k++) {
                char expected[64];
                snprintf(expected, sizeof expected, "%s%s%s", pieces[i], pieces[j], pieces[k]);
                QiValue parts[] = {qi_from_ref(str(&w, pieces[i])), qi_from_ref(str(&w, pieces[j])), qi_from_ref(str(&w, pieces[k]))};
                QiString *s = qi_string_concat(w.heap, parts, 3);
                QI_CHECK_TEXT(t, s->bytes, s->len, expected);
                QI_CHECK_INT(t, s->chars, qi_utf8_count(expected, strlen(expected)));
            }
        }
    }
    QiString *nothing = qi_string_concat(w.heap, NULL, 0);
    QI_CHECK(t, nothing != NULL && nothing->len == 0);
    world_free(&w);
}

static void order_and_hash(QiTest *t) {
    TestWorld w;
    world_init(&w, (QiHeapConfig){0});
    /* In ascending order of code points; U+FF01 stands below U+1F44D although UTF-16 would have it above. */
    const char *sorted[] = {"", "A", "AA", "AB", "B", "a", "é", "你", "你好", "好", "！", "👍"};
    enum { N = sizeof sorted / sizeof sorted[0] };
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            QiString *a = str(&w, sorted[i]), *b = str(&w, sorted[j]);
            QI_CHECK_INT(t, qi_string_compare(a, b), (i > j) - (i < j));
            QI_CHECK(t, qi_string_equal(a, b) == (i == j));
            QI_CHECK(t, (qi_string_hash(a, 7) == qi_string_hash(b, 7)) == (i == j));
        }
    }
    QiString *nul = qi_string_create(w.heap, "a\0", 2);
    QI_CHECK_INT(t, qi_string_compare(nul, str(&w, "a")), 1);
    QI_CHECK(t, qi_string_hash(nul, 7) != qi_string_hash(str(&w, "a"), 7));
    QI_CHECK(t, qi_string_hash(nul, 7) == qi_string_hash(nul, 7) && qi_string_hash(nul, 7) != 0);
    world_free(&w);
}

static void searching(QiTest *t) {
    TestWorld w;
    world_init(&w, (QiHeapConfig){0});
    QiString *s = str(&w, "你好世界，你好");
    QI_CHECK_INT(t, qi_string_find(s, str(&w, "你好"), 0), 0);
    QI_CHECK_INT(t, qi_string_find(s, str(&w, "你好"), 1), 15);
    QI_CHECK_INT(t, qi_string_find(s, str(&w, "天"), 0), -1);
    QI_CHECK_INT(t, qi_string_find(s, str(&w, ""), 3), 3);
    QI_CHECK_INT(t, qi_string_find(s, str(&w, "你"), 100), -1);
    world_free(&w);
}

static void too_long(QiTest *t) {
    TestWorld w;
    world_init(&w, (QiHeapConfig){0});
    QI_CHECK(t, qi_string_reserve(w.heap, (size_t)QI_STRING_MAX + 1) == NULL);
    char *mib = malloc(1 << 20);
    memset(mib, 'm', 1 << 20);
    QiValue parts[2048];
    parts[0] = qi_from_ref(qi_string_create(w.heap, mib, 1 << 20));
    for (int i = 1; i < 2048; i++) parts[i] = parts[0];
    QI_CHECK(t, qi_string_concat(w.heap, parts, 2048) == NULL);
    free(mib);
    world_free(&w);
}

int main(void) {
    QiTest t = {0};
    QI_RUN(&t, utf8_validity);
    QI_RUN(&t, every_scalar_value_survives);
    QI_RUN(&t, positions);
    QI_RUN(&t, joining);
    QI_RUN(&t, order_and_hash);
    QI_RUN(&t, searching);
    QI_RUN(&t, too_long);
    return qi_test_end(&t);
}
