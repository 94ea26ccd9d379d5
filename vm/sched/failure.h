/*
 * failure.h — the failures that come after the first one. See failure.c.
 */
#ifndef QI_SCHED_FAILURE_H
#define QI_SCHED_FAILURE_H

#include "sched.h"

/* Later failures of one block, or of what 全部 waits for. Not collected: malloc'ed with the first, freed with the block. */
typedef struct QiLater {
    uint32_t n, cap;
    QiError *body;        /* what the body threw itself; NULL: nothing */
    QiFuture *futures[];  /* that failed, in their order */
} QiLater;

/* One more; f: NULL for the body, which throws e. *list: NULL before the first. false: out of memory. */
bool qi_later_add(QiLater **list, QiFuture *f, QiError *e);
/* Leaves out the futures whose failure somebody has observed meanwhile. */
void qi_later_prune(QiLater *list);
/*
 * What is thrown in place of e, with the later failures as its 其余; they count as observed then. e itself when none of them is another
 * error, or when memory is short: then they stay as they are. The heap's spare error takes none.
 */
QiError *qi_later_join(QiWorker *w, QiLater *list, QiError *e);
void qi_later_mark(const QiLater *list, QiMarker *m);

#endif
