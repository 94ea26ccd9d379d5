/*
 * sched.h — the scheduler and every way to wait, as the interpreter and the
 * natives see them.
 *
 * The protocol between the interpreter and this room
 * - Before it calls anything here that may park, the interpreter stores pc
 *   (the instruction after the current one), fp and safepoint (the current
 *   instruction) in w->current.
 * - QI_OK: done, results are in the slots; go on. QI_THROW: w->error. QI_PARKED:
 *   w->current is now another coroutine (or NULL: the program ended); load
 *   pc and fp from it, and throw its wake_error first if it has one.
 * - A park becomes visible (queued where a waker finds it) only when everything
 *   of the coroutine is stored: `qi_park_inline` runs its commit callback last.
 *
 * With several workers, everything here is called between qi_sched_enter and qi_sched_leave, inside the whole scheduler; functions that end in _own between
 * qi_sched_enter_own and qi_sched_leave_own, in the worker's own part (workers.c). With one worker no lock is taken, and the interpreter's fast paths are inlined.
 * Order of locks: those of the interpreter's collections, that of input, the scheduler's, that of output, the heap's.
 */
#ifndef QI_SCHED_SCHED_H
#define QI_SCHED_SCHED_H

#include "../include/qi/async.h"
#include "native_object.h"
#include "worker.h"

/* --- objects of this room --------------------------------------------------- */

typedef struct QiChannel {
    QiObject head;             /* flags: QI_CHANNEL_…; aux: how many instructions behind created_at it was closed (modulo 2^32), 0: unknown */
    uint32_t id;               /* for reports */
    uint32_t capacity, count, first;
    uint32_t slots;            /* words of `buffer`: grows up to capacity as it is needed */
    uint32_t first_task;       /* as in QiNative */
    QiWaitQueue senders, receivers;
    QiValue *buffer;           /* ring; NULL before the first buffered value */
    const QiInsn *created_at;
} QiChannel;
/* Where it was closed; NULL: unknown. */
QI_INLINE const QiInsn *qi_channel_closed_at(const QiChannel *c) { return c->head.aux != 0 ? c->created_at + (int32_t)c->head.aux : NULL; }
#define QI_CHANNEL_CLOSED 1u
#define QI_CHANNEL_REF 4u      /* the element type is a reference */
#define QI_CHANNEL_BOXES 2u    /* the element type is itself an option, so 有(v) is a box */

/* --- scheduler ------------------------------------------------------------------ */

struct QiNative;
struct QiScope;
struct QiCancelCause;
typedef struct QiObserver QiObserver;

