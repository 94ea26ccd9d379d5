/*
 * pool.c — threads for work that would hold up a worker: a long computation, a call of the system that blocks.
 *
 * A native hands its work over (qi_offload, native.h); its task parks, and the worker goes on with others. A thread of the pool does the
 * work, and the first worker that comes to a safepoint after that gives the task its result: it wakes with its value, as from a channel.
 * The shape is that of libuv's uv_queue_work: one function for the thread, one for the loop.
 *
 * - Threads are started on demand, up to a limit, and end when there was nothing to do for a while. Work that finds all of them busy
 *   waits its turn, first come, first served.
 * - A thread tells of finished work as somebody outside asks for something (attend.c), so idle workers wake and no wake-up is lost. It
 *   tells once for all that is done until a worker comes to take it.
 * - Work that somebody waits for can wake a task, so it counts against a deadlock (npool); such a task is no leak.
 * - Cancelling a task wakes it at once. Its work is dropped if it has not begun; else it goes on, as nothing can stop it, and what
 *   comes of it is thrown away.
 * - The end of the program waits for no work. The scheduler lets go of the pool; threads that are still at it finish, free what they
 *   have and end. They hold nothing of the program; the addon stays loaded for them (binding.gyp).
 * - In deterministic mode, and when the system gives no thread, the worker does the work itself.
 *
 * Invariants
 * - A pool belongs to its holders, the scheduler and its threads; who is last frees it. Threads touch the scheduler only between two
 *   changes of ntelling, for which closing waits: moments, as they do nothing but ask.
 * - Each piece of work is released once: by who takes it out, or by the thread when it was abandoned.
 * - A program that hands nothing over has no pool, and nothing on any path looks for one.
 *
 * Lock: the pool's mutex comes after the scheduler's, and is never held while work runs or the scheduler is told.
 *
 * Rejected: handing a worker's other tasks to a fresh thread when it blocks, as Go does with its Ps. It suits system calls that may or may not
 * block, but a worker here is more than a queue: heap front, stack pool and the interpreter's registers would have to move, with one worker
 * there is no second one to move them to, and it bounds nothing: a thousand computations make a thousand threads. Work that reads
 * strings of the heap in place: objects do not move, but then the end of the program would have to wait for it; copying a MiB and handing it
 * over costs a tenth of hashing it. A pool for all programs of the process: it would be a global, and one program could hold up another.
 */
#include "pool.h"

#include <assert.h>
#include <stdlib.h>

#include "internal.h"

#define THREADS 4u
#define IDLE_NS 5000000000ll
/* Room for what natives may call: getaddrinfo, the file system. */
#define STACK_BYTES ((size_t)1 << 20)

/* --- lists ---------------------------------------------------------------------- */

static void append(QiPoolList *l, QiPoolWork *work) {
    work->next = NULL;
    work->prev = l->tail;
    *(l->tail != NULL ? &l->tail->next : &l->head) = work;
    l->tail = work;
}

static void unlink_from(QiPoolList *l, QiPoolWork *work) {
    *(work->prev != NULL ? &work->prev->next : &l->head) = work->next;
    *(work->next != NULL ? &work->next->prev : &l->tail) = work->prev;
}

static void discard(QiPoolWork *work) {
    work->offload.release(work->offload.data);
    free(work);
}

static void discard_all(QiPoolWork *work) {
    for (QiPoolWork *next; work != NULL; work = next) {
        next = work->next;
        discard(work);
    }
}

/* --- life of a pool ------------------------------------------------------------------ */

static QiPool *pool_new(QiSched *s) {
    QiPool *p = calloc(1, sizeof *p);
    if (p == NULL) return NULL;
    const QiSchedConfig *c = &s->config;
    p->sched = s;
    p->nholders = 1;
    p->limit = c->pool_threads != 0 ? c->pool_threads : THREADS;
    p->idle_ns = c->pool_idle_ns != 0 ? c->pool_idle_ns : IDLE_NS;
    p->stack_bytes = c->pool_stack_bytes != 0 ? c->pool_stack_bytes : STACK_BYTES;
    if (qi_os_mutex_init(&p->mutex)) {
        if (qi_os_cond_init(&p->more)) {
            if (qi_os_cond_init(&p->quiet)) return p;
            qi_os_cond_destroy(&p->more);
        }
        qi_os_mutex_destroy(&p->mutex);
    }
    free(p);
    return NULL;
}

/* Gives back the mutex, and what the caller holds of the pool. */
static void unlock_and_let_go(QiPool *p) {
    const bool last = --p->nholders == 0;
    qi_os_mutex_unlock(&p->mutex);
    if (!last) return;
    qi_os_cond_destroy(&p->quiet);
    qi_os_cond_destroy(&p->more);
    qi_os_mutex_destroy(&p->mutex);
    free(p);
}

/* --- threads ------------------------------------------------------------------------------ */

/* Tells the scheduler that something is done; in the mutex, which is given back meanwhile. */
static void tell(QiPool *p) {
    QiSched *s = p->sched;
    p->ntelling++;
    qi_os_mutex_unlock(&p->mutex);
    qi_sched_ask(s, QI_ASK_POOL);
    qi_os_mutex_lock(&p->mutex);
    if (--p->ntelling == 0 && p->sched == NULL) qi_os_cond_signal(&p->quiet);
}

