/*
 * run.c — the dispatch loop, and nothing else.
 *
 * ops.inc says what each instruction does; this file says how one instruction
 * leads to the next, in three styles:
 *   computed goto  (gcc, default): one indirect jump at the end of each body
 *   tail calls     (QI_DISPATCH_TAIL, clang ≥ 19): a function per instruction
 *   switch         (QI_DISPATCH_SWITCH): portable fallback
 *
 * Invariants
 * - Hot state is pc, fp, w and the table. Everything else is reached through w.
 * - pc points at the running instruction; a return address at the one after the call.
 * - While several workers are at work, or the inspector counts (observe.h), another table is used, in which the instructions that touch
 *   what they share lead to one body, out of line (shared.c): with one they cost nothing. While the collector marks there are tables in
 *   which the instructions that lose references lead to another body first (barrier.h). The table is chosen again where the loop looks
 *   closer (QI_POLL_MODE).
 * - Between STORE and the next RELOAD or NEXT the coroutine in w->current may
 *   be looked at (and moved to another worker) by anybody.
 *
 * gcc needs -fno-crossjumping -fno-gcse -fomit-frame-pointer for this file: it would
 * otherwise merge the indirect jumps, and with them the branch predictor's
 * histories. The test suite counts them in the object code.
 *
 * Rejected: decoding by shifts from one 64-bit load (slower than separate
 * zero-extending loads); caching the top of a stack (registers have no top).
 */
#include "barrier.h"
#include "shared.h"
#include "slow.h"

#if defined(QI_MUTATION)
#include "mutants.h"
#endif

#if defined(QI_DISPATCH_TAIL) && !(defined(__has_attribute) && __has_attribute(musttail) && __has_attribute(preserve_none))
#error "tail-call dispatch needs a compiler with musttail and preserve_none (clang 19)"
#endif

QI_INLINE double qi_sqrt(double d) { return __builtin_sqrt(d); }

/* Ends an instruction that published its state. */
#define DONE(status)                                   \
    do {                                               \
        if (QI_LIKELY((status) == QI_OK)) NEXT;        \
        if ((status) == QI_THROW) THROW();             \
        RELOAD();                                      \
    } while (0)

#define STORE()                          \
    do {                                 \
        QiCoroutine *co_ = w->current;   \
        co_->pc = pc + 1;                \
        co_->fp = fp;                    \
        co_->safepoint = pc;             \
    } while (0)

#define LIMIT() atomic_load_explicit(&w->limit, memory_order_relaxed)
#define POLL() atomic_load_explicit(&w->poll, memory_order_relaxed)

/* Goes on with w->current, which is in good order. A dispatch of its own, so that it is predicted by what switched. */
#define SWITCHED()                                                                                     \
    do {                                                                                               \
        if (QI_UNLIKELY(POLL() != 0)) RELOAD();                                                        \
        QiCoroutine *to_ = w->current;                                                           \
        atomic_store_explicit(&w->limit, qi_stack_end(to_), memory_order_relaxed);                     \
        fp = to_->fp;                                                                                  \
        GOTO(to_->pc);                                                                                 \
    } while (0)

/* Calls an entry: the frame link goes below the callee's registers. */
#define ENTER(entry, frame)                                                    \
    do {                                                                       \
        const QiFuncEntry *f_ = (entry);                                       \
        QiValue *nfp_ = (frame);                                               \
        if (QI_UNLIKELY(nfp_ + f_->nregs > LIMIT())) CALL_SLOW(f_, nfp_);      \
        nfp_[-1] = qi_from_ref(fp);                                            \
        nfp_[-2] = qi_from_ref(pc + 1);                                        \
        fp = nfp_;                                                             \
        GOTO(f_->code);                                                        \
    } while (0)

/* Whether w->current can run on as it is; otherwise qi_slow_resume has to look, and the table to be chosen again. Switching is what
 * Qi does most, so this much of it stays in the loop. */
