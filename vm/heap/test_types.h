/*
 * test_types.h — a small type table and roots for the heap's unit tests.
 *
 * Invariants: types stand at the index their enum name says; every test makes
 * its own heap.
 */
#ifndef QI_HEAP_TEST_TYPES_H
#define QI_HEAP_TEST_TYPES_H

#include "../base/test.h"
#include "dict.h"
#include "error.h"
#include "list.h"
#include "string.h"
#include "value.h"

enum {
    T_INT, T_FLOAT, T_BOOL, T_CHAR, T_UNIT, T_STRING, T_INTS, T_FLOATS, T_BOOLS, T_STRINGS, T_NODE, T_MAYBE_NODE, T_NODES,
    T_DICT, T_INT_DICT, T_MAYBE_INT, T_POINT, T_PAIR, T_CELL, T_ENV, T_FUNC, T_CHANNEL, T_ERROR, T_MAYBE_STRING, T_WIDE,
    T_MAYBE_MAYBE, T_INTS_LIST, T_CHARS, T_FUTURE, T_LONG, T_KEY, T_KEYS, T_POINTER, T_TEST_COUNT,
};

#define WIDE_FIELDS 100

typedef struct TestWorld {
    QiType types[T_TEST_COUNT];
    const QiType *table[T_TEST_COUNT];
    const QiType *node_fields[2], *point_fields[2], *pair_fields[2], *env_fields[1], *key_fields[3], *wide_fields[WIDE_FIELDS];
    QiName node_names[2], point_names[2], wide_names[WIDE_FIELDS];
    QiHeap *heap;
    QiObject *roots[16];
    int requests, traced, finalized;
} TestWorld;

static inline void test_roots(void *user, QiMarker *m) {
    TestWorld *w = user;
    for (int i = 0; i < 16; i++) qi_mark(m, w->roots[i]);
}

static inline void test_request(void *user) { ((TestWorld *)user)->requests++; }

static inline void test_trace(void *user, QiObject *o, QiMarker *m) {
    (void)o;
    (void)m;
    ((TestWorld *)user)->traced++;
}

static inline void test_finalize(void *user, QiHeap *h, QiObject *o) {
    (void)h;
    (void)o;
    ((TestWorld *)user)->finalized++;
}

static inline QiName test_name(const char *s) { return (QiName){s, (uint32_t)strlen(s)}; }

