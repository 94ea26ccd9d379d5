/*
 * collection_test.c — lists and dictionaries, checked against simple models.
 */
#include <stdlib.h>

#include "format.h"
#include "test_types.h"

static uint64_t next_random(uint64_t *s) {
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return *s;
}

static void lists_of(QiTest *t, int type, bool bytes) {
    TestWorld w;
    world_init(&w, (QiHeapConfig){0});
    QiList *l = qi_list_create(w.heap, &w.types[type], 0);
    uint64_t rng = 42;
    uint8_t model[4000];
    size_t n = 0;
    QI_CHECK(t, qi_list_is_bytes(l) == bytes);
    for (int step = 0; step < 6000; step++) {
        uint64_t r = next_random(&rng);
        uint32_t changes = l->head.aux;
        size_t at = n > 0 ? r / 16 % (n + 1) : 0;
        switch (r % 4) {
        case 0: case 1:
            if (n == 4000) break;
            QI_CHECK(t, qi_list_append(w.heap, l, r & 1));
            model[n++] = r & 1;
            QI_CHECK(t, l->head.aux == changes + 1);
            break;
        case 2:
            if (n > 3990) break;
            QI_CHECK(t, qi_list_open(w.heap, l, at, 3));
            memmove(model + at + 3, model + at, n - at);
            for (int k = 0; k < 3; k++) {
                qi_list_put(l, at + (size_t)k, k & 1);
                model[at + (size_t)k] = k & 1;
            }
            n += 3;
            break;
        default:
            if (n == 0 || at + 2 > n) break;
            qi_list_close(w.heap, l, at, 2);
            memmove(model + at, model + at + 2, n - at - 2);
            n -= 2;
            break;
        }
        QI_CHECK_INT(t, l->len, n);
    }
    for (size_t i = 0; i < n; i++) QI_CHECK_INT(t, qi_list_elem(l, i), model[i]);
    world_free(&w);
}

static void lists_of_words(QiTest *t) { lists_of(t, T_INTS, false); }
static void lists_of_bytes(QiTest *t) { lists_of(t, T_BOOLS, true); }

static void list_limits(QiTest *t) {
    TestWorld w;
    world_init(&w, (QiHeapConfig){.limit_bytes = 8 << 20});
    QI_CHECK(t, qi_list_create(w.heap, &w.types[T_INTS], (size_t)QI_LIST_MAX + 1) == NULL);
    QI_CHECK(t, qi_list_create(w.heap, &w.types[T_INTS], 2 << 20) == NULL);
    QiList *l = qi_list_create(w.heap, &w.types[T_INTS], 0);
    w.roots[0] = &l->head;
    QiValue n = 0;
    while (n < 4 << 20 && qi_list_append(w.heap, l, n)) n++;
    QI_CHECK(t, n > 300000 && n < 1 << 20);
    for (QiValue i = 0; i < n; i++) QI_CHECK(t, l->items.words[i] == i);
    w.roots[0] = NULL;
    qi_heap_collect(w.heap);
    QI_CHECK_INT(t, qi_heap_stats(w.heap).bytes_live, 0);
    world_free(&w);
}

