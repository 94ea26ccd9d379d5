/*
 * verify_types.c — the typing rule of every instruction. See verify.c.
 *
 * Invariants
 * - Roles were checked: registers exist, SRC is raw, SRCR a reference, indices
 *   are inside their tables.
 * - Order within a rule: sources, then the safepoint (which forgets), then the throw
 *   edge, then destinations. So a handler never sees a destination.
 */
#include "verify.h"

static const QiType *type_of(const QiVerifier *v, uint32_t r) {
    return v->state[r] >= QI_STATE_REF ? v->p->types[v->state[r] - QI_STATE_REF] : NULL;
}

static uint32_t state_of(const QiType *t) { return t->is_ref ? (uint32_t)QI_STATE_REF + t->index : (uint32_t)QI_STATE_RAW; }

static bool holds(const QiVerifier *v, uint32_t r, const QiType *t) {
    return v->state[r] == state_of(t);
}

static bool set_type(QiVerifier *v, uint32_t r, const QiType *t) {
    v->state[r] = state_of(t);
    return true;
}

static bool set_raw(QiVerifier *v, uint32_t r) {
    v->state[r] = QI_STATE_RAW;
    return true;
}

static bool mismatch(QiVerifier *v) { return qi_verify_refuse(v, QI_WHY_OPERAND_TYPE); }

/* Type of a reference register if it is of this kind, else refused and NULL. */
static const QiType *want(QiVerifier *v, uint32_t r, QiTypeKind kind) {
    const QiType *t = type_of(v, r);
    if (t != NULL && t->kind == kind) return t;
    mismatch(v);
    return NULL;
}

static const QiType *want_list(QiVerifier *v, uint32_t r, uint8_t elem_size) {
    const QiType *t = type_of(v, r);
    if (t != NULL && (t->kind == QI_T_LIST || t->kind == QI_T_ARRAY) && (elem_size == 0 || t->elem_size == elem_size)) return t;
    mismatch(v);
    return NULL;
}

/* Type number `index` if of this kind, else refused and NULL. */
static const QiType *want_type(QiVerifier *v, uint32_t index, QiTypeKind kind) {
    const QiType *t = v->p->types[index];
    if (t->kind == kind) return t;
    mismatch(v);
    return NULL;
}

/* What 对于 over a 集合 writes where a 字典 gives its value. */
static const QiType no_value = {.kind = QI_T_UNIT};

/* 字典 or 集合, else refused and NULL. */
static const QiType *want_table(QiVerifier *v, const QiType *t) {
    if (t != NULL && (t->kind == QI_T_DICT || t->kind == QI_T_SET)) return t;
    mismatch(v);
    return NULL;
}

static bool nullable(QiVerifier *v, const QiType *t) { return (t != NULL && qi_type_has_null(t)) || mismatch(v); }

static bool value_is(QiVerifier *v, uint32_t r, const QiType *t) { return holds(v, r, t) || mismatch(v); }

static bool window_is(QiVerifier *v, uint32_t first, const QiType *const *types, uint32_t n) {
    if ((uint64_t)first + n > v->f->nregs) return qi_verify_refuse(v, QI_WHY_ARGUMENTS_BEYOND);
    v->work += n;
    for (uint32_t i = 0; i < n; i++) {
        if (!holds(v, first + i, types[i])) return mismatch(v);
    }
    return true;
}

/* --- parking -------------------------------------------------------------------- */

static bool park(QiVerifier *v) { return qi_verify_safepoint(v, UINT32_MAX) && qi_verify_throw(v); }

/* What is written into register r while the task is parked, perhaps before it throws. (挂起 and START write when they go on
 * for certain: their results are plain destinations.) */
static bool deliver(QiVerifier *v, uint32_t r, const QiType *t) { return qi_verify_delivered(v, r, state_of(t)); }

