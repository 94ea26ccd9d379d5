/*
 * ticker.c — the thread that reminds busy workers of the others.
 *
 * While it is on, it asks the worker to poll every 10 ms, or when the next timer
 * is due if that is sooner. It is on only while a task runs that others wait behind:
 * the first task queued behind a running one turns it on (and starts the thread, so
 * a program without tasks has none); a poll that finds neither ready tasks
 * nor timers, or a long sleep, turns it off. Off, the thread waits on a condition
 * and costs nothing.
 *
 * Invariants
 * - worker->ticking mirrors `on` for the worker, which alone writes both. With several workers it goes off when all are idle
 *   (workers.c), under the scheduler's lock.
 * - The thread touches of the worker only poll and limit (relaxed atomics).
 * - Without a thread (the system gives none) the worker counts back-edges as in
 *   deterministic mode, so loops are still interrupted.
 *
 * Lock: ticker.mutex guards on and stop; nothing else is taken inside it.
 * Rejected: SIGALRM (an embedder's signals are not ours); a counter in every loop (3% of
 * tight loops).
 */
#include "internal.h"

#define PERIOD_NS 10000000ll
#define SHORTEST_NS 1000000ll
#define THREAD_STACK (64u * 1024u)
#define FALLBACK_SLICE 20000u

static void *run(void *arg) {
    QiSched *s = arg;
    QiTicker *t = &s->ticker;
    qi_os_mutex_lock(&t->mutex);
    while (!t->stop) {
        if (!t->on) {
            qi_os_cond_wait(&t->cond, &t->mutex);
            continue;
        }
        int64_t now = qi_clock_monotonic_ns(), until = now + PERIOD_NS;
        int64_t timer = atomic_load_explicit(&t->next_timer, memory_order_relaxed);
        if (timer < until) until = timer > now + SHORTEST_NS ? timer : now + SHORTEST_NS;
        while (!t->stop && qi_os_cond_wait_until(&t->cond, &t->mutex, until)) continue;
        now = qi_clock_monotonic_ns();
        for (uint32_t i = 0; t->on && !t->stop && i < s->config.workers; i++) {
            QiWorker *w = &s->workers[i];
            bool waits = (atomic_load_explicit(&w->poll, memory_order_relaxed) & QI_POLL_PREEMPT) != 0;
            if (!waits) atomic_store_explicit(&w->asked_at, now, memory_order_relaxed);
            qi_worker_request(w, QI_POLL_PREEMPT);
        }
    }
    qi_os_mutex_unlock(&t->mutex);
    return NULL;
}

static bool start(QiSched *s) {
    QiTicker *t = &s->ticker;
    if (!t->initialised) {
        if (!qi_os_mutex_init(&t->mutex)) return false;
        if (!qi_os_cond_init(&t->cond)) {
            qi_os_mutex_destroy(&t->mutex);
            return false;
        }
        t->initialised = true;
    }
    t->started = qi_os_thread_start(&t->thread, THREAD_STACK, run, s);
    return t->started;
}

QI_COLD void qi_ticker_arm(QiWorker *w) {
    QiSched *s = w->sched;
    QiTicker *t = &s->ticker;
    /* With priorities `ticking` stays off (priority.c). */
    if (s->prioritised && (t->on || s->config.deterministic || (atomic_load_explicit(&w->poll, memory_order_relaxed) & QI_POLL_SLICE) != 0)) return;
    w->ticking = !s->prioritised;
    if (!t->started && !start(s)) {
        w->slice = FALLBACK_SLICE;
        atomic_fetch_or_explicit(&w->poll, QI_POLL_SLICE, memory_order_relaxed);
        return;
    }
    qi_os_mutex_lock(&t->mutex);
    t->on = true;
    qi_os_cond_signal(&t->cond);
    qi_os_mutex_unlock(&t->mutex);
}

void qi_ticker_disarm(QiWorker *w) {
    QiTicker *t = &w->sched->ticker;
    if (!t->started) return;
    w->ticking = false;
    qi_os_mutex_lock(&t->mutex);
    t->on = false;
    qi_os_mutex_unlock(&t->mutex);
}

void qi_ticker_free(QiSched *s) {
    QiTicker *t = &s->ticker;
    if (t->started) {
        qi_os_mutex_lock(&t->mutex);
        t->stop = true;
        qi_os_cond_signal(&t->cond);
        qi_os_mutex_unlock(&t->mutex);
        qi_os_thread_join(t->thread);
    }
    if (!t->initialised) return;
    qi_os_cond_destroy(&t->cond);
    qi_os_mutex_destroy(&t->mutex);
}
