/*
 * internal.h — the scheduler's own state, and the few steps every waiting
 * primitive shares: queueing, parking, waking. Private to sched/.
 *
 * States of a task (QI_CO_… of its header)
 *
 *     CREATED ──run──▶ RUNNING ──park──▶ PARKED ──ready──▶ READY ──run──▶ RUNNING
 *        │                │ ▲ preempt/挂起: READY
 *        └─cancel──▶ CANCELLED   RUNNING ──end──▶ DONE | FAILED | CANCELLED
 *
 * A CREATED task that was enqueued stands in the run queue as a READY one does, with or without an execution (coroutine.h).
 *
 * Invariants
 * - A coroutine is in the run queue, in wait queues or timers, running, or over:
 *   never two of these. So wait.next and wait.prev serve the run queue as well.
 * - All waiting is done by the task: a 协程 that waits parks the task it runs on,
 *   through the task's waiter; task->innermost says which coroutine goes on.
 * - Parking writes the state first, queues (commits) last, and reads nothing of
 *   the task after that: with several workers a waker may run it already.
 *
 * With one worker no lock is taken. With several, everything here is done inside the whole scheduler, but for functions that end in _own (workers.c).
 */
#ifndef QI_SCHED_INTERNAL_H
#define QI_SCHED_INTERNAL_H

#include "../base/platform.h"
#include "../heap/error.h"
#include "../include/qi/native.h"
#include "sched.h"
#include "netpoll.h"
#include "pool.h"
#include "runqueue.h"
#include "waitqueue.h"

/* --- timers (timer.c) --------------------------------------------------------- */

typedef enum QiTimerKind { QI_TIMER_SLEEP, QI_TIMER_SELECT, QI_TIMER_FUTURE, QI_TIMER_SCOPE } QiTimerKind;

typedef struct QiTimer {
    int64_t when;      /* ns of qi_sched_now_ns */
    uint32_t order;    /* equal times fire in the order they were set */
    uint32_t kind;     /* QiTimerKind */
    void *owner;       /* the task, QiSelect, QiFuture or QiScope */
} QiTimer;

/* A four-ary heap: flatter than a binary one, and the children of a node share cache lines. */
typedef struct QiTimers {
    QiTimer *heap;
    uint32_t count, cap, next_order;
} QiTimers;

#define QI_TIMER_NONE UINT32_MAX

/* false: out of memory. */
bool qi_timer_add(QiSched *s, int64_t when, QiTimerKind kind, void *owner);
void qi_timer_remove(QiSched *s, uint32_t index);
/* Wakes everything whose time has come. */
/* Will a timer wake somebody? A 延迟 that nobody awaits does not. Of many timers it is taken for granted. */
bool qi_timers_may_wake(const QiSched *s);
void qi_timers_fire(QiWorker *w);
/* Deadline `milliseconds` from now; negative counts as 0, and nothing overflows. */
int64_t qi_timer_deadline(QiSched *s, int64_t milliseconds);

/* --- ticker (ticker.c) ----------------------------------------------------------- */

typedef struct QiTicker {
    QiOsThread thread;
    QiOsMutex mutex;
    QiOsCond cond;
    bool initialised, started;   /* mutex and cond exist; the thread runs */
    bool on, stop;               /* guarded by mutex */
    _Atomic int64_t next_timer;  /* relaxed: when the earliest timer is due; INT64_MAX: none */
} QiTicker;

/* Turns the ticker on; starts its thread the first time. */
QI_COLD void qi_ticker_arm(QiWorker *w);
void qi_ticker_disarm(QiWorker *w);
void qi_ticker_free(QiSched *s);

/* --- contexts (context.c) ---------------------------------------------------------- */

typedef struct QiContextEntry { QiCoroutine *task; QiBinding *bindings; } QiContextEntry;

/* Open addressing by task; cap is a power of two. */
typedef struct QiContexts {
    QiContextEntry *entries;
    uint32_t count, cap;
} QiContexts;

