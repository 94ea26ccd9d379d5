/*
 * signature.c — whether the types a module gives an imported native are an
 * instance of the native's row in natives.def.
 *
 * Invariant: what passes here is all that natives may rely on: argument layouts
 * agree with the row, and a type variable stands for one type throughout.
 *
 * The rows are read as text, at load time only, so that the table stays the one
 * place where a signature is written.
 */
#include "program.h"

typedef struct Row { const char *receiver, *params, *result; } Row;

static const Row rows[] = {
#define QI_NATIVE(symbol, name_, receiver_, params_, result_, flags_) {receiver_, params_, result_},
#include "../../natives/natives.def"
#undef QI_NATIVE
};

/* sequence: what 序列 stood for where it was met first (QI_T_LIST or QI_T_ARRAY; 0: not met). */
typedef struct Matcher { const char *at; const QiType *bound[26]; uint8_t sequence; } Matcher;

typedef struct TypeName { const char *text; QiTypeKind kind; int parts; } TypeName;

/* Longer names before their prefixes. */
static const TypeName type_names[] = {
    {"整数", QI_T_INT, 0},      {"浮点数", QI_T_FLOAT, 0},   {"布尔", QI_T_BOOL, 0},      {"字符串", QI_T_STRING, 0},
    {"短整数", QI_T_INT32, 0},  {"字节串", QI_T_BYTES, 0},   {"字节", QI_T_BYTE, 0},      {"单精度浮点", QI_T_FLOAT32, 0},
    {"长整数", QI_T_INT128, 0}, {"集合", QI_T_SET, 1},       {"数组", QI_T_ARRAY, 1},     {"范围", QI_T_RANGE, 0},
    {"指针", QI_T_POINTER, 1},   {"序列", QI_T_LIST, 1}, /* or QI_T_ARRAY */
    {"字符", QI_T_CHAR, 0},     {"空", QI_T_UNIT, 0},        {"列表", QI_T_LIST, 1},      {"字典", QI_T_DICT, 2},
    {"选项", QI_T_OPTION, 1},   {"未来", QI_T_FUTURE, 1},    {"任务", QI_T_TASK, 1},      {"协程", QI_T_COROUTINE, 3},
    {"通道", QI_T_CHANNEL, 1},  {"错误", QI_T_ERROR, 0},
};

static void skip_spaces(Matcher *m) {
    while (*m->at == ' ') m->at++;
}

static bool skip(Matcher *m, const char *text) {
    skip_spaces(m);
    size_t n = strlen(text);
    if (strncmp(m->at, text, n) != 0) return false;
    m->at += n;
    return true;
}

/* K, O and N are bounded; every other letter stands for anything. */
static bool within_bound(char letter, const QiType *t) {
    QiTypeKind k = (QiTypeKind)t->kind;
    if (k == QI_T_CELL || k == QI_T_ENV) return false;
    if (letter == 'K') return t->hashable;
    bool number = k == QI_T_INT || k == QI_T_FLOAT || k == QI_T_INT32 || k == QI_T_BYTE || k == QI_T_FLOAT32 || k == QI_T_INT128;
    if (letter == 'N') return number;
    if (letter == 'O') return qi_type_ordered(t);
    return true;
}

static bool match(Matcher *m, const QiType *t);

/* `<T>` after a type's name, for its parts. */
static bool match_parts(Matcher *m, const QiType *t, int n) {
    const QiType *parts[3] = {t->a, t->b, t->c};
    for (int k = 0; k < n; k++) {
        if (!skip(m, k == 0 ? "<" : ",") || !match(m, parts[k])) return false;
    }
    return n == 0 || skip(m, ">");
}

static bool match(Matcher *m, const QiType *t) {
    skip_spaces(m);
    char c = *m->at;
    if (c >= 'A' && c <= 'Z') {
        m->at++;
        const QiType **bound = &m->bound[c - 'A'];
        if (*bound == NULL && within_bound(c, t)) *bound = t;
        return *bound == t;
    }
    if (skip(m, "任意")) return within_bound('T', t);
    for (size_t i = 0; i < sizeof type_names / sizeof type_names[0]; i++) {
        const TypeName *n = &type_names[i];
        if (!skip(m, n->text)) continue;
        if (strcmp(n->text, "序列") == 0) {
            if (t->kind != QI_T_LIST && t->kind != QI_T_ARRAY) return false;
            if (m->sequence == 0) m->sequence = t->kind;
            if (m->sequence != t->kind) return false;
        } else if (t->kind != n->kind) {
            return false;
        }
        return match_parts(m, t, n->parts);
    }
    for (unsigned number = 0; number < QI_CLASS_COUNT; number++) {
        if (!skip(m, qi_class_name(number, false))) continue;
        return (t->kind == QI_T_NATIVE || t->kind == QI_T_NATIVE_OF) && t->native_class == number && match_parts(m, t, (int)qi_class_parts(number));
    }
    return false;
}

/* Moves behind `名:`. */
static bool skip_name(Matcher *m) {
    const char *colon = strchr(m->at, ':');
    if (colon == NULL) return false;
    m->at = colon + 1;
    return true;
}

static void skip_default(Matcher *m) {
    if (!skip(m, "=")) return;
    bool quoted = false;
    for (; *m->at != 0 && (quoted || *m->at != ','); m->at++) {
        if (*m->at == '"') quoted = !quoted;
    }
}

bool qi_import_fits(const QiProgram *p, const QiImport *import) {
    (void)p;
    const Row *row = &rows[import->number];
    Matcher m = {.at = row->receiver};
    uint32_t i = 0;
    if (*row->receiver != 0) {
        if (i >= import->nparams || !match(&m, import->params[i++])) return false;
    }
    m.at = row->params;
    for (bool more = *m.at != 0; more; more = skip(&m, ",")) {
        if (i >= import->nparams || !skip_name(&m) || !match(&m, import->params[i++])) return false;
        skip_default(&m);
    }
    if (i != import->nparams) return false;
    m.at = row->result;
    return match(&m, import->result);
}
