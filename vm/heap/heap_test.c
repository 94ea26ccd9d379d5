/*
 * heap_test.c — allocation, marking, sweeping, finalising, limits.
 */
#include <stdlib.h>

#include "block.h"
#include "test_types.h"

static QiStruct *tree(TestWorld *w, int depth) {
    if (depth == 0) return node_new(w, NULL, NULL);
    QiStruct *left = tree(w, depth - 1);
    return node_new(w, left, tree(w, depth - 1));
}

static int tree_count(const QiStruct *s) {
    return s == NULL ? 0 : 1 + tree_count(qi_as_ref(s->fields[0])) + tree_count(qi_as_ref(s->fields[1]));
}

static void size_classes(QiTest *t) {
    for (size_t size = 16; size <= QI_SMALL_MAX; size += 16) {
        unsigned c = qi_class_of(size);
        QI_CHECK(t, c < QI_CLASSES);
        QI_CHECK(t, qi_class_size(c) >= size);
        QI_CHECK(t, c == 1 || qi_class_size(c - 1) < size);
        QI_CHECK(t, qi_class_size(c) % QI_ALLOC_GRANULE == 0);
    }
}

static void live_trees_survive(QiTest *t) {
    TestWorld w;
    world_init(&w, (QiHeapConfig){0});
    for (int round = 0; round < 8; round++) {
        w.roots[round % 3] = &tree(&w, 10 + round % 4)->head;
        tree(&w, 12);
        qi_heap_collect(w.heap);
        for (int r = 0; r < 3; r++) {
            if (w.roots[r] != NULL) QI_CHECK(t, (tree_count((QiStruct *)(void *)w.roots[r]) + 1) % 1024 == 0);
        }
    }
    QI_CHECK_INT(t, qi_heap_stats(w.heap).collections, 8);
    world_free(&w);
}

static void dead_memory_is_used_again(QiTest *t) {
    TestWorld w;
    world_init(&w, (QiHeapConfig){0});
    w.roots[0] = &tree(&w, 12)->head;
    for (int i = 0; i < 100; i++) {
        tree(&w, 14);
        qi_heap_collect(w.heap);
        QI_CHECK_INT(t, qi_heap_stats(w.heap).bytes_live, 8191 * 32);
    }
    size_t chunks = 0;
    for (QiChunk *c = w.heap->state->chunks; c != NULL; c = c->next) chunks++;
    QI_CHECK(t, chunks <= 4);
    world_free(&w);
}

/* Every second object lives: runs of one cell must be found between them. */
static void gaps_are_filled(QiTest *t) {
    enum { N = 5000 };
    TestWorld w;
    world_init(&w, (QiHeapConfig){0});
    QiStruct *chain = NULL, *nodes[N];
    for (int i = 0; i < N; i++) {
        nodes[i] = node_new(&w, i % 2 ? chain : NULL, NULL);
        if (i % 2) chain = nodes[i];
    }
    w.roots[0] = &chain->head;
    qi_heap_collect(w.heap);
    QI_CHECK_INT(t, qi_heap_stats(w.heap).bytes_live, N / 2 * 32);
    int reused = 0;
    for (int i = 0; i < N / 2 - 1; i++) {
        QiStruct *s = node_new(&w, NULL, NULL);
        for (int k = 0; k < N; k += 2) reused += s == nodes[k];
        s->fields[1] = 77;
    }
    QI_CHECK(t, reused >= N / 2 - 2048);
    int count = 0;
    for (const QiStruct *s = chain; s != NULL; s = qi_as_ref(s->fields[0])) count += s->fields[1] == 0;
    QI_CHECK_INT(t, count, N / 2);
    world_free(&w);
}

static void long_chain(QiTest *t) {
    TestWorld w;
    world_init(&w, (QiHeapConfig){0});
    QiStruct *chain = NULL;
    for (int i = 0; i < 10000000; i++) chain = node_new(&w, chain, NULL);
    w.roots[0] = &chain->head;
    qi_heap_collect(w.heap);
    QI_CHECK_INT(t, qi_heap_stats(w.heap).bytes_live, 10000000ll * 32);
    w.roots[0] = NULL;
    qi_heap_collect(w.heap);
    QI_CHECK_INT(t, qi_heap_stats(w.heap).bytes_live, 0);
    world_free(&w);
}