/* Makes room for one more task. false: out of memory. */
QI_COLD bool qi_contexts_reserve(QiSched *s);
/* Gives a new task its creator's bindings; room was reserved. */
QI_COLD void qi_context_inherit(QiSched *s, QiCoroutine *parent, QiCoroutine *child);
/* A task with QI_CO_HAS_CONTEXT ended. */
QI_COLD void qi_context_drop(QiSched *s, QiCoroutine *task);
/* NULL: none. */
QiBinding *qi_context_bindings(const QiSched *s, const QiCoroutine *task);

/* --- leaks (leak.c) ------------------------------------------------------------------- */

typedef enum QiLeakStage { QI_LEAK_WALK, QI_LEAK_REPORT, QI_LEAK_REST } QiLeakStage;

typedef struct QiLeaks {
    /* While marking: creators that are parked and not reached yet; tasks that were not when the walk came to them; queues of
     * objects that are. */
    QiHandle **later, **left;
    const QiWaitQueue **queues;
    uint32_t nlater, cap_later, nleft, cap_left, nqueues, cap_queues;
    uint32_t epoch;              /* number of the collection */
    uint32_t began, began_before; /* number of the first coroutine made after it began, and the collection before it */
    QiLeakStage stage;
    uint32_t list;               /* of which worker's tasks the walk looks at */
    bool walking;                /* `cursor` stands in the live list */
    bool marked_some;            /* the walk marked a task, or a queue was too long to mark: another walk may find more */
    QiCoroutine cursor;          /* no task: what stands behind it in the list is still to be looked at */
} QiLeaks;

/* A collection begins. Marks the tasks, when nobody wants leaks reported; else qi_sched_mark_unreached does. */
void qi_leak_begin(QiSched *s, QiMarker *m);
/* Before anybody else walks the live list. */
void qi_leak_leave_list(QiSched *s);
/* For the kinds' trace functions: whoever waits here can be woken. */
void qi_leak_mark_waiters(QiSched *s, const QiWaitQueue *q, QiMarker *m);
/* A task with a place in the tree of blocks can go on; node: that place. */
struct QiTreeNode;
void qi_leak_mark_blocks(QiSched *s, const struct QiTreeNode *node, QiMarker *m);
/* Keeps a creator (NULL allowed) without calling it reachable. */
void qi_leak_mark_creator(QiSched *s, QiHandle *creator, QiMarker *m);

/* --- the scheduler ------------------------------------------------------------------ */

/* Tasks of one priority that are ready (priority.c); the global queue (runqueue.h). */
typedef struct QiReadyQueue {
    QiReady head;
    QiRunLink *tail;
    uint32_t passed;             /* how often another queue went first while tasks were here */
} QiReadyQueue;
#define QI_PRIORITIES 4u
#define QI_RANK_NORMAL ((uint32_t)QI_PRIORITY_URGENT - QI_PRIORITY_NORMAL)

/* Locks of channels and futures, by address. */
#define QI_OBJECT_LOCKS 256u
typedef struct QiObjectLock {
    _Alignas(64) QiLatch latch;
    uint32_t last;               /* which worker held it last */
} QiObjectLock;

