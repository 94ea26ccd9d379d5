/*
 * shared.c — see shared.h.
 *
 * With an observer (sched/observe.h), and be there one worker only, every instruction that makes, switches or ends coroutines comes here as
 * well, and is counted; so a program nobody observes pays nothing.
 *
 * Each instruction does here, inside its locks, what ops.inc does without. The two are kept in step by running the language
 * specification on both.
 */
#include "shared.h"

#include <stdlib.h>

#include "../sched/observe.h"
#include "barrier.h"
#include "inspector.h"
#include "slow.h"

#define ALL_STRIPES UINT32_MAX
_Static_assert(QI_STRIPES == 32, "a set of stripes is one word");

/* --- what needs which lock ---------------------------------------------------------- */

static bool is_collection(const QiType *t) {
    return t->kind == QI_T_LIST || t->kind == QI_T_ARRAY || t->kind == QI_T_DICT || t->kind == QI_T_SET;
}

static bool belongs_to_scheduler(const QiType *t) {
    switch (t->kind) {
    case QI_T_FUTURE: case QI_T_TASK: case QI_T_COROUTINE: case QI_T_CHANNEL: return true;
    case QI_T_NATIVE: case QI_T_NATIVE_OF: return t->native_class != QI_CLASS_ATOMIC;
    case QI_T_LIST: case QI_T_ARRAY: case QI_T_OPTION: return belongs_to_scheduler(t->a);
    default: return false;
    }
}

/* Does a part of a value of type t, one step away, reach a collection? */
static bool part_reaches(const QiProgram *p, const bool *reaches, const QiType *t) {
    switch (t->kind) {
    case QI_T_STRUCT: case QI_T_TUPLE: case QI_T_ENUM:
        for (uint32_t i = 0; i < t->nfields; i++) {
            if (reaches[t->fields[i]->index]) return true;
        }
        return false;
    case QI_T_OPTION: case QI_T_POINTER: case QI_T_CELL: return reaches[t->a->index];
    case QI_T_ERROR:
        /* It may hold a value of any type that can be thrown. */
        for (uint32_t i = 0; i < p->ntypes; i++) {
            if (p->types[i] != t && reaches[i]) return true;
        }
        return false;
    default: return is_collection(t);
    }
}

static void find_reaches(const QiProgram *p, bool *reaches) {
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t i = 0; i < p->ntypes; i++) {
            if (reaches[i] || !part_reaches(p, reaches, p->types[i])) continue;
            reaches[i] = changed = true;
        }
    }
}

static QiGuard guard_of(const QiImport *import, const bool *reaches) {
    /* qi_offload enters by itself, so that others go on while the native copies or computes. */
    QiGuard guard = {.scheduler = (import->parks && !import->pool) || belongs_to_scheduler(import->result)};
    /* Who parks may idle before it returns, and holds no other lock: it reads elements of lists as ops.inc does. */
    for (uint32_t i = 0; i < import->nparams; i++) {
        const QiType *t = import->params[i];
        if (belongs_to_scheduler(t)) guard.scheduler = true;
        if (import->parks || !reaches[t->index]) continue;
        bool flat = is_collection(t) && !reaches[t->a->index] && (t->kind != QI_T_DICT || !reaches[t->b->index]);
        if (flat && i < 16) guard.collections |= (uint16_t)(1u << i);
        else guard.all = true;
    }
    return guard;
}

QiShared *qi_shared_new(const QiProgram *p) {
    QiShared *s = calloc(1, sizeof *s);
    if (s == NULL) return NULL;
    uint32_t made = 0;
    while (made < QI_STRIPES && qi_os_mutex_init(&s->stripes[made])) made++;
    s->reaches = calloc((size_t)p->ntypes + 1, sizeof *s->reaches);
    s->guards = calloc((size_t)p->nimports + 1, sizeof *s->guards);
    if (made < QI_STRIPES || s->reaches == NULL || s->guards == NULL) {
        while (made > 0) qi_os_mutex_destroy(&s->stripes[--made]);
        free(s->reaches);
        free(s->guards);
        free(s);
        return NULL;
    }
    find_reaches(p, s->reaches);
    for (uint32_t i = 0; i < p->nimports; i++) s->guards[i] = guard_of(&p->imports[i], s->reaches);
    return s;
}

void qi_shared_free(QiShared *s) {
    if (s == NULL) return;
    for (uint32_t i = 0; i < QI_STRIPES; i++) qi_os_mutex_destroy(&s->stripes[i]);
    free(s->reaches);
    free(s->guards);
    free(s);
}

/* --- the collections' locks ------------------------------------------------------------ */

