/*
 * sched_test.c — tasks, timers, futures, 协程, locks, cancellation and the end of
 * the program.
 */
#include <stdlib.h>

#include "test_world.h"
#include "../heap/block.h"

/* --- tasks and futures ---------------------------------------------------------- */

static void await_gets_the_result(QiTest *t) {
    World world;
    world_init(&world, 1);
    QiCoroutine *main = world_current(&world), *task = world_spawn(&world);
    QI_CHECK_INT(t, qi_co_state(task), QI_CO_CREATED);
    QI_CHECK_INT(t, qi_await(world.w, &task->handle->future, &main->fp[0]), QI_PARKED);
    QI_CHECK(t, world_current(&world) == task);
    qi_coroutine_return(world.w, 7);
    QI_CHECK(t, world_current(&world) == main);
    QI_CHECK_INT(t, main->fp[0], 7);
    QI_CHECK_INT(t, qi_await(world.w, &task->handle->future, &main->fp[1]), QI_OK);
    QI_CHECK_INT(t, main->fp[1], 7);
    QI_CHECK(t, world.w->stacks.coroutines == task && task->handle->co == NULL);
    world_free(&world);
}

static void failure_reaches_every_waiter(QiTest *t) {
    World world;
    world_init(&world, 1);
    QiCoroutine *main = world_current(&world), *task = world_spawn(&world), *other = world_spawn(&world);
    world_run_until(&world, other);
    qi_await(world.w, &task->handle->future, &other->fp[0]);
    world_run_until(&world, main);
    qi_await(world.w, &task->handle->future, &main->fp[0]);
    world_run_until(&world, task);
    qi_coroutine_fail(world.w, qi_error_make(world.heap, 7001, NULL, 0));
    world_run_until(&world, main);
    QI_CHECK_INT(t, world_take_error(&world), 7001);
    world_run_until(&world, other);
    QI_CHECK_INT(t, world_take_error(&world), 7001);
    QI_CHECK_INT(t, qi_await(world.w, &task->handle->future, &other->fp[0]), QI_THROW);
    QI_CHECK_INT(t, qi_handle_state(task->handle), QI_CO_FAILED);
    world_free(&world);
}

static void started_child_runs_first_and_gives_way(QiTest *t) {
    World world;
    world_init(&world, 4);
    QiCoroutine *main = world_current(&world);
    world_spawn(&world);
    QiCoroutine *child = world_new_task(&world, false, T_TASK);
    qi_task_start(world.w, child, &main->fp[0]);
    QI_CHECK(t, world_current(&world) == child);
    /* Being interrupted is not suspending: main still waits. */
    world.w->slice = 1;
    qi_worker_poll(world.w);
    QI_CHECK_INT(t, qi_co_state(main), QI_CO_PARKED);
    world_run_until(&world, child);
    qi_sleep(world.w, 5);
    /* Nobody but the caller goes on. */
    QI_CHECK(t, world_current(&world) == main);
    QI_CHECK(t, qi_as_ref(main->fp[0]) == child->handle);
    QiCoroutine *quick = world_new_task(&world, false, T_TASK);
    qi_task_start(world.w, quick, &main->fp[1]);
    qi_coroutine_return(world.w, 3);
    QI_CHECK(t, world_current(&world) == main);
    QI_CHECK(t, qi_as_ref(main->fp[1]) == quick->handle);
    world_free(&world);
}

static void unobserved_failures_are_reported_at_the_end(QiTest *t) {
    World world;
    world_init(&world, 1);
    QiCoroutine *main = world_current(&world), *seen = world_spawn(&world), *unseen = world_spawn(&world);
    world_run_until(&world, seen);
    qi_coroutine_fail(world.w, qi_error_make(world.heap, 7001, NULL, 0));
    world_run_until(&world, unseen);
    qi_coroutine_fail(world.w, qi_error_make(world.heap, 7001, NULL, 0));
    world_run_until(&world, main);
    QI_CHECK_INT(t, qi_await(world.w, &seen->handle->future, &main->fp[0]), QI_THROW);
    QI_CHECK_INT(t, world.failures, 0);
    qi_coroutine_return(world.w, 0);
    QI_CHECK(t, world_current(&world) == NULL);
    QI_CHECK_INT(t, world.failures, 1);
    world_free(&world);
}

