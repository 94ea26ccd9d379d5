/*
 * team_test.c — several markers: threads stand by and help, with posts so small and memory so short that what is rare happens all the time.
 *
 * What is reachable is found out by a simple walk over the same graph.
 */
#include <stdlib.h>

#include "../base/platform.h"
#include "block.h"
#include "test_types.h"

#define HELPERS 3
#define NODES 20000

typedef struct Team {
    TestWorld world;
    QiHeap *front;
    QiOsThread threads[HELPERS];
    _Atomic bool quit;
    QiStruct *nodes[NODES];
    int to[NODES][2];      /* whom each refers to; -1: nobody */
    bool seen[NODES];
    uint64_t rng;
} Team;

static uint32_t next_random(Team *t, uint32_t below) {
    t->rng ^= t->rng << 13;
    t->rng ^= t->rng >> 7;
    t->rng ^= t->rng << 17;
    return (uint32_t)(t->rng >> 16) % below;
}

static void *stand_by(void *arg) {
    Team *t = arg;
    for (;;) {
        const uint32_t seen = qi_heap_looks(t->front);
        if (t->quit) return NULL;
        qi_heap_stand_by(t->front, seen);
    }
}

static void team_start(QiTest *test, Team *t, QiHeapConfig config) {
    memset(t, 0, sizeof *t);
    t->rng = 88172645463325252u;
    world_init(&t->world, config);
    t->front = qi_heap_front(t->world.heap);
    QiTeam *team = t->world.heap->state->team;
    team->most = HELPERS + 1; /* however many processors there are */
    if (!config.small_slices) team->after = 4;
    team->patient = true;
    team->post_size = 3;
    team->eager = true;
    for (int i = 0; i < HELPERS; i++) QI_CHECK(test, qi_os_thread_start(&t->threads[i], 0, stand_by, t));
    while (team->standing != HELPERS) qi_os_yield();
}

static void team_end(Team *t) {
    t->quit = true;
    qi_heap_dismiss(t->world.heap);
    for (int i = 0; i < HELPERS; i++) qi_os_thread_join(t->threads[i]);
    world_free(&t->world);
}

/* Nodes that refer to any others. */
static void make_nodes(Team *t) {
    for (int i = 0; i < NODES; i++) t->nodes[i] = node_new(&t->world, NULL, NULL);
    for (int i = 0; i < NODES; i++) {
        for (int k = 0; k < 2; k++) {
            const uint32_t to = next_random(t, NODES * 5 / 4);
            t->to[i][k] = to < NODES ? (int)to : -1;
            t->nodes[i]->fields[k] = to < NODES ? qi_from_ref(t->nodes[to]) : 0;
        }
    }
}

/* Notes in `seen` what a node leads to. */
static void reach(Team *t, int from) {
    static int stack[NODES];
    int n = 0;
    memset(t->seen, 0, sizeof t->seen);
    t->seen[from] = true;
    for (stack[n++] = from; n > 0;) {
        const int at = stack[--n];
        for (int k = 0; k < 2; k++) {
            const int next = t->to[at][k];
            if (next < 0 || t->seen[next]) continue;
            t->seen[next] = true;
            stack[n++] = next;
        }
    }
}

/* What a collection of the nodes from a root on marked: those and no others. */
static void check_marks(QiTest *test, Team *t, int root) {
    reach(t, root);
    int wrong = 0;
    for (int i = 0; i < NODES; i++) wrong += qi_is_marked(&t->nodes[i]->head) != t->seen[i];
    QI_CHECK_INT(test, wrong, 0);
}

/* Nothing is forgotten and nothing kept, whatever the roots. A node that is gone stays gone: the roots come from those that are left. */
static void collect_often(QiTest *test, QiHeapConfig config, bool no_posts, uint32_t max_segments, uint32_t post_size) {
    static Team t;
    team_start(test, &t, config);
    QiHeapState *s = t.world.heap->state;
    make_nodes(&t);
    s->team->no_memory = no_posts;
    s->team->post_size = post_size;
    s->marker.max_segments = max_segments;
    int root = 0;
    for (int round = 0; round < 8; round++) {
        t.world.roots[0] = &t.nodes[root]->head;
        qi_heap_collect(t.world.heap);
        check_marks(test, &t, root);
        if (round == 0 && !config.stress) QI_CHECK(test, qi_heap_stats(t.world.heap).npauses_together == 1);
        do root = (int)next_random(&t, NODES);
        while (!t.seen[root]);
    }
    team_end(&t);
}

static void together(QiTest *t) { collect_often(t, (QiHeapConfig){0}, false, 0, 3); }
static void in_full_posts(QiTest *t) { collect_often(t, (QiHeapConfig){0}, false, 0, QI_POST_MAX); }
static void without_memory_for_posts(QiTest *t) { collect_often(t, (QiHeapConfig){0}, true, 0, 3); }
static void without_memory_for_stacks(QiTest *t) { collect_often(t, (QiHeapConfig){0}, false, 1, 3); }
static void without_any_memory(QiTest *t) { collect_often(t, (QiHeapConfig){0}, true, 1, 3); }

