/*
 * scope.c — the task tree: 并发 and 截止 blocks.
 *
 * A task made while a block is open on its creator is a child of that block; one made by a member outside any
 * block of its own is a member too. A block ends when no member is left, so no work outlives it.
 *
 *     OPEN ──child or body fails──▶ FAILED   the first failure is thrown
 *       ├──deadline passes────────▶ LATE     E6102 is thrown
 *       └──block around it ends so─▶ ABOVE   取消错误 goes on to that block
 *
 * Leaving OPEN cancels all members, the blocks inside, and the body: it gets 取消错误 from what it waits for or will
 * wait for next, until its 捕获 gave it to qi_scope_abort, which joins and says what is thrown.
 *
 * Invariants
 * - The front end pairs every enter with a close (the block came to its end) or, when that or the block threw, an
 *   abort, which is masked. Bytecode that does not leaves blocks open: they are dropped with their coroutine.
 * - A 协程 that was left half way inside a block may have blocks of its own, which nobody runs any more. When the block around them ends, what they
 *   hold is cancelled and becomes its own: it joins that, too. Who goes on with such a 协程 afterwards gets 取消错误.
 * - A body is masked from its block's cancellation only by 最终, 延后 and 屏蔽 inside the block; a block inside
 *   those is `shielded`, and tasks made there are not cancelled from outside. (Made there by the code itself: a function it calls had to be
 *   looked for in the stack at each 创建; blocks are worth that.)
 * - Only children fail a block: a member made by another member belongs to whoever made it, who may await it.
 * - The first failure is thrown, and carries those that came after it (failure.c). What its tasks fail with goes before the 取消错误 of a block that was
 *   cancelled, whichever comes first.
 * - The failure of a child counts as observed when its block throws it, or what carries it. When the 协程 whose block it is was left half way, or is
 *   gone, the block around throws it at its end. One that nobody throws, because a member never ends, is left to the report at the end.
 * - Tasks outside every block carry no node; for them the tree costs one load.
 *
 * Several workers: members of a block that is open and has no limit join and leave it in the worker's own part and the block's lock, all but the last one;
 * everything else is done inside the whole scheduler.
 *
 * Rejected: finding members by the chain of creators. It needs a walk over all tasks for each deadline that passes.
 */
#include "scope.h"

#include <stdlib.h>

#include "cancelled.h"
#include "failure.h"
#include "internal.h"

/* --- nodes and lists ------------------------------------------------------------------ */

static QiTreeNode *node_of(QiCoroutine *co) {
    if (co->tree == NULL) {
        co->tree = calloc(1, sizeof *co->tree);
        if (co->tree != NULL) co->tree->co = co;
    }
    return co->tree;
}

/* A node that says nothing any more is given back, so that its coroutine takes the fast paths again. */
static void release_node(QiTreeNode *node) {
    if (node->scope != NULL || node->parent != NULL) return;
    node->co->tree = NULL;
    free(node);
}

static void link_inner(QiScope *outer, QiScope *s) {
    s->outer = outer;
    s->prev = NULL;
    s->next = NULL;
    if (outer == NULL) return;
    s->next = outer->inner;
    if (s->next != NULL) s->next->prev = s;
    outer->inner = s;
}

static void unlink_inner(QiScope *s) {
    if (s->outer == NULL) return;
    if (s->prev != NULL) s->prev->next = s->next;
    else s->outer->inner = s->next;
    if (s->next != NULL) s->next->prev = s->prev;
    s->outer = NULL;
}

/*
 * A walk over the blocks inside `scope`, those inside a block before it, so that the one walked past may go:
 *
 *     for (QiScope *s = innermost(scope, ends), *next; s != scope; s = next) { next = successor(s, ends); … }
 *
 * ends: a bit for each QiScopeEnd; blocks of other ends and shielded ones, and what is inside them, are left out. No recursion: a program may open a
 * million blocks in one another.
 */
