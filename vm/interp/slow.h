/*
 * slow.h — the paths the dispatch loop leaves to: everything that is rare,
 * allocates much, or needs more registers than the loop can spare.
 *
 * Invariant: none of these is inlined into run.c (they live in slow.c), so the
 * loop's register allocation does not depend on them.
 */
#ifndef QI_INTERP_SLOW_H
#define QI_INTERP_SLOW_H

#include "../heap/dict.h"
#include "../heap/error.h"
#include "../heap/list.h"
#include "../heap/string.h"
#include "../heap/value.h"
#include "vm.h"

/* --- control --------------------------------------------------------------- */
/* Prepares w->current to run: delivers its wake_error (unwinding as far as needed), sets the stack limit.
 * false: nothing runs any more. */
bool qi_slow_resume(QiWorker *w);
/* A back-edge with poll set: pc is the edge, target where it leads. */
void qi_slow_back(QiWorker *w, const QiInsn *pc, const QiInsn *target, QiValue *fp);
/* A call for which the segment has no room, or whose poll is due. The frame is pushed and stored in w->current. QI_THROW: E7004, E7007. */
QiStatus qi_slow_call(QiWorker *w, const QiFuncEntry *entry, QiValue *frame, const QiInsn *pc, QiValue *fp);
/* Where to go on: returned in registers, because taking the address of the loop's pc or fp would move them to memory. */
typedef struct QiReturn { const QiInsn *pc; QiValue *fp; } QiReturn;
/* SEGRET: fp is &segment->result; delivers it and drops the segment. */
QiReturn qi_slow_segment_return(QiWorker *w, QiValue *fp);

/* --- values ------------------------------------------------------------------- */
double qi_slow_fmod(double a, double b);
bool qi_slow_deep_equal(QiWorker *w, QiValue a, QiValue b);
/* 长度 of a string, list or dictionary. */
QiValue qi_slow_length(const QiObject *o);
QI_INLINE QiValue qi_length(const QiObject *o) {
    return QI_LIKELY(o->kind == QI_K_LIST) ? qi_list_length((const QiList *)o) : qi_slow_length(o);
}
QiValue qi_slow_string_at(const QiString *s, QiValue i);
/* r: STRNEXT's registers, at a character that is not ASCII. */
void qi_slow_string_next(const QiString *s, QiValue *r);
/* NULL: out of memory. */
QiObject *qi_slow_closure(QiWorker *w, uint32_t func, const QiValue *captures);
QiList *qi_slow_list(QiWorker *w, uint16_t type, const QiValue *elems, uint32_t n);
/* args: count, value. */
QiStatus qi_slow_fill(QiWorker *w, uint16_t type, const QiValue *args, QiValue *out);
/* *out: 选项<V>. */
QiStatus qi_slow_dict_find(QiWorker *w, const QiDict *d, QiValue key, QiValue *out);
/* A zero word in a cell or global: is it a reference that was never stored? */
/* A new pointer in *out. index: field, element or global number. QI_THROW: E7003 (element), E7007. */
QiStatus qi_slow_point(QiWorker *w, QiPlace place, QiObject *base, uint64_t index, QiValue *out);
/* p may be NULL (空). QI_THROW: E5001; for loads also E7011. */
QiStatus qi_slow_pointer_load(QiWorker *w, const QiPointer *p, QiValue *out);
QiStatus qi_slow_pointer_store(QiWorker *w, const QiPointer *p, QiValue v);
bool qi_slow_cell_unset(QiWorker *w, const QiCell *cell);
bool qi_slow_global_unset(QiWorker *w, uint32_t global);

/* --- coroutines -------------------------------------------------------------------- */
/* A settled 未来 of this type. */
QiFuture *qi_slow_ready(QiWorker *w, uint16_t type, QiValue value);

/* --- errors ---------------------------------------------------------------------------- */
void qi_slow_throw_char(QiWorker *w, int64_t value);
void qi_slow_throw_key(QiWorker *w, const QiDict *d, QiValue key);
/* E7013: e is not of the variant that flat field `field` belongs to. */
void qi_slow_throw_variant(QiWorker *w, const QiEnum *e, uint32_t field);
void qi_slow_throw_global(QiWorker *w, uint32_t global);

#endif
