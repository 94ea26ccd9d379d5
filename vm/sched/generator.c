/*
 * generator.c — 协程: resuming, yielding, ending. The hottest switch there is.
 *
 * State machine
 *
 *     CREATED ──恢复──▶ RUNNING ──挂起──▶ SUSPENDED ──恢复──▶ RUNNING
 *        │                 └──end──▶ DONE | FAILED | CANCELLED
 *        └──取消──▶ CANCELLED
 *
 * Invariants
 * - A generator is in no queue: it runs on the task of whoever resumed it, and a second resumer finds it RUNNING (E6003). With several
 *   workers its state changes in the handle's lock, by which the next resumer sees all that the last one did.
 * - wait.slot of a generator: while it runs, the pair of registers its resumer
 *   wants the yielded value in (NULL: it is being cancelled); while it is suspended,
 *   the register for the value sent next (NULL: none wanted).
 * - Its stack counts as standing on that of its first resumer, so that 协程 that resume 协程 without end come to the
 *   limit of a stack (E7004), as functions do.
 * - What the types ask for (sent values, boxed yields) is read from them once, at the
 *   first resume, and kept in flags, so that a switch touches no type.
 *
 * A switch writes eight words and takes no branch that is not predicted.
 */
#include <stdio.h>

#include "cancelled.h"
#include "internal.h"
#include "observe.h"

#define NESTED_BYTES 512u /* a coroutine with its handle, rounded up to units of depth */

/* Runs co on the current task. */
QI_INLINE QiStatus enter(QiWorker *w, QiCoroutine *co, QiValue *slot) {
    QiCoroutine *resumer = w->current;
    if (QI_UNLIKELY(w->marking)) qi_scan_generator(w, co);
    co->resumer = resumer;
    co->innermost = qi_co_task(resumer);
    co->wait.slot = slot;
    qi_co_set_state(co, QI_CO_RUNNING);
    w->current = co;
    return QI_PARKED;
}

static QiStatus throw_sent(QiWorker *w, const char *zh, const char *en) { return qi_throw_text(w, 6010, "说明", qi_error_is_english(w->heap) ? en : zh); }

static QiStatus throw_running(QiWorker *w, const QiCoroutine *co) {
    const QiHandle *task = co->innermost->handle;
    char name[32] = "入口";
    if ((task->future.head.aux & QI_CO_MAIN) == 0) snprintf(name, sizeof name, qi_error_is_english(w->heap) ? "task %u" : "任务 %u", (unsigned)task->id);
    return qi_throw_text(w, 6003, "任务", name);
}

void qi_generator_begin(QiWorker *w, QiHandle *h) {
    const QiType *t = qi_type_of(w->sched, &h->future.head);
    if (t->b->kind != QI_T_UNIT) h->co->flags |= QI_CO_WANTS_SENT;
    if (t->a->kind == QI_T_OPTION) h->co->flags |= QI_CO_BOXES_YIELD;
}

/* What the stacks of co and of those who wait for it take. */
static size_t stack_bytes(const QiCoroutine *co) {
    size_t bytes = 0;
    for (;; co = co->resumer) {
        for (const QiSegment *s = co->segment; s != NULL && s != &co->first; s = s->prev) bytes += s->size;
        if ((co->flags & QI_CO_GENERATOR) == 0) return bytes;
        bytes += NESTED_BYTES;
    }
}

/* Puts the stack of co, which has not run, on top of its resumer's. false: too deep. */
static bool stack_up(QiWorker *w, QiCoroutine *co) {
    const size_t own = NESTED_BYTES + (co->segment != &co->first ? co->segment->size : 0);
    size_t bytes = own + (size_t)w->current->segment->depth_units * 256;
    /* Those below are as deep as when they ran first, and may have been resumed from less deep since. */
    if (QI_UNLIKELY(bytes > w->stack_limit) && (bytes = own + stack_bytes(w->current)) > w->stack_limit) return false;
    co->segment->depth_units = (uint32_t)(bytes / 256);
    return true;
}