#define ANY_BLOCK ~0u /* shielded ones, too */

static QiScope *first_of(QiScope *s, unsigned ends) {
    while (s != NULL && ends != ANY_BLOCK && (s->shielded || (ends >> s->end & 1u) == 0)) s = s->next;
    return s;
}

static QiScope *innermost(QiScope *s, unsigned ends) {
    for (QiScope *inner; (inner = first_of(s->inner, ends)) != NULL;) s = inner;
    return s;
}

static QiScope *successor(const QiScope *s, unsigned ends) {
    QiScope *sibling = first_of(s->next, ends);
    return sibling != NULL ? innermost(sibling, ends) : s->outer;
}

QI_INLINE void add_member(QiScope *scope, QiTreeNode *node) {
    node->prev = NULL;
    node->next = scope->members;
    if (node->next != NULL) node->next->prev = node;
    scope->members = node;
    scope->nmembers++;
}

static void remove_member(QiScope *scope, QiTreeNode *node) {
    if (node->prev != NULL) node->prev->next = node->next;
    else scope->members = node->next;
    if (node->next != NULL) node->next->prev = node->prev;
    scope->nmembers--;
}

/* Ends the life of a block. Those of 协程 that were left half way in it go on, in the block around. */
static void drop(QiScope *scope) {
    QiScope *outer = scope->outer;
    unlink_inner(scope);
    for (QiScope *s = scope->inner, *next; s != NULL; s = next) {
        next = s->next;
        s->shielded = s->shielded || scope->shielded;
        if (s->left_at == NULL) s->left_at = scope->entered_at;
        link_inner(outer, s);
    }
    free(scope);
}

/* Where new work of the running coroutine belongs. *child: the block itself makes it. NULL: nowhere. */
static QiScope *current_scope(const QiWorker *w, bool *child) {
    const QiCoroutine *co = w->current;
    *child = true;
    for (;;) {
        if (co->tree != NULL && co->tree->scope != NULL) return co->tree->scope;
        if ((co->flags & QI_CO_GENERATOR) == 0) break;
        co = co->resumer;
    }
    *child = false;
    return co->tree != NULL ? co->tree->parent : NULL;
}

/* Is `co`, innermost of its task, masked from the end of scope (NULL: from the cancellation of its task)? */
static bool masked_from(const QiWorker *w, const QiCoroutine *co, const QiScope *scope) {
    const QiSchedConfig *config = &w->sched->config;
    if (config->masked == NULL) return false;
    return config->masked(config->user, co, scope);
}

/* Is the running code masked from what would cancel work in `scope`? */
static bool running_masked(const QiWorker *w, const QiScope *scope, bool child) {
    return masked_from(w, w->current, child ? scope : NULL);
}

/* Is this member masked from the end of its block: made inside 屏蔽 there, or by a member that was? Found out once. */
static bool is_shielded(const QiWorker *w, QiTreeNode *m) {
    if (!m->judged) {
        m->judged = true;
        m->shielded = m->shielded || qi_task_is_shielded(w->sched, m->co->handle, m->child ? m->parent->entered_at : NULL);
    }
    return m->shielded;
}

/* The node of the running task, which is a member of a block. */
static QiTreeNode *running_member(const QiWorker *w) { return qi_co_task(w->current)->tree; }

/* --- cancelling ------------------------------------------------------------------------- */

QI_COLD QiString *qi_scope_message(QiWorker *w, const QiScope *scope) {
    while (scope->end == QI_SCOPE_ABOVE && scope->left_at == NULL && scope->outer != NULL) scope = scope->outer;
    QiCancelCause cause = {.kind = QI_CANCEL_DEADLINE, .at = scope->entered_at};
    if (scope->end == QI_SCOPE_FAILED) {
        /* The block ends because the task that runs it was cancelled. Of one that nobody owns the failure is not kept. */
        if (scope->failed_number == 0 && scope->owner != NULL && scope->failure->head.aux == 6101) return scope->failure->message;
        cause.kind = QI_CANCEL_FAILURE;
        cause.failed = scope->failed_number;
    } else if (scope->end != QI_SCOPE_LATE) {
        cause.kind = QI_CANCEL_LEFT;
        cause.at = scope->left_at;
    }
    return qi_cancel_message(w, &cause);
}

