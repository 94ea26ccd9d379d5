/*
 * shared.h — instructions that touch what workers share, when there are several.
 *
 * Invariants
 * - What workers share are the scheduler's objects (sched/workers.c: the worker's own part, or the whole) and the structure of lists, dictionaries and sets
 *   (locks by address here). Elements, fields, cells and globals are single words and need none (ops.inc); strings and other immutable
 *   objects neither.
 * - Locks are taken in this order: collections, by number; input; scheduler; output; heap. None is held where a worker stands
 *   still for a collection or idles.
 * - Which natives need which is read off their types once: those that may park or deal with tasks, channels, locks
 *   enter the scheduler; those that are given a collection take its lock, or all when other collections hang on it.
 *
 * Rejected: a lock in each list. It would make every list larger, for the sake of programs that share them unguarded.
 */
#ifndef QI_INTERP_SHARED_H
#define QI_INTERP_SHARED_H

#include "vm.h"

#define QI_SHARED_OPS(X)                                                                                                       \
    X(NATIVE) X(PARKNATIVE) X(COROEND)                                                                                         \
    X(SPAWN) X(START) X(LAUNCH) X(NEWCORO) X(RESUME) X(SEND_RESUME) X(YIELD) X(RESCHED) X(CORORESULT) X(AWAIT) X(SLEEP)         \
    X(NEWCHAN) X(SEND) X(RECV) X(RECVOK) X(CLOSE) X(SELECT)                                                                    \
    X(PUSH) X(DGET) X(DSET) X(DFIND) X(DICTNEXT) X(DEEPEQ) X(FORMAT)

QI_INLINE bool qi_op_is_shared(QiOp op) {
    switch (op) {
#define QI_SHARED_CASE(name) case QI_OP_##name:
    QI_SHARED_OPS(QI_SHARED_CASE)
#undef QI_SHARED_CASE
        return true;
    default: return false;
    }
}

#define QI_STRIPES 32u

/* What a native needs. */
typedef struct QiGuard {
    bool scheduler;
    bool all;             /* the locks of all collections */
    uint16_t collections; /* bit i: that of argument i */
} QiGuard;

typedef struct QiShared {
    QiOsMutex stripes[QI_STRIPES];
    bool *reaches;        /* of each type: may collections hang on a value of it? */
    QiGuard *guards;      /* of each import */
} QiShared;

/* NULL: out of memory. */
QiShared *qi_shared_new(const QiProgram *p);
void qi_shared_free(QiShared *s);

/* Does the instruction at pc, one of QI_SHARED_OPS. QI_OK: go on with the next one; QI_PARKED: with w->current. pc, fp and safepoint
 * are stored. */
QiStatus qi_shared_step(QiWorker *w, const QiInsn *pc, QiValue *fp);

/* The lock of a list, for storing into it while the collector marks (barrier.c). */
void qi_shared_lock_list(QiWorker *w, const void *list);
void qi_shared_unlock_list(QiWorker *w, const void *list);

#endif
