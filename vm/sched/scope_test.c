/* scope.c and gather.c: joins, limits, failures, deadlines, blocks left open. */
#include "test_world.h"
#include "scope.h"

static QiHandle *spawn(World *world) {
    static const QiValue zero[WORLD_REGS];
    world->entry.type = T_TASK;
    return qi_task_spawn(world->w, 0, zero, NULL);
}

static QiError *failure(World *world) { return qi_error_make(world->heap, 7000, NULL, 0); }

static void close_waits_for_every_member(QiTest *t) {
    World world;
    world_init(&world, 1);
    QiCoroutine *main = world_current(&world);
    QI_CHECK(t, qi_scope_enter(world.w) == QI_OK);
    spawn(&world);
    spawn(&world);
    QI_CHECK(t, qi_scope_close(world.w, world_reg(&world, 0)) == QI_PARKED);
    QI_CHECK(t, world_current(&world) != main);
    qi_coroutine_return(world.w, 0);
    QI_CHECK(t, world_current(&world) != main);
    qi_coroutine_return(world.w, 0);
    QI_CHECK(t, world_current(&world) == main);
    QI_CHECK(t, main->tree == NULL);
    world_free(&world);
}

static void limit_holds_children_back(QiTest *t) {
    World world;
    world_init(&world, 1);
    QI_CHECK(t, qi_scope_enter_limit(world.w, 0) == QI_THROW);
    QI_CHECK(t, world_thrown(&world) == 6020);
    QI_CHECK(t, qi_scope_enter_limit(world.w, 1) == QI_OK);
    QiHandle *first = spawn(&world), *second = spawn(&world), *third = spawn(&world);
    QI_CHECK(t, second->co->tree->held && third->co->tree->held && !first->co->tree->held);
    qi_task_cancel(world.w, second);
    QI_CHECK(t, qi_coroutine_is_over(second));
    QI_CHECK(t, qi_scope_close(world.w, world_reg(&world, 0)) == QI_PARKED);
    QI_CHECK(t, world_current(&world)->handle == first);
    qi_coroutine_return(world.w, 0);
    QI_CHECK(t, world_current(&world)->handle == third);
    world_free(&world);
}

static void first_failure_is_what_abort_gives(QiTest *t) {
    World world;
    world_init(&world, 1);
    QiCoroutine *main = world_current(&world);
    qi_scope_enter(world.w);
    spawn(&world);
    QiHandle *other = spawn(&world);
    qi_scope_close(world.w, world_reg(&world, 0));
    if (world_current(&world)->handle == other) qi_task_yield(world.w);
    QiError *e = failure(&world);
    qi_coroutine_fail(world.w, e);
    QI_CHECK(t, qi_coroutine_is_over(other));
    QI_CHECK(t, world_current(&world) == main);
    QI_CHECK(t, world_take_error(&world) == 6101);
    QI_CHECK(t, qi_scope_abort(world.w, world.w->error, world_reg(&world, 1)) == QI_OK);
    QI_CHECK(t, qi_as_ref(*world_reg(&world, 1)) == e);
    QI_CHECK(t, qi_check_cancelled(world.w) == QI_OK);
    qi_coroutine_return(world.w, 0);
    QI_CHECK(t, world.failures == 0);
    world_free(&world);
}

static void deadline_turns_into_a_timeout(QiTest *t) {
    World world;
    world_init(&world, 1);
    QI_CHECK(t, qi_scope_enter_deadline(world.w, 5) == QI_OK);
    QI_CHECK(t, qi_sleep(world.w, 1000) == QI_PARKED);
    QI_CHECK(t, world_take_error(&world) == 6101);
    /* Sticky until the block is left. */
    QI_CHECK(t, qi_sleep(world.w, 1) == QI_THROW);
    QI_CHECK(t, qi_scope_abort(world.w, world.w->error, world_reg(&world, 1)) == QI_OK);
    QI_CHECK(t, ((QiError *)qi_as_ref(*world_reg(&world, 1)))->head.aux == 6102);
    QI_CHECK(t, qi_sleep(world.w, 1) == QI_PARKED);
    QI_CHECK(t, world_take_error(&world) == 0);
    world_free(&world);
}

/* A world in which a task runs beside the main one, which is given back. */
static QiCoroutine *begin_task(QiTest *t, World *world) {
    world_init(world, 1);
    QiCoroutine *main = world_current(world);
    QI_CHECK(t, world_run_until(world, world_spawn(world)));
    return main;
}

static void blocks_left_open_are_dropped(QiTest *t) {
    World world;
    QiCoroutine *main = begin_task(t, &world);
    qi_scope_enter_deadline(world.w, 1000);
    qi_scope_enter(world.w);
    QiHandle *member = spawn(&world);
    qi_coroutine_return(world.w, 0);
    QI_CHECK(t, !qi_coroutine_is_over(member));
    QI_CHECK(t, world_run_until(&world, member->co));
    qi_coroutine_return(world.w, 0);
    QI_CHECK(t, world_run_until(&world, main));
    /* Ill-paired bytecode: nothing to close, the error as it is. */
    QiError *e = failure(&world);
    QI_CHECK(t, qi_scope_close(world.w, world_reg(&world, 0)) == QI_OK);
    QI_CHECK(t, qi_scope_abort(world.w, e, world_reg(&world, 1)) == QI_OK && qi_as_ref(*world_reg(&world, 1)) == e);
    world_free(&world);
}

/* The failure of a member cancels the last ones of a block nobody owns: it is dropped once. */
static void failure_in_a_block_left_open(QiTest *t) {
    World world;
    QiCoroutine *main = begin_task(t, &world);
    qi_scope_enter_limit(world.w, 1);
    QiHandle *member = spawn(&world), *held = spawn(&world);
    qi_coroutine_return(world.w, 0);
    QI_CHECK(t, world_run_until(&world, member->co));
    qi_coroutine_fail(world.w, failure(&world));
    QI_CHECK(t, qi_coroutine_is_over(held));
    QI_CHECK(t, world_run_until(&world, main));
    world_free(&world);
}

static void unfinished_blocks_are_freed_with_the_world(QiTest *t) {
    World world;
    world_init(&world, 1);
    QI_CHECK(t, qi_scope_enter_limit(world.w, 1) == QI_OK);
    spawn(&world);
    spawn(&world);
    world_free(&world);
}

int main(void) {
    QiTest t = {0};
    QI_RUN(&t, close_waits_for_every_member);
    QI_RUN(&t, limit_holds_children_back);
    QI_RUN(&t, first_failure_is_what_abort_gives);
    QI_RUN(&t, deadline_turns_into_a_timeout);
    QI_RUN(&t, blocks_left_open_are_dropped);
    QI_RUN(&t, failure_in_a_block_left_open);
    QI_RUN(&t, unfinished_blocks_are_freed_with_the_world);
    return qi_test_end(&t);
}
