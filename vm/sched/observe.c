/*
 * observe.c — see observe.h.
 */
#include "observe.h"

#include <stdlib.h>

#include "internal.h"

#define CLOCK_TRIES 64

QiObserver *qi_observer_new(void) {
    QiObserver *o = calloc(1, sizeof *o);
    if (o == NULL) return NULL;
    /* What a pair of clock reads takes by itself is no part of a creation. */
    o->clock_ns = INT64_MAX;
    for (int i = 0; i < CLOCK_TRIES; i++) {
        int64_t began = qi_clock_monotonic_ns(), took = qi_clock_monotonic_ns() - began;
        if (took < o->clock_ns) o->clock_ns = took;
    }
    return o;
}

void qi_observer_free(QiObserver *o) {
    if (o == NULL) return;
    for (uint32_t i = 0; i < QI_ENDED_MAX; i++) free(o->ended[i].outcome);
    for (uint32_t i = 0; i < QI_ENDED_OWN_MAX; i++) free(o->own[i].outcome);
    free(o->generators);
    free(o->since);
    free(o);
}

/* --- since when -------------------------------------------------------------------- */

static QiSince *place(QiSince *table, uint32_t cap, const QiCoroutine *task) {
    uint32_t at = (uint32_t)((uintptr_t)task / 64 * 0x9E3779B97F4A7C15u >> 32) & (cap - 1);
    while (table[at].task != NULL && table[at].task != task) at = (at + 1) & (cap - 1);
    return &table[at];
}

static bool grow_since(QiObserver *o) {
    uint32_t cap = o->cap_since == 0 ? 64 : o->cap_since * 2;
    QiSince *table = calloc(cap, sizeof *table);
    if (table == NULL) return false;
    for (uint32_t i = 0; i < o->cap_since; i++) {
        if (o->since[i].task != NULL) *place(table, cap, o->since[i].task) = o->since[i];
    }
    free(o->since);
    o->since = table;
    o->cap_since = cap;
    return true;
}

void qi_observe_waiting(QiObserver *o, const QiCoroutine *task) {
    if (o->nsince * 2 >= o->cap_since && !grow_since(o)) return;
    QiSince *entry = place(o->since, o->cap_since, task);
    if (entry->task == NULL) o->nsince++;
    *entry = (QiSince){.task = task, .ns = qi_clock_monotonic_ns()};
}

int64_t qi_observe_since(const QiObserver *o, const QiCoroutine *task) {
    return o->cap_since == 0 ? 0 : place(o->since, o->cap_since, task)->ns;
}

/* --- 协程, and what ended ------------------------------------------------------------- */

void qi_observe_generator(QiObserver *o, QiHandle *h) {
    if (o->ngenerators == o->cap_generators) {
        uint32_t cap = o->cap_generators == 0 ? 64 : o->cap_generators * 2;
        QiHandle **grown = realloc(o->generators, cap * sizeof *grown);
        if (grown == NULL) return; /* it is not listed */
        o->generators = grown;
        o->cap_generators = cap;
    }
    o->generators[o->ngenerators++] = h;
}

void qi_observe_end(QiObserver *o, const QiHandle *h, QiCoroutineState state, char *outcome) {
    const bool own = (h->future.head.aux & QI_CO_OWN) != 0;
    QiEnded *e = own ? &o->own[o->nown++ % QI_ENDED_OWN_MAX] : &o->ended[o->nended++ % QI_ENDED_MAX];
    free(e->outcome);
    *e = (QiEnded){.id = h->id, .aux = (h->future.head.aux & ~QI_CO_STATE_MASK) | (uint32_t)state, .func = h->func,
        .by = h->creator == NULL || (h->creator->future.head.aux & QI_CO_MAIN) != 0 ? 0 : h->creator->id,
        .created_at = h->creator == NULL ? NULL : h->created_at, .ended_ns = qi_clock_monotonic_ns(), .outcome = outcome};
    o->over++;
}

void qi_observe_purge(QiObserver *o) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < o->ngenerators; i++) {
        QiHandle *h = o->generators[i];
        /* Whoever is over was counted when it ended. */
        if (qi_handle_is_over(h)) continue;
        if (qi_is_marked(&h->future.head)) o->generators[n++] = h;
        else o->over++;
    }
    o->ngenerators = n;
}

const QiEnded *qi_observe_ended(const QiObserver *o, uint32_t i) {
    const uint32_t n = o->nended < QI_ENDED_MAX ? (uint32_t)o->nended : QI_ENDED_MAX;
    if (i < n) return &o->ended[(o->nended - 1 - i) % QI_ENDED_MAX];
    i -= n;
    const uint32_t nown = o->nown < QI_ENDED_OWN_MAX ? (uint32_t)o->nown : QI_ENDED_OWN_MAX;
    return i < nown ? &o->own[(o->nown - 1 - i) % QI_ENDED_OWN_MAX] : NULL;
}
