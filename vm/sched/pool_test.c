/*
 * pool_test.c — work that threads do: results, failures, order, cancelling at every stage, the end of the program, several workers.
 *
 * Work waits at a gate of the test, so each stage can be looked at for as long as it takes; where only another thread can bring it about, the test
 * waits for that, with a limit.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "test_world.h"

#define PATIENCE_NS 20000000000ll

/* What the pieces of work of one test share. Threads may outlive the world, not this. */
typedef struct Gate {
    QiOsMutex mutex;
    QiOsCond moved;
    bool open;
    int handed;               /* by the test's own thread */
    int begun, at_work, most, done, released;
    int order[64];            /* numbers of those that began */
} Gate;

typedef struct Piece {
    Gate *gate;
    int number;
    QiValue outcome;
    bool worked, fails, gives_text;
} Piece;

static void gate_init(Gate *g, QiTest *t) {
    memset(g, 0, sizeof *g);
    QI_CHECK(t, qi_os_mutex_init(&g->mutex) && qi_os_cond_init(&g->moved));
}

static void gate_open(Gate *g) {
    qi_os_mutex_lock(&g->mutex);
    g->open = true;
    qi_os_cond_broadcast(&g->moved);
    qi_os_mutex_unlock(&g->mutex);
}

static void count(Gate *g, int *counter) {
    qi_os_mutex_lock(&g->mutex);
    ++*counter;
    qi_os_cond_broadcast(&g->moved);
    qi_os_mutex_unlock(&g->mutex);
}

/* Waits until a counter shows n. */
static bool comes_to(Gate *g, const int *counter, int n) {
    const int64_t until = qi_clock_monotonic_ns() + PATIENCE_NS;
    qi_os_mutex_lock(&g->mutex);
    bool waits = true;
    while (waits && *counter < n) waits = qi_os_cond_wait_until(&g->moved, &g->mutex, until);
    const bool there = *counter == n;
    qi_os_mutex_unlock(&g->mutex);
    return there;
}

/* Waits for what was abandoned and still has to be released. */
static void gate_free(Gate *g) {
    (void)comes_to(g, &g->released, g->handed);
    qi_os_cond_destroy(&g->moved);
    qi_os_mutex_destroy(&g->mutex);
}

static void work(void *data) {
    Piece *piece = data;
    Gate *g = piece->gate;
    qi_os_mutex_lock(&g->mutex);
    if (g->begun < 64) g->order[g->begun] = piece->number;
    g->begun++;
    if (++g->at_work > g->most) g->most = g->at_work;
    qi_os_cond_broadcast(&g->moved);
    while (!g->open) qi_os_cond_wait(&g->moved, &g->mutex);
    g->at_work--;
    qi_os_mutex_unlock(&g->mutex);
    piece->outcome = (QiValue)piece->number * 10;
    piece->worked = true;
}

static QiStatus done(QiContext *cx, void *data, const QiType *type, QiValue *result) {
    const Piece *piece = data;
    (void)type;
    count(piece->gate, &piece->gate->done);
    if (!piece->worked) return qi_throw_simple(cx, 7000);
    if (piece->fails) return qi_throw_simple(cx, 7001);
    if (piece->gives_text) {
        QiString *s = qi_string_create(cx->heap, "甲", strlen("甲"));
        if (s == NULL) return qi_throw_memory(cx);
        *result = qi_from_ref(s);
    } else {
        *result = piece->outcome;
    }
    return QI_OK;
}

static void release(void *data) {
    Gate *g = ((Piece *)data)->gate;
    free(data);
    count(g, &g->released);
}

typedef enum Kind { PLAIN, FAILS, TEXT } Kind;

static QiStatus begin(QiWorker *w, Gate *g, int number, Kind kind, const QiType *type, QiValue *result) {
    Piece *piece = malloc(sizeof *piece);
    g->handed++;
    *piece = (Piece){.gate = g, .number = number, .fails = kind == FAILS, .gives_text = kind == TEXT};
    return qi_offload(w, &(QiOffload){.name = "甲", .work = work, .done = done, .release = release, .data = piece, .type = type}, result);
}