/* DSTPAIR: raw values as they are, references as 选项, for which 0 (无) is a value as well. */
static bool deliver_pair(QiVerifier *v, uint32_t r, const QiType *value) {
    const QiType *delivered = value;
    if (value->is_ref && (delivered = v->p->option_of[value->index]) == NULL) return qi_verify_refuse(v, QI_WHY_NO_OPTION_TYPE);
    return deliver(v, r, delivered) && qi_verify_delivered(v, r + 1, QI_STATE_RAW);
}

static uint32_t target_c(const QiVerifier *v, const QiInsn *i) { return (uint32_t)((int64_t)v->pc + 1 + (int16_t)i->c); }
static uint32_t target_bc(const QiVerifier *v, const QiInsn *i) { return (uint32_t)((int64_t)v->pc + 1 + qi_insn_bc(i)); }

/* --- jumps -------------------------------------------------------------------- */

/* A back-edge forgets on the way it takes, not when it falls through. `prepare` sets what the taken edge writes. */
static bool back(QiVerifier *v, uint32_t target, const QiType *first, const QiType *second, uint32_t at) {
    uint32_t nregs = v->f->nregs;
    uint32_t *saved = v->state;
    uint32_t *taken = v->scratch;
    memcpy(taken, saved, nregs * sizeof *taken);
    v->state = taken;
    if (first != NULL) set_type(v, at, first);
    if (second != NULL) set_type(v, at + 1, second);
    bool ok = qi_verify_safepoint(v, UINT32_MAX) && qi_verify_jump(v, target);
    v->state = saved;
    return ok;
}

static bool loop_vars_raw(QiVerifier *v, uint32_t first, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        if (v->state[first + i] != QI_STATE_RAW) return mismatch(v);
    }
    return true;
}

/* --- calls ------------------------------------------------------------------------ */

static bool call(QiVerifier *v, const QiInsn *i, const QiType *result) {
    if (i->b < 2) return qi_verify_refuse(v, QI_WHY_WINDOW_LINK);
    return qi_verify_safepoint(v, (uint32_t)i->b - 2) && qi_verify_throw(v) && set_type(v, i->a, result);
}

static bool call_function(QiVerifier *v, const QiInsn *i) {
    const QiFunction *callee = &v->p->functions[i->c];
    if (callee->kind != QI_FUNC_PLAIN) return mismatch(v);
    return window_is(v, i->b, callee->params, callee->nparams) && call(v, i, callee->result);
}

static bool call_closure(QiVerifier *v, const QiInsn *i) {
    if (i->b >= v->f->nregs) return qi_verify_refuse(v, QI_WHY_ARGUMENTS_BEYOND);
    const QiType *t = want(v, i->b, QI_T_FUNC);
    if (t == NULL) return false;
    if (t->nfields != i->c) return qi_verify_refuse(v, QI_WHY_ARGUMENT_COUNT);
    return window_is(v, (uint32_t)i->b + 1, t->fields, t->nfields) && call(v, i, t->b);
}

static bool call_native(QiVerifier *v, const QiInsn *i) {
    const QiImport *n = &v->p->imports[i->c];
    if (!window_is(v, i->b, n->params, n->nparams)) return false;
    if (n->parks != (i->op == QI_OP_PARKNATIVE)) return qi_verify_refuse(v, QI_WHY_NATIVE_INSN);
    if (!n->parks) return set_type(v, i->a, n->result);
    for (uint32_t k = 0; k < n->nparams; k++) {
        if (!qi_verify_kept(v, (uint32_t)i->b + k)) return false;
    }
    /* It may write its result, park, and throw after all. */
    return park(v) && deliver(v, i->a, n->result);
}

/* --- coroutines ---------------------------------------------------------------------- */

static bool create(QiVerifier *v, const QiInsn *i) {
    const QiFunction *f = &v->p->functions[i->c];
    bool generator = i->op == QI_OP_NEWCORO;
    if (f->kind != (generator ? QI_FUNC_COROUTINE : QI_FUNC_PLAIN) || f->self == NULL) return mismatch(v);
    if (!window_is(v, i->b, f->params, f->nparams)) return false;
    if (i->op == QI_OP_START) return park(v) && set_type(v, i->a, f->self);
    return qi_verify_throw(v) && (i->op == QI_OP_LAUNCH || set_type(v, i->a, f->self));
}