static void detached_failure_is_reported_at_once(QiTest *t) {
    World world;
    world_init(&world, 1);
    QiCoroutine *main = world_current(&world), *task = world_new_task(&world, false, T_TASK);
    qi_coroutine_mark_as(task, QI_CO_DETACHED);
    qi_task_enqueue(world.w, task);
    world_run_until(&world, task);
    qi_coroutine_fail(world.w, qi_error_make(world.heap, 7001, NULL, 0));
    QI_CHECK_INT(t, world.failures, 1);
    QI_CHECK(t, world_current(&world) == main);
    world_free(&world);
}

static void end_joins_attached_tasks_and_drops_others(QiTest *t) {
    World world;
    world_init(&world, 1);
    QiCoroutine *main = world_current(&world), *attached = world_spawn(&world), *never = world_spawn(&world);
    QiCoroutine *detached = world_new_task(&world, false, T_TASK);
    qi_coroutine_mark_as(detached, QI_CO_DETACHED);
    qi_task_enqueue(world.w, detached);
    QiChannel *c = world_channel(&world, 0);
    /* Let `attached` and `detached` wait, but not `never` run. */
    while (qi_co_state(attached) == QI_CO_CREATED || qi_co_state(detached) == QI_CO_CREATED) {
        QiCoroutine *co = world_current(&world);
        if (co == attached || co == detached) qi_channel_receive(world.w, c, &co->fp[0], false);
        else if (co == never) qi_sleep(world.w, 1);
        else qi_task_yield(world.w);
    }
    world_run_until(&world, main);
    qi_coroutine_return(world.w, 0);
    QI_CHECK(t, world_run_until(&world, attached));
    QI_CHECK_INT(t, world_take_error(&world), 6101);
    /* Its 最终 may wait. */
    world.masked = true;
    QI_CHECK_INT(t, qi_sleep(world.w, 5), QI_PARKED);
    QI_CHECK(t, world_run_until(&world, attached));
    qi_coroutine_fail(world.w, world.w->error);
    QI_CHECK_INT(t, qi_handle_state(attached->handle), QI_CO_CANCELLED);
    if (!qi_handle_is_over(never->handle)) {
        QI_CHECK(t, world_run_until(&world, never));
        qi_coroutine_return(world.w, 0);
    }
    QI_CHECK(t, world_current(&world) == NULL);
    QI_CHECK(t, !qi_handle_is_over(detached->handle));
    QI_CHECK_INT(t, world.failures + world.deadlocks, 0);
    world_free(&world);
}

static void end_waits_five_seconds_at_most(QiTest *t) {
    World world;
    world_init(&world, 1);
    QiCoroutine *main = world_current(&world), *stubborn = world_spawn(&world);
    world_run_until(&world, stubborn);
    world.masked = true;
    qi_sleep(world.w, 3600 * 1000);
    QI_CHECK(t, world_current(&world) == main);
    int64_t before = world.sched->virtual_ns;
    qi_coroutine_return(world.w, 0);
    QI_CHECK(t, world_current(&world) == NULL);
    int64_t waited = (world.sched->virtual_ns - before) / 1000000;
    QI_CHECK(t, waited >= 4999 && waited <= 5001);
    world_free(&world);
}

static void deadlock_is_reported(QiTest *t) {
    World world;
    world_init(&world, 1);
    QiChannel *c = world_channel(&world, 0);
    qi_channel_receive(world.w, c, world_reg(&world, 0), false);
    QI_CHECK(t, world_current(&world) == NULL);
    QI_CHECK_INT(t, world.deadlocks, 1);
    QI_CHECK(t, qi_sched_deadlocked(world.sched));
    world_free(&world);
}

/* --- timers --------------------------------------------------------------------------- */

static void sleepers_wake_in_order(QiTest *t) {
    enum { N = 200 };
    World world;
    world_init(&world, 9);
    QiCoroutine *main = world_current(&world);
    for (int i = 0; i < N; i++) {
        QiCoroutine *task = world_spawn(&world);
        task->fp[0] = (QiValue)(1 + (i * 37) % N);
    }
    qi_sleep(world.w, 100000);
    QiValue last = 0;
    int woken = 0;
    while (world_current(&world) != main) {
        QiCoroutine *co = world_current(&world);
        if (co->fp[1] == 0) {
            co->fp[1] = 1;
            qi_sleep(world.w, (int64_t)co->fp[0] * 10);
            continue;
        }
        QI_CHECK(t, co->fp[0] > last);
        last = co->fp[0];
        woken++;
        qi_coroutine_return(world.w, 0);
    }
    QI_CHECK_INT(t, woken, N);
    world_free(&world);
}

