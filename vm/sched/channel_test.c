/*
 * channel_test.c — 通道 and 选择: hand-over, order, closing, fairness, and that
 * no value is lost or doubled under random schedules.
 */
#include "test_world.h"

static void rendezvous_hands_over(QiTest *t) {
    World world;
    world_init(&world, 1);
    QiCoroutine *main = world_current(&world), *peer = world_spawn(&world);
    QiChannel *c = world_channel(&world, 0);
    QiValue *got = world_reg(&world, 0);
    QI_CHECK_INT(t, qi_channel_receive(world.w, c, got, false), QI_PARKED);
    QI_CHECK(t, world_current(&world) == peer);
    QI_CHECK_INT(t, qi_co_reason(main), QI_WAIT_RECEIVE);
    QiValue v = 42;
    QI_CHECK_INT(t, qi_channel_send(world.w, c, &v), QI_OK);
    QI_CHECK_INT(t, *got, 42);
    QI_CHECK_INT(t, qi_co_state(main), QI_CO_READY);
    world_free(&world);
}

static void waiting_sender_is_taken_from(QiTest *t) {
    World world;
    world_init(&world, 1);
    QiCoroutine *peer = world_spawn(&world);
    QiChannel *c = world_channel(&world, 0);
    *world_reg(&world, 3) = 7;
    QI_CHECK_INT(t, qi_channel_send(world.w, c, world_reg(&world, 3)), QI_PARKED);
    QI_CHECK(t, world_current(&world) == peer);
    QiValue pair[2] = {0, 0};
    QI_CHECK_INT(t, qi_channel_receive(world.w, c, pair, true), QI_OK);
    QI_CHECK_INT(t, pair[0], 7);
    QI_CHECK_INT(t, pair[1], 1);
    world_free(&world);
}

static void buffer_keeps_order_with_waiting_senders(QiTest *t) {
    World world;
    world_init(&world, 3);
    QiCoroutine *main = world_current(&world);
    QiChannel *c = world_channel(&world, 20);
    for (QiValue v = 0; v < 20; v++) QI_CHECK_INT(t, qi_channel_send(world.w, c, &v), QI_OK);
    QI_CHECK_INT(t, qi_channel_length(c), 20);
    QiCoroutine *senders[5];
    for (int i = 0; i < 5; i++) {
        senders[i] = world_spawn(&world);
        QI_CHECK(t, world_run_until(&world, senders[i]));
        *world_reg(&world, 0) = (QiValue)(20 + i);
        QI_CHECK_INT(t, qi_channel_send(world.w, c, world_reg(&world, 0)), QI_PARKED);
    }
    QI_CHECK(t, world_run_until(&world, main));
    for (QiValue want = 0; want < 25; want++) {
        QiValue v = 99;
        QI_CHECK_INT(t, qi_channel_receive(world.w, c, &v, false), QI_OK);
        QI_CHECK_INT(t, v, want);
    }
    QI_CHECK_INT(t, qi_channel_length(c), 0);
    world_free(&world);
}

static void close_wakes_receivers_and_senders(QiTest *t) {
    World world;
    world_init(&world, 5);
    QiCoroutine *main = world_current(&world);
    QiChannel *empty = world_channel(&world, 0), *full = world_channel(&world, 0);
    QiCoroutine *a = world_spawn(&world), *b = world_spawn(&world), *s = world_spawn(&world);
    world_run_until(&world, a);
    QiValue *pair = world_reg(&world, 0);
    pair[0] = pair[1] = 9;
    qi_channel_receive(world.w, empty, pair, true);
    world_run_until(&world, b);
    qi_channel_receive(world.w, empty, world_reg(&world, 0), false);
    world_run_until(&world, s);
    qi_channel_send(world.w, full, world_reg(&world, 0));
    world_run_until(&world, main);
    QI_CHECK_INT(t, qi_channel_close(world.w, empty), QI_OK);
    QI_CHECK_INT(t, qi_channel_close(world.w, full), QI_OK);
    QI_CHECK_INT(t, pair[0], 0);
    QI_CHECK_INT(t, pair[1], 0);
    world_run_until(&world, b);
    QI_CHECK_INT(t, world_take_error(&world), 6002);
    world_run_until(&world, s);
    QI_CHECK_INT(t, world_take_error(&world), 6001);
    QI_CHECK_INT(t, qi_channel_close(world.w, full), QI_THROW);
    QI_CHECK_INT(t, world_thrown(&world), 6001);
    QiValue v = 1;
    QI_CHECK_INT(t, qi_channel_send(world.w, full, &v), QI_THROW);
    QI_CHECK_INT(t, qi_channel_receive(world.w, full, &v, false), QI_THROW);
    QI_CHECK_INT(t, world_thrown(&world), 6002);
    world_free(&world);
}

