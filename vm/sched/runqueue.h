/*
 * runqueue.h — the run queue of a worker: a private part, a list through the tasks themselves, and a public one, a lock-free ring.
 *
 *     private   run_head … run_tail: first in, first out, without end. The owner's, inside its own part. All that a worker alone ever uses.
 *     public    ring: some of the oldest, for workers that have nothing to run. The owner puts in, anyone takes out.
 *     global    QiSched.ready: tasks that a tick interrupted, for whoever comes by; with priorities, all (priority.c). Inside the whole.
 *
 * Invariants
 * - What was made ready last is in the private part, where no thief sees it, and the owner runs it when it has run what is older: a pair of tasks that talk stays
 *   together. That is what Go has a slot for (runnext in proc.go); a list in order does it without one, and keeps first in, first out.
 * - The owner publishes half of its list when others came for its tasks inside the whole before (`shares`), and the ring is empty. It takes back
 *   what nobody took when its list is empty, or somebody enters the whole; and when nothing was taken of a batch, it publishes no more.
 * - Inside the whole all rings are empty (but for who enters only to tell another worker, or to judge itself, and looks at none), so whoever cancels, collects or counts there knows of lists only. It cannot fill meanwhile: its owner would have to be
 *   inside its own part.
 * - A thief is inside its own part, not the owner's: it waits for nobody, and the whole excludes it.
 *
 * The ring: `head` and `tail` count up and never back, so a number of either stands for one state. tail has one writer, the owner, who writes slots only while the
 * ring is empty; head moves by a compare-and-swap of whoever takes. A thief reads head, tail, the slots, and takes them all by moving head: had anyone taken
 * one of them before, or had the owner written them anew, head had moved.
 *
 * Memory orders
 * - tail: stored with release by who publishes, loaded with acquire by who takes: slots and tasks were written before.
 * - head: moved with release by who takes, loaded with acquire by who publishes: the slots were read before they are written again.
 * - Slots: relaxed. A thief may read one that is being written, and finds that head has moved.
 *
 * The ring is modelled in models/ring.pml. Splitting a queue in a private and a public part is known from Dinan et al., "Scalable work stealing" (2009); taking half in one
 * step from Go's runq.
 *
 * Rejected
 * - The ring alone, as in Go: then each task that is run costs an atomic instruction, and what does not fit has to go somewhere.
 * - Lists of several workers that thieves take from without the ring, in the owner's latch: the owner waits for its thieves.
 */
#ifndef QI_SCHED_RUNQUEUE_H
#define QI_SCHED_RUNQUEUE_H

#include "worker.h"

_Static_assert(offsetof(QiHandle, co) == offsetof(QiHandle, future.result) + sizeof(QiValue), "a QiRunLink");
_Static_assert(offsetof(QiWaiter, prev) == sizeof(QiReady) && offsetof(QiWaiter, next) == 0, "a QiRunLink");

/* --- a task that is ready: with its coroutine, or, not begun, with its handle alone ---------- */

QI_INLINE QiRunLink *qi_handle_link(QiHandle *h) { return (QiRunLink *)(void *)((char *)h + offsetof(QiHandle, future.result)); }
QI_INLINE QiRunLink *qi_coroutine_link(QiCoroutine *task) { return (QiRunLink *)(void *)&task->wait; }
QI_INLINE QiReady qi_ready_task(QiCoroutine *task) { return (QiReady)qi_coroutine_link(task); }
QI_INLINE QiReady qi_ready_unbegun(QiHandle *h) { return (QiReady)qi_handle_link(h) | 1; }
QI_INLINE bool qi_ready_is_unbegun(QiReady r) { return (r & 1) != 0; }
QI_INLINE QiRunLink *qi_ready_link(QiReady r) { return (QiRunLink *)(r & ~(QiReady)1); }
QI_INLINE QiHandle *qi_ready_handle(QiReady r) { return QI_CONTAINER_OF((QiValue *)(void *)qi_ready_link(r), QiHandle, future.result); }
QI_INLINE QiCoroutine *qi_ready_coroutine(QiReady r) { return QI_CONTAINER_OF((QiWaiter *)r, QiCoroutine, wait); }

/* --- the private part ----------------------------------------------------------------------- */

/* Puts a task at the tail. `link` is its link. */
QI_INLINE void qi_runqueue_append(QiWorker *w, QiReady task, QiRunLink *link) {
    link->next = 0;
    link->prev = w->run_tail;
    if (w->run_head != 0) w->run_tail->next = task;
    else w->run_head = task;
    w->run_tail = link;
}

QI_INLINE void qi_runqueue_prepend(QiWorker *w, QiReady task) {
    QiRunLink *link = qi_ready_link(task);
    link->next = w->run_head;
    if (w->run_head != 0) qi_ready_link(w->run_head)->prev = link;
    else w->run_tail = link;
    w->run_head = task;
}

QI_INLINE void qi_runqueue_remove(QiWorker *w, QiReady task) {
    QiRunLink *link = qi_ready_link(task);
    if (w->run_head == task) w->run_head = link->next;
    else link->prev->next = link->next;
    if (link->next != 0) qi_ready_link(link->next)->prev = link->prev;
    else w->run_tail = link->prev;
}

/* Removes the head. */
QI_INLINE void qi_runqueue_take(QiWorker *w, QiReady head) { w->run_head = qi_ready_link(head)->next; }

/* --- the public part ------------------------------------------------------------------------- */

/* By the owner: has nobody anything to take? */
QI_INLINE bool qi_ring_is_empty(const QiRing *r) {
    return atomic_load_explicit(&r->head, memory_order_acquire) == atomic_load_explicit(&r->tail, memory_order_relaxed);
}

/* By the owner, when its ring is empty: publishes the older half of its list, or as much as there is room for. */
QI_NOINLINE void qi_ring_publish(QiWorker *w);
/* By the owner, or inside the whole by anyone for it: takes back what nobody took, to the front of the list. */
QI_NOINLINE void qi_ring_take_back(QiWorker *w);
/* Takes half of what `victim` published, rounded up: returns the first, the others go to the end of w's list. 0: there was nothing, or somebody else
 * was faster. */
QI_NOINLINE QiReady qi_ring_steal(QiWorker *w, QiWorker *victim);

#endif
