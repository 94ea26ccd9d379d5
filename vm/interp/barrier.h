/*
 * barrier.h — instructions that take a reference out of something while the collector marks.
 *
 * Between two slices of marking another table is used (run.c), in which these lead to one body first: it shades what is about to be lost
 * (heap/cycle.c), then the instruction runs as ever (or was done in the same lock). At all other times they cost nothing.
 *
 * Not here: what asks for itself, because it is out of line anyway (dictionaries, natives, switching between tasks).
 *
 * Rejected: a test in each of these instructions. Storing into fields and elements is among the hottest there is.
 */
#ifndef QI_INTERP_BARRIER_H
#define QI_INTERP_BARRIER_H

#include "vm.h"

#define QI_BARRIER_OPS(X) X(SETF) X(STCELL) X(STPTR) X(LSET) X(RECV) X(RECVOK) X(SELECT) X(RESUME)

QI_INLINE bool qi_op_has_barrier(QiOp op) {
    switch (op) {
#define QI_BARRIER_CASE(name) case QI_OP_##name:
    QI_BARRIER_OPS(QI_BARRIER_CASE)
#undef QI_BARRIER_CASE
        return true;
    default: return false;
    }
}

/* Shades what the instruction at pc, one of QI_BARRIER_OPS, is about to take away. true: and did what the instruction does. */
QI_COLD bool qi_barrier_step(QiWorker *w, const QiInsn *pc, QiValue *fp);
/* For those of them that are shared (shared.h) as well, in the scheduler's lock; nothing for others. */
QI_COLD void qi_barrier_scheduler(QiWorker *w, const QiInsn *pc, QiValue *fp);

/* Which of w->tables is due. */
QI_INLINE unsigned qi_table_number(const QiWorker *w) { return (unsigned)w->locking + 2u * (unsigned)w->marking; }

#endif
