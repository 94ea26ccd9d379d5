/*
 * json_write.c — values as JSON (RFC 8259): compact, or indented.
 *
 * Driven by the static type, as printing is; the forms are those json_read.c reads, so what is written can be read back as
 * the same type. Strings are escaped no more than they must be. 无穷 and 非数, functions, tasks, channels and the like have
 * no form (E7024), never a silent null.
 *
 * Invariants: containers stand on an explicit stack of at most QI_JSON_DEPTH brackets, which also ends a value that
 * contains itself.
 */
#include <stdlib.h>

#include "json.h"

#define TEXT(literal) literal, sizeof(literal) - 1

/* A container being written. A variant is an object with one key, whose value is its payload or an array of it. */
typedef struct Frame {
    const QiType *type;
    const void *object;
    size_t next, end;
    char close;
    bool started, named; /* named: the object of a variant */
} Frame;

typedef struct Writer {
    QiContext *cx;
    QiText out;
    Frame *frames;
    size_t count, cap;
    size_t indent;       /* 0: compact */
    QiJsonTags tags;
    QiStatus status;
} Writer;

/* A value to be written. */
typedef struct Next { const QiType *type; QiValue value; } Next;

static bool find_tags(const QiType *t, QiJsonTags *tags) {
    static const char name[] = "JSON值";
    if (t->kind != QI_T_ENUM || !t->is_ref || t->nvariants != 7) return false;
    if (t->name.len != sizeof name - 1 || memcmp(t->name.text, name, t->name.len) != 0) return false;
    unsigned found = 0;
    for (uint32_t i = 0; i < t->nvariants; i++) {
        const QiVariant *v = &t->variants[i];
        const QiType *p = v->count == 1 ? t->fields[v->first] : NULL;
        if (v->count == 0) tags->of_null = i, found |= 1;
        else if (p == NULL) return false;
        else if (p->kind == QI_T_BOOL) tags->of_bool = i, found |= 2;
        else if (p->kind == QI_T_INT) tags->of_int = i, tags->integer = p, found |= 4;
        else if (p->kind == QI_T_FLOAT) tags->of_float = i, tags->number = p, found |= 8;
        else if (p->kind == QI_T_STRING) tags->of_string = i, tags->string = p, found |= 16;
        else if (p->kind == QI_T_LIST && p->a == t) tags->of_list = i, tags->list = p, found |= 32;
        else if (p->kind == QI_T_DICT && p->a->kind == QI_T_STRING && p->b == t) tags->of_dict = i, tags->dict = p, found |= 64;
    }
    return found == 127;
}

bool qi_json_is_any(const QiType *t, QiJsonTags *tags) {
    if (tags->of != t) {
        tags->of = t;
        tags->any = find_tags(t, tags);
    }
    return tags->any;
}

static bool refuse(Writer *w, const char *what) {
    w->status = qi_throw_text(w->cx, 7024, "说明", what);
    return false;
}

static bool fail_memory(Writer *w) {
    w->status = qi_throw_memory(w->cx);
    return false;
}

/* --- text --------------------------------------------------------------------------------- */

static void add_escape(QiText *out, uint8_t c) {
    static const char hex[] = "0123456789abcdef";
    switch (c) {
    case '"': qi_text_add(out, TEXT("\\\"")); return;
    case '\\': qi_text_add(out, TEXT("\\\\")); return;
    case '\n': qi_text_add(out, TEXT("\\n")); return;
    case '\r': qi_text_add(out, TEXT("\\r")); return;
    case '\t': qi_text_add(out, TEXT("\\t")); return;
    case '\b': qi_text_add(out, TEXT("\\b")); return;
    case '\f': qi_text_add(out, TEXT("\\f")); return;
    default: {
        const char escape[] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
        qi_text_add(out, escape, sizeof escape);
    }
    }
}

static void add_string(QiText *out, const char *p, size_t len) {
    const char *end = p + len;
    qi_text_add(out, TEXT("\""));
    while (p < end) {
        const char *plain = p;
        while (p < end && (uint8_t)*p >= 0x20 && *p != '"' && *p != '\\') p++;
        qi_text_add(out, plain, (size_t)(p - plain));
        if (p < end) add_escape(out, (uint8_t)*p++);
    }
    qi_text_add(out, TEXT("\""));
}

static void add_name(QiText *out, const QiName *name) { add_string(out, name->text, name->len); }

static void line_break(Writer *w) {
    if (w->indent == 0) return;
    qi_text_add(&w->out, TEXT("\n"));
    static const char spaces[] = "                                ";
    for (size_t left = w->indent * w->count; left > 0;) {
        size_t n = left < sizeof spaces - 1 ? left : sizeof spaces - 1;
        qi_text_add(&w->out, spaces, n);
        left -= n;
    }
}

