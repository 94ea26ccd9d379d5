/*
 * workers_test.c — several workers: stealing, idling and waking, standing still for collections, the end of the program.
 *
 * Each worker's thread plays the interpreter: a task is a step function and a few registers, and its steps run as the instructions of
 * a program would, inside the worker's own part where they can, else inside the whole scheduler. Threads run freely, so what is checked are counts.
 */
#include <stdlib.h>

#include "test_world.h"

#define WORKERS 4
#define TASKS 200
#define ROUNDS 50
#define CHILDREN (4 * TASKS * ROUNDS)

/* Registers of every task. */
enum { R_STEP, R_LEFT, R_RESULT, R_NEXT };

typedef enum Step { STEP_MAIN = 0, STEP_YIELD, STEP_SEND, STEP_RECEIVE, STEP_SLEEP, STEP_ALLOCATE, STEP_NARROW, STEP_SPAWN } Step;

/* What the tasks of a test share. */
typedef struct Play {
    World world;
    QiChannel *channel;
    QiHandle *tasks[TASKS];
    _Atomic uint64_t done, sum;
    _Atomic uint64_t own;         /* steps in workers' own parts */
    _Atomic uint8_t given[CHILDREN]; /* how often a number was given */
    uint64_t steps[WORKERS];      /* by each worker */
    bool stop_early;              /* 入口 ends without waiting for anybody */
    int failed;                   /* awaits that threw */
} Play;

static Play *play_of(const QiWorker *w) { return QI_CONTAINER_OF(w->sched->config.user, Play, world); }

static void note_number(Play *p, const QiHandle *h) {
    if (h->id < CHILDREN) p->given[h->id]++;
}

static void end_task(QiWorker *w, QiValue value) {
    play_of(w)->done++;
    (void)qi_coroutine_return(w, value);
}

/* 入口 awaits the tasks one by one. */
static void step_main(QiWorker *w, QiValue *r) {
    Play *p = play_of(w);
    while (!p->stop_early && r[R_NEXT] < TASKS && p->tasks[r[R_NEXT]] != NULL) {
        QiStatus status = qi_await(w, &p->tasks[r[R_NEXT]++]->future, &r[R_RESULT]);
        if (status == QI_PARKED) return;
        if (status == QI_THROW) p->failed++;
    }
    (void)qi_coroutine_return(w, 0);
}

static void step(QiWorker *w) {
    Play *p = play_of(w);
    QiCoroutine *co = w->current;
    QiValue *r = co->fp;
    p->steps[w->id]++;
    if (co->handle == w->sched->main) {
        step_main(w, r);
        return;
    }
    if (r[R_LEFT] == 0) {
        end_task(w, 0);
        return;
    }
    r[R_LEFT]--;
    switch ((Step)r[R_STEP]) {
    case STEP_YIELD: qi_task_yield(w); break;
    case STEP_SEND:
        r[R_RESULT] = 1;
        qi_channel_send(w, p->channel, &r[R_RESULT]);
        break;
    case STEP_RECEIVE:
        p->sum += r[R_RESULT];
        r[R_RESULT] = 0;
        qi_channel_receive(w, p->channel, &r[R_RESULT], false);
        break;
    case STEP_SLEEP: qi_sleep(w, 1); break;
    case STEP_ALLOCATE:
        for (int i = 0; i < 100; i++) qi_alloc_owning(w->heap, 64);
        if (r[R_LEFT] % 8 == 0) world_request(&p->world);
        break;
    case STEP_NARROW:
        /* As if it had found that one worker fewer would do, and as if ticks came that fast. */
        if (r[R_LEFT] % 8 == 0) qi_worker_request(w, QI_POLL_NARROW);
        if (r[R_LEFT] % 5 == 0) qi_worker_request(w, QI_POLL_PREEMPT);
        if (r[R_LEFT] % 16 == 0) qi_sleep(w, 1);
        else qi_task_yield(w);
        break;
    case STEP_SPAWN: {
        const QiValue child[WORLD_REGS] = {[R_STEP] = STEP_YIELD};
        const QiHandle *h = qi_task_launch(w, 0, child, NULL);
        if (h != NULL) note_number(p, h);
        break;
    }
    default: break;
    }
}