static void cycles_die(QiTest *t) {
    TestWorld w;
    world_init(&w, (QiHeapConfig){0});
    QiStruct *a = node_new(&w, NULL, NULL), *b = node_new(&w, a, a);
    a->fields[0] = qi_from_ref(b);
    w.roots[0] = &a->head;
    qi_heap_collect(w.heap);
    QI_CHECK_INT(t, qi_heap_stats(w.heap).bytes_live, 64);
    w.roots[0] = NULL;
    qi_heap_collect(w.heap);
    QI_CHECK_INT(t, qi_heap_stats(w.heap).bytes_live, 0);
    world_free(&w);
}

/* Every kind of object keeps what it refers to alive, and only that. */
static void every_kind_is_traced(QiTest *t) {
    TestWorld w;
    world_init(&w, (QiHeapConfig){0});
    QiHeap *h = w.heap;
    QiStruct *wide = qi_struct_new(h, &w.types[T_WIDE]);
    for (int i = 0; i < WIDE_FIELDS; i++) wide->fields[i] = i % 2 ? qi_from_ref(node_new(&w, NULL, NULL)) : 12345;
    w.roots[0] = &wide->head;
    QiList *nodes = qi_list_create(h, &w.types[T_NODES], 0), *strings = qi_list_create(h, &w.types[T_STRINGS], 0);
    for (int i = 0; i < 10; i++) {
        QI_CHECK(t, qi_list_append(h, nodes, qi_from_ref(node_new(&w, NULL, NULL))));
        QI_CHECK(t, qi_list_append(h, strings, qi_from_ref(str(&w, "十"))));
    }
    w.roots[1] = &nodes->head;
    w.roots[2] = &strings->head;
    QiDict *dict = qi_dict_new(h, &w.types[T_DICT]);
    QI_CHECK(t, qi_dict_set(h, dict, qi_from_ref(str(&w, "甲")), qi_from_ref(node_new(&w, NULL, NULL))));
    w.roots[3] = &dict->head;
    QiCell *cell = qi_cell_new(h, &w.types[T_CELL], qi_from_ref(node_new(&w, NULL, NULL)));
    QiClosure *closure = qi_closure_new(h, &w.types[T_ENV], 7);
    closure->captures[0] = qi_from_ref(cell);
    w.roots[4] = &closure->head;
    QiError *inner = qi_error_create(h, 7001, str(&w, "内")), *outer = qi_error_create(h, 7000, str(&w, "外"));
    outer->cause = inner;
    inner->code = str(&w, "码");
    inner->kind = &w.types[T_NODE];
    inner->value = qi_from_ref(node_new(&w, NULL, NULL));
    w.roots[5] = &outer->head;
    QiValue box = 0, outer_box = 0;
    QI_CHECK(t, qi_option_make(h, &w.types[T_MAYBE_INT], 5, &box));
    QI_CHECK(t, qi_option_make(h, &w.types[T_MAYBE_MAYBE], box, &outer_box));
    w.roots[6] = qi_as_ref(outer_box);
    QiObject *future = qi_alloc(h, 32), *channel = qi_alloc_owning(h, 64);
    qi_object_init(future, QI_K_FUTURE, T_FUTURE, 0);
    qi_object_init(channel, QI_K_CHANNEL, T_CHANNEL, 0);
    w.roots[7] = future;
    w.roots[8] = channel;
    QiString *big = qi_string_reserve(h, 100000), *huge = qi_string_reserve(h, 3000000);
    memset(big->bytes, 'b', big->len);
    memset(huge->bytes, 'h', huge->len);
    qi_string_finish(big);
    qi_string_finish(huge);
    w.roots[9] = &big->head;
    w.roots[10] = &huge->head;
    qi_heap_collect(h);
    uint64_t live = qi_heap_stats(h).bytes_live;
    qi_heap_collect(h);
    QI_CHECK_INT(t, qi_heap_stats(h).bytes_live, live);
    QI_CHECK_INT(t, w.traced, 4);
    QI_CHECK_INT(t, w.finalized, 0);
    QI_CHECK_INT(t, (uint8_t)huge->bytes[2999999], 'h');
    QI_CHECK_TEXT(t, outer->cause->message->bytes, outer->cause->message->len, "内");
    QI_CHECK_TEXT(t, inner->code->bytes, inner->code->len, "码");
    QI_CHECK(t, ((QiStruct *)qi_as_ref(inner->value))->head.kind == QI_K_STRUCT);
    QI_CHECK_INT(t, ((QiBox *)qi_as_ref(((QiBox *)qi_as_ref(outer_box))->value))->value, 5);
    QiValue found;
    QI_CHECK(t, qi_dict_find(dict, qi_from_ref(str(&w, "甲")), &found) && ((QiStruct *)qi_as_ref(found))->head.kind == QI_K_STRUCT);
    /* 1 wide (816 → 896), 50 + 10 + 1 + 1 nodes, … : every root dropped takes exactly its own with it. */
    const struct { int root; long long bytes; } parts[] = {
        {0, 896 + 50 * 32}, {4, 16 + 16 + 32}, {6, 32}, {7, 32}, {8, 64}, {9, 100000 + 32}, {5, 2 * (80 + 32) + 32 + 32},
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        w.roots[parts[i].root] = NULL;
        qi_heap_collect(h);
        QI_CHECK_INT(t, live - qi_heap_stats(h).bytes_live, parts[i].bytes);
        live = qi_heap_stats(h).bytes_live;
    }
    QI_CHECK_INT(t, w.finalized, 1);
    for (int i = 0; i < 16; i++) w.roots[i] = NULL;
    qi_heap_collect(h);
    QI_CHECK_INT(t, qi_heap_stats(h).bytes_live, 0);
    world_free(&w);
}