static uint32_t stripe_of(const void *collection) {
    /* Objects are of a few sizes, so the low bits alone would use few stripes. */
    return (uint32_t)1 << ((uintptr_t)collection / QI_ALLOC_GRANULE * 0x9E3779B97F4A7C15u >> 59);
}

/* Who keeps the scheduler's lock from one instruction to the next is alone at work (spread.c), and so is an only worker: then these are not
 * taken, nor is their order turned round. */
static bool is_alone(const QiWorker *w) { return !w->shared || w->lock_depth != 0; }

static void lock_stripes(QiWorker *w, uint32_t set) {
    if (QI_UNLIKELY(is_alone(w))) return;
    for (; set != 0; set &= set - 1) qi_os_mutex_lock(&w->vm->shared->stripes[__builtin_ctz(set)]);
}

static void unlock_stripes(QiWorker *w, uint32_t set) {
    if (QI_UNLIKELY(is_alone(w))) return;
    for (; set != 0; set &= set - 1) qi_os_mutex_unlock(&w->vm->shared->stripes[__builtin_ctz(set)]);
}

void qi_shared_lock_list(QiWorker *w, const void *list) { lock_stripes(w, stripe_of(list)); }
void qi_shared_unlock_list(QiWorker *w, const void *list) { unlock_stripes(w, stripe_of(list)); }

/* For looking at a value and all that hangs on it. */
static uint32_t stripes_of_value(const QiWorker *w, const QiType *t) { return w->vm->shared->reaches[t->index] ? ALL_STRIPES : 0; }

/* --- instructions ------------------------------------------------------------------------ */

static QiStatus call_native(QiWorker *w, const QiInsn *pc, QiValue *fp) {
    const QiImport *import = &w->imports[pc->c];
    const QiGuard guard = w->vm->shared->guards[pc->c];
    QiValue *args = &fp[pc->b];
    uint32_t stripes = guard.all ? ALL_STRIPES : 0;
    for (uint32_t bits = guard.all ? 0 : guard.collections; bits != 0; bits &= bits - 1) stripes |= stripe_of(qi_as_ref(args[__builtin_ctz(bits)]));
    lock_stripes(w, stripes);
    QiObserver *o = w->vm->observer;
    const bool enters = guard.scheduler || (o != NULL && import->parks);
    const bool own = import->own && qi_sched_enter_own(w);
    if (enters && !own) qi_sched_enter(w);
    if (QI_UNLIKELY(o != NULL)) {
        if (import->io) atomic_fetch_add_explicit(&o->io, 1, memory_order_relaxed);
        if (import->parks) qi_observe_waiting(o, qi_co_task(w->current));
    }
    w->native = import;
    w->native_slot = &fp[pc->a];
    QiStatus status = import->fn(w, args, &fp[pc->a]);
    if (QI_UNLIKELY(o != NULL) && status == QI_PARKED) o->switches++;
    if (own) qi_sched_leave_own(w);
    else if (enters) qi_sched_leave(w);
    unlock_stripes(w, stripes);
    return status;
}

static QiStatus collection_step(QiWorker *w, const QiInsn *pc, QiValue *fp) {
    QiValue *a = &fp[pc->a], *b = &fp[pc->b], *c = &fp[pc->c];
    switch (pc->op) {
    case QI_OP_PUSH: return qi_list_append(w->heap, qi_as_ref(*a), *b) ? QI_OK : qi_throw_memory(w);
    case QI_OP_DGET:
        if (qi_dict_find(qi_as_ref(*b), *c, a)) return QI_OK;
        qi_slow_throw_key(w, qi_as_ref(*b), *c);
        return QI_THROW;
    case QI_OP_DSET: return qi_dict_set(w->heap, qi_as_ref(*a), *b, *c) ? QI_OK : qi_throw_memory(w);
    case QI_OP_DFIND: return qi_slow_dict_find(w, qi_as_ref(*b), *c, a);
    case QI_OP_DEEPEQ: *a = qi_slow_deep_equal(w, *b, *c); return QI_OK;
    default: {
        QiString *s = qi_format(w, w->heap->types[pc->c], *b, false);
        if (s == NULL) return qi_throw_memory(w);
        *a = qi_from_ref(s);
        return QI_OK;
    }
    }
}

/* PUSH DGET DSET DFIND DEEPEQ FORMAT */
static QiStatus with_collection(QiWorker *w, const QiInsn *pc, QiValue *fp) {
    uint32_t stripes;
    switch (pc->op) {
    case QI_OP_PUSH: case QI_OP_DSET: stripes = stripe_of(qi_as_ref(fp[pc->a])); break;
    case QI_OP_DGET: case QI_OP_DFIND: stripes = stripe_of(qi_as_ref(fp[pc->b])); break;
    case QI_OP_DEEPEQ: {
        const QiObject *o = qi_as_ref(fp[pc->b]);
        stripes = o == NULL || o->type == 0xFFFF ? 0 : stripes_of_value(w, w->heap->types[o->type]);
        break;
    }
    default: stripes = stripes_of_value(w, w->heap->types[pc->c]); break;
    }
    lock_stripes(w, stripes);
    QiStatus status = collection_step(w, pc, fp);
    unlock_stripes(w, stripes);
    return status;
}