/* The tests run with it and without. */
static bool in_own_part;

/* The same in the worker's own part. false: nothing was done. */
static bool try_step_own(QiWorker *w) {
    Play *p = play_of(w);
    QiCoroutine *co = w->current;
    QiValue *r = co->fp;
    QiStatus status;
    if (co->handle == w->sched->main) return false;
    if (r[R_LEFT] == 0) {
        if (!qi_coroutine_return_own(w, 0)) return false;
        p->done++;
        return true;
    }
    /* What a task keeps is written before it waits: from then on another worker may run it. */
    const QiValue received = r[R_RESULT];
    r[R_LEFT]--;
    bool done = false;
    switch ((Step)r[R_STEP]) {
    case STEP_YIELD: done = qi_reschedule_own(w, &status); break;
    case STEP_SEND:
        r[R_RESULT] = 1;
        done = qi_channel_send_own(w, p->channel, &r[R_RESULT], &status);
        break;
    case STEP_RECEIVE:
        r[R_RESULT] = 0;
        done = qi_channel_receive_own(w, p->channel, &r[R_RESULT], false, &status);
        if (done) p->sum += received;
        break;
    case STEP_SPAWN: {
        const QiValue child[WORLD_REGS] = {[R_STEP] = STEP_YIELD};
        const QiHandle *h = qi_task_spawn_own(w, 0, child, NULL, true);
        if (h != NULL) note_number(p, h);
        done = h != NULL;
        break;
    }
    default: break;
    }
    if (done) return true;
    r[R_LEFT]++;
    r[R_RESULT] = received;
    return false;
}

static void interpret(QiWorker *w) {
    while (w->current != NULL) {
        bool done = false;
        if (in_own_part && qi_sched_enter_own(w)) {
            done = try_step_own(w);
            qi_sched_leave_own(w);
        }
        if (done) {
            play_of(w)->steps[w->id]++;
            play_of(w)->own++;
        } else {
            qi_sched_enter(w);
            step(w);
            qi_sched_leave(w);
        }
        world_poll(w);
    }
}

static void keep(World *world, QiMarker *m) {
    Play *p = QI_CONTAINER_OF(world, Play, world);
    for (int i = 0; i < TASKS; i++) qi_mark(m, (QiObject *)p->tasks[i]);
    qi_mark(m, (QiObject *)p->channel);
}

/* The tests run with it and without. */
static bool spread;

static void play_init(Play *p) {
    memset(p, 0, sizeof *p);
    world_init_with(&p->world, (QiSchedConfig){.workers = WORKERS, .spread = spread, .run = interpret});
    p->world.roots = keep;
    for (uint32_t i = 1; i < WORKERS; i++) {
        QiWorker *w = qi_sched_worker(p->world.sched, i);
        w->heap = qi_heap_front(p->world.heap);
        w->funcs = &p->world.entry;
    }
}

static void add_tasks(Play *p, int n, Step step, QiValue rounds) {
    int at = 0;
    while (p->tasks[at] != NULL) at++;
    for (int i = 0; i < n; i++) {
        QiCoroutine *task = world_spawn(&p->world);
        task->fp[R_STEP] = step;
        task->fp[R_LEFT] = rounds;
        p->tasks[at + i] = task->handle;
    }
}

static void play(Play *p) {
    qi_sched_start_workers(p->world.sched);
    interpret(p->world.w);
    qi_sched_join_workers(p->world.sched);
}

static void every_task_ends_once(QiTest *t) {
    for (int round = 0; round < 10; round++) {
        Play p;
        play_init(&p);
        add_tasks(&p, TASKS, STEP_YIELD, ROUNDS);
        play(&p);
        QI_CHECK_INT(t, p.done, TASKS);
        /* Each round is a step, and so is the end; those of 入口 come on top. */
        uint64_t steps = 0;
        for (int i = 0; i < WORKERS; i++) steps += p.steps[i];
        QI_CHECK(t, steps > TASKS * (ROUNDS + 1) && steps <= TASKS * (ROUNDS + 2) + 1);
        QI_CHECK_INT(t, qi_sched_attached(p.world.sched), 0);
        QI_CHECK_INT(t, p.failed, 0);
        world_free(&p.world);
    }
}

