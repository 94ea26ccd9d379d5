/*
 * json_read.c — JSON (RFC 8259) into values of the type a program asks for, in one pass.
 *
 * The type decides what may stand where: 列表 and 元组 are arrays, 字典 and structs are objects, 选项 is null or a value,
 * an enum is the name of a variant or `{"名": 值}`; the enum JSON值 of 标准库.JSON takes anything (its variants are found by
 * the types they hold). Containers that are not finished stand on an explicit stack, so nesting costs no C stack.
 *
 * 数组 is refused: its length belongs to the static type, and types do not say it at run time.
 *
 * Strict: no comments, no trailing commas, nothing behind the value; a key that repeats is an error, and so is a number
 * that its type cannot hold. Errors name line and column (in scalar values) and what was expected.
 *
 * Invariants: objects under construction are reachable from the stack only, and the collector does not run meanwhile; the
 * text is valid UTF-8, so that only escapes can make a string bad.
 * Rejected: jansson, Debian's only C library for this: it recurses, makes a tree of its own that would be copied, and
 * says in English what it found; it takes 2.8 times the instructions for the same text, without that copy. A reader in Qi:
 * every scalar value would be several steps of the interpreter.
 */
#include <stdlib.h>

#include "json.h"

typedef enum Shape { SHAPE_LIST, SHAPE_PARTS, SHAPE_DICT, SHAPE_STRUCT, SHAPE_OPTION, SHAPE_VARIANT, SHAPE_NAMED } Shape;

/* A value that is not finished. */
typedef struct Frame {
    const QiType *type;
    void *object;        /* list, dictionary, struct (also for the parts of a variant) */
    QiString *key;       /* of the value being read, in a dictionary */
    size_t next;         /* part or field */
    size_t seen;         /* SHAPE_STRUCT: where its marks begin */
    uint32_t tag;        /* SHAPE_VARIANT SHAPE_NAMED SHAPE_PARTS: variant */
    uint8_t shape;
} Frame;

enum { KEYS = 256 };

typedef struct Reader {
    QiContext *cx;
    const char *start, *at, *end;
    Frame *frames;
    size_t count, cap, depth;
    QiText seen, text;           /* marks of the fields that were read; the string with escapes being read */
    QiString *keys[KEYS];        /* keys met before, by a hash: most objects have the same ones */
    QiJsonTags tags;
    QiStatus status;
} Reader;

/* --- errors ---------------------------------------------------------------------------- */

static bool fail_at(Reader *r, const char *place, int code, const char *what) {
    int64_t line = 1;
    const char *begin = r->start;
    for (const char *p = r->start; p < place; p++) {
        if (*p != '\n') continue;
        line++;
        begin = p + 1;
    }
    const QiErrorArg args[] = {
        {.name = "行", .number = line},
        {.name = "列", .number = (int64_t)qi_utf8_count(begin, (size_t)(place - begin)) + 1},
        {.name = "说明", .text = what, .len = strlen(what)},
    };
    r->status = qi_throw_code(r->cx, code, args, 3);
    return false;
}

static bool fail(Reader *r, const char *what) { return fail_at(r, r->at, 7022, what); }

static bool fail_memory(Reader *r) {
    r->status = qi_throw_memory(r->cx);
    return false;
}

/* `before`, a name in quotes, `after`. */
static bool fail_name(Reader *r, const char *place, int code, const char *before, const char *name, size_t len, const char *after) {
    QiText text = {0};
    qi_text_add(&text, before, strlen(before));
    qi_text_add(&text, name, len < 60 ? len : 0);
    if (len >= 60) qi_text_add(&text, "…", strlen("…"));
    qi_text_add(&text, after, strlen(after) + 1);
    bool failed = text.failed;
    if (!failed) fail_at(r, place, code, text.bytes);
    qi_text_free(&text);
    return failed ? fail_memory(r) : false;
}