static bool resume(QiVerifier *v, const QiInsn *i) {
    const QiType *t = want(v, i->b, QI_T_COROUTINE);
    if (t == NULL) return false;
    if (i->op == QI_OP_SEND_RESUME && !(value_is(v, i->c, t->b) && qi_verify_kept(v, i->c))) return false;
    return qi_verify_kept(v, i->b) && park(v) && deliver_pair(v, i->a, t->a);
}

static const QiType *awaited(QiVerifier *v, uint32_t r) {
    const QiType *t = type_of(v, r);
    if (t != NULL && (t->kind == QI_T_FUTURE || t->kind == QI_T_TASK)) return t->a;
    mismatch(v);
    return NULL;
}

/* Checks one SEL word's operands in the state before the SELECT. */
static bool sel_operands(QiVerifier *v, const QiInsn *i) {
    uint32_t nregs = v->f->nregs;
    const QiType *t;
    switch ((QiOp)i->op) {
    case QI_OP_SEL_RECV: return i->a < nregs && (uint32_t)i->b + 1 < nregs && want(v, i->a, QI_T_CHANNEL) != NULL;
    case QI_OP_SEL_SEND: return i->a < nregs && i->b < nregs && (t = want(v, i->a, QI_T_CHANNEL)) != NULL && value_is(v, i->b, t->a);
    case QI_OP_SEL_AWAIT: return i->a < nregs && i->b < nregs && awaited(v, i->a) != NULL;
    case QI_OP_SEL_TIMEOUT: return i->a < nregs && i->b == 0 && v->state[i->a] == QI_STATE_RAW;
    case QI_OP_SEL_DEFAULT: return i->a == 0 && i->b == 0;
    default: return false;
    }
}

/* The references a SEL word reads must be in the map of its SELECT. */
static bool sel_kept(QiVerifier *v, const QiInsn *i) {
    if (i->op == QI_OP_SEL_TIMEOUT || i->op == QI_OP_SEL_DEFAULT) return true;
    return qi_verify_kept(v, i->a) && (i->op != QI_OP_SEL_SEND || qi_verify_kept(v, i->b));
}

static bool select_cases(QiVerifier *v, const QiInsn *select) {
    uint32_t n = select->a;
    uint32_t at = v->pc;
    if (n == 0 || (uint64_t)at + n >= v->f->ncode) return qi_verify_refuse(v, QI_WHY_SELECT_COUNT);
    const QiType *delivered[256];
    if (n > 256) return qi_verify_refuse(v, QI_WHY_SELECT_MANY);
    for (uint32_t k = 1; k <= n; k++) {
        const QiInsn *i = &v->f->code[at + k];
        if (!sel_operands(v, i)) return mismatch(v);
        if (!qi_verify_target(v, at + k, (int16_t)i->c, false) || !sel_kept(v, i)) return false;
        delivered[k - 1] = i->op == QI_OP_SEL_RECV ? type_of(v, i->a)->a : i->op == QI_OP_SEL_AWAIT ? awaited(v, i->a) : NULL;
    }
    if (!park(v)) return false;
    uint32_t *before = v->state;
    bool ok = true;
    for (uint32_t k = 1; ok && k <= n; k++) {
        const QiInsn *i = &v->f->code[at + k];
        v->state = v->scratch;
        memcpy(v->state, before, v->f->nregs * sizeof *before);
        if (i->op == QI_OP_SEL_RECV) ok = deliver_pair(v, i->b, delivered[k - 1]);
        if (i->op == QI_OP_SEL_AWAIT) ok = deliver(v, i->b, delivered[k - 1]);
        ok = ok && qi_verify_jump(v, (uint32_t)((int64_t)at + k + 1 + (int16_t)i->c));
        v->state = before;
    }
    return ok;
}

/* --- values ---------------------------------------------------------------------------- */

