/*
 * coroutine.c — creating a coroutine, and what the collector sees of one.
 *
 * Invariants
 * - A new coroutine stands at its function's entry: pc at the first word, fp at
 *   its only frame with the arguments in place, safepoint NULL.
 * - A task is in the live list until it is over, so the collector never finds an unfinished one dead: only
 *   generators need a finaliser.
 * - The collector reaches a coroutine's frames only while it does not run, or
 *   runs and has stored pc, fp and safepoint.
 */
#include "sched.h"

#include "../heap/value.h"

/* Chains of creation are cut here, so that a task that spawns its successor for ever holds no more than this. */
#define CREATOR_DEPTH_MAX 64

/* NULL: out of memory. */
QI_INLINE QiSegment *first_segment(QiWorker *w, uint32_t nregs) {
    QiSegment *s = w->stacks.free[0];
    if (QI_LIKELY(s != NULL && sizeof *s + ((size_t)nregs + 2) * sizeof(QiValue) <= QI_SEGMENT_FIRST)) {
        /* Segments of the smallest class are first ones only: size and depth are as they were. */
        w->stacks.free[0] = s->prev;
        w->stacks.nfree[0]--;
        s->prev = NULL;
        return s;
    }
    bool too_deep;
    return qi_segment_acquire(w, NULL, nregs, 0, &too_deep);
}

QiCoroutine *qi_coroutine_new(QiWorker *w, uint32_t func, uint16_t type, const QiValue *args, uint32_t nargs, bool generator) {
    const QiFuncEntry *f = &w->funcs[func];
    /* A task dies when it is over and its stack given back; a generator may be dropped with its stack, and needs its finaliser. */
    size_t size = qi_round_size(sizeof(QiCoroutine));
    QiCoroutine *co = generator ? qi_alloc_owning(w->heap, size) : qi_alloc(w->heap, size);
    if (QI_UNLIKELY(co == NULL)) return NULL;
    QiSegment *s = first_segment(w, f->nregs);
    /* Initialised before anything can fail: the sweeper will look at it. Field by field, because gcc clears a struct of this size with
     * string instructions, which cost more than all the rest; what is left out is written before it is read. */
    co->future.head = (QiObject){.type = type, .kind = QI_K_COROUTINE, .aux = QI_CO_CREATED | (generator ? QI_CO_GENERATOR : 0)};
    co->future.result = 0;
    co->future.waiters = (QiWaitQueue){NULL, NULL};
    co->pc = f->code;
    co->fp = NULL;
    co->safepoint = NULL;
    co->segment = NULL;
    co->resumer = NULL;
    co->innermost = NULL;
    co->wait.co = co;
    co->wait.slot = NULL;
    co->wait.queued = false;
    co->wait_object = NULL;
    co->wake_error = NULL;
    co->u.select = NULL;
    co->creator = NULL;
    co->created_at = NULL;
    co->func = (uint16_t)func;
    co->creator_depth = 0;
    if (QI_UNLIKELY(s == NULL)) return NULL;
    QiValue *fp = qi_segment_base(s) + 2;
    fp[-2] = qi_from_ref(&qi_stub_coroend[1]);
    fp[-1] = qi_from_ref(&s->result);
    s->result = 0;
    for (uint32_t i = 0; i < nargs; i++) fp[i] = args[i];
    co->segment = s;
    co->fp = fp;
    co->id = w->next_id++;
    QiCoroutine *creator = w->current;
    if (creator != NULL && creator->creator_depth < CREATOR_DEPTH_MAX) {
        co->creator = creator;
        co->creator_depth = (uint8_t)(creator->creator_depth + 1);
    }
    return co;
}

static void mark_frame(const QiFrameMaps *maps, const QiFrame *f, QiMarker *m) {
    uint32_t n;
    const uint8_t *bits = f->safepoint != NULL ? maps->at(maps->user, f->safepoint, &n) : maps->at_entry(maps->user, f->pc, &n);
    for (uint32_t i = 0; i < n; i++) {
        for (unsigned b = bits[i]; b != 0; b &= b - 1) qi_mark_value(m, f->fp[i * 8 + (unsigned)__builtin_ctz(b)]);
    }
}

void qi_coroutine_finalize(void *user, QiHeap *h, QiObject *o) {
    (void)h;
    qi_stack_free(qi_sched_worker(user, 0), (QiCoroutine *)o);
}

void qi_coroutine_trace(void *user, QiObject *o, QiMarker *m) {
    QiCoroutine *co = (QiCoroutine *)o;
    qi_future_trace(user, o, m);
    qi_mark(m, (QiObject *)co->resumer);
    qi_mark(m, (QiObject *)co->innermost);
    qi_mark(m, (QiObject *)co->creator);
    qi_mark(m, co->wait_object);
    qi_mark(m, (QiObject *)co->wake_error);
    if (co->future.head.aux & QI_CO_SLOT_REF) qi_mark_value(m, *co->wait.slot);
    QiFrame f;
    if (!qi_frame_first(co, &f)) return;
    const QiFrameMaps *maps = qi_sched_frame_maps(user);
    do mark_frame(maps, &f, m);
    while (qi_frame_next(&f));
}
