/*
 * failure.h — the failures that come after the first one. See failure.c.
 */
#ifndef QI_SCHED_FAILURE_H
#define QI_SCHED_FAILURE_H

#include "sched.h"

/* Later failures of one block, or of what 全部 waits for. Not collected: malloc'ed with the first, freed with the block. */
typedef struct QiLater {
    uint32_t n, cap;
    uint32_t body_at;     /* so many of `futures` failed before the body did */
    QiError *body;        /* what the body threw itself, or a 取消错误 that covers it up; NULL: nothing */
    QiFuture *futures[];  /* that failed, in their order */
} QiLater;

/* e, or, of a 取消错误, a failure that it covers up: the first along its 起因, else one among the 其余; NULL: none. e when there is too much to search. */
QiError *qi_error_real(QiError *e);
/* The same for several errors, of all of which no more than so much is searched; *left: at first QI_ERRORS_SEARCHED. */
#define QI_ERRORS_SEARCHED 100000u
QiError *qi_error_real_within(QiError *e, unsigned *left);
/* One more; *list: NULL before the first. false: out of memory, the list is as it was. */
bool qi_later_add(QiLater **list, QiFuture *f);
/* As the oldest. */
bool qi_later_add_first(QiLater **list, QiFuture *f);
/* What the body failed with, once. */
bool qi_later_add_body(QiLater **list, QiError *e);
bool qi_later_add_body_first(QiLater **list, QiError *e);
/* The first that is not a 取消错误, else the first that covers a failure up; NULL: none. */
QiFuture *qi_later_real(const QiLater *list);
/*
 * What is thrown in place of e, with the later failures as its 其余; they count as observed then. e itself when there is nothing that it does not
 * carry. NULL, and nothing is changed: memory is short, or e is the heap's spare error, which is everybody's.
 */
QiError *qi_later_join(QiWorker *w, const QiLater *list, QiError *e);
void qi_later_mark(const QiLater *list, QiMarker *m);

#endif