struct QiSched {
    QiSchedConfig config;
    QiFrameMaps maps;
    QiHandle **unobserved;       /* failed tasks, oldest first; those that were observed since are skipped */
    uint32_t nunobserved, cap_unobserved;
    uint64_t joinings;           /* lists of failures that were made (failure.c) */
    QiHandle *main;
    bool ending;                 /* 入口 is over; joining the attached ones */
    bool deadlocked;
    bool interrupted;            /* asked to cancel 入口 (attend.c) */
    _Atomic uint32_t asked;      /* QI_ASK_… that nobody served yet */
    int64_t end_deadline;
    int64_t virtual_ns;
    QiTimers timers;
    QiNetpoll net;
    QiPool *pool;                /* threads for work that takes long; NULL: no such work yet */
    uint32_t npool;              /* tasks that wait for it */
    QiTicker ticker;
    QiOsMutex lock;
    QiOsCond work;               /* idle workers wait for it */
    /* with several workers (workers.c) */
    uint32_t nrunning;           /* workers with a thread; 1: only worker 0 */
    uint32_t nidle, nsignalled;  /* wait for work; were told of some and did not take it up yet */
    uint32_t nresting;           /* stand still for a collection */
    bool narrow;                 /* nobody is woken (spread.c), until: */
    int64_t narrow_until, narrow_ns;
    uint64_t collection;         /* number of the next one */
    uint32_t next_id;            /* QiWorker.next_id while nobody is inside the lock */
    uint32_t next_channel, next_native[QI_CLASS_COUNT]; /* numbers for reports */
    QiContexts contexts;
    uint32_t scanned;            /* QI_CO_SCANNED_… of this or the last collection */
    QiLeaks leaks;
    int64_t slow_ns;             /* inspect.c: the longest a worker took to hear of a tick, and where it stood */
    const QiInsn *slow_at;
    bool prioritised;            /* some task was given another priority than 普通 */
    QiReadyQueue ready[QI_PRIORITIES]; /* then: what is ready, highest first; else of these only that of 普通 is used, the global queue (runqueue.h) */
    uint32_t nready;             /* in them; changes inside the whole only */
    QiObjectLock objects[QI_OBJECT_LOCKS];
    QiWorker workers[];          /* config.workers of them */
};

/* Will something from outside wake a task: a descriptor, a thread of the pool? */
QI_INLINE bool qi_sched_is_owed(const QiSched *s) { return s->net.nwaits != 0 || s->npool != 0; }

/* A sleep of all workers longer than this turns the ticker off. */
#define QI_IDLE_LONG_NS 20000000ll

/* How long the end of the program waits for cancelled tasks. */
#define QI_END_GRACE_NS 5000000000ll

/* xorshift64*: fair enough for choices, two nanoseconds. */
QI_INLINE uint32_t qi_worker_random(QiWorker *w, uint32_t below) {
    uint64_t x = w->rng;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    w->rng = x;
    return (uint32_t)(((x * 0x2545F4914F6CDD1Dull >> 32) * below) >> 32);
}

/* --- run queues (runqueue.h): what takes the scheduler besides the worker ----------------- */

/* priority.c: puts a task where it belongs while nothing ticks, or priorities are used. */
QI_COLD void qi_runqueue_push_slow(QiWorker *w, QiReady task);
/* Takes what is due. 0: nothing is ready. */
QI_COLD QiReady qi_priority_take(QiWorker *w);
QI_COLD void qi_priority_withdraw(QiSched *s, QiReady task);
QI_COLD void qi_priority_put(QiSched *s, QiReady task);

QI_INLINE void qi_runqueue_push(QiWorker *w, QiCoroutine *task) {
    if (QI_UNLIKELY(!w->ticking)) qi_runqueue_push_slow(w, qi_ready_task(task));
    else qi_runqueue_append(w, qi_ready_task(task), qi_coroutine_link(task));
}

/* Is nothing ready that this worker would take before it looks at others' queues? */
QI_INLINE bool qi_runqueue_is_empty(const QiWorker *w) { return w->run_head == 0 && w->sched->nready == 0; }

/* The worker whose queue has the task at one of its ends; any, when it is in the middle. Inside the whole. */
QI_COLD QiWorker *qi_runqueue_of(QiWorker *w, QiReady task);
/* Removes a task that has not begun from whichever queue it is in. Inside the whole. */
QI_INLINE void qi_runqueue_withdraw(QiWorker *w, QiReady task) {
    if (QI_UNLIKELY(w->sched->prioritised)) qi_priority_withdraw(w->sched, task);
    else qi_runqueue_remove(QI_UNLIKELY(w->shared) ? qi_runqueue_of(w, task) : w, task);
}

