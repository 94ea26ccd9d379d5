/*
 * deeds.c — see deeds.h.
 *
 * Invariants
 * - A function that calls a value may do anything.
 * - From a place on, control goes where the instructions say, and to every handler around what is reached; what it has passed and does
 *   not come back to does not count.
 * - Each function is looked through once as a whole, however many callers it has.
 *
 * Rejected: following the object itself through registers and fields. That a task has the object, and has code that sends, receives …,
 * is what a reader of the report wants to look at.
 */
#include "deeds.h"

#include <stdlib.h>

enum {
#define QI_NATIVE(symbol, name_, receiver_, params_, result_, flags_) NATIVE_##symbol,
#include "../../natives/natives.def"
#undef QI_NATIVE
};

static const uint8_t op_effects[] = {
#define QI_OP(name, a, b, c, effects) (effects),
#include "qi/opcodes.def"
#undef QI_OP
};

/* Whether the offset of a jump is the 32-bit operand. */
static const bool op_wide[] = {
#define QI_OP(name, a, b, c, effects) QI_R_##b == QI_R_JUMP32,
#include "qi/opcodes.def"
#undef QI_OP
};

_Static_assert(QI_WAKERS_OBJECTS <= 64, "a bit for each");
_Static_assert(QI_DEEDS <= 8, "a bit for each");

bool qi_deeds_init(QiDeeds *d, const QiWakers *k, const QiVm *vm, bool children) {
    const QiProgram *p = vm->program;
    uint32_t most = 0;
    for (uint32_t i = 0; i < p->nfunctions; i++) most = p->functions[i].ncode > most ? p->functions[i].ncode : most;
    *d = (QiDeeds){.wakers = k, .vm = vm, .program = p, .children = children};
    d->codes = calloc(p->nfunctions, sizeof *d->codes);
    d->pending = malloc(p->nfunctions * sizeof *d->pending);
    d->seen = calloc(p->nfunctions, sizeof *d->seen);
    d->steps = malloc(((size_t)most + 1) * sizeof *d->steps);
    d->reached = malloc((size_t)most / 8 + 1);
    return d->codes != NULL && d->pending != NULL && d->seen != NULL && d->steps != NULL && d->reached != NULL;
}

void qi_deeds_free(QiDeeds *d) {
    free(d->codes);
    free(d->pending);
    free(d->seen);
    free(d->steps);
    free(d->reached);
}

/* --- one instruction ---------------------------------------------------------------- */

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

static void go_through(QiDeeds *d, uint32_t func) {
    if (d->seen[func] == d->epoch) return;
    d->seen[func] = d->epoch;
    d->pending[d->npending++] = func;
}

/* The objects wanted that stand in a package variable. */
static uint64_t in_global(const QiDeeds *d, uint32_t number) {
    const QiValue v = qi_sched_worker(d->vm->sched, 0)->globals[number];
    uint64_t bits = 0;
    for (uint32_t i = 0; d->program->global_types[number]->is_ref && i < d->wakers->n; i++) {
        if (qi_from_ref(d->wakers->of[i].object) == v) bits |= (uint64_t)1 << i;
    }
    return bits;
}

static void look_at(QiDeeds *d, const QiInsn *insn, QiCode *code) {
    switch (insn->op) {
    case QI_OP_SEND: case QI_OP_SEL_SEND: case QI_OP_CLOSE: code->deeds |= 1u << QI_DEED_SEND; break;
    case QI_OP_RECV: case QI_OP_RECVOK: case QI_OP_SEL_RECV: code->deeds |= 1u << QI_DEED_RECEIVE; break;
    case QI_OP_NATIVE: case QI_OP_PARKNATIVE: code->deeds |= (uint8_t)(1u << deed_of_native(d->program->imports[insn->c].number)); break;
    case QI_OP_CALLC: code->deeds = UINT8_MAX; break;
    case QI_OP_CALL: case QI_OP_CLOSURE: case QI_OP_NEWCORO: go_through(d, insn->c); break;
    case QI_OP_SPAWN: case QI_OP_START: case QI_OP_LAUNCH:
        if (d->children) go_through(d, insn->c);
        break;
    case QI_OP_RESUME: case QI_OP_SEND_RESUME: code->resumes = true; break;
    case QI_OP_LDGLOBAL: case QI_OP_PTRGLOBAL: code->reads |= in_global(d, (uint32_t)qi_insn_bc(insn)); break;
    default: break;
    }
}

