/*
 * runqueue.c — see runqueue.h: publishing, taking and stealing.
 */
#include "internal.h"

/* --- the ring -------------------------------------------------------------------- */

static _Atomic QiReady *slot(QiRing *r, uint64_t number) { return &r->slots[number % QI_RING]; }

/* Half of a list, rounded down, but QI_RING at most. */
static uint32_t half_of(QiReady head) {
    uint32_t n = 0;
    for (QiReady r = head; r != 0 && n < 2 * QI_RING; r = qi_ready_link(r)->next) n++;
    return n / 2;
}

QI_NOINLINE void qi_ring_publish(QiWorker *w) {
    QiRing *r = &w->ring;
    const uint32_t n = half_of(w->run_head);
    if (n == 0) return;
    const uint64_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);
    for (uint32_t i = 0; i < n; i++) {
        QiReady task = w->run_head;
        qi_runqueue_take(w, task);
        atomic_store_explicit(slot(r, tail + i), task, memory_order_relaxed);
    }
    r->published = tail;
    atomic_store_explicit(&r->tail, tail + n, memory_order_release);
}

QI_NOINLINE void qi_ring_take_back(QiWorker *w) {
    QiRing *r = &w->ring;
    const uint64_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);
    uint64_t head = atomic_load_explicit(&r->head, memory_order_acquire);
    if (head == tail) return;
    while (!atomic_compare_exchange_weak_explicit(&r->head, &head, tail, memory_order_acquire, memory_order_acquire)) {
        if (head == tail) return;
    }
    w->shares = head != r->published || w->sched->config.spread;
    /* The newest first, as each goes to the front. */
    for (uint64_t i = tail; i != head; i--) {
        qi_runqueue_prepend(w, atomic_load_explicit(slot(r, i - 1), memory_order_relaxed));
    }
}

QI_NOINLINE QiReady qi_ring_steal(QiWorker *w, QiWorker *victim) {
    QiRing *r = &victim->ring;
    uint64_t head = atomic_load_explicit(&r->head, memory_order_acquire);
    const uint64_t n = atomic_load_explicit(&r->tail, memory_order_acquire) - head;
    /* More than there is room for: head has moved since it was read. */
    if (n == 0 || n > QI_RING) return 0;
    const uint64_t take = n - n / 2;
    QiReady taken[QI_RING];
    for (uint64_t i = 0; i < take; i++) taken[i] = atomic_load_explicit(slot(r, head + i), memory_order_relaxed);
    if (!atomic_compare_exchange_strong_explicit(&r->head, &head, head + take, memory_order_release, memory_order_relaxed)) return 0;
    for (uint64_t i = 1; i < take; i++) qi_runqueue_append(w, taken[i], qi_ready_link(taken[i]));
    return taken[0];
}

static QiReady take_head(QiWorker *w) {
    QiReady task = w->run_head;
    if (task != 0) qi_runqueue_take(w, task);
    return task;
}

QI_COLD QiReady qi_runqueue_take_public(QiWorker *w) {
    QiSched *s = w->sched;
    if (w->shares) {
        qi_ring_take_back(w);
        if (w->run_head != 0) return take_head(w);
    }
    const uint32_t n = s->config.workers, first = qi_worker_random(w, n);
    for (uint32_t i = 0; i < n; i++) {
        QiWorker *victim = &s->workers[(first + i) % n];
        if (victim == w) continue;
        QiReady task = qi_ring_steal(w, victim);
        if (task != 0) return task;
    }
    return 0;
}

/* --- inside the whole --------------------------------------------------------------- */

QI_COLD QiWorker *qi_runqueue_of(QiWorker *w, QiReady task) {
    QiSched *s = w->sched;
    for (uint32_t i = 0; i < s->config.workers; i++) {
        QiWorker *other = &s->workers[i];
        if (other->run_head == task || (other->run_head != 0 && other->run_tail == qi_ready_link(task))) return other;
    }
    return w;
}

QiReady qi_runqueue_steal(QiWorker *w) {
    QiSched *s = w->sched;
    if (s->nready != 0) {
        qi_runqueue_adopt_global(w);
        w->saw_more = s->nready != 0;
        return take_head(w);
    }
    const uint32_t n = s->config.workers, first = qi_worker_random(w, n);
    for (uint32_t i = 0; i < n; i++) {
        QiWorker *victim = &s->workers[(first + i) % n];
        if (victim == w || victim->run_head == 0) continue;
        uint32_t more = half_of(victim->run_head);
        const QiReady task = take_head(victim);
        for (; more > 1; more--) {
            QiReady next = take_head(victim);
            qi_runqueue_append(w, next, qi_ready_link(next));
        }
        w->saw_more = w->run_head != 0 || victim->run_head != 0;
        victim->shares = true;
        return task;
    }
    return 0;
}

/* Tasks that compute for long are in nobody's queue while they wait, or a worker with many of them would give each a smaller share than a
 * worker with few. */
void qi_runqueue_put_global(QiSched *s, QiCoroutine *task) {
    qi_co_set_state(task, QI_CO_READY);
    qi_priority_put(s, qi_ready_task(task));
}

void qi_runqueue_adopt_global(QiWorker *w) {
    QiSched *s = w->sched;
    QiReady task = s->ready[QI_RANK_NORMAL].head;
    qi_priority_withdraw(s, task);
    qi_runqueue_append(w, task, qi_ready_link(task));
}