static void numbers_are_given_once(QiTest *t) {
    Play p;
    play_init(&p);
    add_tasks(&p, TASKS, STEP_YIELD, 1);
    for (int i = 0; i < TASKS; i++) QI_CHECK_INT(t, p.tasks[i]->id, i + 2);
    play(&p);
    QI_CHECK_INT(t, qi_sched_stats(p.world.sched).created, TASKS + 1);
    world_free(&p.world);
}

/* Tasks that several workers make at once, in their own parts and in the whole, have numbers of their own. */
static void numbers_of_several_makers_differ(QiTest *t) {
    Play *p = malloc(sizeof *p);
    play_init(p);
    p->world.entry.handle = (uint16_t)(qi_handle_size(WORLD_REGS) / QI_ALLOC_GRANULE);
    add_tasks(p, TASKS, STEP_SPAWN, ROUNDS);
    play(p);
    uint64_t numbers = 0, twice = 0;
    for (int i = 0; i < CHILDREN; i++) {
        numbers += p->given[i];
        twice += p->given[i] > 1;
    }
    QI_CHECK_INT(t, numbers, TASKS * ROUNDS);
    QI_CHECK_INT(t, twice, 0);
    if (in_own_part) QI_CHECK(t, p->own > TASKS);
    world_free(&p->world);
    free(p);
}

/* A rendezvous and a buffer: no value is lost or doubled, and idle workers wake for every task that becomes ready. */
static void channel_loses_nothing(QiTest *t) {
    for (int capacity = 0; capacity <= 3; capacity++) {
        Play p;
        play_init(&p);
        p.channel = world_channel(&p.world, capacity);
        /* What the last step received is not counted any more. */
        add_tasks(&p, TASKS / 2, STEP_SEND, ROUNDS + 1);
        add_tasks(&p, TASKS / 2, STEP_RECEIVE, ROUNDS + 1);
        play(&p);
        QI_CHECK_INT(t, p.done, TASKS);
        QI_CHECK_INT(t, p.sum, TASKS / 2 * ROUNDS);
        QI_CHECK_INT(t, qi_channel_length(p.channel), 0);
        world_free(&p.world);
    }
}

/* All workers idle until timers are due, again and again. */
static void sleepers_wake_from_idleness(QiTest *t) {
    Play p;
    play_init(&p);
    add_tasks(&p, 8, STEP_SLEEP, 20);
    play(&p);
    QI_CHECK_INT(t, p.done, 8);
    QI_CHECK_INT(t, p.world.sched->timers.count, 0);
    QI_CHECK_INT(t, p.world.sched->nidle, 0);
    world_free(&p.world);
}

/* Whoever asks for one, a collection has the world to itself, and all go on after it. */
static void collections_stop_the_world(QiTest *t) {
    Play p;
    play_init(&p);
    add_tasks(&p, TASKS / 2, STEP_ALLOCATE, ROUNDS);
    add_tasks(&p, TASKS / 4, STEP_YIELD, ROUNDS);
    add_tasks(&p, 4, STEP_SLEEP, 5);
    play(&p);
    QI_CHECK_INT(t, p.done, TASKS / 2 + TASKS / 4 + 4);
    QI_CHECK(t, qi_heap_stats(p.world.heap).collections > 0);
    QI_CHECK_INT(t, qi_heap_stats(p.world.heap).collections, p.world.sched->collection);
    QI_CHECK_INT(t, p.world.sched->nresting, 0);
    world_free(&p.world);
}

static void end_cancels_what_others_run(QiTest *t) {
    Play p;
    play_init(&p);
    p.stop_early = true;
    add_tasks(&p, TASKS, STEP_YIELD, 3);
    play(&p);
    QI_CHECK_INT(t, qi_sched_attached(p.world.sched), 0);
    QI_CHECK(t, p.done <= TASKS);
    for (uint32_t i = 0; i < WORKERS; i++) QI_CHECK(t, qi_sched_worker(p.world.sched, i)->current == NULL);
    world_free(&p.world);
}