static void timers_can_be_removed_anywhere(QiTest *t) {
    enum { N = 300 };
    World world;
    world_init(&world, 77);
    QiSelect *owners = calloc(N, sizeof *owners);
    bool removed[N] = {false};
    for (int i = 0; i < N; i++) qi_timer_add(world.sched, (int64_t)qi_worker_random(world.w, 100), QI_TIMER_SELECT, &owners[i]);
    for (int i = 0; i < N; i += 3) {
        qi_timer_remove(world.sched, owners[i].timer);
        removed[i] = true;
    }
    int64_t last = -1;
    uint32_t last_order = 0;
    int count = 0;
    while (world.sched->timers.count > 0) {
        QiTimer top = world.sched->timers.heap[0];
        QI_CHECK(t, top.when > last || (top.when == last && top.order > last_order));
        QI_CHECK(t, !removed[(QiSelect *)top.owner - owners]);
        QI_CHECK_INT(t, ((QiSelect *)top.owner)->timer, 0);
        last = top.when;
        last_order = top.order;
        qi_timer_remove(world.sched, 0);
        count++;
    }
    QI_CHECK_INT(t, count, N - (N + 2) / 3);
    free(owners);
    world_free(&world);
}

static void delay_settles_without_a_waiter(QiTest *t) {
    World world;
    world_init(&world, 1);
    QiFuture *f = qi_delay_new(world.w, &world.types[T_FUTURE], 20);
    QI_CHECK(t, !qi_future_is_settled(f));
    qi_sleep(world.w, 21);
    QI_CHECK(t, qi_future_is_settled(f));
    QI_CHECK_INT(t, qi_timer_deadline(world.sched, INT64_MAX), INT64_MAX / 2);
    world_free(&world);
}

/* --- cancellation ------------------------------------------------------------------------ */

static void cancelled_before_it_began_never_runs(QiTest *t) {
    World world;
    world_init(&world, 1);
    QiCoroutine *main = world_current(&world), *task = world_spawn(&world), *next = world_spawn(&world);
    qi_task_cancel(world.w, task->handle);
    QI_CHECK_INT(t, qi_handle_state(task->handle), QI_CO_CANCELLED);
    QI_CHECK(t, world_run_until(&world, next));
    qi_coroutine_return(world.w, 0);
    QI_CHECK(t, world_current(&world) == main);
    QI_CHECK_INT(t, qi_await(world.w, &task->handle->future, &main->fp[0]), QI_THROW);
    QI_CHECK_INT(t, world_thrown(&world), 6101);
    QI_CHECK(t, world.w->error->subject == &task->handle->future.head);
    /* The awaiter itself is not cancelled. */
    QI_CHECK_INT(t, qi_check_cancelled(world.w), QI_OK);
    world_free(&world);
}

static void cancel_wakes_every_kind_of_wait(QiTest *t) {
    World world;
    world_init(&world, 6);
    QiCoroutine *main = world_current(&world);
    QiChannel *c = world_channel(&world, 0), *d = world_channel(&world, 0);
    QiMutex *m = qi_mutex_new(world.w, &world.types[T_NATIVE]);
    QiWaitGroup *g = qi_waitgroup_new(world.w, &world.types[T_NATIVE]);
    qi_mutex_lock(world.w, m, &main->fp[0]);
    qi_waitgroup_add(world.w, g, 1);
    QiFuture *f = qi_future_new(world.w, T_FUTURE);
    for (int kind = 0; kind < 6; kind++) {
        QiCoroutine *task = world_spawn(&world);
        world_run_until(&world, task);
        QiStatus status = QI_OK;
        switch (kind) {
        case 0: status = qi_channel_receive(world.w, c, &task->fp[0], false); break;
        case 1: status = qi_channel_send(world.w, d, &task->fp[0]); break;
        case 2: status = qi_mutex_lock(world.w, m, &task->fp[0]); break;
        case 3: status = qi_waitgroup_wait(world.w, g, &task->fp[0]); break;
        case 4: status = qi_await(world.w, f, &task->fp[0]); break;
        case 5: status = qi_sleep(world.w, 1000000); break;
        }
        QI_CHECK_INT(t, status, QI_PARKED);
        world_run_until(&world, main);
        qi_task_cancel(world.w, task->handle);
        qi_task_cancel(world.w, task->handle);
        QI_CHECK(t, world_run_until(&world, task));
        QI_CHECK_INT(t, world_take_error(&world), 6101);
        /* The flag is sticky. */
        QI_CHECK_INT(t, qi_sleep(world.w, 1), QI_THROW);
        world.masked = true;
        QI_CHECK_INT(t, qi_check_cancelled(world.w), QI_OK);
        world.masked = false;
        qi_coroutine_return(world.w, 0);
        world_run_until(&world, main);
    }
    QI_CHECK(t, c->receivers.head == NULL && d->senders.head == NULL && m->base.waiters.head == NULL && g->base.waiters.head == NULL);
    QI_CHECK(t, f->waiters.head == NULL && world.sched->timers.count == 0);
    world_free(&world);
}