static void options_are_boxed_in_pairs(QiTest *t) {
    World world;
    world_init(&world, 1);
    QiValue c, pair[2] = {7, 7};
    qi_channel_new(world.w, 2, T_MAYBE_CHANNEL, &c);
    QiValue none = 0;
    QI_CHECK_INT(t, qi_channel_send(world.w, qi_as_ref(c), &none), QI_OK);
    QI_CHECK_INT(t, qi_channel_receive(world.w, qi_as_ref(c), pair, true), QI_OK);
    QI_CHECK_INT(t, pair[1], 1);
    /* 有(无) is not 无. */
    QI_CHECK(t, pair[0] != 0);
    world_free(&world);
}

static void capacity_is_checked(QiTest *t) {
    World world;
    world_init(&world, 1);
    QiValue c;
    QI_CHECK_INT(t, qi_channel_new(world.w, -1, T_CHANNEL, &c), QI_THROW);
    QI_CHECK_INT(t, world_thrown(&world), 6014);
    QI_CHECK_INT(t, qi_channel_new(world.w, UINT32_MAX, T_CHANNEL, &c), QI_OK);
    QI_CHECK_INT(t, ((QiChannel *)qi_as_ref(c))->slots, 0);
    world_free(&world);
}

/* --- 选择 ----------------------------------------------------------------------- */

/* Register 0–3 hold channels, 4… their pairs; word i is a receive from channel i. */
static void receive_cases(World *world, QiInsn *code, int n) {
    (void)world;
    code[0] = (QiInsn){QI_OP_SELECT, (uint16_t)n, 0, 0};
    for (int i = 0; i < n; i++) code[1 + i] = (QiInsn){QI_OP_SEL_RECV, (uint16_t)i, (uint16_t)(4 + 2 * i), (uint16_t)(10 + i)};
}

static void ready_cases_are_chosen_evenly(QiTest *t) {
    World world;
    world_init(&world, 11);
    QiInsn code[32];
    receive_cases(&world, code, 3);
    int count[3] = {0, 0, 0};
    QiChannel *c[3];
    for (int i = 0; i < 3; i++) {
        c[i] = world_channel(&world, 1);
        *world_reg(&world, i) = qi_from_ref(c[i]);
    }
    for (int round = 0; round < 30000; round++) {
        for (int i = 0; i < 3; i++) {
            QiValue v = (QiValue)i;
            if (qi_channel_length(c[i]) == 0) qi_channel_send(world.w, c[i], &v);
        }
        QI_CHECK_INT(t, qi_select(world.w, code, world_current(&world)->fp), QI_OK);
        int chosen = (int)(world_current(&world)->pc - code) - 2 - 10;
        /* Targets differ by two: one for the word, one for the offset. */
        chosen /= 2;
        QI_CHECK(t, chosen >= 0 && chosen < 3);
        QI_CHECK_INT(t, *world_reg(&world, 4 + 2 * chosen), chosen);
        count[chosen]++;
        int left = 0;
        for (int i = 0; i < 3; i++) left += (int)qi_channel_length(c[i]);
        QI_CHECK_INT(t, left, 2);
    }
    for (int i = 0; i < 3; i++) QI_CHECK(t, count[i] > 9500 && count[i] < 10500);
    world_free(&world);
}

