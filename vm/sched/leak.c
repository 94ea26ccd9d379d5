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
 * The program runs between two slices of all this (heap/cycle.c). Once everything reachable is marked
 *     WALK ──all tasks looked at──▶ REPORT (tasks that were not reached) ──▶ REST: marks those and the creators
 * The walk is repeated while it finds tasks that are reached only by then: usually once, because queues lead to most.
 *
 * Invariants
 * - 入口 is always a root; a task whose wait ends by the clock, or of a kind not listed here, too.
 * - Nothing is called a leak that could go on: every doubt counts as reachable. What nobody reached when everything was marked, nobody
 *   reaches later.
 * - While the walk rests, `cursor` stands in the list of tasks: whatever else happens to the list, what is behind it is still to be
 *   looked at. Tasks made during the cycle stand in front, and are marked.
 * - A slice is short: the list is walked in pieces, and so are long queues, by the walk that comes after them.
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
    for (const QiScope *s = node->parent; s != NULL; s = s->shielded ? NULL : s->outer) {
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

static void take_cursor_out(QiSched *s) {
    if (!s->leaks.walking) return;
    qi_tasks_unlink(s, &s->leaks.cursor);
    s->leaks.walking = false;
}

void qi_leak_leave_list(QiSched *s) {
    take_cursor_out(s);
    s->leaks.list = 0; /* the lists may be others now: the walk begins again */
}

void qi_leak_begin(QiSched *s, QiMarker *m) {
    QiLeaks *l = &s->leaks;
    qi_leak_leave_list(s);
    l->epoch++;
    l->began_before = l->began;
    qi_sched_drop_numbers(s);
    l->began = qi_sched_next_number(s);
    l->stage = QI_LEAK_WALK;
    l->nlater = l->nleft = l->nqueues = 0;
    l->marked_some = false;
    if (s->config.report_leaks != NULL) return;
    for (uint32_t i = 0; i < s->config.workers; i++) {
        for (QiCoroutine *t = s->workers[i].tasks; t != NULL; t = t->all_next) qi_mark(m, &t->handle->future.head);
    }
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

/* How many tasks are looked at between two times that what was found is traced: it bounds the mark stack. */
#define BATCH 2048u

static void mark_waiters(QiLeaks *l, const QiWaitQueue *q, QiMarker *m) {
    const QiWaiter *waiter = q->head;
    uint32_t n = 0;
    for (; waiter != NULL && n < BATCH; waiter = waiter->next, n++) qi_mark(m, &waiter->co->handle->future.head);
    /* The walk finds the others by what they wait for. */
    if (waiter != NULL) l->marked_some = true;
    qi_mark_spend(m, n);
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

static void keep_left(QiSched *s, QiHandle *task, QiMarker *m) {
    QiLeaks *l = &s->leaks;
    QiHandle **left = reserve(l->left, l->nleft, &l->cap_left);
    if (left == NULL) {
        qi_mark(m, &task->future.head); /* without memory a leak may go unseen */
        return;
    }
    l->left = left;
    left[l->nleft++] = task;
}

/* Looks at some more tasks of a list. true: the walk through all of them is at its end. */
static bool walk_some(QiSched *s, QiMarker *m) {
    QiLeaks *l = &s->leaks;
    if (!l->walking && l->list == 0) l->nleft = 0;
    QiCoroutine *t = l->walking ? l->cursor.all_next : s->workers[l->list].tasks;
    take_cursor_out(s);
    uint32_t n = 0;
    for (; t != NULL && n < BATCH; t = t->all_next, n++) {
        if (qi_is_marked(&t->handle->future.head)) continue;
        if (!depends(t) || is_reached(t) || ends_by_deadline(t)) {
            qi_mark(m, &t->handle->future.head);
            l->marked_some = true;
        } else {
            keep_left(s, t->handle, m);
        }
    }
    qi_mark_spend(m, n);
    if (t == NULL) {
        l->list = l->list + 1 < s->config.workers ? l->list + 1 : 0;
        return l->list == 0;
    }
    /* Before t, which stays where it is until somebody unlinks it, and then the cursor moves up. */
    QiCoroutine *cursor = &l->cursor;
    cursor->home = t->home;
    cursor->all_prev = t->all_prev;
    cursor->all_next = t;
    if (t->all_prev != NULL) t->all_prev->all_next = cursor;
    else s->workers[t->home].tasks = cursor;
    t->all_prev = cursor;
    l->walking = true;
    return false;
}

/* Nobody reached this one, and it still waits. */
static bool is_leaked(const QiHandle *h) {
    const QiCoroutine *task = qi_handle_co(h);
    return task != NULL && !qi_is_marked(&h->future.head) && depends(task) && !is_reached(task);
}

static void report(QiSched *s) {
    QiLeaks *l = &s->leaks;
    bool fresh = false;
    for (uint32_t i = 0; i < l->nleft; i++) {
        if (!is_leaked(l->left[i]) || (l->left[i]->co->flags & QI_CO_LEAKED) != 0) continue;
        l->left[i]->co->flags |= QI_CO_LEAK_FRESH;
        fresh = true;
    }
    if (!fresh) return;
    /* Everything is still there: what is not marked is not swept yet. */
    s->config.report_leaks(s->config.user);
    for (uint32_t i = 0; i < l->nleft; i++) {
        QiCoroutine *task = qi_handle_co(l->left[i]);
        if (task != NULL && (task->flags & QI_CO_LEAK_FRESH) != 0) task->flags = (task->flags & ~QI_CO_LEAK_FRESH) | QI_CO_LEAKED;
    }
}

/* Marks handles from the end of an array on, some at a time. true: all are. */
static bool mark_some(QiHandle **handles, uint32_t *n, QiMarker *m) {
    uint32_t count = 0;
    for (; *n > 0 && count < BATCH; count++) qi_mark(m, &handles[--*n]->future.head);
    qi_mark_spend(m, count);
    return *n == 0;
}

/* One step of the work; everything marked is traced. true: it was the last. */
static bool step(QiSched *s, QiMarker *m) {
    QiLeaks *l = &s->leaks;
    if (l->nqueues > 0) {
        mark_waiters(l, l->queues[--l->nqueues], m);
        return false;
    }
    switch (l->stage) {
    case QI_LEAK_WALK:
        if (!walk_some(s, m)) return false;
        if (l->nleft == 0) l->stage = QI_LEAK_REST;
        else if (!l->marked_some) l->stage = QI_LEAK_REPORT;
        l->marked_some = false;
        return false;
    case QI_LEAK_REPORT:
        report(s);
        l->stage = QI_LEAK_REST;
        return false;
    case QI_LEAK_REST: break;
    }
    return mark_some(l->left, &l->nleft, m) && mark_some(l->later, &l->nlater, m) && l->nqueues == 0;
}

bool qi_sched_mark_unreached(QiSched *s, QiMarker *m) { return s->config.report_leaks == NULL || step(s, m); }