static void masked_task_sleeps_on(QiTest *t) {
    World world;
    world_init(&world, 1);
    QiCoroutine *main = world_current(&world), *task = world_spawn(&world);
    world_run_until(&world, task);
    qi_sleep(world.w, 10);
    world_run_until(&world, main);
    world.masked = true;
    qi_task_cancel(world.w, task->handle);
    QI_CHECK_INT(t, qi_co_state(task), QI_CO_PARKED);
    world.masked = false;
    qi_sleep(world.w, 50);
    QI_CHECK(t, world_current(&world) == task);
    QI_CHECK_INT(t, world_take_error(&world), 0);
    QI_CHECK_INT(t, qi_check_cancelled(world.w), QI_THROW);
    world_free(&world);
}

static void cancel_reaches_children_and_not_strangers(QiTest *t) {
    World world;
    world_init(&world, 1);
    QiCoroutine *main = world_current(&world), *parent = world_spawn(&world), *stranger = world_spawn(&world);
    world_run_until(&world, parent);
    QiCoroutine *child = world_spawn(&world), *detached = world_new_task(&world, false, T_TASK);
    qi_coroutine_mark_as(detached, QI_CO_DETACHED);
    qi_task_enqueue(world.w, detached);
    world_run_until(&world, child);
    QiCoroutine *grandchild = world_spawn(&world);
    /* The link between them ends first. */
    qi_coroutine_return(world.w, 0);
    world_run_until(&world, main);
    qi_task_cancel(world.w, parent->handle);
    QI_CHECK(t, (grandchild->flags & QI_CO_CANCEL_REQUESTED) != 0);
    QI_CHECK(t, (parent->flags & QI_CO_CANCEL_REQUESTED) != 0);
    QI_CHECK(t, (stranger->flags & QI_CO_CANCEL_REQUESTED) == 0);
    QI_CHECK(t, (detached->flags & QI_CO_CANCEL_REQUESTED) == 0);
    world_free(&world);
}

static void value_given_before_cancelling_stands(QiTest *t) {
    World world;
    world_init(&world, 1);
    QiCoroutine *main = world_current(&world), *task = world_spawn(&world);
    QiChannel *c = world_channel(&world, 0);
    world_run_until(&world, task);
    qi_channel_receive(world.w, c, &task->fp[0], false);
    world_run_until(&world, main);
    QiValue v = 8;
    qi_channel_send(world.w, c, &v);
    qi_task_cancel(world.w, task->handle);
    QI_CHECK(t, world_run_until(&world, task));
    QI_CHECK_INT(t, world_take_error(&world), 0);
    QI_CHECK_INT(t, task->fp[0], 8);
    QI_CHECK_INT(t, qi_check_cancelled(world.w), QI_THROW);
    world_free(&world);
}

/* --- 协程 ------------------------------------------------------------------------------------ */

static void generator_yields_and_ends(QiTest *t) {
    World world;
    world_init(&world, 1);
    QiCoroutine *main = world_current(&world), *g = world_new_task(&world, true, T_GENERATOR);
    for (QiValue v = 1; v <= 3; v++) {
        QI_CHECK_INT(t, qi_generator_resume(world.w, g->handle, &main->fp[0], false, 0), QI_PARKED);
        QI_CHECK(t, world_current(&world) == g);
        QI_CHECK_INT(t, qi_generator_yield(world.w, v, T_GENERATOR, &g->fp[5]), QI_PARKED);
        QI_CHECK(t, world_current(&world) == main);
        QI_CHECK_INT(t, main->fp[0], v);
        QI_CHECK_INT(t, main->fp[1], 1);
    }
    qi_generator_resume(world.w, g->handle, &main->fp[0], false, 0);
    QI_CHECK_INT(t, qi_generator_resume(world.w, g->handle, &g->fp[0], false, 0), QI_THROW);
    QI_CHECK_INT(t, world_thrown(&world), 6003);
    qi_coroutine_return(world.w, 55);
    QI_CHECK(t, world_current(&world) == main);
    QI_CHECK_INT(t, main->fp[1], 0);
    QI_CHECK_INT(t, qi_generator_result(world.w, g->handle, &main->fp[2]), QI_OK);
    QI_CHECK_INT(t, main->fp[2], 55);
    QI_CHECK_INT(t, qi_generator_resume(world.w, g->handle, &main->fp[0], false, 0), QI_THROW);
    QI_CHECK_INT(t, world_thrown(&world), 6004);
    QI_CHECK_INT(t, qi_generator_yield(world.w, 1, T_GENERATOR, NULL), QI_THROW);
    QI_CHECK_INT(t, world_thrown(&world), 6009);
    world_free(&world);
}