static QiStatus begin_in(World *world, Gate *g, int number, Kind kind) {
    const QiType *type = &world->types[kind == TEXT ? T_STRING : T_INT];
    return begin(world->w, g, number, kind, type, world_reg(world, 0));
}

/* A new task that hands over work and parks; main runs again. */
static QiCoroutine *parked(World *world, QiCoroutine *main, Gate *g, int number, Kind kind, QiTest *t) {
    QiCoroutine *task = world_spawn(world);
    QI_CHECK(t, world_run_until(world, task));
    QI_CHECK_INT(t, begin_in(world, g, number, kind), QI_PARKED);
    QI_CHECK(t, world_run_until(world, main));
    QI_CHECK_INT(t, qi_co_state(task), QI_CO_PARKED);
    QI_CHECK_INT(t, qi_co_reason(task), QI_WAIT_POOL);
    return task;
}

static void init(World *world, uint32_t threads) { world_init_with(world, (QiSchedConfig){.workers = 1, .pool_threads = threads}); }

/* The only task hands over work: its worker sleeps until the work is done. */
static void who_waits_alone_wakes_with_the_result(QiTest *t) {
    World world;
    Gate g;
    gate_init(&g, t);
    init(&world, 0);
    QiCoroutine *main = world_current(&world);
    QI_CHECK(t, world.sched->pool == NULL);
    g.open = true;
    for (int i = 1; i <= 100; i++) {
        QI_CHECK_INT(t, begin_in(&world, &g, i, PLAIN), QI_PARKED);
        QI_CHECK(t, world_current(&world) == main);
        QI_CHECK_INT(t, main->fp[0], i * 10);
    }
    QI_CHECK_INT(t, g.done, 100);
    QI_CHECK_INT(t, g.released, 100);
    QI_CHECK_INT(t, world.sched->npool, 0);
    QI_CHECK_INT(t, world.deadlocks, 0);
    world_free(&world);
    gate_free(&g);
}

/* Others run meanwhile, and the worker hears of the result between two of them, without a tick. */
static void others_run_meanwhile(QiTest *t) {
    World world;
    Gate g;
    gate_init(&g, t);
    init(&world, 0);
    QiCoroutine *main = world_current(&world), *task = parked(&world, main, &g, 7, PLAIN, t);
    QI_CHECK(t, comes_to(&g, &g.begun, 1));
    for (int i = 0; i < 100; i++) qi_task_yield(world.w);
    QI_CHECK_INT(t, qi_co_state(task), QI_CO_PARKED);
    gate_open(&g);
    const int64_t until = qi_clock_monotonic_ns() + PATIENCE_NS;
    while (qi_co_state(task) == QI_CO_PARKED && qi_clock_monotonic_ns() < until) {
        qi_task_yield(world.w);
    }
    QI_CHECK(t, qi_co_state(task) == QI_CO_READY || qi_co_state(task) == QI_CO_RUNNING);
    QI_CHECK_INT(t, task->fp[0], 70);
    QI_CHECK_INT(t, world.sched->npool, 0);
    world_free(&world);
    QI_CHECK_INT(t, g.released, 1);
    gate_free(&g);
}

static QiStatus read_byte(QiContext *cx, void *data, const QiType *type, QiValue *result) {
    (void)cx;
    (void)type;
    char byte;
    if (read(*(int *)data, &byte, 1) != 1) return QI_PARKED;
    *result = (QiValue)byte;
    return QI_OK;
}

/* A worker that sleeps in the poller, as another task waits for a descriptor, wakes as well. */
static void a_worker_in_the_poller_hears_of_it(QiTest *t) {
    World world;
    Gate g;
    int ends[2];
    gate_init(&g, t);
    init(&world, 0);
    QI_CHECK(t, pipe2(ends, O_NONBLOCK | O_CLOEXEC) == 0);
    QiCoroutine *main = world_current(&world), *reader = world_spawn(&world);
    QI_CHECK(t, world_run_until(&world, reader));
    const QiIoOperation operation = {.fd = ends[0], .what = QI_IO_READ, .name = "甲", .try = read_byte, .data = &ends[0], .type = &world.types[T_INT]};
    QI_CHECK_INT(t, qi_io_wait(world.w, &operation, &reader->fp[0]), QI_PARKED);
    QI_CHECK(t, world_current(&world) == main);
    g.open = true;
    for (int i = 1; i <= 20; i++) {
        QI_CHECK_INT(t, begin_in(&world, &g, i, PLAIN), QI_PARKED);
        QI_CHECK(t, world_current(&world) == main);
        QI_CHECK_INT(t, main->fp[0], i * 10);
    }
    QI_CHECK_INT(t, qi_co_reason(reader), QI_WAIT_IO);
    close(ends[0]);
    close(ends[1]);
    world_free(&world);
    gate_free(&g);
}