/* --- functions ------------------------------------------------------------------------ */

static void look_through_pending(QiDeeds *d, QiCode *code) {
    while (d->npending > 0) {
        const QiFunction *f = &d->program->functions[d->pending[--d->npending]];
        for (uint32_t i = 0; i < f->ncode; i++) look_at(d, &f->code[i], code);
    }
}

const QiCode *qi_deeds_of(QiDeeds *d, uint32_t func) {
    QiCode *code = &d->codes[func];
    if (code->known) return code;
    code->known = true;
    d->epoch++;
    go_through(d, func);
    look_through_pending(d, code);
    return code;
}

/* --- from a place on -------------------------------------------------------------------- */

static void reach(QiDeeds *d, const QiFunction *f, int64_t pc, uint32_t *n) {
    if (pc < 0 || pc >= f->ncode || (d->reached[pc / 8] >> (pc % 8) & 1) != 0) return;
    d->reached[pc / 8] |= (uint8_t)(1u << (pc % 8));
    d->steps[(*n)++] = (uint32_t)pc;
}

static void reach_handlers(QiDeeds *d, const QiFunction *f, uint32_t pc, uint32_t *n) {
    for (uint32_t i = 0; i < f->nhandlers; i++) {
        if (pc >= f->handlers[i].start && pc < f->handlers[i].end) reach(d, f, f->handlers[i].pc, n);
    }
}

static void reach_cases(QiDeeds *d, const QiFunction *f, uint32_t pc, uint32_t *n) {
    const QiInsn *select = &f->code[pc];
    for (uint32_t k = 1; k <= select->a; k++) reach(d, f, (int64_t)pc + k + 1 + (int16_t)select[k].c, n);
}

static void reach_next(QiDeeds *d, const QiFunction *f, uint32_t pc, uint32_t *n) {
    const QiInsn *insn = &f->code[pc];
    const uint8_t effects = op_effects[insn->op];
    reach_handlers(d, f, pc, n);
    if (insn->op == QI_OP_SELECT) {
        reach_cases(d, f, pc, n);
        return;
    }
    if (insn->op == QI_OP_SWITCH) {
        for (uint32_t k = 1; k <= (uint32_t)insn->b + 1; k++) reach(d, f, (int64_t)pc + k, n);
    }
    if (effects & QI_F_JUMP) reach(d, f, (int64_t)pc + 1 + (op_wide[insn->op] ? qi_insn_bc(insn) : (int16_t)insn->c), n);
    if (!(effects & QI_F_END)) reach(d, f, (int64_t)pc + 1, n);
}

const QiCode *qi_deeds_from(QiDeeds *d, const QiInsn *pc, const QiInsn *at) {
    const size_t place = (uintptr_t)pc / sizeof *pc % QI_DEEDS_MEMO;
    QiCode *code = &d->memo[place].code;
    if (d->memo[place].pc == pc) return code;
    d->memo[place].pc = pc;
    *code = (QiCode){.known = true};
    const QiFunction *f = qi_program_function_at(d->program, at != NULL ? at : pc);
    if (f == NULL) return code;
    memset(d->reached, 0, f->ncode / 8 + 1);
    d->epoch++;
    uint32_t n = 0;
    const bool selects = at != NULL && at->op == QI_OP_SELECT;
    if (selects) reach_cases(d, f, (uint32_t)(at - f->code), &n);
    else reach(d, f, pc - f->code, &n);
    if (at != NULL) reach_handlers(d, f, (uint32_t)(at - f->code), &n);
    while (n > 0) {
        const uint32_t here = d->steps[--n];
        look_at(d, &f->code[here], code);
        /* What a 选择 offers stands behind it. */
        for (uint32_t k = 1; f->code[here].op == QI_OP_SELECT && k <= f->code[here].a; k++) look_at(d, &f->code[here + k], code);
        reach_next(d, f, here, &n);
    }
    look_through_pending(d, code);
    return code;
}
