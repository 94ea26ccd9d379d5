/*
 * coroutine.c — creating a coroutine, and what the collector sees of one.
 *
 * Invariants
 * - A new coroutine stands at its function's entry: pc at the first word, fp at
 *   its only frame with the arguments in place, safepoint NULL.
 * - A task is in the run queue until it begins and in the live list until it is over, so the collector never finds an
 *   unfinished one dead: only generators need a finaliser.
 * - resumer and innermost of a generator mean something only while it runs, innermost of a task only while it does not:
 *   the coroutines they name may be over, and their memory another's, at other times.
 * - A free coroutine keeps what every one starts with: its first segment with the bottom frame's link, and no
 *   resumer, error, wait object or slot.
 * - The collector reaches a coroutine's frames only while it does not run, or
 *   runs and has stored pc, fp and safepoint.
 */
#include "internal.h"

#include <stdlib.h>

#include "../heap/value.h"
#include "scope.h"

/* Chains of creation are cut here, so that a task that spawns its successor for ever holds no more than this. */
#define CREATOR_DEPTH_MAX 64

/* The stack of a first frame too large for the coroutine itself. false: out of memory. */
QI_COLD static bool large_first_frame(QiWorker *w, QiCoroutine *co, uint32_t nregs) {
    bool too_deep;
    QiSegment *s = qi_segment_acquire(w, NULL, nregs, 0, &too_deep);
    if (s == NULL) return false;
    QiValue *fp = qi_segment_base(s) + 2;
    fp[-2] = qi_from_ref(&qi_stub_coroend[1]);
    fp[-1] = qi_from_ref(&s->result);
    s->result = 0;
    co->segment = s;
    return true;
}

/* Fills a handle but for its header, outcome and coroutine. creator: NULL when it has none, or the chain is cut here. */
QI_INLINE void describe(QiWorker *w, QiHandle *h, uint32_t func, QiHandle *creator, const QiInsn *created_at) {
    h->future.waiters = (QiWaitQueue){NULL, NULL};
    h->creator = creator;
    h->created_at = created_at;
    h->id = w->next_id++;
    h->func = (uint16_t)func;
    h->creator_depth = creator != NULL ? (uint8_t)(creator->creator_depth + 1) : 0;
}

/* Who makes what the running code makes; NULL: nobody, or the chain is cut here. */
QI_INLINE QiHandle *creator_now(const QiWorker *w) {
    QiHandle *creator = QI_LIKELY(w->current != NULL) ? qi_co_task(w->current)->handle : NULL;
    return creator != NULL && creator->creator_depth == CREATOR_DEPTH_MAX ? NULL : creator;
}

/* A free coroutine whose stack holds a first frame of f. NULL: out of memory. */
QI_INLINE QiCoroutine *take_coroutine(QiWorker *w, const QiFuncEntry *f) {
    QiCoroutine *co = w->stacks.coroutines;
    if (QI_LIKELY(co != NULL)) w->stacks.coroutines = (QiCoroutine *)(void *)co->wait.next;
    else if ((co = qi_coroutine_fresh(w)) == NULL) return NULL;
    if (QI_UNLIKELY(!qi_frame_fits_first(f->nregs)) && !large_first_frame(w, co, f->nregs)) {
        qi_coroutine_free(w, co);
        return NULL;
    }
    return co;
}

QI_INLINE QiCoroutine *make_whole(QiWorker *w, uint32_t func, const QiValue *args, const bool generator, const QiInsn *created_at) {
    const QiFuncEntry *f = &w->funcs[func];
    if (QI_UNLIKELY(w->sched->contexts.count != 0) && !qi_contexts_reserve(w->sched)) return NULL;
    /* A task is live until it is over; a generator may be dropped half way, and needs its finaliser. */
    QiHandle *h = generator ? qi_alloc_owning(w->heap, sizeof(QiHandle)) : qi_alloc(w->heap, qi_handle_size(f->nparams));
    if (QI_UNLIKELY(h == NULL)) return NULL;
    const uint32_t flags = QI_CO_CREATED | (generator ? QI_CO_GENERATOR : 0);
    /* Sound before anything can fail: the sweeper will look at it. */
    qi_object_init(&h->future.head, QI_K_COROUTINE, f->type, flags);
    h->co = NULL;
    QiCoroutine *co = take_coroutine(w, f);
    if (QI_UNLIKELY(co == NULL)) return NULL;
    describe(w, h, func, creator_now(w), created_at);
    if (!generator) qi_arguments_copy(h->args, args, f->nparams);
    h->co = co;
    co->type = f->type;
    co->innermost = co;
    qi_coroutine_take_on(co, co->segment, h, f, args, flags);
    return co;
}

