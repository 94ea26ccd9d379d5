/*
 * latch.h — a lock of one word, for what is held for a few dozen instructions and seldom contended.
 *
 * States of the word: 0 free; 1 held; 2 held, and a thread may sleep until it is free (Drepper, "Futexes Are Tricky", 2011, mutex 2).
 *
 * Invariants
 * - Taking a free latch and giving one that nobody waits for are one atomic instruction each, in line: half of what the C library's mutex takes.
 * - Who finds it held tries for a moment before it sleeps: holders are about to give it, unless the system has stopped their thread.
 * - All bits 0 is a free latch: there is nothing to make or destroy, so many of them cost only their memory.
 *
 * Rejected: spinning without sleep. A holder whose thread is stopped for a slice of the system's would take the slices of all who wait.
 */
#ifndef QI_BASE_LATCH_H
#define QI_BASE_LATCH_H

#include <stdatomic.h>

#include "platform.h"

typedef struct QiLatch { _Atomic uint32_t word; } QiLatch;

/* Waits until the latch is taken by this thread. */
QI_COLD void qi_latch_wait(QiLatch *l);
/* Somebody sleeps. */
QI_COLD void qi_latch_wake(QiLatch *l);

/* false: another thread holds it. */
QI_INLINE bool qi_latch_try_take(QiLatch *l) {
    uint32_t free = 0;
    return atomic_compare_exchange_strong_explicit(&l->word, &free, 1, memory_order_acquire, memory_order_relaxed);
}

QI_INLINE void qi_latch_take(QiLatch *l) {
    if (QI_UNLIKELY(!qi_latch_try_take(l))) qi_latch_wait(l);
}

QI_INLINE void qi_latch_give(QiLatch *l) {
    if (QI_UNLIKELY(atomic_exchange_explicit(&l->word, 0, memory_order_release) == 2)) qi_latch_wake(l);
}

#endif
