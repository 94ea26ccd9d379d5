/*
 * type_text.c — a type as Qi writes it.
 *
 * Invariant: work and depth are bounded for every table the loader accepts. A table
 * may be cyclic (a list of itself), and a few entries may stand for a text of
 * astronomic length, so both the depth and the count of names are limited.
 */
#include "type_text.h"

#define DEPTH_MAX 6u
#define NAMES_MAX 48u

typedef struct Writer {
    QiText *out;
    uint32_t names; /* written so far */
} Writer;

static void add(Writer *w, const char *text) { qi_text_add(w->out, text, strlen(text)); }

static void write_type(Writer *w, const QiType *t, uint32_t depth);

static void write_list(Writer *w, const QiType *const *types, uint32_t n, uint32_t depth) {
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0) add(w, ", ");
        if (w->names >= NAMES_MAX) {
            add(w, "…");
            return;
        }
        write_type(w, types[i], depth);
    }
}

static void write_generic(Writer *w, const char *name, const QiType *t, uint32_t n, uint32_t depth) {
    const QiType *parts[3] = {t->a, t->b, t->c};
    add(w, name);
    add(w, "<");
    write_list(w, parts, n, depth);
    add(w, ">");
}

static void write_type(Writer *w, const QiType *t, uint32_t depth) {
    if (depth == DEPTH_MAX || w->names >= NAMES_MAX) {
        add(w, "…");
        return;
    }
    w->names++;
    depth++;
    switch ((QiTypeKind)t->kind) {
    case QI_T_INT: add(w, "整数"); return;
    case QI_T_FLOAT: add(w, "浮点数"); return;
    case QI_T_BOOL: add(w, "布尔"); return;
    case QI_T_CHAR: add(w, "字符"); return;
    case QI_T_UNIT: add(w, "空"); return;
    case QI_T_STRING: add(w, "字符串"); return;
    case QI_T_INT32: add(w, "短整数"); return;
    case QI_T_BYTE: add(w, "字节"); return;
    case QI_T_FLOAT32: add(w, "单精度浮点"); return;
    case QI_T_INT128: add(w, "长整数"); return;
    case QI_T_BYTES: add(w, "字节串"); return;
    case QI_T_RANGE: add(w, "范围"); return;
    case QI_T_SET: write_generic(w, "集合", t, 1, depth); return;
    case QI_T_POINTER: write_generic(w, "指针", t, 1, depth); return;
    case QI_T_NATIVE: add(w, qi_class_name(t->native_class, false)); return;
    case QI_T_NATIVE_OF: write_generic(w, qi_class_name(t->native_class, false), t, 1, depth); return;
    case QI_T_ERROR: add(w, "错误"); return;
    case QI_T_LIST: write_generic(w, "列表", t, 1, depth); return;
    case QI_T_DICT: write_generic(w, "字典", t, 2, depth); return;
    case QI_T_OPTION: write_generic(w, "选项", t, 1, depth); return;
    case QI_T_FUTURE: write_generic(w, "未来", t, 1, depth); return;
    case QI_T_TASK: write_generic(w, "任务", t, 1, depth); return;
    case QI_T_COROUTINE: write_generic(w, "协程", t, 3, depth); return;
    case QI_T_CHANNEL: write_generic(w, "通道", t, 1, depth); return;
    case QI_T_CELL: write_generic(w, "单元", t, 1, depth); return;
    case QI_T_ARRAY: {
        char digits[QI_INT_TEXT_MAX];
        if (t->length == QI_ANY_LENGTH) {
            write_generic(w, "数组", t, 1, depth);
            return;
        }
        add(w, "[");
        write_type(w, t->a, depth);
        add(w, "; ");
        qi_text_add(w->out, digits, qi_int_text(t->length, digits));
        add(w, "]");
        return;
    }
    case QI_T_STRUCT: case QI_T_TUPLE: case QI_T_ENUM:
        if (t->name.len > 0) {
            uint32_t n = t->name.len < QI_TYPE_NAME_SHOWN ? t->name.len : QI_TYPE_NAME_SHOWN;
            while (n < t->name.len && ((uint8_t)t->name.text[n] & 0xC0) == 0x80) n--;
            qi_text_add(w->out, t->name.text, n);
            if (n < t->name.len) add(w, "…");
            return;
        }
        add(w, "(");
        write_list(w, t->fields, t->nfields, depth);
        add(w, ")");
        return;
    case QI_T_FUNC:
        add(w, "函数(");
        write_list(w, t->fields, t->nfields, depth);
        add(w, "): ");
        write_type(w, t->b, depth);
        return;
    case QI_T_ENV:
        add(w, "环境(");
        write_list(w, t->fields, t->nfields, depth);
        add(w, ")");
        return;
    case QI_T_KIND_COUNT: break;
    }
    add(w, "?");
}

void qi_type_text(QiText *out, const QiType *t) { write_type(&(Writer){.out = out}, t, 0); }