/* Inside the own part, whose list is empty: a task from the public parts of run queues, this worker's first. 0: there is none. */
QI_COLD QiReady qi_runqueue_take_public(QiWorker *w);
/* Inside the whole: takes tasks from another worker's queue, as many as half of it, and of the global queue. 0: all are empty. */
QiReady qi_runqueue_steal(QiWorker *w);
/* Inside the whole, of several workers: a task interrupted by a tick goes to the end of the global queue. */
void qi_runqueue_put_global(QiSched *s, QiCoroutine *task);
/* Its first task goes to the end of this worker's list. */
void qi_runqueue_adopt_global(QiWorker *w);

/* --- coroutine.c, for scan.c */
/* Marks what a coroutine holds: its stack, what it waits for. It does not run, or has stored its state. */
void qi_coroutine_mark(QiSched *s, const QiCoroutine *co, QiMarker *m);
/* Marks the arguments behind the handle of a task that has not begun. */
void qi_handle_mark_arguments(QiSched *s, QiHandle *h, QiMarker *m);

/* --- scan.c: before what is older than a cycle changes, while the worker is `marking` ------------ */

/* A collection begins: no coroutine is scanned. */
void qi_scan_begin(QiSched *s);
/* Marks what a coroutine holds, unless this collection did. Its state is stored. */
void qi_scan(QiSched *s, QiCoroutine *co, QiMarker *m);
/* The same for a running coroutine and whom it runs for. */
void qi_scan_chain(QiSched *s, QiCoroutine *co, QiMarker *m);
/* A task is about to run, a 协程 to be resumed, a task to begin. */
QI_COLD void qi_scan_task(QiWorker *w, QiCoroutine *task);
QI_COLD void qi_scan_generator(QiWorker *w, QiCoroutine *co);
QI_COLD void qi_scan_arguments(QiWorker *w, QiHandle *h);

/* --- switching ---------------------------------------------------------------------------- */

/* Makes task (not in the run queue) the running one. The interpreter sets the stack limit when it loads pc and fp. */
QI_INLINE void qi_switch_to(QiWorker *w, QiCoroutine *task) {
    if (QI_UNLIKELY(w->marking)) qi_scan_task(w, task);
    task->flags = (task->flags & ~(QI_CO_STATE_MASK | QI_CO_SLOT_REF)) | QI_CO_RUNNING;
    w->current = task->innermost;
}

/* Lets a task go on that started another by an asynchronous call, giving it the handle. */
QI_INLINE void qi_release_caller(QiWorker *w, QiCoroutine *caller) {
    *caller->wait.slot = qi_from_ref(caller->wait_object);
    qi_switch_to(w, caller);
}

/* coroutine.c: gives a task that was taken out of the run queue its execution, and makes it the running one. false: no memory,
 * and it failed for that. */
bool qi_task_begin(QiWorker *w, QiHandle *h);

/* --- workers.c: several workers; inside the whole scheduler, but for: */
/* From the own part to the whole. Nothing may be in the worker's hands: other workers act in between. Nothing, when it is not inside its own part. */
QI_COLD void qi_sched_take_whole(QiWorker *w);
/* The number of the lock of an object. */
QI_INLINE uint32_t qi_object_lock_number(const void *o) { return (uint32_t)((uintptr_t)o / QI_ALLOC_GRANULE * 0x9E3779B97F4A7C15u >> 56); }
/* Inside the own part: takes a lock of objects. Give up its latch. */
QI_INLINE QiLatch *qi_object_lock_take(QiWorker *w, uint32_t number) {
    QiObjectLock *lock = &w->sched->objects[number];
    qi_latch_take(&lock->latch);
    w->window.moves += lock->last != w->id;
    lock->last = w->id;
    return &lock->latch;
}
/* The same for that of an object. */
QI_INLINE QiLatch *qi_object_take(QiWorker *w, const void *o) { return qi_object_lock_take(w, qi_object_lock_number(o)); }
/* Out of the whole, for a wait in the poller, and in again. */
void qi_sched_step_out(QiWorker *w);
void qi_sched_step_in(QiWorker *w);
/* false: another worker is inside. */
bool qi_sched_try_step_in(QiWorker *w);
/* The number that no coroutine made from now on is below. */
uint32_t qi_sched_number_floor(const QiWorker *w);
/* inspect.c: the first number that was not given, nor set aside. */
uint32_t qi_sched_next_number(const QiSched *s);
/* Numbers set aside are not used. */
void qi_sched_drop_numbers(QiSched *s);
/* Nothing is ready anywhere: waits. false: the program ended. */
bool qi_worker_idle(QiWorker *w);
/* The only worker was interrupted while others wait for it: the rest of the workers start, the first time. Its state is stored. */
QI_COLD void qi_worker_widen(QiWorker *w);
/* Stands still until a collection is done, by whoever comes last. The worker's state is stored. */
void qi_worker_rest(QiWorker *w);

