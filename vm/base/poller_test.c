/* poller_test.c — readiness of pipes and sockets, watches that fire once, wakes that are not lost, times. */
#include "poller.h"
#include "platform.h"
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int a_owner, b_owner;

static QiPoller opened(QiTest *t) {
    QiPoller p;
    int error = 0;
    QI_CHECK(t, qi_poller_open(&p, &error));
    return p;
}

static void put(int fd) { (void)!write(fd, "x", 1); }

static void a_pipe_becomes_readable(QiTest *t) {
    QiPoller p = opened(t);
    int ends[2], error = 0;
    QiReadiness r[4];
    QI_CHECK(t, pipe(ends) == 0);
    QI_CHECK(t, qi_poller_watch(&p, ends[0], QI_READABLE, &a_owner, &error));
    QI_CHECK_INT(t, qi_poller_wait(&p, r, 4, 0), 0);
    put(ends[1]);
    QI_CHECK_INT(t, qi_poller_wait(&p, r, 4, INT64_MAX), 1);
    QI_CHECK(t, r[0].owner == &a_owner);
    QI_CHECK_INT(t, r[0].what, QI_READABLE);
    close(ends[0]);
    close(ends[1]);
    qi_poller_close(&p);
}

static void a_watch_fires_once_until_it_is_renewed(QiTest *t) {
    QiPoller p = opened(t);
    int ends[2], error = 0;
    QiReadiness r[4];
    QI_CHECK(t, pipe(ends) == 0);
    put(ends[1]);
    QI_CHECK(t, qi_poller_watch(&p, ends[0], QI_READABLE, &a_owner, &error));
    QI_CHECK_INT(t, qi_poller_wait(&p, r, 4, 0), 1);
    QI_CHECK_INT(t, qi_poller_wait(&p, r, 4, 0), 0);
    QI_CHECK(t, qi_poller_watch(&p, ends[0], QI_READABLE, &b_owner, &error));
    QI_CHECK_INT(t, qi_poller_wait(&p, r, 4, 0), 1);
    QI_CHECK(t, r[0].owner == &b_owner);
    qi_poller_forget(&p, ends[0]);
    close(ends[0]);
    close(ends[1]);
    qi_poller_close(&p);
}

static void the_end_of_the_writer_is_readiness(QiTest *t) {
    QiPoller p = opened(t);
    int ends[2], error = 0;
    QiReadiness r[4];
    QI_CHECK(t, pipe(ends) == 0);
    QI_CHECK(t, qi_poller_watch(&p, ends[0], QI_READABLE, &a_owner, &error));
    close(ends[1]);
    QI_CHECK_INT(t, qi_poller_wait(&p, r, 4, INT64_MAX), 1);
    QI_CHECK(t, (r[0].what & QI_READABLE) != 0);
    close(ends[0]);
    qi_poller_close(&p);
}