static QiError *cancel_error(QiWorker *w, QiHandle *h, const QiScope *scope) { return qi_cancel_error_saying(w, h, qi_scope_message(w, scope)); }

/* The block is not OPEN any more; its owner, if it has one, looks for that at its next cancellation point. */
static void leave_open(QiScope *s, QiScopeEnd end) {
    const bool was_open = s->end == QI_SCOPE_OPEN;
    s->end = end;
    if (!was_open || s->owner == NULL) return;
    s->owner->nended++;
    qi_co_request(s->owner->co, QI_CO_SCOPE_ENDED);
}

/* Members that have begun, or the others. */
static void cancel_own(QiWorker *w, QiScope *scope, QiString *message, bool begun) {
    for (QiTreeNode *m = scope->members, *next; m != NULL; m = next) {
        next = m->next;
        if (qi_co_state(m->co) >= QI_CO_DONE) continue; /* on its way out (qi_coroutine_return_own) */
        if ((qi_co_state(m->co) != QI_CO_CREATED) != begun) continue;
        if (is_shielded(w, m)) continue;
        scope->cut = true;
        qi_task_cancel_one(w, m->co, message);
    }
}

/* Wakes the body if it waits. */
static void interrupt(QiWorker *w, QiScope *scope, QiString *message) {
    if (scope->owner == NULL) return;
    QiCoroutine *co = scope->owner->co;
    if (co->flags & QI_CO_GENERATOR) {
        if (qi_co_state(co) != QI_CO_RUNNING) return;
        co = co->innermost;
    }
    if (co == NULL || (w->current != NULL && qi_co_task(w->current) == co)) return;
    if (qi_co_state(co) == QI_CO_PARKED && !masked_from(w, co->innermost, scope) && qi_task_withdraw(w, co)) {
        qi_task_break_off(w, co, qi_cancel_error_saying(w, co->handle, message));
    }
}

/* Those of the blocks inside, too, and first: the block is gone with its last member. */
static void cancel_some(QiWorker *w, QiScope *scope, QiString *message, bool begun) {
    const unsigned ends = 1u << (begun ? QI_SCOPE_OPEN : QI_SCOPE_ABOVE);
    for (QiScope *s = innermost(scope, ends), *next; s != scope; s = next) {
        next = successor(s, ends);
        leave_open(s, QI_SCOPE_ABOVE);
        if (begun) interrupt(w, s, message); /* a task outside may run the 协程 whose block it is */
        cancel_own(w, s, message, begun);
    }
    cancel_own(w, scope, message, begun);
}

/* Members that never began end at once: who awaits one of them is to hear of its own cancellation first. */
static void cancel_members(QiWorker *w, QiScope *scope, QiString *message) {
    cancel_some(w, scope, message, true);
    cancel_some(w, scope, message, false);
}

/* The body first: what it awaits may be a member, and it should hear of the end, not of that member's. */
static void end_scope(QiWorker *w, QiScope *scope, QiScopeEnd end, QiError *failure) {
    leave_open(scope, end);
    scope->failure = failure;
    QiString *message = qi_scope_message(w, scope);
    interrupt(w, scope, message);
    cancel_members(w, scope, message);
}

void qi_scope_late(QiWorker *w, QiScope *scope) {
    scope->timer = QI_TIMER_NONE;
    if (scope->end == QI_SCOPE_OPEN) end_scope(w, scope, QI_SCOPE_LATE, NULL);
}

