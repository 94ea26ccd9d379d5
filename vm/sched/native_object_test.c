/*
 * Unit tests of native objects: order of hand-over, cancellation that loses nothing, misuse, what the collector keeps.
 */
#include "test_world.h"

static const QiType *native(World *world) { return &world->types[T_NATIVE]; }

/* Runs a new task up to its first wait, which `start` begins; main runs again after that. */
static QiCoroutine *parked(World *world, QiCoroutine *main, QiStatus (*start)(QiWorker *, void *, QiValue *), void *object, QiTest *t) {
    QiCoroutine *task = world_spawn(world);
    QI_CHECK(t, world_run_until(world, task));
    QI_CHECK_INT(t, start(world->w, object, &task->fp[0]), QI_PARKED);
    QI_CHECK(t, world_run_until(world, main));
    return task;
}

static QiStatus read_lock(QiWorker *w, void *l, QiValue *slot) { return qi_rwlock_read(w, l, slot); }
static QiStatus write_lock(QiWorker *w, void *l, QiValue *slot) { return qi_rwlock_write(w, l, slot); }
static QiStatus take_one(QiWorker *w, void *s, QiValue *slot) { return qi_semaphore_acquire(w, s, 1, slot); }
static QiStatus take_three(QiWorker *w, void *s, QiValue *slot) { return qi_semaphore_acquire(w, s, 3, slot); }
static QiStatus arrive(QiWorker *w, void *b, QiValue *slot) { return qi_barrier_wait(w, b, slot); }
static QiStatus begin(QiWorker *w, void *o, QiValue *slot) { return qi_once_begin(w, o, slot); }

static void readers_share_and_writers_queue(QiTest *t) {
    World world;
    world_init(&world, 3);
    QiCoroutine *main = world_current(&world);
    QiRwLock *l = qi_rwlock_new(world.w, native(&world));
    QI_CHECK_INT(t, qi_rwlock_read_unlock(world.w, l), QI_THROW);
    QI_CHECK_INT(t, world_thrown(&world), 6005);
    QI_CHECK_INT(t, qi_rwlock_read(world.w, l, &main->fp[0]), QI_OK);
    QI_CHECK_INT(t, qi_rwlock_read(world.w, l, &main->fp[0]), QI_OK);
    QiCoroutine *writer = parked(&world, main, write_lock, l, t), *reader = parked(&world, main, read_lock, l, t);
    bool locked = true;
    QI_CHECK_INT(t, qi_rwlock_try_read(world.w, l, &locked), QI_OK);
    QI_CHECK(t, !locked);
    qi_rwlock_read_unlock(world.w, l);
    QI_CHECK_INT(t, qi_co_state(writer), QI_CO_PARKED);
    qi_rwlock_read_unlock(world.w, l);
    QI_CHECK(t, l->writer == writer->handle && l->readers == NULL);
    QI_CHECK_INT(t, qi_rwlock_write_unlock(world.w, l), QI_THROW);
    world_run_until(&world, writer);
    QI_CHECK_INT(t, qi_rwlock_write_unlock(world.w, l), QI_OK);
    QI_CHECK(t, l->readers != NULL && l->readers->task == reader->handle && l->nwaiting_readers == 0);
    world_free(&world);
}

static void cancelled_writer_lets_readers_go_on(QiTest *t) {
    World world;
    world_init(&world, 4);
    QiCoroutine *main = world_current(&world);
    QiRwLock *l = qi_rwlock_new(world.w, native(&world));
    qi_rwlock_read(world.w, l, &main->fp[0]);
    QiCoroutine *writer = parked(&world, main, write_lock, l, t), *reader = parked(&world, main, read_lock, l, t);
    qi_task_cancel(world.w, writer->handle);
    QI_CHECK_INT(t, qi_co_state(reader), QI_CO_READY);
    QI_CHECK(t, l->base.waiters.head == NULL && l->nspare >= l->nwaiting_readers);
    world_run_until(&world, writer);
    QI_CHECK_INT(t, world_take_error(&world), 6101);
    world_free(&world);
}

