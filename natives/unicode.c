/*
 * unicode.c — what needs the tables of Unicode: letter case, normal forms, grapheme clusters, display width and the classes
 * of characters. The tables are those of utf8proc (Unicode 15).
 *
 * 转大写 and 转小写 map one scalar value to one (ß becomes ẞ); 折叠大小写 is the full case folding (ß becomes ss).
 *
 * Display width is that of a terminal: 2 for wide characters and emoji, 0 for combining marks and controls. A grapheme
 * cluster is one thing on the screen: at most 2 wide, whatever it is joined of, and 2 with an emoji selector.
 *
 * Rejected: towupper and wcwidth of the C library (they depend on the process's locale and know no clusters); tables of our
 * own (they would have to follow Unicode).
 */
#include <stdlib.h>
#include <utf8proc.h>

#include "qi/native.h"

static QiStatus give(QiContext *cx, const QiString *s, QiValue *result) {
    if (s == NULL) return qi_throw_memory(cx);
    *result = qi_from_ref(s);
    return QI_OK;
}

QI_INLINE bool is_ascii(uint32_t c) { return c < 0x80; }

/* --- case ------------------------------------------------------------------------------------------ */

static uint32_t to_upper(uint32_t c) {
    if (is_ascii(c)) return c >= 'a' && c <= 'z' ? c - 32 : c;
    return (uint32_t)utf8proc_toupper((utf8proc_int32_t)c);
}

static uint32_t to_lower(uint32_t c) {
    if (is_ascii(c)) return c >= 'A' && c <= 'Z' ? c + 32 : c;
    return (uint32_t)utf8proc_tolower((utf8proc_int32_t)c);
}

static uint32_t to_title(uint32_t c) { return is_ascii(c) ? to_upper(c) : (uint32_t)utf8proc_totitle((utf8proc_int32_t)c); }

static QiStatus map(QiContext *cx, const QiString *s, uint32_t (*convert)(uint32_t), QiValue *result) {
    QiString *out;
    if (qi_string_is_ascii(s)) {
        out = qi_string_alloc(cx, s->len);
        if (out == NULL) return qi_throw_memory(cx);
        for (uint32_t i = 0; i < s->len; i++) out->bytes[i] = (char)convert((uint8_t)s->bytes[i]);
        out->chars = out->len;
    } else {
        QiText text = {0};
        QiValue pos = 0, c;
        while (qi_string_next(s, &pos, &c)) qi_text_add_char(&text, convert((uint32_t)c));
        out = qi_text_finish(qi_native_heap(cx), &text);
    }
    return give(cx, out, result);
}

QiStatus qi_native_string_upper(QiContext *cx, const QiValue *args, QiValue *result) { return map(cx, qi_as_ref(args[0]), to_upper, result); }
QiStatus qi_native_string_lower(QiContext *cx, const QiValue *args, QiValue *result) { return map(cx, qi_as_ref(args[0]), to_lower, result); }

QiStatus qi_native_char_upper(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = to_upper((uint32_t)args[0]);
    return QI_OK;
}

QiStatus qi_native_char_lower(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = to_lower((uint32_t)args[0]);
    return QI_OK;
}

static bool is_letter(uint32_t c);
static bool is_mark(uint32_t c);

/* The first letter in title case, or that of every word; with `words` the other letters become small. */
static QiStatus capitalize(QiContext *cx, const QiString *s, bool words, QiValue *result) {
    QiText text = {0};
    QiValue pos = 0, c;
    bool inside = false;
    while (qi_string_next(s, &pos, &c)) {
        uint32_t one = (uint32_t)c;
        if (!inside) one = to_title(one);
        else if (words) one = to_lower(one);
        qi_text_add_char(&text, one);
        inside = words ? is_letter((uint32_t)c) || (inside && (is_mark((uint32_t)c) || c == '\'' || c == 0x2019)) : true;
    }
    return give(cx, qi_text_finish(qi_native_heap(cx), &text), result);
}

