/*
 * coroutine.h — coroutines, their stacks, handles, futures and waiters.
 *
 * A coroutine is two things with two lives
 * - QiHandle, a small heap object: who it is and how it ended. Programs hold it
 *   (任务, 协程), and it lives as long as they do.
 * - QiCoroutine, its execution: registers, stack, what it waits for. It belongs to
 *   the worker's pool, is reused the moment the function ends, and so is warm in the
 *   cache for the next one. handle->co is NULL from then on.
 * The first stack segment is part of QiCoroutine: most coroutines need no other.
 *
 * A task is a coroutine the scheduler runs; a 协程 (generator) is one that its
 * resumer runs. The flags say which.
 *
 * A task that has not begun is its handle alone (QI_CO_UNBEGUN): its arguments stand
 * behind the handle, its place in the run queue in the words of its outcome. A worker
 * that ends one task and begins the next keeps the execution, so a thousand short
 * tasks in a row pass through the same cache lines. (Tasks inside a 并发 or 截止, or
 * with values of 上下文, get their execution at once: those tables go by it.)
 *
 * Who owns which field
 * - pc, fp, safepoint, segment: the worker that runs the coroutine; valid only
 *   while it does not run. For a task whose code is inside a generator they
 *   belong to each coroutine of the resume chain separately; `innermost` of the
 *   task is the one to go on with.
 * - wait.*: whoever holds the lock of the thing waited for (see sched.h).
 * - handle->future.*: written once by the worker that settles it.
 *
 * Frames never move, so a waker may write a result straight into the parked
 * frame's register (wait.slot).
 *
 * Rejected: one object for both. Each task then cost 450 bytes of fresh collected
 * memory, and spawning was bound by cache misses. Copying stacks (Go): registers
 * would need relocation and natives could not hold slots. One fixed mmap per
 * coroutine: 4 KiB at least, and a system call each.
 */
#ifndef QI_SCHED_COROUTINE_H
#define QI_SCHED_COROUTINE_H

#include "../heap/heap.h"
#include "../include/qi/async.h"
#include "../include/qi/opcodes.h"

typedef struct QiCoroutine QiCoroutine;
typedef struct QiWorker QiWorker;
typedef struct QiFuture QiFuture;
/* --- stack segments ----------------------------------------------------------
 * The first frame of a segment returns to code that runs SEGRET, which goes back to the
 * frame named here; so an ordinary return needs no check for a segment's end. */
typedef struct QiSegment {
    struct QiSegment *prev;   /* older segment, NULL for the first */
    uint32_t size;            /* bytes, header included */
    uint32_t depth_units;     /* this and all older segments, in units of 256 bytes */
    const QiInsn *return_pc;  /* of the call that entered the segment */
    QiValue *return_fp;
    QiValue result;           /* where that call's RET puts its value; also the coroutine's final result */
} QiSegment;

QI_INLINE QiValue *qi_segment_base(QiSegment *s) { return (QiValue *)(void *)(s + 1); }
QI_INLINE QiValue *qi_segment_end(QiSegment *s) { return (QiValue *)(void *)((char *)s + s->size); }

/* --- waiting ------------------------------------------------------------------- */

/* Why a coroutine is parked; printed by reports, so the list is complete. */
typedef enum QiWaitReason {
    QI_WAIT_NONE = 0,
    QI_WAIT_SEND, QI_WAIT_RECEIVE, QI_WAIT_SELECT, QI_WAIT_FUTURE,
    QI_WAIT_SLEEP, QI_WAIT_CHILD, /* started a child, goes on when that suspends */
    QI_WAIT_SCOPE,  /* at the end of a 并发 or 截止 */
    QI_WAIT_GATHER, /* for several futures */
    QI_WAIT_NATIVE,    /* a native object; its class says for what (native_object.h) */
    QI_WAIT_CONDITION, /* a 条件变量, until it is woken */
    QI_WAIT_IO,        /* for a descriptor (netpoll.c) */
    QI_WAIT_POOL,      /* for work that a thread does (pool.c) */
    QI_WAIT_RELOCK,    /* woken from a 条件变量, until it has its lock again */
} QiWaitReason;