QI_COLD static QiStatus resume_slow(QiWorker *w, QiHandle *h, QiValue *slot, bool sends) {
    QiCoroutine *co = h->co;
    QiCoroutineState state = qi_handle_state(h);
    if (state == QI_CO_SUSPENDED) return throw_sent(w, "缺少要送入的值", "none was sent");
    if (state == QI_CO_RUNNING) return throw_running(w, co);
    if (state != QI_CO_CREATED) return qi_throw_simple(w, 6004);
    if (sends) return throw_sent(w, "第一次恢复不能带值", "the first one carries none");
    if (!stack_up(w, co)) return qi_throw_simple(w, 7004);
    qi_generator_begin(w, h);
    return enter(w, co, slot);
}

QiStatus qi_generator_resume(QiWorker *w, QiHandle *h, QiValue *slot, bool sends, QiValue sent) {
    if (!sends) return qi_generator_try_resume(w, h, slot) ? QI_PARKED : resume_slow(w, h, slot, false);
    QiCoroutine *co = h->co;
    if (QI_UNLIKELY(co == NULL || qi_co_state(co) != QI_CO_SUSPENDED)) return resume_slow(w, h, slot, true);
    if (co->wait.slot != NULL) *co->wait.slot = sent;
    return enter(w, co, slot);
}

/* Hands value to the resumer. */
QI_INLINE QiStatus leave(QiWorker *w, QiCoroutine *co, QiValue value, QiValue *slot) {
    QiValue *out = co->wait.slot;
    out[0] = value;
    out[1] = 1;
    co->wait.slot = slot;
    qi_co_set_state(co, QI_CO_SUSPENDED);
    w->current = co->resumer;
    return QI_PARKED;
}

/*
 * Whether a 挂起 of coroutine type `type` fits `co`: Y and S must be the same. R may differ, because a
 * helper that yields for several coroutines is compiled for one of them.
 */
static bool fits(const QiWorker *w, const QiCoroutine *co, uint16_t type) {
    const QiHeap *h = w->sched->workers[0].heap;
    const QiType *own = qi_type_of(w->sched, &co->handle->future.head);
    if (own == NULL || type >= h->ntypes || h->types[type] == NULL) return false;
    return own->a == h->types[type]->a && own->b == h->types[type]->b;
}

QI_COLD static QiStatus yield_slow(QiWorker *w, QiValue value, uint16_t type, QiValue *slot) {
    QiCoroutine *co = w->current;
    uint32_t aux = co->flags;
    if ((aux & QI_CO_GENERATOR) == 0) return qi_throw_simple(w, 6009);
    if (co->type != type && !fits(w, co, type)) return qi_throw_simple(w, 6008);
    if (aux & QI_CO_CANCEL_REQUESTED) {
        /* Nobody is there to take a value, not even in its 最终. */
        w->error = qi_cancel_error(w, co->handle);
        return QI_THROW;
    }
    const QiType *t = qi_type_of(w->sched, &co->handle->future.head);
    if (!qi_box_option(w, t->a, value, &value)) return qi_throw_memory(w);
    return leave(w, co, value, slot);
}

QiStatus qi_generator_yield(QiWorker *w, QiValue value, uint16_t type, QiValue *slot) {
    return qi_generator_try_yield(w, value, type, slot) ? QI_PARKED : yield_slow(w, value, type, slot);
}

/* --- in the own part of one of several workers: the handle's lock guards whose turn it is ------------------ */

bool qi_generator_resume_own(QiWorker *w, QiHandle *h, QiValue *slot) {
    QiLatch *lock = qi_object_take(w, h);
    QiCoroutine *co = h->co, *resumer = w->current;
    const bool usual = co != NULL && (co->flags & (QI_CO_STATE_MASK | QI_CO_WANTS_SENT)) == QI_CO_SUSPENDED;
    if (usual) co->flags += QI_CO_RUNNING - QI_CO_SUSPENDED;
    qi_latch_give(lock);
    if (!usual) return false;
    co->resumer = resumer;
    co->innermost = qi_co_task(resumer);
    co->wait.slot = slot;
    w->current = co;
    return true;
}

