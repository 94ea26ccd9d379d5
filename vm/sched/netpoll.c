/*
 * netpoll.c — tasks that wait until a descriptor can be read or written.
 *
 * An operation is a function that tries and never blocks (QiIoOperation). It is tried at once; when it cannot go on, its task parks,
 * and the worker that hears of readiness tries again on its behalf: the task wakes with its result, as from a channel. So a native
 * needs no second entry, and a readiness that another reader used up costs nothing but the try.
 *
 * Who listens
 * - A worker with nothing to do waits in the poller instead of in its condition, one of them at a time (`polling`); a wake-up for work
 *   then goes through the poller, too.
 * - While all workers are busy, ticks look.
 * - In deterministic mode nobody: the operation blocks, for the outcome must not depend on when input arrives.
 *
 * Invariants
 * - Each descriptor has one queue and, while that is not empty, one watch in the poller, for the directions its waits ask for. First come, first served.
 * - A wait belongs to its parked task (u.io) and is freed before that is ready.
 * - Everything here happens in the scheduler's lock; only the poller's wait itself does not.
 *
 * See Go's netpoll and libuv's uv__io_t for the known designs. Rejected: a thread that does nothing but poll (two more switches of the
 * system for each event), and waking tasks to try for themselves (an instruction that runs twice would need its own live-ref map).
 */
#include "netpoll.h"

#include <errno.h>
#include <stdlib.h>

#include "internal.h"

#define EVENTS 64u

_Static_assert(QI_IO_READ == QI_READABLE && QI_IO_WRITE == QI_WRITABLE, "what natives ask for is what the poller takes");

/* --- queues ------------------------------------------------------------------ */

/* Room for fd's queue, and the poller. false: the errno is in *error, ENOMEM or what the system says. */
static bool reserve(QiNetpoll *n, int fd, int *error) {
    if (!atomic_load_explicit(&n->open, memory_order_relaxed)) {
        if (!qi_poller_open(&n->poller, error)) return false;
        /* Other threads wake the poller, once they see it (qi_netpoll_wake). */
        atomic_store_explicit(&n->open, true, memory_order_release);
    }
    if ((uint32_t)fd < n->nqueues) return true;
    uint32_t count = n->nqueues == 0 ? 16 : n->nqueues;
    while (count <= (uint32_t)fd) count *= 2;
    QiIoQueue *queues = realloc(n->queues, count * sizeof *queues);
    *error = ENOMEM;
    if (queues == NULL) return false;
    memset(queues + n->nqueues, 0, (count - n->nqueues) * sizeof *queues);
    n->queues = queues;
    n->nqueues = count;
    return true;
}

static void append(QiNetpoll *n, QiIoWait *wait) {
    QiIoQueue *q = &n->queues[wait->operation.fd];
    wait->next = NULL;
    wait->prev = q->tail;
    *(q->tail != NULL ? &q->tail->next : &q->head) = wait;
    q->tail = wait;
    n->nwaits++;
}

static void drop(QiNetpoll *n, QiIoWait *wait) {
    QiIoQueue *q = &n->queues[wait->operation.fd];
    *(wait->prev != NULL ? &wait->prev->next : &q->head) = wait->next;
    *(wait->next != NULL ? &wait->next->prev : &q->tail) = wait->prev;
    n->nwaits--;
    free(wait);
}

/* The poller knows a descriptor by its number; 0 is taken (poller.h). */
static void *owner_of(int fd) { return (void *)((uintptr_t)(unsigned)fd + 1); }
static int fd_of(const void *owner) { return (int)((uintptr_t)owner - 1); }

/* Listens for what the waits of fd need, or no longer. false: *error. */
static bool rewatch(QiNetpoll *n, int fd, int *error) {
    uint32_t what = 0;
    for (const QiIoWait *wait = n->queues[fd].head; wait != NULL; wait = wait->next) what |= wait->operation.what;
    if (what != 0) return qi_poller_watch(&n->poller, fd, what, owner_of(fd), error);
    qi_poller_forget(&n->poller, fd);
    return true;
}

void qi_netpoll_wake(QiSched *s) {
    if (atomic_load_explicit(&s->net.open, memory_order_acquire)) qi_poller_wake(&s->net.poller);
}

/* --- waking ---------------------------------------------------------------------- */

static QiStatus attempt(QiWorker *w, const QiIoWait *wait) {
    return wait->operation.try(w, wait->operation.data, wait->operation.type, wait->result);
}

/* Tries the operation of a parked task. false: it has to wait on. */
static bool try_for(QiWorker *w, QiIoWait *wait) {
    QiStatus status = attempt(w, wait);
    if (status == QI_PARKED) return false;
    QiCoroutine *task = wait->task;
    QiValue *result = wait->result;
    bool reference = wait->operation.type->is_ref;
    drop(&w->sched->net, wait);
    if (status == QI_THROW) {
        QiError *e = w->error;
        w->error = NULL;
        qi_ready_throw(w, task, e);
        return true;
    }
    if (reference) qi_slot_given(task, result);
    qi_ready_inline(w, task);
    return true;
}

