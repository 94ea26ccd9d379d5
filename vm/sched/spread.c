/*
 * spread.c — over how many workers a program is spread, and keeping the lock while only one is at work.
 *
 * A program that does little else than switch gains nothing from a second worker: the two wait for each other, for the lock and
 * for the cache lines of what they hand over. One that computes gains all of it. Which of the two it is shows only while it
 * runs, so each worker measures itself:
 *
 *     SPREAD ──it costs more than it brings──▶ a worker retires, or, when it is the only one at work, ALONE
 *        ▲                                               │
 *        └────────── a tick after 10 to 20 ms ───────────┘
 *
 * - A window is QI_WINDOW_STEPS instructions that enter the scheduler. Of the time it took, waiting for locks, waking others, OWN_NS or WHOLE_NS for
 *   each entry and MOVE_NS for each object that another worker touched last are lost, idling is idle, the rest went into the program (`used`).
 * - It costs more than it brings when at least an eighth of the time at work was lost, and all workers at work together use less
 *   than SUM_MIN of one, until PATIENCE_NS were lost in such windows in a row: when workers are woken, pairs of tasks are torn apart and come together
 *   again. A worker that has not measured itself yet counts as one that uses all its time.
 * - A worker that retires gives its tasks to another and idles; nobody is woken while the program is narrow.
 * - ALONE: the worker stays inside the whole scheduler from one instruction to the next (lock_depth is one higher than elsewhere), so
 *   the interpreter uses the table of a single worker: it pays nothing for the others. Before it idles
 *   or sees the tick that ends this, it stops being alone, and gives the lock back at the end of the instruction (`owed`).
 * - Correctness does not hang on any of this: being alone is holding the lock for longer, and collections are walked without their
 *   own locks only while every other worker waits inside the scheduler.
 *
 * The constants below are what did best of some values tried on the concurrent programs of bench/ with two workers, on one machine; where caches are shared an object
 * moves for less. A program is at most narrow too early or too late by them, never wrong.
 *
 * Go's answer to the same question is run-next, which keeps pairs together as the private part of a run queue does here (runqueue.h), and spinning; see "Worker thread parking/unparking"
 * in its proc.go. Rejected: that alone. Two workers that share ten million short switches are slower than one even so, and
 * spinning takes the second core from other programs. Deciding by the number of tasks: a thousand that compute want all
 * cores, a thousand that pass messages want one.
 */
#include "internal.h"

#define OWN_NS 10                     /* what entering the own part costs when nobody contends */
#define WHOLE_NS 50                   /* and the whole */
#define MOVE_NS 130                   /* and an object that another worker touched last: its cache lines come from there, and those of who waits for it */
#define SUM_MIN (QI_SPREAD_ALL * 11 / 10)
#define NARROW_MAX_NS 20000000ll
#define PATIENCE_NS 50000             /* so much may be lost, window after window, while tasks find the workers where they belong */

void qi_spread_begin(QiWorker *w, int64_t now) {
    w->window = (QiWindow){.began = now, .used = QI_SPREAD_ALL};
}

static uint32_t at_work(const QiSched *s) { return s->nrunning - s->nidle; }

static bool is_only_one(const QiSched *s) { return at_work(s) == 1 && s->nsignalled == 0; }

QI_COLD void qi_spread_judge(QiWorker *w) {
    QiSched *s = w->sched;
    QiWindow *window = &w->window;
    int64_t now = qi_clock_monotonic_ns(), lost = window->lost + (int64_t)window->wholes * (WHOLE_NS - OWN_NS) + (int64_t)window->steps * OWN_NS + (int64_t)window->moves * MOVE_NS;
    int64_t busy = now - window->began - window->idle, used = busy - lost;
    const int64_t cost = window->cost + lost;
    if (used < 0) used = 0;
    used = busy + window->idle > 0 ? used * QI_SPREAD_ALL / (busy + window->idle) : QI_SPREAD_ALL;
    *window = (QiWindow){.began = now, .used = (uint32_t)used};
    if (lost * 8 < busy || s->config.spread) {
        s->narrow_ns = QI_NARROW_FIRST_NS;
        return;
    }
    uint32_t sum = 0;
    for (uint32_t i = 0; i < s->nrunning; i++) {
        const QiWorker *other = &s->workers[i];
        if (!other->idle) sum += other->window.used;
    }
    if (s->nsignalled != 0 || (!is_only_one(s) && sum >= SUM_MIN)) return;
    window->cost = cost;
    if (cost >= PATIENCE_NS) qi_worker_request(w, QI_POLL_NARROW);
}

QI_COLD void qi_spread_narrow(QiWorker *w) {
    QiSched *s = w->sched;
    atomic_fetch_and_explicit(&w->poll, ~QI_POLL_NARROW, memory_order_relaxed);
    if (w->alone || w->owed || s->nsignalled != 0) return;
    s->narrow = true;
    s->narrow_until = qi_clock_monotonic_ns() + s->narrow_ns;
    s->narrow_ns = s->narrow_ns * 2 < NARROW_MAX_NS ? s->narrow_ns * 2 : NARROW_MAX_NS;
    if (at_work(s) > 1) {
        w->retired = true;
        return;
    }
    w->lock_depth++;
    w->alone = true;
    qi_worker_request(w, QI_POLL_MODE);
}

void qi_spread_hand_over(QiWorker *w) {
    QiSched *s = w->sched;
    for (uint32_t i = 0; i < s->nrunning; i++) {
        QiWorker *other = &s->workers[i];
        if (other == w || other->idle) continue;
        if (w->run_head == 0) return;
        QiRunLink *first = qi_ready_link(w->run_head);
        first->prev = other->run_tail;
        if (other->run_head != 0) other->run_tail->next = w->run_head;
        else other->run_head = w->run_head;
        other->run_tail = w->run_tail;
        w->run_head = 0;
        return;
    }
    w->retired = false;
}

QI_COLD void qi_spread_stop_alone(QiWorker *w) {
    if (!w->alone) return;
    w->alone = false;
    w->owed = true;
    qi_worker_request(w, QI_POLL_MODE);
}

QI_COLD void qi_spread_tick(QiWorker *w) {
    QiSched *s = w->sched;
    if (!s->narrow || qi_clock_monotonic_ns() < s->narrow_until) return;
    s->narrow = false;
    qi_spread_begin(w, qi_clock_monotonic_ns());
    qi_spread_stop_alone(w);
}

QI_COLD void qi_sched_settle(QiWorker *w) {
    atomic_fetch_and_explicit(&w->poll, ~QI_POLL_MODE, memory_order_relaxed);
    if (w->owed) {
        w->owed = false;
        if (w->sched->narrow && is_only_one(w->sched)) w->alone = true;
        else qi_sched_leave(w);
    }
    w->locking = (w->shared && !w->alone) || w->sched->config.observer != NULL;
}

void qi_spread_release(QiWorker *w) {
    if (w->alone || w->owed) qi_sched_leave(w);
    w->alone = w->owed = false;
    w->locking = w->shared || w->sched->config.observer != NULL;
}
