/*
 * Unit tests of waiting for descriptors: both directions, order, several descriptors, cancellation, descriptors that vanish.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "test_world.h"

static void init(World *world) { world_init_with(world, (QiSchedConfig){.workers = 1}); }

/* Reads one byte. data: the descriptor. */
static QiStatus read_byte(QiContext *cx, void *data, const QiType *type, QiValue *result) {
    (void)type;
    char byte;
    ssize_t n = read(*(int *)data, &byte, 1);
    if (n < 0) return errno == EAGAIN ? QI_PARKED : qi_throw_simple(cx, 8001);
    *result = n == 0 ? 0 : (QiValue)byte;
    return QI_OK;
}

static QiStatus write_byte(QiContext *cx, void *data, const QiType *type, QiValue *result) {
    (void)type;
    ssize_t n = write(*(int *)data, "z", 1);
    if (n < 0) return errno == EAGAIN ? QI_PARKED : qi_throw_simple(cx, 8002);
    *result = (QiValue)n;
    return QI_OK;
}

static QiStatus begin(World *world, int *fd, uint32_t what, QiReadyFn try, QiCoroutine *task) {
    return qi_io_wait(world->w, &(QiIoOperation){.fd = *fd, .what = what, .name = "甲", .try = try, .data = fd, .type = &world->types[T_INT]}, &task->fp[0]);
}

/* A new task that begins an operation and parks; main runs again. */
static QiCoroutine *parked(World *world, QiCoroutine *main, int *fd, uint32_t what, QiReadyFn try, QiTest *t) {
    QiCoroutine *task = world_spawn(world);
    QI_CHECK(t, world_run_until(world, task));
    QI_CHECK_INT(t, begin(world, fd, what, try, task), QI_PARKED);
    QI_CHECK(t, world_run_until(world, main));
    QI_CHECK_INT(t, qi_co_reason(task), QI_WAIT_IO);
    return task;
}

static void open_pipe(int ends[2], QiTest *t) { QI_CHECK(t, pipe2(ends, O_NONBLOCK | O_CLOEXEC) == 0); }

static void what_is_there_is_taken_at_once(QiTest *t) {
    World world;
    int ends[2];
    init(&world);
    open_pipe(ends, t);
    QI_CHECK_INT(t, write(ends[1], "a", 1), 1);
    QiCoroutine *main = world_current(&world);
    QI_CHECK_INT(t, begin(&world, &ends[0], QI_IO_READ, read_byte, main), QI_OK);
    QI_CHECK_INT(t, main->fp[0], 'a');
    QI_CHECK(t, !world.sched->net.open);
    close(ends[0]);
    close(ends[1]);
    world_free(&world);
}

static void a_reader_wakes_with_its_value(QiTest *t) {
    World world;
    int ends[2];
    init(&world);
    open_pipe(ends, t);
    QiCoroutine *main = world_current(&world), *reader = parked(&world, main, &ends[0], QI_IO_READ, read_byte, t);
    qi_netpoll_look(world.w);
    QI_CHECK_INT(t, qi_co_state(reader), QI_CO_PARKED);
    QI_CHECK_INT(t, write(ends[1], "b", 1), 1);
    qi_netpoll_look(world.w);
    QI_CHECK_INT(t, qi_co_state(reader), QI_CO_READY);
    QI_CHECK_INT(t, reader->fp[0], 'b');
    QI_CHECK_INT(t, world.sched->net.nwaits, 0);
    close(ends[0]);
    close(ends[1]);
    world_free(&world);
}

static void a_writer_waits_for_room(QiTest *t) {
    World world;
    int ends[2];
    char rest[4096];
    init(&world);
    open_pipe(ends, t);
    while (write(ends[1], rest, sizeof rest) > 0) {}
    QiCoroutine *main = world_current(&world), *writer = parked(&world, main, &ends[1], QI_IO_WRITE, write_byte, t);
    qi_netpoll_look(world.w);
    QI_CHECK_INT(t, qi_co_state(writer), QI_CO_PARKED);
    while (read(ends[0], rest, sizeof rest) > 0) {}
    qi_netpoll_look(world.w);
    QI_CHECK_INT(t, qi_co_state(writer), QI_CO_READY);
    QI_CHECK_INT(t, writer->fp[0], 1);
    close(ends[0]);
    close(ends[1]);
    world_free(&world);
}

static void first_come_first_served(QiTest *t) {
    World world;
    int ends[2];
    init(&world);
    open_pipe(ends, t);
    QiCoroutine *main = world_current(&world), *readers[3];
    for (int i = 0; i < 3; i++) readers[i] = parked(&world, main, &ends[0], QI_IO_READ, read_byte, t);
    QI_CHECK_INT(t, write(ends[1], "pq", 2), 2);
    qi_netpoll_look(world.w);
    QI_CHECK_INT(t, readers[0]->fp[0], 'p');
    QI_CHECK_INT(t, readers[1]->fp[0], 'q');
    QI_CHECK_INT(t, qi_co_state(readers[2]), QI_CO_PARKED);
    /* The watch goes on for the one that is left. */
    close(ends[1]);
    qi_netpoll_look(world.w);
    QI_CHECK_INT(t, qi_co_state(readers[2]), QI_CO_READY);
    QI_CHECK_INT(t, readers[2]->fp[0], 0);
    close(ends[0]);
    world_free(&world);
}

