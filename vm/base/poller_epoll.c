/*
 * poller_epoll.c — poller.h by epoll and an eventfd.
 *
 * Invariants: epoll_wait itself never sleeps, because it counts in milliseconds; ppoll on the epoll descriptor does, to the nanosecond,
 * as timers of the scheduler are due. The eventfd stands in the epoll set under the owner NULL, which nobody else may use.
 */
#include "poller.h"

#include "platform.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define BATCH 64

bool qi_poller_open(QiPoller *p, int *error) {
    p->waker = -1;
    p->events = epoll_create1(EPOLL_CLOEXEC);
    if (p->events >= 0) p->waker = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct epoll_event e = {.events = EPOLLIN};
    if (p->waker >= 0 && epoll_ctl(p->events, EPOLL_CTL_ADD, p->waker, &e) == 0) return true;
    *error = errno;
    if (p->events >= 0) close(p->events);
    if (p->waker >= 0) close(p->waker);
    p->events = p->waker = -1;
    return false;
}

void qi_poller_close(QiPoller *p) {
    if (p->events < 0) return;
    close(p->events);
    close(p->waker);
    p->events = p->waker = -1;
}

bool qi_poller_watch(QiPoller *p, int fd, uint32_t what, void *owner, int *error) {
    assert(owner != NULL);
    uint32_t events = EPOLLONESHOT | ((what & QI_READABLE) != 0 ? EPOLLIN | EPOLLRDHUP : 0) | ((what & QI_WRITABLE) != 0 ? EPOLLOUT : 0);
    struct epoll_event e = {.events = events, .data.ptr = owner};
    if (epoll_ctl(p->events, EPOLL_CTL_MOD, fd, &e) == 0) return true;
    if (errno == ENOENT && epoll_ctl(p->events, EPOLL_CTL_ADD, fd, &e) == 0) return true;
    *error = errno;
    return false;
}

void qi_poller_forget(QiPoller *p, int fd) { (void)epoll_ctl(p->events, EPOLL_CTL_DEL, fd, NULL); }

/* Sleeps until the epoll descriptor has events or the time has come. */
static void sleep_until(const QiPoller *p, int64_t until) {
    struct pollfd events = {.fd = p->events, .events = POLLIN};
    if (until == INT64_MAX) {
        (void)ppoll(&events, 1, NULL, NULL);
        return;
    }
    int64_t left = until - qi_clock_monotonic_ns();
    if (left <= 0) return;
    struct timespec t = {.tv_sec = (time_t)(left / 1000000000), .tv_nsec = (long)(left % 1000000000)};
    (void)ppoll(&events, 1, &t, NULL);
}

/* What is ready now. Sets *woken when the eventfd is among it, and makes it silent. */
static size_t look(QiPoller *p, QiReadiness *out, size_t cap, bool *woken) {
    struct epoll_event events[BATCH];
    int n = epoll_wait(p->events, events, (int)(cap < BATCH ? cap : BATCH), 0);
    size_t found = 0;
    for (int i = 0; i < n; i++) {
        if (events[i].data.ptr == NULL) {
            uint64_t count;
            (void)!read(p->waker, &count, sizeof count);
            *woken = true;
            continue;
        }
        const uint32_t e = events[i].events, both = (e & (EPOLLERR | EPOLLHUP)) != 0 ? QI_READABLE | QI_WRITABLE : 0;
        uint32_t what = both | ((e & (EPOLLIN | EPOLLRDHUP)) != 0 ? QI_READABLE : 0) | ((e & EPOLLOUT) != 0 ? QI_WRITABLE : 0);
        out[found++] = (QiReadiness){.owner = events[i].data.ptr, .what = what};
    }
    return found;
}

size_t qi_poller_wait(QiPoller *p, QiReadiness *out, size_t cap, int64_t until) {
    bool woken = false;
    for (;;) {
        size_t found = look(p, out, cap, &woken);
        if (found != 0 || woken || until == 0 || (until != INT64_MAX && qi_clock_monotonic_ns() >= until)) return found;
        sleep_until(p, until); /* a signal ends it early: we look again */
    }
}

void qi_poller_wake(QiPoller *p) {
    const int saved = errno;
    (void)!write(p->waker, &(uint64_t){1}, sizeof(uint64_t));
    errno = saved;
}
