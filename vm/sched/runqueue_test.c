/*
 * runqueue_test.c — the parts of a run queue: what is published, stolen and taken back, and that each task comes out once whoever takes it.
 *
 * The tasks are links alone: nothing here looks at what they belong to.
 */
#include <stdlib.h>

#include "../base/test.h"
#include "internal.h"

#define MANY 300
#define THIEVES 3
#define ROUNDS 20000

typedef struct Crew {
    QiSched *sched;
    QiWorker *owner, *thief;
    QiRunLink links[MANY];
} Crew;

static void crew_init(Crew *c, bool spread) {
    memset(c, 0, sizeof *c);
    c->sched = qi_sched_new(&(QiSchedConfig){.workers = 1 + THIEVES, .spread = spread});
    c->owner = qi_sched_worker(c->sched, 0);
    c->thief = qi_sched_worker(c->sched, 1);
}

static QiReady task(Crew *c, int i) { return (QiReady)&c->links[i]; }
static int number(const Crew *c, QiReady r) { return (int)(qi_ready_link(r) - c->links); }

static void add(Crew *c, int n) {
    for (int i = 0; i < n; i++) qi_runqueue_append(c->owner, task(c, i), &c->links[i]);
}

/* Empties a list, which holds first, first + 1, … */
static int count_list(QiTest *t, const Crew *c, QiWorker *w, int first) {
    int n = 0;
    for (QiReady r; (r = w->run_head) != 0; n++) {
        QI_CHECK_INT(t, number(c, r), first + n);
        qi_runqueue_take(w, r);
    }
    return n;
}

static void the_newest_stay(QiTest *t) {
    const int most = QI_RING;
    for (int n = 0; n < MANY; n = n < 10 ? n + 1 : n * 3) {
        Crew c;
        crew_init(&c, false);
        add(&c, n);
        qi_ring_publish(c.owner);
        const int published = n / 2 < most ? n / 2 : most;
        QI_CHECK_INT(t, qi_ring_is_empty(&c.owner->ring), published == 0);
        QI_CHECK_INT(t, count_list(t, &c, c.owner, published), n - published);
        qi_sched_free(c.sched);
    }
}

static void what_comes_back_is_in_order(QiTest *t) {
    for (int n = 0; n < 12; n++) {
        Crew c;
        crew_init(&c, false);
        add(&c, n);
        c.owner->shares = true;
        qi_ring_publish(c.owner);
        const bool published = !qi_ring_is_empty(&c.owner->ring);
        qi_ring_take_back(c.owner);
        QI_CHECK(t, qi_ring_is_empty(&c.owner->ring));
        /* Nobody wanted any of it. */
        QI_CHECK_INT(t, c.owner->shares, !published);
        /* The end of the list is where it was. */
        qi_runqueue_append(c.owner, task(&c, n), &c.links[n]);
        QI_CHECK_INT(t, count_list(t, &c, c.owner, 0), n + 1);
        qi_sched_free(c.sched);
    }
}

static void a_thief_takes_half(QiTest *t) {
    Crew c;
    crew_init(&c, false);
    add(&c, 7);
    QI_CHECK(t, qi_ring_steal(c.thief, c.owner) == 0);
    c.owner->shares = true;
    qi_ring_publish(c.owner); /* 0 1 2 | 3 4 5 6 */
    QI_CHECK_INT(t, number(&c, qi_ring_steal(c.thief, c.owner)), 0);
    QI_CHECK_INT(t, count_list(t, &c, c.thief, 1), 1);
    qi_ring_take_back(c.owner);
    QI_CHECK(t, c.owner->shares);
    QI_CHECK_INT(t, count_list(t, &c, c.owner, 2), 5);
    qi_sched_free(c.sched);
}

/* Whoever has nothing to run takes what is nearest: what it published itself, then what others did. */
static void own_tasks_first(QiTest *t) {
    Crew c;
    crew_init(&c, false);
    add(&c, 4);
    c.owner->shares = true;
    qi_ring_publish(c.owner); /* 0 1 | 2 3 */
    QI_CHECK_INT(t, count_list(t, &c, c.owner, 2), 2);
    QI_CHECK_INT(t, number(&c, qi_runqueue_take_public(c.owner)), 0);
    qi_runqueue_append(c.owner, task(&c, 2), &c.links[2]);
    QI_CHECK(t, qi_runqueue_take_public(c.thief) == 0);
    qi_ring_publish(c.owner); /* 1 | 2 */
    QI_CHECK_INT(t, number(&c, qi_runqueue_take_public(c.thief)), 1);
    QI_CHECK(t, qi_runqueue_take_public(c.thief) == 0);
    qi_sched_free(c.sched);
}

