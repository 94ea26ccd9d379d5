/*
 * wakers.h — who could wake those who wait: which tasks can reach the channels and other objects waited for. See wakers.c.
 */
#ifndef QI_INTERP_WAKERS_H
#define QI_INTERP_WAKERS_H

#include "vm.h"

#define QI_WAKERS_OBJECTS 48  /* things waited for that are looked up */
#define QI_WAKERS_NAMED 6     /* tasks named for each */

/* Tasks that can reach one object. */
typedef struct QiHolders {
    const QiObject *object;
    const QiCoroutine *tasks[QI_WAKERS_NAMED];
    uint32_t n;               /* may be more than are named */
} QiHolders;

typedef struct QiWakers {
    QiHolders of[QI_WAKERS_OBJECTS];
    uint32_t n;
    bool complete;            /* everything was looked through */
} QiWakers;

/* The object is waited for: look it up. NULL is allowed. */
void qi_wakers_want(QiWakers *k, const QiObject *o);
/* All objects `task` waits for, as qi_wakers_want. */
void qi_wakers_want_of(QiWakers *k, const QiCoroutine *task);
/* Looks through all tasks that are not over, once. The world stands still. */
void qi_wakers_find(QiWakers *k, QiVm *vm);
/* NULL: it was not wanted, or there were too many. */
const QiHolders *qi_wakers_of(const QiWakers *k, const QiObject *o);

#endif
