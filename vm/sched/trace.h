/*
 * trace.h — what an error remembers of where it was thrown.
 *
 * Invariants
 * - Recorded once, at the first throw; only instruction addresses, no text: most
 *   errors are caught and never printed.
 * - Bounded: the newest and the oldest frames, and how many lie between.
 * - One malloc'ed block, freed by the error's finaliser.
 */
#ifndef QI_SCHED_TRACE_H
#define QI_SCHED_TRACE_H

#include "../include/qi/opcodes.h"

#define QI_TRACE_HEAD 64u
#define QI_TRACE_TAIL 32u
#define QI_TRACE_CREATORS 64u
/* `skipped` when there were too many frames to count them. */
#define QI_TRACE_UNCOUNTED UINT64_MAX

typedef struct QiTrace {
    uint32_t task;           /* number of the task that threw; 0: 入口 */
    uint32_t nhead, ntail;   /* frames, newest first: nhead of them, a gap of `skipped`, ntail of them */
    uint32_t ncreators;      /* chain of creation, nearest first */
    uint64_t skipped;
    /* The frames' instructions, then those that created; followed by ncreators numbers of the creating tasks (0: 入口). */
    const QiInsn *places[];
} QiTrace;

QI_INLINE const uint32_t *qi_trace_creator_ids(const QiTrace *t) {
    return (const uint32_t *)(const void *)(t->places + t->nhead + t->ntail + t->ncreators);
}

/* Size of the whole block. */
QI_INLINE size_t qi_trace_bytes(const QiTrace *t) {
    const size_t nplaces = (size_t)t->nhead + t->ntail + t->ncreators;
    return sizeof *t + nplaces * sizeof *t->places + t->ncreators * sizeof(uint32_t);
}

#endif
