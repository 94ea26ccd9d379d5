/*
 * visitor.c — what somebody outside does to a running program, at a safepoint and inside the lock: starts a task, resumes or cancels
 * a 协程.
 *
 * A 协程 runs on the task of whoever resumes it, and a visitor has none. It gets one that has no frame: it stands where every task
 * stands that has returned (qi_stub_coroend), so when the 协程 yields or ends, it is over at once, and its words say what was yielded.
 *
 *     visitor (READY, innermost: the 协程) ──runs──▶ 协程 ──挂起, end──▶ visitor at COROEND ──▶ over
 *
 * Invariants
 * - To the rest of this room such a task is one that was preempted while it ran a 协程. qi_frame_first knows that it has no frame.
 * - A failure of the 协程 is the answer to who asked, not one of the program: it is not reported (QI_CO_HOST).
 * - Nothing runs here: the queue has it, and the program goes on as if a task of its own had done it.
 *
 * Rejected: hidden functions in every module that resume each type of 协程; the machine would have to make bytecode, or every module
 * would carry them.
 */
#include "observe.h"

#include "cancelled.h"
#include "internal.h"

/* A detached task that nobody made. */
static QiCoroutine *task_of_nobody(QiWorker *w, uint32_t func, const QiValue *args, uint32_t flags) {
    QiCoroutine *current = w->current;
    w->current = NULL; /* the one that runs is not its creator */
    QiCoroutine *task = qi_coroutine_new(w, func, args, false, NULL);
    if (task != NULL) {
        qi_coroutine_mark_as(task, QI_CO_DETACHED);
        task->handle->future.head.aux |= QI_CO_OWN | flags;
        qi_task_adopt(w, task);
    }
    w->current = current;
    return task;
}

QiHandle *qi_visitor_create(QiWorker *w, uint32_t func, const QiValue *args) {
    QiCoroutine *task = task_of_nobody(w, func, args, 0);
    if (task == NULL) return NULL;
    qi_runqueue_push(w, task);
    return task->handle;
}

/* A task for a 协程 to run on. error: what the 协程 throws where it is suspended, or NULL. */
static QiHandle *lend(QiWorker *w, QiHandle *generator, uint32_t entry, QiError *error) {
    QiCoroutine *co = generator->co, *task = task_of_nobody(w, entry, NULL, QI_CO_HOST);
    if (task == NULL) return NULL;
    QiValue *words = qi_segment_base(task->segment) + 2;
    words[0] = words[1] = 0;
    words[2] = generator->future.head.type;
    task->pc = &qi_stub_coroend[1];
    task->fp = words;
    task->innermost = co;
    if (qi_co_state(co) == QI_CO_CREATED) qi_generator_begin(w, generator);
    co->resumer = task;
    co->innermost = task;
    co->wait.slot = error != NULL ? NULL : words;
    co->wake_error = error;
    qi_co_set_state(co, QI_CO_RUNNING);
    qi_ready_inline(w, task);
    return task->handle;
}

QiHandle *qi_visitor_resume(QiWorker *w, QiHandle *generator, uint32_t entry) { return lend(w, generator, entry, NULL); }

bool qi_visitor_cancel(QiWorker *w, QiHandle *h, uint32_t entry) {
    if ((h->future.head.aux & QI_CO_GENERATOR) == 0) {
        qi_task_cancel_for(w, h, QI_CANCEL_VISITOR);
        return true;
    }
    switch (qi_handle_state(h)) {
    case QI_CO_CREATED: return qi_generator_cancel_for(w, h, QI_CANCEL_VISITOR) == QI_OK;
    case QI_CO_SUSPENDED:
        qi_cancel_request(h->co, qi_cancel_message(w, &(QiCancelCause){.kind = QI_CANCEL_VISITOR}));
        return lend(w, h, entry, qi_cancel_error(w, h)) != NULL;
    default: return false;
    }
}
