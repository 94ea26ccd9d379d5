/*
 * scope_memory_test.c — 并发 and 截止 without memory: E7007, and the program is as it was.
 *
 * scope.c is compiled into this test with an allocator that fails when asked to; its object file in the library is then not linked.
 */
#include <stdint.h>
#include <stdlib.h>

static unsigned allocations_left = UINT32_MAX;

static void *scarce_calloc(size_t count, size_t size) { return allocations_left == 0 ? NULL : (allocations_left--, calloc(count, size)); }

#define calloc(count, size) scarce_calloc(count, size)
#include "scope.c"
#undef calloc

#include "test_world.h"

static QiHandle *spawn(World *world) {
    static const QiValue zero[WORLD_REGS];
    world->entry.type = T_TASK;
    return qi_task_spawn(world->w, 0, zero, NULL);
}

static void entering_fails_before_anything_changed(QiTest *t) {
    World world;
    world_init(&world, 1);
    QiCoroutine *main = world_current(&world);
    for (allocations_left = 0; allocations_left < 2;) {
        const unsigned had = allocations_left;
        QI_CHECK(t, qi_scope_enter(world.w) == QI_THROW);
        QI_CHECK_INT(t, world_thrown(&world), 7007);
        QI_CHECK(t, main->tree == NULL);
        allocations_left = had + 1;
    }
    QI_CHECK(t, qi_scope_enter(world.w) == QI_OK);
    allocations_left = UINT32_MAX;
    QI_CHECK(t, qi_scope_close(world.w, world_reg(&world, 0)) == QI_OK);
    world_free(&world);
}

static void a_child_without_a_place_never_was(QiTest *t) {
    World world;
    world_init(&world, 1);
    QiCoroutine *main = world_current(&world);
    QI_CHECK(t, qi_scope_enter(world.w) == QI_OK);
    QiHandle *first = spawn(&world);
    allocations_left = 0;
    QI_CHECK(t, spawn(&world) == NULL);
    QI_CHECK_INT(t, world_thrown(&world), 7007);
    /* An asynchronous call is dropped the same way. */
    QiValue slot = 0;
    QI_CHECK(t, qi_task_start(world.w, world_new_task(&world, false, T_TASK), &slot) == QI_THROW);
    allocations_left = UINT32_MAX;
    QI_CHECK(t, world_current(&world) == main);
    QI_CHECK_INT(t, qi_sched_attached(world.sched), 1);
    /* The block joins the one that has a place. */
    QI_CHECK(t, qi_scope_close(world.w, world_reg(&world, 0)) == QI_PARKED);
    QI_CHECK(t, world_current(&world)->handle == first);
    qi_coroutine_return(world.w, 0);
    QI_CHECK(t, world_current(&world) == main);
    QI_CHECK_INT(t, qi_sched_attached(world.sched), 0);
    world_free(&world);
}

int main(void) {
    QiTest t = {0};
    QI_RUN(&t, entering_fails_before_anything_changed);
    QI_RUN(&t, a_child_without_a_place_never_was);
    return qi_test_end(&t);
}