static void a_newcomer_does_not_overtake(QiTest *t) {
    World world;
    int ends[2];
    init(&world);
    open_pipe(ends, t);
    QiCoroutine *main = world_current(&world), *first = parked(&world, main, &ends[0], QI_IO_READ, read_byte, t);
    QI_CHECK_INT(t, write(ends[1], "mn", 2), 2);
    QiCoroutine *second = parked(&world, main, &ends[0], QI_IO_READ, read_byte, t);
    qi_netpoll_look(world.w);
    QI_CHECK_INT(t, first->fp[0], 'm');
    QI_CHECK_INT(t, second->fp[0], 'n');
    close(ends[0]);
    close(ends[1]);
    world_free(&world);
}

static void many_descriptors(QiTest *t) {
    enum { N = 40 };
    World world;
    int ends[N][2];
    QiCoroutine *readers[N];
    init(&world);
    QiCoroutine *main = world_current(&world);
    for (int i = 0; i < N; i++) {
        open_pipe(ends[i], t);
        readers[i] = parked(&world, main, &ends[i][0], QI_IO_READ, read_byte, t);
    }
    for (int i = 0; i < N; i += 2) QI_CHECK_INT(t, write(ends[i][1], "x", 1), 1);
    qi_netpoll_look(world.w);
    for (int i = 0; i < N; i++) QI_CHECK_INT(t, qi_co_state(readers[i]), i % 2 == 0 ? QI_CO_READY : QI_CO_PARKED);
    for (int i = 0; i < N; i++) {
        close(ends[i][0]);
        close(ends[i][1]);
    }
    world_free(&world); /* and what still waits is freed */
}

static void cancelling_takes_nothing(QiTest *t) {
    World world;
    int ends[2];
    init(&world);
    open_pipe(ends, t);
    QiCoroutine *main = world_current(&world), *reader = parked(&world, main, &ends[0], QI_IO_READ, read_byte, t);
    qi_task_cancel(world.w, reader->handle);
    QI_CHECK_INT(t, write(ends[1], "c", 1), 1);
    qi_netpoll_look(world.w);
    QI_CHECK_INT(t, begin(&world, &ends[0], QI_IO_READ, read_byte, main), QI_OK);
    QI_CHECK_INT(t, main->fp[0], 'c');
    QI_CHECK(t, world_run_until(&world, reader));
    QI_CHECK_INT(t, world_take_error(&world), 6101);
    close(ends[0]);
    close(ends[1]);
    world_free(&world);
}

static void what_the_operation_throws_is_thrown_where_it_waits(QiTest *t) {
    World world;
    int ends[2];
    init(&world);
    open_pipe(ends, t);
    QiCoroutine *main = world_current(&world), *reader = parked(&world, main, &ends[0], QI_IO_READ, read_byte, t);
    QI_CHECK_INT(t, write(ends[1], "d", 1), 1);
    int other = ends[0];
    ends[0] = -1; /* read fails with EBADF */
    qi_netpoll_look(world.w);
    QI_CHECK(t, world_run_until(&world, reader));
    QI_CHECK_INT(t, world_take_error(&world), 8001);
    close(other);
    close(ends[1]);
    world_free(&world);
}

static void what_the_system_cannot_wait_for_is_an_error(QiTest *t) {
    World world;
    int ends[2];
    init(&world);
    open_pipe(ends, t);
    QiCoroutine *main = world_current(&world);
    /* The operation would go on, but its descriptor is none. */
    QiIoOperation operation = {.fd = 1000000, .what = QI_IO_READ, .name = "乙", .try = read_byte, .data = &ends[0], .type = &world.types[T_INT]};
    QI_CHECK_INT(t, qi_io_wait(world.w, &operation, &main->fp[0]), QI_THROW);
    QI_CHECK_INT(t, world_thrown(&world), 8001);
    QI_CHECK_INT(t, world.sched->net.nwaits, 0);
    close(ends[0]);
    close(ends[1]);
    world_free(&world);
}

int main(void) {
    QiTest t = {0};
    QI_RUN(&t, what_is_there_is_taken_at_once);
    QI_RUN(&t, a_reader_wakes_with_its_value);
    QI_RUN(&t, a_writer_waits_for_room);
    QI_RUN(&t, first_come_first_served);
    QI_RUN(&t, a_newcomer_does_not_overtake);
    QI_RUN(&t, many_descriptors);
    QI_RUN(&t, cancelling_takes_nothing);
    QI_RUN(&t, what_the_operation_throws_is_thrown_where_it_waits);
    QI_RUN(&t, what_the_system_cannot_wait_for_is_an_error);
    return qi_test_end(&t);
}