/* The program goes on between slices, and some of them have help. */
static void in_slices(QiTest *test) {
    static Team t;
    for (int small = 0; small < 2; small++) {
        team_start(test, &t, (QiHeapConfig){.stress = small, .small_slices = small});
        make_nodes(&t);
        t.world.roots[0] = &t.nodes[0]->head;
        for (int cycle = 0; cycle < 3; cycle++) {
            reach(&t, 0);
            bool before[NODES];
            memcpy(before, t.seen, sizeof before);
            int slices = 0;
            do {
                qi_heap_step(t.world.heap);
                for (int n = 0; n < 20; n++) {
                    const int i = (int)next_random(&t, NODES), k = n & 1;
                    if (!before[i] || t.to[i][k] < 0) continue;
                    qi_heap_forget(t.world.heap, t.nodes[i]->fields[k]);
                    t.nodes[i]->fields[k] = 0;
                    t.to[i][k] = -1;
                }
                slices++;
            } while (t.world.heap->marking);
            int lost = 0;
            for (int i = 0; i < NODES; i++) lost += before[i] && !qi_is_marked(&t.nodes[i]->head);
            QI_CHECK_INT(test, lost, 0);
            QI_CHECK(test, slices > 1 || !small || cycle != 0);
            while (qi_heap_in_cycle(t.world.heap)) qi_heap_step(t.world.heap);
        }
        QI_CHECK(test, qi_heap_stats(t.world.heap).npauses_together > 0);
        team_end(&t);
    }
}

/* Objects of every shape; kinds of other rooms are traced by one thread: test_trace counts without care. */
static void every_kind(QiTest *test) {
    static Team t;
    team_start(test, &t, (QiHeapConfig){0});
    TestWorld *w = &t.world;
    QiHeap *h = w->heap;
    enum { N = 3000, VAST_LIST = 40000 };
    QiList *all = qi_list_create(h, &w->types[T_NODES], 0), *texts = qi_list_create(h, &w->types[T_STRINGS], 0);
    QiDict *names = qi_dict_new(h, &w->types[T_DICT]);
    w->roots[0] = &all->head;
    w->roots[1] = &texts->head;
    w->roots[2] = &names->head;
    QiStruct *chain = NULL;
    for (int i = 0; i < N; i++) {
        QiObject *future = qi_alloc(h, 64);
        qi_object_init(future, QI_K_FUTURE, T_FUTURE, 0);
        QiStruct *wide = qi_struct_new(h, &w->types[T_WIDE]);
        for (int k = 0; k < WIDE_FIELDS; k++) wide->fields[k] = 0;
        wide->fields[99] = qi_from_ref(future);
        wide->fields[1] = qi_from_ref(chain);
        chain = node_new(w, wide, NULL);
    }
    w->roots[3] = &chain->head;
    for (int i = 0; i < VAST_LIST; i++) {
        QI_CHECK(test, qi_list_append(h, all, qi_from_ref(node_new(w, NULL, NULL))));
    }
    for (int i = 0; i < 100; i++) {
        char text[40];
        snprintf(text, sizeof text, "一个字符串，第 %05d 个", i);
        QI_CHECK(test, qi_list_append(h, texts, qi_from_ref(str(w, text))));
        QI_CHECK(test, qi_dict_set(h, names, qi_from_ref(str(w, text)), qi_from_ref(chain)));
    }
    for (int round = 0; round < 5; round++) {
        w->traced = 0;
        qi_heap_collect(h);
        QI_CHECK_INT(test, w->traced, N);
        for (int i = 0; i < VAST_LIST; i++) QI_CHECK(test, qi_is_marked(qi_as_ref(all->items.words[i])));
        for (int i = 0; i < 100; i++) QI_CHECK(test, qi_is_marked(qi_as_ref(texts->items.words[i])));
    }
    QI_CHECK(test, qi_heap_stats(h).npauses_together > 0);
    const uint64_t live = qi_heap_stats(h).bytes_live;
    w->roots[3] = NULL;
    qi_dict_clear(h, names);
    qi_heap_collect(h);
    w->traced = 0;
    qi_heap_collect(h);
    QI_CHECK_INT(test, w->traced, 0);
    QI_CHECK(test, qi_heap_stats(h).bytes_live < live);
    team_end(&t);
}

/* What does not pay is tried less and less often. */
static void only_when_it_pays(QiTest *test) {
    static Team t;
    team_start(test, &t, (QiHeapConfig){0});
    QiTeam *team = t.world.heap->state->team;
    make_nodes(&t);
    t.world.roots[0] = &t.nodes[0]->head;
    team->eager = false;
    team->alone_cost = 1;
    for (int i = 0; i < 40; i++) {
        qi_heap_collect(t.world.heap);
        team->alone_cost = 1;
    }
    QI_CHECK(test, qi_heap_stats(t.world.heap).npauses_together == 2 && team->skip > 20 && team->crowded);
    /* Once it does pay it is tried sooner each time, and in the end always. */
    for (uint32_t was = team->misses; was > 0; was = team->misses) {
        team->skip = 0;
        team->alone_cost = INT64_MAX / 8;
        qi_heap_collect(t.world.heap);
        QI_CHECK(test, team->misses == was / 2 && team->skip == (was > 1 ? 1u << was / 2 : 0));
    }
    QI_CHECK(test, qi_heap_stats(t.world.heap).npauses_together == 5 && !team->crowded);
    team_end(&t);
}

/* Who is called while nothing is marked returns, and whoever came too late goes on waiting. */
static void dismissed(QiTest *test) {
    static Team t;
    team_start(test, &t, (QiHeapConfig){0});
    for (int i = 0; i < 200; i++) {
        qi_heap_dismiss(t.world.heap);
        if (i % 3 == 0) qi_heap_collect(t.world.heap);
    }
    team_end(&t);
}

int main(void) {
    QiTest t = {0};
    QI_RUN(&t, together);
    QI_RUN(&t, in_full_posts);
    QI_RUN(&t, without_memory_for_posts);
    QI_RUN(&t, without_memory_for_stacks);
    QI_RUN(&t, without_any_memory);
    QI_RUN(&t, in_slices);
    QI_RUN(&t, every_kind);
    QI_RUN(&t, only_when_it_pays);
    QI_RUN(&t, dismissed);
    return qi_test_end(&t);
}
