/*
 * deeds.h — what code can do to the objects others wait for, with all that it calls: send, receive, wake …
 *
 * Read off the instructions, for reports (wakers.c, ended.c). Code counts that is never reached: "could", not "will".
 */
#ifndef QI_INTERP_DEEDS_H
#define QI_INTERP_DEEDS_H

#include "wakers.h"

typedef struct QiCode {
    bool known;
    bool resumes;             /* some 协程, whose code counts as well */
    uint8_t deeds;            /* bit for each QiDeed */
    uint64_t reads;           /* bit for each of the objects wanted: it stands in a package variable that is read */
} QiCode;

#define QI_DEEDS_MEMO 64u

typedef struct QiDeeds {
    const QiWakers *wakers;
    const QiVm *vm;
    const QiProgram *program;
    bool children;            /* what the tasks do that code makes counts as well */
    QiCode *codes;            /* by function */
    uint32_t *pending, npending; /* functions seen and not looked into */
    uint32_t *seen, epoch;    /* by function: in which search */
    uint32_t *steps;          /* instructions of one function that are reached and not looked at */
    uint8_t *reached;         /* bit for each of its instructions */
    struct { const QiInsn *pc; QiCode code; } memo[QI_DEEDS_MEMO]; /* what qi_deeds_from was asked before: a million tasks may stand at one place */
} QiDeeds;

/* false: out of memory. Free it either way. */
bool qi_deeds_init(QiDeeds *d, const QiWakers *k, const QiVm *vm, bool children);
void qi_deeds_free(QiDeeds *d);
/* A whole function. */
const QiCode *qi_deeds_of(QiDeeds *d, uint32_t func);
/* What a function still comes to from pc on. at: the instruction it stands in (its safepoint); NULL: at the entry. */
const QiCode *qi_deeds_from(QiDeeds *d, const QiInsn *pc, const QiInsn *at);

#endif