QI_NOINLINE QiCoroutine *qi_coroutine_new_task(QiWorker *w, uint32_t func, const QiValue *args, const QiInsn *created_at) { return make_whole(w, func, args, false, created_at); }
QiCoroutine *qi_coroutine_new_generator(QiWorker *w, uint32_t func, const QiValue *args, const QiInsn *created_at) { return make_whole(w, func, args, true, created_at); }

/* --- 创建 and 启动 ------------------------------------------------------------------- */

/* The fast path leaves the running coroutine's place in the interpreter's registers; whether its block may still take in tasks is read
 * off its frames. The arguments stand in the frame, where the instruction says. */
static void store_place(QiWorker *w, const QiValue *args, const QiInsn *at) {
    QiCoroutine *co = w->current;
    co->pc = at + 1;
    co->fp = (QiValue *)(uintptr_t)(args - at->b);
    co->safepoint = at;
}

/* A task for the tables of scope.c or context.c, which go by its coroutine. */
static QiHandle *spawn_whole(QiWorker *w, uint32_t func, const QiValue *args, const QiInsn *created_at, bool detached) {
    QiCoroutine *task = qi_coroutine_new(w, func, args, false, created_at);
    if (task == NULL) return NULL;
    QiHandle *h = task->handle;
    if (detached) qi_coroutine_mark_as(task, QI_CO_DETACHED);
    qi_task_adopt(w, task);
    if (!detached) {
        if (created_at != NULL) store_place(w, args, created_at);
        QiStatus placed = qi_scope_admit(w, task);
        if (placed != QI_OK) return placed == QI_THROW ? NULL : h;
    }
    qi_runqueue_push(w, task);
    return h;
}

/* Fills memory for a handle and its arguments. */
QI_INLINE void make_unbegun(QiWorker *w, QiHandle *h, uint32_t func, const QiFuncEntry *f, const QiValue *args, QiHandle *creator, const QiInsn *created_at, const bool detached) {
    qi_object_init(&h->future.head, QI_K_COROUTINE, f->type, QI_CO_CREATED | QI_CO_UNBEGUN | (detached ? QI_CO_DETACHED : 0));
    describe(w, h, func, creator, created_at);
    qi_arguments_copy(h->args, args, f->nparams);
    if (!detached) w->attached++;
}

QI_COLD static QiHandle *spawn_slow(QiWorker *w, uint32_t func, const QiValue *args, const QiInsn *created_at, bool detached) {
    QiCoroutine *task = qi_co_task(w->current);
    if (!detached && (qi_maybe_in_scope(w) || (task->flags & QI_CO_HAS_CONTEXT) != 0)) return spawn_whole(w, func, args, created_at, detached);
    const QiFuncEntry *f = &w->funcs[func];
    QiHandle *h = qi_alloc(w->heap, qi_handle_size(f->nparams));
    if (h == NULL) return NULL;
    if (!w->ticking) qi_ticker_arm(w);
    if (!detached) task->flags |= QI_CO_HAS_CHILDREN;
    make_unbegun(w, h, func, f, args, creator_now(w), created_at, detached);
    if (!detached) h->future.head.aux |= task->flags & QI_CO_PRIORITY_MASK;
    if (w->sched->prioritised) qi_runqueue_push_slow(w, qi_ready_unbegun(h));
    else qi_runqueue_append(w, qi_ready_unbegun(h), qi_handle_link(h));
    return h;
}

