/*
 * future.c — 未来: a value that will be there, and awaiting it.
 *
 * State machine: PENDING ──settle──▶ READY(value) | FAILED(error), once. Those
 * who wait are woken in the order they came; each gets the value written into
 * its register, or the error to throw.
 *
 * Invariants
 * - A task's future is settled by the scheduler when the task ends, any other by
 *   whoever made it (a timer, 未来::就绪).
 * - Handing a failure to anybody marks it observed. Who is only told that a future of several failed awaits that one next, and has it then (gather.c).
 *
 * Several workers: awaiting, and settling by a task that returns (sched.c), are done in the worker's own part and the future's lock; everything
 * else inside the whole scheduler.
 */
#include "internal.h"
#include "scope.h"
#include "select.h"

QiFuture *qi_future_new(QiWorker *w, uint16_t type) {
    QiFuture *f = qi_alloc(w->heap, (sizeof(QiFuture) + 15) & ~(size_t)15);
    if (QI_UNLIKELY(f == NULL)) return NULL;
    *f = (QiFuture){.head = {.type = type, .kind = QI_K_FUTURE}};
    return f;
}

void qi_future_trace(void *user, QiObject *o, QiMarker *m) {
    const QiFuture *f = (const QiFuture *)o;
    QiFutureState state = qi_future_state(f);
    if (state == QI_FUTURE_PENDING) {
        qi_leak_mark_waiters(user, &f->waiters, m);
        return;
    }
    if (state == QI_FUTURE_READY) {
        const QiType *t = qi_type_of(user, o);
        /* A 协程's result is its third type; a task nobody has a type for has no value either. */
        const QiType *value = t == NULL ? NULL : t->kind == QI_T_COROUTINE ? t->c : t->a;
        if (value == NULL || !value->is_ref) return;
    }
    qi_mark_value(m, f->result);
}

bool qi_future_is_settled(const QiFuture *f) { return qi_future_state(f) != QI_FUTURE_PENDING; }

QiFuture *qi_future_failed(QiWorker *w, const QiType *type, QiString *message) {
    QiError *e = qi_error_create(w->heap, 7000, message);
    QiFuture *f = e != NULL ? qi_future_new(w, type->index) : NULL;
    if (f != NULL) qi_future_settle(w, f, QI_FUTURE_FAILED, qi_from_ref(e));
    return f;
}

/* The failure of f reached somebody. */
static void observe(QiFuture *f) { f->head.flags |= QI_FUTURE_OBSERVED; }

void qi_future_wake(QiWorker *w, QiFuture *f) {
    bool failed = qi_future_state(f) == QI_FUTURE_FAILED;
    QiWaiter *waiter;
    while ((waiter = qi_waitqueue_pop(&f->waiters)) != NULL) {
        if (waiter->kind == QI_WAIT_GATHER) {
            qi_gather_settled(w, waiter, failed);
            continue;
        }
        if (failed) observe(f);
        QiError *e = failed ? qi_as_ref(f->result) : NULL;
        /* What was given lives as long as the future, and the future as long as wait_object names it. */
        if (!failed) *waiter->slot = f->result;
        waiter->co->wait_object = &f->head;
        if (qi_waiter_is_select(waiter)) qi_select_complete(w, waiter, e);
        else if (failed) qi_ready_throw(w, waiter->co, e);
        else qi_ready_inline(w, waiter->co);
    }
}

void qi_future_settle(QiWorker *w, QiFuture *f, QiFutureState state, QiValue result) {
    qi_future_settle_inline(w, f, state, result);
}

static void commit_await(QiWorker *w, QiCoroutine *task, void *arg) {
    (void)w;
    qi_waitqueue_push(&((QiFuture *)arg)->waiters, &task->wait);
}

QiStatus qi_await(QiWorker *w, QiFuture *f, QiValue *slot) {
    if (qi_cancel_point(w) != QI_OK) return QI_THROW;
    switch (qi_future_state(f)) {
    case QI_FUTURE_READY:
        *slot = f->result;
        return QI_OK;
    case QI_FUTURE_FAILED:
        observe(f);
        w->error = qi_as_ref(f->result);
        return QI_THROW;
    case QI_FUTURE_PENDING:
        break;
    }
    QiWaiter *waiter = &qi_co_task(w->current)->wait;
    waiter->slot = slot;
    waiter->kind = QI_WAIT_FUTURE;
    return qi_park_inline(w, QI_WAIT_FUTURE, &f->head, commit_await, f);
}

bool qi_await_own(QiWorker *w, QiFuture *f, QiValue *slot, QiStatus *status) {
    if (!qi_may_wait_own(w)) return false;
    QiLatch *lock = qi_object_take(w, f);
    const QiFutureState state = qi_future_state(f);
    if (state == QI_FUTURE_PENDING) {
        w->current->wait.slot = slot;
        qi_park_own(w, QI_WAIT_FUTURE, &f->head, &f->waiters, lock);
        *status = QI_PARKED;
        return true;
    }
    const QiValue result = f->result;
    qi_latch_give(lock);
    if (state != QI_FUTURE_READY) return false; /* a handler may see the register as it was */
    *slot = result;
    *status = QI_OK;
    return true;
}

bool qi_future_take(QiWorker *w, QiFuture *f, QiValue *slot) {
    if (qi_future_state(f) == QI_FUTURE_READY) {
        *slot = f->result;
        return true;
    }
    observe(f);
    w->error = qi_as_ref(f->result);
    return false;
}
