/*
 * wakers.c — who could wake those who wait.
 *
 * A channel can only be used by who has it, so whoever could send is a task whose registers lead to the channel (directly, or
 * through closures, structs, lists, suspended 协程 and the like) or whose code reads it from a package variable; and the code that the
 * task still comes to sends (deeds.c). One walk over each task answers for all the objects of a report.
 *
 * Invariants
 * - Costs only when somebody reports; bounded by BUDGET objects in all. Where that did not suffice, `complete` is false and nobody
 *   is said to be the only one.
 * - A handle does not lead into its task: what that holds is found when the walk comes to it.
 *
 * Rejected: remembering the last sender in each channel. It would cost every send, and keep ended tasks alive. Who could have woken them
 * and has ended is found without (ended.c).
 */
#include <stdlib.h>

#include "../heap/references.h"
#include "../sched/scope.h"
#include "../sched/select.h"
#include "deeds.h"

#define BUDGET 400000u
#define SET_BITS 15u               /* objects of one task: half of this many are seen */
#define SET_SIZE (1u << SET_BITS)

typedef struct Walk {
    QiWakers *wakers;
    const QiFrameMaps *maps;
    QiDeeds deeds;
    /* of the task being looked at */
    const QiCoroutine *task;
    QiCode code;                   /* what it still comes to */
    uint8_t resumed;               /* what the 协程 it has would do */
    uint64_t met;                  /* bit for each of the objects it has */
    const QiObject **set;          /* seen in this task; open addressing */
    uint32_t *used;                /* places in it, SET_SIZE / 2 */
    QiObject **pending;            /* seen and not looked into, SET_SIZE / 2 */
    uint32_t npending, seen, budget;
} Walk;

QiDeed qi_deed_wanted(unsigned kind, const QiObject *o) {
    if (kind == QI_WAIT_SEND) return QI_DEED_RECEIVE;
    if (kind == QI_WAIT_RECEIVE) return QI_DEED_SEND;
    if (o == NULL || o->kind != QI_K_NATIVE) return QI_DEED_NONE;
    switch (o->aux) {
    case QI_CLASS_CONDITION: return QI_DEED_WAKE;
    case QI_CLASS_WAITGROUP: return QI_DEED_COUNT;
    case QI_CLASS_SEMAPHORE: return QI_DEED_RELEASE;
    case QI_CLASS_BARRIER: return QI_DEED_ARRIVE;
    default: return QI_DEED_NONE;
    }
}

void qi_wakers_want(QiWakers *k, const QiObject *o, QiDeed deed) {
    if (o != NULL && deed != QI_DEED_NONE && k->n < QI_WAKERS_OBJECTS && qi_wakers_of(k, o, deed) == NULL) k->of[k->n++] = (QiHolders){.object = o, .deed = deed};
}

void qi_wakers_want_of(QiWakers *k, const QiCoroutine *task) {
    if (qi_co_reason(task) != QI_WAIT_SELECT) {
        qi_wakers_want(k, task->wait_object, qi_deed_wanted(qi_co_reason(task), task->wait_object));
        return;
    }
    for (uint32_t i = 0; i < task->u.select->n; i++) {
        const QiSelectCase *one = &task->u.select->cases[i];
        qi_wakers_want(k, one->object, qi_deed_wanted(one->waiter.kind, one->object));
    }
}

const QiHolders *qi_wakers_of(const QiWakers *k, const QiObject *o, QiDeed deed) {
    for (uint32_t i = 0; i < k->n; i++) {
        if (k->of[i].object == o && k->of[i].deed == deed) return &k->of[i];
    }
    return NULL;
}

static void found(Walk *walk, const QiObject *o) {
    for (uint32_t i = 0; i < walk->wakers->n; i++) {
        if (walk->wakers->of[i].object == o) walk->met |= (uint64_t)1 << i;
    }
}

/* The task's own code and what it has are known: who it could wake. */
static void conclude(Walk *walk) {
    const uint8_t deeds = walk->code.deeds | (walk->code.resumes ? walk->resumed : 0);
    for (uint64_t left = walk->met | walk->code.reads; left != 0; left &= left - 1) {
        QiHolders *holders = &walk->wakers->of[__builtin_ctzll(left)];
        if ((deeds >> holders->deed & 1) == 0) continue;
        if (holders->n < QI_WAKERS_NAMED) holders->tasks[holders->n] = walk->task;
        holders->n++;
    }
}

