/*
 * text_test.c — values as text, format specifications, equality, cloning,
 * messages of errors.
 */
#include <math.h>
#include <stdlib.h>

#include "equal.h"
#include "format.h"
#include "test_types.h"

static void floats(QiTest *t) {
    const struct { double d; const char *text; } rows[] = {
        {0, "0.0"}, {-0.0, "-0.0"}, {6, "6.0"}, {0.1, "0.1"}, {-2.5, "-2.5"}, {0.1 + 0.2, "0.30000000000000004"}, {100000, "100000.0"},
        {1e15, "1000000000000000.0"}, {9007199254740993.0, "9007199254740992.0"}, {1e16, "1e16"}, {1.5e300, "1.5e300"},
        {123456789012345680.0, "1.2345678901234568e17"}, {0.0001, "0.0001"}, {0.00001, "1e-5"}, {1.25e-7, "1.25e-7"},
        {5e-324, "5e-324"}, {2.2250738585072014e-308, "2.2250738585072014e-308"}, {1.7976931348623157e308, "1.7976931348623157e308"},
        {5.684341886080802e-14, "5.684341886080802e-14"}, {9.5367431640625e-7, "9.5367431640625e-7"}, {3.141592653589793, "3.141592653589793"},
        {1.0 / 3, "0.3333333333333333"}, {2.0 / 3, "0.6666666666666666"}, {299792458.5, "299792458.5"}, {4.35, "4.35"},
        {INFINITY, "无穷"}, {-INFINITY, "-无穷"}, {NAN, "非数"}, {-NAN, "非数"}, {1e22, "1e22"}, {1e23, "1e23"}, {0.3, "0.3"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[QI_FLOAT_TEXT_MAX];
        size_t n = qi_float_text(rows[i].d, text);
        QI_CHECK_TEXT(t, text, n, rows[i].text);
    }
}

/* One string that a list holds many times: its text would be far larger than the heap may be. */
static void text_below_limit(QiTest *t) {
    TestWorld w;
    world_init(&w, (QiHeapConfig){.limit_bytes = 4 << 20});
    QiString *s = qi_string_reserve(w.heap, 1 << 20);
    memset(s->bytes, 'x', 1 << 20);
    qi_string_finish(s);
    QiList *l = qi_list_create(w.heap, &w.types[T_STRINGS], 0);
    for (int i = 0; i < 100; i++) QI_CHECK(t, qi_list_append(w.heap, l, qi_from_ref(s)));
    QiText text = {0};
    qi_format_append(w.heap, &text, &w.types[T_STRINGS], qi_from_ref(l), false);
    QI_CHECK(t, text.failed && text.cap <= 4 << 20);
    qi_text_free(&text);
    QI_CHECK(t, qi_format_value(w.heap, &w.types[T_STRINGS], qi_from_ref(l), false) == NULL);
    world_free(&w);
}

static void single_floats(QiTest *t) {
    const struct { float f; const char *text; } rows[] = {
        {0, "0.0"}, {-0.0f, "-0.0"}, {0.1f, "0.1"}, {0.3f, "0.3"}, {1.0f / 3, "0.33333334"}, {16777216, "16777216.0"}, {3.4028235e38f, "3.4028235e38"},
        {1e-45f, "1e-45"}, {1.17549435e-38f, "1.1754944e-38"}, {8388608.5f, "8388608.0"}, {INFINITY, "无穷"}, {NAN, "非数"},
    };
    char text[QI_FLOAT_TEXT_MAX + 1];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t n = qi_float32_text((double)rows[i].f, text);
        QI_CHECK_TEXT(t, text, n, rows[i].text);
    }
    uint32_t bits = 1;
    for (int i = 0; i < 20000; i++) {
        bits = bits * 1664525u + 1013904223u;
        float f;
        memcpy(&f, &bits, sizeof f);
        if (!isfinite(f)) continue;
        size_t n = qi_float32_text((double)f, text);
        text[n] = '\0';
        QI_CHECK(t, n <= 19 && strtof(text, NULL) == f);
    }
}