const QiScope *qi_scope_cancelled(QiWorker *w) {
    for (const QiCoroutine *co = w->current;; co = co->resumer) {
        for (const QiScope *s = co->tree != NULL && co->tree->nended != 0 ? co->tree->scope : NULL; s != NULL; s = s->below) {
            if (s->end != QI_SCOPE_OPEN && !masked_from(w, w->current, s)) return s;
        }
        if ((co->flags & QI_CO_GENERATOR) == 0) return NULL;
    }
}

/* --- blocks ---------------------------------------------------------------------------------- */

/* Nobody failed first: one of the later failures is what the block throws. */
static QI_COLD QiError *choose_later(QiScope *scope) {
    QiFuture *real = qi_later_real(scope->later);
    scope->failed = real != NULL ? real : scope->later->futures[0];
    return scope->failure = qi_as_ref(scope->failed->result);
}

/* Throws e instead of what it was to be, which goes with it when it is a child's. failed: the child's; NULL: e is the body's. */
static QI_COLD void replace_failure(QiScope *scope, QiFuture *failed, QiError *e) {
    if (scope->failed != NULL) (void)qi_later_add_first(&scope->later, scope->failed);
    else if (qi_error_real(scope->failure) != NULL) (void)qi_later_add_body_first(&scope->later, scope->failure);
    scope->failed = failed;
    scope->failure = e;
}

/* The block is over: what it throws takes those that came later along. A 取消错误 gives way to them, as it does when they come first. */
static QI_COLD void join_later(QiWorker *w, QiScope *scope) {
    QiFuture *real = scope->failure->head.aux == 6101 ? qi_later_real(scope->later) : NULL;
    if (real != NULL) {
        QiError *e = qi_as_ref(real->result);
        if (e->head.aux != 6101 || qi_error_real(scope->failure) == NULL) replace_failure(scope, real, e);
    }
    QiError *joined = qi_later_join(w, scope->later, scope->failure);
    if (joined != NULL) {
        scope->failure = joined;
    } else if (scope->later->body != NULL) {
        /* Without memory for a list it is thrown: the children's failures are reported at the end, and it would not be. */
        scope->failure = scope->later->body;
        scope->failed = NULL;
    }
    free(scope->later);
    scope->later = NULL;
}

/* The block is over: takes it from its owner. What it throws; NULL: nothing. */
static QiError *pop(QiWorker *w, QiScope *scope) {
    if (QI_UNLIKELY(scope->later != NULL)) join_later(w, scope);
    QiError *thrown = scope->failure;
    QiTreeNode *node = scope->owner;
    node->scope = scope->below;
    if (scope->end != QI_SCOPE_OPEN && --node->nended == 0) node->co->flags &= ~QI_CO_SCOPE_ENDED;
    if (scope->timer != QI_TIMER_NONE) qi_timer_remove(w->sched, scope->timer);
    if (scope->failed != NULL) scope->failed->head.flags |= QI_FUTURE_OBSERVED;
    drop(scope);
    release_node(node);
    return thrown;
}

static QiStatus enter(QiWorker *w, uint64_t limit, const int64_t *milliseconds) {
    QiCoroutine *co = w->current;
    bool child;
    QiScope *around = current_scope(w, &child);
    const bool shielded = around != NULL && (running_masked(w, around, child) || (!child && is_shielded(w, running_member(w))));
    QiTreeNode *node = node_of(co);
    QiScope *scope = node != NULL ? calloc(1, sizeof *scope) : NULL;
    if (scope == NULL) {
        if (node != NULL) release_node(node);
        return qi_throw_memory(w);
    }
    scope->timer = QI_TIMER_NONE;
    if (milliseconds != NULL && !qi_timer_add(w->sched, qi_timer_deadline(w->sched, *milliseconds), QI_TIMER_SCOPE, scope)) {
        free(scope);
        release_node(node);
        return qi_throw_memory(w);
    }
    scope->owner = node;
    scope->below = node->scope;
    scope->limit = limit;
    scope->fp = co->fp;
    scope->entered_at = co->safepoint;
    scope->shielded = shielded;
    node->scope = scope;
    link_inner(around, scope);
    if (around != NULL && !shielded && around->end != QI_SCOPE_OPEN) leave_open(scope, QI_SCOPE_ABOVE);
    if (milliseconds != NULL) {
        if (*milliseconds <= 0) {
            qi_timer_remove(w->sched, scope->timer);
            qi_scope_late(w, scope);
        } else if (!w->ticking) {
            qi_ticker_arm(w); /* a body that never waits must hear of its deadline */
        }
    }
    return QI_OK;
}