static void generator_is_sent_values(QiTest *t) {
    World world;
    world_init(&world, 1);
    QiCoroutine *main = world_current(&world), *g = world_new_task(&world, true, T_ECHO);
    QI_CHECK_INT(t, qi_generator_resume(world.w, g->handle, &main->fp[0], true, 9), QI_THROW);
    QI_CHECK_INT(t, world_thrown(&world), 6010);
    qi_generator_resume(world.w, g->handle, &main->fp[0], false, 0);
    QI_CHECK_INT(t, qi_generator_yield(world.w, 1, T_GENERATOR, &g->fp[3]), QI_THROW);
    QI_CHECK_INT(t, world_thrown(&world), 6008);
    qi_generator_yield(world.w, 1, T_ECHO, &g->fp[3]);
    QI_CHECK_INT(t, qi_generator_resume(world.w, g->handle, &main->fp[0], false, 0), QI_THROW);
    QI_CHECK_INT(t, world_thrown(&world), 6010);
    QI_CHECK_INT(t, qi_generator_resume(world.w, g->handle, &main->fp[0], true, 9), QI_PARKED);
    QI_CHECK_INT(t, g->fp[3], 9);
    qi_coroutine_fail(world.w, qi_error_make(world.heap, 7001, NULL, 0));
    QI_CHECK(t, world_current(&world) == main);
    QI_CHECK_INT(t, world_take_error(&world), 7001);
    QI_CHECK_INT(t, qi_handle_state(g->handle), QI_CO_FAILED);
    world_free(&world);
}

static void generator_parks_its_task(QiTest *t) {
    World world;
    world_init(&world, 1);
    QiCoroutine *main = world_current(&world), *peer = world_spawn(&world), *g = world_new_task(&world, true, T_GENERATOR);
    QiChannel *c = world_channel(&world, 0);
    qi_generator_resume(world.w, g->handle, &main->fp[0], false, 0);
    QI_CHECK_INT(t, qi_channel_receive(world.w, c, &g->fp[0], false), QI_PARKED);
    QI_CHECK_INT(t, qi_co_state(main), QI_CO_PARKED);
    QI_CHECK(t, world_current(&world) == peer);
    QiValue v = 4;
    qi_channel_send(world.w, c, &v);
    QI_CHECK_INT(t, g->fp[0], 4);
    qi_coroutine_return(world.w, 0);
    QI_CHECK(t, world_current(&world) == g);
    qi_generator_yield(world.w, g->fp[0], T_GENERATOR, NULL);
    QI_CHECK(t, world_current(&world) == main && main->fp[0] == 4);
    world_free(&world);
}

static void cancelled_generator_unwinds_first(QiTest *t) {
    World world;
    world_init(&world, 1);
    QiCoroutine *main = world_current(&world), *g = world_new_task(&world, true, T_GENERATOR);
    QiCoroutine *fresh = world_new_task(&world, true, T_GENERATOR);
    QI_CHECK_INT(t, qi_generator_cancel(world.w, fresh->handle), QI_OK);
    QI_CHECK_INT(t, qi_handle_state(fresh->handle), QI_CO_CANCELLED);
    qi_generator_resume(world.w, g->handle, &main->fp[0], false, 0);
    qi_generator_yield(world.w, 1, T_GENERATOR, NULL);
    QI_CHECK_INT(t, qi_generator_cancel(world.w, g->handle), QI_PARKED);
    QI_CHECK(t, world_current(&world) == g);
    QI_CHECK_INT(t, world_take_error(&world), 6101);
    QiError *e = world.w->error;
    QI_CHECK_INT(t, qi_generator_yield(world.w, 1, T_GENERATOR, NULL), QI_THROW);
    qi_coroutine_fail(world.w, e);
    QI_CHECK(t, world_current(&world) == main && main->wake_error == NULL);
    QI_CHECK_INT(t, qi_handle_state(g->handle), QI_CO_CANCELLED);
    QI_CHECK_INT(t, qi_generator_cancel(world.w, g->handle), QI_OK);
    world_free(&world);
}

/* --- locks ----------------------------------------------------------------------------------------- */