static void parked_select_completes_once(QiTest *t) {
    World world;
    world_init(&world, 2);
    QiCoroutine *main = world_current(&world), *peer = world_spawn(&world);
    QiChannel *a = world_channel(&world, 0), *b = world_channel(&world, 0);
    QiInsn code[32];
    receive_cases(&world, code, 2);
    *world_reg(&world, 0) = qi_from_ref(a);
    *world_reg(&world, 1) = qi_from_ref(b);
    QI_CHECK_INT(t, qi_select(world.w, code, main->fp), QI_PARKED);
    QI_CHECK(t, world_current(&world) == peer);
    QI_CHECK(t, a->receivers.head != NULL && b->receivers.head != NULL);
    QiValue v = 5;
    QI_CHECK_INT(t, qi_channel_send(world.w, b, &v), QI_OK);
    QI_CHECK_INT(t, qi_co_state(main), QI_CO_READY);
    QI_CHECK(t, a->receivers.head == NULL && b->receivers.head == NULL);
    QI_CHECK(t, main->pc == &code[2] + 1 + 11);
    QI_CHECK_INT(t, main->fp[6], 5);
    QI_CHECK_INT(t, main->fp[7], 1);
    /* The other channel has nobody any more. */
    QI_CHECK_INT(t, qi_channel_send(world.w, a, &v), QI_PARKED);
    world_free(&world);
}

static void timeout_and_default(QiTest *t) {
    World world;
    world_init(&world, 2);
    QiCoroutine *main = world_current(&world);
    QiChannel *a = world_channel(&world, 0);
    main->fp[0] = qi_from_ref(a);
    main->fp[1] = 20;
    main->fp[2] = 10;
    QiInsn code[32] = {
        {QI_OP_SELECT, 3, 0, 0}, {QI_OP_SEL_RECV, 0, 4, 1}, {QI_OP_SEL_TIMEOUT, 1, 0, 2}, {QI_OP_SEL_TIMEOUT, 2, 0, 3}, {0},
    };
    /* Nobody else runs: the clock jumps to the earlier of both and the task goes on. */
    QI_CHECK_INT(t, qi_select(world.w, code, main->fp), QI_PARKED);
    QI_CHECK(t, world_current(&world) == main && main->pc == &code[3] + 1 + 3);
    QI_CHECK(t, a->receivers.head == NULL && world.sched->timers.count == 0);
    main->fp[2] = 0;
    QI_CHECK_INT(t, qi_select(world.w, code, main->fp), QI_OK);
    QI_CHECK(t, main->pc == &code[3] + 1 + 3);
    QiInsn other[32] = {{QI_OP_SELECT, 2, 0, 0}, {QI_OP_SEL_DEFAULT, 0, 0, 1}, {QI_OP_SEL_SEND, 0, 1, 2}, {0}};
    QI_CHECK_INT(t, qi_select(world.w, other, main->fp), QI_OK);
    QI_CHECK(t, main->pc == &other[1] + 1 + 1);
    world_free(&world);
}

/* Many tasks send and receive through 选择 over two channels; every value must arrive exactly once. */
static void nothing_is_lost_under_random_schedules(QiTest *t) {
    enum { SENDERS = 6, EACH = 40 };
    for (uint64_t seed = 1; seed <= 20; seed++) {
        World world;
        world_init(&world, seed);
        QiCoroutine *main = world_current(&world), *senders[SENDERS];
        QiChannel *c[2] = {world_channel(&world, 0), world_channel(&world, (int)(seed % 3))};
        int next[SENDERS] = {0}, seen[SENDERS * EACH] = {0}, received = 0;
        for (int i = 0; i < SENDERS; i++) {
            senders[i] = world_spawn(&world);
            senders[i]->fp[0] = qi_from_ref(c[0]);
            senders[i]->fp[1] = qi_from_ref(c[1]);
        }
        QiInsn send[32] = {{QI_OP_SELECT, 2, 0, 0}, {QI_OP_SEL_SEND, 0, 2, 1}, {QI_OP_SEL_SEND, 1, 2, 1}, {0}};
        QiInsn receive[32] = {{QI_OP_SELECT, 2, 0, 0}, {QI_OP_SEL_RECV, 0, 4, 1}, {QI_OP_SEL_RECV, 1, 4, 1}, {0}};
        main->fp[0] = qi_from_ref(c[0]);
        main->fp[1] = qi_from_ref(c[1]);
        bool waiting = false;
        for (int steps = 0; received < SENDERS * EACH && steps < 100000; steps++) {
            QiCoroutine *co = world_current(&world);
            if (co == NULL) break;
            if (co == main) {
                if (waiting) {
                    QI_CHECK_INT(t, main->fp[5], 1);
                    seen[main->fp[4]]++;
                    received++;
                    waiting = false;
                    continue;
                }
                main->fp[5] = 0;
                waiting = true;
                qi_select(world.w, receive, main->fp);
                continue;
            }
            int who = 0;
            while (senders[who] != co) who++;
            if (next[who] == EACH) {
                qi_coroutine_return(world.w, 0);
                continue;
            }
            co->fp[2] = (QiValue)(who * EACH + next[who]++);
            qi_select(world.w, send, co->fp);
        }
        QI_CHECK_INT(t, received, SENDERS * EACH);
        for (int i = 0; i < SENDERS * EACH; i++) QI_CHECK_INT(t, seen[i], 1);
        world_free(&world);
    }
}