/* --- inspect.c: the worker heard of a tick. */
QI_COLD void qi_sched_ticked(QiWorker *w);

/* --- attend.c: a poll with QI_POLL_ATTEND is due; the worker's state is stored. */
QI_COLD void qi_sched_attend(QiWorker *w);
/* The world stands still, and a collection is done. */
QI_COLD void qi_sched_inspect(QiWorker *w);
/* Polls for a collection were cleared: those of who asked since the last qi_sched_inspect come back. */
void qi_sched_ask_again(QiSched *s);

/* --- spread.c; the lock is held */
/* How often a worker takes the lock before it judges itself. */
#define QI_WINDOW_STEPS 256u
/* How long a program is narrow before it is looked at again. */
#define QI_NARROW_FIRST_NS 10000000ll
/* A new window begins. */
void qi_spread_begin(QiWorker *w, int64_t now);
/* A window is full: does this worker pay? */
QI_COLD void qi_spread_judge(QiWorker *w);
/* Serves QI_POLL_NARROW: the worker is retired now, or alone. */
QI_COLD void qi_spread_narrow(QiWorker *w);
/* The queue of a retired worker goes to one at work; if there is none, it is not retired. */
void qi_spread_hand_over(QiWorker *w);
QI_COLD void qi_spread_tick(QiWorker *w);
/* The lock will be given back at the end of the instruction. */
QI_COLD void qi_spread_stop_alone(QiWorker *w);
/* The worker's thread ends. */
void qi_spread_release(QiWorker *w);

/* --- unheard.c */
/* A failure nobody has looked at: for the report at the end, or reported now when there is no memory. */
QI_COLD void qi_unheard_keep(QiSched *s, QiHandle *h);
void qi_unheard_mark(QiSched *s, QiMarker *m);
/* Reports that h, a task, failed with e, or is about to. */
QI_COLD void qi_unheard_say(QiSched *s, QiHandle *h, QiError *e);
/* The program ends, or nothing can go on: reports the failures nobody looked at, oldest first, and the errors that are on their way. */
QI_COLD void qi_unheard_tell(QiSched *s);

/* --- sched.c */
/* A slice of a collection, while the world stands still; and what was asked for such a time. */
void qi_sched_collect(QiWorker *w);
/* The same when the world stands still, for which this worker waits here. Its state is stored. */
void qi_worker_collect(QiWorker *w);
/* Everything that had to be waited for is over. */
QI_COLD void qi_sched_end(QiWorker *w);
/* All wait and nothing can wake one. */
QI_COLD void qi_sched_deadlock(QiWorker *w);

/* Chooses what runs next when anything but the head of the queue may be due. */
QI_COLD void qi_sched_next_slow(QiWorker *w);

QI_INLINE void qi_sched_next(QiWorker *w) {
    QiReady next = w->run_head;
    if (QI_UNLIKELY(next == 0 || atomic_load_explicit(&w->poll, memory_order_relaxed) != 0)) {
        qi_sched_next_slow(w);
        return;
    }
    qi_runqueue_take(w, next);
    if (!qi_ready_is_unbegun(next)) qi_switch_to(w, qi_ready_coroutine(next));
    else if (!qi_task_begin(w, qi_ready_handle(next))) qi_sched_next_slow(w);
}