static QiStatus next_of_dict(QiWorker *w, const QiInsn *pc, QiValue *fp) {
    QiValue *r = &fp[pc->a];
    const QiDict *d = qi_as_ref(r[0]);
    const uint32_t stripes = stripe_of(d);
    size_t at = (size_t)r[1];
    lock_stripes(w, stripes);
    bool changed = d->head.aux != (uint32_t)r[2], more = !changed && qi_dict_next(d, &at, &r[3], &r[4]);
    unlock_stripes(w, stripes);
    if (changed) return qi_throw_simple(w, 7008);
    if (!more) return QI_OK;
    r[1] = at;
    const QiInsn *target = pc + 1 + qi_insn_bc(pc);
    if (atomic_load_explicit(&w->poll, memory_order_relaxed) != 0) qi_slow_back(w, pc, target, fp);
    else w->current->pc = target;
    return QI_PARKED;
}

/* What the scheduler does; its lock is held. */
static QiStatus scheduler_step(QiWorker *w, const QiInsn *pc, QiValue *fp) {
    QiValue *a = &fp[pc->a], *b = &fp[pc->b], *c = &fp[pc->c];
    switch (pc->op) {
    case QI_OP_SPAWN: {
        QiHandle *h = qi_task_spawn(w, pc->c, b, pc);
        if (h == NULL) return qi_throw_memory(w);
        *a = qi_from_ref(h);
        return QI_OK;
    }
    case QI_OP_START: {
        QiCoroutine *co = qi_coroutine_new(w, pc->c, b, false, pc);
        return co != NULL ? qi_task_start(w, co, a) : qi_throw_memory(w);
    }
    case QI_OP_LAUNCH: return qi_task_launch(w, pc->c, b, pc) != NULL ? QI_OK : qi_throw_memory(w);
    case QI_OP_NEWCORO: {
        QiCoroutine *co = qi_coroutine_new(w, pc->c, b, true, pc);
        if (co == NULL) return qi_throw_memory(w);
        *a = qi_from_ref(co->handle);
        return QI_OK;
    }
    case QI_OP_RESUME: return qi_generator_resume(w, qi_as_ref(*b), a, false, 0);
    case QI_OP_SEND_RESUME: return qi_generator_resume(w, qi_as_ref(*b), a, true, *c);
    case QI_OP_YIELD: return qi_generator_yield(w, *b, pc->c, a);
    case QI_OP_RESCHED: return qi_reschedule(w);
    case QI_OP_CORORESULT: return qi_generator_result(w, qi_as_ref(*b), a);
    case QI_OP_AWAIT: return qi_await(w, qi_as_ref(*b), a);
    case QI_OP_SLEEP: return qi_sleep(w, (int64_t)*a);
    case QI_OP_NEWCHAN: return qi_channel_new(w, (int64_t)*b, pc->c, a);
    case QI_OP_SEND: return qi_channel_send(w, qi_as_ref(*a), b);
    case QI_OP_RECV: return qi_channel_receive(w, qi_as_ref(*b), a, false);
    case QI_OP_RECVOK: return qi_channel_receive(w, qi_as_ref(*b), a, true);
    case QI_OP_CLOSE: return qi_channel_close(w, qi_as_ref(*a));
    case QI_OP_SELECT: return qi_select(w, pc, fp) == QI_THROW ? QI_THROW : QI_PARKED; /* pc of the coroutine is the chosen case */
    default: /* COROEND */ (void)qi_coroutine_return(w, *fp); return QI_PARKED;
    }
}

