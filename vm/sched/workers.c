/*
 * workers.c — several workers: their threads, who may touch what, idling, standing still for a collection. What is ready, and stealing: runqueue.h.
 *
 * A worker is in one of four states:
 *
 *     RUNNING ──nothing to take anywhere──▶ IDLE ──work, timer──▶ RUNNING
 *        ├──collection wanted, state stored──▶ RESTING ──collection done──▶ RUNNING
 *        └──program over──▶ STOPPED (the thread ends)
 *
 * There are two ways into the scheduler, taken for one instruction at a time (interp/shared.c)
 *
 *     OWN PART   the latch of this worker (QiWorker.part): its run queue, live list, pool of executions, counters, numbers, and the tasks in its
 *                hands. Of others' only the public parts of run queues, which need no lock. A channel, future, lock or block is touched in its own lock as well (qi_object_take): one of QI_OBJECT_LOCKS, by address.
 *     WHOLE      the scheduler's lock and the latches of all workers, in this order: everything, as if there were one worker.
 *
 * What programs do most is done in the own part: 创建, 启动 and asynchronous calls, sending, receiving, 选择, awaiting, 挂起, the end of a task, 协程, 互斥锁,
 * 等待组, 信号量, also inside a 并发. So two workers meet only where their tasks do. Everything else is done inside the whole: cancelling, 全部, timers, deadlines, closing,
 * failing, priorities, 上下文, idling, reports; and of the former what is not the usual case: the functions whose names end in _own say so, and
 * did nothing then.
 *
 * Invariants
 * - Who is in a queue of waiters belongs to whoever takes it out there, in the object's lock; who is in a run queue, to its worker; who runs, to the worker that
 *   runs it. Inside the whole everybody belongs to that worker. So the flags of a task have one writer at any time, and cancelling needs no protocol of its own.
 * - A task is in the queue of a channel only when all of it is stored (qi_park_own): from then on another worker may run it.
 * - Between the own part and the whole (qi_sched_take_whole) other workers act: the worker holds nothing then but what is in some queue, or over.
 * - What decides whether the own part is enough (QiWorker.marking, ticking, QiSched.ending, observer; the end of a block, CLOSED) changes inside the whole only.
 * - No wake-up is lost: who looks for work and finds none does so, at last, inside the whole, where nothing is published, and counts as idle before it lets go of
 *   it. Whoever makes a task ready afterwards, in its own part, sees that somebody idles.
 * - A collection runs, inside the whole, when every worker is IDLE or RESTING: all frames can be walked. Whoever makes it so does it.
 *   Nobody rests or idles holding any other lock. Who rests does so in the heap, and helps (heap/team.c): awake for a moment, as the others usually come soon.
 * - Who leaves tells an idle worker when a task really waits: one that has not begun, one that was there when it last left, a second one, or one that is public. A
 *   single task that was just woken runs here when the running one parks, as a pair that talks in turn does, and costs no system call;
 *   if the running one goes on instead, the next instruction or tick tells.
 * - One worker is on its way at a time (nsignalled). When it took a task and left others, it tells the next (Go's rule for its spinning
 *   threads, in proc.go).
 * - The last worker to become idle watches the timers; while another runs, ticks make that one look.
 * - One idle worker waits in the poller when tasks wait for descriptors (netpoll.c).
 * - Deadlock: all workers are idle, no timer will wake anybody, and no descriptor or thread of the pool is waited for.
 * - Threads are started at once when somebody asked for so many workers. Else worker 0 is alone, takes no lock and has the interpreter's plain table, until a
 *   tick interrupts a task for another that waits (`widen`): a program that is over before, waits most of the time or only hands over
 *   never pays for a second thread.
 * - Order of locks: QiSched.lock, latches of workers by number, one latch of an object (选择: several, by number). The heap's lock comes after all of them.
 *
 * The two ways are modelled in models/parts.pml, idling and standing still in models/park.pml. The idea of one lock that is cheap for those who need a share
 * and dear for who needs all is that of Linux's "big reader" locks (brlock, lglock); here every share guards data of its own besides.
 *
 * Rejected
 * - No latch for the part, but queues that all may change without locks: cancellation may strike a task anywhere, in the middle of a queue too, and has to be kept out
 *   of an instruction; the latch does that, and guards the rest of the part.
 * - A lock in each channel and future: they would be larger; a table by address is as good (parking lots, WebKit).
 * - One lock for everything: what this was before. Two workers whose tasks computed for less than a microsecond between two switches gained nothing.
 */
#include "internal.h"

#define NUMBERS 64u /* of coroutines, set aside at a time */