typedef struct QiSchedConfig {
    uint32_t workers;          /* at most; 0: 1; with deterministic always 1 */
    bool spread;               /* all workers stay at work, whether it pays or not: for tests */
    bool deterministic;        /* seeded choices, seeded preemption */
    bool virtual_time;         /* with deterministic only: nobody waits, the clock moves on to the next timer */
    uint64_t seed;
    uint32_t pool_threads;     /* for work that takes long (pool.c), at most. 0: 4 */
    int64_t pool_idle_ns;      /* how long they wait for more before they end. 0: 5 s */
    size_t pool_stack_bytes;   /* of each. 0: 1 MiB */
    size_t stack_limit_bytes;  /* per coroutine; past it E7004. 0: 1 GiB */
    /* upward hooks into interp/ */
    void *user;
    /* task failed and is over: 入口 (QI_CO_MAIN), a detached task (QI_CO_DETACHED), or, at the end of the program, any other
     * whose failure nobody observed. Report it. */
    void (*report_failure)(void *user, QiHandle *task, QiError *e);
    /* All wait and nothing can wake one. */
    void (*report_deadlock)(void *user);
    /* The program ends although tasks that were to be joined go on; others may run them at this moment. NULL: nobody wants to know. */
    void (*report_unended)(void *user);
    /* Does any frame of co, or of the coroutines it was resumed by up to its task, stand in masked code? With a scope: in code
     * masked inside the block of that scope. */
    bool (*masked)(void *user, const QiCoroutine *co, const struct QiScope *scope);
    /* Is the instruction in masked code of its function that does not hold `begin` (NULL: any) as well? */
    bool (*masked_at)(void *user, const QiInsn *at, const QiInsn *begin);
    /* The tasks with QI_CO_LEAK_FRESH will never be woken; called inside a collection: objects can be read, not made. NULL: leaks
     * are not looked for. With it the heap needs qi_sched_mark_unreached. */
    void (*report_leaks)(void *user);
    /* What qi_sched_ask asked for can be had now, by this worker: QI_ASK_STATS, or one for which the world stands still. NULL: nobody asks. */
    void (*answer)(void *user, QiWorker *w, uint32_t what);
    /* Somebody may look closer (observe.h); NULL: nobody will. Belongs to who gives it. */
    QiObserver *observer;
    /* With an observer: how a coroutine failed, as JSON (malloc'ed). */
    char *(*describe)(void *user, const QiError *e);
    /* E6001, E6002, E6005, E6013 or E6015 about an object, saying which it is and what it has (where a channel was closed, who holds a lock,
     * how many permits …); n: what was asked of it. The lock of o is held. NULL: the error says nothing about it. */
    QiError *(*error_about)(QiWorker *w, int code, const QiObject *o, int64_t n);
    /* The message of 取消错误 for this cause. NULL: they say no cause. */
    QiString *(*cancelled)(QiWorker *w, const struct QiCancelCause *cause);
    /* A task waits behind one that computes, and workers 1 … have no threads yet: equips them and calls qi_sched_start_workers. false: they
     * cannot be had, and are not asked for again. NULL: whoever wants them starts them before the program begins. */
    bool (*widen)(void *user);
    /* The worker is about to sleep: a good time to flush output. May be NULL. */
    void (*idle)(void *user);
    /* Runs w->current and what follows until the program is over: the rest of a worker's thread. */
    void (*run)(QiWorker *w);
} QiSchedConfig;

/* NULL: out of memory. */
QiSched *qi_sched_new(const QiSchedConfig *config);
/* Before the heap is freed: gives back the stacks of tasks that are not over. */
void qi_sched_drop_tasks(QiSched *s);
/* After the heap was freed: its finalisers use the stack pool. */
void qi_sched_free(QiSched *s);
QiWorker *qi_sched_worker(QiSched *s, uint32_t i);
/* How many workers there may be; fixed by the configuration. */
uint32_t qi_sched_workers(const QiSched *s);
/* How many have a thread by now: workers 0 to that. Inside the lock, or while the world stands still. */
uint32_t qi_sched_running(const QiSched *s);
/* Starts the threads of workers 1 … (worker 0 has its current coroutine), and waits for them when worker 0 found the program over.
 * Neither is called inside the lock; starting also at a safepoint of an only worker (`widen`). */