static void done_may_throw(QiTest *t) {
    World world;
    Gate g;
    gate_init(&g, t);
    init(&world, 0);
    g.open = true;
    *world_reg(&world, 0) = 5;
    QI_CHECK_INT(t, begin_in(&world, &g, 1, FAILS), QI_PARKED);
    QI_CHECK_INT(t, world_take_error(&world), 7001);
    QI_CHECK_INT(t, *world_reg(&world, 0), 5);
    QI_CHECK_INT(t, g.released, 1);
    world_free(&world);
    gate_free(&g);
}

/* What `done` made lives on when a collection comes before the task runs: no live-ref map names the register yet. */
static void a_result_survives_a_collection(QiTest *t) {
    World world;
    Gate g;
    gate_init(&g, t);
    init(&world, 0);
    QiCoroutine *main = world_current(&world), *task = parked(&world, main, &g, 1, TEXT, t);
    gate_open(&g);
    const int64_t until = qi_clock_monotonic_ns() + PATIENCE_NS;
    while (qi_co_state(task) == QI_CO_PARKED && qi_clock_monotonic_ns() < until) qi_pool_harvest(world.w);
    QI_CHECK_INT(t, qi_co_state(task), QI_CO_READY);
    qi_heap_collect(world.heap);
    for (int i = 0; i < 1000; i++) qi_string_create(world.heap, "乙", strlen("乙"));
    const QiString *s = qi_as_ref(task->fp[0]);
    QI_CHECK_TEXT(t, s->bytes, s->len, "甲");
    world_free(&world);
    gate_free(&g);
}

static void more_work_than_threads(QiTest *t) {
    World world;
    Gate g;
    gate_init(&g, t);
    init(&world, 3);
    QiCoroutine *main = world_current(&world), *tasks[40];
    for (int i = 0; i < 40; i++) tasks[i] = parked(&world, main, &g, i, PLAIN, t);
    QI_CHECK(t, comes_to(&g, &g.begun, 3));
    QI_CHECK_INT(t, world.sched->npool, 40);
    gate_open(&g);
    for (int i = 0; i < 40; i++) {
        if (qi_await(world.w, &tasks[i]->handle->future, world_reg(&world, 1)) == QI_PARKED) {
            while (world_current(&world) != main) (void)qi_coroutine_return(world.w, *world_reg(&world, 0));
        }
        QI_CHECK_INT(t, *world_reg(&world, 1), i * 10);
    }
    QI_CHECK_INT(t, g.most, 3);
    QI_CHECK_INT(t, g.released, 40);
    QI_CHECK_INT(t, world.sched->pool->nthreads, 3);
    world_free(&world);
    gate_free(&g);
}

static void first_come_first_served(QiTest *t) {
    World world;
    Gate g;
    gate_init(&g, t);
    init(&world, 1);
    QiCoroutine *main = world_current(&world);
    for (int i = 0; i < 20; i++) parked(&world, main, &g, i, PLAIN, t);
    gate_open(&g);
    QI_CHECK(t, comes_to(&g, &g.begun, 20));
    for (int i = 0; i < 20; i++) QI_CHECK_INT(t, g.order[i], i);
    world_free(&world);
    gate_free(&g);
}

static void idle_threads_end(QiTest *t) {
    World world;
    Gate g;
    gate_init(&g, t);
    world_init_with(&world, (QiSchedConfig){.workers = 1, .pool_idle_ns = 1000000});
    g.open = true;
    for (int i = 1; i <= 3; i++) {
        QI_CHECK_INT(t, begin_in(&world, &g, i, PLAIN), QI_PARKED);
        QI_CHECK_INT(t, *world_reg(&world, 0), i * 10);
        QiPool *p = world.sched->pool;
        const int64_t until = qi_clock_monotonic_ns() + PATIENCE_NS;
        uint32_t left = 1;
        while (left != 0 && qi_clock_monotonic_ns() < until) {
            qi_os_mutex_lock(&p->mutex);
            left = p->nthreads;
            qi_os_mutex_unlock(&p->mutex);
        }
        QI_CHECK_INT(t, left, 0);
        QI_CHECK_INT(t, p->nholders, 1);
    }
    world_free(&world);
    gate_free(&g);
}

