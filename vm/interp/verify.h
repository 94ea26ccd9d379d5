/*
 * verify.h — shared by verify.c (flow) and verify_types.c (one instruction).
 */
#ifndef QI_INTERP_VERIFY_H
#define QI_INTERP_VERIFY_H

#include "program.h"

/* State of a register; QI_STATE_REF + n: a reference to type n. */
enum { QI_STATE_UNSET = 0, QI_STATE_RAW = 1, QI_STATE_REF = 2 };

typedef struct QiVerifier {
    const QiProgram *p;
    const QiFunction *f;
    QiLoadError *error;
    const QiType *string, *error_type; /* of this module; NULL: it has none */
    uint32_t pc;
    uint32_t *state;        /* before, then after, the instruction at pc */
    uint32_t *scratch;      /* state of a taken edge that differs from the one that falls through */
    uint32_t **joins;       /* per instruction: stored state, or NULL */
    uint32_t *queue;        /* instructions whose state changed */
    uint32_t nqueue;
    bool *queued, *is_target;
    uint32_t *handler_of;   /* innermost handler + 1 */
    uint64_t work, stored;
} QiVerifier;

/* Refuses the module at the current instruction; returns false. */
bool qi_verify_refuse(QiVerifier *v, QiWhy why);
/* Whether an instruction at `from` may jump by `offset`; only a jump that polls may go back. */
bool qi_verify_target(QiVerifier *v, uint32_t from, int32_t offset, bool polls);
/* The current state flows to `target`. */
bool qi_verify_jump(QiVerifier *v, uint32_t target);
/* The instruction may throw here, in the current state. */
bool qi_verify_throw(QiVerifier *v);
/* Applies the live-ref map; registers from lost_from up are given up (UINT32_MAX: none). */
bool qi_verify_safepoint(QiVerifier *v, uint32_t lost_from);
/* An instruction that may park reads register r: a reference there must be in its map. Before the safepoint. */
bool qi_verify_kept(QiVerifier *v, uint32_t r);
/* While the instruction is parked, or ready and not yet running, register r gets a value of this state. After the safepoint.
 * Refused when the map lists r with another type: the collector would take one for the other. */
bool qi_verify_delivered(QiVerifier *v, uint32_t r, uint32_t state);
/* Types of the operands whose roles fit already: checks sources, flows to targets, writes destinations. */
bool qi_verify_step(QiVerifier *v, const QiInsn *insn);

#endif
