/*
 * verify.c — proves that running a module cannot corrupt memory.
 *
 * A forward data-flow pass per function. Before each instruction every register is
 * UNSET, RAW, or holds a reference to one type; where ways meet, registers that
 * differ become UNSET. Rules per instruction: roles come from opcodes.def, types
 * from the switch in verify_types.c.
 *
 * Invariants
 * - At a safepoint every reference register outside the live-ref map becomes UNSET
 *   and every register inside holds a reference: so the map is both exact and enough.
 * - A parked instruction's references are in its map, and what it delivers does not turn a
 *   register of the map into something else: a collector may look before it goes on.
 * - A handler's state is the meet over the instructions of its ranges that may throw;
 *   CAUGHT stands at handlers and nowhere else; SEL words follow a SELECT and
 *   are reached no other way; code does not run off its end.
 * - Control goes back only over an edge that polls, and a handler stands behind its
 *   range: so no code runs for ever without a safepoint.
 * - Work is bounded: past a budget the module is refused, so no input can hang it.
 *
 * Rejected: trusting the live-ref maps and checking only operands (a wrong map frees what
 * is still used); computing the maps here (the emitter needs the same pass, and a
 * verifier that repairs is a verifier that must be trusted).
 */
#include "verify.h"

#include <stdio.h>
#include <stdlib.h>

/* Register states written while verifying one module: one or two seconds of work. */
#define WORK_BUDGET ((uint64_t)1 << 31)
#define WORK_INSTRUCTION 16u            /* what looking at an instruction counts as */
#define STATE_LIMIT ((uint64_t)1 << 26) /* register states stored for one function: 256 MiB */

static const uint8_t op_roles[][3] = {
#define QI_OP(name, a, b, c, effects) {QI_R_##a, QI_R_##b, QI_R_##c},
#include "../include/qi/opcodes.def"
#undef QI_OP
};

static const uint8_t op_effects[] = {
#define QI_OP(name, a, b, c, effects) (effects),
#include "../include/qi/opcodes.def"
#undef QI_OP
};

bool qi_verify_refuse(QiVerifier *v, QiWhy why) {
    if (v->error->code != 0) return false;
    QiLoadError *e = v->error;
    *e = (QiLoadError){.code = 9010, .why = why, .in_code = true, .pc = v->pc, .op = QI_OP_COUNT};
    if (v->pc < v->f->ncode) e->op = v->f->code[v->pc].op;
    /* Never half a character of a long name. */
    uint32_t shown = v->f->name.len < sizeof e->function ? v->f->name.len : sizeof e->function - 1;
    while (shown < v->f->name.len && ((uint8_t)v->f->name.text[shown] & 0xC0) == 0x80) shown--;
    memcpy(e->function, v->f->name.text, shown);
    return false;
}

/* --- operands by role ---------------------------------------------------------- */

/* Registers a LOOPVARS group takes. */
static uint32_t group_size(QiOp op) {
    switch (op) {
    case QI_OP_FORLOOP: return 2;
    case QI_OP_LISTNEXT: return 4;
    case QI_OP_DICTNEXT: return 5;
    default: return 3; /* FORSTEP, FORPREP, STRNEXT, ITER */
    }
}

static bool is_sel(uint16_t op) { return op >= QI_OP_SEL_RECV && op <= QI_OP_SEL_DEFAULT; }

static bool check_entered(QiVerifier *v, uint32_t target, bool handler) {
    uint16_t op = v->f->code[target].op;
    if (is_sel(op)) return qi_verify_refuse(v, QI_WHY_JUMP_DATA);
    if ((op == QI_OP_CAUGHT) != handler) return qi_verify_refuse(v, QI_WHY_CAUGHT_PLACE);
    return true;
}

bool qi_verify_target(QiVerifier *v, uint32_t from, int32_t offset, bool polls) {
    int64_t target = (int64_t)from + 1 + offset;
    if (target < 0 || target >= v->f->ncode) return qi_verify_refuse(v, QI_WHY_JUMP_OUTSIDE);
    if (offset < 0 && !polls) return qi_verify_refuse(v, QI_WHY_BACK_UNPOLLED);
    return check_entered(v, (uint32_t)target, false);
}

