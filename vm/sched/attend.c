/*
 * attend.c — what other threads ask of a running program: to be cancelled, to be looked at, to take what they have done for it.
 *
 * Asking sets a bit and makes every worker poll; the first that comes to a safepoint serves it, inside the lock and with its
 * state stored. A dump wants all frames, so it asks for a collection, and happens when the world stands still for that.
 *
 * Invariants
 * - Nothing here is on a path of a program that nobody asks anything: a poll that is due for it looks like any other.
 * - No request is lost: the bit is set before the workers are asked to poll, and idle ones are woken inside the lock; who clears polls that
 *   may be younger than what they were cleared for looks at the bit again (qi_sched_ask_again).
 *
 * Rejected: doing the work on the thread that asks. With one worker nothing here has a lock to take.
 */
#include "cancelled.h"
#include "internal.h"

void qi_sched_ask(QiSched *s, uint32_t what) {
    atomic_fetch_or_explicit(&s->asked, what, memory_order_release);
    /* Whoever clears the polls, and with them these, sees what is asked. */
    atomic_thread_fence(memory_order_release);
    uint32_t poll = QI_POLL_ATTEND | ((what & QI_ASK_STILL) != 0 ? QI_POLL_GC : 0);
    /* Before the lock: a worker that keeps it (spread.c) gives it back for this. */
    for (uint32_t i = 0; i < s->config.workers; i++) qi_worker_request(&s->workers[i], poll);
    qi_os_mutex_lock(&s->lock);
    qi_os_cond_broadcast(&s->work);
    qi_netpoll_wake(s);
    qi_os_mutex_unlock(&s->lock);
}

void qi_sched_ask_again(QiSched *s) {
    atomic_thread_fence(memory_order_acquire);
    if ((atomic_load_explicit(&s->asked, memory_order_relaxed) & QI_ASK_STILL) == 0) return;
    for (uint32_t i = 0; i < s->config.workers; i++) qi_worker_request(&s->workers[i], QI_POLL_GC);
}

QI_COLD void qi_sched_attend(QiWorker *w) {
    QiSched *s = w->sched;
    atomic_fetch_and_explicit(&w->poll, ~QI_POLL_ATTEND, memory_order_relaxed);
    s->narrow = false;
    qi_spread_stop_alone(w);
    uint32_t asked = atomic_fetch_and_explicit(&s->asked, QI_ASK_STILL, memory_order_acquire);
    if ((asked & QI_ASK_CANCEL) != 0 && s->main != NULL) {
        s->interrupted = true;
        qi_task_cancel_for(w, s->main, QI_CANCEL_INTERRUPT);
    }
    if ((asked & QI_ASK_POOL) != 0) qi_pool_harvest(w);
    if ((asked & QI_ASK_STATS) != 0) s->config.answer(s->config.user, w, QI_ASK_STATS);
}

QI_COLD void qi_sched_inspect(QiWorker *w) {
    QiSched *s = w->sched;
    uint32_t asked = atomic_fetch_and_explicit(&s->asked, ~QI_ASK_STILL, memory_order_acquire);
    if ((asked & QI_ASK_DUMP) != 0) s->config.answer(s->config.user, w, QI_ASK_DUMP);
    if ((asked & QI_ASK_INSPECT) != 0) s->config.answer(s->config.user, w, QI_ASK_INSPECT);
}

QiStatus qi_worker_attend(QiWorker *w) {
    uint32_t poll = atomic_load_explicit(&w->poll, memory_order_relaxed);
    if ((poll & QI_POLL_ATTEND) != 0) qi_sched_attend(w);
    if ((poll & QI_POLL_GC) != 0) {
        atomic_fetch_and_explicit(&w->poll, ~QI_POLL_GC, memory_order_relaxed);
        qi_worker_collect(w);
    }
    return qi_cancel_point(w);
}

bool qi_sched_interrupted(const QiSched *s) {
    return s->interrupted && qi_handle_state(s->main) == QI_CO_CANCELLED;
}