static void deadlock_is_found_when_all_idle(QiTest *t) {
    Play p;
    play_init(&p);
    p.channel = world_channel(&p.world, 0);
    add_tasks(&p, 8, STEP_YIELD, ROUNDS);
    add_tasks(&p, 3, STEP_RECEIVE, 1);
    play(&p);
    QI_CHECK(t, qi_sched_deadlocked(p.world.sched));
    QI_CHECK_INT(t, p.world.deadlocks, 1);
    QI_CHECK_INT(t, p.done, 8);
    world_free(&p.world);
}

/* A task is taken out of whichever queue it is in: head, middle, tail, of any worker. */
static void withdrawn_from_any_queue(QiTest *t) {
    Play p;
    play_init(&p);
    add_tasks(&p, 9, STEP_YIELD, 1);
    QiSched *s = p.world.sched;
    QiWorker *first = &s->workers[0], *second = &s->workers[1];
    first->shared = second->shared = true;
    /* Three move over: 0 1 2 | 3 … 8. */
    QiReady moved[3];
    for (int i = 0; i < 3; i++) {
        moved[i] = first->run_head;
        qi_runqueue_take(first, moved[i]);
    }
    for (int i = 0; i < 3; i++) qi_runqueue_append(second, moved[i], qi_ready_link(moved[i]));
    for (int i = 2; i >= 0; i--) qi_runqueue_withdraw(first, moved[i]);
    QI_CHECK(t, second->run_head == 0);
    QI_CHECK(t, qi_runqueue_steal(first) == 0);
    const int order[] = {5, 3, 8, 4, 7, 6};
    for (int i = 0; i < 6; i++) qi_runqueue_withdraw(second, qi_ready_task(p.tasks[order[i]]->co));
    QI_CHECK(t, first->run_head == 0);
    QI_CHECK(t, qi_runqueue_steal(second) == 0);
    world_free(&p.world);
}

/* Workers retire, are alone and spread again, while tasks sleep, yield and collect. */
static void narrowing_loses_nobody(QiTest *t) {
    Play p;
    play_init(&p);
    p.world.sched->narrow_ns = 1000;
    add_tasks(&p, TASKS / 2, STEP_NARROW, ROUNDS);
    add_tasks(&p, TASKS / 4, STEP_ALLOCATE, ROUNDS);
    play(&p);
    QI_CHECK_INT(t, p.done, TASKS / 2 + TASKS / 4);
    QI_CHECK_INT(t, p.world.sched->nidle, 0);
    for (uint32_t i = 0; i < WORKERS; i++) {
        const QiWorker *w = qi_sched_worker(p.world.sched, i);
        QI_CHECK_INT(t, w->lock_depth, 0);
        QI_CHECK(t, !w->alone && !w->owed);
    }
    world_free(&p.world);
}

/* A world of two workers, of which the second is idle or at work; no threads. */
static QiWorker *two_workers(Play *p, bool second_idle) {
    play_init(p);
    QiSched *s = p->world.sched;
    s->nrunning = 2;
    s->nidle = second_idle;
    for (int i = 0; i < 2; i++) s->workers[i].shared = s->workers[i].locking = true;
    s->workers[1].idle = second_idle;
    s->workers[1].window.used = QI_SPREAD_ALL / 4;
    return &s->workers[0];
}

/* Judges a window of a millisecond, of which so many thousandths were lost; takes the lock. */
static bool wants_narrow(QiWorker *w, int64_t lost_permille) {
    w->window = (QiWindow){.began = qi_clock_monotonic_ns() - 1000000, .lost = lost_permille * 1000, .steps = QI_WINDOW_STEPS - 1};
    qi_sched_enter(w);
    bool wanted = (atomic_load_explicit(&w->poll, memory_order_relaxed) & QI_POLL_NARROW) != 0;
    qi_sched_leave(w);
    return wanted;
}