/* --- cancelling ------------------------------------------------------------------- */

static void cancelled_before_it_began_it_never_does(QiTest *t) {
    World world;
    Gate g;
    gate_init(&g, t);
    init(&world, 1);
    QiCoroutine *main = world_current(&world);
    parked(&world, main, &g, 0, PLAIN, t);
    QI_CHECK(t, comes_to(&g, &g.begun, 1));
    QiCoroutine *behind[3];
    for (int i = 0; i < 3; i++) behind[i] = parked(&world, main, &g, 1 + i, PLAIN, t);
    /* From the middle, the end, the beginning. */
    const int order[] = {1, 2, 0};
    for (int i = 0; i < 3; i++) {
        QiCoroutine *task = behind[order[i]];
        qi_task_cancel(world.w, task->handle);
        QI_CHECK_INT(t, g.released, i + 1);
        QI_CHECK_INT(t, qi_co_state(task), QI_CO_READY);
        QI_CHECK(t, world_run_until(&world, task));
        QI_CHECK_INT(t, world_take_error(&world), 6101);
        qi_coroutine_fail(world.w, world.w->error);
    }
    QI_CHECK(t, world_run_until(&world, main));
    QI_CHECK_INT(t, world.sched->npool, 1);
    QI_CHECK_INT(t, world.sched->pool->nwaiting, 0);
    gate_open(&g);
    world_free(&world);
    QI_CHECK(t, comes_to(&g, &g.released, 4));
    QI_CHECK_INT(t, g.begun, 1);
    gate_free(&g);
}

/* The task goes on at once; what the thread does is nobody's any more, and freed when it ends. */
static void cancelled_at_work_it_ends_unheard(QiTest *t) {
    World world;
    Gate g;
    gate_init(&g, t);
    init(&world, 1);
    QiCoroutine *main = world_current(&world), *task = parked(&world, main, &g, 1, PLAIN, t);
    QI_CHECK(t, comes_to(&g, &g.begun, 1));
    task->fp[0] = 5;
    qi_task_cancel(world.w, task->handle);
    QI_CHECK_INT(t, qi_co_state(task), QI_CO_READY);
    QI_CHECK(t, world_run_until(&world, task));
    QI_CHECK_INT(t, world_take_error(&world), 6101);
    QI_CHECK_INT(t, world.sched->npool, 0);
    QI_CHECK_INT(t, g.released, 0);
    gate_open(&g);
    QI_CHECK(t, comes_to(&g, &g.released, 1));
    qi_pool_harvest(world.w);
    QI_CHECK_INT(t, g.done, 0);
    QI_CHECK_INT(t, task->fp[0], 5);
    world_free(&world);
    gate_free(&g);
}

static void wait_until_done(World *world, QiTest *t) {
    const int64_t until = qi_clock_monotonic_ns() + PATIENCE_NS;
    QiPool *p = world->sched->pool;
    bool there = false;
    while (!there && qi_clock_monotonic_ns() < until) {
        qi_os_mutex_lock(&p->mutex);
        there = p->done.head != NULL && p->nidle == p->nthreads;
        qi_os_mutex_unlock(&p->mutex);
    }
    QI_CHECK(t, there);
}

/* Nobody has heard of the result yet: as if it had come later. */
static void cancelled_when_done_it_is_released(QiTest *t) {
    World world;
    Gate g;
    gate_init(&g, t);
    init(&world, 1);
    g.open = true;
    QiCoroutine *main = world_current(&world), *task = world_spawn(&world);
    QI_CHECK(t, world_run_until(&world, task));
    QI_CHECK_INT(t, begin_in(&world, &g, 1, PLAIN), QI_PARKED);
    QI_CHECK(t, world_current(&world) == main);
    wait_until_done(&world, t);
    qi_task_cancel(world.w, task->handle);
    QI_CHECK_INT(t, g.released, 1);
    QI_CHECK_INT(t, g.done, 0);
    qi_pool_harvest(world.w);
    QI_CHECK(t, world_run_until(&world, task));
    QI_CHECK_INT(t, world_take_error(&world), 6101);
    world_free(&world);
    gate_free(&g);
}