/* The usual case makes no call, so the compiler saves no registers for it. */
QI_INLINE QiHandle *spawn(QiWorker *w, uint32_t func, const QiValue *args, const QiInsn *created_at, const bool detached, const bool own) {
    const QiFuncEntry *f = &w->funcs[func];
    const size_t granules = f->handle;
    QiAllocRun *run = &w->heap->runs[granules];
    QiHandle *h = (QiHandle *)(void *)run->cur;
    QiCoroutine *current = w->current;
    QiHandle *creator = current->handle;
    /* No run of 0 granules has room. */
    if (QI_UNLIKELY(h == NULL || (size_t)(run->end - run->cur) < granules * QI_ALLOC_GRANULE || !w->ticking ||
                    (current->flags & (QI_CO_GENERATOR | QI_CO_HAS_CONTEXT)) != 0 || current->tree != NULL ||
                    creator->creator_depth == CREATOR_DEPTH_MAX)) {
        return own ? NULL : spawn_slow(w, func, args, created_at, detached);
    }
    run->cur += granules * QI_ALLOC_GRANULE;
    if (!detached) current->flags |= QI_CO_HAS_CHILDREN;
    if (creator == NULL) __builtin_unreachable();
    make_unbegun(w, h, func, f, args, creator, created_at, detached);
    qi_runqueue_append(w, qi_ready_unbegun(h), qi_handle_link(h));
    return h;
}

QiHandle *qi_task_spawn(QiWorker *w, uint32_t func, const QiValue *args, const QiInsn *created_at) {
    return spawn(w, func, args, created_at, false, false);
}

QiHandle *qi_task_launch(QiWorker *w, uint32_t func, const QiValue *args, const QiInsn *created_at) {
    return spawn(w, func, args, created_at, true, false);
}

/* Is there a number for one more? If not, the whole scheduler has some. */
static bool has_number(QiWorker *w) {
    if (w->next_id != w->ids_end) return true;
    w->wants_ids = true;
    return false;
}

/* A task inside a 并发 or 截止, in the own part. */
static QiHandle *spawn_member(QiWorker *w, uint32_t func, const QiValue *args, const QiInsn *created_at, bool detached) {
    const QiCoroutine *task = w->current;
    QiScope *scope = NULL;
    bool child = false;
    if ((task->flags & (QI_CO_GENERATOR | QI_CO_HAS_CONTEXT)) != 0 || w->sched->contexts.count != 0) return NULL;
    if (!detached && !qi_scope_takes_own(w, &scope, &child)) return NULL;
    QiTreeNode *node = scope != NULL ? calloc(1, sizeof *node) : NULL;
    if (scope != NULL && node == NULL) return NULL;
    QiCoroutine *made = qi_coroutine_new(w, func, args, false, created_at);
    if (made == NULL) {
        free(node);
        return NULL;
    }
    if (detached) qi_coroutine_mark_as(made, QI_CO_DETACHED);
    qi_task_adopt(w, made);
    if (node != NULL) {
        node->child = child;
        qi_scope_join_own(w, scope, node, made);
    }
    qi_runqueue_push(w, made);
    return made->handle;
}

QiHandle *qi_task_spawn_own(QiWorker *w, uint32_t func, const QiValue *args, const QiInsn *created_at, bool detached) {
    if (!has_number(w)) return NULL;
    if (w->current->tree != NULL) return spawn_member(w, func, args, created_at, detached);
    return detached ? spawn(w, func, args, created_at, true, true) : spawn(w, func, args, created_at, false, true);
}

bool qi_task_start_own(QiWorker *w, uint32_t func, const QiValue *args, const QiInsn *created_at, QiValue *slot, QiStatus *status) {
    const QiCoroutine *task = w->current;
    if ((task->flags & (QI_CO_GENERATOR | QI_CO_HAS_CONTEXT)) != 0 || task->tree != NULL || w->sched->contexts.count != 0 || !has_number(w)) return false;
    QiCoroutine *child = qi_coroutine_new(w, func, args, false, created_at);
    if (child == NULL) return false;
    *status = qi_task_start(w, child, slot);
    return true;
}

QiHandle *qi_generator_new_own(QiWorker *w, uint32_t func, const QiValue *args, const QiInsn *created_at) {
    if (w->sched->contexts.count != 0 || !has_number(w)) return NULL;
    QiCoroutine *co = qi_coroutine_new(w, func, args, true, created_at);
    return co != NULL ? co->handle : NULL;
}