static void finalisers_run_once(QiTest *t) {
    TestWorld w;
    world_init(&w, (QiHeapConfig){0});
    for (int round = 1; round <= 3; round++) {
        for (int i = 0; i < 1000; i++) {
            QiObject *o = qi_alloc_owning(w.heap, 64);
            qi_object_init(o, QI_K_CHANNEL, T_CHANNEL, 0);
            if (i == 500) w.roots[0] = o;
        }
        qi_heap_collect(w.heap);
        QI_CHECK_INT(t, w.finalized, round * 1000 - 1);
        qi_heap_collect(w.heap);
        QI_CHECK_INT(t, w.finalized, round * 1000 - 1);
    }
    /* Allocated but never given a header: nothing to finalise. */
    (void)qi_alloc_owning(w.heap, 64);
    world_free(&w);
    QI_CHECK_INT(t, w.finalized, 3000);
}

static void owning_blocks_take_over_old_memory(QiTest *t) {
    TestWorld w;
    world_init(&w, (QiHeapConfig){0});
    tree(&w, 16);
    qi_heap_collect(w.heap);
    for (int i = 0; i < 10; i++) (void)qi_list_create(w.heap, &w.types[T_INTS], 4);
    qi_heap_collect(w.heap);
    QI_CHECK_INT(t, qi_heap_stats(w.heap).bytes_live, 0);
    world_free(&w);
}

static void collection_is_requested(QiTest *t) {
    TestWorld w;
    world_init(&w, (QiHeapConfig){0});
    int i = 0;
    while (w.requests == 0 && i < 10000000) {
        node_new(&w, NULL, NULL);
        i++;
    }
    QI_CHECK(t, i * 32 >= 512 << 10 && i * 32 <= 64 << 20);
    tree(&w, 18);
    QI_CHECK_INT(t, w.requests, 1);
    qi_heap_collect(w.heap);
    QiList *l = qi_list_create(w.heap, &w.types[T_INTS], 0);
    for (i = 0; i < 20000000 && w.requests == 1; i++) QI_CHECK(t, qi_list_append(w.heap, l, 1));
    QI_CHECK_INT(t, w.requests, 2);
    world_free(&w);
}

static void stress_requests_always(QiTest *t) {
    TestWorld w;
    world_init(&w, (QiHeapConfig){.stress = true});
    QiStruct *chain = NULL;
    int before = w.requests;
    for (int i = 0; i < 300; i++) {
        chain = node_new(&w, chain, NULL);
        w.roots[0] = &chain->head;
        qi_heap_collect(w.heap);
    }
    QI_CHECK_INT(t, w.requests - before, 300);
    QI_CHECK_INT(t, qi_heap_stats(w.heap).bytes_live, 300 * 32);
    world_free(&w);
}