/* Inside the whole half of a list is taken, with the oldest; and whom they were taken from publishes from then on. */
static void inside_the_whole_lists_are_halved(QiTest *t) {
    Crew c;
    crew_init(&c, false);
    add(&c, 9);
    QI_CHECK(t, qi_runqueue_steal(c.owner) == 0);
    QI_CHECK_INT(t, number(&c, qi_runqueue_steal(c.thief)), 0);
    QI_CHECK(t, c.owner->shares && c.thief->saw_more);
    QI_CHECK_INT(t, count_list(t, &c, c.thief, 1), 3);
    QI_CHECK_INT(t, count_list(t, &c, c.owner, 4), 5);
    add(&c, 1);
    QI_CHECK_INT(t, number(&c, qi_runqueue_steal(c.thief)), 0);
    QI_CHECK(t, !c.thief->saw_more && c.thief->run_head == 0 && c.owner->run_head == 0);
    qi_sched_free(c.sched);
}

/* --- threads ------------------------------------------------------------------- */

typedef struct Race {
    Crew crew;
    _Atomic uint32_t out[MANY]; /* how often each task was run */
    _Atomic uint32_t nout;
    _Atomic bool over;
} Race;

typedef struct Thief {
    Race *race;
    QiWorker *w;
    QiOsThread thread;
} Thief;

static void run(Race *race, QiReady r) {
    qi_ready_link(r)->prev = NULL; /* as a task that runs writes into itself */
    race->out[number(&race->crew, r)]++;
    race->nout++;
}

static void run_all(Race *race, QiWorker *w) {
    for (QiReady r; (r = w->run_head) != 0;) {
        qi_runqueue_take(w, r);
        run(race, r);
    }
}

static void *steal(void *arg) {
    Thief *thief = arg;
    while (!thief->race->over) {
        QiReady r = qi_ring_steal(thief->w, thief->race->crew.owner);
        if (r == 0) continue;
        run(thief->race, r);
        run_all(thief->race, thief->w);
    }
    return NULL;
}

static void each_task_comes_out_once(QiTest *t) {
    Race *race = calloc(1, sizeof *race);
    Thief thieves[THIEVES];
    QI_CHECK(t, race != NULL);
    crew_init(&race->crew, true);
    for (uint32_t i = 0; i < THIEVES; i++) {
        thieves[i] = (Thief){.race = race, .w = qi_sched_worker(race->crew.sched, 1 + i)};
        QI_CHECK(t, qi_os_thread_start(&thieves[i].thread, 0, steal, &thieves[i]));
    }
    QiWorker *owner = race->crew.owner;
    uint64_t wrong = 0;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        const int n = (int)qi_worker_random(owner, 2 * QI_RING + 1);
        race->nout = 0;
        add(&race->crew, n);
        while (race->nout < (uint32_t)n) {
            if (qi_ring_is_empty(&owner->ring)) qi_ring_publish(owner);
            if (owner->run_head != 0) {
                QiReady r = owner->run_head;
                qi_runqueue_take(owner, r);
                run(race, r);
            } else {
                qi_ring_take_back(owner);
            }
        }
        for (int i = 0; i < n; i++) wrong += race->out[i] != 1;
        for (int i = 0; i < n; i++) race->out[i] = 0;
    }
    race->over = true;
    for (uint32_t i = 0; i < THIEVES; i++) qi_os_thread_join(thieves[i].thread);
    QI_CHECK_INT(t, wrong, 0);
    qi_sched_free(race->crew.sched);
    free(race);
}

int main(void) {
    QiTest t = {0};
    QI_RUN(&t, the_newest_stay);
    QI_RUN(&t, what_comes_back_is_in_order);
    QI_RUN(&t, a_thief_takes_half);
    QI_RUN(&t, own_tasks_first);
    QI_RUN(&t, inside_the_whole_lists_are_halved);
    QI_RUN(&t, each_task_comes_out_once);
    return qi_test_end(&t);
}
