/*
 * unheard.c — failures that nobody has heard of: kept while the program runs, told when it ends.
 *
 * Invariants
 * - A task that failed, is not detached, and whose future nobody has observed is in s->unobserved, oldest first; the collector keeps those.
 * - Observed means given to somebody. Who was given an error and does not run any more has not heard of it, and what the body of a block threw is no task's
 *   failure. So at the end, and in a deadlock, the errors on their way are told as well, each object once: what a ready task throws when it goes on, and what a
 *   block, 全部 or 竞速 throws when the tasks it waits for are over.
 * - Not told: what a 最终 holds back that does not come to its end itself, or a 捕获. It was given to the code there; the report of who waits shows the place.
 *
 * Several workers: all of this is done inside the whole scheduler. A task that another worker runs just then goes on to its next poll: what it throws until
 * then is told when that ends it.
 *
 * Rejected: a failure that counts as observed only when whoever was given it goes on. Then each one stands in the list for a while, also where somebody waits.
 */
#include "failure.h"
#include "internal.h"
#include "scope.h"

#include <stdlib.h>

/* head.flags of an error (the lower ones are failure.c's): it was reported. */
#define TOLD 8u

/* --- kept --------------------------------------------------------------------------------- */

/* Drops failures that somebody looked at after all. */
static void forget_observed(QiSched *s) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->nunobserved; i++) {
        if (!qi_future_is_observed(&s->unobserved[i]->future)) s->unobserved[n++] = s->unobserved[i];
    }
    s->nunobserved = n;
}

/* false: out of memory. */
static bool remember(QiSched *s, QiHandle *h) {
    if (s->nunobserved == s->cap_unobserved) forget_observed(s);
    /* Grown while more than half is in use, so that forgetting stays cheap on average. */
    if (s->nunobserved >= s->cap_unobserved / 2) {
        uint32_t cap = s->cap_unobserved == 0 ? 16 : s->cap_unobserved * 2;
        QiHandle **grown = realloc(s->unobserved, cap * sizeof *grown);
        if (grown == NULL && s->nunobserved == s->cap_unobserved) return false;
        if (grown != NULL) {
            s->unobserved = grown;
            s->cap_unobserved = cap;
        }
    }
    s->unobserved[s->nunobserved++] = h;
    return true;
}

void qi_unheard_say(QiSched *s, QiHandle *h, QiError *e) {
    e->head.flags |= TOLD;
    s->config.report_failure(s->config.user, h, e);
}

void qi_unheard_keep(QiSched *s, QiHandle *h) {
    if (remember(s, h)) return;
    h->future.head.flags |= QI_FUTURE_OBSERVED;
    qi_unheard_say(s, h, qi_as_ref(h->future.result));
}

void qi_unheard_mark(QiSched *s, QiMarker *m) {
    forget_observed(s);
    for (uint32_t i = 0; i < s->nunobserved; i++) qi_mark(m, &s->unobserved[i]->future.head);
}

/* --- told ----------------------------------------------------------------------------------- */

static void tell(QiSched *s, const QiCoroutine *task, QiError *e) {
    if (e != NULL && (e->head.flags & TOLD) == 0 && qi_error_real(e) != NULL) qi_unheard_say(s, task->handle, e);
}

/* What the block throws at whose end the task waits, but for failures of tasks that nobody has observed: those are kept. */
static void tell_of_block(QiSched *s, const QiCoroutine *task, const QiScope *scope) {
    if (!scope->aborting) return;
    if (scope->failed == NULL || qi_future_is_observed(scope->failed)) tell(s, task, scope->failure);
    if (scope->later != NULL) tell(s, task, scope->later->body);
}

/* What is thrown when all the task waits for is over. */
static void tell_of_gather(QiSched *s, const QiCoroutine *task, const QiGather *g) {
    tell(s, task, g->held);
    for (uint32_t i = 0; g->all && i < g->n; i++) {
        const QiFuture *f = g->parts[i].future;
        if (qi_future_state(f) == QI_FUTURE_FAILED) tell(s, task, qi_as_ref(f->result));
    }
}

static void tell_of_task(QiSched *s, const QiCoroutine *task) {
    const QiCoroutineState state = qi_co_state(task);
    if (state != QI_CO_READY && state != QI_CO_PARKED) return;
    if ((task->handle->future.head.aux & QI_CO_HOST) != 0) return; /* a visitor, whose answer it is */
    tell(s, task, task->innermost->wake_error);
    const unsigned reason = qi_co_reason(task);
    if (reason != QI_WAIT_SCOPE && reason != QI_WAIT_GATHER) return;
    if (state == QI_CO_READY) {
        /* What was waited for is over. */
        if ((task->flags & QI_CO_SLOT_REF) != 0) tell(s, task, qi_as_ref(*task->wait.slot));
    } else if (reason == QI_WAIT_GATHER) {
        tell_of_gather(s, task, task->u.gather);
    } else {
        tell_of_block(s, task, qi_scope_waited_for(task));
    }
}

void qi_unheard_tell(QiSched *s) {
    forget_observed(s);
    for (uint32_t i = 0; i < s->nunobserved; i++) {
        qi_unheard_say(s, s->unobserved[i], qi_as_ref(s->unobserved[i]->future.result));
    }
    s->nunobserved = 0;
    for (QiCoroutine *t = qi_sched_first_task(s); t != NULL; t = qi_sched_next_task(s, t)) tell_of_task(s, t);
}