static void windows_are_judged(QiTest *t) {
    Play p;
    QiWorker *w = two_workers(&p, true);
    QI_CHECK(t, !wants_narrow(w, 0));
    QI_CHECK_INT(t, wants_narrow(w, 900), !spread);
    world_free(&p.world);
    w = two_workers(&p, false);
    QI_CHECK_INT(t, wants_narrow(w, 900), !spread);
    world_free(&p.world);
    /* Another that has not measured itself, or uses all its time: two are more than one. */
    w = two_workers(&p, false);
    w->sched->workers[1].window.used = QI_SPREAD_ALL;
    QI_CHECK(t, !wants_narrow(w, 500));
    world_free(&p.world);
    /* Somebody is on the way. */
    w = two_workers(&p, true);
    w->sched->nsignalled = 1;
    QI_CHECK(t, !wants_narrow(w, 900));
    w->sched->nsignalled = 0;
    world_free(&p.world);
}

static void one_at_work_keeps_the_lock(QiTest *t) {
    Play p;
    QiWorker *w = two_workers(&p, true);
    qi_sched_enter(w);
    qi_spread_narrow(w);
    qi_sched_leave(w);
    QI_CHECK(t, w->alone && w->sched->narrow);
    QI_CHECK_INT(t, w->lock_depth, 1);
    QI_CHECK(t, !qi_os_mutex_try_lock(&w->sched->lock));
    qi_sched_settle(w);
    QI_CHECK(t, !w->locking);
    /* A tick before its time changes nothing. */
    qi_spread_tick(w);
    QI_CHECK(t, w->alone);
    w->sched->narrow_until = 0;
    qi_spread_tick(w);
    QI_CHECK(t, !w->alone && w->owed && !w->sched->narrow);
    QI_CHECK(t, (atomic_load_explicit(&w->poll, memory_order_relaxed) & QI_POLL_MODE) != 0);
    qi_sched_settle(w);
    QI_CHECK(t, w->locking && !w->owed);
    QI_CHECK_INT(t, w->lock_depth, 0);
    QI_CHECK(t, qi_os_mutex_try_lock(&w->sched->lock));
    qi_os_mutex_unlock(&w->sched->lock);
    world_free(&p.world);
}

/* What throws leaves the register of the result as it was: a handler may see it. */
static void what_throws_writes_nothing(QiTest *t) {
    Play p;
    QiWorker *w = two_workers(&p, false);
    w->ticking = true;
    QiFuture *f = qi_future_new(w, T_FUTURE);
    qi_future_settle(w, f, QI_FUTURE_FAILED, qi_from_ref(qi_error_make(w->heap, 7000, NULL, 0)));
    QiValue slot = 77;
    QiStatus status;
    QI_CHECK(t, qi_sched_enter_own(w));
    QI_CHECK(t, !qi_await_own(w, f, &slot, &status));
    qi_sched_leave_own(w);
    QI_CHECK_INT(t, slot, 77);
    QiSemaphore *s = qi_native_object_new(w, &p.world.types[T_NATIVE], QI_CLASS_SEMAPHORE, sizeof(QiSemaphore));
    s->available = s->limit = 1;
    QI_CHECK(t, qi_sched_enter_own(w));
    QI_CHECK_INT(t, qi_semaphore_acquire(w, s, 2, &slot), QI_THROW);
    qi_sched_leave_own(w);
    QI_CHECK_INT(t, slot, 77);
    QI_CHECK_INT(t, w->lock_depth, 0);
    world_free(&p.world);
}

/* A tick for the worker; whom it runs then. */
static QiCoroutine *tick(QiWorker *w) {
    qi_worker_request(w, QI_POLL_PREEMPT);
    qi_worker_poll(w);
    return w->current;
}

/* Tasks that compute for long share all workers: in a round of ticks each of them has as many turns as any other, though one worker had six of them and the other
 * two. */
static void who_computes_long_belongs_to_nobody(QiTest *t) {
    Play p;
    QiWorker *first = two_workers(&p, false), *second = &first->sched->workers[1];
    add_tasks(&p, 7, STEP_YIELD, 1);
    second->ticking = first->ticking = true;
    qi_sched_enter(second);
    second->current = NULL;
    qi_sched_next_slow(second); /* takes half: three */
    qi_sched_leave(second);
    QI_CHECK(t, second->current != NULL && second->run_head != 0);
    int turns[8] = {0};
    const int rounds = 100;
    for (int i = 0; i < 8 * rounds; i++) {
        const QiCoroutine *now = tick((i & 1) != 0 ? first : second);
        if (now != NULL && now->handle->id <= 8) turns[now->handle->id - 1]++;
    }
    for (int i = 0; i < 8; i++) QI_CHECK(t, turns[i] >= rounds - 3 && turns[i] <= rounds + 3);
    world_free(&p.world);
}

