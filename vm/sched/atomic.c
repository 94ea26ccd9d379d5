/*
 * atomic.c — 原子<整数>: one number, changed by one step that nobody sees half done.
 *
 * Memory order: acquire and release on every operation, so what was written before a change is seen by whoever reads the
 * changed value. Nothing here waits.
 *
 * Invariant: adding that leaves the range of 整数 changes nothing and throws E7002, as `+` does.
 */
#include "internal.h"

QiAtomic *qi_atomic_new(QiWorker *w, const QiType *type, int64_t value) {
    QiAtomic *a = qi_native_object_plain(w, QI_CLASS_ATOMIC, sizeof(QiAtomic));
    if (a == NULL) return NULL;
    a->head.type = type->index;
    a->value = value;
    return a;
}

int64_t qi_atomic_load(const QiAtomic *a) { return __atomic_load_n(&a->value, __ATOMIC_ACQUIRE); }
void qi_atomic_store(QiAtomic *a, int64_t v) { __atomic_store_n(&a->value, v, __ATOMIC_RELEASE); }
int64_t qi_atomic_exchange(QiAtomic *a, int64_t v) { return __atomic_exchange_n(&a->value, v, __ATOMIC_ACQ_REL); }

bool qi_atomic_compare_exchange(QiAtomic *a, int64_t expected, int64_t v) {
    return __atomic_compare_exchange_n(&a->value, &expected, v, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

bool qi_atomic_add(QiAtomic *a, int64_t n, int64_t *sum) {
    int64_t old = qi_atomic_load(a);
    do {
        if (__builtin_add_overflow(old, n, sum)) return false;
    } while (!__atomic_compare_exchange_n(&a->value, &old, *sum, true, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE));
    return true;
}
