/*
 * format.c — values as 打印 shows them.
 *
 * Driven by the static type, because an unboxed 有(v) looks like v. Containers
 * stand on an explicit stack of frames; an object that is printed inside itself
 * becomes `…`.
 *
 * Invariants: `path` holds exactly the containers on the stack.
 */
#include "format.h"

#include <stdlib.h>

#include "dict.h"
#include "list.h"
#include "refmap.h"
#include "value.h"

#define TEXT(literal) literal, sizeof(literal) - 1

/* A container being printed, or a 有(…) whose value is. */
typedef struct Frame {
    const QiType *type;
    QiValue value;
    size_t next;  /* element, field or dictionary position */
    bool started; /* a part was printed: the next one follows a comma */
} Frame;

typedef struct Printer {
    QiText *out;
    Frame *frames;
    size_t count, cap;
    QiRefMap path;
    Frame first[16];
} Printer;

/* --- text of one value -------------------------------------------------------------- */

static void add_escaped(QiText *out, uint32_t c, uint32_t quote) {
    switch (c) {
    case '\n': qi_text_add(out, TEXT("\\n")); return;
    case '\t': qi_text_add(out, TEXT("\\t")); return;
    case '\r': qi_text_add(out, TEXT("\\r")); return;
    case '\\': qi_text_add(out, TEXT("\\\\")); return;
    case 0: qi_text_add(out, TEXT("\\0")); return;
    default: break;
    }
    if (c == quote) {
        qi_text_add(out, TEXT("\\"));
    } else if (c < 0x20 || c == 0x7F) {
        static const char hex[] = "0123456789abcdef";
        const char escape[] = {'\\', 'x', hex[c >> 4], hex[c & 15]};
        qi_text_add(out, escape, sizeof escape);
        return;
    }
    qi_text_add_char(out, c);
}

static void add_quoted(QiText *out, const QiString *s) {
    qi_text_add(out, TEXT("\""));
    const char *p = s->bytes, *end = p + s->len;
    while (p < end) {
        const char *plain = p;
        while (p < end && (uint8_t)*p >= 0x20 && *p != '"' && *p != '\\' && *p != 0x7F) p++;
        qi_text_add(out, plain, (size_t)(p - plain));
        if (p < end) add_escaped(out, (uint8_t)*p++, '"');
    }
    qi_text_add(out, TEXT("\""));
}

static void add_bytes(QiText *out, const QiString *s) {
    char number[QI_INT_TEXT_MAX];
    qi_text_add(out, TEXT("字节串["));
    for (uint32_t i = 0; i < s->len; i++) {
        if (i > 0) qi_text_add(out, TEXT(", "));
        qi_text_add(out, number, qi_int_text((uint8_t)s->bytes[i], number));
    }
    qi_text_add(out, TEXT("]"));
}

static void add_error(QiText *out, const QiError *e, bool quoted) {
    if (!quoted) {
        qi_text_add(out, e->message->bytes, e->message->len);
        return;
    }
    qi_text_add(out, TEXT("错误("));
    add_quoted(out, e->message);
    qi_text_add(out, TEXT(")"));
}