static bool check_role(QiVerifier *v, const QiInsn *insn, QiRole role, uint16_t operand) {
    const QiProgram *p = v->p;
    uint32_t nregs = v->f->nregs;
    int32_t wide = qi_insn_bc(insn);
    switch (role) {
    case QI_R_NONE: return operand == 0 || qi_verify_refuse(v, QI_WHY_SPARE_OPERAND);
    case QI_R_SRC: case QI_R_INOUT:
        return (operand < nregs && v->state[operand] == QI_STATE_RAW) || qi_verify_refuse(v, QI_WHY_WANTS_RAW);
    case QI_R_SRCR:
        return (operand < nregs && v->state[operand] >= QI_STATE_REF) || qi_verify_refuse(v, QI_WHY_WANTS_REF);
    case QI_R_SRCX:
        return (operand < nregs && v->state[operand] != QI_STATE_UNSET) || qi_verify_refuse(v, QI_WHY_UNSET_READ);
    case QI_R_DST: case QI_R_DSTR: case QI_R_DSTX: return operand < nregs || qi_verify_refuse(v, QI_WHY_REGISTER_RANGE);
    case QI_R_DSTPAIR: return (uint32_t)operand + 1 < nregs || qi_verify_refuse(v, QI_WHY_REGISTER_RANGE);
    case QI_R_WINDOW: return operand <= nregs || qi_verify_refuse(v, QI_WHY_REGISTER_RANGE);
    case QI_R_LOOPVARS:
        return operand + group_size((QiOp)insn->op) <= nregs || qi_verify_refuse(v, QI_WHY_REGISTER_RANGE);
    case QI_R_JUMP: return qi_verify_target(v, v->pc, (int16_t)operand, op_effects[insn->op] & QI_F_BACK);
    case QI_R_JUMP32: return qi_verify_target(v, v->pc, wide, op_effects[insn->op] & QI_F_BACK);
    case QI_R_TYPE: return operand < p->ntypes || qi_verify_refuse(v, QI_WHY_TYPE_RANGE);
    case QI_R_FUNC: return operand < p->nfunctions || qi_verify_refuse(v, QI_WHY_FUNCTION_RANGE);
    case QI_R_NATIVE: return operand < p->nimports || qi_verify_refuse(v, QI_WHY_NATIVE_RANGE);
    case QI_R_GLOBAL32: return (uint32_t)wide < p->nglobals || qi_verify_refuse(v, QI_WHY_GLOBAL_RANGE);
    case QI_R_CONST: return operand < p->nconstants || qi_verify_refuse(v, QI_WHY_CONSTANT_RANGE);
    case QI_R_CONST32: return (uint32_t)wide < p->nconstants || qi_verify_refuse(v, QI_WHY_CONSTANT_RANGE);
    case QI_R_STRING32: return (uint32_t)wide < p->nstrings || qi_verify_refuse(v, QI_WHY_STRING_RANGE);
    case QI_R_IMM: case QI_R_IMM32: case QI_R_COUNT: case QI_R_FIELD: case QI_R_WIDE: return true;
    }
    return false;
}

static bool check_roles(QiVerifier *v, const QiInsn *insn) {
    const uint8_t *roles = op_roles[insn->op];
    return check_role(v, insn, (QiRole)roles[0], insn->a) && check_role(v, insn, (QiRole)roles[1], insn->b) &&
           check_role(v, insn, (QiRole)roles[2], insn->c);
}

/* --- joining states ----------------------------------------------------------------- */

/* Nothing is wrong with the module. */
static bool out_of_memory(QiVerifier *v) {
    *v->error = (QiLoadError){.code = 7007};
    return false;
}

/* Merges the current state into that before `target`, and queues it when it changed. */
static bool flow_to(QiVerifier *v, uint32_t target) {
    uint32_t nregs = v->f->nregs;
    uint32_t **slot = &v->joins[target];
    v->work += nregs + 1;
    if (*slot == NULL) {
        v->stored += nregs;
        if (v->stored > STATE_LIMIT) return qi_verify_refuse(v, QI_WHY_FUNCTION_LARGE);
        *slot = malloc((nregs + (nregs == 0)) * sizeof **slot);
        if (*slot == NULL) return out_of_memory(v);
        memcpy(*slot, v->state, nregs * sizeof **slot);
    } else {
        bool changed = false;
        for (uint32_t r = 0; r < nregs; r++) {
            if ((*slot)[r] != v->state[r] && (*slot)[r] != QI_STATE_UNSET) {
                (*slot)[r] = QI_STATE_UNSET;
                changed = true;
            }
        }
        if (!changed) return true;
    }
    if (!v->queued[target]) {
        v->queued[target] = true;
        v->queue[v->nqueue++] = target;
    }
    return true;
}

