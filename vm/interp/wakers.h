/*
 * wakers.h — who could wake those who wait: which tasks can reach the channels and other objects waited for and have code for it
 * (wakers.c), and which could and have ended (ended.c).
 */
#ifndef QI_INTERP_WAKERS_H
#define QI_INTERP_WAKERS_H

#include "vm.h"

#define QI_WAKERS_OBJECTS 48  /* things waited for that are looked up */
#define QI_WAKERS_NAMED 6     /* tasks named for each */

#define QI_ENDED_NAMED 3      /* tasks that ended */

/* What somebody would have to do to an object that is waited for. NONE: the object says itself who holds it. */
typedef enum QiDeed { QI_DEED_NONE, QI_DEED_SEND, QI_DEED_RECEIVE, QI_DEED_WAKE, QI_DEED_COUNT, QI_DEED_RELEASE, QI_DEED_ARRIVE, QI_DEEDS } QiDeed;

/* Tasks that can do it to one object. */
typedef struct QiHolders {
    const QiObject *object;
    QiDeed deed;
    const QiCoroutine *tasks[QI_WAKERS_NAMED];
    uint32_t n;               /* may be more than are named */
    const QiHandle *ended[QI_ENDED_NAMED]; /* newest first */
    uint32_t nended;
} QiHolders;

typedef struct QiWakers {
    QiHolders of[QI_WAKERS_OBJECTS];
    uint32_t n;
    bool complete;            /* everything was looked through */
} QiWakers;

/* kind: QI_WAIT_SEND, QI_WAIT_RECEIVE or another. */
QiDeed qi_deed_wanted(unsigned kind, const QiObject *o);
/* The object is waited for: look it up. NULL is allowed, and what says itself who holds it (QI_DEED_NONE): nothing is looked up. */
void qi_wakers_want(QiWakers *k, const QiObject *o, QiDeed deed);
/* All objects `task` waits for, as qi_wakers_want. */
void qi_wakers_want_of(QiWakers *k, const QiCoroutine *task);
/* Looks through all tasks that are not over, once. The world stands still. */
void qi_wakers_find(QiWakers *k, QiVm *vm);
/* NULL: it was not wanted, or there were too many. */
const QiHolders *qi_wakers_of(const QiWakers *k, const QiObject *o, QiDeed deed);

/* ended.c: the part of it about tasks that ended. */
void qi_ended_find(QiWakers *k, QiVm *vm);
/* Who made a task that ended; NULL: it is not known any more. */
const QiHandle *qi_ended_creator(const QiVm *vm, const QiHandle *h);
/* The error a task ended with; NULL: none, or it is not known any more. */
const QiError *qi_ended_error(const QiVm *vm, const QiHandle *h);
#define QI_ENDED_PLACES 3
/* Where a task ended: one of these; 0: unknown, or there are more. */
uint32_t qi_ended_places(const QiVm *vm, const QiHandle *h, const QiInsn *places[QI_ENDED_PLACES]);

#endif