static void who_is_cancelled_hands_nothing_over(QiTest *t) {
    World world;
    Gate g;
    gate_init(&g, t);
    init(&world, 1);
    qi_co_request(world_current(&world), QI_CO_CANCEL_REQUESTED);
    QI_CHECK_INT(t, begin_in(&world, &g, 1, PLAIN), QI_THROW);
    QI_CHECK_INT(t, world_thrown(&world), 6101);
    QI_CHECK_INT(t, g.released, 1);
    QI_CHECK_INT(t, g.begun, 0);
    QI_CHECK(t, world.sched->pool == NULL);
    world_free(&world);
    gate_free(&g);
}

/* Work that nobody waits for wakes nobody. */
static void abandoned_work_is_no_hope(QiTest *t) {
    World world;
    Gate g;
    gate_init(&g, t);
    init(&world, 1);
    QiCoroutine *main = world_current(&world), *task = parked(&world, main, &g, 1, PLAIN, t);
    QI_CHECK(t, comes_to(&g, &g.begun, 1));
    qi_task_cancel(world.w, task->handle);
    QI_CHECK(t, world_run_until(&world, task));
    qi_coroutine_fail(world.w, task->wake_error);
    QI_CHECK(t, world_current(&world) == main);
    QI_CHECK_INT(t, qi_channel_receive(world.w, world_channel(&world, 0), world_reg(&world, 1), false), QI_PARKED);
    QI_CHECK_INT(t, world.deadlocks, 1);
    QI_CHECK(t, world_current(&world) == NULL);
    world_free(&world);
    gate_open(&g);
    QI_CHECK(t, comes_to(&g, &g.released, 1));
    gate_free(&g);
}

/* --- the end ------------------------------------------------------------------------------ */

/* Of three pieces of work one is done, one is going on and one has not begun. */
static void the_end_waits_for_no_work(QiTest *t) {
    World world;
    Gate g, finished;
    gate_init(&g, t);
    gate_init(&finished, t);
    finished.open = true;
    init(&world, 1);
    QiCoroutine *main = world_current(&world), *task = world_spawn(&world);
    QI_CHECK(t, world_run_until(&world, task));
    QI_CHECK_INT(t, begin_in(&world, &finished, 1, PLAIN), QI_PARKED);
    QI_CHECK(t, world_current(&world) == main);
    wait_until_done(&world, t);
    /* The worker has not looked: these do not choose what runs next. */
    atomic_store(&world.w->poll, 0);
    parked(&world, main, &g, 2, PLAIN, t);
    QI_CHECK(t, comes_to(&g, &g.begun, 1));
    parked(&world, main, &g, 3, PLAIN, t);
    world_free(&world);
    QI_CHECK_INT(t, finished.released, 1);
    QI_CHECK_INT(t, finished.done, 0);
    QI_CHECK_INT(t, g.released, 1);
    gate_open(&g);
    QI_CHECK(t, comes_to(&g, &g.released, 2));
    QI_CHECK_INT(t, g.begun, 1);
    QI_CHECK_INT(t, g.done, 0);
    gate_free(&finished);
    gate_free(&g);
}

/* Threads come to their end with work while the scheduler goes. */
static void ends_meet_telling(QiTest *t) {
    for (int round = 0; round < 200; round++) {
        World world;
        Gate g;
        gate_init(&g, t);
        init(&world, 4);
        QiCoroutine *main = world_current(&world);
        for (int i = 0; i < 8; i++) parked(&world, main, &g, i, PLAIN, t);
        gate_open(&g);
        if (round % 2 != 0) {
            while (world.sched->npool > 4) qi_pool_harvest(world.w);
        }
        world_free(&world);
        QI_CHECK(t, comes_to(&g, &g.released, 8));
        gate_free(&g);
    }
}

/* --- without threads -------------------------------------------------------------------------- */

