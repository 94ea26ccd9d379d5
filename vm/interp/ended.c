/*
 * ended.c — who could have woken those who wait, and has ended.
 *
 * Nobody writes down who used a channel: a store for each send would cost every program what only a deadlock asks for. All that is needed
 * lies about: a task's handle keeps its function, its number, where it was made and the arguments it began with (captures are arguments,
 * too), and a handle that nobody holds any more stays in its cell until that is used again. So a report looks at every cell that a handle
 * fits into (heap/cells.c) and at the code of the functions it finds, which says whether they can send, receive, wake … at all (deeds.c).
 *
 * Invariants
 * - What is said is true; what was overwritten is not said. A cell counts as the handle of a task that ended when all its fields agree: the
 *   instruction that made it is one that makes tasks of its function. An argument counts as the object waited for when the task
 *   was made after the object (numbers grow, but for a few set aside for workers, of which none outlives a collection; so the address was the object's then and has been since).
 * - Through structs, lists and closures among the arguments it looks only for tasks whose arguments cannot have been swept
 *   (qi_sched_unswept). Objects in package variables belong to every function whose code reads the variable.
 * - Code counts that is never reached: "could", not "did".
 * - Costs only when somebody reports; bounded.
 *
 * Rejected: a ring of the last tasks that ended, with their captures: two stores to shared memory and a purge at each collection, for every
 * task of every program, and a server ends more tasks in a second than a ring holds. Keeping the arguments of ended tasks alive: a list of a
 * million results would hold a million closures.
 */
#include "../heap/cells.h"
#include "../heap/references.h"
#include "../sched/trace.h"
#include "deeds.h"

#define CELLS_MAX 50000000u   /* looked at: some tenths of a second */
#define LOOK_INTO_MAX 64u     /* objects behind the arguments of one task */
#define LOOK_INTO_ALL 2000000u

typedef struct Search {
    QiWakers *wakers;
    const QiVm *vm;
    const QiProgram *program;
    QiDeeds deeds;
    uint32_t unswept;
    uint32_t budget;
    /* of the task being looked at */
    uint64_t wanted, met;     /* objects it may still be found to have had; had */
    QiObject *objects[LOOK_INTO_MAX];
    uint32_t nobjects;
} Search;

/* --- what a task had ------------------------------------------------------------------ */

static uint32_t first_task_of(const QiObject *o) {
    if (o->kind == QI_K_CHANNEL) return ((const QiChannel *)o)->first_task;
    return o->kind == QI_K_NATIVE ? ((const QiNative *)o)->first_task : UINT32_MAX;
}

static void meet(void *user, QiObject *o) {
    Search *s = user;
    for (uint64_t left = s->wanted & ~s->met; left != 0; left &= left - 1) {
        const unsigned i = (unsigned)__builtin_ctzll(left);
        if (s->wakers->of[i].object == o) s->met |= (uint64_t)1 << i;
    }
    for (uint32_t i = 0; i < s->nobjects; i++) {
        if (s->objects[i] == o) return;
    }
    if (s->nobjects < LOOK_INTO_MAX) s->objects[s->nobjects++] = o;
}

/* Finds which of the objects wanted were among the arguments. */
static void search_arguments(Search *s, const QiHandle *h, const QiFunction *f) {
    s->nobjects = 0;
    for (uint32_t i = 0; i < f->nlocals; i++) {
        if ((f->entry_map[i / 8] >> (i % 8) & 1) != 0 && h->args[i] != 0) meet(s, qi_as_ref(h->args[i]));
    }
    if (h->id < s->unswept) return;
    for (uint32_t i = 0; i < s->nobjects && s->met != s->wanted && s->budget > 0; i++, s->budget--) qi_object_references(s->vm->heap, s->objects[i], meet, s);
}

static void add_ended(QiHolders *holders, const QiHandle *h) {
    uint32_t at = holders->nended < QI_ENDED_NAMED ? holders->nended : QI_ENDED_NAMED;
    holders->nended++;
    while (at > 0 && holders->ended[at - 1]->id < h->id) at--;
    if (at == QI_ENDED_NAMED) return;
    memmove(&holders->ended[at + 1], &holders->ended[at], (QI_ENDED_NAMED - 1 - at) * sizeof *holders->ended);
    holders->ended[at] = h;
}

