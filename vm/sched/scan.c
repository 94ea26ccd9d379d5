/*
 * scan.c — stacks and the collector's slices: a coroutine is scanned before it runs for the first time in a cycle.
 *
 * Marking is by a snapshot of the beginning (heap/cycle.c), and registers are written without telling anybody. So what a stack held
 * when the cycle began must be known before it changes: the running ones are scanned in the first pause, any other when the marker
 * comes to its handle or when it is about to run, whichever is first. Those made since hold only what is marked, or is marked before it
 * could be lost.
 *
 * Invariants
 * - Bits 28 and 29 of a coroutine's flags say in which cycle it was scanned: 1 and 2 in turn, 0 if it never was. Every coroutine that
 *   lives through a cycle is scanned in it, so the value of two cycles ago is never there.
 * - A task that begins takes its arguments out of its handle: they are marked then.
 * - Who wakes a task may write into its registers before it is scanned: the value was the waker's, whose stack is scanned, or comes from
 *   an object that is.
 *
 * Rejected: scanning all stacks in one pause (a million of them take 100 ms); a bit that is cleared at the end of each cycle
 * (a walk over all of them).
 */
#include "internal.h"

void qi_scan(QiSched *s, QiCoroutine *co, QiMarker *m) {
    if ((co->flags & QI_CO_SCANNED_MASK) == s->scanned) return;
    /* Whoever runs it elsewhere looks at its kind. */
    __atomic_store_n(&co->flags, (co->flags & ~QI_CO_SCANNED_MASK) | s->scanned, __ATOMIC_RELAXED);
    qi_mark(m, &co->handle->future.head);
    qi_coroutine_mark(s, co, m);
    qi_mark_spend(m, 4);
}

void qi_scan_begin(QiSched *s) {
    const uint32_t first = 1u << QI_CO_SCANNED_SHIFT;
    s->scanned = s->scanned == first ? 2 * first : first;
}

/* A task, or the innermost of its 协程, and whom it would return to. */
void qi_scan_chain(QiSched *s, QiCoroutine *co, QiMarker *m) {
    qi_scan(s, co, m);
    while ((co->flags & QI_CO_GENERATOR) != 0) {
        co = co->resumer;
        qi_scan(s, co, m);
    }
}

QI_COLD void qi_scan_task(QiWorker *w, QiCoroutine *task) {
    qi_scan_chain(w->sched, task->innermost, qi_heap_marker(w->heap));
    qi_heap_marker_release(w->heap);
}

QI_COLD void qi_scan_generator(QiWorker *w, QiCoroutine *co) {
    qi_scan(w->sched, co, qi_heap_marker(w->heap));
    qi_heap_marker_release(w->heap);
}

QI_COLD void qi_scan_resumed(QiWorker *w, QiHandle *generator) {
    if (generator->co != NULL) qi_scan_generator(w, generator->co);
}

QI_COLD void qi_scan_arguments(QiWorker *w, QiHandle *h) {
    qi_handle_mark_arguments(w->sched, h, qi_heap_marker(w->heap));
    qi_heap_marker_release(w->heap);
}

QI_COLD void qi_scan_channel(QiWorker *w, const QiChannel *c) {
    if ((c->head.flags & QI_CHANNEL_REF) == 0) return;
    QiMarker *m = qi_heap_marker(w->heap);
    if (c->count != 0) qi_mark_value(m, c->buffer[c->first]);
    if (c->senders.head != NULL) qi_mark_value(m, *c->senders.head->slot);
    qi_heap_marker_release(w->heap);
}