static void long_integers(QiTest *t) {
    const struct { uint64_t low; int64_t high; const char *text; } rows[] = {
        {0, 0, "0"}, {7, 0, "7"}, {UINT64_MAX, -1, "-1"}, {UINT64_MAX, 0, "18446744073709551615"}, {1000000000000000000u, 0, "1000000000000000000"},
        {UINT64_MAX, INT64_MAX, "170141183460469231731687303715884105727"}, {0, INT64_MIN, "-170141183460469231731687303715884105728"},
        {10000000000000000000u, 0, "10000000000000000000"}, {0, 1, "18446744073709551616"}, {5, 1, "18446744073709551621"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[QI_INT128_TEXT_MAX];
        size_t n = qi_int128_text(rows[i].low, rows[i].high, text);
        QI_CHECK_TEXT(t, text, n, rows[i].text);
    }
}

static void floats_read_back(QiTest *t) {
    uint64_t rng = 3;
    for (int i = 0; i < 100000; i++) {
        rng = rng * 6364136223846793005u + 1442695040888963407u;
        uint64_t bits = rng ^ rng >> 29;
        double d = i % 3 == 0 ? (double)(int64_t)(bits >> 40) / 1000 : i % 3 == 1 ? ldexp(1, (int)(bits % 2098) - 1074) : qi_as_float(bits);
        if (!isfinite(d)) continue;
        char text[QI_FLOAT_TEXT_MAX + 1], shorter[64];
        size_t n = qi_float_text(d, text);
        text[n] = '\0';
        QI_CHECK(t, n <= 25 && strtod(text, NULL) == d && strpbrk(text, ".e") != NULL);
        /* No printf precision finds a shorter one. */
        for (int precision = 1; precision < 17 && i % 16 == 0; precision++) {
            snprintf(shorter, sizeof shorter, "%.*e", precision - 1, d);
            if (strtod(shorter, NULL) != d) continue;
            snprintf(shorter, sizeof shorter, "%.*e", 16, strtod(text, NULL));
            int significant = 0, zeros = 0;
            bool begun = false;
            for (const char *p = text; *p && *p != 'e'; p++) {
                if (*p < '0' || *p > '9') continue;
                begun |= *p != '0';
                if (!begun) continue;
                zeros = *p == '0' ? zeros + 1 : 0;
                significant++;
            }
            QI_CHECK(t, significant - zeros <= precision);
            break;
        }
    }
}

static void ints(QiTest *t) {
    const struct { int64_t n; const char *text; } rows[] = {
        {0, "0"}, {7, "7"}, {-7, "-7"}, {10, "10"}, {99, "99"}, {100, "100"}, {12345, "12345"}, {-1000000, "-1000000"},
        {INT64_MAX, "9223372036854775807"}, {INT64_MIN, "-9223372036854775808"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[QI_INT_TEXT_MAX];
        size_t n = qi_int_text(rows[i].n, text);
        QI_CHECK_TEXT(t, text, n, rows[i].text);
    }
}

#define QI_CHECK_FORMAT(t, w, type, v, quoted, expected)                                   \
    do {                                                                                   \
        QiString *text_ = qi_format_value((w)->heap, &(w)->types[type], (v), (quoted));    \
        QI_CHECK_TEXT(t, text_->bytes, text_->len, expected);                              \
    } while (0)

static void values(QiTest *t) {
    TestWorld world, *w = &world;
    world_init(w, (QiHeapConfig){0});
    QiHeap *h = w->heap;
    QI_CHECK_FORMAT(t, w, T_BOOL, 1, false, "真");
    QI_CHECK_FORMAT(t, w, T_BOOL, 0, true, "假");
    QI_CHECK_FORMAT(t, w, T_UNIT, 0, false, "空");
    QI_CHECK_FORMAT(t, w, T_CHAR, 0x4E0A, false, "上");
    QI_CHECK_FORMAT(t, w, T_CHAR, 0x4E0A, true, "'上'");
    QI_CHECK_FORMAT(t, w, T_CHAR, '\'', true, "'\\''");
    QI_CHECK_FORMAT(t, w, T_CHAR, '"', true, "'\"'");
    QI_CHECK_FORMAT(t, w, T_STRING, qi_from_ref(str(w, "a\nb")), false, "a\nb");
    QI_CHECK_FORMAT(t, w, T_STRING, qi_from_ref(str(w, "a\nb\t\r\\\"'\x01气")), true, "\"a\\nb\\t\\r\\\\\\\"'\\x01气\"");
    QI_CHECK_FORMAT(t, w, T_STRING, qi_from_ref(qi_string_create(h, "\0", 1)), true, "\"\\0\"");
    QiList *l = qi_list_create(h, &w->types[T_STRINGS], 0);
    QI_CHECK_FORMAT(t, w, T_STRINGS, qi_from_ref(l), false, "[]");
    QI_CHECK(t, qi_list_append(h, l, qi_from_ref(str(w, "甲"))) && qi_list_append(h, l, qi_from_ref(str(w, ""))));
    QI_CHECK_FORMAT(t, w, T_STRINGS, qi_from_ref(l), false, "[\"甲\", \"\"]");
    QiList *flags = qi_list_create(h, &w->types[T_BOOLS], 0);
    QI_CHECK(t, qi_list_append(h, flags, 1) && qi_list_append(h, flags, 0));
    QI_CHECK_FORMAT(t, w, T_BOOLS, qi_from_ref(flags), false, "[真, 假]");
    QiStruct *point = qi_struct_new(h, &w->types[T_POINT]);
    point->fields[0] = 3;
    point->fields[1] = (QiValue)-4;
    QI_CHECK_FORMAT(t, w, T_POINT, qi_from_ref(point), false, "点 { x: 3, y: -4 }");
    QiStruct *pair = qi_struct_new(h, &w->types[T_PAIR]);
    pair->fields[0] = qi_from_ref(str(w, "二"));
    pair->fields[1] = qi_from_float(2);
    QI_CHECK_FORMAT(t, w, T_PAIR, qi_from_ref(pair), false, "(\"二\", 2.0)");
    QiValue some = 0, twice = 0;
    QI_CHECK(t, qi_option_make(h, &w->types[T_MAYBE_INT], 5, &some) && qi_option_make(h, &w->types[T_MAYBE_MAYBE], some, &twice));
    QI_CHECK_FORMAT(t, w, T_MAYBE_INT, some, false, "有(5)");
    QI_CHECK_FORMAT(t, w, T_MAYBE_INT, 0, false, "无");
    QI_CHECK_FORMAT(t, w, T_MAYBE_MAYBE, twice, false, "有(有(5))");
    QI_CHECK(t, qi_option_make(h, &w->types[T_MAYBE_MAYBE], 0, &twice));
    QI_CHECK_FORMAT(t, w, T_MAYBE_MAYBE, twice, false, "有(无)");
    QI_CHECK_FORMAT(t, w, T_MAYBE_STRING, qi_from_ref(str(w, "二")), false, "有(\"二\")");
    QiDict *d = qi_dict_new(h, &w->types[T_DICT]);
    QI_CHECK_FORMAT(t, w, T_DICT, qi_from_ref(d), false, "{}");
    for (const char **k = (const char *[]){"去", "甲", "乙", NULL}; *k != NULL; k++) {
        QI_CHECK(t, qi_dict_set(h, d, qi_from_ref(str(w, *k)), qi_from_ref(node_new(w, NULL, NULL))));
    }
    QI_CHECK(t, qi_dict_remove(d, qi_from_ref(str(w, "去")), NULL));
    QI_CHECK_FORMAT(t, w, T_DICT, qi_from_ref(d), false, "{\"甲\": 节点 { 左: 无, 右: 无 }, \"乙\": 节点 { 左: 无, 右: 无 }}");
    QiError *e = qi_error_create(h, 7000, str(w, "坏了"));
    QI_CHECK_FORMAT(t, w, T_ERROR, qi_from_ref(e), false, "坏了");
    QI_CHECK_FORMAT(t, w, T_ERROR, qi_from_ref(e), true, "错误(\"坏了\")");
    world_free(w);
}

static void cycles_and_depth(QiTest *t) {
    TestWorld world, *w = &world;
    world_init(w, (QiHeapConfig){0});
    QiStruct *a = node_new(w, NULL, NULL), *b = node_new(w, a, NULL);
    a->fields[1] = qi_from_ref(b);
    QI_CHECK_FORMAT(t, w, T_NODE, qi_from_ref(a), false, "节点 { 左: 无, 右: 有(节点 { 左: 有(…), 右: 无 }) }");
    /* Shared is not cyclic. */
    QiStruct *leaf = node_new(w, NULL, NULL), *both = node_new(w, leaf, leaf);
    QI_CHECK_FORMAT(t, w, T_NODE, qi_from_ref(both), false,
                    "节点 { 左: 有(节点 { 左: 无, 右: 无 }), 右: 有(节点 { 左: 无, 右: 无 }) }");
    QiStruct *chain = NULL, *other = NULL;
    enum { DEPTH = 300000 };
    for (int i = 0; i < DEPTH; i++) {
        chain = node_new(w, NULL, chain);
        other = node_new(w, NULL, other);
    }
    QiString *text = qi_format_value(w->heap, &w->types[T_NODE], qi_from_ref(chain), false);
    QI_CHECK(t, text != NULL && text->len > DEPTH * 20);
    QI_CHECK_INT(t, qi_equal_refs(w->heap, &chain->head, &other->head), 1);
    other->fields[0] = qi_from_ref(leaf);
    QI_CHECK_INT(t, qi_equal_refs(w->heap, &chain->head, &other->head), 0);
    QiValue copy;
    QI_CHECK(t, qi_clone_value(w->heap, &w->types[T_NODE], qi_from_ref(chain), &copy) && copy != qi_from_ref(chain));
    QI_CHECK_INT(t, qi_equal_refs(w->heap, &chain->head, qi_as_ref(copy)), 1);
    world_free(w);
}

static void specs(QiTest *t) {
    TestWorld world, *w = &world;
    world_init(w, (QiHeapConfig){0});
    QiValue text = qi_from_ref(str(w, "气功"));
    const struct { int type; QiValue v; const char *spec, *expected; } rows[] = {
        {T_FLOAT, qi_from_float(3.14159), ".2", "3.14"}, {T_FLOAT, qi_from_float(2.5), ".2", "2.50"}, {T_FLOAT, qi_from_float(-0.5), ".0", "-0"},
        {T_FLOAT, qi_from_float(1234567.891), ",.2", "1,234,567.89"}, {T_FLOAT, qi_from_float(0.256), ".1%", "25.6%"},
        {T_FLOAT, qi_from_float(12345), ".2e", "1.23e4"}, {T_FLOAT, qi_from_float(0.00015), ".0e", "1e-4"}, {T_FLOAT, qi_from_float(2), "e", "2.000000e0"}, {T_FLOAT, qi_from_float(INFINITY), "8.2", "      无穷"}, {T_FLOAT, qi_from_float(2), "", "2.0"},
        {T_FLOAT, qi_from_float(1e300), ".1", NULL}, {T_INT, 42, "6", "    42"}, {T_INT, 42, "<6", "42    "}, {T_INT, 42, "^6", "  42  "},
        {T_INT, 42, "06", "000042"}, {T_INT, (QiValue)-42, "06", "-00042"}, {T_INT, 42, "+", "+42"}, {T_INT, 42, "*>6", "****42"}, {T_INT, 42, "零>4", "零零42"},
        {T_INT, 1234567, ",", "1,234,567"}, {T_INT, 123, ",", "123"}, {T_INT, (QiValue)-1234, ",", "-1,234"}, {T_INT, 255, "x", "ff"}, {T_INT, 255, "X", "FF"},
        {T_INT, 255, "010b", "0011111111"}, {T_INT, 8, "o", "10"}, {T_INT, (QiValue)-255, "x", "-ff"}, {T_INT, (QiValue)INT64_MIN, "x", "-8000000000000000"},
        {T_INT, (QiValue)INT64_MIN, ",", "-9,223,372,036,854,775,808"}, {T_INT, 3, ".2", "3.00"}, {T_CHAR, 0x6C14, "x", "6c14"}, {T_CHAR, 0x6C14, "3", "气  "},
        {T_STRING, text, "4", "气功  "}, {T_STRING, text, ">4", "  气功"}, {T_STRING, text, ".1", "气"}, {T_STRING, text, "·^5", "·气功··"}, {T_BOOL, 1, "2", "真 "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        QiString *out = NULL;
        QI_CHECK_INT(t, qi_format_with_spec(w->heap, &w->types[rows[i].type], rows[i].v, str(w, rows[i].spec), &out), QI_FORMAT_OK);
        if (rows[i].expected != NULL && out != NULL) QI_CHECK_TEXT(t, out->bytes, out->len, rows[i].expected);
    }
    const struct { int type; QiValue v; const char *spec; } bad[] = {
        {T_INT, 1, "z"}, {T_INT, 1, "."}, {T_INT, 1, "5x5"}, {T_INT, 1, ".2x"}, {T_FLOAT, 0, "x"}, {T_STRING, text, "x"}, {T_STRING, text, "+"},
        {T_INT, 1, "9999999"}, {T_FLOAT, 0, ".101"}, {T_INT, 1, ",x"}, {T_STRING, text, "05"}, {T_INT, 1, "<<<"}, {T_INT, 1, " 5"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        QiString *out = NULL;
        QI_CHECK_INT(t, qi_format_with_spec(w->heap, &w->types[bad[i].type], bad[i].v, str(w, bad[i].spec), &out), QI_FORMAT_BAD_SPEC);
    }
    world_free(w);
}

static QiList *ints_list(TestWorld *w, const int64_t *v, size_t n) {
    QiList *l = qi_list_create(w->heap, &w->types[T_INTS], n);
    for (size_t i = 0; i < n; i++) qi_list_append(w->heap, l, (QiValue)v[i]);
    return l;
}

static void equality(QiTest *t) {
    TestWorld world, *w = &world;
    world_init(w, (QiHeapConfig){0});
    QiHeap *h = w->heap;
    const int64_t one_two[] = {1, 2}, one_three[] = {1, 3};
    QI_CHECK_INT(t, qi_equal_refs(h, &ints_list(w, one_two, 2)->head, &ints_list(w, one_two, 2)->head), 1);
    QI_CHECK_INT(t, qi_equal_refs(h, &ints_list(w, one_two, 2)->head, &ints_list(w, one_three, 2)->head), 0);
    QI_CHECK_INT(t, qi_equal_refs(h, &ints_list(w, one_two, 2)->head, &ints_list(w, one_two, 1)->head), 0);
    QI_CHECK_INT(t, qi_equal_refs(h, NULL, NULL), 1);
    QI_CHECK_INT(t, qi_equal_refs(h, NULL, &ints_list(w, one_two, 1)->head), 0);
    QI_CHECK_INT(t, qi_equal_values(h, &w->types[T_FLOAT], qi_from_float(0.0), qi_from_float(-0.0)), 1);
    QI_CHECK_INT(t, qi_equal_values(h, &w->types[T_FLOAT], qi_from_float(NAN), qi_from_float(NAN)), 0);
    QiList *nan = qi_list_create(h, &w->types[T_FLOATS], 1);
    QI_CHECK(t, qi_list_append(h, nan, qi_from_float(NAN)));
    QI_CHECK_INT(t, qi_equal_refs(h, &nan->head, &nan->head), 0);
    QiList *nested[2];
    for (int i = 0; i < 2; i++) {
        nested[i] = qi_list_create(h, &w->types[T_INTS_LIST], 0);
        QI_CHECK(t, qi_list_append(h, nested[i], qi_from_ref(ints_list(w, one_two, 2))));
        QI_CHECK(t, qi_list_append(h, nested[i], qi_from_ref(ints_list(w, i ? one_three : one_two, 2))));
    }
    QI_CHECK_INT(t, qi_equal_refs(h, &nested[0]->head, &nested[0]->head), 1);
    QI_CHECK_INT(t, qi_equal_refs(h, &nested[0]->head, &nested[1]->head), 0);
    QiDict *left = qi_dict_new(h, &w->types[T_INT_DICT]), *right = qi_dict_new(h, &w->types[T_INT_DICT]);
    for (QiValue i = 0; i < 20; i++) QI_CHECK(t, qi_dict_set(h, left, i, i) && qi_dict_set(h, right, 19 - i, 19 - i));
    QI_CHECK_INT(t, qi_equal_refs(h, &left->head, &right->head), 1);
    QI_CHECK(t, qi_dict_set(h, right, 3, 4));
    QI_CHECK_INT(t, qi_equal_refs(h, &left->head, &right->head), 0);
    QiValue five = 0, six = 0;
    QI_CHECK(t, qi_option_make(h, &w->types[T_MAYBE_INT], 5, &five) && qi_option_make(h, &w->types[T_MAYBE_INT], 6, &six));
    QI_CHECK_INT(t, qi_equal_refs(h, qi_as_ref(five), qi_as_ref(six)), 0);
    /* Two cycles of different length that look the same from inside. */
    QiStruct *single = node_new(w, NULL, NULL), *first = node_new(w, NULL, NULL), *second = node_new(w, first, NULL);
    single->fields[0] = qi_from_ref(single);
    first->fields[0] = qi_from_ref(second);
    QI_CHECK_INT(t, qi_equal_refs(h, &single->head, &first->head), 1);
    second->fields[1] = qi_from_ref(single);
    QI_CHECK_INT(t, qi_equal_refs(h, &single->head, &first->head), 0);
    world_free(w);
}

static void cloning(QiTest *t) {
    TestWorld world, *w = &world;
    world_init(w, (QiHeapConfig){0});
    QiHeap *h = w->heap;
    /* shared ← a → b → a */
    QiStruct *shared = node_new(w, NULL, NULL), *b = node_new(w, NULL, shared), *a = node_new(w, b, shared);
    b->fields[0] = qi_from_ref(a);
    QiValue out;
    QI_CHECK(t, qi_clone_value(h, &w->types[T_NODE], qi_from_ref(a), &out));
    QiStruct *a2 = qi_as_ref(out), *b2 = qi_as_ref(a2->fields[0]), *shared2 = qi_as_ref(a2->fields[1]);
    QI_CHECK(t, a2 != a && b2 != b && shared2 != shared);
    QI_CHECK(t, b2->fields[0] == qi_from_ref(a2) && b2->fields[1] == qi_from_ref(shared2));
    const int64_t numbers[] = {1, 2, 3};
    QiList *inner = ints_list(w, numbers, 3), *outer = qi_list_create(h, &w->types[T_INTS_LIST], 0);
    QI_CHECK(t, qi_list_append(h, outer, qi_from_ref(inner)) && qi_list_append(h, outer, qi_from_ref(inner)));
    QI_CHECK(t, qi_clone_value(h, &w->types[T_INTS_LIST], qi_from_ref(outer), &out));
    QiList *copy = qi_as_ref(out);
    QI_CHECK(t, copy->items.words[0] == copy->items.words[1] && copy->items.words[0] != qi_from_ref(inner));
    QI_CHECK(t, qi_list_append(h, qi_as_ref(copy->items.words[0]), 4));
    QI_CHECK_INT(t, inner->len, 3);
    QiDict *d = qi_dict_new(h, &w->types[T_DICT]);
    QI_CHECK(t, qi_dict_set(h, d, qi_from_ref(str(w, "k")), qi_from_ref(shared)) && qi_dict_set(h, d, qi_from_ref(str(w, "j")), qi_from_ref(shared)));
    QI_CHECK(t, qi_clone_value(h, &w->types[T_DICT], qi_from_ref(d), &out));
    QI_CHECK_INT(t, qi_equal_refs(h, &d->head, qi_as_ref(out)), 1);
    QiValue v1 = 0, v2 = 0;
    QI_CHECK(t, qi_dict_find(qi_as_ref(out), qi_from_ref(str(w, "k")), &v1) && qi_dict_find(qi_as_ref(out), qi_from_ref(str(w, "j")), &v2));
    QI_CHECK(t, v1 == v2 && v1 != qi_from_ref(shared));
    QI_CHECK(t, qi_clone_value(h, &w->types[T_INT], 7, &out) && out == 7);
    QI_CHECK(t, qi_clone_value(h, &w->types[T_MAYBE_NODE], 0, &out) && out == 0);
    world_free(w);
}

static void messages(QiTest *t) {
    for (int english = 0; english < 2; english++) {
        TestWorld world, *w = &world;
        world_init(w, (QiHeapConfig){.english = english});
        const QiErrorArg args[] = {{.name = "长度", .number = 3}, {.name = "索引", .text = "五", .len = 3}};
        QiError *e = qi_error_make(w->heap, 7003, args, 2);
        QI_CHECK_TEXT(t, e->message->bytes, e->message->len,
                      english ? "index out of range: index 五, length 3" : "索引越界：索引 五，长度 3");
        e = qi_error_make(w->heap, 7003, args, 1);
        QI_CHECK_TEXT(t, e->message->bytes, e->message->len,
                      english ? "index out of range: index {索引}, length 3" : "索引越界：索引 {索引}，长度 3");
        QI_CHECK(t, qi_error_is_kind(e, 5) && qi_error_is_kind(e, 0) && !qi_error_is_kind(e, 1));
        QI_CHECK_INT(t, qi_error_out_of_memory(w->heap)->head.aux, 7007);
        world_free(w);
    }
    /* The table is sorted, so that every code is found. */
    for (int code = 1000, found = 0; code < 10000; code++) {
        const QiErrorText *text = qi_error_text(code);
        if (text != NULL) QI_CHECK_INT(t, atoi(text->id + 1), code);
        found += text != NULL;
        if (code == 9999) {
            int rows = 0;
#define QI_ERROR(id, phase, zh, en, hint_zh, hint_en) rows++;
#define QI_WARNING(id, phase, zh, en, hint_zh, hint_en)
#include "qi/errors.def"
#undef QI_ERROR
#undef QI_WARNING
            QI_CHECK_INT(t, found, rows);
        }
    }
}

int main(void) {
    QiTest t = {0};
    QI_RUN(&t, floats);
    QI_RUN(&t, text_below_limit);
    QI_RUN(&t, single_floats);
    QI_RUN(&t, long_integers);
    QI_RUN(&t, floats_read_back);
    QI_RUN(&t, ints);
    QI_RUN(&t, values);
    QI_RUN(&t, cycles_and_depth);
    QI_RUN(&t, specs);
    QI_RUN(&t, equality);
    QI_RUN(&t, cloning);
    QI_RUN(&t, messages);
    return qi_test_end(&t);
}