static bool new_list(QiVerifier *v, const QiInsn *i) {
    const QiType *t = v->p->types[i->c];
    if (t->kind != QI_T_LIST && t->kind != QI_T_ARRAY) return mismatch(v);
    if (t->kind == QI_T_ARRAY && t->length != QI_ANY_LENGTH && t->length != i->b) return mismatch(v);
    if (i->a >= v->f->nregs || (uint32_t)i->a + i->b > v->f->nregs) return qi_verify_refuse(v, QI_WHY_ELEMENTS_BEYOND);
    v->work += i->b;
    for (uint32_t k = 0; k < i->b; k++) {
        if (!value_is(v, (uint32_t)i->a + k, t->a)) return false;
    }
    return set_type(v, i->a, t);
}

static bool new_enum(QiVerifier *v, const QiInsn *i) {
    const QiType *t = want_type(v, i->c, QI_T_ENUM);
    if (t == NULL) return false;
    if (!t->is_ref || i->b >= t->nvariants) return qi_verify_refuse(v, QI_WHY_VARIANT_RANGE);
    const QiVariant *variant = &t->variants[i->b];
    if (i->a >= v->f->nregs) return qi_verify_refuse(v, QI_WHY_ARGUMENTS_BEYOND);
    return window_is(v, i->a, t->fields + variant->first, variant->count) && set_type(v, i->a, t);
}

/* Control goes to the target of one of the words, or behind them. */
static bool switch_cases(QiVerifier *v, const QiInsn *i) {
    uint32_t n = i->b;
    if ((uint64_t)v->pc + n + 1 >= v->f->ncode) return qi_verify_refuse(v, QI_WHY_TABLE_BEYOND);
    v->work += n;
    for (uint32_t k = 1; k <= n; k++) {
        const QiInsn *word = i + k;
        uint32_t at = v->pc + k;
        if (word->op != QI_OP_JMP || word->a != 0) return qi_verify_refuse(v, QI_WHY_TABLE_NOT_JMP);
        if (!qi_verify_target(v, at, qi_insn_bc(word), false)) return false;
        if (!qi_verify_jump(v, (uint32_t)((int64_t)at + 1 + qi_insn_bc(word)))) return false;
    }
    return qi_verify_target(v, v->pc, (int32_t)n, false) && qi_verify_jump(v, v->pc + n + 1);
}

static bool fill_list(QiVerifier *v, const QiInsn *i) {
    const QiType *t = v->p->types[i->c];
    if (t->kind != QI_T_LIST && t->kind != QI_T_ARRAY) return mismatch(v);
    if ((uint32_t)i->b + 2 > v->f->nregs) return qi_verify_refuse(v, QI_WHY_ARGUMENTS_BEYOND);
    return v->state[i->b] == QI_STATE_RAW ? value_is(v, (uint32_t)i->b + 1, t->a) && set_type(v, i->a, t) : mismatch(v);
}

static bool concat(QiVerifier *v, const QiInsn *i) {
    if (i->b == 0 || (uint32_t)i->a + i->b > v->f->nregs) return qi_verify_refuse(v, QI_WHY_STRINGS_BEYOND);
    v->work += i->b;
    for (uint32_t k = 0; k < i->b; k++) {
        if (want(v, (uint32_t)i->a + k, QI_T_STRING) == NULL) return false;
    }
    return true; /* the result has the type of the first */
}

static bool length_of(QiVerifier *v, const QiInsn *i) {
    const QiType *t = type_of(v, i->b);
    bool ok = t->kind == QI_T_STRING || t->kind == QI_T_LIST || t->kind == QI_T_ARRAY || t->kind == QI_T_DICT || t->kind == QI_T_SET ||
              t->kind == QI_T_BYTES;
    return ok ? set_raw(v, i->a) : mismatch(v);
}

static bool same_types(QiVerifier *v, const QiInsn *i, bool strings) {
    if (v->state[i->b] != v->state[i->c]) return mismatch(v);
    if (strings && want(v, i->b, QI_T_STRING) == NULL) return false;
    QiTypeKind k = (QiTypeKind)type_of(v, i->b)->kind;
    if (k == QI_T_CELL || k == QI_T_ENV) return mismatch(v);
    return set_raw(v, i->a);
}

