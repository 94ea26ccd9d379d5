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
 * Several workers: choosing, and parking without a timeout, are done in the worker's own part and the locks of all objects of the cases, in order.
 * Whoever completes a parked 选择 is inside the whole scheduler: who meets one of its waiters in its own part goes there.
 *
 * Records come from free lists by size, so a loop around a 选择 allocates once.
 * Rejected: claiming a parked record by compare-and-swap in one object's lock (Go's selectgo): a second protocol between wakers and
 * cancellation. Registering with one case at a time and re-checking on wake-up; it
 * needs a retry loop and is unfair to later cases.
 */
#include "select.h"

#include <stdlib.h>

#include "internal.h"

/* --- records ---------------------------------------------------------------------- */

static QiSelect *record_new(QiWorker *w, uint32_t n) {
    uint16_t cls = 0;
    while ((1u << cls) < n) cls++;
    QiSelect *sel = w->select_free[cls];
    if (sel != NULL) {
        w->select_free[cls] = sel->next_free;
    } else {
        sel = malloc(sizeof *sel + ((size_t)1 << cls) * sizeof(QiSelectCase));
        if (sel == NULL) return NULL;
        sel->size_class = cls;
        sel->next_all = w->select_all;
        w->select_all = sel;
    }
    sel->n = 0;
    sel->timer = QI_TIMER_NONE;
    sel->timeout_target = NULL;
    return sel;
}

