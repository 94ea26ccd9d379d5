/*
 * crew_test.c — marking by several threads: what one thread marks, they mark, in whole collections and in slices.
 *
 * Who traces what is chance, so each graph is collected many times.
 */
#include "crew.h"
#include "test_types.h"

#define HELPERS 3u

static QiStruct *tree(TestWorld *w, int depth) {
    if (depth == 0) return node_new(w, NULL, NULL);
    QiStruct *left = tree(w, depth - 1);
    return node_new(w, left, tree(w, depth - 1));
}

/* Trees, lists of trees, texts, a dictionary, futures: something of everything, and garbage in between. */
static void grow(TestWorld *w) {
    w->roots[0] = &tree(w, 15)->head;
    QiList *trees = qi_list_create(w->heap, &w->types[T_NODES], 0);
    w->roots[1] = &trees->head;
    for (int i = 0; i < 3000; i++) {
        (void)qi_list_append(w->heap, trees, qi_from_ref(tree(w, i % 5)));
        (void)tree(w, 3);
    }
    QiList *texts = qi_list_create(w->heap, &w->types[T_STRINGS], 0);
    w->roots[2] = &texts->head;
    for (int i = 0; i < 5000; i++) {
        (void)qi_list_append(w->heap, texts, qi_from_ref(str(w, "一段文字")));
        (void)str(w, "垃圾");
    }
    QiDict *dict = qi_dict_new(w->heap, &w->types[T_DICT]);
    w->roots[3] = &dict->head;
    for (int i = 0; i < 2000; i++) {
        char key[16];
        snprintf(key, sizeof key, "键%d", i);
        (void)qi_dict_set(w->heap, dict, qi_from_ref(str(w, key)), qi_from_ref(tree(w, 1)));
    }
    QiStruct *chain = NULL;
    for (int i = 0; i < 20000; i++) {
        chain = node_new(w, chain, NULL);
        w->roots[4] = &chain->head;
    }
}

static size_t live_after_collection(uint32_t helpers, bool slices) {
    TestWorld w;
    world_init(&w, (QiHeapConfig){.helpers = helpers});
    grow(&w);
    for (int i = 0; i < 5; i++) {
        if (!slices) qi_heap_collect(w.heap);
        else do qi_heap_step(w.heap); while (qi_heap_in_cycle(w.heap));
    }
    size_t live = qi_heap_stats(w.heap).bytes_live;
    world_free(&w);
    return live;
}

static void marks_the_same(QiTest *t) {
    const size_t alone = live_after_collection(0, false);
    QI_CHECK(t, alone > 1 << 20);
    for (int round = 0; round < 5; round++) {
        QI_CHECK_INT(t, live_after_collection(HELPERS, false), alone);
        QI_CHECK_INT(t, live_after_collection(1, true), alone);
        QI_CHECK_INT(t, live_after_collection(HELPERS, true), alone);
    }
}

/* Objects of the scheduler's kinds are traced once each, by the thread that collects, wherever they hang. */
static void foreign_kinds_come_back(QiTest *t) {
    TestWorld w;
    world_init(&w, (QiHeapConfig){.helpers = HELPERS});
    w.types[T_NODES].a = &w.types[T_CHANNEL];
    QiList *all = qi_list_create(w.heap, &w.types[T_NODES], 0);
    w.roots[0] = &all->head;
    enum { COUNT = 30000 };
    for (int i = 0; i < COUNT; i++) {
        QiObject *o = qi_alloc_owning(w.heap, 64);
        QI_CHECK(t, o != NULL);
        qi_object_init(o, QI_K_CHANNEL, T_CHANNEL, 0);
        QI_CHECK(t, qi_list_append(w.heap, all, qi_from_ref(o)));
    }
    for (int round = 1; round <= 10; round++) {
        w.traced = 0;
        qi_heap_collect(w.heap);
        QI_CHECK_INT(t, w.traced, COUNT);
    }
    QI_CHECK_INT(t, w.finalized, 0);
    w.roots[0] = NULL;
    qi_heap_collect(w.heap);
    QI_CHECK_INT(t, w.finalized, COUNT);
    world_free(&w);
}

/* The collecting thread's stack may run out of memory in the midst. */
static void overflow_is_mended(QiTest *t) {
    const size_t alone = live_after_collection(0, false);
    TestWorld w;
    world_init(&w, (QiHeapConfig){.helpers = HELPERS});
    grow(&w);
    w.heap->state->marker.max_segments = 1;
    for (int i = 0; i < 5; i++) qi_heap_collect(w.heap);
    QI_CHECK_INT(t, qi_heap_stats(w.heap).bytes_live, alone);
    world_free(&w);
}

/* Collects until helpers have traced something: however busy the machine, they get to it. */
static void helpers_take_part(QiTest *t) {
    TestWorld w;
    world_init(&w, (QiHeapConfig){.helpers = HELPERS});
    grow(&w);
    for (int i = 0; i < 100000; i++) {
        qi_heap_collect(w.heap);
        if (w.heap->state->crew != NULL && qi_crew_pieces_taken(w.heap->state->crew) > 0) break;
    }
    QI_CHECK(t, w.heap->state->crew != NULL && qi_crew_pieces_taken(w.heap->state->crew) > 0);
    world_free(&w);
}

/* A heap may end in the midst of a cycle, with its helpers. */
static void ends_in_a_cycle(QiTest *t) {
    TestWorld w;
    world_init(&w, (QiHeapConfig){.helpers = HELPERS});
    grow(&w);
    qi_heap_step(w.heap);
    QI_CHECK(t, qi_heap_in_cycle(w.heap));
    QI_CHECK(t, w.heap->state->crew != NULL);
    world_free(&w);
}

int main(void) {
    QiTest t = {0};
    QI_RUN(&t, marks_the_same);
    QI_RUN(&t, foreign_kinds_come_back);
    QI_RUN(&t, overflow_is_mended);
    QI_RUN(&t, helpers_take_part);
    QI_RUN(&t, ends_in_a_cycle);
    return qi_test_end(&t);
}