/* Is this the handle of a task that ended? size: of its cell. */
static bool is_ended(const QiProgram *p, const QiHandle *h, size_t size) {
    if (h->future.head.kind != QI_K_COROUTINE || (h->future.head.aux & (QI_CO_GENERATOR | QI_CO_MAIN | QI_CO_UNBEGUN)) != 0 || h->co != NULL || h->func >= p->nfunctions) return false;
    const uint32_t state = h->future.head.aux & QI_CO_STATE_MASK;
    if (state != QI_CO_DONE && state != QI_CO_FAILED && state != QI_CO_CANCELLED) return false;
    const uintptr_t at = (uintptr_t)h->created_at - (uintptr_t)p->code;
    if (at % sizeof(QiInsn) != 0 || at / sizeof(QiInsn) >= p->code_start[p->nfunctions]) return false;
    const uint16_t op = h->created_at->op;
    return (op == QI_OP_SPAWN || op == QI_OP_START || op == QI_OP_LAUNCH) && h->created_at->c == h->func && size >= qi_handle_size(p->functions[h->func].nlocals);
}

static void visit(void *user, QiObject *cell, size_t size) {
    Search *s = user;
    const QiHandle *h = (const QiHandle *)(const void *)cell;
    if (!is_ended(s->program, h, size)) return;
    const QiCode *code = qi_deeds_of(&s->deeds, h->func);
    s->wanted = 0;
    for (uint32_t i = 0; i < s->wakers->n; i++) {
        const QiHolders *holders = &s->wakers->of[i];
        if ((code->deeds >> holders->deed & 1) != 0 && first_task_of(holders->object) <= h->id) s->wanted |= (uint64_t)1 << i;
    }
    s->met = code->reads & s->wanted;
    if (s->met != s->wanted) search_arguments(s, h, &s->program->functions[h->func]);
    for (uint64_t left = s->met; left != 0; left &= left - 1) add_ended(&s->wakers->of[__builtin_ctzll(left)], h);
}

void qi_ended_find(QiWakers *k, QiVm *vm) {
    const QiProgram *p = vm->program;
    Search s = {.wakers = k, .vm = vm, .program = p, .unswept = qi_sched_unswept(vm->sched), .budget = LOOK_INTO_ALL};
    if (qi_deeds_init(&s.deeds, k, vm, false)) {
        uint32_t most = 0;
        for (uint32_t i = 0; i < p->nfunctions; i++) most = p->functions[i].nlocals > most ? p->functions[i].nlocals : most;
        /* Cells of larger classes are up to a quarter larger than what is in them. */
        qi_heap_each_cell(vm->heap, sizeof(QiHandle), qi_handle_size(most) * 5 / 4, CELLS_MAX, visit, &s);
    }
    qi_deeds_free(&s.deeds);
}

/* --- how it ended ------------------------------------------------------------------------- */

const QiHandle *qi_ended_creator(const QiVm *vm, const QiHandle *h) {
    const QiHandle *by = h->creator;
    /* A cell that was used again for a coroutine belongs to a younger one now. */
    if (by == NULL || !qi_heap_is_cell(vm->heap, by) || by->future.head.kind != QI_K_COROUTINE || by->id >= h->id || by->creator_depth + 1 != h->creator_depth) return NULL;
    return by;
}

const QiError *qi_ended_error(const QiVm *vm, const QiHandle *h) {
    const QiError *e = qi_as_ref(h->future.result);
    if ((h->future.head.aux & QI_CO_STATE_MASK) != QI_CO_FAILED || !qi_heap_is_cell(vm->heap, e) || e->head.kind != QI_K_ERROR) return NULL;
    return e->trace != NULL && e->trace->task == h->id ? e : NULL;
}

static bool is_same_place(const QiFunction *f, const QiInsn *a, const QiInsn *b) {
    uint32_t line[2], column[2];
    return qi_program_place(f, a, &line[0], &column[0]) && qi_program_place(f, b, &line[1], &column[1]) && line[0] == line[1] && column[0] == column[1];
}

uint32_t qi_ended_places(const QiVm *vm, const QiHandle *h, const QiInsn *places[QI_ENDED_PLACES]) {
    const QiError *e = qi_ended_error(vm, h);
    if (e != NULL && e->trace->nhead > 0) {
        places[0] = e->trace->places[0];
        return 1;
    }
    if ((h->future.head.aux & QI_CO_STATE_MASK) != QI_CO_DONE) return 0;
    const QiFunction *f = &vm->program->functions[h->func];
    uint32_t n = 0;
    for (const QiInsn *at = f->code; at < f->code + f->ncode; at++) {
        if (at->op != QI_OP_RET && at->op != QI_OP_RET0 && at->op != QI_OP_RETLTI && at->op != QI_OP_RETLEI && at->op != QI_OP_RETEQI) continue;
        bool known = false;
        for (uint32_t i = 0; i < n; i++) known = known || is_same_place(f, places[i], at);
        if (known) continue;
        if (n == QI_ENDED_PLACES) return 0;
        places[n++] = at;
    }
    return n;
}