/* The model: arrays searched from the front. */
static void dict_against_model(QiTest *t) {
    enum { KEYS = 300 };
    TestWorld w;
    world_init(&w, (QiHeapConfig){0});
    QiDict *d = qi_dict_new(w.heap, &w.types[T_INT_DICT]);
    uint64_t keys[KEYS], values[KEYS], rng = 7;
    size_t n = 0;
    for (int step = 0; step < 60000; step++) {
        uint64_t r = next_random(&rng), key = (r >> 8) % KEYS;
        if (r % 5 == 0) key <<= 32;
        if (r % 7 == 0) key = 0 - key;
        size_t at = 0;
        while (at < n && keys[at] != key) at++;
        uint32_t changes = d->head.aux;
        if (r % 3 == 0) {
            QiValue v = 0;
            bool there = qi_dict_remove(d, key, &v);
            QI_CHECK(t, there == (at < n) && (!there || v == values[at]));
            QI_CHECK(t, d->head.aux == changes + there);
            if (there) {
                memmove(keys + at, keys + at + 1, (n - at - 1) * sizeof *keys);
                memmove(values + at, values + at + 1, (n - at - 1) * sizeof *values);
                n--;
            }
        } else if (at < n || n < KEYS) {
            QI_CHECK(t, qi_dict_set(w.heap, d, key, r));
            QI_CHECK(t, d->head.aux == changes + (at == n));
            keys[at] = key;
            values[at] = r;
            if (at == n) n++;
        }
        QI_CHECK_INT(t, d->count, n);
        if (step % 500 == 0) {
            size_t pos = 0, i = 0;
            QiValue k, v;
            while (qi_dict_next(d, &pos, &k, &v)) {
                QI_CHECK(t, i < n && k == keys[i] && v == values[i]);
                QI_CHECK(t, qi_dict_find(d, k, &v) && v == values[i]);
                i++;
            }
            QI_CHECK_INT(t, i, n);
        }
    }
    /* Adding and removing for ever must not grow the table for ever. */
    QI_CHECK(t, d->cap <= 1024);
    qi_dict_clear(w.heap, d);
    QiValue v;
    QI_CHECK(t, d->count == 0 && !qi_dict_find(d, keys[0], &v) && qi_dict_set(w.heap, d, 1, 2) && d->count == 1);
    world_free(&w);
}

static void string_keys(QiTest *t) {
    TestWorld w;
    world_init(&w, (QiHeapConfig){0});
    QiDict *d = qi_dict_new(w.heap, &w.types[T_DICT]);
    w.roots[0] = &d->head;
    char text[32];
    for (int i = 0; i < 20000; i++) {
        snprintf(text, sizeof text, "键%d", i);
        QI_CHECK(t, qi_dict_set(w.heap, d, qi_from_ref(str(&w, text)), qi_from_ref(node_new(&w, NULL, NULL))));
        if (i % 5000 == 0) qi_heap_collect(w.heap);
    }
    for (int i = 0; i < 20000; i++) {
        snprintf(text, sizeof text, "键%d", i);
        QiValue v;
        QI_CHECK(t, qi_dict_find(d, qi_from_ref(str(&w, text)), &v));
    }
    QI_CHECK(t, !qi_dict_find(d, qi_from_ref(str(&w, "键20000")), NULL));
    w.roots[0] = NULL;
    qi_heap_collect(w.heap);
    QI_CHECK_INT(t, qi_heap_stats(w.heap).bytes_live, 0);
    world_free(&w);
}

/* Keys that share their low bits must not fall into one long run. */
static void regular_keys_spread(QiTest *t) {
    TestWorld w;
    world_init(&w, (QiHeapConfig){0});
    for (int shift = 0; shift < 48; shift += 8) {
        QiDict *d = qi_dict_new(w.heap, &w.types[T_INT_DICT]);
        for (QiValue i = 0; i < 4096; i++) QI_CHECK(t, qi_dict_set(w.heap, d, i << shift, i));
        size_t probes = 0;
        for (uint32_t i = 0; i < d->used; i++) {
            uint32_t mask = 2 * d->cap - 1, slot = d->entries[i].hash & mask;
            while ((d->index[slot] & mask) != i + 1) {
                slot = (slot + 1) & mask;
                probes++;
            }
        }
        QI_CHECK(t, probes < 4 * 4096);
    }
    world_free(&w);
}