static void works_itself(QiTest *t, QiSchedConfig config) {
    World world;
    Gate g;
    gate_init(&g, t);
    world_init_with(&world, config);
    g.open = true;
    QI_CHECK_INT(t, begin_in(&world, &g, 4, PLAIN), QI_OK);
    QI_CHECK_INT(t, *world_reg(&world, 0), 40);
    QI_CHECK_INT(t, begin_in(&world, &g, 5, FAILS), QI_THROW);
    QI_CHECK_INT(t, world_thrown(&world), 7001);
    QI_CHECK_INT(t, g.released, 2);
    QI_CHECK_INT(t, world.sched->npool, 0);
    QI_CHECK(t, world.sched->pool == NULL || world.sched->pool->nwaiting == 0);
    world_free(&world);
    gate_free(&g);
}

static void in_deterministic_mode_the_worker_does_it(QiTest *t) { works_itself(t, (QiSchedConfig){.deterministic = true, .virtual_time = true}); }
static void without_a_thread_the_worker_does_it(QiTest *t) { works_itself(t, (QiSchedConfig){.workers = 1, .pool_stack_bytes = (size_t)1 << 60}); }

/* --- several workers ---------------------------------------------------------------------------- */

#define WORKERS 4
#define TASKS 100
#define ROUNDS 30

enum { R_LEFT = 1, R_RESULT, R_NEXT, R_SUM };

typedef struct Play {
    World world;
    Gate gate;
    QiHandle *tasks[TASKS];
    bool cancels;             /* 入口 cancels every third task */
    bool stops;               /* 入口 ends at once */
    int cancelled, ended;
    uint64_t sum;
} Play;

static Play *play_of(const QiWorker *w) { return QI_CONTAINER_OF(w->sched->config.user, Play, world); }

static void step_main(QiWorker *w, Play *p, QiValue *r) {
    if (p->cancels) {
        p->cancels = false;
        for (int i = 0; i < TASKS; i += 3) qi_task_cancel(w, p->tasks[i]);
    }
    while (!p->stops && r[R_NEXT] < TASKS) {
        if (qi_await(w, &p->tasks[r[R_NEXT]++]->future, &r[R_RESULT]) == QI_PARKED) return;
    }
    (void)qi_coroutine_return(w, 0);
}

static void step(QiWorker *w) {
    Play *p = play_of(w);
    QiCoroutine *co = w->current;
    QiValue *r = co->fp;
    QiError *e = co->wake_error;
    co->wake_error = NULL;
    if (co->handle == w->sched->main) {
        step_main(w, p, r);
        return;
    }
    if (e != NULL) {
        p->cancelled++;
        qi_coroutine_fail(w, e);
        return;
    }
    r[R_SUM] += r[R_RESULT];
    r[R_RESULT] = 0;
    if (r[R_LEFT] == 0) {
        p->ended++;
        p->sum += r[R_SUM];
        (void)qi_coroutine_return(w, 0);
        return;
    }
    r[R_LEFT]--;
    for (int i = 0; i < 10; i++) qi_alloc_owning(w->heap, 64);
    if (r[R_LEFT] % 8 == 0) world_request(&p->world);
    if (r[R_LEFT] % 7 == 0) qi_worker_request(w, QI_POLL_NARROW);
    if (r[R_LEFT] % 3 == 0) qi_task_yield(w);
    else if (begin(w, &p->gate, 1, PLAIN, &p->world.types[T_INT], &r[R_RESULT]) == QI_THROW) {
        p->cancelled++;
        qi_coroutine_fail(w, w->error);
    }
}

static void interpret(QiWorker *w) { world_interpret(w, step); }

static void keep(World *world, QiMarker *m) {
    Play *p = QI_CONTAINER_OF(world, Play, world);
    for (int i = 0; i < TASKS; i++) qi_mark(m, (QiObject *)p->tasks[i]);
}