static void limit_is_kept(QiTest *t) {
    TestWorld w;
    world_init(&w, (QiHeapConfig){.limit_bytes = 4 << 20});
    QiStruct *chain = NULL, *next;
    int n = 0;
    while ((next = node_new(&w, chain, NULL)) != NULL && n < 1000000) {
        chain = next;
        n++;
    }
    QI_CHECK(t, n * 32 <= 4 << 20 && n * 32 >= 3 << 20);
    QI_CHECK(t, w.requests >= 1);
    QI_CHECK(t, qi_string_reserve(w.heap, 5 << 20) == NULL);
    QI_CHECK(t, qi_heap_resize(w.heap, NULL, 0, 5 << 20) == NULL);
    QI_CHECK(t, !qi_heap_charge(w.heap, 5 << 20));
    QiError *e = qi_error_make(w.heap, 7007, NULL, 0);
    QI_CHECK(t, e != NULL && e->head.aux == 7007);
    /* Its handler has a little memory, but not for ever. */
    for (n = 0; n < 1000000 && str(&w, "处理") != NULL; n++) {}
    QI_CHECK(t, n > 10000 && n < 100000);
    w.roots[0] = &e->head;
    qi_heap_collect(w.heap);
    QI_CHECK(t, node_new(&w, NULL, NULL) != NULL);
    world_free(&w);
}

/* The mark stack may run out of memory: marking must still end and find everything. */
static void mark_stack_overflow(QiTest *t) {
    TestWorld w;
    world_init(&w, (QiHeapConfig){0});
    w.roots[0] = &tree(&w, 12)->head;
    QiList *l = qi_list_create(w.heap, &w.types[T_NODES], 0);
    for (int i = 0; i < 20000; i++) QI_CHECK(t, qi_list_append(w.heap, l, qi_from_ref(tree(&w, 1))));
    w.roots[1] = &l->head;
    w.heap->state->marker.max_segments = 1;
    qi_heap_collect(w.heap);
    QI_CHECK_INT(t, qi_heap_stats(w.heap).bytes_live, 8191 * 32 + 60000 * 32 + 32 + (long long)l->cap * 8);
    world_free(&w);
}

static void permanent_objects_stay(QiTest *t) {
    TestWorld w;
    world_init(&w, (QiHeapConfig){0});
    QiString *s[3000];
    for (int i = 0; i < 3000; i++) s[i] = qi_string_create_permanent(w.heap, "常量文字，永不回收", strlen("常量文字，永不回收"));
    char *text = malloc(2000000);
    memset(text, 'x', 2000000);
    QiString *big = qi_string_create_permanent(w.heap, text, 50000), *huge = qi_string_create_permanent(w.heap, text, 2000000);
    free(text);
    for (int i = 0; i < 3; i++) {
        w.roots[i] = i ? &s[i]->head : NULL;
        qi_heap_collect(w.heap);
        tree(&w, 14);
    }
    for (int i = 0; i < 3000; i++) QI_CHECK_INT(t, s[i]->chars, 9);
    QI_CHECK(t, big->bytes[49999] == 'x' && huge->bytes[1999999] == 'x');
    QI_CHECK_INT(t, qi_heap_stats(w.heap).collections, 3);
    world_free(&w);
}

/* Random graph, random drops: what is reachable keeps its contents. */
static void random_mutation(QiTest *t) {
    TestWorld w;
    world_init(&w, (QiHeapConfig){0});
    uint64_t rng = 88172645463325252u;
    QiList *l = qi_list_create(w.heap, &w.types[T_STRINGS], 0);
    w.roots[0] = &l->head;
    char text[600];
    for (int i = 0; i < 60000; i++) {
        rng ^= rng << 13;
        rng ^= rng >> 7;
        rng ^= rng << 17;
        size_t len = rng % 599;
        memset(text, 'a' + (int)(len % 26), len);
        QiValue s = qi_from_ref(qi_string_create(w.heap, text, len));
        if (l->len < 500) QI_CHECK(t, qi_list_append(w.heap, l, s));
        else l->items.words[rng / 600 % 500] = s;
        if (i % 3000 == 0) {
            qi_heap_collect(w.heap);
            for (uint32_t k = 0; k < l->len; k++) {
                const QiString *e = qi_as_ref(l->items.words[k]);
                for (uint32_t b = 0; b < e->len; b++) QI_CHECK(t, e->bytes[b] == (char)('a' + e->len % 26));
            }
        }
    }
    world_free(&w);
}