static bool over(const QiWorker *w) { return (atomic_load_explicit(&w->poll, memory_order_relaxed) & QI_POLL_STOP) != 0; }

/* --- the lock ------------------------------------------------------------------- */

/* Waiting for a lock is time lost. */
QI_COLD static void take_held(QiWorker *w, QiLatch *part) {
    int64_t since = qi_clock_monotonic_ns();
    qi_latch_take(part);
    w->window.lost += qi_clock_monotonic_ns() - since;
}

QI_INLINE void take(QiWorker *w, QiLatch *part) {
    if (QI_UNLIKELY(!qi_latch_try_take(part))) take_held(w, part);
}

/* The numbers a worker has set aside are given back when none were given after them: so where one worker makes the tasks there are no gaps. */
static bool return_numbers(QiSched *s, QiWorker *w) {
    if (w->ids_next == w->ids_end || w->ids_end != s->next_id) return false;
    s->next_id = w->ids_end = w->ids_next;
    return true;
}

static void take_latches(QiWorker *w) {
    QiSched *s = w->sched;
    for (uint32_t i = 0; i < s->config.workers; i++) take(w, &s->workers[i].part);
}

static void take_parts(QiWorker *w) {
    QiSched *s = w->sched;
    take_latches(w);
    for (uint32_t i = 0; i < s->config.workers; i++) {
        if (s->workers[i].shares) qi_ring_take_back(&s->workers[i]);
    }
    if (return_numbers(s, w)) w->wants_ids = true;
    w->next_id = s->next_id;
}

static void give_parts(QiWorker *w) {
    QiSched *s = w->sched;
    s->next_id = w->next_id;
    w->next_id = 0; /* only who is inside the whole counts in it */
    for (uint32_t i = 0; i < s->config.workers; i++) qi_latch_give(&s->workers[i].part);
}

static void take_lock(QiWorker *w) {
    QiSched *s = w->sched;
    w->window.wholes++;
    if (qi_os_mutex_try_lock(&s->lock)) return;
    int64_t since = qi_clock_monotonic_ns();
    qi_os_mutex_lock(&s->lock);
    w->window.lost += qi_clock_monotonic_ns() - since;
}

/* One more instruction of the window. */
static void count_step(QiWorker *w) {
    const QiSched *s = w->sched;
    if (++w->window.steps < QI_WINDOW_STEPS) return;
    qi_spread_judge(w);
    /* Who always has tasks of its own would never come to those that belong to nobody. */
    if (s->nready != 0 && !s->prioritised) qi_runqueue_adopt_global(w);
}

QI_COLD void qi_sched_lock(QiWorker *w) {
    take_lock(w);
    take_parts(w);
    count_step(w);
}

/* Does a task wait that another worker could run at once? One that was just woken does not: it runs here when the running one
 * waits, as the two sides of a channel do in turn. */
static bool work_waits(QiWorker *w) {
    const QiReady head = w->run_head, waited = w->waited;
    w->waited = head;
    if (w->sched->nready != 0 || (w->shares && !qi_ring_is_empty(&w->ring))) return true;
    if (head == 0) return false;
    if (qi_ready_is_unbegun(head) || head == waited || qi_ready_link(head)->next != 0) return true;
    return qi_co_state(qi_ready_coroutine(head)) == QI_CO_CREATED;
}

/* Does an idle worker have to hear of what waits here? One at a time: who comes and finds more than it takes tells the next. */
static bool has_to_tell(QiWorker *w) {
    const QiSched *s = w->sched;
    return (work_waits(w) || w->saw_more) && !s->narrow && s->nsignalled == 0 && s->nidle != 0;
}

QI_COLD void qi_sched_unlock(QiWorker *w) {
    QiSched *s = w->sched;
    if (w->wants_ids && w->ids_next == w->ids_end) {
        w->ids_next = w->next_id;
        w->ids_end = w->next_id += NUMBERS;
    }
    w->wants_ids = false;
    bool tell = has_to_tell(w);
    w->saw_more = false;
    if (tell) s->nsignalled++;
    const bool listens = s->net.polling;
    give_parts(w);
    qi_os_mutex_unlock(&s->lock);
    if (!tell) return;
    int64_t since = qi_clock_monotonic_ns();
    if (QI_UNLIKELY(listens)) qi_poller_wake(&s->net.poller);
    else qi_os_cond_signal(&s->work);
    w->window.lost += qi_clock_monotonic_ns() - since;
}