QiStatus qi_scope_enter(QiWorker *w) { return enter(w, 0, NULL); }

QiStatus qi_scope_enter_limit(QiWorker *w, int64_t limit) {
    if (limit < 1) return qi_throw_code(w, 6020, &(QiErrorArg){.name = "上限", .number = limit}, 1);
    return enter(w, (uint64_t)limit, NULL);
}

QiStatus qi_scope_enter_deadline(QiWorker *w, int64_t milliseconds) { return enter(w, 0, &milliseconds); }

static void complete(QiWorker *w, QiScope *scope);

/* Takes over what s holds. A child held back is let go: it need not wait for its turn to be cancelled. */
static void take_members(QiWorker *w, QiScope *scope, QiScope *s, QiString *message) {
    if (s->nmembers == 0) return; /* it may go on elsewhere */
    s->cut = true;
    for (QiTreeNode *m = s->members; m != NULL; m = s->members) {
        (void)is_shielded(w, m); /* where it was made */
        if (qi_scope_unhold(m->co)) qi_runqueue_push(w, m->co);
        else s->running -= m->child;
        remove_member(s, m);
        m->held = false;
        m->parent = scope;
        scope->running += m->child;
        add_member(scope, m);
    }
    if (s->end == QI_SCOPE_OPEN) {
        leave_open(s, QI_SCOPE_ABOVE);
        interrupt(w, s, message); /* a task outside the block goes on with the 协程 */
    }
    if (s->owner == NULL || s->waiting != NULL) complete(w, s);
}

/* Has a task failed in this block, whose 协程 nobody resumes now, and nobody has seen it? */
static bool has_failed_half_way(const QiScope *s) {
    if ((s->failed == NULL && s->later == NULL) || qi_co_state(s->owner->co) != QI_CO_SUSPENDED) return false;
    bool unseen = s->failed != NULL && !qi_future_is_observed(s->failed);
    for (uint32_t i = 0; s->later != NULL && i < s->later->n; i++) unseen = unseen || !qi_future_is_observed(s->later->futures[i]);
    return unseen;
}

/* Takes over the failures in s. Who resumes the 协程 gets 取消错误. */
static void take_failures(QiScope *scope, QiScope *s) {
    if (!has_failed_half_way(s)) return;
    if (s->failed != NULL && !qi_future_is_observed(s->failed)) (void)qi_later_add(&scope->later, s->failed);
    for (uint32_t i = 0; s->later != NULL && i < s->later->n; i++) {
        if (!qi_future_is_observed(s->later->futures[i])) (void)qi_later_add(&scope->later, s->later->futures[i]);
    }
    free(s->later);
    s->later = NULL;
    s->failed = NULL;
    s->failure = NULL;
    leave_open(s, QI_SCOPE_ABOVE);
    s->cut = true;
}

/* Has a block inside this one tasks, or failures nobody will hear of? */
static bool holds_something(QiScope *scope) {
    for (QiScope *s = innermost(scope, ANY_BLOCK); s != scope; s = successor(s, ANY_BLOCK)) {
        if (s->nmembers != 0 || has_failed_half_way(s)) return true;
    }
    return false;
}

