/*
 * signals_posix.c — signals.h for POSIX systems.
 *
 * Memory orders: the handler may run on any thread; the descriptor and the count are atomics that carry no other data.
 */
#include "signals.h"

#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#define WAIT_MAX 16u

static atomic_bool watched;
static atomic_int pipe_end = -1;
static atomic_uint interrupts;
static struct sigaction old_interrupt, old_quit;

bool qi_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0; }

void qi_pipe_close(int ends[2]) {
    close(ends[0]);
    close(ends[1]);
}

void qi_pipe_put(int end, char byte) { (void)!write(end, &byte, 1); }

size_t qi_pipe_take(int end, char *bytes, size_t cap) {
    ssize_t n = read(end, bytes, cap);
    return n > 0 ? (size_t)n : 0;
}

void qi_wait_readable(const int *fds, bool *ready, size_t n, int timeout_ms) {
    struct pollfd list[WAIT_MAX];
    for (size_t i = 0; i < n; i++) list[i] = (struct pollfd){.fd = fds[i], .events = POLLIN};
    const int64_t deadline = qi_clock_monotonic_ns() + (int64_t)timeout_ms * 1000000;
    int found;
    while ((found = poll(list, (nfds_t)n, timeout_ms)) < 0 && errno == EINTR) {
        if (timeout_ms < 0) continue;
        int64_t left = (deadline - qi_clock_monotonic_ns() + 999999) / 1000000;
        timeout_ms = left > 0 ? (int)left : 0;
    }
    for (size_t i = 0; i < n; i++) ready[i] = found > 0 && list[i].revents != 0;
}

static void on_signal(int number) {
    int saved = errno;
    if (number == SIGINT && atomic_fetch_add(&interrupts, 1) > 0) {
        signal(SIGINT, SIG_DFL);
        raise(SIGINT); /* blocked here: it ends the process when the handler returns */
    } else {
        int end = atomic_load(&pipe_end);
        if (end >= 0) qi_pipe_put(end, number == SIGINT ? QI_SIGNAL_INTERRUPT : QI_SIGNAL_QUIT);
    }
    errno = saved;
}

static void install(int number, struct sigaction *old) {
    struct sigaction action = {.sa_flags = SA_RESTART};
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    sigaction(number, NULL, old);
    if ((old->sa_flags & SA_SIGINFO) != 0 || old->sa_handler != SIG_IGN) sigaction(number, &action, NULL);
}

bool qi_signals_watch(int end) {
    if (atomic_exchange(&watched, true)) return false;
    atomic_store(&interrupts, 0);
    atomic_store(&pipe_end, end);
    install(SIGINT, &old_interrupt);
    install(SIGQUIT, &old_quit);
    return true;
}

void qi_signals_unwatch(void) {
    sigaction(SIGINT, &old_interrupt, NULL);
    sigaction(SIGQUIT, &old_quit, NULL);
    atomic_store(&pipe_end, -1);
    atomic_store(&watched, false);
}
