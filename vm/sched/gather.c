/*
 * gather.c — waiting for several futures at once: what 全部, 任一 and 竞速 are made of.
 *
 * The task parks with one waiter in the queue of every unsettled future. Each that settles is counted; the one that
 * decides takes the others out again. So n futures cost n registrations, whatever the order they settle in.
 *
 * Invariants
 * - While parked: task->u.gather is the record; a part is in its future's queue until that is settled.
 * - The record holds the futures itself: the program may change the list meanwhile. With several workers even while it is
 *   read: then everything is decided by the record.
 * - A failure that decides is observed when it is awaited, which whoever waited here does next; one that is passed over is from now on.
 *
 * Several workers: all of this is done inside the whole scheduler.
 *
 * Rejected: a loop around 选择. It would register with n futures n times.
 */
#include "failure.h"
#include "internal.h"
#include "scope.h"

#include <stdlib.h>

/* Decided by this one alone? */
static bool decides(QiGatherMode mode, bool failed) {
    switch (mode) {
    case QI_GATHER_ALL: return failed;
    case QI_GATHER_ANY: return !failed;
    case QI_GATHER_FIRST: return true;
    case QI_GATHER_SETTLED: return false;
    }
    return false;
}

/* Nothing decided and all are settled; last: the number of the one that settled last. */
static int64_t undecided(QiGatherMode mode, uint32_t last) { return mode == QI_GATHER_ANY ? -1 - (int64_t)last : -1; }

static bool counts(QiGatherMode mode, const QiFuture *f) { return mode != QI_GATHER_SETTLED || f->head.kind == QI_K_COROUTINE; }

static void dissolve(QiCoroutine *task) {
    QiGather *g = task->u.gather;
    for (uint32_t i = 0; i < g->n; i++) {
        QiGatherPart *p = &g->parts[i];
        if (p->waiter.queued) qi_waitqueue_remove(&p->future->waiters, &p->waiter);
    }
    task->u.gather = NULL;
    free(g);
}

void qi_gather_abandon(QiCoroutine *task) { dissolve(task); }

/* A failed one, unless it is a task that was only cancelled. false: out of memory. */
static bool add_failed(QiLater **later, QiFuture *f, unsigned *left) {
    if (qi_future_state(f) != QI_FUTURE_FAILED || qi_error_real_within(qi_as_ref(f->result), left) == NULL) return true;
    return qi_later_add(later, f);
}

/* What is thrown for e. Frees the list. */
static QiError *joined(QiWorker *w, QiLater *later, QiError *e) {
    if (later == NULL) return e;
    if (e->head.aux == 6101) e = qi_as_ref(qi_later_real(later)->result);
    QiError *thrown = qi_later_join(w, later, e);
    free(later);
    return thrown != NULL ? thrown : e;
}

static QiError *joined_by(QiWorker *w, const QiGather *g) {
    QiLater *later = NULL;
    unsigned left = QI_ERRORS_SEARCHED + g->n;
    for (uint32_t i = 0; g->all && i < g->n && add_failed(&later, g->parts[i].future, &left);) i++;
    return joined(w, later, g->held);
}

void qi_gather_settled(QiWorker *w, QiWaiter *waiter, bool failed) {
    QiCoroutine *task = waiter->co;
    QiGather *g = task->u.gather;
    QiGatherPart *part = QI_CONTAINER_OF(waiter, QiGatherPart, waiter);
    uint32_t number = (uint32_t)(part - g->parts);
    int64_t result = number;
    g->pending--;
    if (!decides(g->mode, failed)) {
        const bool awaited = g->mode == QI_GATHER_ANY && g->pending == 0;
        if (failed && !awaited) part->future->head.flags |= QI_FUTURE_OBSERVED;
        if (g->pending != 0) return;
        result = undecided(g->mode, number);
    }
    QiValue *slot = task->wait.slot;
    *slot = g->held != NULL ? qi_from_ref(joined_by(w, g)) : (QiValue)result;
    if (g->held != NULL) qi_slot_given(task, slot);
    dissolve(task);
    qi_ready_inline(w, task);
}

void qi_gather_mark(const QiCoroutine *task, QiMarker *m) {
    const QiGather *g = task->u.gather;
    qi_mark(m, (QiObject *)g->held);
    for (uint32_t i = 0; i < g->n; i++) qi_mark(m, &g->parts[i].future->head);
}

/* Is the record, made from a list that changed meanwhile, what was seen of it? */
static bool is_undecided(const QiGather *g) {
    uint32_t pending = 0;
    for (uint32_t i = 0; i < g->n; i++) {
        const QiFuture *f = g->parts[i].future;
        bool failed = qi_future_state(f) == QI_FUTURE_FAILED;
        if (qi_future_state(f) == QI_FUTURE_PENDING) pending += counts(g->mode, f);
        else if (decides(g->mode, failed)) return false;
    }
    return pending == g->pending;
}

static void commit_gather(QiWorker *w, QiCoroutine *task, void *arg) {
    QiGather *g = arg;
    (void)w;
    task->u.gather = g;
    for (uint32_t i = 0; i < g->n; i++) {
        QiGatherPart *p = &g->parts[i];
        if (qi_future_state(p->future) == QI_FUTURE_PENDING && counts(g->mode, p->future)) qi_waitqueue_push(&p->future->waiters, &p->waiter);
    }
}

/* held, all: see qi_gather_holding. */
static QiStatus gather(QiWorker *w, const QiList *futures, QiGatherMode mode, QiError *held, bool all, QiValue *slot) {
    if (qi_cancel_point(w) != QI_OK) return QI_THROW;
    uint32_t n = qi_list_length(futures), pending = 0;
    for (uint32_t i = 0; i < n; i++) {
        QiFuture *f = qi_as_ref(qi_list_elem(futures, i));
        bool failed = qi_future_state(f) == QI_FUTURE_FAILED;
        if (qi_future_state(f) == QI_FUTURE_PENDING) {
            if (counts(mode, f)) pending++;
        } else if (decides(mode, failed)) {
            *slot = i;
            return QI_OK;
        } else if (failed) {
            f->head.flags |= QI_FUTURE_OBSERVED;
        }
    }
    if (pending == 0 && held == NULL) {
        *slot = (QiValue)undecided(mode, n == 0 ? 0 : n - 1);
        return QI_OK;
    }
    QiGather *g = malloc(sizeof *g + n * sizeof(QiGatherPart));
    if (g == NULL) return qi_throw_memory(w);
    QiCoroutine *task = qi_co_task(w->current);
    *g = (QiGather){.mode = mode, .pending = pending, .held = held, .all = all, .n = n};
    for (uint32_t i = 0; i < n; i++) {
        g->parts[i] = (QiGatherPart){.waiter = {.co = task, .kind = QI_WAIT_GATHER}, .future = qi_as_ref(qi_list_elem(futures, i))};
    }
    if (QI_UNLIKELY(w->shared) && !is_undecided(g)) {
        free(g);
        return gather(w, futures, mode, held, all, slot);
    }
    if (pending == 0) {
        *slot = qi_from_ref(joined_by(w, g));
        free(g);
        return QI_OK;
    }
    task->wait.slot = slot;
    return qi_park_inline(w, QI_WAIT_GATHER, NULL, commit_gather, g);
}

QiStatus qi_gather(QiWorker *w, const QiList *futures, QiGatherMode mode, QiValue *slot) { return gather(w, futures, mode, NULL, false, slot); }

QiStatus qi_gather_holding(QiWorker *w, const QiList *futures, QiError *held, bool all, QiValue *slot) {
    return gather(w, futures, QI_GATHER_SETTLED, held, all, slot);
}