static void add_colon(Writer *w) {
    if (w->indent == 0) qi_text_add(&w->out, TEXT(":"));
    else qi_text_add(&w->out, TEXT(": "));
}

/* --- containers begin ------------------------------------------------------------------------ */

static bool push(Writer *w, const QiType *t, const void *object, size_t first, size_t end, char close, bool named) {
    if (w->count >= QI_JSON_DEPTH) return refuse(w, "嵌套太深，或者值包含它自己");
    if (w->count == w->cap) {
        size_t cap = w->cap == 0 ? 32 : w->cap * 2;
        Frame *frames = realloc(w->frames, cap * sizeof *frames);
        if (frames == NULL) return fail_memory(w);
        w->frames = frames;
        w->cap = cap;
    }
    w->frames[w->count++] = (Frame){.type = t, .object = object, .next = first, .end = end, .close = close, .named = named};
    qi_text_add(&w->out, close == ']' ? "[" : "{", 1);
    return true;
}

static bool write_number(Writer *w, const QiType *t, QiValue v) {
    char text[QI_INT128_TEXT_MAX];
    size_t len;
    if (qi_type_is_float(t)) {
        double d = qi_as_float(v);
        if (d - d != 0.0) return refuse(w, "无穷 和 非数");
        len = t->kind == QI_T_FLOAT ? qi_float_text(d, text) : qi_float32_text(d, text);
    } else if (t->kind == QI_T_INT128) {
        const QiInt128 *n = qi_as_ref(v);
        len = qi_int128_text(n->low, n->high, text);
    } else {
        len = qi_int_text((int64_t)v, text);
    }
    qi_text_add(&w->out, text, len);
    return true;
}

/* next: what to write instead, when the value is only a cover of another. */
static bool write_enum(Writer *w, const QiType *t, QiValue v, Next *next) {
    if (!t->is_ref) {
        if (v >= t->nvariants) return refuse(w, "枚举的值无效");
        add_name(&w->out, &t->variants[v].name);
        return true;
    }
    const QiEnum *e = qi_as_ref(v);
    uint32_t tag = qi_enum_tag(&e->head);
    const QiVariant *variant = &t->variants[tag];
    if (qi_json_is_any(t, &w->tags)) {
        if (variant->count == 0) qi_text_add(&w->out, TEXT("null"));
        else *next = (Next){t->fields[variant->first], e->fields[0]};
        return true;
    }
    if (variant->count == 0) {
        add_name(&w->out, &variant->name);
        return true;
    }
    return push(w, t, e, variant->first, variant->first + variant->count, '}', true);
}

static bool write_value(Writer *w, Next *next) {
    const QiType *t = next->type;
    QiValue v = next->value;
    QiText *out = &w->out;
    next->type = NULL;
    switch (t->kind) {
    case QI_T_INT: case QI_T_INT32: case QI_T_BYTE: case QI_T_INT128: case QI_T_FLOAT: case QI_T_FLOAT32: return write_number(w, t, v);
    case QI_T_BOOL: qi_text_add(out, v ? "true" : "false", v ? 4 : 5); return true;
    case QI_T_UNIT: qi_text_add(out, TEXT("null")); return true;
    case QI_T_CHAR: {
        char bytes[4];
        add_string(out, bytes, qi_utf8_encode(qi_is_scalar_value((int64_t)v) ? (uint32_t)v : 0xFFFD, bytes));
        return true;
    }
    case QI_T_STRING: {
        const QiString *s = qi_as_ref(v);
        add_string(out, s->bytes, s->len);
        return true;
    }
    case QI_T_OPTION:
        if (v == QI_OPTION_NONE) qi_text_add(out, TEXT("null"));
        else *next = (Next){t->a, qi_option_value(t, v)};
        return true;
    case QI_T_LIST: case QI_T_ARRAY: return push(w, t, qi_as_ref(v), 0, 0, ']', false);
    case QI_T_SET: return push(w, t, qi_as_ref(v), 0, 0, ']', false);
    case QI_T_DICT: return push(w, t, qi_as_ref(v), 0, 0, '}', false);
    case QI_T_TUPLE: return push(w, t, qi_as_ref(v), 0, t->nfields, ']', false);
    case QI_T_STRUCT: return push(w, t, qi_as_ref(v), 0, t->nfields, t->is_tuple ? ']' : '}', false);
    case QI_T_ENUM: return write_enum(w, t, v, next);
    case QI_T_BYTES: return refuse(w, "字节串，先用 标准库.编码 变成文本");
    default: return refuse(w, "函数、范围、指针、错误、未来、任务、通道、锁一类的值");
    }
}

