/*
 * leak.c — finds parked tasks that nothing can ever wake, while the collector marks.
 *
 * The design is that of leak detection by reachability (Go's goroutine leak profiles, after Golf, ASPLOS 2025), made linear: a parked task
 * is no root. What it waits for knows it, by its queue of waiters, so whoever reaches a channel, future or lock reaches those who
 * wait there. When all is marked, a parked task that was not reached waits for something that no running, ready or sleeping
 * task, no timer and no package variable can ever touch again. It is reported, once, and then marked, with all it holds: nothing is taken from a
 * program for being wrong.
 *
 * Edges beside those of plain reachability
 *   object waited for ──▶ its waiters              (traced with the object)
 *   handle ──▶ its task                            (who holds it can cancel the task)
 *   member of a block ──▶ owner and members of the block, both ways (a failure cancels)
 * Not an edge: handle ──▶ creator. Nobody wakes another by having been made by it; such handles are marked last (`later`).
 *
 * Invariants
 * - 入口 is always a root; a task whose wait ends by the clock, or of a kind not listed here, too.
 * - Nothing is called a leak that could go on: every doubt counts as reachable.
 * - Linear: the list of tasks is walked once, as any collection has to; some times more when a task was not reached then. A queue is
 *   walked once, and only if some task was not.
 */
#include <stdlib.h>

#include "internal.h"
#include "scope.h"
#include "select.h"

/* Does a deadline end a block that would take the task with it? */
static bool has_deadline(const QiTreeNode *node) {
    for (const QiScope *s = node->scope; s != NULL; s = s->below) {
        if (s->timer != QI_TIMER_NONE) return true;
    }
    for (const QiScope *s = node->parent; s != NULL; s = s->outer) {
        if (s->timer != QI_TIMER_NONE) return true;
    }
    return false;
}

static bool ends_by_deadline(const QiCoroutine *task) {
    for (const QiCoroutine *co = task->innermost;; co = co->resumer) {
        if (co->tree != NULL && has_deadline(co->tree)) return true;
        if ((co->flags & QI_CO_GENERATOR) == 0) return false;
    }
}

/* Is it woken through what it waits for, and (but for the deadline of a block) by nothing else? */
static bool depends(const QiCoroutine *task) {
    if (qi_co_state(task) != QI_CO_PARKED || (task->flags & QI_CO_MAIN) != 0) return false;
    switch (qi_co_reason(task)) {
    case QI_WAIT_SEND: case QI_WAIT_RECEIVE: case QI_WAIT_FUTURE: case QI_WAIT_GATHER:
    case QI_WAIT_NATIVE: case QI_WAIT_CONDITION: case QI_WAIT_RELOCK: case QI_WAIT_SCOPE:
        return true;
    case QI_WAIT_SELECT: return task->u.select->timer == QI_TIMER_NONE;
    default: return false;
    }
}

/* Is something it waits for reached already? Its queue would lead to the task as well, only later and from farther away. */
static bool is_reached(const QiCoroutine *task) {
    if (qi_co_reason(task) != QI_WAIT_SELECT) return task->wait_object != NULL && qi_is_marked(task->wait_object);
    const QiSelect *sel = task->u.select;
    for (uint32_t i = 0; i < sel->n; i++) {
        if (qi_is_marked(sel->cases[i].object)) return true;
    }
    return false;
}

void qi_leak_mark_tasks(QiSched *s, QiMarker *m) {
    s->leaks.epoch++;
    if (s->config.report_leaks != NULL) return;
    for (QiCoroutine *t = s->tasks; t != NULL; t = t->all_next) qi_mark_root(m, &t->handle->future.head);
}

/* Makes room for one more in an array of pointers. NULL: out of memory. */
static void *reserve(void *items, uint32_t n, uint32_t *cap) {
    if (n < *cap) return items;
    uint32_t more = *cap == 0 ? 64 : *cap * 2;
    void *grown = realloc(items, more * sizeof(void *));
    if (grown != NULL) *cap = more;
    return grown;
}

void qi_leak_mark_creator(QiSched *s, QiHandle *creator, QiMarker *m) {
    if (creator == NULL || qi_is_marked(&creator->future.head)) return;
    QiLeaks *l = &s->leaks;
    const QiCoroutine *task = qi_handle_co(creator);
    bool waits = task != NULL && s->config.report_leaks != NULL && depends(task);
    QiHandle **later = waits ? reserve(l->later, l->nlater, &l->cap_later) : NULL;
    if (later == NULL) {
        qi_mark(m, &creator->future.head); /* without memory a leak may go unseen */
        return;
    }
    l->later = later;
    if (l->nlater == 0 || later[l->nlater - 1] != creator) later[l->nlater++] = creator;
}

