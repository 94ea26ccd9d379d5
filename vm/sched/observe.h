/*
 * observe.h — what a program under the inspector remembers of itself, beyond what it needs to run: how much happened, since when tasks
 * wait, which coroutines ended and how, which 协程 there are.
 *
 * Invariants
 * - There is an observer or there is none for the whole run (QiSchedConfig.observer). Without one nothing here is called: the hot
 *   paths of instructions lead here through the dispatch table that several workers use (interp/shared.c), everything else through
 *   paths that are rare.
 * - Everything is guarded by the scheduler's lock, but for `io`, an atomic.
 * - Handles here are weak: purged when the collector has marked all that is reachable, before it sweeps.
 *
 * Rejected: a field in the coroutine for each of these. They would take the room of the first frame, and a clock read at each wait, from
 * every program.
 */
#ifndef QI_SCHED_OBSERVE_H
#define QI_SCHED_OBSERVE_H

#include "sched.h"

/* A coroutine that is over, after its handle may be gone. */
typedef struct QiEnded {
    uint32_t id;
    uint32_t aux;              /* of its handle: last state, kind, priority, … */
    uint32_t by;               /* number of its creator, 0: 入口; means nothing when created_at is NULL */
    uint16_t func;
    const QiInsn *created_at;  /* NULL: unknown */
    int64_t ended_ns;          /* qi_clock_monotonic_ns */
    char *outcome;             /* JSON, malloc'ed: how it ended. NULL: nothing is known */
} QiEnded;

#define QI_ENDED_MAX 1024u     /* remembered, newest */
#define QI_ENDED_OWN_MAX 256u  /* and of those that somebody outside made */
#define QI_SAMPLE_EVERY 16u    /* of the creations one is timed */

typedef struct QiSince { const QiCoroutine *task; int64_t ns; } QiSince;

struct QiObserver {
    _Atomic uint64_t io;       /* relaxed: calls of natives that read or write outside the program */
    uint64_t switches;
    uint64_t over;             /* coroutines that ended, or were dropped by the collector */
    uint64_t made;             /* coroutines made by instructions */
    uint64_t samples;          /* of them timed */
    int64_t sample_ns;         /* together, without the clock's own time: */
    int64_t clock_ns;
    uint64_t nended, nown;     /* entries written to: */
    QiEnded ended[QI_ENDED_MAX];
    QiEnded own[QI_ENDED_OWN_MAX]; /* apart, so that a program that ends a million tasks a second leaves who asked the time to read them */
    QiHandle **generators;     /* not over when the collector last looked */
    uint32_t ngenerators, cap_generators;
    /* Open addressing by execution, which lives in the pool for good: entries are never removed. cap is a power of two. */
    QiSince *since;
    uint32_t nsince, cap_since;
};

/* NULL: out of memory. */
QiObserver *qi_observer_new(void);
/* NULL is allowed. */
void qi_observer_free(QiObserver *o);

/* The task begins what it may have to wait in. */
void qi_observe_waiting(QiObserver *o, const QiCoroutine *task);
/* When it did; 0: unknown. */
int64_t qi_observe_since(const QiObserver *o, const QiCoroutine *task);
void qi_observe_generator(QiObserver *o, QiHandle *h);
/* h is about to end, or just did. outcome is taken over; NULL: nothing to say. */
void qi_observe_end(QiObserver *o, const QiHandle *h, QiCoroutineState state, char *outcome);
/* All that is reachable is marked. */
void qi_observe_purge(QiObserver *o);
/* One of those that ended, of each of the two kinds the newest first; NULL: not so many are remembered. */
const QiEnded *qi_observe_ended(const QiObserver *o, uint32_t i);

/* --- inspect.c: for whoever looks -------------------------------------------------- */

/* Numbers of the coroutines that o waits for or that wait for o, at most `most` of them. Returns how many were written. */
uint32_t qi_sched_waits_for(const QiCoroutine *task, const QiHandle *out[], uint32_t most);
uint32_t qi_sched_awaited_by(const QiHandle *h, const QiHandle *out[], uint32_t most);
/* Milliseconds to the earliest deadline of the blocks around the running code of a task; false: there is none. */
bool qi_sched_deadline_ms(const QiSched *s, const QiCoroutine *task, int64_t *ms);

/* --- visitor.c: what somebody outside does to a program at a safepoint; inside the lock ------------- */

/* A detached task of func. NULL: out of memory. */
QiHandle *qi_visitor_create(QiWorker *w, uint32_t func, const QiValue *args);
/* Resumes a 协程 that is created or suspended and wants no value, on a task of its own; that has `entry`, any function without
 * parameters, for a name. Its frame at the end: what was yielded, 1 (or 0: the 协程 is over), the type of the 协程. NULL: out of memory. */
QiHandle *qi_visitor_resume(QiWorker *w, QiHandle *generator, uint32_t entry);
/* Cancels a task or a 协程 that does not run. false: it runs. */
bool qi_visitor_cancel(QiWorker *w, QiHandle *h, uint32_t entry);

#endif