/* fd is ready for `what`: those who can go on do, in their order. */
static void serve(QiWorker *w, int fd, uint32_t what) {
    QiNetpoll *n = &w->sched->net;
    for (QiIoWait *wait = n->queues[fd].head, *next; wait != NULL; wait = next) {
        next = wait->next;
        if ((wait->operation.what & what) != 0 && !try_for(w, wait)) what &= ~wait->operation.what;
    }
    int error;
    /* A descriptor that was closed meanwhile is of no more use to anybody: the next try says so. */
    if (!rewatch(n, fd, &error)) {
        for (QiIoWait *wait = n->queues[fd].head, *next; wait != NULL; wait = next) {
            next = wait->next;
            try_for(w, wait);
        }
    }
}

static void serve_all(QiWorker *w, const QiReadiness *events, size_t count) {
    for (size_t i = 0; i < count; i++) {
        int fd = fd_of(events[i].owner);
        if ((uint32_t)fd < w->sched->net.nqueues && w->sched->net.queues[fd].head != NULL) serve(w, fd, events[i].what);
    }
}

QI_COLD void qi_netpoll_look(QiWorker *w) {
    QiNetpoll *n = &w->sched->net;
    /* Whoever waits in the poller will hear of it. */
    if (n->nwaits == 0 || n->polling) return;
    QiReadiness events[EVENTS];
    serve_all(w, events, qi_poller_wait(&n->poller, events, EVENTS, 0));
}

QI_COLD void qi_netpoll_wait(QiWorker *w, int64_t until) {
    QiSched *s = w->sched;
    QiReadiness events[EVENTS];
    s->net.polling = true;
    if (w->shared) qi_sched_step_out(w);
    size_t count = qi_poller_wait(&s->net.poller, events, EVENTS, until);
    if (w->shared) {
        if (!qi_sched_try_step_in(w)) {
            /* A worker may keep the lock while it is the only one at work (spread.c). */
            for (uint32_t i = 0; count != 0 && i < s->config.workers; i++) qi_worker_request(&s->workers[i], QI_POLL_ATTEND);
            qi_sched_step_in(w);
        }
    }
    s->net.polling = false;
    serve_all(w, events, count);
}

/* --- waiting ------------------------------------------------------------------------ */

static void commit_io(QiWorker *w, QiCoroutine *task, void *arg) {
    (void)w;
    task->u.io = arg;
}

static QiStatus throw_io(QiWorker *w, const char *name, int error) {
    if (error == ENOMEM) return qi_throw_memory(w);
    const char *reason = strerror(error);
    const QiErrorArg args[] = {
        {.name = "路径", .text = name, .len = strlen(name)},
        {.name = "原因", .text = reason, .len = strlen(reason)},
    };
    return qi_throw_code(w, 8001, args, 2);
}

/* Deterministic mode: the worker itself waits until the operation is done or somebody asks something of the program. */
static QiStatus block(QiWorker *w, QiIoWait *wait) {
    QiNetpoll *n = &w->sched->net;
    QiStatus status;
    while ((status = attempt(w, wait)) == QI_PARKED) {
        int error;
        QiReadiness event;
        if (!rewatch(n, wait->operation.fd, &error)) return throw_io(w, wait->operation.name, error);
        qi_poller_wait(&n->poller, &event, 1, INT64_MAX);
        if ((status = qi_worker_attend(w)) != QI_OK) break;
    }
    return status;
}

QiStatus qi_io_wait(QiContext *w, const QiIoOperation *operation, QiValue *result) {
    QiSched *s = w->sched;
    QiNetpoll *n = &s->net;
    const uint32_t fd = (uint32_t)operation->fd;
    if (qi_cancel_point(w) != QI_OK) return QI_THROW;
    bool behind = fd < n->nqueues && n->queues[fd].head != NULL;
    QiStatus status = behind ? QI_PARKED : operation->try(w, operation->data, operation->type, result);
    if (status != QI_PARKED) return status;

    int error = ENOMEM;
    QiIoWait *wait = reserve(n, operation->fd, &error) ? malloc(sizeof *wait) : NULL;
    if (wait == NULL) return throw_io(w, operation->name, error);
    *wait = (QiIoWait){.task = qi_co_task(w->current), .operation = *operation, .result = result};
    append(n, wait);
    if (s->config.deterministic) {
        status = block(w, wait);
        drop(n, wait);
        return status;
    }
    if (!rewatch(n, operation->fd, &error)) {
        drop(n, wait);
        return throw_io(w, operation->name, error);
    }
    /* Others run meanwhile: ticks make them look. Or an idle worker listens, instead of sleeping in its condition. */
    if (!w->ticking) qi_ticker_arm(w);
    if (w->shared && !n->polling && s->nidle > 0) qi_os_cond_signal(&s->work);
    return qi_park_inline(w, QI_WAIT_IO, NULL, commit_io, wait);
}

void qi_netpoll_withdraw(QiWorker *w, QiCoroutine *task) {
    QiNetpoll *n = &w->sched->net;
    int fd = task->u.io->operation.fd, error;
    drop(n, task->u.io);
    /* What the others ask for is watched already. */
    if (n->queues[fd].head == NULL) (void)rewatch(n, fd, &error);
}

void qi_netpoll_free(QiSched *s) {
    QiNetpoll *n = &s->net;
    for (uint32_t fd = 0; fd < n->nqueues; fd++) {
        while (n->queues[fd].head != NULL) drop(n, n->queues[fd].head);
    }
    free(n->queues);
    if (atomic_load_explicit(&n->open, memory_order_relaxed)) qi_poller_close(&n->poller);
}