/* A place in the queue of a channel, future or lock. One is embedded in each
 * coroutine; 选择 uses an array of them (coroutine->select). Doubly linked, so that
 * cancelling removes it in O(1). */
typedef struct QiWaiter {
    struct QiWaiter *next, *prev;
    QiCoroutine *co;   /* the waiting task */
    QiValue *slot;     /* sender: the value to take; receiver: where to put it (slot[1] the flag if `pair`); NULL: no value */
    uint16_t index;    /* 选择: number of the case */
    bool pair;         /* deliver as DSTPAIR */
    bool queued;
    uint8_t kind;      /* what is waited for: QI_WAIT_SEND, RECEIVE, FUTURE … (a 选择 mixes them) */
} QiWaiter;

typedef struct QiWaitQueue { QiWaiter *head, *tail; } QiWaitQueue;

/* --- futures --------------------------------------------------------------------- */

typedef enum QiFutureState { QI_FUTURE_PENDING = 0, QI_FUTURE_READY, QI_FUTURE_FAILED } QiFutureState;

/* head.flags: bit 0–1 QiFutureState, bit 2 the failure was observed. head.aux belongs to the coroutine. */
struct QiFuture {
    QiObject head;
    QiWaitQueue waiters;
    QiValue result;       /* READY: the value; FAILED: the QiError; PENDING: of a coroutine that is asked to end the message of its 取消错误 */
};
#define QI_FUTURE_STATE_MASK 3u
#define QI_FUTURE_OBSERVED 4u
#define QI_FUTURE_TIMED 8u /* a delay that runs; `result` is its place in the timer heap */
#define QI_FUTURE_STOPPED 16u /* a delay that was stopped: never ready; for reports */
/* Somebody has got the failure, so it need not be reported. */
QI_INLINE bool qi_future_is_observed(const QiFuture *f) { return (f->head.flags & QI_FUTURE_OBSERVED) != 0; }
QI_INLINE QiFutureState qi_future_state(const QiFuture *f) { return (QiFutureState)(f->head.flags & QI_FUTURE_STATE_MASK); }

/* --- coroutines -------------------------------------------------------------------- */

typedef enum QiCoroutineState {
    QI_CO_CREATED = 0, /* never ran; a task may be in a run queue already */
    QI_CO_READY,       /* in a run queue, ran before */
    QI_CO_RUNNING,     /* on a worker, or (generator) below one that is */
    QI_CO_PARKED,      /* task: waits for something; see reason */
    QI_CO_SUSPENDED,   /* generator: between 挂起 and 恢复 */
    QI_CO_DONE, QI_CO_FAILED, QI_CO_CANCELLED,
} QiCoroutineState;

/* Flags of a coroutine. Those of its creation and, when it is over, its last state stand in the handle's head.aux as well. */
#define QI_CO_STATE_MASK 0xFu
#define QI_CO_GENERATOR 0x10u      /* 协程; else a task */
#define QI_CO_DETACHED 0x20u       /* 启动: reported when it fails, never awaited */
#define QI_CO_CANCEL_REQUESTED 0x40u
#define QI_CO_OWN 0x80u            /* of handles only: somebody outside made it (visitor.c) */
#define QI_CO_MAIN 0x100u          /* 入口 */
#define QI_CO_HAS_CHILDREN 0x200u  /* task: created others; its cancellation must look for them */
#define QI_CO_WANTS_SENT 0x400u    /* generator: S is not 空, so every 恢复 but the first carries a value */
#define QI_CO_BOXES_YIELD 0x800u   /* generator: Y is itself an option, so 有(v) is a box */
#define QI_CO_SLOT_REF 0x1000u     /* task, READY: *wait.slot was given a reference no live-ref map knows yet */
#define QI_CO_SCOPE_ENDED 0x2000u  /* a block it has open was cancelled (scope.c) */
#define QI_CO_UNBEGUN 0x4000u      /* of handles only: a task in the run queue that has no execution yet */
#define QI_CO_HAS_CONTEXT 0x8000u  /* task: the scheduler keeps values of 上下文 for it (context.c) */
#define QI_CO_REASON_SHIFT 16      /* bits 16–23: QiWaitReason */
#define QI_CO_LEAKED 0x1000000u    /* parked, found to be a leak and reported (leak.c); until it parks anew */
#define QI_CO_LEAK_FRESH 0x2000000u /* the same while it is being reported */
#define QI_CO_PRIORITY_SHIFT 26    /* bits 26–27: QiPriority, so that 普通 is 0 (priority.c) */
#define QI_CO_PRIORITY_MASK 0xC000000u
#define QI_CO_HOST 0x10000000u     /* of handles only: it lends itself to a 协程 that somebody outside resumes (visitor.c) */
#define QI_CO_SCANNED_SHIFT 28     /* of executions only, bits 28–29: in which cycle its stack was scanned (scan.c); 0: in none */
#define QI_CO_SCANNED_MASK 0x30000000u
#define QI_CO_LASTING 0x3C00FFFFu /* what a new wait leaves as it is */