static void a_socket_in_both_directions(QiTest *t) {
    QiPoller p = opened(t);
    int ends[2], error = 0;
    QiReadiness r[4];
    QI_CHECK(t, socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    QI_CHECK(t, qi_poller_watch(&p, ends[0], QI_READABLE | QI_WRITABLE, &a_owner, &error));
    QI_CHECK_INT(t, qi_poller_wait(&p, r, 4, 0), 1);
    QI_CHECK_INT(t, r[0].what, QI_WRITABLE);
    put(ends[1]);
    QI_CHECK(t, qi_poller_watch(&p, ends[0], QI_READABLE | QI_WRITABLE, &a_owner, &error));
    QI_CHECK_INT(t, qi_poller_wait(&p, r, 4, 0), 1);
    QI_CHECK_INT(t, r[0].what, QI_READABLE | QI_WRITABLE);
    close(ends[0]);
    close(ends[1]);
    qi_poller_close(&p);
}

static void what_is_forgotten_is_silent(QiTest *t) {
    QiPoller p = opened(t);
    int ends[2], error = 0;
    QiReadiness r[4];
    QI_CHECK(t, pipe(ends) == 0);
    QI_CHECK(t, qi_poller_watch(&p, ends[0], QI_READABLE, &a_owner, &error));
    qi_poller_forget(&p, ends[0]);
    put(ends[1]);
    QI_CHECK_INT(t, qi_poller_wait(&p, r, 4, 0), 0);
    close(ends[0]);
    close(ends[1]);
    qi_poller_close(&p);
}

static void more_is_ready_than_fits(QiTest *t) {
    enum { N = 100 };
    QiPoller p = opened(t);
    static int owners[N];
    int ends[N][2], error = 0;
    for (int i = 0; i < N; i++) {
        QI_CHECK(t, pipe(ends[i]) == 0);
        put(ends[i][1]);
        QI_CHECK(t, qi_poller_watch(&p, ends[i][0], QI_READABLE, &owners[i], &error));
    }
    QiReadiness r[7];
    int seen = 0;
    for (size_t n; (n = qi_poller_wait(&p, r, 7, 0)) != 0;) {
        for (size_t i = 0; i < n; i++) (*(int *)r[i].owner)++;
        seen += (int)n;
    }
    QI_CHECK_INT(t, seen, N);
    for (int i = 0; i < N; i++) {
        QI_CHECK_INT(t, owners[i], 1);
        close(ends[i][0]);
        close(ends[i][1]);
    }
    qi_poller_close(&p);
}

static void what_cannot_be_waited_for_is_told(QiTest *t) {
    QiPoller p = opened(t);
    int error = 0;
    char path[] = "/tmp/qi-poller-XXXXXX";
    int file = mkstemp(path);
    QI_CHECK(t, file >= 0);
    unlink(path);
    QI_CHECK(t, !qi_poller_watch(&p, file, QI_READABLE, &a_owner, &error));
    QI_CHECK_INT(t, error, EPERM);
    close(file);
    QI_CHECK(t, !qi_poller_watch(&p, file, QI_READABLE, &a_owner, &error));
    QI_CHECK_INT(t, error, EBADF);
    qi_poller_close(&p);
}

static void a_wait_ends_in_time_and_not_before(QiTest *t) {
    QiPoller p = opened(t);
    QiReadiness r[4];
    int64_t until = qi_clock_monotonic_ns() + 3000000;
    QI_CHECK_INT(t, qi_poller_wait(&p, r, 4, until), 0);
    QI_CHECK(t, qi_clock_monotonic_ns() >= until);
    qi_poller_close(&p);
}

static void *wake_soon(void *arg) {
    int64_t until = qi_clock_monotonic_ns() + 2000000;
    while (qi_clock_monotonic_ns() < until) {}
    qi_poller_wake(arg);
    return NULL;
}

static void a_wake_ends_the_wait_or_the_next_one(QiTest *t) {
    QiPoller p = opened(t);
    QiReadiness r[4];
    qi_poller_wake(&p);
    qi_poller_wake(&p);
    QI_CHECK_INT(t, qi_poller_wait(&p, r, 4, INT64_MAX), 0);
    QiOsThread thread;
    QI_CHECK(t, qi_os_thread_start(&thread, 0, wake_soon, &p));
    QI_CHECK_INT(t, qi_poller_wait(&p, r, 4, INT64_MAX), 0);
    qi_os_thread_join(thread);
    qi_poller_close(&p);
}

int main(void) {
    QiTest t = {0};
    QI_RUN(&t, a_pipe_becomes_readable);
    QI_RUN(&t, a_watch_fires_once_until_it_is_renewed);
    QI_RUN(&t, the_end_of_the_writer_is_readiness);
    QI_RUN(&t, a_socket_in_both_directions);
    QI_RUN(&t, what_is_forgotten_is_silent);
    QI_RUN(&t, more_is_ready_than_fits);
    QI_RUN(&t, what_cannot_be_waited_for_is_told);
    QI_RUN(&t, a_wait_ends_in_time_and_not_before);
    QI_RUN(&t, a_wake_ends_the_wait_or_the_next_one);
    return qi_test_end(&t);
}