static void mutex_is_handed_over_in_order(QiTest *t) {
    World world;
    world_init(&world, 12);
    QiCoroutine *main = world_current(&world), *tasks[4];
    QiMutex *m = qi_mutex_new(world.w, &world.types[T_NATIVE]);
    QI_CHECK_INT(t, qi_mutex_unlock(world.w, m), QI_THROW);
    QI_CHECK_INT(t, world_thrown(&world), 6005);
    QI_CHECK_INT(t, qi_mutex_lock(world.w, m, &main->fp[0]), QI_OK);
    for (int i = 0; i < 4; i++) {
        tasks[i] = world_spawn(&world);
        world_run_until(&world, tasks[i]);
        QI_CHECK(t, !qi_mutex_try_lock(world.w, m));
        QI_CHECK_INT(t, qi_mutex_unlock(world.w, m), QI_THROW);
        QI_CHECK_INT(t, qi_mutex_lock(world.w, m, &tasks[i]->fp[0]), QI_PARKED);
    }
    world_run_until(&world, main);
    QI_CHECK_INT(t, qi_mutex_unlock(world.w, m), QI_OK);
    for (int i = 0; i < 4; i++) {
        QI_CHECK(t, m->owner == tasks[i]->handle);
        QI_CHECK(t, world_run_until(&world, tasks[i]));
        QI_CHECK_INT(t, qi_mutex_unlock(world.w, m), QI_OK);
    }
    QI_CHECK(t, m->owner == NULL && qi_mutex_try_lock(world.w, m));
    world_free(&world);
}

static void waitgroup_wakes_all_at_zero(QiTest *t) {
    World world;
    world_init(&world, 1);
    QiCoroutine *main = world_current(&world), *a = world_spawn(&world), *b = world_spawn(&world);
    QiWaitGroup *g = qi_waitgroup_new(world.w, &world.types[T_NATIVE]);
    QI_CHECK_INT(t, qi_waitgroup_wait(world.w, g, &main->fp[0]), QI_OK);
    QI_CHECK_INT(t, qi_waitgroup_add(world.w, g, -1), QI_THROW);
    QI_CHECK_INT(t, world_thrown(&world), 6013);
    qi_waitgroup_add(world.w, g, 2);
    world_run_until(&world, a);
    QI_CHECK_INT(t, qi_waitgroup_wait(world.w, g, &a->fp[0]), QI_PARKED);
    world_run_until(&world, b);
    QI_CHECK_INT(t, qi_waitgroup_wait(world.w, g, &b->fp[0]), QI_PARKED);
    world_run_until(&world, main);
    qi_waitgroup_add(world.w, g, -1);
    QI_CHECK_INT(t, qi_co_state(a), QI_CO_PARKED);
    qi_waitgroup_add(world.w, g, -1);
    QI_CHECK_INT(t, qi_co_state(a), QI_CO_READY);
    QI_CHECK_INT(t, qi_co_state(b), QI_CO_READY);
    QI_CHECK_INT(t, qi_waitgroup_add(world.w, g, INT64_MAX), QI_OK);
    QI_CHECK_INT(t, qi_waitgroup_add(world.w, g, 1), QI_THROW);
    world_free(&world);
}

/* --- polls -------------------------------------------------------------------------------------------- */

static void poll_collects_and_preempts(QiTest *t) {
    World world;
    world_init(&world, 1);
    QiCoroutine *main = world_current(&world);
    qi_worker_request(world.w, QI_POLL_GC);
    uint64_t before = qi_heap_stats(world.heap).collections;
    qi_worker_poll(world.w);
    QI_CHECK_INT(t, qi_heap_stats(world.heap).collections, before + 1);
    QI_CHECK(t, atomic_load(&world.w->limit) == qi_segment_end(main->segment));
    world_spawn(&world);
    int others = 0;
    for (int i = 0; i < 10000; i++) {
        qi_worker_poll(world.w);
        others += world_current(&world) != main;
    }
    QI_CHECK(t, others > 2000 && others < 8000);
    qi_sched_stop(world.w);
    qi_worker_poll(world.w);
    QI_CHECK(t, world_current(&world) == NULL);
    world_free(&world);
}

/* --- tasks that have not begun ---------------------------------------------------- */

/* A world that is not deterministic: tasks begin in the order they were made. Its tasks take two arguments. */
static void ordered_world(World *world) {
    world_init(world, 1);
    world->sched->config.deterministic = false;
    atomic_store(&world->w->poll, 0);
    world->entry.nregs = 8; /* fits into the execution itself */
    world->entry.nparams = 2;
    world->entry.handle = (uint16_t)(qi_handle_size(2) / QI_ALLOC_GRANULE);
    world->entry.type = T_TASK;
}