/* What a program holds of a coroutine: 任务 or 协程. */
typedef struct QiHandle {
    QiFuture future;             /* outcome and awaiters; head.aux: see QI_CO_… */
    QiCoroutine *co;             /* its execution; NULL: over. UNBEGUN: these words are its QiRunLink */
    struct QiHandle *creator;    /* the task that made it; the chain is cut after 64 links */
    const QiInsn *created_at;    /* pc in the creator */
    uint32_t id;
    uint16_t func;               /* function number of its body */
    uint8_t creator_depth;
    QiValue args[];              /* of a task: its arguments. Traced while UNBEGUN; later only reports look at them (interp/ended.c) */
} QiHandle;

/* Number of the first coroutine of a run, which is 入口. */
#define QI_MAIN_NUMBER 1u

/* Size of a handle with n arguments. */
QI_INLINE size_t qi_handle_size(size_t n) { return (sizeof(QiHandle) + n * sizeof(QiValue) + QI_ALLOC_GRANULE - 1) & ~(size_t)(QI_ALLOC_GRANULE - 1); }

/* --- the run queue's elements ------------------------------------------------------- */

/* A task that is ready, and where it keeps its link: in its coroutine, or, while it has none, in its handle (low bit set).
 * 0: none. */
typedef uintptr_t QiReady;
typedef struct QiRunLink {
    QiReady next;
    struct QiRunLink *prev;      /* of the first one: means nothing */
} QiRunLink;

#define QI_COROUTINE_BYTES 320u  /* with the first segment */

struct QiCoroutine {
    /* First cache line: what every switch reads. */
    const QiInsn *pc;            /* next instruction */
    QiValue *fp;
    QiSegment *segment;          /* newest */
    QiError *wake_error;         /* thrown when it goes on; NULL: none */
    QiHandle *handle;
    uint32_t flags;              /* QI_CO_… */
    uint16_t type;               /* generator: of the handle */
    uint16_t home;               /* task: the worker whose live list it is in */
    QiCoroutine *innermost;      /* task: where to go on. generator: the task it runs on */
    QiCoroutine *resumer;        /* generator: who resumed it. task with a START in progress: who goes on when this first suspends */
    /* Second line: its places in queues and lists. */
    QiWaiter wait;               /* next and prev are its QiRunLink as well; wait.next links the pool's free list */
    QiCoroutine *all_prev, *all_next; /* the live list of a worker: tasks that have begun there and are not over, for roots and reports */
    QiObject *wait_object;       /* what it waits for, for reports (channel, future, mutex …); NULL: time */
    /* Third line. */
    const QiInsn *safepoint;     /* instruction whose live-ref map describes the top frame; NULL: stands at a function's entry (parameters live) */
    union {
        struct QiSelect *select; /* parked in a 选择: its cases (select.h) */
        struct QiGather *gather; /* parked for several futures (scope.h) */
        uint32_t timer;          /* parked in a sleep: its place in the timer heap (timer.c) */
        struct QiMutex *mutex;   /* parked in a 条件变量: the lock it takes again (mutex.c) */
        struct QiIoWait *io;     /* parked for a descriptor (netpoll.h) */
        struct QiPoolWork *work; /* parked for work that a thread does (pool.h) */
        int64_t wanted;          /* parked in a 信号量: permits (semaphore.c) */
    } u;
    struct QiTreeNode *tree;     /* its place among 并发 and 截止 blocks (scope.h); NULL: none */
    QiSegment first;             /* and its words, up to QI_COROUTINE_BYTES */
};