/* The block has no members left. true: but 协程 left half way in it had; they are cancelled, and its own now. */
static QI_COLD bool take_over(QiWorker *w, QiScope *scope) {
    if (!holds_something(scope)) return false;
    QiString *message = qi_cancel_message(w, &(QiCancelCause){.kind = QI_CANCEL_LEFT, .at = scope->entered_at});
    scope->busy = true; /* one that never began ends at once, and may be the last */
    for (QiScope *s = innermost(scope, ANY_BLOCK), *next; s != scope; s = next) {
        next = successor(s, ANY_BLOCK);
        take_failures(scope, s);
        take_members(w, scope, s, message);
    }
    cancel_own(w, scope, message, true);
    cancel_own(w, scope, message, false);
    scope->busy = false;
    return scope->nmembers != 0;
}

/* Is nobody left to wait for? */
static bool is_empty(QiWorker *w, QiScope *scope) { return scope->nmembers == 0 && (QI_LIKELY(scope->inner == NULL) || !take_over(w, scope)); }

static void commit_wait(QiWorker *w, QiCoroutine *task, void *arg) {
    (void)w;
    ((QiScope *)arg)->waiting = task;
}

static QiStatus wait_for_members(QiWorker *w, QiScope *scope, bool aborting, QiValue *slot) {
    scope->aborting = aborting;
    QiWaiter *waiter = &qi_co_task(w->current)->wait;
    waiter->slot = slot;
    waiter->kind = QI_WAIT_SCOPE;
    return qi_park_inline(w, QI_WAIT_SCOPE, NULL, commit_wait, scope);
}

static QiScope *own_scope(const QiWorker *w) { return w->current->tree != NULL ? w->current->tree->scope : NULL; }

static QiStatus throw_error(QiWorker *w, QiError *e) {
    w->error = e;
    return QI_THROW;
}

QiStatus qi_scope_close(QiWorker *w, QiValue *slot) {
    QiScope *scope = own_scope(w);
    *slot = 0;
    if (scope == NULL) return QI_OK;
    if (scope->end == QI_SCOPE_FAILED) return throw_error(w, scope->failure);
    if (!is_empty(w, scope)) {
        if (qi_cancel_point(w) != QI_OK) return QI_THROW;
        return wait_for_members(w, scope, false, slot);
    }
    /* All is done; if nothing was broken off, a deadline that passed came too late to matter. But a shielded child may have failed. */
    if (scope->end != QI_SCOPE_OPEN && scope->cut) return throw_error(w, cancel_error(w, qi_co_task(w->current)->handle, scope));
    if (QI_UNLIKELY(scope->later != NULL)) return throw_error(w, choose_later(scope));
    pop(w, scope);
    return QI_OK;
}

/* The body ended with e, while the block ended. When it did not only hear of that, what it failed with goes with the failure, or before it: that is a
 * 取消错误, or there is no memory. */
static QI_COLD void keep_failure_of_body(QiScope *scope, QiError *e) {
    QiError *real = qi_error_real(e);
    if (real == NULL || (scope->failure->head.aux != 6101 && qi_later_add_body(&scope->later, e))) return;
    replace_failure(scope, NULL, real);
    if (real != e) (void)qi_later_add_body(&scope->later, e);
}

QiStatus qi_scope_abort(QiWorker *w, QiError *e, QiValue *slot) {
    QiScope *scope = own_scope(w);
    if (scope == NULL) {
        *slot = qi_from_ref(e);
        return QI_OK;
    }
    if (scope->end == QI_SCOPE_OPEN) end_scope(w, scope, QI_SCOPE_FAILED, e);
    if (scope->failure == NULL) {
        /* Only the cancellation itself turns into the deadline's error. */
        bool late = scope->end == QI_SCOPE_LATE && e->head.aux == 6101;
        scope->failure = late ? qi_error_timeout(w->heap, e) : e;
    } else if (e != scope->failure) {
        keep_failure_of_body(scope, e);
    }
    if (!is_empty(w, scope)) return wait_for_members(w, scope, true, slot);
    *slot = qi_from_ref(pop(w, scope));
    return QI_OK;
}

