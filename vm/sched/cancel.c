/*
 * cancel.c — cancellation: a sticky flag of the task, and waking those it finds
 * asleep.
 *
 * What 取消 does to a task, by its state
 *   CREATED           over at once as CANCELLED; its function never runs (begun or UNBEGUN: with or without an execution)
 *   PARKED            leaves its queue and wakes with 取消错误, unless masked or waiting for a
 *                     child to suspend (that wait ends by itself)
 *   READY, RUNNING    only the flag: the next suspending operation throws
 *   over              nothing
 * and then to every task it created, directly or through others.
 *
 * Invariants
 * - An operation that completed stands: whoever wakes a task takes it out of its
 *   queue first, so a task that was given a value is READY and keeps it.
 * - The message of its 取消错误 waits in the word of its outcome, from the request until it is over.
 * - Masked (any frame of the task stands in a 最终 or 延后): the flag waits.
 *
 * Several workers: all of this is done inside the whole scheduler, so no task is between two states, whoever runs or wakes it.
 */
#include "cancelled.h"
#include "internal.h"
#include "scope.h"
#include "select.h"

/* --- errors, and what they say ------------------------------------------------------------ */

QiString *qi_cancel_message(QiWorker *w, const QiCancelCause *cause) {
    const QiSchedConfig *config = &w->sched->config;
    return config->cancelled != NULL ? config->cancelled(w, cause) : NULL;
}

void qi_cancel_request(QiCoroutine *co, QiString *message) {
    co->handle->future.result = qi_from_ref(message);
    qi_co_request(co, QI_CO_CANCEL_REQUESTED);
}

/* What it was cancelled for; NULL: unknown, or its block was. */
static QiString *message_of(QiWorker *w, const QiHandle *h) {
    const QiCoroutine *co = qi_handle_co(h);
    if (co == NULL || (co->flags & QI_CO_CANCEL_REQUESTED) == 0) return NULL;
    /* The outcome is going to take its place. */
    qi_heap_forget(w->heap, h->future.result);
    return qi_as_ref(h->future.result);
}

QiError *qi_cancel_error_saying(QiWorker *w, QiHandle *h, QiString *message) {
    if (message == NULL) message = message_of(w, h);
    QiError *e = message != NULL ? qi_error_saying(w->heap, 6101, message) : qi_error_make(w->heap, 6101, &(QiErrorArg){.name = "原因", .text = ""}, 1);
    /* The heap's spare E7007 stands in when memory is short; it speaks of nobody. */
    if (e->head.aux == 6101) e->subject = &h->future.head;
    return e;
}

QiError *qi_cancel_error(QiWorker *w, QiHandle *h) { return qi_cancel_error_saying(w, h, NULL); }

/* --- whom it finds ---------------------------------------------------------------------------- */

static bool masked(QiSched *s, const QiCoroutine *co) { return s->config.masked != NULL && s->config.masked(s->config.user, co, NULL); }

QI_COLD QiStatus qi_check_cancelled_slow(QiWorker *w) {
    /* The flag of the task, or of any 协程 between it and the running code. */
    QiCoroutine *co = w->current;
    while (co != NULL && (co->flags & QI_CO_CANCEL_REQUESTED) == 0) co = (co->flags & QI_CO_GENERATOR) != 0 ? co->resumer : NULL;
    if (co != NULL && !masked(w->sched, w->current)) {
        w->error = qi_cancel_error(w, co->handle);
        return QI_THROW;
    }
    /* A block inside the masked code may be cancelled all the same. */
    const QiScope *scope = qi_scope_cancelled(w);
    if (scope == NULL) return QI_OK;
    w->error = qi_cancel_error_saying(w, qi_co_task(w->current)->handle, qi_scope_message(w, scope));
    return QI_THROW;
}

QiStatus qi_check_cancelled(QiWorker *w) { return qi_cancel_point(w); }

bool qi_task_withdraw(QiWorker *w, QiCoroutine *task) {
    void *object = task->wait_object;
    switch (qi_co_reason(task)) {
    case QI_WAIT_SEND: qi_waitqueue_remove(&((QiChannel *)object)->senders, &task->wait); return true;
    case QI_WAIT_RECEIVE: qi_waitqueue_remove(&((QiChannel *)object)->receivers, &task->wait); return true;
    case QI_WAIT_FUTURE: qi_waitqueue_remove(&((QiFuture *)object)->waiters, &task->wait); return true;
    case QI_WAIT_NATIVE:
    case QI_WAIT_CONDITION: qi_native_object_withdraw(w, task); return true;
    case QI_WAIT_SLEEP: qi_timer_remove(w->sched, task->u.timer); return true;
    case QI_WAIT_SELECT: qi_select_abandon(w, task); return true;
    case QI_WAIT_SCOPE: ((QiScope *)qi_scope_waited_for(task))->waiting = NULL; return true;
    case QI_WAIT_GATHER: qi_gather_abandon(task); return true;
    case QI_WAIT_IO: qi_netpoll_withdraw(w, task); return true;
    case QI_WAIT_POOL: qi_pool_withdraw(w, task); return true;
    case QI_WAIT_RELOCK: /* it was woken: that stands */
    case QI_WAIT_CHILD:
    case QI_WAIT_NONE: break;
    }
    return false;
}

void qi_task_break_off(QiWorker *w, QiCoroutine *task, QiError *e) {
    if (qi_co_reason(task) != QI_WAIT_CONDITION) {
        qi_ready_throw(w, task, e);
        return;
    }
    task->innermost->wake_error = e;
    qi_condition_relock(w, task);
}