/* The end of the newest segment; of the first one without reading its header. */
QI_INLINE QiValue *qi_stack_end(QiCoroutine *co) {
    return co->segment == &co->first ? (QiValue *)(void *)((char *)co + QI_COROUTINE_BYTES) : qi_segment_end(co->segment);
}

/* Whether the first frame, with its link, has room in the coroutine itself. */
QI_INLINE bool qi_frame_fits_first(size_t nregs) { return sizeof(QiSegment) + (nregs + 2) * sizeof(QiValue) <= QI_COROUTINE_BYTES - offsetof(QiCoroutine, first); }

QI_INLINE QiCoroutineState qi_co_state(const QiCoroutine *co) {
    return (QiCoroutineState)(co->flags & QI_CO_STATE_MASK);
}
QI_INLINE bool qi_handle_is_unbegun(const QiHandle *h) { return (h->future.head.aux & QI_CO_UNBEGUN) != 0; }
/* The execution; NULL: over, or not begun. */
QI_INLINE QiCoroutine *qi_handle_co(const QiHandle *h) { return qi_handle_is_unbegun(h) ? NULL : h->co; }
QI_INLINE QiCoroutineState qi_handle_state(const QiHandle *h) {
    const QiCoroutine *co = qi_handle_co(h);
    return co != NULL ? qi_co_state(co) : (QiCoroutineState)(h->future.head.aux & QI_CO_STATE_MASK);
}
QI_INLINE void qi_co_set_state(QiCoroutine *co, QiCoroutineState s) {
    co->flags = (co->flags & ~QI_CO_STATE_MASK) | (uint32_t)s;
}
QI_INLINE QiWaitReason qi_co_reason(const QiCoroutine *co) {
    return (QiWaitReason)(co->flags >> QI_CO_REASON_SHIFT & 0xFF);
}
QI_INLINE void qi_co_set_reason(QiCoroutine *co, QiWaitReason r) {
    co->flags = (co->flags & QI_CO_LASTING) | (uint32_t)r << QI_CO_REASON_SHIFT;
}
/* Asks something of a coroutine that another worker may run: inside the whole scheduler, where nobody else writes flags, but whoever runs it looks at its
 * kind outside (qi_co_is_generator). */
QI_INLINE void qi_co_request(QiCoroutine *co, uint32_t flag) { __atomic_store_n(&co->flags, co->flags | flag, __ATOMIC_RELAXED); }
/* For code outside the lock. */
QI_INLINE bool qi_co_is_generator(const QiCoroutine *co) { return (__atomic_load_n(&co->flags, __ATOMIC_RELAXED) & QI_CO_GENERATOR) != 0; }
/* Sets a flag of creation, in both places. */
QI_INLINE void qi_coroutine_mark_as(QiCoroutine *co, uint32_t flag) {
    co->flags |= flag;
    co->handle->future.head.aux |= flag;
}
QI_INLINE uint32_t qi_priority_bits(QiPriority p) { return ((uint32_t)p ^ QI_PRIORITY_NORMAL) << QI_CO_PRIORITY_SHIFT; }
/* By flags of a task, or head.aux of its handle. */
QI_INLINE QiPriority qi_priority_of(uint32_t flags) { return (QiPriority)((flags & QI_CO_PRIORITY_MASK) >> QI_CO_PRIORITY_SHIFT ^ QI_PRIORITY_NORMAL); }
/* The task a coroutine runs on: itself, or a generator's. */
QI_INLINE QiCoroutine *qi_co_task(QiCoroutine *co) {
    return qi_co_is_generator(co) ? co->innermost : co;
}