static void record_free(QiWorker *w, QiSelect *sel) {
    sel->next_free = w->select_free[sel->size_class];
    w->select_free[sel->size_class] = sel;
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
static void dissolve(QiWorker *w, QiSelect *sel) {
    for (uint32_t i = 0; i < sel->n; i++) {
        QiSelectCase *c = &sel->cases[i];
        if (c->waiter.queued) qi_waitqueue_remove(queue_of(c), &c->waiter);
    }
    if (sel->timer != QI_TIMER_NONE) qi_timer_remove(w->sched, sel->timer);
    sel->task->u.select = NULL;
    record_free(w, sel);
}

/* --- completing -------------------------------------------------------------------------- */

void qi_select_complete(QiWorker *w, QiWaiter *chosen, QiError *error) {
    QiCoroutine *task = chosen->co;
    const QiInsn *target = QI_CONTAINER_OF(chosen, QiSelectCase, waiter)->target;
    dissolve(w, task->u.select);
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
    dissolve(w, sel);
    qi_ready_inline(w, task);
}

void qi_select_abandon(QiWorker *w, QiCoroutine *task) { dissolve(w, task->u.select); }

/* --- looking ---------------------------------------------------------------------------------- */

/* Where a chosen case leads: its offset counts from the word after it. */
static const QiInsn *target_of(const QiInsn *word) { return word + 1 + (int16_t)word->c; }

QI_INLINE bool case_ready(const QiInsn *word, const QiValue *fp) {
    switch (word->op) {
    case QI_OP_SEL_RECV: return qi_channel_can_receive(qi_as_ref(fp[word->a]));
    case QI_OP_SEL_SEND: return qi_channel_can_send(qi_as_ref(fp[word->a]));
    case QI_OP_SEL_AWAIT: return qi_future_state(qi_as_ref(fp[word->a])) != QI_FUTURE_PENDING;
    default: return false;
    }
}

/* Performs a ready case. */
QI_INLINE QiStatus perform(QiWorker *w, const QiInsn *word, QiValue *fp) {
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

/* A record for the cases of a 选择. *earliest: ms until the first of its timeouts. NULL: out of memory. */
QI_INLINE QiSelect *record_of(QiWorker *w, QiCoroutine *task, const QiInsn *words, uint32_t n, QiValue *fp, int64_t *earliest) {
    QiSelect *sel = record_new(w, n);
    if (sel == NULL) return NULL;
    sel->task = task;
    *earliest = INT64_MAX;
    for (uint32_t i = 0; i < n; i++) {
        const QiInsn *word = &words[i];
        if (word->op == QI_OP_SEL_TIMEOUT) {
            int64_t ms = (int64_t)fp[word->a];
            if (sel->timeout_target == NULL || ms < *earliest) {
                *earliest = ms;
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
    return sel;
}

static QiStatus park(QiWorker *w, const QiInsn *words, uint32_t n, QiValue *fp) {
    QiCoroutine *task = qi_co_task(w->current);
    int64_t earliest;
    QiSelect *sel = record_of(w, task, words, n, fp, &earliest);
    if (sel == NULL) return qi_throw_memory(w);
    if (sel->timeout_target != NULL) {
        if (!qi_timer_add(w->sched, qi_timer_deadline(w->sched, earliest), QI_TIMER_SELECT, sel)) {
            record_free(w, sel);
            return qi_throw_memory(w);
        }
        if (!w->ticking && (!qi_runqueue_is_empty(w) || task->resumer != NULL)) qi_ticker_arm(w);
    }
    return qi_park_inline(w, QI_WAIT_SELECT, NULL, commit_select, sel);
}

/* Which case it is; NULL: none is ready, and there is no other way out. */
QI_INLINE const QiInsn *choose(QiWorker *w, const QiInsn *words, uint32_t n, const QiValue *fp, const QiInsn **otherwise) {
    const QiInsn *chosen = NULL;
    uint32_t nready = 0;
    *otherwise = NULL;
    for (uint32_t i = 0; i < n; i++) {
        const QiInsn *word = &words[i];
        if (word->op == QI_OP_SEL_DEFAULT) {
            *otherwise = word;
        } else if (word->op == QI_OP_SEL_TIMEOUT) {
            /* A time that has come already is 默认 for those who wrote no other. */
            if ((int64_t)fp[word->a] <= 0 && *otherwise == NULL) *otherwise = word;
        } else if (case_ready(word, fp) && qi_worker_random(w, ++nready) == 0) {
            /* The k-th ready case replaces the choice with probability 1/k: all are equally likely. */
            chosen = word;
        }
    }
    return chosen;
}

QiStatus qi_select(QiWorker *w, const QiInsn *insn, QiValue *fp) {
    if (qi_cancel_point(w) != QI_OK) return QI_THROW;
    const QiInsn *words = insn + 1, *otherwise, *chosen = choose(w, words, insn->a, fp, &otherwise);
    if (chosen != NULL) {
        if (perform(w, chosen, fp) != QI_OK) return QI_THROW;
    } else {
        chosen = otherwise;
        if (chosen == NULL) return park(w, words, insn->a, fp);
    }
    w->current->pc = target_of(chosen);
    return QI_OK;
}

/* --- in the own part of one of several workers ------------------------------------------------- */

#define OWN_CASES_MAX 8u

/* The locks of all objects of the cases, each once, by number: so two that take several never wait for each other. */
typedef struct Locks {
    uint32_t n;
    uint32_t numbers[OWN_CASES_MAX];
} Locks;

static Locks locks_of(const QiInsn *words, uint32_t n, const QiValue *fp) {
    Locks l = {0};
    for (uint32_t i = 0; i < n; i++) {
        if (words[i].op == QI_OP_SEL_DEFAULT || words[i].op == QI_OP_SEL_TIMEOUT) continue;
        const uint32_t number = qi_object_lock_number(qi_as_ref(fp[words[i].a]));
        uint32_t at = l.n;
        while (at > 0 && l.numbers[at - 1] > number) at--;
        if (at > 0 && l.numbers[at - 1] == number) continue;
        for (uint32_t k = l.n++; k > at; k--) l.numbers[k] = l.numbers[k - 1];
        l.numbers[at] = number;
    }
    return l;
}

static void take_locks(QiWorker *w, const Locks *l) {
    for (uint32_t i = 0; i < l->n; i++) (void)qi_object_lock_take(w, l->numbers[i]);
}

static void give_locks(QiWorker *w, const Locks *l) {
    for (uint32_t i = 0; i < l->n; i++) qi_latch_give(&w->sched->objects[l->numbers[i]].latch);
}

static bool is_plain(const QiWaiter *waiter) { return waiter == NULL || qi_waiter_is_plain(waiter); }

/* Does the case concern nobody but the object and a partner that waits for it alone? */
static bool is_own(const QiInsn *word, const QiValue *fp) {
    if (word->op == QI_OP_SEL_AWAIT) return qi_future_state(qi_as_ref(fp[word->a])) == QI_FUTURE_READY;
    const QiChannel *c = qi_as_ref(fp[word->a]);
    if ((c->head.flags & QI_CHANNEL_BOXES) != 0) return false;
    if (word->op == QI_OP_SEL_RECV) return is_plain(c->senders.head);
    return (c->head.flags & QI_CHANNEL_CLOSED) == 0 && is_plain(c->receivers.head) && (c->receivers.head != NULL || c->count < c->slots);
}

static bool has_timeout(const QiInsn *words, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        if (words[i].op == QI_OP_SEL_TIMEOUT) return true;
    }
    return false;
}

QI_NOINLINE bool qi_select_own(QiWorker *w, const QiInsn *insn, QiValue *fp) {
    if (!qi_may_wait_own(w) || insn->a > OWN_CASES_MAX) return false;
    const QiInsn *words = insn + 1;
    const Locks locks = locks_of(words, insn->a, fp);
    take_locks(w, &locks);
    const QiInsn *otherwise, *chosen = choose(w, words, insn->a, fp, &otherwise);
    if (chosen == NULL && otherwise == NULL) {
        int64_t earliest;
        QiCoroutine *task = w->current;
        QiSelect *sel = has_timeout(words, insn->a) ? NULL : record_of(w, task, words, insn->a, fp, &earliest);
        if (sel != NULL) {
            QiCoroutine *caller = qi_park_begin_own(w, QI_WAIT_SELECT, NULL);
            commit_select(w, task, sel);
            give_locks(w, &locks); /* another worker may run it from here on */
            qi_park_end_own(w, caller);
            return true;
        }
        give_locks(w, &locks);
        return false;
    }
    const bool done = chosen == NULL || (is_own(chosen, fp) && perform(w, chosen, fp) == QI_OK);
    give_locks(w, &locks);
    if (done) w->current->pc = target_of(chosen != NULL ? chosen : otherwise);
    return done;
}