static void cancelled_select_leaves_every_queue(QiTest *t) {
    World world;
    world_init(&world, 2);
    QiCoroutine *main = world_current(&world), *task = world_spawn(&world);
    QiChannel *a = world_channel(&world, 0), *b = world_channel(&world, 0);
    world_run_until(&world, task);
    task->fp[0] = qi_from_ref(a);
    task->fp[1] = qi_from_ref(b);
    task->fp[2] = 1000;
    QiInsn code[32] = {{QI_OP_SELECT, 3, 0, 0}, {QI_OP_SEL_RECV, 0, 4, 1}, {QI_OP_SEL_SEND, 1, 2, 1}, {QI_OP_SEL_TIMEOUT, 2, 0, 1}, {0}};
    QI_CHECK_INT(t, qi_select(world.w, code, task->fp), QI_PARKED);
    QI_CHECK(t, world_current(&world) == main);
    qi_task_cancel(world.w, task->handle);
    QI_CHECK(t, a->receivers.head == NULL && b->senders.head == NULL && world.sched->timers.count == 0);
    world_run_until(&world, task);
    QI_CHECK_INT(t, world_take_error(&world), 6101);
    world_free(&world);
}

static void references_in_flight_survive_a_collection(QiTest *t) {
    World world;
    world_init(&world, 2);
    QiCoroutine *main = world_current(&world);
    QiCoroutine *peer = world_spawn(&world);
    QiValue c;
    qi_channel_new(world.w, 0, T_MAYBE_CHANNEL, &c);
    QI_CHECK_INT(t, qi_channel_receive(world.w, qi_as_ref(c), &main->fp[0], false), QI_PARKED);
    QI_CHECK(t, world_current(&world) == peer);
    QiValue box;
    QI_CHECK(t, qi_box_option(world.w, &world.types[T_INT], 77, &box));
    QI_CHECK_INT(t, qi_channel_send(world.w, qi_as_ref(c), &box), QI_OK);
    /* main is ready but did not run: no live-ref map knows the register. */
    qi_heap_collect(world.heap);
    for (int i = 0; i < 1000; i++) {
        QiValue other;
        qi_box_option(world.w, &world.types[T_INT], 1, &other);
    }
    QI_CHECK_INT(t, ((QiBox *)qi_as_ref(main->fp[0]))->value, 77);
    world_free(&world);
}

int main(void) {
    QiTest t = {0};
    QI_RUN(&t, rendezvous_hands_over);
    QI_RUN(&t, waiting_sender_is_taken_from);
    QI_RUN(&t, buffer_keeps_order_with_waiting_senders);
    QI_RUN(&t, close_wakes_receivers_and_senders);
    QI_RUN(&t, options_are_boxed_in_pairs);
    QI_RUN(&t, capacity_is_checked);
    QI_RUN(&t, ready_cases_are_chosen_evenly);
    QI_RUN(&t, parked_select_completes_once);
    QI_RUN(&t, timeout_and_default);
    QI_RUN(&t, nothing_is_lost_under_random_schedules);
    QI_RUN(&t, cancelled_select_leaves_every_queue);
    QI_RUN(&t, references_in_flight_survive_a_collection);
    return qi_test_end(&t);
}
