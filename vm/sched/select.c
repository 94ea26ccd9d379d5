/*
 * select.c — 选择: waiting for the first of several things.
 *
 * A 选择 first looks: among the cases that could go on now one is picked at
 * random, evenly. When none can, 默认 is taken, and without one the task parks with a
 * waiter in the queue of every case. Whoever completes one of them (a partner on
 * the channel, a settled future, the timer) takes the others out again at once,
 * so a parked 选择 is completed exactly once and what was not chosen never
 * happened: no value is taken that is not delivered.
 *
 * Invariants
 * - While parked: task->u.select is the record; each case's waiter is queued at
 *   its object; at most one timer runs, for the earliest 超时.
 * - When a case is chosen, the waiting coroutine's pc is its target before the task
 *   is ready. When the case throws instead, pc stays at the 选择, whose handlers apply.
 *
 * Several workers: all of this is done inside the whole scheduler. Who meets a waiter of a 选择 in its own part goes there, too.
 *
 * Records come from free lists by size, so a loop around a 选择 allocates once.
 * Rejected: the locks of all objects of the cases, in order, and claiming the record by compare-and-swap (Go's selectgo): a second protocol
 * between wakers and cancellation. Registering with one case at a time and re-checking on wake-up; it
 * needs a retry loop and is unfair to later cases.
 */
#include "select.h"

#include <stdlib.h>

#include "internal.h"

/* --- records ---------------------------------------------------------------------- */

static QiSelect *record_new(QiSched *s, uint32_t n) {
    uint16_t cls = 0;
    while ((1u << cls) < n) cls++;
    QiSelect *sel = s->select_free[cls];
    if (sel != NULL) {
        s->select_free[cls] = sel->next_free;
    } else {
        sel = malloc(sizeof *sel + ((size_t)1 << cls) * sizeof(QiSelectCase));
        if (sel == NULL) return NULL;
        sel->size_class = cls;
        sel->next_all = s->select_all;
        s->select_all = sel;
    }
    sel->n = 0;
    sel->timer = QI_TIMER_NONE;
    sel->timeout_target = NULL;
    return sel;
}

static void record_free(QiSched *s, QiSelect *sel) {
    sel->next_free = s->select_free[sel->size_class];
    s->select_free[sel->size_class] = sel;
}

struct QiSelect *qi_select_free_one(struct QiSelect *sel) {
    struct QiSelect *next = sel->next_all;
    free(sel);
    return next;
}

static QiWaitQueue *queue_of(const QiSelectCase *c) {
    if (c->waiter.kind == QI_WAIT_FUTURE) return &((QiFuture *)c->object)->waiters;
    QiChannel *channel = (QiChannel *)c->object;
    return c->waiter.kind == QI_WAIT_SEND ? &channel->senders : &channel->receivers;
}

/* Out of every queue and the timer heap; the record is free again. */
static void dissolve(QiSched *s, QiSelect *sel) {
    for (uint32_t i = 0; i < sel->n; i++) {
        QiSelectCase *c = &sel->cases[i];
        if (c->waiter.queued) qi_waitqueue_remove(queue_of(c), &c->waiter);
    }
    if (sel->timer != QI_TIMER_NONE) qi_timer_remove(s, sel->timer);
    sel->task->u.select = NULL;
    record_free(s, sel);
}

/* --- completing -------------------------------------------------------------------------- */

void qi_select_complete(QiWorker *w, QiWaiter *chosen, QiError *error) {
    QiCoroutine *task = chosen->co;
    const QiInsn *target = QI_CONTAINER_OF(chosen, QiSelectCase, waiter)->target;
    dissolve(w->sched, task->u.select);
    if (error != NULL) {
        qi_ready_throw(w, task, error);
        return;
    }
    task->innermost->pc = target;
    qi_ready_inline(w, task);
}

void qi_select_timeout(QiWorker *w, QiSelect *sel) {
    QiCoroutine *task = sel->task;
    task->innermost->pc = sel->timeout_target;
    dissolve(w->sched, sel);
    qi_ready_inline(w, task);
}

void qi_select_abandon(QiWorker *w, QiCoroutine *task) { dissolve(w->sched, task->u.select); }

/* --- looking ---------------------------------------------------------------------------------- */

/* Where a chosen case leads: its offset counts from the word after it. */
static const QiInsn *target_of(const QiInsn *word) { return word + 1 + (int16_t)word->c; }