static QiHandle *spawn_with(World *world, QiValue first) {
    const QiValue args[2] = {first, first + 1};
    return qi_task_spawn(world->w, 0, args, NULL);
}

static void unbegun_task_takes_over_the_execution_before_it(QiTest *t) {
    World world;
    ordered_world(&world);
    QiCoroutine *main = world_current(&world);
    QiHandle *first = spawn_with(&world, 10), *second = spawn_with(&world, 20), *third = spawn_with(&world, 30);
    QI_CHECK(t, qi_handle_co(first) == NULL && !qi_handle_is_over(first));
    QI_CHECK_INT(t, qi_handle_state(first), QI_CO_CREATED);
    QI_CHECK_INT(t, qi_await(world.w, &third->future, &main->fp[0]), QI_PARKED);
    QiCoroutine *execution = world_current(&world);
    QI_CHECK(t, execution == qi_handle_co(first) && !qi_handle_is_unbegun(first));
    QI_CHECK_INT(t, execution->fp[0] + execution->fp[1], 21);
    QI_CHECK(t, qi_coroutine_return(world.w, 1) == world.entry.code);
    QI_CHECK(t, world_current(&world) == execution && execution->handle == second);
    QI_CHECK_INT(t, execution->fp[0] + execution->fp[1], 41);
    QI_CHECK(t, qi_handle_is_over(first) && qi_handle_co(second) == execution);
    QI_CHECK_INT(t, qi_handle_state(second), QI_CO_RUNNING);
    qi_coroutine_return(world.w, 2);
    QI_CHECK(t, qi_coroutine_return(world.w, 3) == NULL);
    QI_CHECK(t, world_current(&world) == main);
    QI_CHECK_INT(t, main->fp[0], 3);
    QI_CHECK_INT(t, qi_sched_attached(world.sched), 0);
    world_free(&world);
}

static void unbegun_task_can_be_cancelled_anywhere_in_the_queue(QiTest *t) {
    for (int which = 0; which < 3; which++) {
        World world;
        ordered_world(&world);
        QiCoroutine *main = world_current(&world);
        QiHandle *tasks[3];
        for (int i = 0; i < 3; i++) tasks[i] = spawn_with(&world, 0);
        qi_task_cancel(world.w, tasks[which]);
        QI_CHECK_INT(t, qi_handle_state(tasks[which]), QI_CO_CANCELLED);
        QI_CHECK(t, qi_handle_is_over(tasks[which]));
        QI_CHECK_INT(t, qi_await(world.w, &tasks[which]->future, &main->fp[0]), QI_THROW);
        QI_CHECK_INT(t, world_thrown(&world), 6101);
        QiHandle *late = spawn_with(&world, 0);
        qi_await(world.w, &late->future, &main->fp[0]);
        for (int i = 0; i < 3; i++) {
            if (i == which) continue;
            QI_CHECK(t, world_current(&world)->handle == tasks[i]);
            qi_coroutine_return(world.w, 0);
        }
        QI_CHECK(t, world_current(&world)->handle == late);
        world_free(&world);
    }
}

static void cancelling_wakes_who_awaits_an_unbegun_task(QiTest *t) {
    World world;
    ordered_world(&world);
    QiCoroutine *main = world_current(&world);
    QiHandle *canceller = spawn_with(&world, 0), *never = spawn_with(&world, 0);
    qi_await(world.w, &never->future, &main->fp[0]);
    QI_CHECK(t, world_current(&world)->handle == canceller);
    qi_task_cancel(world.w, never);
    qi_coroutine_return(world.w, 0);
    QI_CHECK(t, world_current(&world) == main);
    QI_CHECK_INT(t, world_take_error(&world), 6101);
    QI_CHECK_INT(t, qi_sched_attached(world.sched), 0);
    world_free(&world);
}

static void family_of_a_cancelled_task_includes_the_unbegun(QiTest *t) {
    World world;
    ordered_world(&world);
    QiHandle *parent = spawn_with(&world, 0), *stranger = spawn_with(&world, 0);
    qi_sleep(world.w, 1);
    QI_CHECK(t, world_current(&world)->handle == parent);
    QiHandle *child = spawn_with(&world, 0);
    qi_task_cancel(world.w, parent);
    QI_CHECK_INT(t, qi_handle_state(child), QI_CO_CANCELLED);
    QI_CHECK_INT(t, qi_handle_state(stranger), QI_CO_CREATED);
    world_free(&world);
}