void qi_sched_start_workers(QiSched *s);
void qi_sched_join_workers(QiSched *s);
/* workers.c: the lock. A worker may enter again inside. */
QI_COLD void qi_sched_lock(QiWorker *w);
QI_COLD void qi_sched_unlock(QiWorker *w);
QI_INLINE void qi_sched_enter(QiWorker *w) {
    if (QI_UNLIKELY(w->shared) && w->lock_depth++ == 0) qi_sched_lock(w);
}
QI_INLINE void qi_sched_leave(QiWorker *w) {
    if (QI_UNLIKELY(w->shared) && --w->lock_depth == 0) qi_sched_unlock(w);
}
/* workers.c: the own part of one of several workers. false: not entered; what is to be done needs the whole scheduler now. */
QI_NOINLINE bool qi_sched_enter_own(QiWorker *w);
/* Leaves it; or the whole, when that was entered from inside. */
QI_NOINLINE void qi_sched_leave_own(QiWorker *w);
/* Serves QI_POLL_MODE, between two instructions: takes the lock for each of them from now on, or none. */
QI_COLD void qi_sched_settle(QiWorker *w);
/* Iterate every task that has begun and is not over, of each worker the newest first: for roots, reports. NULL: there are no more. Inside the whole. */
QiCoroutine *qi_sched_first_task(QiSched *s);
QiCoroutine *qi_sched_next_task(const QiSched *s, const QiCoroutine *task);
/* Puts the lists of all workers together, for the end of the program: the next one is all_prev. */
QiCoroutine *qi_sched_oldest_task(QiSched *s);
/* inspect.c: tasks in run queues that have not begun. */
void qi_sched_each_unbegun(QiSched *s, void (*visit)(void *user, const QiHandle *h), void *user);
/* The coroutine of a task whose frames are the newest; NULL: unknown, it runs. */
const QiCoroutine *qi_sched_innermost(QiSched *s, const QiCoroutine *task);
/* Milliseconds until a task that sleeps, or is parked in a 选择 with a time limit, goes on at the latest; false: nothing says. */
bool qi_sched_wakes_ms(const QiSched *s, const QiCoroutine *task, int64_t *ms);
typedef struct QiSchedStats {
    uint32_t created;          /* coroutines so far */
    uint32_t timers;           /* running now */
    int64_t slow_ns;           /* the longest a worker took to hear of a tick, and where it stood then (NULL: between two tasks) */
    const QiInsn *slow_at;
} QiSchedStats;
QiSchedStats qi_sched_stats(const QiSched *s);
/* Coroutines with this number or a greater one were made since the last collection that swept had begun: nothing that they were
 * made with was swept. */
uint32_t qi_sched_unswept(const QiSched *s);
/* Tasks in the run queue of a worker, counted to `most`. */
uint32_t qi_sched_queue_length(const QiSched *s, uint32_t worker, uint32_t most);
/* Heap hooks of this room's kinds. */
void qi_sched_kind_ops(QiKindOps ops[QI_K_COUNT]);
/* Marks what the scheduler itself holds (run queues, timers, live tasks). Each coroutine's frames are traced by
 * qi_coroutine_trace, which asks the program for live-ref maps through this callback set by interp/: */
typedef struct QiFrameMaps {
    void *user;
    /* Live registers of the frame whose safepoint is pc: bitmap (nbits) or, for entry, parameters. */
    const uint8_t *(*at)(void *user, const QiInsn *safepoint, uint32_t *nbytes);
    const uint8_t *(*at_entry)(void *user, const QiInsn *pc, uint32_t *nbytes);
} QiFrameMaps;
void qi_sched_set_frame_maps(QiSched *s, const QiFrameMaps *maps);
const QiFrameMaps *qi_sched_frame_maps(const QiSched *s);
void qi_sched_mark_roots(QiSched *s, QiMarker *m);
/* leak.c: when all that is reachable is marked: finds, reports and marks the tasks that nobody can wake. */
bool qi_sched_mark_unreached(QiSched *s, QiMarker *m);
/* While the worker is marking: before a 协程 is resumed by qi_generator_try_resume; before a value is taken out of a channel. */
QI_COLD void qi_scan_resumed(QiWorker *w, QiHandle *generator);
QI_COLD void qi_scan_channel(QiWorker *w, const QiChannel *c);

/* Makes a task of `func` and its arguments, ready at the tail of the run queue; launch: a detached one (启动). created_at: the instruction, whose B names the first of
 * the arguments in the running frame; NULL: there is none (unit tests). NULL: out of memory. */