/* --- containers go on ------------------------------------------------------------------------- */

static void separate(Writer *w, Frame *f) {
    if (f->started) qi_text_add(&w->out, TEXT(","));
    f->started = true;
    line_break(w);
}

static bool write_key(Writer *w, const QiType *t, QiValue key) {
    if (t->kind == QI_T_STRING) {
        const QiString *s = qi_as_ref(key);
        add_string(&w->out, s->bytes, s->len);
    } else if (t->kind == QI_T_INT || t->kind == QI_T_INT32 || t->kind == QI_T_BYTE) {
        char text[QI_INT_TEXT_MAX];
        add_string(&w->out, text, qi_int_text((int64_t)key, text));
    } else if (t->kind == QI_T_ENUM && !t->is_ref && key < t->nvariants) {
        add_name(&w->out, &t->variants[key].name);
    } else {
        return refuse(w, "键不是字符串、整数或不带值的枚举的字典");
    }
    add_colon(w);
    return true;
}

typedef enum Part { PART_FAILED, PART_NONE, PART_NEXT, PART_OPENED } Part;

static Part part(Next *next, const QiType *t, QiValue v) {
    *next = (Next){t, v};
    return PART_NEXT;
}

static Part dict_part(Writer *w, Frame *f, Next *next) {
    const QiType *t = f->type;
    QiValue key, value;
    if (!qi_dict_next(f->object, &f->next, &key, &value)) return PART_NONE;
    separate(w, f);
    if (t->kind == QI_T_SET) return part(next, t->a, key);
    return write_key(w, t->a, key) ? part(next, t->b, value) : PART_FAILED;
}

static Part variant_part(Writer *w, Frame *f, Next *next) {
    const QiType *t = f->type;
    const QiEnum *e = f->object;
    const QiVariant *v = &t->variants[qi_enum_tag(&e->head)];
    if (!f->named) {
        separate(w, f);
        size_t at = f->next++;
        return part(next, t->fields[at], e->fields[at - v->first]);
    }
    separate(w, f);
    add_name(&w->out, &v->name);
    add_colon(w);
    size_t first = f->next, end = f->end;
    f->next = end;
    if (v->count == 1) return part(next, t->fields[first], e->fields[0]);
    return push(w, t, e, first, end, ']', false) ? PART_OPENED : PART_FAILED;
}

/* The next part of a container into *next. */
static Part next_part(Writer *w, Frame *f, Next *next) {
    const QiType *t = f->type;
    if (t->kind == QI_T_LIST || t->kind == QI_T_ARRAY) {
        const QiList *list = f->object;
        if (f->next >= list->len) return PART_NONE;
        separate(w, f);
        return part(next, t->a, qi_list_get(list, t, f->next++));
    }
    if (t->kind == QI_T_SET || t->kind == QI_T_DICT) return dict_part(w, f, next);
    if (f->next == f->end) return PART_NONE;
    if (t->kind == QI_T_ENUM) return variant_part(w, f, next);
    separate(w, f);
    if (f->close == '}') {
        add_name(&w->out, &t->field_names[f->next]);
        add_colon(w);
    }
    size_t at = f->next++;
    return part(next, t->fields[at], ((const QiStruct *)f->object)->fields[at]);
}

static void close_frame(Writer *w) {
    Frame f = w->frames[--w->count];
    if (f.started) line_break(w);
    qi_text_add(&w->out, &f.close, 1);
}

static bool write_whole(Writer *w, Next next) {
    for (;;) {
        while (next.type != NULL) {
            if (!write_value(w, &next)) return false;
            if (w->out.failed) return fail_memory(w);
        }
        if (w->count == 0) return true;
        Part p = next_part(w, &w->frames[w->count - 1], &next);
        if (p == PART_FAILED) return false;
        if (p == PART_NONE) close_frame(w);
    }
}

/* 写(值, 缩进): spaces for each level, 0: everything on one line. E7024, E7025. */
QiStatus qi_native_json_write(QiContext *cx, const QiValue *args, QiValue *result) {
    int64_t indent = (int64_t)args[1];
    if (indent < 0 || indent > 16) return qi_throw_text(cx, 7025, "说明", "缩进是 0 到 16");
    Writer w = {.cx = cx, .indent = (size_t)indent, .status = QI_OK};
    bool ok = write_whole(&w, (Next){qi_native_arg_type(cx, 0), args[0]});
    free(w.frames);
    if (!ok) {
        qi_text_free(&w.out);
        return w.status;
    }
    QiString *s = qi_text_finish(qi_native_heap(cx), &w.out);
    if (s == NULL) return qi_throw_memory(cx);
    *result = qi_from_ref(s);
    return QI_OK;
}