/* Appends a value that has no parts; false when it has. */
static bool add_simple(QiText *out, const QiType *t, QiValue v, bool quoted) {
    char number[QI_FLOAT_TEXT_MAX];
    switch (t->kind) {
    case QI_T_INT: qi_text_add(out, number, qi_int_text((int64_t)v, number)); return true;
    case QI_T_FLOAT: qi_text_add(out, number, qi_float_text(qi_as_float(v), number)); return true;
    case QI_T_INT32: case QI_T_BYTE: qi_text_add(out, number, qi_int_text((int64_t)v, number)); return true;
    case QI_T_FLOAT32: qi_text_add(out, number, qi_float32_text(qi_as_float(v), number)); return true;
    case QI_T_INT128: {
        const QiInt128 *n = qi_as_ref(v);
        char digits[QI_INT128_TEXT_MAX];
        qi_text_add(out, digits, qi_int128_text(n->low, n->high, digits));
        return true;
    }
    case QI_T_BYTES: add_bytes(out, qi_as_ref(v)); return true;
    case QI_T_RANGE: {
        const QiInterval *r = qi_as_ref(v);
        qi_text_add(out, number, qi_int_text(r->start, number));
        if (r->head.flags) qi_text_add(out, TEXT("..="));
        else qi_text_add(out, TEXT(".."));
        qi_text_add(out, number, qi_int_text(r->end, number));
        return true;
    }
    case QI_T_POINTER:
        if (v == 0) qi_text_add(out, TEXT("空"));
        else qi_text_add(out, TEXT("<指针>"));
        return true;
    case QI_T_SET:
        if (((const QiDict *)qi_as_ref(v))->count > 0) return false;
        qi_text_add(out, TEXT("集合()"));
        return true;
    case QI_T_BOOL:
        if (v) qi_text_add(out, TEXT("真"));
        else qi_text_add(out, TEXT("假"));
        return true;
    case QI_T_CHAR:
        if (!quoted) {
            qi_text_add_char(out, (uint32_t)v);
            return true;
        }
        qi_text_add(out, TEXT("'"));
        add_escaped(out, (uint32_t)v, '\'');
        qi_text_add(out, TEXT("'"));
        return true;
    case QI_T_UNIT: qi_text_add(out, TEXT("空")); return true;
    case QI_T_STRING: {
        const QiString *s = qi_as_ref(v);
        if (quoted) add_quoted(out, s);
        else qi_text_add(out, s->bytes, s->len);
        return true;
    }
    case QI_T_OPTION:
        if (v != 0) return false;
        qi_text_add(out, TEXT("无"));
        return true;
    case QI_T_ERROR: add_error(out, qi_as_ref(v), quoted); return true;
    case QI_T_ENUM: {
        uint64_t tag = t->is_ref ? qi_enum_tag(qi_as_ref(v)) : v;
        if (tag >= t->nvariants) { /* a raw tag comes from hostile bytecode */
            qi_text_add(out, TEXT("<?>"));
            return true;
        }
        const QiVariant *variant = &t->variants[tag];
        if (variant->count > 0) return false;
        qi_text_add(out, variant->name.text, variant->name.len);
        return true;
    }
    case QI_T_LIST: case QI_T_ARRAY: case QI_T_DICT: case QI_T_STRUCT: case QI_T_TUPLE: return false;
    case QI_T_FUNC: qi_text_add(out, TEXT("<函数>")); return true;
    case QI_T_FUTURE: qi_text_add(out, TEXT("<未来>")); return true;
    case QI_T_TASK: qi_text_add(out, TEXT("<任务>")); return true;
    case QI_T_COROUTINE: qi_text_add(out, TEXT("<协程>")); return true;
    case QI_T_CHANNEL: qi_text_add(out, TEXT("<通道>")); return true;
    case QI_T_NATIVE: case QI_T_NATIVE_OF: {
        const char *name = qi_class_name(t->native_class, false);
        qi_text_add(out, TEXT("<"));
        qi_text_add(out, name, strlen(name));
        qi_text_add(out, TEXT(">"));
        return true;
    }
    default: qi_text_add(out, TEXT("<?>")); return true; /* cells and environments are no values */
    }
}

/* --- containers ------------------------------------------------------------------------- */

static bool push(Printer *p, const QiType *t, QiValue v) {
    if (p->count == p->cap) {
        size_t cap = p->cap * 2;
        Frame *frames = realloc(p->frames == p->first ? NULL : p->frames, cap * sizeof *frames);
        if (frames == NULL) {
            p->out->failed = true;
            return false;
        }
        if (p->frames == p->first) memcpy(frames, p->first, sizeof p->first);
        p->frames = frames;
        p->cap = cap;
    }
    p->frames[p->count++] = (Frame){t, v, 0, false};
    return true;
}

/* Opening text of a container or 有(; pushes its frame. */
static void open_value(Printer *p, const QiType *t, QiValue v) {
    QiText *out = p->out;
    if (t->kind != QI_T_OPTION) {
        QiRefPut put = qi_refmap_put(&p->path, v, 0, 0);
        if (put == QI_REF_THERE) {
            qi_text_add(out, TEXT("…"));
            return;
        }
        if (put == QI_REF_NO_MEMORY) out->failed = true;
    }
    if (!push(p, t, v)) return;
    switch (t->kind) {
    case QI_T_OPTION: qi_text_add(out, TEXT("有(")); break;
    case QI_T_DICT: case QI_T_SET: qi_text_add(out, TEXT("{")); break;
    case QI_T_TUPLE: qi_text_add(out, TEXT("(")); break;
    case QI_T_ENUM: {
        const QiVariant *variant = &t->variants[qi_enum_tag(qi_as_ref(v))];
        /* A value of trait type shows only what it holds. */
        if (variant->name.len == 0) break;
        qi_text_add(out, variant->name.text, variant->name.len);
        qi_text_add(out, TEXT("("));
        break;
    }
    case QI_T_STRUCT:
        qi_text_add(out, t->name.text, t->name.len);
        if (t->is_tuple) qi_text_add(out, TEXT("("));
        else if (t->nfields > 0) qi_text_add(out, TEXT(" { "));
        else qi_text_add(out, TEXT(" {"));
        break;
    default: qi_text_add(out, TEXT("[")); break;
    }
}