/* A worker that has tasks of its own at every switch comes to those that belong to nobody all the same: at the second tick, or when its window is full. */
static void who_waits_for_nobody_in_particular_is_not_forgotten(QiTest *t) {
    for (int by_tick = 0; by_tick < 2; by_tick++) {
        Play p;
        QiWorker *w = two_workers(&p, false);
        add_tasks(&p, 3, STEP_YIELD, 1);
        w->ticking = true;
        QiCoroutine *interrupted = w->current;
        QI_CHECK(t, tick(w) != interrupted);
        const QiReady *head = &w->sched->ready[QI_RANK_NORMAL].head;
        QI_CHECK(t, *head == qi_ready_task(interrupted));
        int switches = 0;
        for (; *head == qi_ready_task(interrupted) && switches < 10000; switches++) {
            if (by_tick && switches == 500) (void)tick(w);
            qi_sched_enter(w);
            if (by_tick) w->window.steps = 0; /* as if the window were never full */
            qi_task_yield(w);
            qi_sched_leave(w);
            if (by_tick && switches == 1000) (void)tick(w);
        }
        QI_CHECK(t, switches <= (by_tick ? 1001 : (int)QI_WINDOW_STEPS));
        world_free(&p.world);
    }
}

static void who_retires_gives_its_tasks_away(QiTest *t) {
    Play p;
    QiWorker *w = two_workers(&p, false), *other = &w->sched->workers[1];
    add_tasks(&p, 3, STEP_YIELD, 1);
    QiReady own = w->run_head;
    qi_runqueue_take(w, own);
    qi_runqueue_append(other, own, qi_ready_link(own));
    qi_sched_enter(w);
    qi_spread_narrow(w);
    QI_CHECK(t, w->retired && !w->alone);
    qi_spread_hand_over(w);
    QI_CHECK(t, w->run_head == 0 && w->retired);
    for (int i = 0; i < 3; i++) qi_runqueue_withdraw(w, qi_ready_task(p.tasks[2 - i]->co));
    QI_CHECK(t, other->run_head == 0);
    /* Nobody is left to take them. */
    other->idle = true;
    qi_runqueue_append(w, own, qi_ready_link(own));
    qi_spread_hand_over(w);
    QI_CHECK(t, !w->retired && w->run_head == own);
    qi_runqueue_take(w, own);
    qi_sched_leave(w);
    world_free(&p.world);
}

static void run_all(QiTest *t) {
    QI_RUN(t, every_task_ends_once);
    QI_RUN(t, numbers_are_given_once);
    QI_RUN(t, numbers_of_several_makers_differ);
    QI_RUN(t, channel_loses_nothing);
    QI_RUN(t, sleepers_wake_from_idleness);
    QI_RUN(t, collections_stop_the_world);
    QI_RUN(t, end_cancels_what_others_run);
    QI_RUN(t, deadlock_is_found_when_all_idle);
    QI_RUN(t, withdrawn_from_any_queue);
    QI_RUN(t, narrowing_loses_nobody);
    QI_RUN(t, windows_are_judged);
    QI_RUN(t, one_at_work_keeps_the_lock);
    QI_RUN(t, what_throws_writes_nothing);
    QI_RUN(t, who_retires_gives_its_tasks_away);
    QI_RUN(t, who_computes_long_belongs_to_nobody);
    QI_RUN(t, who_waits_for_nobody_in_particular_is_not_forgotten);
}

int main(void) {
    QiTest t = {0};
    for (int i = 0; i < 4; i++) {
        spread = (i & 1) != 0;
        in_own_part = (i & 2) != 0;
        run_all(&t);
    }
    return qi_test_end(&t);
}