bool qi_verify_jump(QiVerifier *v, uint32_t target) { return flow_to(v, target); }

static bool map_bit(const QiFunction *f, uint32_t map, uint32_t r) {
    return r / 8 < f->map_bytes[map] && (f->maps[map][r / 8] >> (r % 8) & 1);
}

bool qi_verify_safepoint(QiVerifier *v, uint32_t lost_from) {
    const QiFunction *f = v->f;
    if (f->map_of[v->pc] == 0) return qi_verify_refuse(v, QI_WHY_NO_MAP);
    uint32_t map = f->map_of[v->pc] - 1;
    v->work += f->nregs;
    for (uint32_t r = 0; r < f->nregs; r++) {
        bool listed = map_bit(f, map, r);
        if (listed && (r >= lost_from || v->state[r] < QI_STATE_REF)) return qi_verify_refuse(v, QI_WHY_MAP_NOT_REF);
        if (r >= lost_from || (!listed && v->state[r] >= QI_STATE_REF)) v->state[r] = QI_STATE_UNSET;
    }
    return true;
}

bool qi_verify_kept(QiVerifier *v, uint32_t r) {
    const QiFunction *f = v->f;
    if (v->state[r] < QI_STATE_REF || (f->map_of[v->pc] != 0 && map_bit(f, f->map_of[v->pc] - 1, r))) return true;
    return qi_verify_refuse(v, QI_WHY_PARK_REF_UNLISTED);
}

bool qi_verify_delivered(QiVerifier *v, uint32_t r, uint32_t state) {
    const QiFunction *f = v->f;
    /* After the safepoint only registers of the map are references. */
    if (v->state[r] >= QI_STATE_REF && v->state[r] != state && map_bit(f, f->map_of[v->pc] - 1, r)) {
        return qi_verify_refuse(v, QI_WHY_DELIVERY_TYPE);
    }
    v->state[r] = state;
    return true;
}

/* The innermost handler whose range covers the instruction sees the state in which it throws. */
bool qi_verify_throw(QiVerifier *v) {
    uint32_t h = v->handler_of[v->pc];
    return h == 0 || flow_to(v, v->f->handlers[h - 1].pc);
}

/* --- one function ---------------------------------------------------------------------- */

/* From `start` to an end, or to an instruction that has a stored state. */
static bool verify_run(QiVerifier *v, uint32_t start) {
    const QiFunction *f = v->f;
    memcpy(v->state, v->joins[start], f->nregs * sizeof *v->state);
    for (uint32_t pc = start;;) {
        v->pc = pc;
        const QiInsn *insn = &f->code[pc];
        if (insn->op >= QI_OP_SEGRET) return qi_verify_refuse(v, QI_WHY_UNKNOWN_INSN);
        if (is_sel(insn->op)) return qi_verify_refuse(v, QI_WHY_DATA_RUN);
        v->work += WORK_INSTRUCTION;
        if (v->work > WORK_BUDGET) return qi_verify_refuse(v, QI_WHY_WORK);
        unsigned effects = op_effects[insn->op];
        if (!check_roles(v, insn)) return false;
        if ((effects & QI_F_THROW) && !(effects & (QI_F_CALL | QI_F_PARK)) && !qi_verify_throw(v)) return false;
        if (!qi_verify_step(v, insn)) return false;
        if (effects & QI_F_END) return true;
        if (++pc >= f->ncode) return qi_verify_refuse(v, QI_WHY_CODE_OPEN);
        if (f->code[pc].op == QI_OP_CAUGHT) {
            v->pc = pc;
            return qi_verify_refuse(v, QI_WHY_CAUGHT_PLACE);
        }
        if (v->is_target[pc]) return flow_to(v, pc);
    }
}

/* Marks jump targets, so that a run stops where ways meet. Bad targets are found when the jump is verified. */
static void mark_targets(QiVerifier *v) {
    const QiFunction *f = v->f;
    for (uint32_t pc = 0; pc < f->ncode; pc++) {
        const QiInsn *insn = &f->code[pc];
        if (insn->op >= QI_OP_COUNT) continue;
        const uint8_t *roles = op_roles[insn->op];
        int64_t target = -1;
        if (roles[2] == QI_R_JUMP) target = (int64_t)pc + 1 + (int16_t)insn->c;
        if (roles[1] == QI_R_JUMP32) target = (int64_t)pc + 1 + qi_insn_bc(insn);
        if (target >= 0 && target < f->ncode) v->is_target[target] = true;
    }
    /* Innermost first: the first range wins. Past the budget the first instruction will be refused. */
    for (uint32_t i = f->nhandlers; i-- > 0;) {
        const QiHandler *h = &f->handlers[i];
        v->work += h->end - h->start;
        if (v->work > WORK_BUDGET) return;
        for (uint32_t pc = h->start; pc < h->end; pc++) v->handler_of[pc] = i + 1;
    }
}