/* Parks the running task; commit(w, task, arg) makes the park visible. Inlined with its commit on hot paths. */
QI_INLINE QiStatus qi_park_inline(QiWorker *w, QiWaitReason reason, QiObject *object,
                                  void (*commit)(QiWorker *, QiCoroutine *, void *), void *arg) {
    QiCoroutine *co = w->current, *task = qi_co_task(co);
    task->innermost = co;
    task->wait_object = object;
    task->flags = (task->flags & QI_CO_LASTING & ~QI_CO_STATE_MASK) | QI_CO_PARKED | (uint32_t)reason << QI_CO_REASON_SHIFT;
    /* Whoever started this task by an asynchronous call goes on now, before anybody else. */
    QiCoroutine *caller = task->resumer;
    task->resumer = NULL;
    commit(w, task, arg);
    if (QI_UNLIKELY(caller != NULL)) qi_release_caller(w, caller);
    else qi_sched_next(w);
    return QI_PARKED;
}

QI_INLINE void qi_ready_inline(QiWorker *w, QiCoroutine *task) {
    qi_co_set_state(task, QI_CO_READY);
    qi_runqueue_push(w, task);
}

/* The task, still parked, was given a reference in its register `slot`. The live-ref map of the instruction it waits in does not
 * name that register yet, so the collector is told until the task runs. */
QI_INLINE void qi_slot_given(QiCoroutine *task, QiValue *slot) {
    task->wait.slot = slot;
    task->flags |= QI_CO_SLOT_REF;
}

/* Is it that of a task which waits for one thing? Others are in several queues, and need the whole scheduler. */
QI_INLINE bool qi_waiter_is_plain(const QiWaiter *waiter) { return waiter == &waiter->co->wait; }

/* Inside the own part: may the running task wait, and in the plain way? */
QI_INLINE bool qi_may_wait_own(const QiWorker *w) {
    return (w->current->flags & (QI_CO_GENERATOR | QI_CO_CANCEL_REQUESTED | QI_CO_SCOPE_ENDED)) == 0;
}

/* Inside the own part: the running task waits from now on. Who goes on before all others, or NULL: for qi_park_end_own, when the task is in its queues and
 * their locks are given. */
QI_INLINE QiCoroutine *qi_park_begin_own(QiWorker *w, QiWaitReason reason, QiObject *o) {
    QiCoroutine *task = w->current, *caller = task->resumer;
    task->innermost = task;
    task->wait_object = o;
    task->flags = (task->flags & QI_CO_LASTING & ~QI_CO_STATE_MASK) | QI_CO_PARKED | (uint32_t)reason << QI_CO_REASON_SHIFT;
    task->resumer = NULL;
    w->current = NULL;
    return caller;
}

QI_INLINE void qi_park_end_own(QiWorker *w, QiCoroutine *caller) {
    if (caller != NULL) qi_release_caller(w, caller);
    else qi_sched_next(w);
}

/* Parks the running task in a queue of o, whose lock is held, and given up here. */
QI_INLINE void qi_park_own(QiWorker *w, QiWaitReason reason, QiObject *o, QiWaitQueue *q, QiLatch *lock) {
    QiCoroutine *task = w->current;
    task->wait.kind = (uint8_t)reason;
    QiCoroutine *caller = qi_park_begin_own(w, reason, o);
    qi_waitqueue_push(q, &task->wait);
    qi_latch_give(lock); /* another worker may run it from here on */
    qi_park_end_own(w, caller);
}

/* Wakes a parked task so that it throws e where it waited. It must be out of every queue. */
QI_INLINE void qi_ready_throw(QiWorker *w, QiCoroutine *task, QiError *e) {
    task->innermost->wake_error = e;
    qi_ready_inline(w, task);
}

/* Lets all others run once (and, before them, who started this task by an asynchronous call). */
QiStatus qi_task_yield(QiWorker *w);

/* --- cancellation ----------------------------------------------------------------------------- */

QI_COLD QiStatus qi_check_cancelled_slow(QiWorker *w);

/* QI_THROW when a suspending operation must throw. Flags of the task are looked at only through this. */
QI_INLINE QiStatus qi_cancel_point(QiWorker *w) {
    if (QI_LIKELY((w->current->flags & (QI_CO_GENERATOR | QI_CO_CANCEL_REQUESTED | QI_CO_SCOPE_ENDED)) == 0)) return QI_OK;
    return qi_check_cancelled_slow(w);
}