const QiScope *qi_scope_waited_for(const QiCoroutine *task) { return task->innermost->tree->scope; }

/* --- members ------------------------------------------------------------------------------------ */

QiStatus qi_scope_admit(QiWorker *w, QiCoroutine *task) {
    bool child;
    QiScope *scope = current_scope(w, &child);
    if (scope == NULL) return QI_OK;
    QiTreeNode *node = node_of(task);
    if (node == NULL) {
        qi_task_drop(w, task);
        return qi_throw_memory(w);
    }
    node->parent = scope;
    node->child = child;
    add_member(scope, node);
    node->shielded = !child && is_shielded(w, running_member(w));
    if (scope->end != QI_SCOPE_OPEN && !node->shielded && !running_masked(w, scope, child)) {
        /* Too late: it never runs. */
        node->held = true;
        scope->cut = true;
        qi_task_finish(w, task, QI_CO_CANCELLED, QI_FUTURE_FAILED, qi_from_ref(cancel_error(w, task->handle, scope)));
        return QI_PARKED;
    }
    if (!child) return QI_OK;
    if (scope->limit != 0 && scope->running >= scope->limit) {
        node->held = true;
        qi_waitqueue_push(&scope->held, &task->wait);
        return QI_PARKED;
    }
    scope->running++;
    return QI_OK;
}

bool qi_scope_is_held(const QiCoroutine *task) { return task->tree != NULL && task->tree->held; }

bool qi_scope_unhold(QiCoroutine *task) {
    if (!qi_scope_is_held(task)) return false;
    qi_waitqueue_remove(&task->tree->parent->held, &task->wait);
    return true;
}

/* One child fewer runs: the next may. */
static void run_next(QiWorker *w, QiScope *scope) {
    scope->running--;
    QiWaiter *next = qi_waitqueue_pop(&scope->held);
    if (next == NULL) return;
    next->co->tree->held = false;
    scope->running++;
    qi_runqueue_push(w, next->co);
}

/* The last member is gone. */
static void complete(QiWorker *w, QiScope *scope) {
    if (scope->busy) return;
    if (scope->owner == NULL) {
        drop(scope);
        return;
    }
    if (scope->waiting == NULL || !is_empty(w, scope)) return;
    /* Taking over may have broken off the wait: the 协程 of the body ran below one that was left half way. */
    QiCoroutine *task = scope->waiting;
    if (task == NULL) return;
    scope->waiting = NULL;
    if (scope->aborting) {
        QiValue *slot = task->wait.slot;
        *slot = qi_from_ref(pop(w, scope));
        qi_slot_given(task, slot);
        qi_ready_inline(w, task);
    } else if (scope->end != QI_SCOPE_OPEN) {
        qi_ready_throw(w, task, scope->failure != NULL ? scope->failure : cancel_error(w, task->handle, scope));
    } else if (QI_UNLIKELY(scope->later != NULL)) {
        qi_ready_throw(w, task, choose_later(scope));
    } else {
        pop(w, scope);
        qi_ready_inline(w, task);
    }
}

/*
 * A failure in a block that nobody runs any more: the block around throws it at its end. Only remembered, as a collection may be at work, and only when
 * nobody has observed it: those unheard.c keeps alive.
 */
static void pass_on(const QiScope *s, QiFuture *failed) {
    if (qi_future_is_observed(failed)) return;
    QiScope *around = s->outer;
    while (around != NULL && around->owner == NULL) around = around->outer;
    if (around != NULL) (void)qi_later_add(&around->later, failed);
}