static void permits_go_in_order_and_none_is_lost(QiTest *t) {
    World world;
    world_init(&world, 5);
    QiCoroutine *main = world_current(&world);
    QI_CHECK_INT(t, qi_semaphore_new(world.w, native(&world), -1, &main->fp[1]), QI_THROW);
    QI_CHECK_INT(t, world_thrown(&world), 6015);
    qi_semaphore_new(world.w, native(&world), 3, &main->fp[1]);
    QiSemaphore *s = qi_as_ref(main->fp[1]);
    QI_CHECK_INT(t, qi_semaphore_release(world.w, s, 1), QI_THROW);
    QI_CHECK_INT(t, world_thrown(&world), 6005);
    QI_CHECK_INT(t, qi_semaphore_acquire(world.w, s, 2, &main->fp[0]), QI_OK);
    QiCoroutine *three = parked(&world, main, take_three, s, t), *one = parked(&world, main, take_one, s, t);
    QI_CHECK_INT(t, qi_semaphore_available(s), 1);
    qi_task_cancel(world.w, three->handle);
    QI_CHECK_INT(t, qi_co_state(one), QI_CO_READY);
    QI_CHECK_INT(t, qi_semaphore_available(s), 0);
    QI_CHECK_INT(t, qi_semaphore_release(world.w, s, 3), QI_OK);
    QI_CHECK_INT(t, qi_semaphore_available(s), 3);
    world_free(&world);
}

static void waiting_for_a_condition_ends_with_the_lock(QiTest *t) {
    World world;
    world_init(&world, 6);
    QiCoroutine *main = world_current(&world), *tasks[2];
    QiMutex *m = qi_mutex_new(world.w, native(&world));
    QiCondition *c = qi_condition_new(world.w, native(&world));
    QI_CHECK_INT(t, qi_condition_wait(world.w, c, m, &main->fp[0]), QI_THROW);
    QI_CHECK_INT(t, world_thrown(&world), 6005);
    for (int i = 0; i < 2; i++) {
        tasks[i] = world_spawn(&world);
        world_run_until(&world, tasks[i]);
        QI_CHECK_INT(t, qi_mutex_lock(world.w, m, &tasks[i]->fp[0]), QI_OK);
        QI_CHECK_INT(t, qi_condition_wait(world.w, c, m, &tasks[i]->fp[0]), QI_PARKED);
        world_run_until(&world, main);
        QI_CHECK(t, m->owner == NULL);
    }
    qi_heap_collect(world.heap);
    qi_mutex_lock(world.w, m, &main->fp[0]);
    /* The first is woken and then cancelled: it was woken. The second is cancelled while it waits. */
    QI_CHECK(t, qi_condition_wake_one(world.w, c));
    qi_task_cancel(world.w, tasks[0]->handle);
    qi_task_cancel(world.w, tasks[1]->handle);
    QI_CHECK(t, !qi_condition_wake_one(world.w, c));
    QI_CHECK_INT(t, qi_co_state(tasks[0]), QI_CO_PARKED);
    QI_CHECK_INT(t, qi_co_state(tasks[1]), QI_CO_PARKED);
    qi_mutex_unlock(world.w, m);
    QI_CHECK(t, m->owner == tasks[0]->handle && world_run_until(&world, tasks[0]));
    QI_CHECK_INT(t, world_take_error(&world), 0);
    QI_CHECK_INT(t, qi_mutex_unlock(world.w, m), QI_OK);
    QI_CHECK(t, m->owner == tasks[1]->handle && world_run_until(&world, tasks[1]));
    QI_CHECK_INT(t, world_take_error(&world), 6101);
    QI_CHECK_INT(t, qi_mutex_unlock(world.w, m), QI_OK);
    world_free(&world);
}

static void barrier_opens_for_all_and_closes_again(QiTest *t) {
    World world;
    world_init(&world, 7);
    QiCoroutine *main = world_current(&world);
    qi_barrier_new(world.w, native(&world), 2, &main->fp[1]);
    QiBarrier *b = qi_as_ref(main->fp[1]);
    QiCoroutine *gone = parked(&world, main, arrive, b, t);
    qi_task_cancel(world.w, gone->handle);
    QI_CHECK_INT(t, b->waiting, 0);
    QiCoroutine *other = parked(&world, main, arrive, b, t);
    QI_CHECK_INT(t, qi_barrier_wait(world.w, b, &main->fp[0]), QI_OK);
    QI_CHECK_INT(t, main->fp[0], 1);
    QI_CHECK_INT(t, other->fp[0], 0);
    QI_CHECK(t, b->waiting == 0 && qi_co_state(other) == QI_CO_READY);
    world_free(&world);
}