QiStatus qi_native_string_capitalize(QiContext *cx, const QiValue *args, QiValue *result) { return capitalize(cx, qi_as_ref(args[0]), false, result); }
QiStatus qi_native_string_title(QiContext *cx, const QiValue *args, QiValue *result) { return capitalize(cx, qi_as_ref(args[0]), true, result); }

/* --- normal forms and folding ------------------------------------------------------------------------- */

/* malloc'ed text of *len bytes, or NULL without memory. */
static utf8proc_uint8_t *transform(const QiString *s, utf8proc_option_t options, size_t *len) {
    utf8proc_uint8_t *out = NULL;
    utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)s->bytes, (utf8proc_ssize_t)s->len, &out, options);
    if (n < 0) return NULL;
    *len = (size_t)n;
    return out;
}

static QiStatus give_transformed(QiContext *cx, const QiString *s, utf8proc_option_t options, QiValue *result) {
    size_t len = 0;
    utf8proc_uint8_t *text = transform(s, options, &len);
    if (text == NULL) return qi_throw_memory(cx);
    QiString *out = qi_string_new(cx, (const char *)text, len);
    free(text);
    return give(cx, out, result);
}

QiStatus qi_native_string_fold(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    if (qi_string_is_ascii(s)) return map(cx, s, to_lower, result);
    return give_transformed(cx, s, UTF8PROC_CASEFOLD, result);
}

static bool equal_ascii(const QiString *a, const QiString *b) {
    if (a->len != b->len) return false;
    for (uint32_t i = 0; i < a->len; i++) {
        if (to_lower((uint8_t)a->bytes[i]) != to_lower((uint8_t)b->bytes[i])) return false;
    }
    return true;
}

QiStatus qi_native_string_equal_fold(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *a = qi_as_ref(args[0]), *b = qi_as_ref(args[1]);
    if (qi_string_is_ascii(a) && qi_string_is_ascii(b)) {
        *result = equal_ascii(a, b);
        return QI_OK;
    }
    size_t la = 0, lb = 0;
    utf8proc_uint8_t *x = transform(a, UTF8PROC_CASEFOLD, &la), *y = transform(b, UTF8PROC_CASEFOLD, &lb);
    bool made = x != NULL && y != NULL, equal = made && la == lb && memcmp(x, y, la) == 0;
    free(x);
    free(y);
    if (!made) return qi_throw_memory(cx);
    *result = equal;
    return QI_OK;
}

QiStatus qi_native_string_normalize(QiContext *cx, const QiValue *args, QiValue *result) {
    static const struct { const char *name; utf8proc_option_t options; } forms[] = {
        {"NFC", UTF8PROC_STABLE | UTF8PROC_COMPOSE},
        {"NFD", UTF8PROC_STABLE | UTF8PROC_DECOMPOSE},
        {"NFKC", UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT},
        {"NFKD", UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT},
    };
    const QiString *s = qi_as_ref(args[0]), *form = qi_as_ref(args[1]);
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (form->len != strlen(forms[i].name) || memcmp(form->bytes, forms[i].name, form->len) != 0) continue;
        if (qi_string_is_ascii(s)) return give(cx, s, result);
        return give_transformed(cx, s, forms[i].options, result);
    }
    return qi_throw_text(cx, 7025, "说明", "规范化的形式是 NFC NFD NFKC NFKD 之一");
}

/* --- grapheme clusters and width -------------------------------------------------------------------------- */

/* Where the cluster that begins at byte `from` ends; *width is how wide it is shown. */
static size_t cluster_end(const QiString *s, size_t from, unsigned *width) {
    utf8proc_int32_t state = 0;
    unsigned size, sum = 0;
    uint32_t c = qi_utf8_decode(s->bytes + from, &size), last = c;
    bool emoji = false;
    size_t at = from + size;
    sum += (unsigned)utf8proc_charwidth((utf8proc_int32_t)c);
    while (at < s->len) {
        c = qi_utf8_decode(s->bytes + at, &size);
        if (is_ascii(c) && is_ascii(last) && last != '\r') break;
        if (utf8proc_grapheme_break_stateful((utf8proc_int32_t)last, (utf8proc_int32_t)c, &state)) break;
        emoji = emoji || c == 0xFE0F;
        sum += (unsigned)utf8proc_charwidth((utf8proc_int32_t)c);
        last = c;
        at += size;
    }
    *width = emoji || sum > 2 ? 2 : sum;
    return at;
}

