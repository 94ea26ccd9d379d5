/*
 * poller.h — waiting for descriptors that become readable or writable: the contract; poller_epoll.c implements it on Linux.
 *
 * Invariants
 * - A watch fires once. Whoever wants to hear again watches again; so no event arrives that nobody waits for, and nothing spins on a
 *   descriptor that stays ready.
 * - Watching and forgetting are allowed on any thread while another one waits; one thread waits at a time.
 * - An error or the end of a peer counts as ready in both directions: the read or write that follows says which.
 * - A wake is not lost: it ends the wait that goes on, or else the next one.
 *
 * The shape fits other systems: kqueue has one-shot filters and user events, io_uring polls once and reads an eventfd, libuv has
 * uv_poll_t and uv_async_t. Rejected: events that stay armed (level or edge): the first needs a system call to become silent, the second
 * readers that always read until nothing is left.
 */
#ifndef QI_BASE_POLLER_H
#define QI_BASE_POLLER_H

#include "base.h"

#define QI_READABLE 1u
#define QI_WRITABLE 2u

typedef struct QiPoller {
    int events; /* the epoll instance; -1: not open */
    int waker;  /* an eventfd */
} QiPoller;

typedef struct QiReadiness {
    void *owner;   /* as given to qi_poller_watch */
    uint32_t what; /* QI_READABLE, QI_WRITABLE */
} QiReadiness;

/* false: the system has no descriptors left; *error is the errno, and nothing has to be closed. */
bool qi_poller_open(QiPoller *p, int *error);
void qi_poller_close(QiPoller *p);

/*
 * Reports owner once when fd is ready for any of `what`; a watch of the same descriptor is replaced. false: *error is the errno, EPERM for what is
 * always ready (a regular file), EBADF for what is no descriptor. The caller keeps fd open until it fired or was forgotten.
 */
bool qi_poller_watch(QiPoller *p, int fd, uint32_t what, void *owner, int *error);
/* Ends a watch, also one that fired. A readiness that qi_poller_wait already gave out is the caller's to drop. */
void qi_poller_forget(QiPoller *p, int fd);

/* Waits until something is ready, qi_poller_wake was called, or the monotonic clock shows `until` nanoseconds (0: looks only; INT64_MAX:
 * forever). How many entries of out, at most cap, were filled. */
size_t qi_poller_wait(QiPoller *p, QiReadiness *out, size_t cap, int64_t until);
/* Ends a wait, or the next one. Allowed on any thread and in signal handlers. */
void qi_poller_wake(QiPoller *p);

#endif