static void close_value(Printer *p) {
    const Frame *f = &p->frames[--p->count];
    if (f->type->kind != QI_T_OPTION) qi_refmap_remove(&p->path, f->value, 0);
    switch (f->type->kind) {
    case QI_T_ENUM:
        if (f->type->variants[qi_enum_tag(qi_as_ref(f->value))].name.len > 0) qi_text_add(p->out, TEXT(")"));
        break;
    case QI_T_OPTION: qi_text_add(p->out, TEXT(")")); break;
    case QI_T_TUPLE: /* one element: the comma tells it from a parenthesis */
        if (f->type->nfields == 1) qi_text_add(p->out, TEXT(",)"));
        else qi_text_add(p->out, TEXT(")"));
        break;
    case QI_T_DICT: case QI_T_SET: qi_text_add(p->out, TEXT("}")); break;
    case QI_T_STRUCT:
        if (f->type->is_tuple) qi_text_add(p->out, TEXT(")"));
        else if (f->type->nfields > 0) qi_text_add(p->out, TEXT(" }"));
        else qi_text_add(p->out, TEXT("}"));
        break;
    default: qi_text_add(p->out, TEXT("]")); break;
    }
}

/* The next part of the container in frame f, with the text before it. false: there is none. */
static bool next_part(QiText *out, Frame *f, const QiType **type, QiValue *value) {
    const QiType *t = f->type;
    void *object = qi_as_ref(f->value);
    size_t i = f->next;
    switch (t->kind) {
    case QI_T_OPTION:
        if (i == 1) return false;
        *type = t->a;
        *value = qi_option_get(t, f->value);
        break;
    case QI_T_LIST: case QI_T_ARRAY: {
        const QiList *l = object;
        if (i >= l->len) return false;
        *type = t->a;
        *value = qi_list_elem(l, i);
        break;
    }
    case QI_T_ENUM: {
        const QiEnum *e = object;
        if (i >= e->head.flags) return false;
        *type = t->fields[(e->head.aux >> 16) + i];
        *value = e->fields[i];
        break;
    }
    case QI_T_STRUCT: case QI_T_TUPLE:
        if (i >= t->nfields) return false;
        *type = t->fields[i];
        *value = ((const QiStruct *)object)->fields[i];
        break;
    default: {
        QiValue key;
        size_t pos = i;
        if (!qi_dict_next(object, &pos, &key, value)) return false;
        if (f->started) qi_text_add(out, TEXT(", "));
        if (t->kind == QI_T_SET) {
            *type = t->a;
            *value = key;
            f->next = pos;
            f->started = true;
            return true;
        }
        /* A key holds no container that could hold the dictionary: this goes one level deep. */
        if (!add_simple(out, t->a, key, true)) qi_format_append(NULL, out, t->a, key, true);
        qi_text_add(out, TEXT(": "));
        *type = t->b;
        f->next = pos;
        f->started = true;
        return true;
    }
    }
    if (f->started) qi_text_add(out, TEXT(", "));
    if (t->kind == QI_T_STRUCT && !t->is_tuple) {
        qi_text_add(out, t->field_names[i].text, t->field_names[i].len);
        qi_text_add(out, TEXT(": "));
    }
    f->next = i + 1;
    f->started = true;
    return true;
}

void qi_format_append(const QiHeap *h, QiText *out, const QiType *t, QiValue v, bool quoted) {
    /* Without a limit the sum is 0: only the length of strings bounds it. */
    if (h != NULL && out->max == 0) out->max = qi_heap_room(h) + 1;
    /* A value of trait type is shown like what it holds. */
    while (t->kind == QI_T_ENUM && t->is_ref) {
        const QiEnum *e = qi_as_ref(v);
        const QiVariant *variant = &t->variants[qi_enum_tag(&e->head)];
        if (variant->name.len > 0 || variant->count != 1) break;
        v = e->fields[0];
        t = t->fields[variant->first];
    }
    if (add_simple(out, t, v, quoted)) return;
    Printer p = {.out = out, .cap = 16};
    p.frames = p.first;
    open_value(&p, t, v);
    while (p.count > 0 && !out->failed) {
        const QiType *part;
        QiValue value;
        if (!next_part(out, &p.frames[p.count - 1], &part, &value)) close_value(&p);
        else if (!add_simple(out, part, value, true)) open_value(&p, part, value);
    }
    if (p.frames != p.first) free(p.frames);
    qi_refmap_free(&p.path);
}

QiString *qi_format_value(QiHeap *h, const QiType *t, QiValue v, bool quoted) {
    /* The commonest cases need no buffer. */
    if (t->kind == QI_T_STRING && !quoted) return qi_as_ref(v);
    if (t->kind == QI_T_INT || t->kind == QI_T_FLOAT) {
        char number[QI_FLOAT_TEXT_MAX];
        size_t n = t->kind == QI_T_INT ? qi_int_text((int64_t)v, number) : qi_float_text(qi_as_float(v), number);
        return qi_string_create(h, number, n);
    }
    QiText out = {0};
    qi_format_append(h, &out, t, v, quoted);
    return qi_text_finish(h, &out);
}