/* --- stack.c -------------------------------------------------------------------------- */

#define QI_SEGMENT_MIN 256u
#define QI_SEGMENT_MAX 65536u
#define QI_SEGMENT_FIRST (QI_COROUTINE_BYTES - (uint32_t)offsetof(QiCoroutine, first))

/* Per worker: free coroutines, and free segments by size class (256 << class). */
#define QI_SEGMENT_CLASSES 9
typedef struct QiStackPool {
    QiCoroutine *coroutines;  /* linked by wait.next */
    QiSegment *free[QI_SEGMENT_CLASSES];
    uint32_t nfree[QI_SEGMENT_CLASSES];
    char *bump, *bump_end;    /* rest of the newest slab */
    struct QiSlab *slabs;
    uint32_t nslabs;
} QiStackPool;

/* What the bottom frames return to (see run.c): word 0 is never run, its A says where RET stores. */
extern const QiInsn qi_stub_segret[2], qi_stub_coroend[2];

/* A coroutine from a slab, in the state of a free one (see coroutine.c); NULL: out of memory. */
QI_COLD QiCoroutine *qi_coroutine_fresh(QiWorker *w);
/* A segment with room for a frame of `slots` registers and its link, at least twice the size of `prev`
 * (NULL: for a first frame that does not fit into the coroutine). NULL: no memory, or prev's coroutine would pass
 * `limit_bytes` (then *too_deep). */
QiSegment *qi_segment_acquire(QiWorker *w, QiSegment *prev, size_t slots, size_t limit_bytes, bool *too_deep);
/* Gives back a segment that is not a coroutine's first. */
void qi_segment_release(QiWorker *w, QiSegment *s);
/* Gives back a coroutine that ended or was collected: its segments, then itself. */
QI_COLD void qi_coroutine_free_slow(QiWorker *w, QiCoroutine *co);
void qi_coroutine_free(QiWorker *w, QiCoroutine *co);
/* Frees the pool itself, after the heap: every coroutine was given back, and nothing is charged any more. */
void qi_stack_pool_free(QiWorker *w);

/* --- walking frames ----------------------------------------------------------- */
/* A frame and the instruction it stands at (NULL: at its function's entry, which is then `pc`). */
typedef struct QiFrame { QiValue *fp; const QiInsn *safepoint; const QiInsn *pc; QiSegment *segment; } QiFrame;
/* The newest frame of a coroutine that does not run (or has stored pc, fp, safepoint). false: it has no stack. */
bool qi_frame_first(const QiCoroutine *co, QiFrame *f);
/* Steps to the caller. false: f was the oldest frame. */
bool qi_frame_next(QiFrame *f);

/* --- coroutine.c ------------------------------------------------------------------------ */

/* A coroutine of function `func` with its arguments copied, not queued, made by the instruction created_at of the running one.
 * NULL: out of memory. */
QiCoroutine *qi_coroutine_new_task(QiWorker *w, uint32_t func, const QiValue *args, const QiInsn *created_at);
QiCoroutine *qi_coroutine_new_generator(QiWorker *w, uint32_t func, const QiValue *args, const QiInsn *created_at);
QI_INLINE QiCoroutine *qi_coroutine_new(QiWorker *w, uint32_t func, const QiValue *args, bool generator, const QiInsn *created_at) {
    return generator ? qi_coroutine_new_generator(w, func, args, created_at) : qi_coroutine_new_task(w, func, args, created_at);
}

/* Heap hooks of the kind; user is the QiSched. */
void qi_coroutine_trace(void *user, QiObject *o, QiMarker *m);
void qi_coroutine_finalize(void *user, QiHeap *h, QiObject *o);
/* future.c: result and nothing else (waiters are live tasks). */
void qi_future_trace(void *user, QiObject *o, QiMarker *m);

#endif
