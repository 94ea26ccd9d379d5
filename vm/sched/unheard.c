/*
 * unheard.c — failures that nobody has heard of: kept while the program runs, told when it ends.
 *
 * Invariants
 * - A task that failed, is not detached, and whose future nobody has observed is in s->unobserved, oldest first; the collector keeps those.
 * - Observed means given to somebody. Who was given an error and does not run any more has not heard of it, and what the body of a block threw is no task's
 *   failure. So at the end, and in a deadlock, the errors on their way are told as well: that a ready task throws when it goes on, and that a block throws
 *   when its members are over.
 * - Not told: what a 最终 holds back that does not come to its end itself. Only its register knows of it, and the report of who waits shows the place.
 *
 * Several workers: all of this is done inside the whole scheduler. A task that another worker runs just then throws what it has by itself.
 *
 * Rejected: a failure that counts as observed only when whoever was given it goes on. Then each one stands in the list for a while, also where somebody waits.
 */
#include "failure.h"
#include "internal.h"
#include "scope.h"

#include <stdlib.h>

/* head.flags of an error (the lower ones are failure.c's): it was told on its way. */
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

void qi_unheard_keep(QiSched *s, QiHandle *h) {
    if (remember(s, h)) return;
    h->future.head.flags |= QI_FUTURE_OBSERVED;
    s->config.report_failure(s->config.user, h, qi_as_ref(h->future.result));
}

void qi_unheard_mark(QiSched *s, QiMarker *m) {
    forget_observed(s);
    for (uint32_t i = 0; i < s->nunobserved; i++) qi_mark(m, &s->unobserved[i]->future.head);
}

/* --- told ----------------------------------------------------------------------------------- */

static void tell(QiSched *s, const QiCoroutine *task, QiError *e) {
    if (e == NULL || (e->head.flags & TOLD) != 0 || qi_error_real(e) == NULL) return;
    e->head.flags |= TOLD;
    s->config.report_failure(s->config.user, task->handle, e);
}

/* What the block throws at whose end the task waits, but for failures of tasks that nobody has observed: those are kept. */
static void tell_of_block(QiSched *s, const QiCoroutine *task, const QiScope *scope) {
    if (!scope->aborting) return;
    if (scope->failed == NULL || qi_future_is_observed(scope->failed)) tell(s, task, scope->failure);
    if (scope->later != NULL) tell(s, task, scope->later->body);
}

static void tell_of_task(QiSched *s, const QiCoroutine *task) {
    const QiCoroutineState state = qi_co_state(task);
    if (state != QI_CO_READY && state != QI_CO_PARKED) return;
    tell(s, task, task->innermost->wake_error);
    if (qi_co_reason(task) != QI_WAIT_SCOPE) return;
    if (state == QI_CO_PARKED) tell_of_block(s, task, qi_scope_waited_for(task));
    else if ((task->flags & QI_CO_SLOT_REF) != 0) tell(s, task, qi_as_ref(*task->wait.slot)); /* the block has ended */
}

void qi_unheard_tell(QiSched *s) {
    forget_observed(s);
    for (uint32_t i = 0; i < s->nunobserved; i++) {
        s->config.report_failure(s->config.user, s->unobserved[i], qi_as_ref(s->unobserved[i]->future.result));
    }
    s->nunobserved = 0;
    for (QiCoroutine *t = qi_sched_first_task(s); t != NULL; t = qi_sched_next_task(s, t)) tell_of_task(s, t);
}
