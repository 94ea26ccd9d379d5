/*
 * worker.h — one worker thread of the scheduler: the state the interpreter
 * keeps its finger on.
 *
 * Invariants
 * - The first cache line holds what running code reads; nothing another thread
 *   writes often shares it.
 * - `poll` and `limit` may be written by other threads (relaxed): poll != 0 or
 *   limit == NULL sends the next back-edge or call to qi_worker_poll. The worker
 *   itself restores them.
 * - A worker runs one coroutine at a time: `current` (the innermost). While it
 *   runs, its pc and fp live in the interpreter's registers.
 */
#ifndef QI_SCHED_WORKER_H
#define QI_SCHED_WORKER_H

#include <stdatomic.h>

#include "../base/latch.h"
#include "coroutine.h"

struct QiVm;
struct QiSelect;
#define QI_SELECT_CLASSES 17
typedef struct QiSched QiSched;

/* One entry per function: all that a call needs. */
typedef struct QiFuncEntry {
    const QiInsn *code;
    uint16_t nregs;   /* registers of its frame */
    uint16_t nparams; /* with the environment of a closure */
    uint16_t type;    /* of the 任务 or 协程 that runs it; 0 when it never does */
    uint16_t handle;  /* granules of a handle with its arguments; 0: more than the fast path allocates */
} QiFuncEntry;
_Static_assert(sizeof(QiFuncEntry) == 16, "an entry is found by a shift");

/* The public part of a run queue (runqueue.h). Two lines: thieves write `head`, the owner the rest. */
#ifndef QI_RING
#define QI_RING 32u          /* a power of two; tests shrink it */
#endif
typedef struct QiRing {
    _Alignas(64) _Atomic uint64_t head; /* how many were ever taken out */
    _Alignas(64) _Atomic uint64_t tail; /* how many were ever put in */
    uint64_t published;        /* head when the last batch was put in. The owner's */
    _Atomic QiReady slots[QI_RING];
} QiRing;

/* How a worker spent its time since `began` (spread.c). */
typedef struct QiWindow {
    int64_t began;       /* ns */
    int64_t lost, idle;  /* ns of waiting for the lock and waking others; of waiting for work */
    uint32_t steps, wholes; /* how often it entered; of these, the whole scheduler */
    uint32_t moves;      /* how often it found an object that another worker had touched last */
    int64_t cost;        /* ns lost in the windows before it, as far as these cost more than they brought */
    uint32_t used;       /* of the window before: how much went into the program's own work, of QI_SPREAD_ALL */
} QiWindow;
#define QI_SPREAD_ALL 256u

struct QiWorker {
    _Alignas(64) _Atomic(QiValue *) limit; /* end of the current segment; NULL asks for a poll at the next call */
    _Atomic uint32_t poll;      /* QI_POLL_… bits */
    uint32_t id;
    QiCoroutine *current;
    const QiFuncEntry *funcs;
    QiHeap *heap;
    const QiValue *constants;
    QiString *const *strings;
    QiValue *globals;
    QiError *error;             /* of the last QI_THROW */
    struct QiVm *vm;
    QiSched *sched;
    const struct QiImport *imports;
    const struct QiImport *native; /* the import being called, for qi_native_arg_type */
    QiValue *native_slot;       /* where a native that parks wants its result */

    QiStackPool stacks;
    /* run queue of this worker: its private part (runqueue.h) */
    QiReady run_head;           /* 0: empty */
    QiRunLink *run_tail;        /* of the last one; empty: means nothing */
    uint32_t next_id;           /* number of the next coroutine */
    QiCoroutine *tasks;         /* live list, newest first: unfinished tasks that began here */
    int64_t attached;           /* tasks of 创建 and 异步 made here, less those that ended here */
    size_t stack_limit;         /* bytes a coroutine's stack may take */
    uint64_t rng;               /* fair choices; seeded in deterministic mode */
    uint32_t slice;             /* deterministic mode: back-edges until preemption */
    bool ticking;               /* the ticker is on, or none is needed (ticker.c) */
    bool marking;               /* the collector is between two slices of marking: what runs is scanned first (scan.c) */
    /* several workers: workers.c, spread.c */
    bool shared;                /* there are several: what touches the scheduler's state is done inside its lock */
    bool locking;               /* and this one takes it for each instruction: the interpreter uses its other table */
    bool alone;                 /* this one keeps it, as no other is at work */
    bool owed;                  /* it gives it back at the end of the instruction */
    bool idle;                  /* it waits for work */
    bool retired;               /* it takes no work until it was idle */
    bool saw_more;              /* where it took its task from there was more */
    bool shares;                /* others came for its tasks: it publishes some */
    uint32_t lock_depth;        /* how often this worker entered the whole scheduler */
    bool own;                   /* it is inside its own part */
    QiLatch part;               /* the lock of its own part: the fields above from `stacks` on, and the tasks it runs */
    uint32_t ids_next, ids_end; /* numbers set aside for coroutines made inside the own part */
    bool wants_ids;             /* there are none, and it would use them */
    _Atomic int64_t asked_at;   /* relaxed: when the ticker asked for a poll that did not come yet; 0: it did, or the worker idled */
    QiReady waited;             /* head of the queue when it last left the lock */
    QiWindow window;
    const void *tables[4];      /* run.c: for one at work, for several; the same while marking */
    QiOsThread thread;          /* worker 0 runs on the caller's */
    struct QiSelect *select_free[QI_SELECT_CLASSES]; /* records of 选择 that are over, by power of two of their cases */
    struct QiSelect *select_all; /* made here; freed with the scheduler */
    void *native_cache;         /* what natives keep between calls (native.h), freed by: */
    void (*native_cache_release)(void *kept);
    QiReady seen_global;        /* head of the global queue at its last tick */
    QiRing ring;                /* the public part of its run queue */
};

#define QI_POLL_GC 1u        /* a collection is wanted */
#define QI_POLL_PREEMPT 2u   /* let others run */
#define QI_POLL_STOP 4u      /* the program ends (退出) */
#define QI_POLL_SLICE 8u     /* deterministic mode: count */
#define QI_POLL_ATTEND 16u   /* somebody outside asks for something (attend.c) */
#define QI_POLL_NARROW 32u   /* one worker fewer would do (spread.c) */
#define QI_POLL_MODE 64u     /* the interpreter must call qi_sched_settle before it goes on */

/* Asks worker w to poll soon. Any thread. */
QI_INLINE void qi_worker_request(QiWorker *w, uint32_t bit) {
    atomic_fetch_or_explicit(&w->poll, bit, memory_order_relaxed);
    atomic_store_explicit(&w->limit, NULL, memory_order_relaxed);
}

#endif