QiHandle *qi_task_spawn(QiWorker *w, uint32_t func, const QiValue *args, const QiInsn *created_at);
QiHandle *qi_task_launch(QiWorker *w, uint32_t func, const QiValue *args, const QiInsn *created_at);
/* Links a task made by qi_coroutine_new into the live list, makes it ready at the tail of the run queue. */
void qi_task_enqueue(QiWorker *w, QiCoroutine *task);
/* START: the running coroutine waits until child first suspends or ends; w->current becomes the child. The handle is
 * stored in *slot when the caller goes on (not before: the register is not in the live-ref map of the safepoint).
 * QI_OK: the child may not run yet, and the handle is in *slot. */
QiStatus qi_task_start(QiWorker *w, QiCoroutine *child, QiValue *slot);
/* The running coroutine's function returned `value` (COROEND) or, for fail, ended with w->error.
 * Settles its future, wakes awaiters (or returns to the resumer of a generator) and picks the next w->current (NULL: program over).
 * Not NULL: another task begins at this instruction, in the same coroutine, with nothing pending. */
const QiInsn *qi_coroutine_return(QiWorker *w, QiValue value);
void qi_coroutine_fail(QiWorker *w, QiError *e);

/* The usual cases of the above, inside the own part of a worker (qi_sched_enter_own). false or NULL: nothing was done, it has to be done inside the whole. */
QiHandle *qi_task_spawn_own(QiWorker *w, uint32_t func, const QiValue *args, const QiInsn *created_at, bool detached);
bool qi_task_start_own(QiWorker *w, uint32_t func, const QiValue *args, const QiInsn *created_at, QiValue *slot, QiStatus *status);
bool qi_coroutine_return_own(QiWorker *w, QiValue value);
bool qi_reschedule_own(QiWorker *w, QiStatus *status);
QiHandle *qi_generator_new_own(QiWorker *w, uint32_t func, const QiValue *args, const QiInsn *created_at);
bool qi_generator_resume_own(QiWorker *w, QiHandle *h, QiValue *slot);
bool qi_generator_yield_own(QiWorker *w, QiValue value, uint16_t type, QiValue *slot);
bool qi_await_own(QiWorker *w, QiFuture *f, QiValue *slot, QiStatus *status);
bool qi_channel_send_own(QiWorker *w, QiChannel *c, const QiValue *value, QiStatus *status);
bool qi_channel_receive_own(QiWorker *w, QiChannel *c, QiValue *slot, bool pair, QiStatus *status);
/* Where the task goes on is its pc. */
bool qi_select_own(QiWorker *w, const QiInsn *insn, QiValue *fp);

/* Back-edge or call asked for attention: collects, preempts, counts. pc/fp/safepoint are stored. Enters the lock itself.
 * Never throws (a back-edge has no handler); w->current is whoever runs next. */
void qi_worker_poll(QiWorker *w);
/* Ends the program: no coroutine runs on; w->current becomes NULL. */
void qi_sched_stop(QiWorker *w);
/* Enqueues 入口 (marked QI_CO_MAIN here) and makes it w->current. Call once, before anything else runs. The object stays
 * reachable; after the run its future holds the result (READY: the exit code; FAILED: already reported). */
void qi_sched_start_main(QiWorker *w, QiCoroutine *main);
/* attend.c: asks the running program for something; any thread that is no worker. */
#define QI_ASK_CANCEL 1u     /* cancel 入口 and its tree */
#define QI_ASK_DUMP 2u       /* call `answer` when all frames can be walked */
#define QI_ASK_STATS 4u      /* call `answer` at the next safepoint */
#define QI_ASK_INSPECT 8u    /* as QI_ASK_DUMP; the answer may change what tasks there are */
#define QI_ASK_POOL 16u      /* take what threads of the pool have done (pool.c) */
#define QI_ASK_STILL (QI_ASK_DUMP | QI_ASK_INSPECT)
void qi_sched_ask(QiSched *s, uint32_t what);
/* The worker waited by itself (netpoll.c, deterministic mode), with its state stored, and may have been asked for something: serves it.
 * QI_THROW: the running task was cancelled. */