/* What short lists gave back is there for the next ones, with its contents kept while a list grows, and nothing is counted twice. */
static void list_storage_is_used_again(QiTest *t) {
    enum { LISTS = 1000, ELEMENTS = 100 };
    TestWorld w;
    world_init(&w, (QiHeapConfig){0});
    void *seen[8] = {NULL};
    size_t pieces = 0;
    for (int n = 0; n < LISTS; n++) {
        QiList *l = qi_list_create(w.heap, &w.types[T_INTS], 0);
        for (QiValue i = 0; i < ELEMENTS; i++) QI_CHECK(t, qi_list_append(w.heap, l, i * (QiValue)n));
        for (QiValue i = 0; i < ELEMENTS; i++) QI_CHECK(t, l->items.words[i] == i * (QiValue)n);
        size_t k = 0;
        while (k < pieces && seen[k] != l->items.data) k++;
        if (k == pieces && pieces < 8) seen[pieces++] = l->items.data;
        QI_CHECK_INT(t, qi_heap_stats(w.heap).bytes_live, 64 << 10 | (long long)l->cap * 8);
        qi_heap_collect(w.heap);
        QI_CHECK_INT(t, qi_heap_stats(w.heap).bytes_live, 0);
    }
#ifndef __SANITIZE_ADDRESS__
    QI_CHECK(t, pieces < 8);
#endif
    world_free(&w);
}

/* --- collections in slices ----------------------------------------------------------------------- */

static void step_to_end(TestWorld *w) {
    while (qi_heap_in_cycle(w->heap)) qi_heap_step(w->heap);
}

/* What is reachable when a cycle begins, is moved, or is made meanwhile, survives it; what was dead before is gone. */
static void slices_keep_the_snapshot(QiTest *t) {
    enum { N = 200 };
    TestWorld w;
    world_init(&w, (QiHeapConfig){.stress = true, .small_slices = true});
    QiStruct *chain = NULL;
    for (int i = 0; i < N; i++) chain = node_new(&w, chain, node_new(&w, NULL, NULL));
    tree(&w, 6); /* dead */
    w.roots[0] = &chain->head;
    qi_heap_step(w.heap);
    QI_CHECK(t, qi_heap_in_cycle(w.heap) && w.heap->marking);
    /* The far end of the chain is not traced yet: move what hangs there into an object made now. */
    QiStruct *last = chain;
    while (last->fields[0] != 0) last = qi_as_ref(last->fields[0]);
    QiStruct *moved = qi_as_ref(last->fields[1]), *fresh = node_new(&w, NULL, NULL);
    qi_heap_forget(w.heap, last->fields[1]);
    last->fields[1] = 0;
    fresh->fields[0] = qi_from_ref(moved);
    w.roots[1] = &fresh->head;
    step_to_end(&w);
    QI_CHECK(t, !w.heap->marking);
    QI_CHECK_INT(t, qi_heap_stats(w.heap).collections, 1);
    QI_CHECK(t, qi_heap_stats(w.heap).npauses > N / QI_CHUNK_BLOCKS);
    /* 2N nodes and the new one; cells of its block that nobody took count as well. */
    const QiBlock *b = qi_block_of(fresh);
    QI_CHECK(t, qi_is_marked(&moved->head) && qi_is_marked(&fresh->head) && !b->born);
    w.roots[1] = NULL;
    qi_heap_collect(w.heap);
    QI_CHECK_INT(t, qi_heap_stats(w.heap).bytes_live, (2 * N - 1) * 32);
    world_free(&w);
}