/* Blocks that `node` left open lose their owner; they live as long as their members. */
static void orphan_blocks(QiWorker *w, QiTreeNode *node) {
    for (QiScope *s = node->scope, *below; s != NULL; s = below) {
        below = s->below;
        if (s->failed != NULL) pass_on(s, s->failed);
        for (uint32_t i = 0; s->later != NULL && i < s->later->n; i++) pass_on(s, s->later->futures[i]);
        free(s->later);
        s->later = NULL;
        s->failure = NULL;
        s->failed = NULL;
        s->owner = NULL;
        s->below = NULL;
        s->waiting = NULL;
        if (s->timer != QI_TIMER_NONE) qi_timer_remove(w->sched, s->timer);
        s->timer = QI_TIMER_NONE;
        if (s->nmembers == 0) complete(w, s);
    }
    node->scope = NULL;
}

/* Whoever runs the block answers for its children. */
static QI_COLD void child_failed(QiWorker *w, QiScope *scope, QiHandle *h) {
    QiFuture *failed = &h->future;
    const bool open = scope->end == QI_SCOPE_OPEN;
    if (scope->owner == NULL) pass_on(scope, failed);
    else if (open) scope->failed = failed;
    else (void)qi_later_add(&scope->later, failed);
    if (!open) return;
    scope->failed_number = h->id;
    scope->busy = true;
    end_scope(w, scope, QI_SCOPE_FAILED, scope->owner != NULL ? qi_as_ref(failed->result) : NULL);
    scope->busy = false;
}

void qi_scope_member_over(QiWorker *w, QiTreeNode *node, QiHandle *h, QiCoroutineState state) {
    QiScope *scope = node->parent;
    orphan_blocks(w, node);
    if (scope != NULL) {
        remove_member(scope, node);
        if (node->child && !node->held) run_next(w, scope);
        if (state == QI_CO_FAILED && node->child) child_failed(w, scope, h);
        if (scope->nmembers == 0) complete(w, scope);
    }
    free(node);
}

/* --- members, in the own part of one of several workers --------------------------------------- */

/* A block ends, and gets its limit, inside the whole scheduler only: here they do not change. */
static bool is_plain(const QiScope *scope) { return scope->end == QI_SCOPE_OPEN && scope->limit == 0; }

bool qi_scope_takes_own(const QiWorker *w, QiScope **scope, bool *child) {
    if ((w->current->flags & QI_CO_GENERATOR) != 0) return false;
    *scope = current_scope(w, child);
    return *scope == NULL || is_plain(*scope);
}

void qi_scope_join_own(QiWorker *w, QiScope *scope, QiTreeNode *node, QiCoroutine *task) {
    node->co = task;
    node->parent = scope;
    node->shielded = !node->child && is_shielded(w, running_member(w));
    task->tree = node;
    QiLatch *lock = qi_object_take(w, scope);
    add_member(scope, node);
    scope->running += node->child;
    qi_latch_give(lock);
}

bool qi_scope_leave_own(QiWorker *w, QiTreeNode *node) {
    QiScope *scope = node->parent;
    if (node->scope != NULL || scope == NULL || scope->limit != 0 || node->held) return false;
    QiLatch *lock = qi_object_take(w, scope);
    const bool last = scope->nmembers == 1;
    if (!last) {
        remove_member(scope, node);
        scope->running -= node->child;
    }
    qi_latch_give(lock);
    if (!last) free(node);
    return !last;
}

void qi_scope_forget(QiWorker *w, QiCoroutine *co) {
    QiTreeNode *node = co->tree;
    QiScope *scope = node->parent;
    co->tree = NULL;
    orphan_blocks(w, node);
    if (scope != NULL) {
        remove_member(scope, node);
        if (scope->nmembers == 0 && scope->owner == NULL) complete(w, scope);
    }
    free(node);
}

void qi_scope_mark(const QiTreeNode *node, QiMarker *m) {
    for (const QiScope *s = node->scope; s != NULL; s = s->below) {
        qi_mark(m, (QiObject *)s->failure);
        qi_later_mark(s->later, m);
        qi_mark(m, (QiObject *)s->failed);
    }
}
