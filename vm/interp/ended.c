/*
 * ended.c — who could have woken those who wait, and has ended.
 *
 * Nobody writes down who used a channel: a store for each send would cost every program what only a deadlock asks for. All that is needed
 * lies about: a task's handle keeps its function, its number, where it was made and the arguments it began with (captures are arguments,
 * too), and a handle that nobody holds any more stays in its cell until that is used again. So a report looks at every cell that a handle
 * fits into (heap/cells.c) and at the code of the functions it finds, which says whether they can send, receive, wake … at all.
 *
 * Invariants
 * - What is said is true; what was overwritten is not said. A cell counts as the handle of a task that ended when all its fields agree: the
 *   instruction that made it is one that makes tasks of its function. An argument counts as the object waited for when the task
 *   was made after the object (numbers only grow, so the address was the object's then and has been since).
 * - Through structs, lists and closures among the arguments it looks only for tasks whose arguments cannot have been swept
 *   (qi_sched_unswept). Objects in package variables belong to every function whose code reads the variable.
 * - A function that calls a value may do anything. Code counts that is never reached: "could", not "did".
 * - Costs only when somebody reports; bounded.
 *
 * Rejected: a ring of the last tasks that ended, with their captures: two stores to shared memory and a purge at each collection, for every
 * task of every program, and a server ends more tasks in a second than a ring holds. Keeping the arguments of ended tasks alive: a list of a
 * million results would hold a million closures.
 */
#include <stdlib.h>

#include "../heap/cells.h"
#include "../heap/references.h"
#include "../sched/trace.h"
#include "wakers.h"

#define CELLS_MAX 50000000u   /* looked at: some tenths of a second */
#define LOOK_INTO_MAX 64u     /* objects behind the arguments of one task */
#define LOOK_INTO_ALL 2000000u

/* What the code of a function can do, with all that it calls. */
typedef struct Code {
    bool known;
    uint8_t deeds;            /* bit for each QiDeed */
    uint64_t reads;           /* bit for each of the objects wanted: it stands in a package variable that is read */
} Code;

typedef struct Search {
    QiWakers *wakers;
    const QiVm *vm;
    const QiProgram *program;
    Code *codes;              /* by function */
    uint32_t *pending, npending; /* functions seen and not looked into */
    uint32_t *seen, epoch;    /* by function: in which search */
    uint32_t unswept;
    uint32_t budget;
    /* of the task being looked at */
    uint64_t wanted, met;     /* objects it may still be found to have had; had */
    QiObject *objects[LOOK_INTO_MAX];
    uint32_t nobjects;
} Search;

enum {
#define QI_NATIVE(symbol, name_, receiver_, params_, result_, flags_) NATIVE_##symbol,
#include "../../natives/natives.def"
#undef QI_NATIVE
};

/* --- what code can do -------------------------------------------------------------- */

static QiDeed deed_of_native(uint32_t number) {
    switch (number) {
    case NATIVE_condition_wake_one: case NATIVE_condition_wake_all: case NATIVE_condition_wake_one_method: case NATIVE_condition_wake_all_method:
        return QI_DEED_WAKE;
    case NATIVE_waitgroup_done: case NATIVE_waitgroup_done_method: case NATIVE_waitgroup_add: case NATIVE_waitgroup_add_method:
        return QI_DEED_COUNT;
    case NATIVE_semaphore_release: case NATIVE_semaphore_release_method: return QI_DEED_RELEASE;
    case NATIVE_barrier_wait: case NATIVE_barrier_wait_method: return QI_DEED_ARRIVE;
    default: return QI_DEED_NONE;
    }
}

static void go_through(Search *s, uint32_t func) {
    if (s->seen[func] == s->epoch) return;
    s->seen[func] = s->epoch;
    s->pending[s->npending++] = func;
}

/* The objects wanted that stand in a package variable. */
static uint64_t in_global(const Search *s, uint32_t number) {
    const QiValue v = qi_sched_worker(s->vm->sched, 0)->globals[number];
    uint64_t bits = 0;
    for (uint32_t i = 0; s->program->global_types[number]->is_ref && i < s->wakers->n; i++) {
        if (qi_from_ref(s->wakers->of[i].object) == v) bits |= (uint64_t)1 << i;
    }
    return bits;
}

static void look_at(Search *s, const QiInsn *insn, Code *code) {
    switch (insn->op) {
    case QI_OP_SEND: case QI_OP_SEL_SEND: case QI_OP_CLOSE: code->deeds |= 1u << QI_DEED_SEND; break;
    case QI_OP_RECV: case QI_OP_RECVOK: case QI_OP_SEL_RECV: code->deeds |= 1u << QI_DEED_RECEIVE; break;
    case QI_OP_NATIVE: case QI_OP_PARKNATIVE: code->deeds |= (uint8_t)(1u << deed_of_native(s->program->imports[insn->c].number)); break;
    case QI_OP_CALLC: code->deeds = UINT8_MAX; break;
    case QI_OP_CALL: case QI_OP_CLOSURE: case QI_OP_NEWCORO: go_through(s, insn->c); break;
    case QI_OP_LDGLOBAL: case QI_OP_PTRGLOBAL: code->reads |= in_global(s, (uint32_t)qi_insn_bc(insn)); break;
    default: break;
    }
}

static const Code *code_of(Search *s, uint32_t func) {
    Code *code = &s->codes[func];
    if (code->known) return code;
    code->known = true;
    s->epoch++;
    go_through(s, func);
    while (s->npending > 0) {
        const QiFunction *f = &s->program->functions[s->pending[--s->npending]];
        for (uint32_t i = 0; i < f->ncode; i++) look_at(s, &f->code[i], code);
    }
    return code;
}

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
    const Code *code = code_of(s, h->func);
    s->wanted = 0;
    for (uint32_t i = 0; i < s->wakers->n; i++) {
        const QiHolders *holders = &s->wakers->of[i];
        if (holders->deed != QI_DEED_NONE && (code->deeds >> holders->deed & 1) != 0 && first_task_of(holders->object) <= h->id) s->wanted |= (uint64_t)1 << i;
    }
    s->met = code->reads & s->wanted;
    if (s->met != s->wanted) search_arguments(s, h, &s->program->functions[h->func]);
    for (uint64_t left = s->met; left != 0; left &= left - 1) add_ended(&s->wakers->of[__builtin_ctzll(left)], h);
}

_Static_assert(QI_WAKERS_OBJECTS <= 64, "a bit for each");

void qi_ended_find(QiWakers *k, QiVm *vm) {
    const QiProgram *p = vm->program;
    Search s = {.wakers = k, .vm = vm, .program = p, .unswept = qi_sched_unswept(vm->sched), .budget = LOOK_INTO_ALL};
    s.codes = calloc(p->nfunctions, sizeof *s.codes);
    s.pending = malloc(p->nfunctions * sizeof *s.pending);
    s.seen = calloc(p->nfunctions, sizeof *s.seen);
    if (s.codes != NULL && s.pending != NULL && s.seen != NULL) {
        uint32_t most = 0;
        for (uint32_t i = 0; i < p->nfunctions; i++) most = p->functions[i].nlocals > most ? p->functions[i].nlocals : most;
        /* Cells of larger classes are up to a quarter larger than what is in them. */
        qi_heap_each_cell(vm->heap, sizeof(QiHandle), qi_handle_size(most) * 5 / 4, CELLS_MAX, visit, &s);
    }
    free(s.codes);
    free(s.pending);
    free(s.seen);
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
