/*
 * barrier.c — see barrier.h.
 *
 * Invariant: operands may be out of range or 空, as for the instruction itself: then nothing is about to be lost.
 */
#include "barrier.h"

#include "slow.h"

/* Another worker may write the word. */
static QiValue read_word(const QiValue *word) { return __atomic_load_n(word, __ATOMIC_RELAXED); }

static void shade_field(QiWorker *w, const QiStruct *s, uint32_t field) {
    if (w->heap->types[s->head.type]->fields[field]->is_ref) qi_heap_shade(w->heap, read_word(&s->fields[field]));
}

static void shade_element(QiWorker *w, const QiList *l, QiValue i) {
    if ((l->head.flags & QI_LIST_REFS) != 0 && i < qi_list_length(l)) qi_heap_shade(w->heap, read_word(&l->items.words[i]));
}

static void shade_cell(QiWorker *w, const QiCell *c) {
    if (w->heap->types[c->head.type]->a->is_ref) qi_heap_shade(w->heap, read_word(&c->value));
}

static void shade_target(QiWorker *w, const QiPointer *p) {
    if (p == NULL) return;
    switch ((QiPlace)p->head.flags) {
    case QI_PLACE_CELL: shade_cell(w, (const QiCell *)(const void *)p->base); break;
    case QI_PLACE_FIELD: shade_field(w, (const QiStruct *)(const void *)p->base, (uint32_t)p->index); break;
    case QI_PLACE_ELEMENT: shade_element(w, (const QiList *)(const void *)p->base, p->index); break;
    case QI_PLACE_GLOBAL: break; /* a root, marked when the cycle began */
    }
}

static void scan_cases(QiWorker *w, const QiInsn *select, const QiValue *fp) {
    for (uint32_t i = 1; i <= select->a; i++) {
        if (select[i].op == QI_OP_SEL_RECV) qi_scan_channel(w, qi_as_ref(fp[select[i].a]));
    }
}

QI_COLD void qi_barrier_step(QiWorker *w, const QiInsn *pc, QiValue *fp) {
    switch (pc->op) {
    case QI_OP_SETF: shade_field(w, qi_as_ref(fp[pc->a]), pc->b); return;
    case QI_OP_STCELL: shade_cell(w, qi_as_ref(fp[pc->a])); return;
    case QI_OP_STPTR: shade_target(w, qi_as_ref(fp[pc->a])); return;
    case QI_OP_LSET: shade_element(w, qi_as_ref(fp[pc->a]), fp[pc->b]); return;
    default: break;
    }
    /* The rest looks at what belongs to the scheduler. */
    qi_sched_enter(w);
    switch (pc->op) {
    case QI_OP_RECV: case QI_OP_RECVOK: qi_scan_channel(w, qi_as_ref(fp[pc->b])); break;
    case QI_OP_SELECT: scan_cases(w, pc, fp); break;
    default: qi_scan_resumed(w, qi_as_ref(fp[pc->b])); break;
    }
    qi_sched_leave(w);
}