static const char *kind_name(const QiType *t) {
    switch (t->kind) {
    case QI_T_INT: case QI_T_INT32: case QI_T_BYTE: case QI_T_INT128: return "应为整数";
    case QI_T_FLOAT: case QI_T_FLOAT32: return "应为数";
    case QI_T_BOOL: return "应为 true 或 false";
    case QI_T_CHAR: return "应为一个字符的字符串";
    case QI_T_STRING: return "应为字符串";
    case QI_T_LIST: case QI_T_SET: case QI_T_TUPLE: return "应为数组";
    case QI_T_DICT: return "应为对象";
    case QI_T_STRUCT: return t->is_tuple ? "应为数组" : "应为对象";
    case QI_T_ENUM: return "应为变体的名称，或以它为键的对象";
    case QI_T_UNIT: return "应为 null";
    default: return "这个类型不能由 JSON 得到";
    }
}

static bool unfit(Reader *r, const char *place, const QiType *t) { return fail_at(r, place, 7023, kind_name(t)); }

/* --- words ------------------------------------------------------------------------------ */

static void skip_spaces(Reader *r) {
    const char *p = r->at;
    while (p < r->end && (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r')) p++;
    r->at = p;
}

static char peek(const Reader *r) { return r->at < r->end ? *r->at : '\0'; }

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool hex4(Reader *r, uint32_t *out) {
    uint32_t n = 0;
    for (int i = 0; i < 4; i++, r->at++) {
        char c = peek(r);
        if (is_digit(c)) n = n << 4 | (uint32_t)(c - '0');
        else if (c >= 'a' && c <= 'f') n = n << 4 | (uint32_t)(c - 'a' + 10);
        else if (c >= 'A' && c <= 'F') n = n << 4 | (uint32_t)(c - 'A' + 10);
        else return fail(r, "\\u 之后应为四个十六进制数字");
    }
    *out = n;
    return true;
}

/* Behind the `\`. */
static bool read_escape(Reader *r) {
    static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    const char *place = r->at - 1;
    char c = peek(r);
    const char *known = c != '\0' ? strchr(letters, c) : NULL;
    if (known != NULL) {
        r->at++;
        qi_text_add(&r->text, &meant[known - letters], 1);
        return true;
    }
    if (c != 'u') return fail_at(r, place, 7022, "未知的转义");
    r->at++;
    uint32_t high, low = 0;
    if (!hex4(r, &high)) return false;
    if (high >= 0xD800 && high < 0xDC00) {
        if (r->end - r->at < 2 || r->at[0] != '\\' || r->at[1] != 'u') return fail_at(r, place, 7022, "代理项不成对");
        r->at += 2;
        if (!hex4(r, &low)) return false;
        if (low < 0xDC00 || low > 0xDFFF) return fail_at(r, place, 7022, "代理项不成对");
        high = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
    } else if (high >= 0xDC00 && high <= 0xDFFF) {
        return fail_at(r, place, 7022, "代理项不成对");
    }
    qi_text_add_char(&r->text, high);
    return true;
}

/* The string at `"`: as it stands in the source where it has no escapes, else in r->text. */
static bool read_string(Reader *r, const char **bytes, size_t *len) {
    const char *open = r->at++, *plain = r->at;
    r->text.len = 0;
    for (;;) {
        const char *p = r->at;
        while (p < r->end && *p != '"' && *p != '\\' && (uint8_t)*p >= 0x20) p++;
        r->at = p;
        if (p == r->end) return fail_at(r, open, 7022, "字符串没有结束");
        if ((uint8_t)*p < 0x20) return fail(r, "字符串里的控制字符要写成 \\u 转义");
        bool whole = r->text.len == 0 && *p == '"' && plain == open + 1;
        if (whole) {
            *bytes = plain;
            *len = (size_t)(p - plain);
            r->at++;
            return true;
        }
        qi_text_add(&r->text, plain, (size_t)(p - plain));
        r->at++;
        if (*p == '"') break;
        if (!read_escape(r)) return false;
        plain = r->at;
    }
    if (r->text.failed) return fail_memory(r);
    *bytes = r->text.bytes;
    *len = r->text.len;
    return true;
}

static bool give_string(Reader *r, const char *bytes, size_t len, QiValue *out) {
    QiString *s = qi_string_new(r->cx, bytes, len);
    if (s == NULL) return fail_memory(r);
    *out = qi_from_ref(s);
    return true;
}

/* A key as a string, the same object as before where it was met before. */
static QiString *key_string(Reader *r, const char *bytes, size_t len) {
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < len && i < 32; i++) hash = (hash ^ (uint8_t)bytes[i]) * 16777619u;
    QiString **known = &r->keys[(hash ^ (uint32_t)len) % KEYS];
    if (*known == NULL || (*known)->len != len || memcmp((*known)->bytes, bytes, len) != 0) *known = qi_string_new(r->cx, bytes, len);
    if (*known == NULL) fail_memory(r);
    return *known;
}

/* --- numbers ------------------------------------------------------------------------------ */

/* A number's text, checked against the grammar. */
typedef struct Number { const char *at, *end; bool integral; } Number;

static bool read_number(Reader *r, Number *n) {
    *n = (Number){.at = r->at, .integral = true};
    if (peek(r) == '-') r->at++;
    if (!is_digit(peek(r))) return fail(r, "- 之后应为数字");
    if (peek(r) == '0' && r->at + 1 < r->end && is_digit(r->at[1])) return fail(r, "数字不能以 0 开头");
    while (is_digit(peek(r))) r->at++;
    if (peek(r) == '.') {
        n->integral = false;
        r->at++;
        if (!is_digit(peek(r))) return fail(r, "小数点之后应为数字");
        while (is_digit(peek(r))) r->at++;
    }
    if (peek(r) == 'e' || peek(r) == 'E') {
        n->integral = false;
        r->at++;
        if (peek(r) == '+' || peek(r) == '-') r->at++;
        if (!is_digit(peek(r))) return fail(r, "指数里应有数字");
        while (is_digit(peek(r))) r->at++;
    }
    n->end = r->at;
    return true;
}

/* The whole number, where it has at most 128 bits. */
static bool whole_value(const Number *n, __int128 *out) {
    const char *p = n->at;
    bool negative = *p == '-';
    unsigned __int128 sum = 0, limit = ((unsigned __int128)1 << 127) - !negative;
    for (p += negative; p < n->end; p++) {
        unsigned digit = (unsigned)(*p - '0');
        if (sum > (limit - digit) / 10) return false;
        sum = sum * 10 + digit;
    }
    *out = negative ? (__int128)(0 - sum) : (__int128)sum;
    return true;
}

static bool give_integer(Reader *r, const QiType *t, const Number *n, QiValue *out) {
    __int128 v;
    if (!n->integral) return fail_at(r, n->at, 7023, "应为整数，不能有小数点或指数");
    bool fits = whole_value(n, &v);
    if (fits && t->kind == QI_T_INT128) {
        QiInt128 *big = qi_int128_new(qi_native_heap(r->cx), t->index, (uint64_t)v, (int64_t)(v >> 64));
        if (big == NULL) return fail_memory(r);
        *out = qi_from_ref(big);
        return true;
    }
    fits = fits && (t->kind == QI_T_BYTE ? v >= 0 && v <= 255 : t->kind == QI_T_INT32 ? v >= INT32_MIN && v <= INT32_MAX : v >= INT64_MIN && v <= INT64_MAX);
    if (!fits) return fail_at(r, n->at, 7023, "整数超出类型的范围");
    *out = (QiValue)(int64_t)v;
    return true;
}

static bool give_float(Reader *r, const QiType *t, const Number *n, QiValue *out) {
    double d;
    if (!qi_decimal_value(n->at, (size_t)(n->end - n->at), &d)) return fail_memory(r);
    if (t->kind == QI_T_FLOAT32) d = (double)(float)d;
    if (d - d != 0.0) return fail_at(r, n->at, 7023, "数超出类型的范围");
    *out = qi_from_float(d);
    return true;
}

static bool is_integer_type(const QiType *t) {
    return t->kind == QI_T_INT || t->kind == QI_T_INT32 || t->kind == QI_T_BYTE || t->kind == QI_T_INT128;
}

static bool give_number(Reader *r, const QiType *t, QiValue *out) {
    const char *place = r->at;
    if (!is_integer_type(t) && !qi_type_is_float(t)) return unfit(r, place, t);
    Number n;
    if (!read_number(r, &n)) return false;
    return qi_type_is_float(t) ? give_float(r, t, &n, out) : give_integer(r, t, &n, out);
}

/* --- the stack ----------------------------------------------------------------------------- */

static Frame *push(Reader *r, Shape shape, const QiType *t, void *object) {
    /* Options and variants nest without brackets; only a type that contains nothing but itself could go on. */
    if (r->count > 8 * QI_JSON_DEPTH) {
        fail(r, "嵌套太深");
        return NULL;
    }
    if (r->count == r->cap) {
        size_t cap = r->cap == 0 ? 32 : r->cap * 2;
        Frame *frames = realloc(r->frames, cap * sizeof *frames);
        if (frames == NULL) {
            fail_memory(r);
            return NULL;
        }
        r->frames = frames;
        r->cap = cap;
    }
    Frame *f = &r->frames[r->count++];
    *f = (Frame){.type = t, .object = object, .shape = (uint8_t)shape};
    return f;
}

/* What reading goes on with: a value of type `want`, or the value that was just completed. */
typedef struct Step { const QiType *want; QiValue value; } Step;

static bool wants(Step *s, const QiType *t) {
    *s = (Step){.want = t};
    return true;
}

static bool completes(Step *s, QiValue v) {
    *s = (Step){.value = v};
    return true;
}

/* A list, set or dictionary that is complete with its closing bracket. */
static bool closes(Reader *r, Step *s) {
    QiValue v = qi_from_ref(r->frames[--r->count].object);
    r->at++;
    r->depth--;
    return completes(s, v);
}

static bool open_bracket(Reader *r) {
    if (++r->depth > QI_JSON_DEPTH) return fail(r, "嵌套太深");
    r->at++;
    skip_spaces(r);
    return true;
}

/* --- objects: keys --------------------------------------------------------------------------- */

/* A key and its colon; the position is that of the value. */
static bool read_key(Reader *r, const char **bytes, size_t *len) {
    skip_spaces(r);
    if (peek(r) != '"') return fail(r, "应为键（字符串）");
    if (!read_string(r, bytes, len)) return false;
    skip_spaces(r);
    if (peek(r) != ':') return fail(r, "键之后应为 :");
    r->at++;
    return true;
}

static bool next_entry(Reader *r, Frame *f, Step *step) {
    const char *bytes, *place;
    size_t len;
    skip_spaces(r);
    place = r->at;
    if (!read_key(r, &bytes, &len)) return false;
    f->key = key_string(r, bytes, len);
    if (f->key == NULL) return false;
    if (qi_dict_find(f->object, qi_from_ref(f->key), NULL)) return fail_name(r, place, 7022, "键 \"", bytes, len, "\" 重复");
    return wants(step, f->type->b);
}

/* The number of the field, nfields when there is none. */
static size_t field_named(const QiType *t, size_t guess, const char *bytes, size_t len) {
    for (size_t i = 0; i < t->nfields; i++) {
        size_t k = guess + i < t->nfields ? guess + i : guess + i - t->nfields;
        if (t->field_names[k].len == len && memcmp(t->field_names[k].text, bytes, len) == 0) return k;
    }
    return t->nfields;
}

static bool skip_value(Reader *r);

/* The next field that the struct has; what it has not is read over. */
static bool next_field(Reader *r, Frame *f, Step *step) {
    for (;;) {
        const char *bytes, *place;
        size_t len;
        skip_spaces(r);
        place = r->at;
        if (!read_key(r, &bytes, &len)) return false;
        size_t k = field_named(f->type, f->next, bytes, len);
        if (k < f->type->nfields) {
            if (r->seen.bytes[f->seen + k]) return fail_name(r, place, 7022, "键 \"", bytes, len, "\" 重复");
            r->seen.bytes[f->seen + k] = 1;
            f->next = k;
            return wants(step, f->type->fields[k]);
        }
        if (!skip_value(r)) return false;
        skip_spaces(r);
        if (peek(r) == '}') return wants(step, NULL);
        if (peek(r) != ',') return fail(r, "应为 , 或 }");
        r->at++;
    }
}

/* A struct at its `}`: every field that may be missing is 无. */
static bool close_struct(Reader *r, Frame *f, Step *step) {
    QiStruct *s = f->object;
    for (size_t k = 0; k < f->type->nfields; k++) {
        if (r->seen.bytes[f->seen + k]) continue;
        const QiName *name = &f->type->field_names[k];
        if (f->type->fields[k]->kind != QI_T_OPTION) return fail_name(r, r->at, 7023, "缺少字段 ", name->text, name->len, "");
        s->fields[k] = QI_OPTION_NONE;
    }
    r->seen.len = f->seen;
    return closes(r, step);
}

/* --- values ------------------------------------------------------------------------------------ */

static bool word(Reader *r, const char *text) {
    size_t len = strlen(text);
    if ((size_t)(r->end - r->at) < len || memcmp(r->at, text, len) != 0) return false;
    r->at += len;
    return true;
}

static bool bad_start(Reader *r) {
    return fail(r, r->at == r->end ? "文本在这里结束了，应为一个值" : "应为一个值");
}

static bool begin_parts(Reader *r, const QiType *t, void *object, uint32_t tag, Step *step) {
    size_t count = t->kind == QI_T_ENUM ? t->variants[tag].count : t->nfields;
    if (object == NULL) return fail_memory(r);
    Frame *f = push(r, SHAPE_PARTS, t, object);
    if (f == NULL || !open_bracket(r)) return false;
    f->tag = tag;
    if (peek(r) == ']') return count == 0 ? closes(r, step) : fail_at(r, r->at, 7023, "元素太少");
    if (count == 0) return fail_at(r, r->at, 7023, "元素太多");
    return wants(step, t->kind == QI_T_ENUM ? t->fields[t->variants[tag].first] : t->fields[0]);
}

static bool begin_array(Reader *r, const QiType *t, Step *step) {
    QiHeap *heap = qi_native_heap(r->cx);
    if (t->kind == QI_T_TUPLE || (t->kind == QI_T_STRUCT && t->is_tuple)) return begin_parts(r, t, qi_struct_new(heap, t), 0, step);
    void *object;
    if (t->kind == QI_T_LIST) object = qi_list_new(r->cx, t, 0);
    else if (t->kind == QI_T_SET) object = qi_dict_new(heap, t);
    else return unfit(r, r->at, t);
    if (object == NULL) return fail_memory(r);
    if (push(r, SHAPE_LIST, t, object) == NULL || !open_bracket(r)) return false;
    if (peek(r) != ']') return wants(step, t->a);
    return closes(r, step);
}

static bool begin_object(Reader *r, const QiType *t, Step *step) {
    QiHeap *heap = qi_native_heap(r->cx);
    if (t->kind == QI_T_DICT && t->a->kind == QI_T_STRING) {
        QiDict *dict = qi_dict_new(heap, t);
        if (dict == NULL) return fail_memory(r);
        Frame *f = push(r, SHAPE_DICT, t, dict);
        if (f == NULL || !open_bracket(r)) return false;
        return peek(r) == '}' ? closes(r, step) : next_entry(r, f, step);
    }
    if (t->kind == QI_T_DICT) return fail_at(r, r->at, 7023, "字典的键不是字符串");
    if (t->kind != QI_T_STRUCT || t->is_tuple) return unfit(r, r->at, t);
    QiStruct *s = qi_struct_new(heap, t);
    if (s == NULL) return fail_memory(r);
    Frame *f = push(r, SHAPE_STRUCT, t, s);
    if (f == NULL || !open_bracket(r)) return false;
    f->seen = r->seen.len;
    for (size_t k = 0; k < t->nfields; k++) qi_text_add(&r->seen, "", 1);
    if (r->seen.failed) return fail_memory(r);
    if (peek(r) == '}') return close_struct(r, f, step);
    return next_field(r, f, step) && (step->want != NULL || close_struct(r, f, step));
}

static bool give_text(Reader *r, const QiType *t, Step *step) {
    const char *place = r->at, *bytes;
    size_t len;
    QiValue v = 0;
    if (t->kind != QI_T_STRING && t->kind != QI_T_CHAR) return unfit(r, place, t);
    if (!read_string(r, &bytes, &len)) return false;
    if (t->kind == QI_T_STRING) return give_string(r, bytes, len, &v) && completes(step, v);
    unsigned size = 0;
    if (len > 0) v = qi_utf8_decode(bytes, &size);
    return size > 0 && size == len ? completes(step, v) : unfit(r, place, t);
}

/* A value with one payload. */
static bool give_variant(Reader *r, const QiType *t, uint32_t tag, QiValue v, Step *step) {
    QiEnum *e = qi_enum_new(qi_native_heap(r->cx), t, tag, false);
    if (e == NULL) return fail_memory(r);
    e->fields[0] = v;
    return completes(step, qi_from_ref(e));
}

static bool read_any(Reader *r, const QiType *t, const QiJsonTags *tags, Step *step) {
    char c = peek(r);
    if (c == '"') return give_text(r, tags->string, step) && give_variant(r, t, tags->of_string, step->value, step);
    if (c == '[' || c == '{') {
        Frame *f = push(r, SHAPE_VARIANT, t, NULL);
        if (f == NULL) return false;
        f->tag = c == '[' ? tags->of_list : tags->of_dict;
        return c == '[' ? begin_array(r, tags->list, step) : begin_object(r, tags->dict, step);
    }
    if (word(r, "true")) return give_variant(r, t, tags->of_bool, 1, step);
    if (word(r, "false")) return give_variant(r, t, tags->of_bool, 0, step);
    if (word(r, "null")) return completes(step, t->variants[tags->of_null].unit);
    if (c != '-' && !is_digit(c)) return bad_start(r);
    Number n;
    QiValue v;
    if (!read_number(r, &n)) return false;
    const QiType *number = n.integral ? tags->integer : tags->number;
    if (!(n.integral ? give_integer(r, number, &n, &v) : give_float(r, number, &n, &v))) return false;
    return give_variant(r, t, n.integral ? tags->of_int : tags->of_float, v, step);
}

static bool find_variant(const QiType *t, const char *bytes, size_t len, uint32_t *tag) {
    for (*tag = 0; *tag < t->nvariants; ++*tag) {
        const QiName *name = &t->variants[*tag].name;
        if (name->len == len && memcmp(name->text, bytes, len) == 0) return true;
    }
    return false;
}

/* "名" or {"名": 值}, {"名": [值, …]}. */
static bool read_enum(Reader *r, const QiType *t, Step *step) {
    const char *place = r->at, *bytes;
    size_t len;
    uint32_t tag;
    bool named = peek(r) == '{';
    if (!named && peek(r) != '"') return unfit(r, place, t);
    if (named && (push(r, SHAPE_NAMED, t, NULL) == NULL || !open_bracket(r))) return false;
    place = r->at;
    if (!(named ? read_key(r, &bytes, &len) : read_string(r, &bytes, &len))) return false;
    if (!find_variant(t, bytes, len, &tag)) return fail_name(r, place, 7023, "没有变体 \"", bytes, len, "\"");
    const QiVariant *v = &t->variants[tag];
    if (named != (v->count > 0)) return fail_at(r, place, 7023, named ? "这个变体不带值，只写它的名称" : "这个变体带值，应写成 {\"名称\": 值}");
    if (!named) return completes(step, t->is_ref ? v->unit : tag);
    r->frames[r->count - 1].tag = tag;
    if (v->count == 1) return wants(step, t->fields[v->first]);
    skip_spaces(r);
    if (peek(r) != '[') return fail_at(r, r->at, 7023, "应为变体的值的数组");
    return begin_parts(r, t, qi_enum_new(qi_native_heap(r->cx), t, tag, false), tag, step);
}

static bool read_value(Reader *r, const QiType *t, Step *step) {
    skip_spaces(r);
    if (t->kind == QI_T_OPTION) {
        if (word(r, "null")) return completes(step, QI_OPTION_NONE);
        return push(r, SHAPE_OPTION, t, NULL) != NULL && wants(step, t->a);
    }
    if (t->kind == QI_T_ENUM) return qi_json_is_any(t, &r->tags) ? read_any(r, t, &r->tags, step) : read_enum(r, t, step);
    char c = peek(r);
    if (c == '{') return begin_object(r, t, step);
    if (c == '[') return begin_array(r, t, step);
    if (c == '"') return give_text(r, t, step);
    if (c == '-' || is_digit(c)) {
        QiValue v;
        return give_number(r, t, &v) && completes(step, v);
    }
    const char *place = r->at;
    bool yes = word(r, "true");
    if (yes || word(r, "false")) return t->kind == QI_T_BOOL ? completes(step, yes) : unfit(r, place, t);
    if (word(r, "null")) return t->kind == QI_T_UNIT ? completes(step, 0) : unfit(r, place, t);
    return bad_start(r);
}

/* --- a value is complete ---------------------------------------------------------------------- */

/* 1: a comma, and behind it another part; 0: the closing bracket, not taken yet; -1: failed. */
static int after_part(Reader *r, char close) {
    skip_spaces(r);
    if (peek(r) == close) return 0;
    if (peek(r) != ',') {
        fail(r, r->at == r->end ? "文本在这里结束了，括号没有闭合" : close == ']' ? "应为 , 或 ]" : "应为 , 或 }");
        return -1;
    }
    r->at++;
    return 1;
}

static bool put_in_list(Reader *r, Frame *f, QiValue v, Step *step) {
    const QiType *t = f->type;
    bool ok = t->kind == QI_T_SET ? qi_dict_set(qi_native_heap(r->cx), f->object, v, 0) : qi_list_push(r->cx, f->object, v);
    if (!ok) return fail_memory(r);
    int more = after_part(r, ']');
    if (more < 0) return false;
    return more == 1 ? wants(step, t->a) : closes(r, step);
}

static bool put_part(Reader *r, Frame *f, QiValue v, Step *step) {
    const QiType *t = f->type;
    bool is_enum = t->kind == QI_T_ENUM;
    size_t count = is_enum ? t->variants[f->tag].count : t->nfields;
    if (is_enum) ((QiEnum *)f->object)->fields[f->next++] = v;
    else ((QiStruct *)f->object)->fields[f->next++] = v;
    int more = after_part(r, ']');
    if (more < 0) return false;
    if (more == 1 && f->next == count) return fail_at(r, r->at, 7023, "元素太多");
    if (more == 0 && f->next < count) return fail_at(r, r->at, 7023, "元素太少");
    return more == 1 ? wants(step, t->fields[(is_enum ? t->variants[f->tag].first : 0) + f->next]) : closes(r, step);
}

static bool put_in_dict(Reader *r, Frame *f, QiValue v, Step *step) {
    if (!qi_dict_set(qi_native_heap(r->cx), f->object, qi_from_ref(f->key), v)) return fail_memory(r);
    int more = after_part(r, '}');
    return more < 0 ? false : more == 1 ? next_entry(r, f, step) : closes(r, step);
}

static bool put_in_struct(Reader *r, Frame *f, QiValue v, Step *step) {
    ((QiStruct *)f->object)->fields[f->next++] = v;
    int more = after_part(r, '}');
    if (more < 0 || (more == 1 && !next_field(r, f, step))) return false;
    return more == 1 && step->want != NULL ? true : close_struct(r, f, step);
}

static bool put_named(Reader *r, Frame *f, QiValue v, Step *step) {
    const QiType *t = f->type;
    uint32_t tag = f->tag;
    skip_spaces(r);
    if (peek(r) != '}') return fail(r, "变体只有一个键，之后应为 }");
    r->at++;
    r->depth--;
    r->count--;
    return t->variants[tag].count == 1 ? give_variant(r, t, tag, v, step) : completes(step, v);
}

/* Gives a complete value to what it is part of. */
static bool put(Reader *r, QiValue v, Step *step) {
    Frame *f = &r->frames[r->count - 1];
    switch ((Shape)f->shape) {
    case SHAPE_LIST: return put_in_list(r, f, v, step);
    case SHAPE_PARTS: return put_part(r, f, v, step);
    case SHAPE_DICT: return put_in_dict(r, f, v, step);
    case SHAPE_STRUCT: return put_in_struct(r, f, v, step);
    case SHAPE_NAMED: return put_named(r, f, v, step);
    case SHAPE_VARIANT: r->count--; return give_variant(r, f->type, f->tag, v, step);
    case SHAPE_OPTION: break;
    }
    r->count--;
    QiValue some;
    return qi_option_some(r->cx, f->type, v, &some) ? completes(step, some) : fail_memory(r);
}

/* --- values nobody asked for -------------------------------------------------------------------- */

static bool skip_scalar(Reader *r) {
    const char *bytes;
    size_t len;
    Number n;
    char c = peek(r);
    if (c == '"') return read_string(r, &bytes, &len);
    if (c == '-' || is_digit(c)) return read_number(r, &n);
    return word(r, "true") || word(r, "false") || word(r, "null") || bad_start(r);
}

/* Reads over one value, checking its grammar. Open brackets stand in r->seen. */
static bool skip_value(Reader *r) {
    size_t base = r->seen.len;
    for (;;) {
        const char *bytes;
        size_t len;
        skip_spaces(r);
        char c = peek(r);
        if (c == '[' || c == '{') {
            char close = c == '[' ? ']' : '}';
            if (!open_bracket(r)) return false;
            qi_text_add(&r->seen, &close, 1);
            if (r->seen.failed) return fail_memory(r);
            if (peek(r) != close) {
                if (close == '}' && !read_key(r, &bytes, &len)) return false;
                continue;
            }
        } else if (!skip_scalar(r)) {
            return false;
        }
        for (int more = 0; more == 0;) {
            if (r->seen.len == base) return true;
            char close = r->seen.bytes[r->seen.len - 1];
            more = after_part(r, close);
            if (more < 0) return false;
            if (more == 1) {
                if (close == '}' && !read_key(r, &bytes, &len)) return false;
                break;
            }
            r->at++;
            r->depth--;
            r->seen.len--;
        }
    }
}

/* --- the native ------------------------------------------------------------------------------------ */

static bool read_whole(Reader *r, const QiType *t, QiValue *out) {
    Step step = {.want = t};
    do {
        if (!(step.want != NULL ? read_value(r, step.want, &step) : put(r, step.value, &step))) return false;
    } while (step.want != NULL || r->count > 0);
    skip_spaces(r);
    if (r->at != r->end) return fail(r, "值已经完整，之后不应再有内容");
    *out = step.value;
    return true;
}

/* 读(文): the value of the result's type. E7022, E7023. */
QiStatus qi_native_json_read(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    Reader r = {.cx = cx, .start = s->bytes, .at = s->bytes, .end = s->bytes + s->len, .status = QI_OK};
    QiValue v = 0;
    bool ok = read_whole(&r, qi_native_result_type(cx), &v);
    free(r.frames);
    qi_text_free(&r.seen);
    qi_text_free(&r.text);
    if (!ok) return r.status;
    *result = v;
    return QI_OK;
}