void qi_task_cancel_one(QiWorker *w, QiCoroutine *task, QiString *message) {
    /* One that is over is on its way out (qi_coroutine_return_own). */
    if ((task->flags & QI_CO_CANCEL_REQUESTED) != 0 || qi_co_state(task) >= QI_CO_DONE) return;
    qi_cancel_request(task, message);
    if (qi_co_state(task) == QI_CO_CREATED) {
        if (!qi_scope_unhold(task)) qi_runqueue_withdraw(w, qi_ready_task(task));
        qi_task_finish(w, task, QI_CO_CANCELLED, QI_FUTURE_FAILED, qi_from_ref(qi_cancel_error(w, task->handle)));
    } else if (qi_co_state(task) == QI_CO_PARKED && !masked(w->sched, task->innermost) && qi_task_withdraw(w, task)) {
        qi_task_break_off(w, task, qi_cancel_error(w, task->handle));
    }
}

static void cancel_unbegun(QiWorker *w, QiHandle *h, QiString *message) {
    qi_runqueue_withdraw(w, qi_ready_unbegun(h));
    qi_task_finish_unbegun(w, h, QI_CO_CANCELLED, qi_cancel_error_saying(w, h, message));
}

bool qi_task_is_shielded(const QiSched *s, const QiHandle *h, const QiInsn *begin) {
    return s->config.masked_at != NULL && h->created_at != NULL && s->config.masked_at(s->config.user, h->created_at, begin);
}

/* Is h below top in the tree of tasks? Ended tasks between them still connect; a detached one has no parent. */
static bool descends(const QiSched *s, const QiHandle *h, const QiHandle *top) {
    while (h != NULL && h != top) h = (h->future.head.aux & QI_CO_DETACHED) != 0 || qi_task_is_shielded(s, h, NULL) ? NULL : h->creator;
    return h != NULL;
}

/* Of the tasks on the live lists, those that have begun, or the others. */
static void cancel_listed(QiWorker *w, const QiHandle *top, QiString *message, bool begun) {
    QiSched *s = w->sched;
    for (uint32_t i = 0; i < s->config.workers; i++) {
        for (QiCoroutine *t = s->workers[i].tasks, *next; t != NULL; t = next) {
            next = t->all_next;
            if (QI_UNLIKELY(t == &s->leaks.cursor)) continue;
            if ((qi_co_state(t) != QI_CO_CREATED) != begun) continue;
            if (top == NULL ? (t->flags & QI_CO_DETACHED) == 0 : t->handle != top && descends(s, t->handle, top)) qi_task_cancel_one(w, t, message);
        }
    }
}

/* Those of a queue that have no execution yet. */
static void cancel_queued(QiWorker *w, QiReady head, const QiHandle *top, QiString *message) {
    for (QiReady r = head, next; r != 0; r = next) {
        next = qi_ready_link(r)->next;
        if (!qi_ready_is_unbegun(r)) continue;
        QiHandle *h = qi_ready_handle(r);
        if (top == NULL ? (h->future.head.aux & QI_CO_DETACHED) == 0 : descends(w->sched, h, top)) cancel_unbegun(w, h, message);
    }
}

/* Cancels every unfinished task below `top`, or, for NULL, every attached one. Tasks that end meanwhile leave their list alone,
 * and none begins. Those that never began end at once, so they come last: who awaits one of them is to hear of its own cancellation. */
static void cancel_below(QiWorker *w, const QiHandle *top, QiString *message) {
    cancel_listed(w, top, message, true);
    cancel_listed(w, top, message, false);
    for (uint32_t i = 0; i < w->sched->config.workers; i++) cancel_queued(w, w->sched->workers[i].run_head, top, message);
    for (uint32_t i = 0; i < QI_PRIORITIES; i++) cancel_queued(w, w->sched->ready[i].head, top, message);
}

void qi_task_cancel_for(QiWorker *w, QiHandle *h, QiCancelKind kind) {
    if (qi_handle_is_over(h)) return;
    QiString *message = qi_cancel_message(w, &(QiCancelCause){.kind = kind});
    QiCoroutine *task = qi_handle_co(h);
    if (task == NULL) {
        cancel_unbegun(w, h, message);
        return;
    }
    const bool family = (task->flags & QI_CO_HAS_CHILDREN) != 0;
    qi_task_cancel_one(w, task, message);
    if (!family) return;
    if (kind != QI_CANCEL_INTERRUPT) message = qi_cancel_message(w, &(QiCancelCause){.kind = kind, .above = h});
    cancel_below(w, h, message);
}

void qi_task_cancel(QiWorker *w, QiHandle *h) { qi_task_cancel_for(w, h, QI_CANCEL_CALL); }

void qi_cancel_all_attached(QiWorker *w) {
    if (qi_sched_attached(w->sched) != 0) cancel_below(w, NULL, qi_cancel_message(w, &(QiCancelCause){.kind = QI_CANCEL_END}));
}

bool qi_coroutine_is_over(const QiHandle *h) { return qi_handle_is_over(h); }
uint32_t qi_coroutine_id(const QiHandle *h) { return h->id; }

const char *qi_coroutine_state_name(const QiHandle *h) {
    switch (qi_handle_state(h)) {
    case QI_CO_CREATED: return "已创建";
    case QI_CO_READY:
    case QI_CO_RUNNING: return "运行中";
    case QI_CO_PARKED:
    case QI_CO_SUSPENDED: return "已挂起";
    case QI_CO_DONE: return "已完成";
    case QI_CO_FAILED: return "已失败";
    case QI_CO_CANCELLED: return "已取消";
    }
    return "";
}