QiStatus qi_native_string_graphemes(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    QiList *list = qi_list_new(cx, qi_native_result_type(cx), 0);
    if (list == NULL) return qi_throw_memory(cx);
    unsigned width;
    for (size_t at = 0, end; at < s->len; at = end) {
        end = cluster_end(s, at, &width);
        QiString *one = qi_string_part(qi_native_heap(cx), s, at, end - at);
        if (one == NULL || !qi_list_push(cx, list, qi_from_ref(one))) return qi_throw_memory(cx);
    }
    *result = qi_from_ref(list);
    return QI_OK;
}

QiStatus qi_native_string_grapheme_count(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    const QiString *s = qi_as_ref(args[0]);
    size_t n = 0;
    unsigned width;
    for (size_t at = 0; at < s->len; n++) at = cluster_end(s, at, &width);
    *result = n;
    return QI_OK;
}

static size_t width_of(const QiString *s) {
    size_t sum = 0;
    unsigned width;
    for (size_t at = 0; at < s->len; sum += width) at = cluster_end(s, at, &width);
    return sum;
}

QiStatus qi_native_string_width(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = width_of(qi_as_ref(args[0]));
    return QI_OK;
}

QiStatus qi_native_char_width(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    *result = (QiValue)utf8proc_charwidth((utf8proc_int32_t)args[0]);
    return QI_OK;
}

/* Columns that text is aligned to, at most: the fill is measured cluster by cluster, and a native must not take long. */
#define ALIGN_MAX 1000000

/* Clusters of `fill`, over and over, while they fit into `room`; spaces where none does. */
static void add_fill(QiText *text, const QiString *fill, size_t room) {
    size_t at = 0;
    while (room > 0) {
        unsigned width;
        size_t end = cluster_end(fill, at, &width);
        if (width == 0 || width > room) {
            for (; room > 0; room--) qi_text_add(text, " ", 1);
            return;
        }
        qi_text_add(text, fill->bytes + at, end - at);
        room -= width;
        at = end == fill->len ? 0 : end;
    }
}

static QiStatus align(QiContext *cx, const QiValue *args, QiValue *result, unsigned before, unsigned parts) {
    const QiString *s = qi_as_ref(args[0]), *fill = qi_as_ref(args[2]);
    int64_t wanted = (int64_t)args[1];
    size_t width = width_of(s);
    if (wanted <= 0 || (size_t)wanted <= width || fill->len == 0) return give(cx, s, result);
    if (wanted > ALIGN_MAX) return qi_throw_text(cx, 7025, "说明", "对齐的宽度至多 1000000");
    size_t missing = (size_t)wanted - width, left = missing * before / parts;
    QiText text = {0};
    add_fill(&text, fill, left);
    qi_text_add(&text, s->bytes, s->len);
    add_fill(&text, fill, missing - left);
    return give(cx, qi_text_finish(qi_native_heap(cx), &text), result);
}

QiStatus qi_native_string_align_left(QiContext *cx, const QiValue *args, QiValue *result) { return align(cx, args, result, 0, 1); }
QiStatus qi_native_string_align_right(QiContext *cx, const QiValue *args, QiValue *result) { return align(cx, args, result, 1, 1); }
QiStatus qi_native_string_align_center(QiContext *cx, const QiValue *args, QiValue *result) { return align(cx, args, result, 1, 2); }