QI_INLINE bool ready_to_run(QiWorker *w) {
    QiCoroutine *co = w->current;
    if (QI_UNLIKELY(co == NULL || co->wake_error != NULL || POLL() != 0)) return false;
    atomic_store_explicit(&w->limit, qi_stack_end(co), memory_order_relaxed);
    return true;
}

#if defined(QI_DISPATCH_TAIL)

#define PARAMS const QiInsn *pc, QiValue *fp, QiWorker *w, const void *table
#define HANDLER __attribute__((preserve_none)) static void
typedef __attribute__((preserve_none)) void (*QiHandlerFn)(PARAMS);

#define TAIL(fn) __attribute__((musttail)) return (fn)(pc, fp, w, table)
#define DISPATCH() TAIL(((const QiHandlerFn *)table)[pc->op])
#define OP(name) HANDLER op_##name(PARAMS)
#define SHARED_OP HANDLER op_shared(PARAMS)
#define BARRIER_OP HANDLER op_barrier(PARAMS)
/* The instruction as it is without a barrier. */
#define GO_ON() TAIL(((const QiHandlerFn *)w->tables[w->locking])[pc->op])
#define NEXT do { pc++; DISPATCH(); } while (0)
#define GOTO(target) do { pc = (target); DISPATCH(); } while (0)
#define RELOAD() TAIL(leave_reload)
#define THROW() TAIL(leave_throw)
#define FAIL(code) do { STORE(); qi_throw_simple(w, code); TAIL(leave_throw); } while (0)
#define BACK(target)                                                                                    \
    do {                                                                                                \
        const QiInsn *t_ = (target);                                                                    \
        if (QI_UNLIKELY(POLL() != 0)) { qi_slow_back(w, pc, t_, fp); TAIL(leave_reload); }              \
        pc = t_;                                                                                        \
        DISPATCH();                                                                                     \
    } while (0)
#define CALL_SLOW(f, frame) do { if (qi_slow_call(w, f, frame, pc, fp) == QI_THROW) TAIL(leave_throw); TAIL(leave_reload); } while (0)

HANDLER leave_reload(PARAMS) {
    if (QI_UNLIKELY(!ready_to_run(w))) {
        if (!qi_slow_resume(w)) return;
        table = w->tables[qi_table_number(w)];
    }
    pc = w->current->pc;
    fp = w->current->fp;
    DISPATCH();
}
HANDLER leave_throw(PARAMS) {
    qi_unwind(w);
    TAIL(leave_reload);
}

#include "ops.inc"

void qi_interp_run(QiWorker *w) {
    static const QiHandlerFn table[] = {
#define QI_OP(name, a, b, c, effects) op_##name,
#include "../include/qi/opcodes.def"
#undef QI_OP
    };
    QiHandlerFn tables[3][QI_OP_COUNT];
    for (unsigned op = 0; op < QI_OP_COUNT; op++) {
        tables[0][op] = qi_op_is_shared((QiOp)op) ? op_shared : table[op];
        for (unsigned i = 0; i < 2; i++) tables[1 + i][op] = qi_op_has_barrier((QiOp)op) ? op_barrier : i == 0 ? table[op] : tables[0][op];
    }
    w->tables[0] = table;
    for (unsigned i = 0; i < 3; i++) w->tables[1 + i] = tables[i];
    leave_reload(NULL, NULL, w, w->tables[qi_table_number(w)]);
}

#else /* one function: computed goto or switch */

#define GOTO(target) do { pc = (target); DISPATCH(); } while (0)
#define NEXT do { pc++; DISPATCH(); } while (0)
#define RELOAD() goto reload
#define THROW() goto unwind
#define FAIL(code) do { fail_code = (code); goto fail; } while (0)
#define BACK(target)                                             \
    do {                                                         \
        const QiInsn *t_ = (target);                             \
        if (QI_UNLIKELY(POLL() != 0)) { back_to = t_; goto back; } \
        pc = t_;                                                 \
        DISPATCH();                                              \
    } while (0)