/* Was the task made where its creator is masked (in code that does not hold `begin`)? Then it is part of what must not be
 * broken off. */
bool qi_task_is_shielded(const QiSched *s, const QiHandle *h, const QiInsn *begin);
/* Takes a parked task out of whatever it waits in. false: that wait cannot be broken off. */
bool qi_task_withdraw(QiWorker *w, QiCoroutine *task);
/* A task that was withdrawn goes on and throws e; from a 条件变量 when it has its lock again. */
void qi_task_break_off(QiWorker *w, QiCoroutine *task, QiError *e);
/* A fresh 取消错误 that speaks of h, and says what that was cancelled for. */
QiError *qi_cancel_error(QiWorker *w, QiHandle *h);

/* --- futures ------------------------------------------------------------------------------------- */

/* Wakes all who wait for f, which is settled. */
void qi_future_wake(QiWorker *w, QiFuture *f);
QI_INLINE void qi_future_settle_inline(QiWorker *w, QiFuture *f, QiFutureState state, QiValue result) {
    f->result = result;
    f->head.flags |= (uint8_t)state;
    if (f->waiters.head != NULL) qi_future_wake(w, f);
}

/* The outcome of a settled future for whoever asks now. false: the failure is in w->error. */
bool qi_future_take(QiWorker *w, QiFuture *f, QiValue *slot);

/* --- channels ------------------------------------------------------------------------------------ */

/* Would the operation go on at once? */
bool qi_channel_can_send(const QiChannel *c);
bool qi_channel_can_receive(const QiChannel *c);
/* Without parking: QI_PARKED means not now, and nothing happened. */
QiStatus qi_channel_send_now(QiWorker *w, QiChannel *c, QiValue v);
QiStatus qi_channel_receive_now(QiWorker *w, QiChannel *c, QiValue *slot, bool pair);

/* --- shared pieces ------------------------------------------------------------------------------- */

QI_INLINE bool qi_handle_is_over(const QiHandle *h) { return h->co == NULL && !qi_handle_is_unbegun(h); }
/* The last state, where the handle keeps it. */
QI_INLINE void qi_handle_end(QiHandle *h, QiCoroutineState state) {
    h->co = NULL;
    h->future.head.aux = (h->future.head.aux & ~(QI_CO_STATE_MASK | QI_CO_UNBEGUN)) | (uint32_t)state;
}
QI_INLINE const QiType *qi_type_of(const QiSched *s, const QiObject *o) {
    const QiHeap *h = s->workers[0].heap;
    return o->type < h->ntypes ? h->types[o->type] : NULL;
}

/* A coroutine that has but its first segment and nothing pending becomes free. */
QI_INLINE void qi_coroutine_pool(QiWorker *w, QiCoroutine *co) {
    co->wait_object = NULL;
    co->wait.slot = NULL;
    co->wait.next = (QiWaiter *)(void *)w->stacks.coroutines;
    w->stacks.coroutines = co;
}

/* Gives back a coroutine that is over, short for the usual one without further segments. */
QI_INLINE void qi_coroutine_free_inline(QiWorker *w, QiCoroutine *co) {
    if (QI_UNLIKELY(co->segment != &co->first || co->resumer != NULL || co->wake_error != NULL || co->tree != NULL)) {
        qi_coroutine_free_slow(w, co);
        return;
    }
    qi_coroutine_pool(w, co);
}

/* Arguments on their way through a handle: most functions have one. */
QI_INLINE void qi_arguments_copy(QiValue *to, const QiValue *from, const uint32_t count) {
    if (count == 0) return;
    to[0] = from[0];
    for (uint32_t i = 1; i < count; i++) to[i] = from[i];
}

/* The execution co, free or just ended, is that of h from now on. s: the segment of its first frame; flags: its state and those of
 * its creation. */