/* Lists and dictionaries that shed their elements during a cycle. */
static void slices_and_collections(QiTest *t) {
    for (int round = 0; round < 60; round++) {
        TestWorld w;
        world_init(&w, (QiHeapConfig){.stress = true, .small_slices = true});
        QiHeap *h = w.heap;
        QiList *l = qi_list_create(h, &w.types[T_STRINGS], 0);
        QiDict *d = qi_dict_new(h, &w.types[T_DICT]);
        QiStruct *chain = NULL;
        for (int i = 0; i < 40; i++) chain = node_new(&w, chain, NULL);
        w.roots[0] = &l->head;
        w.roots[1] = &d->head;
        w.roots[2] = &chain->head;
        for (int i = 0; i < 4; i++) QI_CHECK(t, qi_list_append(h, l, qi_from_ref(str(&w, "值"))));
        QI_CHECK(t, qi_dict_set(h, d, qi_from_ref(str(&w, "甲")), qi_from_ref(node_new(&w, NULL, NULL))));
        QI_CHECK(t, qi_dict_set(h, d, qi_from_ref(str(&w, "乙")), qi_from_ref(node_new(&w, NULL, NULL))));
        for (int i = 0; i <= round % 20; i++) qi_heap_step(h);
        const bool marking = h->marking;
        QiObject *taken[5] = {qi_as_ref(l->items.words[1]), qi_as_ref(l->items.words[2])};
        QiValue v = 0;
        QI_CHECK(t, qi_dict_find(d, qi_from_ref(str(&w, "甲")), &v));
        taken[2] = qi_as_ref(v);
        QI_CHECK(t, qi_dict_set(h, d, qi_from_ref(str(&w, "甲")), qi_from_ref(node_new(&w, NULL, NULL))));
        QI_CHECK(t, qi_dict_remove(d, qi_from_ref(str(&w, "乙")), &v));
        taken[3] = qi_as_ref(v);
        qi_list_close(h, l, 1, 1);
        taken[4] = qi_as_ref(l->items.words[0]);
        qi_list_clear(h, l);
        qi_dict_clear(h, d);
        while (h->marking) qi_heap_step(h);
        for (int i = 0; marking && i < 5; i++) QI_CHECK(t, qi_is_marked(taken[i]));
        step_to_end(&w);
        qi_heap_collect(h);
        QI_CHECK_INT(t, qi_heap_stats(h).bytes_live, 40 * 32 + (long long)(qi_round_size(sizeof *l) + qi_round_size(sizeof *d)));
        world_free(&w);
    }
}

/* A million objects: no slice is long, and the heap may end in any of them. */
static void slices_are_bounded(QiTest *t) {
    TestWorld w;
    world_init(&w, (QiHeapConfig){0});
    w.roots[0] = &tree(&w, 19)->head;
    unsigned slices = 0;
    do {
        qi_heap_step(w.heap);
        slices++;
    } while (qi_heap_in_cycle(w.heap));
    QI_CHECK(t, slices >= 32 && slices < 128);
    qi_heap_step(w.heap);
    QI_CHECK(t, qi_heap_in_cycle(w.heap));
    world_free(&w);
}

/* Near its limit a heap is collected at once. */
static void tight_heaps_take_one_pause(QiTest *t) {
    TestWorld w;
    world_init(&w, (QiHeapConfig){.limit_bytes = (size_t)24 << 20});
    w.roots[0] = &tree(&w, 18)->head;
    QI_CHECK(t, qi_heap_stats(w.heap).bytes_live > 12 << 20);
    qi_heap_step(w.heap);
    QI_CHECK(t, !qi_heap_in_cycle(w.heap));
    QI_CHECK_INT(t, qi_heap_stats(w.heap).npauses, 1);
    world_free(&w);
}

int main(void) {
    QiTest t = {0};
    QI_RUN(&t, slices_keep_the_snapshot);
    QI_RUN(&t, slices_and_collections);
    QI_RUN(&t, slices_are_bounded);
    QI_RUN(&t, tight_heaps_take_one_pause);
    QI_RUN(&t, size_classes);
    QI_RUN(&t, live_trees_survive);
    QI_RUN(&t, dead_memory_is_used_again);
    QI_RUN(&t, gaps_are_filled);
    QI_RUN(&t, long_chain);
    QI_RUN(&t, cycles_die);
    QI_RUN(&t, every_kind_is_traced);
    QI_RUN(&t, finalisers_run_once);
    QI_RUN(&t, owning_blocks_take_over_old_memory);
    QI_RUN(&t, collection_is_requested);
    QI_RUN(&t, stress_requests_always);
    QI_RUN(&t, limit_is_kept);
    QI_RUN(&t, mark_stack_overflow);
    QI_RUN(&t, list_storage_is_used_again);
    QI_RUN(&t, permanent_objects_stay);
    QI_RUN(&t, random_mutation);
    return qi_test_end(&t);
}