static void play(Play *p, QiTest *t, bool cancels, bool stops) {
    memset(p, 0, sizeof *p);
    gate_init(&p->gate, t);
    p->gate.open = true;
    p->cancels = cancels;
    p->stops = stops;
    world_init_with(&p->world, (QiSchedConfig){.workers = WORKERS, .run = interpret, .pool_threads = 3});
    p->world.roots = keep;
    p->world.sched->narrow_ns = 1000;
    for (uint32_t i = 1; i < WORKERS; i++) {
        QiWorker *w = qi_sched_worker(p->world.sched, i);
        w->heap = qi_heap_front(p->world.heap);
        w->funcs = &p->world.entry;
    }
    for (int i = 0; i < TASKS; i++) {
        QiCoroutine *task = world_spawn(&p->world);
        task->fp[R_LEFT] = ROUNDS;
        p->tasks[i] = task->handle;
    }
    qi_sched_start_workers(p->world.sched);
    interpret(p->world.w);
    qi_sched_join_workers(p->world.sched);
}

static void play_end(Play *p, QiTest *t) {
    QI_CHECK_INT(t, p->world.deadlocks, 0);
    world_free(&p->world);
    const int64_t until = qi_clock_monotonic_ns() + PATIENCE_NS;
    /* Those that were abandoned may still be at work. */
    qi_os_mutex_lock(&p->gate.mutex);
    while (p->gate.at_work > 0 && qi_os_cond_wait_until(&p->gate.moved, &p->gate.mutex, until)) continue;
    qi_os_mutex_unlock(&p->gate.mutex);
    QI_CHECK(t, comes_to(&p->gate, &p->gate.released, p->gate.released > p->gate.begun ? p->gate.released : p->gate.begun));
    gate_free(&p->gate);
}

/* Nothing is lost or given twice, while workers idle, collect, retire and are alone. */
static void workers_lose_nothing(QiTest *t) {
    for (int round = 0; round < 5; round++) {
        Play p;
        play(&p, t, false, false);
        QI_CHECK_INT(t, p.ended, TASKS);
        QI_CHECK_INT(t, p.sum, TASKS * (ROUNDS - ROUNDS / 3) * 10);
        QI_CHECK_INT(t, p.gate.done, TASKS * (ROUNDS - ROUNDS / 3));
        QI_CHECK_INT(t, p.gate.released, p.gate.done);
        QI_CHECK_INT(t, p.world.sched->npool, 0);
        QI_CHECK_INT(t, p.world.sched->nidle, 0);
        play_end(&p, t);
    }
}

static void workers_cancel(QiTest *t) {
    for (int round = 0; round < 5; round++) {
        Play p;
        play(&p, t, true, false);
        QI_CHECK(t, p.ended + p.cancelled <= TASKS && p.ended >= TASKS - (TASKS + 2) / 3);
        QI_CHECK_INT(t, p.world.sched->npool, 0);
        QI_CHECK_INT(t, qi_sched_attached(p.world.sched), 0);
        play_end(&p, t);
    }
}

static void workers_end(QiTest *t) {
    for (int round = 0; round < 20; round++) {
        Play p;
        play(&p, t, false, true);
        QI_CHECK_INT(t, qi_sched_attached(p.world.sched), 0);
        play_end(&p, t);
    }
}

int main(void) {
    QiTest t = {0};
    QI_RUN(&t, who_waits_alone_wakes_with_the_result);
    QI_RUN(&t, others_run_meanwhile);
    QI_RUN(&t, a_worker_in_the_poller_hears_of_it);
    QI_RUN(&t, done_may_throw);
    QI_RUN(&t, a_result_survives_a_collection);
    QI_RUN(&t, more_work_than_threads);
    QI_RUN(&t, first_come_first_served);
    QI_RUN(&t, idle_threads_end);
    QI_RUN(&t, cancelled_before_it_began_it_never_does);
    QI_RUN(&t, cancelled_at_work_it_ends_unheard);
    QI_RUN(&t, cancelled_when_done_it_is_released);
    QI_RUN(&t, who_is_cancelled_hands_nothing_over);
    QI_RUN(&t, abandoned_work_is_no_hope);
    QI_RUN(&t, the_end_waits_for_no_work);
    QI_RUN(&t, ends_meet_telling);
    QI_RUN(&t, in_deterministic_mode_the_worker_does_it);
    QI_RUN(&t, without_a_thread_the_worker_does_it);
    QI_RUN(&t, workers_lose_nothing);
    QI_RUN(&t, workers_cancel);
    QI_RUN(&t, workers_end);
    return qi_test_end(&t);
}