#define CALL_SLOW(f, frame) do { call_entry = (f); call_frame = (frame); goto call_slow; } while (0)

void qi_interp_run(QiWorker *w) {
    const QiInsn *pc;
    QiValue *fp;
    /* Operands of the shared slow exits below. */
    int fail_code;
    const QiInsn *back_to;
    const QiFuncEntry *call_entry;
    QiValue *call_frame;

#if defined(QI_DISPATCH_SWITCH)
#define CHOOSE_TABLE() (void)0
#define DISPATCH() goto dispatch
#define OP(name) case QI_OP_##name:
#define SHARED_OP case QI_OP_COUNT:
#else
    static const void *const table[] = {
#define QI_OP(name, a, b, c, effects) &&op_##name,
#include "../include/qi/opcodes.def"
#undef QI_OP
    };
#if defined(QI_MUTATION)
    static const QiMutant mutants[] = {
#define MUTANT_AT(at, op, kind, ...) {#op "." #kind, QI_OP_##at, &&mutant_##op##_##kind},
#include "mutants.inc"
#undef MUTANT_AT
    };
    const void *table_of_mutant[QI_OP_COUNT];
    memcpy(table_of_mutant, table, sizeof table);
    qi_mutant_install(mutants, sizeof mutants / sizeof *mutants, table_of_mutant);
    const void *const *handlers = table_of_mutant;
#else
    /* Opaque to the compiler, so that the address stays in a register instead of being made again at each dispatch. */
    const void *const *handlers = table;
    __asm__("" : "+r"(handlers));
#endif
    const void *tables[3][QI_OP_COUNT];
    for (unsigned op = 0; op < QI_OP_COUNT; op++) {
        tables[0][op] = qi_op_is_shared((QiOp)op) ? &&op_shared : handlers[op];
        for (unsigned i = 0; i < 2; i++) tables[1 + i][op] = qi_op_has_barrier((QiOp)op) ? &&op_barrier : i == 0 ? handlers[op] : tables[0][op];
    }
    w->tables[0] = handlers;
    for (unsigned i = 0; i < 3; i++) w->tables[1 + i] = tables[i];
    handlers = w->tables[qi_table_number(w)];
#define CHOOSE_TABLE() handlers = w->tables[qi_table_number(w)]
#define DISPATCH() goto *handlers[pc->op]
#define OP(name) op_##name:
#define SHARED_OP op_shared:
#define BARRIER_OP op_barrier:
#define GO_ON()                                             \
    do {                                                    \
        const void *const *plain_ = w->tables[w->locking];  \
        goto *plain_[pc->op];                               \
    } while (0)
#endif

reload:
    if (QI_UNLIKELY(!ready_to_run(w))) {
        if (!qi_slow_resume(w)) return;
        CHOOSE_TABLE();
    }
    pc = w->current->pc;
    fp = w->current->fp;
    DISPATCH();

#if defined(QI_DISPATCH_SWITCH)
dispatch:
    if (QI_UNLIKELY(w->marking) && qi_op_has_barrier((QiOp)pc->op) && qi_barrier_step(w, pc, fp)) NEXT;
    switch (QI_UNLIKELY(w->locking) && qi_op_is_shared((QiOp)pc->op) ? QI_OP_COUNT : (QiOp)pc->op) {
#include "ops.inc"
    }
    __builtin_unreachable();
#else
#include "ops.inc"
#endif
#if defined(QI_MUTATION)
#define MUTANT_AT(at, op, kind, ...) mutant_##op##_##kind: __VA_ARGS__
#include "mutants.inc"
#undef MUTANT_AT
#endif

fail:
    STORE();
    qi_throw_simple(w, fail_code);
unwind:
    qi_unwind(w);
    goto reload;
back:
    qi_slow_back(w, pc, back_to, fp);
    goto reload;
call_slow:
    if (qi_slow_call(w, call_entry, call_frame, pc, fp) == QI_THROW) goto unwind;
    goto reload;
}

#endif