static void once_goes_to_the_next_after_a_failure(QiTest *t) {
    World world;
    world_init(&world, 8);
    QiCoroutine *main = world_current(&world);
    QiOnce *o = qi_once_new(world.w, native(&world));
    QI_CHECK_INT(t, qi_once_end(world.w, o, true), QI_THROW);
    QI_CHECK_INT(t, qi_once_begin(world.w, o, &main->fp[0]), QI_OK);
    QI_CHECK_INT(t, main->fp[0], 1);
    QiCoroutine *next = parked(&world, main, begin, o, t), *last = parked(&world, main, begin, o, t);
    QI_CHECK_INT(t, qi_once_end(world.w, o, false), QI_OK);
    QI_CHECK(t, o->runner == next->handle && !qi_once_is_done(o));
    world_run_until(&world, next);
    QI_CHECK_INT(t, next->fp[0], 1);
    QI_CHECK_INT(t, qi_once_end(world.w, o, true), QI_OK);
    QI_CHECK(t, qi_once_is_done(o));
    world_run_until(&world, last);
    QI_CHECK_INT(t, last->fp[0], 0);
    world_free(&world);
}

static void contexts_are_handed_down_and_dropped(QiTest *t) {
    World world;
    world_init(&world, 9);
    QiCoroutine *main = world_current(&world), *tasks[100];
    QiContextKey *key = qi_context_new(world.w, native(&world), 5), *other = qi_context_new(world.w, native(&world), 6);
    QI_CHECK_INT(t, qi_context_get(world.w, key), 5);
    QI_CHECK(t, qi_context_set(world.w, other, 60));
    for (int i = 0; i < 100; i++) {
        QI_CHECK(t, qi_context_set(world.w, key, (QiValue)i));
        tasks[i] = world_spawn(&world);
    }
    QI_CHECK_INT(t, world.sched->contexts.count, 101);
    for (int i = 0; i < 100; i++) {
        QI_CHECK(t, world_run_until(&world, tasks[i]));
        QI_CHECK_INT(t, qi_context_get(world.w, key), i);
        QI_CHECK_INT(t, qi_context_get(world.w, other), 60);
        qi_coroutine_return(world.w, 0);
    }
    QI_CHECK_INT(t, world.sched->contexts.count, 1);
    world_run_until(&world, main);
    QI_CHECK_INT(t, qi_context_get(world.w, key), 99);
    world_free(&world);
}

static void atomics_do_not_overflow(QiTest *t) {
    World world;
    world_init(&world, 1);
    QiAtomic *a = qi_atomic_new(world.w, native(&world), INT64_MAX - 1);
    int64_t sum = 0;
    QI_CHECK(t, qi_atomic_add(a, 1, &sum) && sum == INT64_MAX);
    QI_CHECK(t, !qi_atomic_add(a, 1, &sum) && qi_atomic_load(a) == INT64_MAX);
    QI_CHECK(t, !qi_atomic_compare_exchange(a, 0, 1) && qi_atomic_compare_exchange(a, INT64_MAX, 3));
    QI_CHECK_INT(t, qi_atomic_exchange(a, 4), 3);
    world_free(&world);
}

int main(void) {
    QiTest t = {0};
    QI_RUN(&t, readers_share_and_writers_queue);
    QI_RUN(&t, cancelled_writer_lets_readers_go_on);
    QI_RUN(&t, permits_go_in_order_and_none_is_lost);
    QI_RUN(&t, waiting_for_a_condition_ends_with_the_lock);
    QI_RUN(&t, barrier_opens_for_all_and_closes_again);
    QI_RUN(&t, once_goes_to_the_next_after_a_failure);
    QI_RUN(&t, contexts_are_handed_down_and_dropped);
    QI_RUN(&t, atomics_do_not_overflow);
    return qi_test_end(&t);
}