/* The text, or as many of its clusters as fit before 结尾 into the width. */
QiStatus qi_native_string_truncate(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]), *tail = qi_as_ref(args[2]);
    int64_t wanted = (int64_t)args[1];
    size_t tail_width = width_of(tail);
    if (wanted < 0) return qi_throw_text(cx, 7025, "说明", "宽度不能为负");
    if (width_of(s) <= (size_t)wanted) return give(cx, s, result);
    if (tail_width > (size_t)wanted) return give(cx, qi_string_new(cx, "", 0), result);
    size_t room = (size_t)wanted - tail_width, at = 0;
    for (unsigned width; at < s->len;) {
        size_t end = cluster_end(s, at, &width);
        if (width > room) break;
        room -= width;
        at = end;
    }
    QiText text = {0};
    qi_text_add(&text, s->bytes, at);
    qi_text_add(&text, tail->bytes, tail->len);
    return give(cx, qi_text_finish(qi_native_heap(cx), &text), result);
}

/* --- classes of characters ------------------------------------------------------------------------------------ */

static utf8proc_category_t category(uint32_t c) { return utf8proc_category((utf8proc_int32_t)c); }

static bool is_letter(uint32_t c) {
    utf8proc_category_t k = category(c);
    return k >= UTF8PROC_CATEGORY_LU && k <= UTF8PROC_CATEGORY_LO;
}
static bool is_mark(uint32_t c) {
    utf8proc_category_t k = category(c);
    return k >= UTF8PROC_CATEGORY_MN && k <= UTF8PROC_CATEGORY_ME;
}
static bool is_digit(uint32_t c) { return category(c) == UTF8PROC_CATEGORY_ND; }
static bool is_upper(uint32_t c) { return utf8proc_isupper((utf8proc_int32_t)c); }
static bool is_lower(uint32_t c) { return utf8proc_islower((utf8proc_int32_t)c); }
/* Punctuation in the everyday sense: symbols such as + and ￥ too. */
static bool is_punctuation(uint32_t c) {
    utf8proc_category_t k = category(c);
    return (k >= UTF8PROC_CATEGORY_PC && k <= UTF8PROC_CATEGORY_PO) || (k >= UTF8PROC_CATEGORY_SM && k <= UTF8PROC_CATEGORY_SO);
}
/* The ideographs of Unicode's Han blocks, and 〇. */
static bool is_han(uint32_t c) {
    return c == 0x3007 || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAD9) ||
           (c >= 0x20000 && c <= 0x2FA1F) || (c >= 0x30000 && c <= 0x323AF);
}

/* Every scalar value is of the class, and there is one. */
static bool all_are(const QiString *s, bool (*is)(uint32_t)) {
    QiValue pos = 0, c;
    while (qi_string_next(s, &pos, &c)) {
        if (!is((uint32_t)c)) return false;
    }
    return s->len > 0;
}

#define CLASS(name, is)                                                                              \
    QiStatus qi_native_string_is_##name(QiContext *cx, const QiValue *args, QiValue *result) {       \
        (void)cx;                                                                                    \
        *result = all_are(qi_as_ref(args[0]), is);                                                   \
        return QI_OK;                                                                                \
    }                                                                                                \
    QiStatus qi_native_char_is_##name(QiContext *cx, const QiValue *args, QiValue *result) {         \
        (void)cx;                                                                                    \
        *result = is((uint32_t)args[0]);                                                             \
        return QI_OK;                                                                                \
    }
CLASS(letter, is_letter)
CLASS(digit, is_digit)
CLASS(space, qi_is_space)
CLASS(upper, is_upper)
CLASS(lower, is_lower)
CLASS(punctuation, is_punctuation)
CLASS(han, is_han)
CLASS(ascii, is_ascii)

/* The digits of a script are ten in a row, the zero at a multiple of its neighbours: look back for the first. */
QiStatus qi_native_char_digit(QiContext *cx, const QiValue *args, QiValue *result) {
    uint32_t c = (uint32_t)args[0], value = 0;
    if (!is_digit(c)) {
        *result = QI_OPTION_NONE;
        return QI_OK;
    }
    if (c >= 0x1D7CE && c <= 0x1D7FF) {
        value = (c - 0x1D7CE) % 10; /* five mathematical alphabets without gaps */
    } else {
        while (value < 9 && is_digit(c - value - 1)) value++;
    }
    return qi_option_some(cx, qi_native_result_type(cx), value, result) ? QI_OK : qi_throw_memory(cx);
}