/* Keys taken from either end leave nothing to walk over: as many steps as keys. */
static void both_ends(QiTest *t) {
    TestWorld w;
    world_init(&w, (QiHeapConfig){0});
    QiDict *d = qi_dict_new(w.heap, &w.types[T_INT_DICT]);
    QiValue key;
    QI_CHECK(t, !qi_dict_last(d, &key));
    for (QiValue i = 0; i < 100; i++) QI_CHECK(t, qi_dict_set(w.heap, d, i, i));
    QI_CHECK(t, qi_dict_remove(d, 50, NULL) && d->first == 0 && d->used == 100);
    for (QiValue i = 0; i < 50; i++) {
        size_t pos = 0;
        QiValue value;
        QI_CHECK(t, d->first == i && qi_dict_next(d, &pos, &key, &value) && key == i && pos == i + 1);
        QI_CHECK(t, qi_dict_remove(d, i, NULL));
    }
    QI_CHECK_INT(t, d->first, 51);
    for (QiValue i = 99; i > 50; i--) QI_CHECK(t, qi_dict_last(d, &key) && key == i && qi_dict_remove(d, i, NULL));
    QI_CHECK(t, d->count == 0 && !qi_dict_last(d, &key));
    QI_CHECK(t, qi_dict_set(w.heap, d, 7, 7) && qi_dict_last(d, &key) && key == 7 && d->entries[d->first].key == 7);
    world_free(&w);
}

static void dict_without_memory(QiTest *t) {
    TestWorld w;
    world_init(&w, (QiHeapConfig){.limit_bytes = 2 << 20});
    QiDict *d = qi_dict_new(w.heap, &w.types[T_INT_DICT]);
    w.roots[0] = &d->head;
    QiValue n = 0;
    while (n < 1 << 20 && qi_dict_set(w.heap, d, n, n * 3)) n++;
    QI_CHECK(t, n > 8000 && n < 70000);
    QI_CHECK_INT(t, d->count, n);
    QiValue v;
    for (QiValue i = 0; i < n; i++) QI_CHECK(t, qi_dict_find(d, i, &v) && v == i * 3);
    world_free(&w);
}

/* A tuple of a number, its text and its square as 长整数, made anew each time. */
static QiValue compound_key(TestWorld *w, int64_t n) {
    char text[QI_INT_TEXT_MAX];
    size_t len = qi_int_text(n, text);
    QiStruct *s = qi_struct_new(w->heap, &w->types[T_KEY]);
    s->fields[0] = (QiValue)n;
    s->fields[1] = qi_from_ref(qi_string_create(w->heap, text, len));
    s->fields[2] = qi_from_ref(qi_int128_new(w->heap, T_LONG, (uint64_t)(n * n), n < 0 ? -1 : 0));
    return qi_from_ref(s);
}

static void keys_with_parts(QiTest *t) {
    TestWorld w;
    world_init(&w, (QiHeapConfig){.stress = true});
    QiDict *d = qi_dict_new(w.heap, &w.types[T_KEYS]);
    w.roots[0] = &d->head;
    for (int round = 0; round < 2; round++) {
        for (int64_t n = -500; n < 500; n++) QI_CHECK(t, qi_dict_set(w.heap, d, compound_key(&w, n), 0));
        QI_CHECK_INT(t, d->count, 1000);
        /* Keys and what they hold live as long as the set. */
        qi_heap_collect(w.heap);
    }
    for (int64_t n = -500; n < 500; n++) QI_CHECK(t, qi_dict_find(d, compound_key(&w, n), NULL));
    QI_CHECK(t, !qi_dict_find(d, compound_key(&w, 500), NULL));
    QiStruct *other = qi_as_ref(compound_key(&w, 7));
    ((QiInt128 *)qi_as_ref(other->fields[2]))->high = 1;
    QI_CHECK(t, !qi_dict_find(d, qi_from_ref(other), NULL));
    QI_CHECK(t, qi_dict_remove(d, compound_key(&w, 7), NULL) && !qi_dict_find(d, compound_key(&w, 7), NULL));
    QI_CHECK_INT(t, d->count, 999);
    world_free(&w);
}

int main(void) {
    QiTest t = {0};
    QI_RUN(&t, lists_of_words);
    QI_RUN(&t, lists_of_bytes);
    QI_RUN(&t, list_limits);
    QI_RUN(&t, dict_against_model);
    QI_RUN(&t, string_keys);
    QI_RUN(&t, regular_keys_spread);
    QI_RUN(&t, both_ends);
    QI_RUN(&t, dict_without_memory);
    QI_RUN(&t, keys_with_parts);
    return qi_test_end(&t);
}