/* Waits for cond, or until a time. */
static void wait_for(QiWorker *w, QiOsCond *cond, int64_t until) {
    QiSched *s = w->sched;
    give_parts(w);
    if (until == INT64_MAX) qi_os_cond_wait(cond, &s->lock);
    else qi_os_cond_wait_until(cond, &s->lock, until);
    take_parts(w);
}

/* Waits until somebody calls those who rest, and helps with the collection meanwhile. */
static void stand_by(QiWorker *w) {
    QiSched *s = w->sched;
    const uint32_t seen = qi_heap_looks(w->heap);
    give_parts(w);
    qi_os_mutex_unlock(&s->lock);
    qi_heap_stand_by(w->heap, seen);
    qi_os_mutex_lock(&s->lock);
    take_parts(w);
}

void qi_sched_step_out(QiWorker *w) {
    give_parts(w);
    qi_os_mutex_unlock(&w->sched->lock);
}

bool qi_sched_try_step_in(QiWorker *w) {
    if (!qi_os_mutex_try_lock(&w->sched->lock)) return false;
    take_parts(w);
    return true;
}

void qi_sched_step_in(QiWorker *w) {
    qi_os_mutex_lock(&w->sched->lock);
    take_parts(w);
}

/* --- the own part ------------------------------------------------------------------- */

QI_NOINLINE bool qi_sched_enter_own(QiWorker *w) {
    const QiSched *s = w->sched;
    if (!w->shared || w->lock_depth != 0) return false;
    take(w, &w->part);
    /* While these hold, what is usual is not all there is to do. Only who is inside the whole changes them. */
    if (QI_UNLIKELY(!w->ticking || w->marking || s->ending || s->config.observer != NULL)) {
        qi_latch_give(&w->part);
        return false;
    }
    w->own = true;
    w->next_id = w->ids_next;
    return true;
}

static void leave(QiWorker *w) {
    w->ids_next = w->next_id;
    w->own = false;
    qi_latch_give(&w->part);
}

QI_NOINLINE void qi_sched_leave_own(QiWorker *w) {
    if (QI_UNLIKELY(!w->own)) {
        qi_sched_leave(w);
        return;
    }
    if (QI_UNLIKELY(w->shares) && qi_ring_is_empty(&w->ring)) qi_ring_publish(w);
    const bool looks = has_to_tell(w) || ++w->window.steps >= QI_WINDOW_STEPS;
    leave(w);
    if (QI_LIKELY(!looks)) return;
    /* What has to be told, or judged, is so by who leaves the whole. Nobody looks at queues there, so what is published stays where it is. */
    take_lock(w);
    take_latches(w);
    w->next_id = w->sched->next_id;
    count_step(w);
    qi_sched_unlock(w);
}

QI_COLD void qi_sched_take_whole(QiWorker *w) {
    if (!w->own) return;
    leave(w);
    qi_sched_enter(w);
}

/* --- numbers of coroutines ------------------------------------------------------------ */

uint32_t qi_sched_number_floor(const QiWorker *w) {
    const QiSched *s = w->sched;
    uint32_t floor = w->next_id;
    if (!w->shared) return floor;
    for (uint32_t i = 0; i < s->config.workers; i++) {
        const QiWorker *other = &s->workers[i];
        if (other->ids_next != other->ids_end && other->ids_next < floor) floor = other->ids_next;
    }
    return floor;
}

void qi_sched_drop_numbers(QiSched *s) {
    if (!s->workers[0].shared) return;
    s->next_id = qi_sched_next_number(s);
    for (bool returned = true; returned;) {
        returned = false;
        for (uint32_t i = 0; i < s->config.workers; i++) returned |= return_numbers(s, &s->workers[i]);
    }
    for (uint32_t i = 0; i < s->config.workers; i++) {
        QiWorker *w = &s->workers[i];
        w->ids_next = w->ids_end;
        if (w->next_id != 0) w->next_id = s->next_id;
    }
}

/* --- standing still ------------------------------------------------------------------ */

static bool world_stands(const QiSched *s) { return s->nidle + s->nresting == s->nrunning; }

void qi_worker_rest(QiWorker *w) {
    QiSched *s = w->sched;
    const uint64_t number = s->collection;
    s->nresting++;
    for (uint32_t i = 0; i < s->config.workers; i++) {
        if (&s->workers[i] != w) qi_worker_request(&s->workers[i], QI_POLL_GC);
    }
    while (s->collection == number && !over(w)) {
        if (!world_stands(s)) {
            stand_by(w);
            continue;
        }
        qi_sched_collect(w);
        s->collection++;
        /* Whoever was asked to stand still for it need not come again. */
        for (uint32_t i = 0; i < s->config.workers; i++) {
            atomic_fetch_and_explicit(&s->workers[i].poll, ~QI_POLL_GC, memory_order_relaxed);
        }
        qi_sched_ask_again(s);
        qi_heap_dismiss(w->heap);
    }
    s->nresting--;
}

