/*
 * barrier.c — see barrier.h.
 *
 * Invariants
 * - Operands may be out of range or 空, as for the instruction itself: then nothing is about to be lost.
 * - What is shaded is what the instruction takes. A field keeps its place, so whoever overwrites it first has read what stood there when
 *   the cycle began; but elements move when another worker removes one, and a channel's first value is another's when that received. So with
 *   several workers elements are stored here, in their list's lock, and what belongs to the scheduler is shaded in the lock in which it
 *   is taken (shared.c). (sched/models/slices.pml has both as mistakes.)
 */
#include "barrier.h"

#include "shared.h"
#include "slow.h"

/* Another worker may write the word. */
static QiValue read_word(const QiValue *word) { return __atomic_load_n(word, __ATOMIC_RELAXED); }

static void shade_field(QiWorker *w, const QiStruct *s, uint32_t field) {
    if (w->heap->types[s->head.type]->fields[field]->is_ref) qi_heap_shade(w->heap, read_word(&s->fields[field]));
}

/* true: v is stored. */
static bool shade_element(QiWorker *w, const QiList *l, QiValue i, QiValue v) {
    if ((l->head.flags & QI_LIST_REFS) == 0) return false;
    const bool locks = w->locking;
    if (locks) qi_shared_lock_list(w, l);
    const bool there = i < qi_list_length(l);
    if (there) {
        QiValue *word = &l->items.words[i];
        qi_heap_shade(w->heap, read_word(word));
        if (locks) __atomic_store_n(word, v, __ATOMIC_RELEASE);
    }
    if (locks) qi_shared_unlock_list(w, l);
    return there && locks;
}

static void shade_cell(QiWorker *w, const QiCell *c) {
    if (w->heap->types[c->head.type]->a->is_ref) qi_heap_shade(w->heap, read_word(&c->value));
}

static bool shade_target(QiWorker *w, const QiPointer *p, QiValue v) {
    if (p == NULL) return false;
    switch ((QiPlace)p->head.flags) {
    case QI_PLACE_CELL: shade_cell(w, (const QiCell *)(const void *)p->base); return false;
    case QI_PLACE_FIELD: shade_field(w, (const QiStruct *)(const void *)p->base, (uint32_t)p->index); return false;
    case QI_PLACE_ELEMENT: return shade_element(w, (const QiList *)(const void *)p->base, p->index, v);
    case QI_PLACE_GLOBAL: return false; /* a root, marked when the cycle began */
    }
    return false;
}

static void scan_cases(QiWorker *w, const QiInsn *select, const QiValue *fp) {
    for (uint32_t i = 1; i <= select->a; i++) {
        if (select[i].op == QI_OP_SEL_RECV) qi_scan_channel(w, qi_as_ref(fp[select[i].a]));
    }
}

QI_COLD void qi_barrier_scheduler(QiWorker *w, const QiInsn *pc, QiValue *fp) {
    switch (pc->op) {
    case QI_OP_RECV: case QI_OP_RECVOK: qi_scan_channel(w, qi_as_ref(fp[pc->b])); return;
    case QI_OP_SELECT: scan_cases(w, pc, fp); return;
    case QI_OP_RESUME: qi_scan_resumed(w, qi_as_ref(fp[pc->b])); return;
    default: return;
    }
}

QI_COLD bool qi_barrier_step(QiWorker *w, const QiInsn *pc, QiValue *fp) {
    switch (pc->op) {
    case QI_OP_SETF: shade_field(w, qi_as_ref(fp[pc->a]), pc->b); return false;
    case QI_OP_STCELL: shade_cell(w, qi_as_ref(fp[pc->a])); return false;
    case QI_OP_STPTR: return shade_target(w, qi_as_ref(fp[pc->a]), fp[pc->b]);
    case QI_OP_LSET: return shade_element(w, qi_as_ref(fp[pc->a]), fp[pc->b], fp[pc->c]);
    default:
        if (!w->locking) qi_barrier_scheduler(w, pc, fp);
        return false;
    }
}