/* The instructions whose usual case is done in the worker's own part, and how: an expression that says whether it was, and sets the status where it is not QI_PARKED. */
#define OWN_STEPS(STEP)                                                                     \
    STEP(SPAWN, made(qi_task_spawn_own(w, pc->c, b, pc, false), a, status))                 \
    STEP(LAUNCH, made(qi_task_spawn_own(w, pc->c, b, pc, true), NULL, status))              \
    STEP(START, qi_task_start_own(w, pc->c, b, pc, a, status))                              \
    STEP(NEWCORO, made(qi_generator_new_own(w, pc->c, b, pc), a, status))                   \
    STEP(RESUME, qi_generator_resume_own(w, qi_as_ref(*b), a))                              \
    STEP(YIELD, qi_generator_yield_own(w, *b, pc->c, a))                                    \
    STEP(RESCHED, qi_reschedule_own(w, status))                                             \
    STEP(AWAIT, qi_await_own(w, qi_as_ref(*b), a, status))                                  \
    STEP(SEND, qi_channel_send_own(w, qi_as_ref(*a), b, status))                            \
    STEP(RECV, qi_channel_receive_own(w, qi_as_ref(*b), a, false, status))                  \
    STEP(RECVOK, qi_channel_receive_own(w, qi_as_ref(*b), a, true, status))                 \
    STEP(SELECT, qi_select_own(w, pc, fp))                                                  \
    STEP(COROEND, qi_coroutine_return_own(w, *fp))

/* A handle goes into a register (NULL: nobody wants it). false: there is none. */
QI_INLINE bool made(QiHandle *h, QiValue *slot, QiStatus *status) {
    if (h == NULL) return false;
    if (slot != NULL) *slot = qi_from_ref(h);
    *status = QI_OK;
    return true;
}

/* false: nothing was done. */
static bool own_step(QiWorker *w, const QiInsn *pc, QiValue *fp, QiStatus *status) {
    QiValue *a = &fp[pc->a], *b = &fp[pc->b];
    *status = QI_PARKED;
    switch (pc->op) {
#define STEP(op, does) case QI_OP_##op: return does;
    OWN_STEPS(STEP)
#undef STEP
    default: return false;
    }
}

static bool may_be_own(QiOp op) {
    switch (op) {
#define STEP(op, does) case QI_OP_##op:
    OWN_STEPS(STEP) return true;
#undef STEP
    default: return false;
    }
}

/* The same, for whoever looks. Waiting begins before the step, which may idle. */
static QiStatus observed_step(QiWorker *w, const QiInsn *pc, QiValue *fp) {
    QiObserver *o = w->vm->observer;
    QiCoroutine *co = w->current;
    bool makes = false;
    switch (pc->op) {
    case QI_OP_SPAWN: case QI_OP_LAUNCH: case QI_OP_NEWCORO: makes = true; break;
    case QI_OP_START: makes = true; qi_observe_waiting(o, qi_co_task(co)); break;
    case QI_OP_AWAIT: case QI_OP_SLEEP: case QI_OP_SEND: case QI_OP_RECV: case QI_OP_RECVOK: case QI_OP_SELECT: qi_observe_waiting(o, qi_co_task(co)); break;
    case QI_OP_COROEND: qi_inspector_returned(w, co, fp); break;
    default: break;
    }
    const bool timed = makes && o->made++ % QI_SAMPLE_EVERY == 0;
    const int64_t began = timed ? qi_clock_monotonic_ns() : 0;
    QiStatus status = scheduler_step(w, pc, fp);
    if (timed) {
        int64_t took = qi_clock_monotonic_ns() - began - o->clock_ns;
        o->sample_ns += took > 0 ? took : 0;
        o->samples++;
    }
    if (pc->op == QI_OP_NEWCORO && status == QI_OK) qi_observe_generator(o, qi_as_ref(fp[pc->a]));
    /* A 选择 that chose at once says QI_PARKED, too. */
    if (w->current != co || (status == QI_PARKED && pc->op != QI_OP_SELECT)) o->switches++;
    return status;
}

QiStatus qi_shared_step(QiWorker *w, const QiInsn *pc, QiValue *fp) {
    if (pc->op != QI_OP_COROEND) { /* there fp is no frame */
        QiCoroutine *co = w->current;
        co->pc = pc + 1;
        co->fp = fp;
        co->safepoint = pc;
    }
    switch (pc->op) {
    case QI_OP_NATIVE: case QI_OP_PARKNATIVE: return call_native(w, pc, fp);
    case QI_OP_PUSH: case QI_OP_DGET: case QI_OP_DSET: case QI_OP_DFIND: case QI_OP_DEEPEQ: case QI_OP_FORMAT: return with_collection(w, pc, fp);
    case QI_OP_DICTNEXT: return next_of_dict(w, pc, fp);
    default: break;
    }
    QiStatus status;
    if (may_be_own((QiOp)pc->op) && qi_sched_enter_own(w)) {
        bool done = own_step(w, pc, fp, &status);
        qi_sched_leave_own(w);
        if (done) return status;
    }
    qi_sched_enter(w);
    if (QI_UNLIKELY(w->marking)) qi_barrier_scheduler(w, pc, fp);
    status = QI_UNLIKELY(w->vm->observer != NULL) ? observed_step(w, pc, fp) : scheduler_step(w, pc, fp);
    qi_sched_leave(w);
    return status;
}
