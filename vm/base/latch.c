/*
 * latch.c — see latch.h: waiting.
 */
#include "latch.h"

#define TRIES 100 /* about a microsecond */

QI_COLD void qi_latch_wait(QiLatch *l) {
    for (int i = 0; i < TRIES; i++) {
        if (atomic_load_explicit(&l->word, memory_order_relaxed) == 0 && qi_latch_try_take(l)) return;
        QI_CPU_RELAX();
    }
    /* Taken as 2 from here on: whoever gives it looks for sleepers, of which there may be none. */
    while (atomic_exchange_explicit(&l->word, 2, memory_order_acquire) != 0) qi_os_word_wait(&l->word, 2);
}

QI_COLD void qi_latch_wake(QiLatch *l) { qi_os_word_wake(&l->word); }