static inline void world_init(TestWorld *w, QiHeapConfig config) {
    memset(w, 0, sizeof *w);
    QiType *t = w->types;
    for (int i = 0; i < T_TEST_COUNT; i++) {
        t[i].index = (uint16_t)i;
        t[i].is_ref = i >= T_STRING;
        t[i].elem_size = 8;
        w->table[i] = &t[i];
    }
    for (int i = T_INT; i <= T_STRING; i++) t[i].kind = (uint8_t)i;
    const struct { int type; QiTypeKind kind; int a, b; } made[] = {
        {T_INTS, QI_T_LIST, T_INT, 0}, {T_FLOATS, QI_T_LIST, T_FLOAT, 0}, {T_BOOLS, QI_T_LIST, T_BOOL, 0},
        {T_STRINGS, QI_T_LIST, T_STRING, 0}, {T_NODES, QI_T_LIST, T_NODE, 0}, {T_INTS_LIST, QI_T_LIST, T_INTS, 0},
        {T_CHARS, QI_T_LIST, T_CHAR, 0}, {T_DICT, QI_T_DICT, T_STRING, T_NODE}, {T_INT_DICT, QI_T_DICT, T_INT, T_INT},
        {T_MAYBE_INT, QI_T_OPTION, T_INT, 0}, {T_MAYBE_NODE, QI_T_OPTION, T_NODE, 0}, {T_MAYBE_STRING, QI_T_OPTION, T_STRING, 0},
        {T_MAYBE_MAYBE, QI_T_OPTION, T_MAYBE_INT, 0}, {T_CELL, QI_T_CELL, T_NODE, 0}, {T_CHANNEL, QI_T_CHANNEL, T_INT, 0},
        {T_FUTURE, QI_T_FUTURE, T_INT, 0}, {T_KEYS, QI_T_SET, T_KEY, 0}, {T_POINTER, QI_T_POINTER, T_STRING, 0},
    };
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
        QiType *m = &t[made[i].type];
        m->kind = (uint8_t)made[i].kind;
        m->a = &t[made[i].a];
        m->b = made[i].kind == QI_T_DICT ? &t[made[i].b] : NULL;
    }
    t[T_BOOLS].elem_size = 1;
    t[T_MAYBE_INT].option_boxed = t[T_MAYBE_MAYBE].option_boxed = true;
    t[T_FUNC].kind = QI_T_FUNC;
    t[T_FUNC].b = &t[T_INT];
    t[T_ERROR].kind = QI_T_ERROR;
    w->node_fields[0] = w->node_fields[1] = &t[T_MAYBE_NODE];
    w->node_names[0] = test_name("左");
    w->node_names[1] = test_name("右");
    w->point_fields[0] = w->point_fields[1] = &t[T_INT];
    w->point_names[0] = test_name("x");
    w->point_names[1] = test_name("y");
    w->pair_fields[0] = &t[T_STRING];
    w->pair_fields[1] = &t[T_FLOAT];
    w->env_fields[0] = &t[T_CELL];
    t[T_LONG].kind = QI_T_INT128;
    w->key_fields[0] = &t[T_INT];
    w->key_fields[1] = &t[T_STRING];
    w->key_fields[2] = &t[T_LONG];
    for (int i = 0; i < WIDE_FIELDS; i++) {
        w->wide_fields[i] = &t[i % 2 ? T_MAYBE_NODE : T_INT];
        w->wide_names[i] = test_name("f");
    }
    const struct { int type; uint8_t kind; const QiType **fields; const QiName *names; uint32_t n; bool tuple; const char *name; } rows[] = {
        {T_NODE, QI_T_STRUCT, w->node_fields, w->node_names, 2, false, "节点"},
        {T_POINT, QI_T_STRUCT, w->point_fields, w->point_names, 2, false, "点"},
        {T_PAIR, QI_T_STRUCT, w->pair_fields, NULL, 2, true, ""},
        {T_WIDE, QI_T_STRUCT, w->wide_fields, w->wide_names, WIDE_FIELDS, false, "宽"},
        {T_KEY, QI_T_TUPLE, w->key_fields, NULL, 3, false, ""},
        {T_ENV, QI_T_ENV, w->env_fields, NULL, 1, false, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        QiType *s = &t[rows[i].type];
        s->kind = rows[i].kind;
        s->fields = rows[i].fields;
        s->field_names = rows[i].names;
        s->nfields = rows[i].n;
        s->is_tuple = rows[i].tuple;
        s->name = test_name(rows[i].name);
    }
    QiHeapHooks hooks = {.user = w, .roots = test_roots, .request = test_request, .kind_user = w};
    for (int k = QI_K_FUTURE; k < QI_K_COUNT; k++) hooks.kinds[k] = (QiKindOps){test_trace, k == QI_K_FUTURE ? NULL : test_finalize};
    w->heap = qi_heap_new(&config, &hooks);
    w->heap->types = w->table;
    w->heap->ntypes = T_TEST_COUNT;
}

static inline void world_free(TestWorld *w) { qi_heap_free(w->heap); }

static inline QiStruct *node_new(TestWorld *w, QiStruct *left, QiStruct *right) {
    QiStruct *s = qi_struct_new(w->heap, &w->types[T_NODE]);
    if (s == NULL) return NULL;
    s->fields[0] = qi_from_ref(left);
    s->fields[1] = qi_from_ref(right);
    return s;
}

static inline QiString *str(TestWorld *w, const char *s) { return qi_string_create(w->heap, s, strlen(s)); }

#endif