static const uint8_t *map_of_first(void *user, const QiInsn *pc, uint32_t *nbytes) {
    static const uint8_t first = 1;
    (void)user;
    (void)pc;
    *nbytes = 1;
    return &first;
}

static void arguments_of_an_unbegun_task_are_alive(QiTest *t) {
    World world;
    ordered_world(&world);
    qi_sched_set_frame_maps(world.sched, &(QiFrameMaps){.at = world_map, .at_entry = map_of_first});
    QiFuture *kept = qi_future_new(world.w, T_FUTURE), *lost = qi_future_new(world.w, T_FUTURE);
    QI_CHECK(t, kept != NULL && lost != NULL);
    spawn_with(&world, qi_from_ref(kept));
    world_current(&world)->safepoint = world.code;
    qi_heap_collect(world.heap);
    /* The cell of what died is used again, that of the argument is not. */
    bool lost_again = false, kept_again = false;
    for (int i = 0; i < 2000; i++) {
        const QiFuture *f = qi_future_new(world.w, T_FUTURE);
        lost_again = lost_again || f == lost;
        kept_again = kept_again || f == kept;
    }
    QI_CHECK(t, lost_again && !kept_again);
    world_free(&world);
}

/* No stack can be had until the limit is lifted. */
static void use_up_memory(World *world) {
    world->heap->state->config.limit_bytes = 1;
    world->w->stacks.coroutines = NULL;
    world->w->stacks.bump = world->w->stacks.bump_end;
}

static void task_that_finds_no_memory_to_begin_fails(QiTest *t) {
    World world;
    ordered_world(&world);
    QiCoroutine *main = world_current(&world);
    QiHandle *awaited = spawn_with(&world, 1), *other = spawn_with(&world, 2);
    use_up_memory(&world);
    QI_CHECK(t, qi_await(world.w, &awaited->future, world_reg(&world, 0)) == QI_PARKED);
    QI_CHECK(t, qi_handle_state(awaited) == QI_CO_FAILED);
    /* The failure lets whoever handles it use a little more. */
    QI_CHECK(t, world_current(&world) != NULL && world_current(&world)->handle == other);
    QI_CHECK(t, world_run_until(&world, main));
    QI_CHECK_INT(t, world_take_error(&world), 7007);
    world.heap->state->config.limit_bytes = 0;
    world_free(&world);
}

int main(void) {
    QiTest t = {0};
    QI_RUN(&t, task_that_finds_no_memory_to_begin_fails);
    QI_RUN(&t, unbegun_task_takes_over_the_execution_before_it);
    QI_RUN(&t, unbegun_task_can_be_cancelled_anywhere_in_the_queue);
    QI_RUN(&t, cancelling_wakes_who_awaits_an_unbegun_task);
    QI_RUN(&t, family_of_a_cancelled_task_includes_the_unbegun);
    QI_RUN(&t, arguments_of_an_unbegun_task_are_alive);
    QI_RUN(&t, await_gets_the_result);
    QI_RUN(&t, failure_reaches_every_waiter);
    QI_RUN(&t, started_child_runs_first_and_gives_way);
    QI_RUN(&t, unobserved_failures_are_reported_at_the_end);
    QI_RUN(&t, detached_failure_is_reported_at_once);
    QI_RUN(&t, end_joins_attached_tasks_and_drops_others);
    QI_RUN(&t, end_waits_five_seconds_at_most);
    QI_RUN(&t, deadlock_is_reported);
    QI_RUN(&t, sleepers_wake_in_order);
    QI_RUN(&t, timers_can_be_removed_anywhere);
    QI_RUN(&t, delay_settles_without_a_waiter);
    QI_RUN(&t, cancelled_before_it_began_never_runs);
    QI_RUN(&t, cancel_wakes_every_kind_of_wait);
    QI_RUN(&t, masked_task_sleeps_on);
    QI_RUN(&t, cancel_reaches_children_and_not_strangers);
    QI_RUN(&t, value_given_before_cancelling_stands);
    QI_RUN(&t, generator_yields_and_ends);
    QI_RUN(&t, generator_is_sent_values);
    QI_RUN(&t, generator_parks_its_task);
    QI_RUN(&t, cancelled_generator_unwinds_first);
    QI_RUN(&t, mutex_is_handed_over_in_order);
    QI_RUN(&t, waitgroup_wakes_all_at_zero);
    QI_RUN(&t, poll_collects_and_preempts);
    return qi_test_end(&t);
}