QiStatus qi_worker_attend(QiWorker *w);
/* Did 入口 end because it was asked to? After the run. */
bool qi_sched_interrupted(const QiSched *s);
/* The run ended in E6006. */
bool qi_sched_deadlocked(const QiSched *s);

/* --- 协程: generator.c --------------------------------------------------------------- */
/* The usual 恢复 without a value, of a 协程 between 挂起 and 恢复. false: nothing was done, qi_generator_resume will. */
QI_INLINE bool qi_generator_try_resume(QiWorker *w, QiHandle *h, QiValue *slot) {
    QiCoroutine *co = h->co, *resumer = w->current;
    /* While the collector marks, the interpreter has scanned it (interp/barrier.h). */
    if (QI_UNLIKELY(co == NULL || (co->flags & (QI_CO_STATE_MASK | QI_CO_WANTS_SENT)) != QI_CO_SUSPENDED)) return false;
    co->resumer = resumer;
    co->innermost = qi_co_task(resumer);
    co->wait.slot = slot;
    co->flags += QI_CO_RUNNING - QI_CO_SUSPENDED;
    w->current = co;
    return true;
}
/* The usual 挂起, in a 协程 of the very type. false: nothing was done, qi_generator_yield will. */
QI_INLINE bool qi_generator_try_yield(QiWorker *w, QiValue value, uint16_t type, QiValue *slot) {
    QiCoroutine *co = w->current;
    const uint32_t odd = QI_CO_GENERATOR | QI_CO_CANCEL_REQUESTED | QI_CO_BOXES_YIELD;
    if (QI_UNLIKELY((co->flags & odd) != QI_CO_GENERATOR || co->type != type)) return false;
    QiValue *out = co->wait.slot;
    out[0] = value;
    out[1] = 1;
    co->wait.slot = slot;
    co->flags += QI_CO_SUSPENDED - QI_CO_RUNNING;
    w->current = co->resumer;
    return true;
}
/* slot: DSTPAIR registers of the resumer. */
QiStatus qi_generator_resume(QiWorker *w, QiHandle *h, QiValue *slot, bool sends, QiValue sent);
/* slot: where the value of the next 恢复 goes (NULL: none wanted). type: index of the 协程 type that must run. */
QiStatus qi_generator_yield(QiWorker *w, QiValue value, uint16_t type, QiValue *slot);
QiStatus qi_generator_result(QiWorker *w, QiHandle *h, QiValue *slot);
QiStatus qi_reschedule(QiWorker *w);

/* --- future.c, channel.c, select.c, timer.c ---------------------------------------------- */
QiFuture *qi_future_new(QiWorker *w, uint16_t type);
void qi_future_settle(QiWorker *w, QiFuture *f, QiFutureState state, QiValue result);
QiStatus qi_await(QiWorker *w, QiFuture *f, QiValue *slot);
QiStatus qi_channel_new(QiWorker *w, int64_t capacity, uint16_t type, QiValue *slot);
QiStatus qi_channel_send(QiWorker *w, QiChannel *c, const QiValue *value);
QiStatus qi_channel_receive(QiWorker *w, QiChannel *c, QiValue *slot, bool pair);
QiStatus qi_channel_close(QiWorker *w, QiChannel *c);
/* insn: the SELECT word, its SEL_… words follow. When a case is chosen the coroutine's pc is its target. */
QiStatus qi_select(QiWorker *w, const QiInsn *insn, QiValue *fp);
QiStatus qi_sleep(QiWorker *w, int64_t milliseconds);
/* Monotonic, or the virtual clock. Reading the virtual clock moves it on by a microsecond, so that waiting for a time
 * in a loop ends. */
int64_t qi_sched_now_ns(QiSched *s);
/* Wall clock since 1970, or the virtual clock from a fixed date on. */
int64_t qi_sched_wall_ns(QiSched *s);
int64_t qi_sched_wall_ms(QiSched *s);

#endif
