/*
 * native_object.h — layouts of the runtime's own objects that programs hold: locks, gates, counters, contexts
 * (classes of vm/include/qi/classes.def), and what they share.
 *
 * Invariants
 * - All are of kind QI_K_NATIVE; head.aux says which class, so one trace function and one way to leave a queue serve
 *   all, and a new class needs no kind of its own.
 * - Those that can be waited for begin with QiNative. Waiting is first in, first out: who waits longest is served
 *   first and nobody overtakes the queue, so waiting is bounded by those in front. What is waited for is handed over
 *   by the waker: a woken task never finds it gone.
 * - None owns memory outside the heap; none has a finaliser.
 *
 * Lock (several workers): one per object, around every function that takes it. 条件变量 takes its own before that of
 * the 互斥锁.
 */
#ifndef QI_SCHED_NATIVE_OBJECT_H
#define QI_SCHED_NATIVE_OBJECT_H

#include "coroutine.h"

/* Objects of this kind that no program sees. */
enum { QI_CLASS_HOLD = QI_CLASS_COUNT, QI_CLASS_BINDING };

/* Beginning of every class that can be waited for. */
typedef struct QiNative {
    QiObject head;              /* aux: QiNativeClass */
    uint32_t id;                /* number within the class, for reports */
    uint32_t first_task;        /* no coroutine with a smaller number can have been made with it (interp/ended.c) */
    const QiInsn *created_at;
    QiWaitQueue waiters;
} QiNative;

struct QiMutex {
    QiNative base;
    QiHandle *owner;            /* a task, or NULL */
    const QiInsn *locked_at;    /* by the owner */
};

/* One reader of a 读写锁. */
typedef struct QiHold {
    QiObject head;              /* aux: QI_CLASS_HOLD */
    struct QiHold *next;
    QiHandle *task;
    const QiInsn *locked_at;    /* the newest time */
    uint64_t count;             /* how many times it reads */
} QiHold;

struct QiRwLock {
    QiNative base;              /* a waiter's `index`: QI_RW_READ or QI_RW_WRITE */
    QiHandle *writer;
    const QiInsn *locked_at;    /* by the writer */
    QiHold *readers;            /* newest first */
    QiHold *spare;              /* at least one for every waiting reader, so that waking cannot fail */
    uint32_t nspare, nwaiting_readers;
};
#define QI_RW_READ 0u
#define QI_RW_WRITE 1u

struct QiCondition { QiNative base; };

struct QiWaitGroup { QiNative base; int64_t count; };

struct QiOnce {
    QiNative base;              /* head.flags: QI_ONCE_DONE */
    QiHandle *runner;           /* who runs the body, or NULL */
};
#define QI_ONCE_DONE 1u

struct QiSemaphore {
    QiNative base;
    int64_t available, limit;   /* 0 … limit */
};

struct QiBarrier {
    QiNative base;
    int64_t parties, waiting;   /* 1 …; waiting < parties */
};

struct QiAtomic { QiObject head; int64_t value; };

struct QiContextKey {
    QiNative base;              /* head.flags: QI_CONTEXT_REF; nobody waits for it */
    QiValue fallback;           /* for a task that has no value */
};
#define QI_CONTEXT_REF 1u       /* values are references */

/* A value of a 上下文, and those of other contexts behind it. Immutable, so that children share their parent's. */
typedef struct QiBinding {
    QiObject head;              /* aux: QI_CLASS_BINDING */
    struct QiBinding *next;
    QiContextKey *key;
    QiValue value;
} QiBinding;

/* A zeroed object of a class, numbered, made where the running task stands; NULL: out of memory. */
void *qi_native_object_new(QiWorker *w, const QiType *type, QiNativeClass class, size_t size);
/* The same for the two classes no program sees. */
void *qi_native_object_plain(QiWorker *w, uint32_t class, size_t size);
/* Parks the running task in the object's queue. slot: what its waker may write to. mode: the class's. */
QiStatus qi_native_object_wait(QiWorker *w, QiWaitReason reason, QiNative *o, QiValue *slot, uint16_t mode);
/* Wakes the one that waits longest; NULL: nobody does. */
QiCoroutine *qi_native_object_wake(QiWorker *w, QiNative *o);
/* Takes a task that is parked for QI_WAIT_NATIVE or QI_WAIT_CONDITION out of the queue; others that it held up go on. */
void qi_native_object_withdraw(QiWorker *w, QiCoroutine *task);
/* An error about an object, which cannot do n: E6001, E6002, E6005, E6013 or E6015. */
QI_COLD QiError *qi_error_about(QiWorker *w, int code, const QiObject *o, int64_t n);
/* Throws it. NULL: the object cannot be named. */
QiStatus qi_throw_about(QiWorker *w, int code, const QiNative *o, int64_t n);
/* E6015 about an object that is not made, for that. */
QiStatus qi_throw_about_new(QiWorker *w, const char *zh, const char *en, int64_t n);
/* E6005 about a lock. */
QiStatus qi_throw_not_held(QiWorker *w, const QiNative *o);
/* Heap hook of the kind. */
void qi_native_object_trace(void *user, QiObject *o, QiMarker *m);

/* mutex.c: a task that left a 条件变量 gets its lock again, and then goes on (throwing its wake_error, if it has one). */
void qi_condition_relock(QiWorker *w, QiCoroutine *task);
/* rwlock.c, semaphore.c: lets go on whoever can. */
void qi_rwlock_grant(QiWorker *w, QiRwLock *l);
void qi_semaphore_grant(QiWorker *w, QiSemaphore *s);

#endif