static void visit(void *user, QiObject *o) {
    Walk *walk = user;
    uint32_t at = (uint32_t)((uintptr_t)o / QI_ALLOC_GRANULE * 0x9E3779B97F4A7C15u >> (64 - SET_BITS));
    for (; walk->set[at] != NULL; at = (at + 1) % SET_SIZE) {
        if (walk->set[at] == o) return;
    }
    if (walk->seen == SET_SIZE / 2 || walk->budget == 0) {
        walk->wakers->complete = false;
        return;
    }
    walk->budget--;
    walk->set[at] = o;
    walk->used[walk->seen++] = at;
    walk->pending[walk->npending++] = o;
    found(walk, o);
}

static void of_frames(Walk *walk, const QiCoroutine *co, QiCode *code) {
    QiFrame f;
    for (bool more = qi_frame_first(co, &f); more; more = qi_frame_next(&f)) {
        uint32_t n;
        const QiFrameMaps *maps = walk->maps;
        const uint8_t *bits = f.safepoint != NULL ? maps->at(maps->user, f.safepoint, &n) : maps->at_entry(maps->user, f.pc, &n);
        for (uint32_t i = 0; i < n * 8; i++) {
            if ((bits[i / 8] >> (i % 8) & 1) != 0 && f.fp[i] != 0) visit(walk, qi_as_ref(f.fp[i]));
        }
        const QiCode *from = qi_deeds_from(&walk->deeds, f.pc, f.safepoint);
        code->deeds |= from->deeds;
        code->reads |= from->reads;
        code->resumes = code->resumes || from->resumes;
    }
}

/* What a 协程 has, and would do, that the task can resume. */
static void of_generator(Walk *walk, const QiHandle *h) {
    if ((h->future.head.aux & QI_CO_GENERATOR) == 0 || h->co == NULL || qi_co_state(h->co) == QI_CO_RUNNING) return;
    QiCode code = {0};
    of_frames(walk, h->co, &code);
    walk->resumed |= code.deeds;
    walk->code.reads |= code.reads;
}

static void look_into(Walk *walk, const QiHeap *heap) {
    while (walk->npending > 0) {
        const QiObject *o = walk->pending[--walk->npending];
        if (o->kind == QI_K_CHANNEL) {
            const QiChannel *c = (const QiChannel *)o;
            for (uint32_t i = 0, at = c->first; (o->flags & QI_CHANNEL_REF) != 0 && i < c->count; i++, at = at + 1 == c->slots ? 0 : at + 1) {
                if (c->buffer[at] != 0) visit(walk, qi_as_ref(c->buffer[at]));
            }
        } else if (o->kind == QI_K_COROUTINE) {
            of_generator(walk, (const QiHandle *)o);
        } else {
            qi_object_references(heap, o, visit, walk);
        }
    }
}

static void of_task(Walk *walk, QiVm *vm, const QiCoroutine *task) {
    walk->task = task;
    walk->code = (QiCode){0};
    walk->resumed = 0;
    walk->met = 0;
    /* A 协程 on its way runs on the stacks of its resumers, too. */
    for (const QiCoroutine *co = task->innermost; co != NULL; co = co == task ? NULL : co->resumer) of_frames(walk, co, &walk->code);
    look_into(walk, vm->heap);
    conclude(walk);
    while (walk->seen > 0) walk->set[walk->used[--walk->seen]] = NULL;
}

void qi_wakers_find(QiWakers *k, QiVm *vm) {
    k->complete = true;
    if (k->n == 0) return;
    qi_ended_find(k, vm);
    Walk walk = {.wakers = k, .maps = qi_sched_frame_maps(vm->sched), .budget = BUDGET};
    const bool equipped = qi_deeds_init(&walk.deeds, k, vm, true);
    walk.set = calloc(SET_SIZE, sizeof *walk.set);
    walk.used = malloc(SET_SIZE / 2 * sizeof *walk.used);
    walk.pending = malloc(SET_SIZE / 2 * sizeof *walk.pending);
    if (!equipped || walk.set == NULL || walk.used == NULL || walk.pending == NULL) {
        k->complete = false;
    } else {
        for (const QiCoroutine *t = qi_sched_first_task(vm->sched); t != NULL; t = qi_sched_next_task(vm->sched, t)) {
            if (qi_co_state(t) == QI_CO_RUNNING) continue; /* its registers are elsewhere */
            if (walk.budget == 0) {
                k->complete = false;
                break;
            }
            walk.budget--;
            of_task(&walk, vm, t);
        }
    }
    qi_deeds_free(&walk.deeds);
    free(walk.set);
    free(walk.used);
    free(walk.pending);
}
