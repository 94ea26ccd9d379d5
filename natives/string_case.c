/*
 * string_case.c — 转大写 and 转小写: simple case mapping, one scalar value to one.
 *
 * Covered, by rule: ASCII, Latin-1, Latin Extended-A and Additional, Greek,
 * Cyrillic, Armenian, Roman numerals, circled and full-width letters. Other
 * scripts with case (Cherokee, Georgian Mtavruli, Deseret …) and mappings to
 * several characters (ß → SS) are left as they are.
 *
 * Rejected: towupper of the C library (it depends on the process's locale); the
 * full Unicode table (12 KB for letters hardly any program meets).
 */
#include "qi/native.h"

typedef enum CaseRule {
    OFFSET,     /* a run of small letters, the capitals `distance` below */
    EVEN_PAIRS, /* capital and small letter alternate, capitals even */
    ODD_PAIRS,  /* the same, capitals odd */
} CaseRule;

/* first … last: the small letters of an OFFSET, all letters of pairs. Sorted by nothing: the table is short. */
static const struct { uint32_t first, last; CaseRule rule; uint32_t distance; } cases[] = {
    {0xE0, 0xF6, OFFSET, 32},      {0xF8, 0xFE, OFFSET, 32},      {0x100, 0x12F, EVEN_PAIRS, 0},  {0x132, 0x137, EVEN_PAIRS, 0},
    {0x139, 0x148, ODD_PAIRS, 0},  {0x14A, 0x177, EVEN_PAIRS, 0}, {0x179, 0x17E, ODD_PAIRS, 0},   {0x3AC, 0x3AC, OFFSET, 38},
    {0x3AD, 0x3AF, OFFSET, 37},    {0x3B1, 0x3C1, OFFSET, 32},    {0x3C3, 0x3CB, OFFSET, 32},     {0x3CC, 0x3CC, OFFSET, 64},
    {0x3CD, 0x3CE, OFFSET, 63},    {0x430, 0x44F, OFFSET, 32},    {0x450, 0x45F, OFFSET, 80},     {0x460, 0x481, EVEN_PAIRS, 0},
    {0x48A, 0x4BF, EVEN_PAIRS, 0}, {0x4C1, 0x4CE, ODD_PAIRS, 0},  {0x4CF, 0x4CF, OFFSET, 15},     {0x4D0, 0x52F, EVEN_PAIRS, 0},
    {0x561, 0x586, OFFSET, 48},    {0x1E00, 0x1E95, EVEN_PAIRS, 0}, {0x1EA0, 0x1EFF, EVEN_PAIRS, 0}, {0x2170, 0x217F, OFFSET, 16},
    {0x24D0, 0x24E9, OFFSET, 26},  {0xFF41, 0xFF5A, OFFSET, 32},
};

/* Pairs that no rule above covers, one way or both. */
static uint32_t special_upper(uint32_t c) {
    switch (c) {
    case 0xB5: return 0x39C;
    case 0xFF: return 0x178;
    case 0x131: return 'I';
    case 0x17F: return 'S';
    case 0x3C2: return 0x3A3;
    default: return c;
    }
}

static uint32_t special_lower(uint32_t c) {
    switch (c) {
    case 0x130: return 'i';
    case 0x178: return 0xFF;
    case 0x1E9E: return 0xDF;
    default: return c;
    }
}

static uint32_t to_upper(uint32_t c) {
    if (c < 0x80) return c >= 'a' && c <= 'z' ? c - 32 : c;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (c < cases[i].first || c > cases[i].last) continue;
        if (cases[i].rule == OFFSET) return c - cases[i].distance;
        return (c % 2 == 1) == (cases[i].rule == EVEN_PAIRS) ? c - 1 : c;
    }
    return special_upper(c);
}

static uint32_t to_lower(uint32_t c) {
    if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t distance = cases[i].distance;
        if (cases[i].rule == OFFSET) {
            if (c >= cases[i].first - distance && c <= cases[i].last - distance) return c + distance;
        } else if (c >= cases[i].first && c <= cases[i].last) {
            return (c % 2 == 0) == (cases[i].rule == EVEN_PAIRS) ? c + 1 : c;
        }
    }
    return special_lower(c);
}

static QiStatus map(QiContext *cx, const QiString *s, uint32_t (*convert)(uint32_t), QiValue *result) {
    QiString *out;
    if (qi_string_is_ascii(s)) {
        out = qi_string_alloc(cx, s->len);
        if (out == NULL) return qi_throw_memory(cx);
        for (uint32_t i = 0; i < s->len; i++) out->bytes[i] = (char)convert((uint8_t)s->bytes[i]);
        qi_string_finish(out);
    } else {
        QiText text = {0};
        QiValue pos = 0, c;
        while (qi_string_next(s, &pos, &c)) qi_text_add_char(&text, convert((uint32_t)c));
        out = qi_text_finish(qi_native_heap(cx), &text);
        if (out == NULL) return qi_throw_memory(cx);
    }
    *result = qi_from_ref(out);
    return QI_OK;
}

QiStatus qi_native_string_upper(QiContext *cx, const QiValue *args, QiValue *result) {
    return map(cx, qi_as_ref(args[0]), to_upper, result);
}

QiStatus qi_native_string_lower(QiContext *cx, const QiValue *args, QiValue *result) {
    return map(cx, qi_as_ref(args[0]), to_lower, result);
}