static void set_entry_state(QiVerifier *v) {
    const QiFunction *f = v->f;
    for (uint32_t r = 0; r < f->nregs; r++) v->state[r] = QI_STATE_UNSET;
    uint32_t first = f->kind == QI_FUNC_CLOSURE;
    if (first) v->state[0] = QI_STATE_REF + f->env->index;
    for (uint32_t i = 0; i < f->nparams; i++) {
        v->state[i + first] = f->params[i]->is_ref ? QI_STATE_REF + f->params[i]->index : QI_STATE_RAW;
    }
}

/* The descriptors of a function must say the same as each other. */
static bool check_descriptor(QiVerifier *v) {
    const QiFunction *f = v->f;
    bool ok = true;
    if (f->kind == QI_FUNC_CLOSURE) {
        ok = f->self->nfields == f->nparams && f->self->b == f->result;
        for (uint32_t i = 0; ok && i < f->nparams; i++) ok = f->self->fields[i] == f->params[i];
    } else if (f->kind == QI_FUNC_COROUTINE) {
        ok = f->self->c == f->result;
    } else if (f->self != NULL) {
        ok = f->self->a == f->result;
    }
    if (f->ncode == 0) return qi_verify_refuse(v, QI_WHY_NO_CODE);
    for (uint32_t i = 0; i < f->nhandlers; i++) {
        v->pc = f->handlers[i].start;
        if (!check_entered(v, f->handlers[i].pc, true)) return false;
        if (f->handlers[i].pc < f->handlers[i].end) return qi_verify_refuse(v, QI_WHY_HANDLER_INSIDE);
    }
    v->pc = 0;
    if (f->code[0].op == QI_OP_CAUGHT) return qi_verify_refuse(v, QI_WHY_CAUGHT_PLACE);
    return ok || qi_verify_refuse(v, QI_WHY_FUNCTION_TYPES);
}

static bool verify_function(QiVerifier *v, const QiFunction *f) {
    v->f = f;
    v->pc = 0;
    v->stored = 0;
    v->nqueue = 0;
    if (!check_descriptor(v)) return false;
    size_t n = f->ncode;
    v->state = malloc(((size_t)f->nregs + 1) * sizeof *v->state);
    v->scratch = malloc(((size_t)f->nregs + 1) * sizeof *v->scratch);
    v->joins = calloc(n, sizeof *v->joins);
    v->queue = malloc(n * sizeof *v->queue);
    v->queued = calloc(n, sizeof *v->queued);
    v->is_target = calloc(n, sizeof *v->is_target);
    v->handler_of = calloc(n, sizeof *v->handler_of);
    bool ok = v->state && v->scratch && v->joins && v->queue && v->queued && v->is_target && v->handler_of;
    if (!ok) {
        out_of_memory(v);
    } else {
        mark_targets(v);
        set_entry_state(v);
        ok = flow_to(v, 0);
        while (ok && v->nqueue > 0) {
            uint32_t start = v->queue[--v->nqueue];
            v->queued[start] = false;
            ok = verify_run(v, start);
        }
    }
    for (size_t i = 0; v->joins != NULL && i < n; i++) free(v->joins[i]);
    free(v->joins);
    free(v->state);
    free(v->scratch);
    free(v->queue);
    free(v->queued);
    free(v->is_target);
    free(v->handler_of);
    return ok;
}

bool qi_verify(const QiProgram *p, QiLoadError *error) {
    QiVerifier v = {.p = p, .error = error};
    for (uint32_t i = 0; i < p->ntypes; i++) {
        if (p->types[i]->kind == QI_T_STRING && v.string == NULL) v.string = p->types[i];
        if (p->types[i]->kind == QI_T_ERROR && v.error_type == NULL) v.error_type = p->types[i];
    }
    for (uint32_t i = 0; i < p->nfunctions; i++) {
        if (!verify_function(&v, &p->functions[i])) return false;
    }
    return true;
}
