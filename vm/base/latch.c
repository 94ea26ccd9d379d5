/*
 * latch.c — see latch.h: waiting.
 */
#include "latch.h"

#define TRIES 100 /* about a microsecond */

/* Who has slept takes it as 2, as others may sleep, too, and tries again for a moment: the one that woke it may take the latch at its next
 * instruction, and one look a sleep would seldom find it free. */
QI_COLD void qi_latch_wait(QiLatch *l) {
    for (uint32_t taken = 1;; taken = 2) {
        for (int i = 0; i < TRIES; i++) {
            uint32_t free = 0;
            if (atomic_load_explicit(&l->word, memory_order_relaxed) == 0 &&
                atomic_compare_exchange_strong_explicit(&l->word, &free, taken, memory_order_acquire, memory_order_relaxed)) return;
            QI_CPU_RELAX();
        }
        if (atomic_exchange_explicit(&l->word, 2, memory_order_acquire) == 0) return;
        qi_os_word_wait(&l->word, 2);
    }
}

QI_COLD void qi_latch_wake(QiLatch *l) { qi_os_word_wake(&l->word); }