static bool case_ready(const QiInsn *word, const QiValue *fp) {
    switch (word->op) {
    case QI_OP_SEL_RECV: return qi_channel_can_receive(qi_as_ref(fp[word->a]));
    case QI_OP_SEL_SEND: return qi_channel_can_send(qi_as_ref(fp[word->a]));
    case QI_OP_SEL_AWAIT: return qi_future_state(qi_as_ref(fp[word->a])) != QI_FUTURE_PENDING;
    default: return false;
    }
}

/* Performs a ready case. */
static QiStatus perform(QiWorker *w, const QiInsn *word, QiValue *fp) {
    void *object = qi_as_ref(fp[word->a]);
    switch (word->op) {
    case QI_OP_SEL_RECV: return qi_channel_receive_now(w, object, &fp[word->b], true);
    case QI_OP_SEL_SEND: return qi_channel_send_now(w, object, fp[word->b]);
    default: return qi_future_take(w, object, &fp[word->b]) ? QI_OK : QI_THROW;
    }
}

/* --- parking --------------------------------------------------------------------------------------- */

static void commit_select(QiWorker *w, QiCoroutine *task, void *arg) {
    QiSelect *sel = arg;
    (void)w;
    task->u.select = sel;
    for (uint32_t i = 0; i < sel->n; i++) qi_waitqueue_push(queue_of(&sel->cases[i]), &sel->cases[i].waiter);
}

static QiStatus park(QiWorker *w, const QiInsn *words, uint32_t n, QiValue *fp) {
    QiSched *s = w->sched;
    QiCoroutine *task = qi_co_task(w->current);
    QiSelect *sel = record_new(s, n);
    if (sel == NULL) return qi_throw_memory(w);
    sel->task = task;
    int64_t earliest = INT64_MAX;
    for (uint32_t i = 0; i < n; i++) {
        const QiInsn *word = &words[i];
        if (word->op == QI_OP_SEL_TIMEOUT) {
            int64_t ms = (int64_t)fp[word->a];
            if (sel->timeout_target == NULL || ms < earliest) {
                earliest = ms;
                sel->timeout_target = target_of(word);
            }
            continue;
        }
        QiSelectCase *c = &sel->cases[sel->n++];
        c->object = qi_as_ref(fp[word->a]);
        c->target = target_of(word);
        c->waiter = (QiWaiter){.co = task, .slot = &fp[word->b], .index = (uint16_t)i, .pair = true};
        c->waiter.kind = word->op == QI_OP_SEL_RECV ? QI_WAIT_RECEIVE : word->op == QI_OP_SEL_SEND ? QI_WAIT_SEND : QI_WAIT_FUTURE;
    }
    if (sel->timeout_target != NULL) {
        if (!qi_timer_add(s, qi_timer_deadline(s, earliest), QI_TIMER_SELECT, sel)) {
            record_free(s, sel);
            return qi_throw_memory(w);
        }
        if (!w->ticking && (!qi_runqueue_is_empty(w) || task->resumer != NULL)) qi_ticker_arm(w);
    }
    return qi_park_inline(w, QI_WAIT_SELECT, NULL, commit_select, sel);
}

QiStatus qi_select(QiWorker *w, const QiInsn *insn, QiValue *fp) {
    if (qi_cancel_point(w) != QI_OK) return QI_THROW;
    const QiInsn *words = insn + 1, *chosen = NULL, *otherwise = NULL;
    uint32_t n = insn->a, nready = 0;
    for (uint32_t i = 0; i < n; i++) {
        const QiInsn *word = &words[i];
        if (word->op == QI_OP_SEL_DEFAULT) {
            otherwise = word;
        } else if (word->op == QI_OP_SEL_TIMEOUT) {
            /* A time that has come already is 默认 for those who wrote no other. */
            if ((int64_t)fp[word->a] <= 0 && otherwise == NULL) otherwise = word;
        } else if (case_ready(word, fp) && qi_worker_random(w, ++nready) == 0) {
            /* The k-th ready case replaces the choice with probability 1/k: all are equally likely. */
            chosen = word;
        }
    }
    if (chosen != NULL) {
        if (perform(w, chosen, fp) != QI_OK) return QI_THROW;
    } else {
        chosen = otherwise;
        if (chosen == NULL) return park(w, words, n, fp);
    }
    w->current->pc = target_of(chosen);
    return QI_OK;
}