static bool iterate(QiVerifier *v, const QiInsn *i) {
    const QiType *t = type_of(v, i->b);
    if (t->kind != QI_T_LIST && t->kind != QI_T_ARRAY && t->kind != QI_T_DICT && t->kind != QI_T_SET) return mismatch(v);
    return set_raw(v, (uint32_t)i->a + 1) && set_raw(v, (uint32_t)i->a + 2);
}

static bool field_of(QiVerifier *v, uint32_t object, uint32_t field, QiTypeKind kind, const QiType **out) {
    const QiType *t = want(v, object, kind);
    if (t == NULL) return false;
    if (field >= t->nfields) return qi_verify_refuse(v, QI_WHY_FIELD_RANGE);
    *out = t->fields[field];
    return true;
}

/* Register r gets a pointer to a value of this type. */
static bool point_to(QiVerifier *v, uint32_t r, const QiType *to) {
    const QiType *t = v->p->pointer_of[to->index];
    return t != NULL ? set_type(v, r, t) : qi_verify_refuse(v, QI_WHY_NO_POINTER_TYPE);
}

static bool returns(QiVerifier *v, uint32_t r) { return value_is(v, r, v->f->result); }

bool qi_verify_step(QiVerifier *v, const QiInsn *i) {
    const QiType *t, *e;
    switch ((QiOp)i->op) {
    case QI_OP_NOP: return true;
    case QI_OP_MOV:
        v->state[i->a] = v->state[i->b];
        return true;
    case QI_OP_LDSTR: return v->string != NULL ? set_type(v, i->a, v->string) : mismatch(v);

    /* Raw results of raw (or already checked) operands. */
    case QI_OP_LDI: case QI_OP_LDK:
    case QI_OP_ADD: case QI_OP_SUB: case QI_OP_MUL: case QI_OP_DIV: case QI_OP_REM:
    case QI_OP_ADDI: case QI_OP_MULI: case QI_OP_NEG: case QI_OP_MADD: case QI_OP_MSUB: case QI_OP_FMADD: case QI_OP_FMSUB: case QI_OP_FMULADD: case QI_OP_FADDSUB:
    case QI_OP_WADD: case QI_OP_WSUB: case QI_OP_WMUL:
    case QI_OP_BAND: case QI_OP_BOR: case QI_OP_BXOR: case QI_OP_BNOT: case QI_OP_SHL: case QI_OP_SHR:
    case QI_OP_BANDI: case QI_OP_SHLI: case QI_OP_SHRI:
    case QI_OP_FADD: case QI_OP_FSUB: case QI_OP_FMUL: case QI_OP_FDIV: case QI_OP_FREM:
    case QI_OP_FADDK: case QI_OP_FSUBK: case QI_OP_FMULK: case QI_OP_FDIVK: case QI_OP_FRSUBK: case QI_OP_FRDIVK:
    case QI_OP_FNEG: case QI_OP_FSQRT: case QI_OP_I2F: case QI_OP_F2I: case QI_OP_I2CHAR:
    case QI_OP_CHK32: case QI_OP_CHK8: case QI_OP_FROUND32:
    case QI_OP_EQ: case QI_OP_NE: case QI_OP_LT: case QI_OP_LE:
    case QI_OP_FEQ: case QI_OP_FNE: case QI_OP_FLT: case QI_OP_FLE: case QI_OP_NOT:
        return set_raw(v, i->a);
    case QI_OP_DIVI: case QI_OP_REMI:
        return i->c != 0 && i->c != 0xFFFF ? set_raw(v, i->a) : qi_verify_refuse(v, QI_WHY_DIVISOR);
    case QI_OP_REFEQ: case QI_OP_DEEPEQ: return same_types(v, i, false);
    case QI_OP_STREQ: case QI_OP_STRCMP: return same_types(v, i, true);

    case QI_OP_JMP: case QI_OP_JT: case QI_OP_JF: return qi_verify_jump(v, target_bc(v, i));
    case QI_OP_JNONE: case QI_OP_JSOME:
        return nullable(v, type_of(v, i->a)) && qi_verify_jump(v, target_bc(v, i));
    case QI_OP_JEQ: case QI_OP_JNE: case QI_OP_JLT: case QI_OP_JLE:
    case QI_OP_JEQI: case QI_OP_JNEI: case QI_OP_JLTI: case QI_OP_JLEI: case QI_OP_JGTI: case QI_OP_JGEI:
    case QI_OP_JFEQ: case QI_OP_JFNE: case QI_OP_JFLT: case QI_OP_JFLE: case QI_OP_JFNLT: case QI_OP_JFNLE:
        return qi_verify_jump(v, target_c(v, i));
    case QI_OP_LOOP: return back(v, target_bc(v, i), NULL, NULL, 0);
    case QI_OP_LJLT: case QI_OP_LJLE: case QI_OP_LJNE: case QI_OP_LJLTI: case QI_OP_LJLEI: case QI_OP_LJGTI: case QI_OP_LJGEI:
    case QI_OP_LJNEI: case QI_OP_LJFLT: case QI_OP_LJFLE:
        return back(v, target_c(v, i), NULL, NULL, 0);
    case QI_OP_FORLOOP: return loop_vars_raw(v, i->a, 2) && back(v, target_bc(v, i), NULL, NULL, 0);
    case QI_OP_FORSTEP: return loop_vars_raw(v, i->a, 3) && back(v, target_bc(v, i), NULL, NULL, 0);
    case QI_OP_FORPREP: return loop_vars_raw(v, i->a, 3) && qi_verify_jump(v, target_bc(v, i));
    case QI_OP_LISTNEXT:
        t = want_list(v, i->a, 0);
        return t != NULL && loop_vars_raw(v, (uint32_t)i->a + 1, 2) && back(v, target_bc(v, i), t->a, NULL, (uint32_t)i->a + 3);
    case QI_OP_STRNEXT:
        return want(v, i->a, QI_T_STRING) != NULL && loop_vars_raw(v, (uint32_t)i->a + 1, 1) &&
               set_raw(v, (uint32_t)i->a + 2) && back(v, target_bc(v, i), NULL, NULL, 0);
    case QI_OP_DICTNEXT:
        t = want_table(v, type_of(v, i->a));
        return t != NULL && loop_vars_raw(v, (uint32_t)i->a + 1, 2) &&
               back(v, target_bc(v, i), t->a, t->b != NULL ? t->b : &no_value, (uint32_t)i->a + 3);
    case QI_OP_ITER: return iterate(v, i);

    case QI_OP_CALL: return call_function(v, i);
    case QI_OP_CALLC: return call_closure(v, i);
    case QI_OP_NATIVE: case QI_OP_PARKNATIVE: return call_native(v, i);
    case QI_OP_RET: case QI_OP_RETLTI: case QI_OP_RETLEI: case QI_OP_RETEQI: return returns(v, i->a);
    case QI_OP_RET0: return v->f->result->kind == QI_T_UNIT || mismatch(v);

    case QI_OP_CLOSURE: {
        const QiFunction *f = &v->p->functions[i->c];
        if (f->kind != QI_FUNC_CLOSURE) return mismatch(v);
        return window_is(v, i->b, f->env->fields, f->env->nfields) && set_type(v, i->a, f->self);
    }
    case QI_OP_LDCAP: return field_of(v, i->b, i->c, QI_T_ENV, &e) && set_type(v, i->a, e);
    case QI_OP_NEWCELL:
        t = want_type(v, i->c, QI_T_CELL);
        return t != NULL && value_is(v, i->b, t->a) && set_type(v, i->a, t);
    case QI_OP_EMPTYCELL:
        t = want_type(v, i->c, QI_T_CELL);
        return t != NULL && set_type(v, i->a, t);
    case QI_OP_LDCELL:
        t = want(v, i->b, QI_T_CELL);
        return t != NULL && set_type(v, i->a, t->a);
    case QI_OP_STCELL:
        t = want(v, i->a, QI_T_CELL);
        return t != NULL && value_is(v, i->b, t->a);
    case QI_OP_LDGLOBAL: return set_type(v, i->a, v->p->global_types[(uint32_t)qi_insn_bc(i)]);
    case QI_OP_STGLOBAL: return value_is(v, i->a, v->p->global_types[(uint32_t)qi_insn_bc(i)]);

    case QI_OP_PTRCELL:
        t = want(v, i->b, QI_T_CELL);
        return t != NULL && point_to(v, i->a, t->a);
    case QI_OP_PTRFIELD: return field_of(v, i->b, i->c, QI_T_STRUCT, &e) && point_to(v, i->a, e);
    case QI_OP_PTRELEM:
        t = want_list(v, i->b, 0);
        return t != NULL && point_to(v, i->a, t->a);
    case QI_OP_PTRGLOBAL: return point_to(v, i->a, v->p->global_types[(uint32_t)qi_insn_bc(i)]);
    case QI_OP_LDPTR:
        t = want(v, i->b, QI_T_POINTER);
        return t != NULL && set_type(v, i->a, t->a);
    case QI_OP_STPTR:
        t = want(v, i->a, QI_T_POINTER);
        return t != NULL && value_is(v, i->b, t->a);

    case QI_OP_NEWSTRUCT:
        t = v->p->types[i->c];
        if (t->kind != QI_T_STRUCT && t->kind != QI_T_TUPLE) return mismatch(v);
        return window_is(v, i->b, t->fields, t->nfields) && set_type(v, i->a, t);
    case QI_OP_GETF:
        t = type_of(v, i->b);
        return field_of(v, i->b, i->c, t->kind == QI_T_TUPLE ? QI_T_TUPLE : QI_T_STRUCT, &e) && set_type(v, i->a, e);
    case QI_OP_SETF: return field_of(v, i->a, i->b, QI_T_STRUCT, &e) && value_is(v, i->c, e);
    case QI_OP_NEWLIST: return new_list(v, i);
    case QI_OP_FILLLIST: return fill_list(v, i);
    case QI_OP_LEN: return length_of(v, i);
    case QI_OP_LGET:
        t = want_list(v, i->b, 8);
        return t != NULL && set_type(v, i->a, t->a);
    case QI_OP_LSET:
        t = want_list(v, i->a, 8);
        return t != NULL && value_is(v, i->c, t->a);
    case QI_OP_LGETB: return want_list(v, i->b, 1) != NULL && set_raw(v, i->a);
    case QI_OP_LSETB: return want_list(v, i->a, 1) != NULL;
    case QI_OP_PUSH:
        t = want(v, i->a, QI_T_LIST);
        return t != NULL && value_is(v, i->b, t->a);
    case QI_OP_NEWDICT:
        t = want_table(v, v->p->types[i->c]);
        return t != NULL && set_type(v, i->a, t);
    case QI_OP_DGET:
        t = want(v, i->b, QI_T_DICT);
        return t != NULL && value_is(v, i->c, t->a) && set_type(v, i->a, t->b);
    case QI_OP_DSET:
        t = want(v, i->a, QI_T_DICT);
        return t != NULL && value_is(v, i->b, t->a) && value_is(v, i->c, t->b);
    case QI_OP_DFIND:
        t = want(v, i->b, QI_T_DICT);
        if (t == NULL || !value_is(v, i->c, t->a)) return false;
        e = v->p->option_of[t->b->index];
        return e != NULL ? set_type(v, i->a, e) : qi_verify_refuse(v, QI_WHY_NO_OPTION_TYPE);
    case QI_OP_NONE:
        t = v->p->types[i->c];
        return nullable(v, t) && set_type(v, i->a, t);
    case QI_OP_SOME:
        t = want_type(v, i->c, QI_T_OPTION);
        return t != NULL && value_is(v, i->b, t->a) && set_type(v, i->a, t);
    case QI_OP_UNWRAP:
        t = want(v, i->b, QI_T_OPTION);
        return t != NULL && set_type(v, i->a, t->a);

    case QI_OP_NEWENUM: return new_enum(v, i);
    case QI_OP_ENUMTAG: return want(v, i->b, QI_T_ENUM) != NULL && set_raw(v, i->a);
    case QI_OP_GETV: return field_of(v, i->b, i->c, QI_T_ENUM, &e) && set_type(v, i->a, e);
    case QI_OP_SWITCH: return switch_cases(v, i);

    case QI_OP_CONCAT: return concat(v, i);
    case QI_OP_FORMAT:
        t = v->p->types[i->c];
        if (t->kind == QI_T_CELL || t->kind == QI_T_ENV || v->string == NULL) return mismatch(v);
        return value_is(v, i->b, t) && set_type(v, i->a, v->string);
    case QI_OP_STRAT: return want(v, i->b, QI_T_STRING) != NULL && set_raw(v, i->a);

    case QI_OP_THROW: return want(v, i->a, QI_T_ERROR) != NULL;
    case QI_OP_CAUGHT: return v->error_type != NULL ? set_type(v, i->a, v->error_type) : mismatch(v);
    case QI_OP_ISERROR: return want(v, i->b, QI_T_ERROR) != NULL && set_raw(v, i->a);

    case QI_OP_SPAWN: case QI_OP_START: case QI_OP_LAUNCH: case QI_OP_NEWCORO: return create(v, i);
    case QI_OP_RESUME: case QI_OP_SEND_RESUME: return resume(v, i);
    case QI_OP_YIELD:
        t = want_type(v, i->c, QI_T_COROUTINE);
        return t != NULL && value_is(v, i->b, t->a) && qi_verify_kept(v, i->b) && park(v) && set_type(v, i->a, t->b);
    case QI_OP_RESCHED: return park(v);
    case QI_OP_CORORESULT:
        t = want(v, i->b, QI_T_COROUTINE);
        return t != NULL && set_type(v, i->a, t->c);
    case QI_OP_AWAIT:
        t = awaited(v, i->b);
        return t != NULL && qi_verify_kept(v, i->b) && park(v) && deliver(v, i->a, t);
    case QI_OP_READY:
        t = want_type(v, i->c, QI_T_FUTURE);
        return t != NULL && value_is(v, i->b, t->a) && set_type(v, i->a, t);
    case QI_OP_UPCAST:
        t = want_type(v, i->c, QI_T_FUTURE);
        e = want(v, i->b, QI_T_TASK);
        return t != NULL && e != NULL && (t->a == e->a ? set_type(v, i->a, t) : mismatch(v));
    case QI_OP_SLEEP: return park(v);

    case QI_OP_NEWCHAN:
        t = want_type(v, i->c, QI_T_CHANNEL);
        return t != NULL && set_type(v, i->a, t);
    case QI_OP_SEND:
        t = want(v, i->a, QI_T_CHANNEL);
        return t != NULL && value_is(v, i->b, t->a) && qi_verify_kept(v, i->a) && qi_verify_kept(v, i->b) && park(v);
    case QI_OP_RECV:
        t = want(v, i->b, QI_T_CHANNEL);
        return t != NULL && qi_verify_kept(v, i->b) && park(v) && deliver(v, i->a, t->a);
    case QI_OP_RECVOK:
        t = want(v, i->b, QI_T_CHANNEL);
        return t != NULL && qi_verify_kept(v, i->b) && park(v) && deliver_pair(v, i->a, t->a);
    case QI_OP_CLOSE: return want(v, i->a, QI_T_CHANNEL) != NULL;
    case QI_OP_SELECT: return select_cases(v, i);

    /* Refused before they get here. */
    case QI_OP_SEL_RECV: case QI_OP_SEL_SEND: case QI_OP_SEL_AWAIT: case QI_OP_SEL_TIMEOUT: case QI_OP_SEL_DEFAULT:
    case QI_OP_SEGRET: case QI_OP_COROEND: case QI_OP_COUNT: return false;
    }
    return false;
}