QI_INLINE void qi_coroutine_take_on(QiCoroutine *co, QiSegment *s, QiHandle *h, const QiFuncEntry *f, const QiValue *args, uint32_t flags) {
    co->pc = f->code;
    co->safepoint = NULL;
    co->handle = h;
    co->flags = flags;
    QiValue *fp = qi_segment_base(s) + 2;
    co->fp = fp;
    qi_arguments_copy(fp, args, f->nparams);
}

/* The live list of a worker, in no order. */
QI_INLINE void qi_tasks_link(QiWorker *w, QiCoroutine *task) {
    QiCoroutine *first = w->tasks;
    task->home = (uint16_t)w->id;
    task->all_prev = NULL;
    task->all_next = first;
    if (first != NULL) first->all_prev = task;
    w->tasks = task;
}

QI_INLINE void qi_tasks_unlink(QiSched *s, QiCoroutine *task) {
    QiCoroutine *prev = task->all_prev, *next = task->all_next;
    if (prev != NULL) prev->all_next = next;
    else s->workers[task->home].tasks = next;
    if (next != NULL) next->all_prev = prev;
}

/* Unfinished tasks of 创建 and 异步. */
QI_INLINE int64_t qi_sched_attached(const QiSched *s) {
    int64_t n = 0;
    for (uint32_t i = 0; i < s->config.workers; i++) n += s->workers[i].attached;
    return n;
}

/* May the running coroutine be inside a 并发 or 截止? */
QI_INLINE bool qi_maybe_in_scope(const QiWorker *w) {
    const QiCoroutine *co = w->current;
    return co != NULL && ((co->flags & QI_CO_GENERATOR) != 0 || co->tree != NULL);
}

/* A new task joins the live list, and the tree below the running task. */
QI_INLINE void qi_task_adopt(QiWorker *w, QiCoroutine *task) {
    qi_tasks_link(w, task);
    if ((task->flags & QI_CO_DETACHED) == 0) {
        w->attached++;
        if (QI_LIKELY(w->current != NULL)) {
            QiCoroutine *parent = qi_co_task(w->current);
            parent->flags |= QI_CO_HAS_CHILDREN;
            if (QI_UNLIKELY(parent->flags & QI_CO_PRIORITY_MASK)) qi_coroutine_mark_as(task, parent->flags & QI_CO_PRIORITY_MASK);
            if (QI_UNLIKELY(parent->flags & QI_CO_HAS_CONTEXT)) qi_context_inherit(w->sched, parent, task);
        }
    }
}

/* Settles a task that ended, wakes those who await it, gives its coroutine back. Does not choose what runs next. */
void qi_task_finish(QiWorker *w, QiCoroutine *task, QiCoroutineState state, QiFutureState outcome, QiValue result);
/* Settles a task that has not begun and is in no queue. */
QI_COLD void qi_task_finish_unbegun(QiWorker *w, QiHandle *h, QiCoroutineState state, QiError *e);
/* A task of the live list that could not be placed in the tree: as if it had never been. */
void qi_task_drop(QiWorker *w, QiCoroutine *task);
/* generator.c: before the first resume: reads what its type asks for into its flags. */
void qi_generator_begin(QiWorker *w, QiHandle *h);
/* generator.c: the generator co, running, ended; gives its resumer the news and lets it go on. */
void qi_generator_end(QiWorker *w, QiCoroutine *co, QiCoroutineState state, QiValue result);
bool qi_generator_return_own(QiWorker *w, QiValue value);
/* cancel.c: every unfinished task but detached ones. */
void qi_cancel_all_attached(QiWorker *w);
/* select.c: frees one record, returns the next of all. */
struct QiSelect *qi_select_free_one(struct QiSelect *sel);
/* Heap hooks of channel.c. */
void qi_channel_trace(void *user, QiObject *o, QiMarker *m);
void qi_channel_finalize(void *user, QiHeap *h, QiObject *o);
/* 有(v) for an element type that is itself an option. false: out of memory. */
bool qi_box_option(QiWorker *w, const QiType *elem, QiValue v, QiValue *out);

#endif