bool qi_task_begin(QiWorker *w, QiHandle *h) {
    const QiFuncEntry *f = &w->funcs[h->func];
    QiCoroutine *co = take_coroutine(w, f);
    if (QI_UNLIKELY(co == NULL)) {
        if (w->own) {
            /* Once more, in the whole: a task that ends without having begun may concern anybody. */
            qi_runqueue_append(w, qi_ready_unbegun(h), qi_handle_link(h));
            return false;
        }
        (void)qi_throw_memory(w);
        QiError *e = w->error;
        w->error = NULL;
        qi_task_finish_unbegun(w, h, QI_CO_FAILED, e);
        return false;
    }
    if (QI_UNLIKELY(w->marking)) qi_scan_arguments(w, h);
    h->future.head.aux &= ~QI_CO_UNBEGUN;
    h->co = co;
    qi_coroutine_take_on(co, co->segment, h, f, h->args, (h->future.head.aux & (QI_CO_DETACHED | QI_CO_PRIORITY_MASK)) | QI_CO_RUNNING);
    qi_tasks_link(w, co);
    w->current = co;
    return true;
}

/* --- for the collector ---------------------------------------------------------------- */

static void mark_frame(const QiFrameMaps *maps, const QiFrame *f, QiMarker *m) {
    uint32_t n;
    const uint8_t *bits = f->safepoint != NULL ? maps->at(maps->user, f->safepoint, &n) : maps->at_entry(maps->user, f->pc, &n);
    for (uint32_t i = 0; i < n; i++) {
        for (unsigned b = bits[i]; b != 0; b &= b - 1) qi_mark_value(m, f->fp[i * 8 + (unsigned)__builtin_ctz(b)]);
    }
}

/* As the function's entry would have them in its frame. */
void qi_handle_mark_arguments(QiSched *s, QiHandle *h, QiMarker *m) {
    const QiFrame f = {.fp = h->args, .pc = qi_sched_worker(s, 0)->funcs[h->func].code};
    mark_frame(qi_sched_frame_maps(s), &f, m);
}

void qi_coroutine_finalize(void *user, QiHeap *h, QiObject *o) {
    (void)h;
    QiCoroutine *co = ((QiHandle *)o)->co;
    if (co != NULL) qi_coroutine_free(qi_sched_worker(user, 0), co);
}

void qi_coroutine_mark(QiSched *s, const QiCoroutine *co, QiMarker *m) {
    /* Elsewhere these two may name coroutines that are others by now. */
    if ((co->flags & QI_CO_GENERATOR) == 0) {
        if (qi_co_state(co) != QI_CO_RUNNING) qi_mark(m, (QiObject *)co->innermost->handle);
    } else if (qi_co_state(co) == QI_CO_RUNNING) {
        qi_mark(m, (QiObject *)co->resumer->handle);
    }
    qi_mark(m, co->wait_object);
    if (qi_co_state(co) == QI_CO_PARKED && qi_co_reason(co) == QI_WAIT_CONDITION) qi_mark(m, &co->u.mutex->base.head);
    if (co->flags & QI_CO_HAS_CONTEXT) qi_mark(m, (QiObject *)qi_context_bindings(s, co));
    qi_mark(m, (QiObject *)co->wake_error);
    if (co->flags & QI_CO_SLOT_REF) qi_mark_value(m, *co->wait.slot);
    if (co->tree != NULL) {
        qi_scope_mark(co->tree, m);
        qi_leak_mark_blocks(s, co->tree, m);
    }
    if (qi_co_state(co) == QI_CO_PARKED && qi_co_reason(co) == QI_WAIT_GATHER) qi_gather_mark(co, m);
    const QiFrameMaps *maps = qi_sched_frame_maps(s);
    QiFrame f;
    for (bool more = qi_frame_first(co, &f); more; more = qi_frame_next(&f)) mark_frame(maps, &f, m);
}

void qi_coroutine_trace(void *user, QiObject *o, QiMarker *m) {
    QiHandle *h = (QiHandle *)o;
    qi_future_trace(user, o, m);
    qi_leak_mark_creator(user, h->creator, m);
    if (qi_handle_is_unbegun(h)) qi_handle_mark_arguments(user, h, m);
    else if (h->co != NULL) {
        qi_scan(user, h->co, m);
        if ((h->co->flags & QI_CO_CANCEL_REQUESTED) != 0) qi_mark_value(m, h->future.result);
    }
}

void qi_coroutine_free(QiWorker *w, QiCoroutine *co) { qi_coroutine_free_inline(w, co); }
