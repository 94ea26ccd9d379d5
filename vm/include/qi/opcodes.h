/*
 * opcodes.h — opcode numbers, operand roles and effects, from opcodes.def.
 *
 * Invariants: numbers are the table's row numbers; an instruction is 8 bytes.
 */
#ifndef QI_OPCODES_H
#define QI_OPCODES_H

#include "../../base/base.h"

typedef enum QiOp {
#define QI_OP(name, a, b, c, effects) QI_OP_##name,
#include "opcodes.def"
#undef QI_OP
    QI_OP_COUNT
} QiOp;

/* Operand roles; opcodes.def says what each means. */
typedef enum QiRole {
    QI_R_NONE = 0, QI_R_DST, QI_R_DSTR, QI_R_DSTX, QI_R_DSTPAIR, QI_R_SRC, QI_R_SRCR, QI_R_SRCX,
    QI_R_INOUT, QI_R_WINDOW, QI_R_LOOPVARS, QI_R_IMM, QI_R_IMM32, QI_R_COUNT, QI_R_JUMP, QI_R_JUMP32,
    QI_R_TYPE, QI_R_FUNC, QI_R_NATIVE, QI_R_FIELD, QI_R_GLOBAL32, QI_R_CONST, QI_R_CONST32, QI_R_STRING32,
    QI_R_WIDE,
} QiRole;

#define QI_F_NONE 0u
#define QI_F_END 1u
#define QI_F_JUMP 2u
#define QI_F_BACK 4u
#define QI_F_CALL 8u
#define QI_F_PARK 16u
#define QI_F_THROW 32u
#define QI_F_SAFEPOINT (QI_F_BACK | QI_F_CALL | QI_F_PARK)

/* One instruction. B and C may hold one 32-bit operand (qi_insn_bc). */
typedef struct QiInsn { uint16_t op, a, b, c; } QiInsn;
_Static_assert(sizeof(QiInsn) == 8, "an instruction is one word");

QI_INLINE int32_t qi_insn_bc(const QiInsn *i) {
    int32_t v;
    memcpy(&v, &i->b, sizeof v);
    return v;
}

#endif