bool qi_generator_yield_own(QiWorker *w, QiValue value, uint16_t type, QiValue *slot) {
    QiCoroutine *co = w->current;
    const uint32_t odd = QI_CO_GENERATOR | QI_CO_CANCEL_REQUESTED | QI_CO_BOXES_YIELD;
    if ((co->flags & odd) != QI_CO_GENERATOR || co->type != type) return false;
    QiValue *out = co->wait.slot;
    out[0] = value;
    out[1] = 1;
    co->wait.slot = slot;
    w->current = co->resumer;
    /* Last: from then on another worker may resume it. */
    QiLatch *lock = qi_object_take(w, co->handle);
    co->flags += QI_CO_SUSPENDED - QI_CO_RUNNING;
    qi_latch_give(lock);
    return true;
}

/* The handle takes the outcome; the coroutine is free again. */
static void settle(QiWorker *w, QiCoroutine *co, QiCoroutineState state, QiValue result) {
    QiHandle *h = co->handle;
    h->future.result = result;
    h->future.head.flags |= (uint8_t)(state == QI_CO_DONE ? QI_FUTURE_READY : QI_FUTURE_FAILED) | QI_FUTURE_OBSERVED;
    qi_handle_end(h, state);
    qi_coroutine_free_inline(w, co);
}

void qi_generator_end(QiWorker *w, QiCoroutine *co, QiCoroutineState state, QiValue result) {
    QiHandle *h = co->handle;
    QiCoroutine *resumer = co->resumer;
    QiValue *out = co->wait.slot;
    settle(w, co, state, result);
    w->current = resumer;
    if (out != NULL) {
        out[0] = 0;
        out[1] = 0;
    }
    /* Being unwound by 取消() is what its caller asked for; any other failure is the resumer's. */
    bool asked = out == NULL && state == QI_CO_CANCELLED && ((QiError *)qi_as_ref(result))->subject == &h->future.head;
    if (state != QI_CO_DONE && !asked) resumer->wake_error = qi_as_ref(result);
}

bool qi_generator_return_own(QiWorker *w, QiValue value) {
    QiCoroutine *co = w->current;
    QiValue *out = co->wait.slot;
    if (out == NULL || co->tree != NULL) return false;
    w->current = co->resumer;
    QiLatch *lock = qi_object_take(w, co->handle);
    settle(w, co, QI_CO_DONE, value);
    qi_latch_give(lock);
    out[0] = 0;
    out[1] = 0;
    return true;
}

QiStatus qi_generator_result(QiWorker *w, QiHandle *h, QiValue *slot) {
    switch (qi_future_state(&h->future)) {
    case QI_FUTURE_READY:
        *slot = h->future.result;
        return QI_OK;
    case QI_FUTURE_FAILED:
        w->error = qi_as_ref(h->future.result);
        return QI_THROW;
    case QI_FUTURE_PENDING:
        break;
    }
    return throw_running(w, h->co);
}

QiStatus qi_generator_cancel_for(QiWorker *w, QiHandle *h, QiCancelKind kind) {
    QiCoroutine *co = h->co;
    if (co == NULL) return QI_OK;
    QiCoroutineState state = qi_co_state(co);
    if (state == QI_CO_RUNNING) return throw_running(w, co);
    QiString *message = qi_cancel_message(w, &(QiCancelCause){.kind = kind});
    QiError *e = qi_cancel_error_saying(w, h, message);
    if (state == QI_CO_CREATED) {
        if (w->sched->config.observer != NULL) qi_observe_end(w->sched->config.observer, h, QI_CO_CANCELLED, NULL);
        settle(w, co, QI_CO_CANCELLED, qi_from_ref(e));
        return QI_OK;
    }
    qi_cancel_request(co, message);
    co->wake_error = e;
    return enter(w, co, NULL);
}

QiStatus qi_generator_cancel(QiWorker *w, QiHandle *h) { return qi_generator_cancel_for(w, h, QI_CANCEL_CALL); }