static void mark_waiters(const QiWaitQueue *q, QiMarker *m) {
    for (const QiWaiter *waiter = q->head; waiter != NULL; waiter = waiter->next) qi_mark_root(m, &waiter->co->handle->future.head);
}

void qi_leak_mark_waiters(QiSched *s, const QiWaitQueue *q, QiMarker *m) {
    QiLeaks *l = &s->leaks;
    if (q->head == NULL || s->config.report_leaks == NULL) return;
    if (q->head == q->tail) {
        qi_mark(m, &q->head->co->handle->future.head);
        return;
    }
    /* Tracing may not begin while an object is being traced, and pushing a million of them would grow the mark stack. */
    const QiWaitQueue **queues = reserve(l->queues, l->nqueues, &l->cap_queues);
    if (queues == NULL) {
        for (const QiWaiter *waiter = q->head; waiter != NULL; waiter = waiter->next) qi_mark(m, &waiter->co->handle->future.head);
        return;
    }
    l->queues = queues;
    queues[l->nqueues++] = q;
}

/* Traces all, with those who wait for what is traced. */
static void reach(QiSched *s, QiMarker *m) {
    QiLeaks *l = &s->leaks;
    qi_mark_drain(m);
    while (l->nqueues > 0) {
        mark_waiters(l->queues[--l->nqueues], m);
        qi_mark_drain(m);
    }
}

static void mark_block(QiSched *s, QiScope *scope, QiMarker *m) {
    if (scope->seen == s->leaks.epoch) return;
    scope->seen = s->leaks.epoch;
    if (scope->owner != NULL) qi_mark(m, &scope->owner->co->handle->future.head);
    if (scope->waiting != NULL) qi_mark(m, &scope->waiting->handle->future.head);
    for (const QiTreeNode *member = scope->members; member != NULL; member = member->next) qi_mark(m, &member->co->handle->future.head);
}

void qi_leak_mark_blocks(QiSched *s, const QiTreeNode *node, QiMarker *m) {
    for (QiScope *scope = node->scope; scope != NULL; scope = scope->below) mark_block(s, scope, m);
    if (node->parent != NULL) mark_block(s, node->parent, m);
}

static bool is_unreached(const QiCoroutine *task) { return !qi_is_marked(&task->handle->future.head) && depends(task); }

/* Tasks in blocks that a deadline will end are reached by it. false: there are none. */
static bool reach_by_deadline(QiSched *s, QiMarker *m) {
    bool any = false;
    for (QiCoroutine *t = s->tasks; t != NULL; t = t->all_next) {
        if (!is_unreached(t) || !ends_by_deadline(t)) continue;
        qi_mark_root(m, &t->handle->future.head);
        any = true;
    }
    if (any) reach(s, m);
    return any;
}

static void report(QiSched *s) {
    bool fresh = false;
    for (QiCoroutine *t = s->tasks; t != NULL; t = t->all_next) {
        if ((t->flags & QI_CO_LEAKED) != 0 || !is_unreached(t)) continue;
        t->flags |= QI_CO_LEAK_FRESH;
        fresh = true;
    }
    if (!fresh) return;
    /* Everything is still there: what is not marked is not swept yet. */
    s->config.report_leaks(s->config.user);
    for (QiCoroutine *t = s->tasks; t != NULL; t = t->all_next) {
        if (t->flags & QI_CO_LEAK_FRESH) t->flags = (t->flags & ~QI_CO_LEAK_FRESH) | QI_CO_LEAKED;
    }
}

void qi_sched_mark_unreached(QiSched *s, QiMarker *m) {
    QiLeaks *l = &s->leaks;
    if (s->config.report_leaks == NULL) return;
    /* Usually what a task waits for is reached by now, and this marks all of them. */
    uint32_t skipped = 0;
    for (QiCoroutine *t = s->tasks; t != NULL; t = t->all_next) {
        if (!depends(t) || is_reached(t)) qi_mark_root(m, &t->handle->future.head);
        else skipped++;
    }
    if (skipped != 0) {
        reach(s, m);
        while (reach_by_deadline(s, m)) {}
        report(s);
        for (QiCoroutine *t = s->tasks; t != NULL; t = t->all_next) qi_mark_root(m, &t->handle->future.head);
    }
    qi_mark_drain(m);
    for (uint32_t i = 0; i < l->nlater; i++) qi_mark_root(m, &l->later[i]->future.head);
    qi_mark_drain(m);
    l->nlater = l->nqueues = 0; /* all who wait are marked */
}