/* --- idling ---------------------------------------------------------------------------- */

/* When the last idle worker has to look again; the time is not up. */
static int64_t next_event(const QiSched *s) {
    int64_t until = s->timers.count != 0 ? s->timers.heap[0].when : INT64_MAX;
    return s->ending && s->end_deadline < until ? s->end_deadline : until;
}

static void ticker_off(QiWorker *w) {
    qi_ticker_disarm(w);
    for (uint32_t i = 0; i < w->sched->config.workers; i++) w->sched->workers[i].ticking = w->ticking;
}

bool qi_worker_idle(QiWorker *w) {
    QiSched *s = w->sched;
    if (over(w)) return false;
    qi_spread_stop_alone(w);
    w->retired = false;
    bool last = s->nidle + 1 == s->nrunning;
    if (last && !qi_timers_may_wake(s) && !qi_sched_is_owed(s)) {
        qi_sched_deadlock(w);
        return false;
    }
    int64_t until = last ? next_event(s) : INT64_MAX, now = last ? qi_clock_monotonic_ns() : 0;
    if (now < until) {
        if (last) {
            if (s->config.idle != NULL) s->config.idle(s->config.user);
            if (until - now > QI_IDLE_LONG_NS && s->ticker.on) ticker_off(w);
        }
        s->nidle++;
        w->idle = true;
        int64_t since = qi_clock_monotonic_ns();
        /* It may be the one the others wait for. */
        if (s->nresting != 0 && world_stands(s)) qi_heap_dismiss(w->heap);
        const bool listens = s->net.nwaits != 0 && !s->net.polling;
        if (listens) qi_netpoll_wait(w, until);
        else wait_for(w, &s->work, until);
        s->nidle--;
        atomic_store_explicit(&w->asked_at, 0, memory_order_relaxed); /* who sleeps is not late */
        w->idle = false;
        /* The next one that is idle listens. */
        if (listens && s->net.nwaits != 0 && s->nidle != 0) qi_os_cond_signal(&s->work);
        if (s->nsignalled != 0) s->nsignalled--;
        now = qi_clock_monotonic_ns();
        if (now - since > QI_IDLE_LONG_NS) qi_spread_begin(w, now);
        else w->window.idle += now - since;
    }
    if (over(w)) return false;
    if (s->ending && qi_clock_monotonic_ns() >= s->end_deadline) {
        qi_sched_end(w);
        return false;
    }
    qi_timers_fire(w);
    if (!w->ticking) qi_ticker_arm(w);
    return true;
}

/* --- threads ------------------------------------------------------------------------------ */

static void *run(void *arg) {
    QiWorker *w = arg;
    qi_sched_enter(w);
    qi_sched_next_slow(w);
    qi_sched_leave(w);
    w->sched->config.run(w);
    qi_spread_release(w);
    return NULL;
}

void qi_sched_start_workers(QiSched *s) {
    if (s->config.workers == 1) return;
    s->next_id = s->workers[0].next_id;
    const int64_t now = qi_clock_monotonic_ns();
    for (uint32_t i = 0; i < s->config.workers; i++) {
        s->workers[i].shared = s->workers[i].locking = true;
        qi_spread_begin(&s->workers[i], now);
    }
    QiWorker *first = &s->workers[0];
    qi_sched_enter(first);
    if (!first->ticking) qi_ticker_arm(first);
    while (s->nrunning < s->config.workers) {
        QiWorker *w = &s->workers[s->nrunning];
        w->ticking = first->ticking; /* off with priorities (priority.c) */
        /* With fewer threads than asked for the program runs all the same. */
        if (!qi_os_thread_start(&w->thread, 0, run, w)) break;
        s->nrunning++;
    }
    qi_sched_leave(first);
}

QI_COLD void qi_worker_widen(QiWorker *w) {
    QiSched *s = w->sched;
    bool (*widen)(void *) = s->config.widen;
    s->config.widen = NULL;
    if (s->config.workers == 1 || !widen(s->config.user)) return;
    qi_sched_enter(w); /* the caller leaves a lock that did not exist when it entered */
    qi_worker_request(w, QI_POLL_MODE);
}

void qi_sched_join_workers(QiSched *s) {
    qi_spread_release(&s->workers[0]);
    for (uint32_t i = 1; i < s->nrunning; i++) qi_os_thread_join(s->workers[i].thread);
}