/* Does the first that waits; in the mutex, which is given back meanwhile. */
static void do_one(QiPool *p) {
    QiPoolWork *work = p->waiting.head;
    unlink_from(&p->waiting, work);
    p->nwaiting--;
    work->state = QI_POOL_RUNNING;
    qi_os_mutex_unlock(&p->mutex);
    work->offload.work(work->offload.data);
    qi_os_mutex_lock(&p->mutex);
    if (work->state == QI_POOL_ABANDONED || p->sched == NULL) {
        qi_os_mutex_unlock(&p->mutex);
        discard(work);
        qi_os_mutex_lock(&p->mutex);
        return;
    }
    work->state = QI_POOL_DONE;
    const bool first = p->done.head == NULL;
    append(&p->done, work);
    if (first) tell(p);
}

static void *run(void *arg) {
    QiPool *p = arg;
    qi_os_thread_name("qi-pool");
    qi_os_mutex_lock(&p->mutex);
    bool bored = false;
    while (!bored || p->nwaiting != 0) {
        if (p->nwaiting != 0) {
            do_one(p);
            continue;
        }
        if (p->sched == NULL) break;
        const int64_t until = qi_clock_monotonic_ns() + p->idle_ns;
        p->nidle++;
        bored = false;
        while (!bored && p->nwaiting == 0 && p->sched != NULL) bored = !qi_os_cond_wait_until(&p->more, &p->mutex, until);
        p->nidle--;
    }
    p->nthreads--;
    unlock_and_let_go(p);
    return NULL;
}

/* There is more work than idle threads: starts one, if there may be more. false: nobody will do the work. */
static bool staff(QiPool *p) {
    if (p->nwaiting <= p->nidle) {
        qi_os_cond_signal(&p->more);
        return true;
    }
    if (p->nthreads < p->limit && qi_os_thread_start_detached(p->stack_bytes, run, p)) {
        p->nthreads++;
        p->nholders++;
    }
    return p->nthreads != 0;
}

/* --- the scheduler's side ------------------------------------------------------------------- */

/* Hands the work over. NULL: nobody will do it. */
static QiPoolWork *submit(QiWorker *w, const QiOffload *offload, QiValue *result) {
    QiSched *s = w->sched;
    if (s->pool == NULL && (s->pool = pool_new(s)) == NULL) return NULL;
    QiPool *p = s->pool;
    QiPoolWork *work = malloc(sizeof *work);
    if (work == NULL) return NULL;
    *work = (QiPoolWork){.state = QI_POOL_WAITING, .offload = *offload, .task = qi_co_task(w->current), .result = result};
    qi_os_mutex_lock(&p->mutex);
    append(&p->waiting, work);
    p->nwaiting++;
    const bool taken = staff(p);
    if (!taken) {
        unlink_from(&p->waiting, work);
        p->nwaiting--;
    }
    qi_os_mutex_unlock(&p->mutex);
    if (taken) return work;
    free(work);
    return NULL;
}

static void commit_work(QiWorker *w, QiCoroutine *task, void *arg) {
    w->sched->npool++;
    task->u.work = arg;
}

QiStatus qi_offload(QiContext *w, const QiOffload *offload, QiValue *result) {
    qi_sched_enter(w);
    QiStatus status = qi_cancel_point(w);
    if (status == QI_OK && !w->sched->config.deterministic) {
        QiPoolWork *work = submit(w, offload, result);
        if (work != NULL) status = qi_park_inline(w, QI_WAIT_POOL, NULL, commit_work, work);
    }
    qi_sched_leave(w);
    if (status == QI_PARKED) return status;
    if (status == QI_OK) {
        offload->work(offload->data);
        status = offload->done(w, offload->data, offload->type, result);
    }
    offload->release(offload->data);
    return status;
}

static void deliver(QiWorker *w, const QiPoolWork *work) {
    QiCoroutine *task = work->task;
    const QiStatus status = work->offload.done(w, work->offload.data, work->offload.type, work->result);
    assert(status != QI_PARKED);
    w->sched->npool--;
    if (status == QI_THROW) {
        QiError *e = w->error;
        w->error = NULL;
        qi_ready_throw(w, task, e);
        return;
    }
    if (work->offload.type->is_ref) qi_slot_given(task, work->result);
    qi_ready_inline(w, task);
}

QI_COLD void qi_pool_harvest(QiWorker *w) {
    QiPool *p = w->sched->pool;
    if (p == NULL) return;
    qi_os_mutex_lock(&p->mutex);
    QiPoolWork *first = p->done.head;
    p->done = (QiPoolList){0};
    qi_os_mutex_unlock(&p->mutex);
    for (QiPoolWork *work = first; work != NULL; work = work->next) deliver(w, work);
    discard_all(first);
}

void qi_pool_withdraw(QiWorker *w, QiCoroutine *task) {
    QiSched *s = w->sched;
    QiPool *p = s->pool;
    QiPoolWork *work = task->u.work;
    s->npool--;
    qi_os_mutex_lock(&p->mutex);
    const QiPoolState state = work->state;
    if (state == QI_POOL_RUNNING) {
        work->state = QI_POOL_ABANDONED;
    } else if (state == QI_POOL_WAITING) {
        unlink_from(&p->waiting, work);
        p->nwaiting--;
    } else {
        unlink_from(&p->done, work);
    }
    qi_os_mutex_unlock(&p->mutex);
    if (state != QI_POOL_RUNNING) discard(work);
}

void qi_pool_close(QiSched *s) {
    QiPool *p = s->pool;
    if (p == NULL) return;
    s->pool = NULL;
    s->npool = 0;
    qi_os_mutex_lock(&p->mutex);
    p->sched = NULL;
    QiPoolWork *waiting = p->waiting.head, *done = p->done.head;
    p->waiting = p->done = (QiPoolList){0};
    p->nwaiting = 0;
    qi_os_cond_broadcast(&p->more);
    while (p->ntelling != 0) qi_os_cond_wait(&p->quiet, &p->mutex);
    unlock_and_let_go(p);
    discard_all(waiting);
    discard_all(done);
}
