/*
 * stack.c — stack segments: size-class free lists, and walking frames.
 *
 * Invariants
 * - A segment is a QiSegment header followed by words. The first frame's link
 *   (return pc, caller's fp) takes the first two words.
 * - The oldest segment is part of its coroutine. Further ones double from 256 bytes to
 *   64 KiB; a frame that needs more gets a segment of its own size, which is never pooled.
 * - Coroutines and segments up to 2 KiB are cut from slabs and stay in the pool for ever;
 *   larger ones come from malloc and go back beyond a small stock. Slabs after the first 4 MiB
 *   are huge pages where the system has them: parking a million coroutines took a fifth of the time then.
 *
 * The pool is last-in-first-out, so the segment a call loop at a boundary gives
 * up is the one it takes next: no separate spare is needed. Rejected: keeping the
 * spare linked to the coroutine (it costs every parked coroutine memory).
 */
#include <stdlib.h>

#include "scope.h"
#include "worker.h"

#define SLAB_BYTES (256u * 1024u)
/* After so many, slabs are huge pages: page faults and misses of the TLB cost more than all the rest of making coroutines and coming back to them. */
#define SLABS_SMALL 16u
#define SLAB_HUGE_BYTES (2u << 20)
#define SLAB_CLASSES 4u  /* 256 … 2048 bytes */
#define STOCK_MAX 32u    /* pooled segments of each malloc'ed class */

const QiInsn qi_stub_segret[2] = {{QI_OP_NOP, 0, 0, 0}, {QI_OP_SEGRET, 0, 0, 0}};
const QiInsn qi_stub_coroend[2] = {{QI_OP_NOP, 0, 0, 0}, {QI_OP_COROEND, 0, 0, 0}};

typedef struct QiSlab { struct QiSlab *next; size_t bytes; } QiSlab;

/* Class of a pooled size, or QI_SEGMENT_CLASSES for a size of its own. */
static unsigned size_class(uint32_t size) {
    if (size > QI_SEGMENT_MAX || (size & (size - 1)) != 0) return QI_SEGMENT_CLASSES;
    return (unsigned)__builtin_ctz(size) - 8u;
}

static void slab_free(QiSlab *slab) {
    if (slab->bytes == SLAB_HUGE_BYTES) qi_unmap(slab, SLAB_HUGE_BYTES);
    else free(slab);
}

/* NULL: out of memory. */
static QiSlab *slab_new(QiWorker *w, size_t bytes) {
    if (!qi_heap_charge(w->heap, (ptrdiff_t)bytes)) return NULL;
    const bool huge = bytes == SLAB_HUGE_BYTES;
    QiSlab *slab = huge ? qi_map_aligned(bytes, bytes) : aligned_alloc(64, bytes);
    if (slab == NULL) {
        qi_heap_charge(w->heap, -(ptrdiff_t)bytes);
        return NULL;
    }
    if (huge) qi_map_prefer_huge(slab, bytes);
    slab->bytes = bytes;
    return slab;
}

/* Memory from the newest slab, or a new one; size: a multiple of 64. NULL: out of memory. */
static void *slab_take(QiWorker *w, uint32_t size) {
    QiStackPool *pool = &w->stacks;
    if ((size_t)(pool->bump_end - pool->bump) < size) {
        /* What is left of the old slab is at most 2 KiB: give it up. */
        QiSlab *slab = pool->nslabs < SLABS_SMALL ? NULL : slab_new(w, SLAB_HUGE_BYTES);
        if (slab == NULL) slab = slab_new(w, SLAB_BYTES);
        if (slab == NULL) return NULL;
        slab->next = pool->slabs;
        pool->slabs = slab;
        pool->nslabs++;
        pool->bump = (char *)slab + 64;
        pool->bump_end = (char *)slab + slab->bytes;
    }
    void *p = pool->bump;
    pool->bump += size;
    return p;
}

QiCoroutine *qi_coroutine_fresh(QiWorker *w) {
    QiCoroutine *co = slab_take(w, QI_COROUTINE_BYTES);
    if (co == NULL) return NULL;
    memset(co, 0, sizeof *co);
    co->wait.co = co;
    co->segment = &co->first;
    co->first.size = QI_SEGMENT_FIRST;
    co->first.depth_units = 1;
    QiValue *fp = qi_segment_base(&co->first) + 2;
    fp[-2] = qi_from_ref(&qi_stub_coroend[1]);
    fp[-1] = qi_from_ref(&co->first.result);
    return co;
}

QI_COLD static QiSegment *segment_fresh(QiWorker *w, uint32_t size, unsigned cls) {
    if (cls >= SLAB_CLASSES) {
        if (!qi_heap_charge(w->heap, (ptrdiff_t)size)) return NULL;
        QiSegment *s = malloc(size);
        if (s == NULL) qi_heap_charge(w->heap, -(ptrdiff_t)size);
        return s;
    }
    return slab_take(w, size);
}

QiSegment *qi_segment_acquire(QiWorker *w, QiSegment *prev, size_t slots, size_t limit_bytes, bool *too_deep) {
    size_t need = sizeof(QiSegment) + (slots + 2) * sizeof(QiValue);
    size_t least = prev != NULL && (size_t)prev->size * 2 > need ? (size_t)prev->size * 2 : need;
    size_t size = QI_SEGMENT_MIN;
    while (size < least && size < QI_SEGMENT_MAX) size *= 2;
    if (size < need) size = (need + 4095) & ~(size_t)4095;
    size_t depth = size + (prev != NULL ? (size_t)prev->depth_units * 256 : 0);
    *too_deep = prev != NULL && depth > limit_bytes;
    if (QI_UNLIKELY(*too_deep)) return NULL;

    unsigned cls = size_class((uint32_t)size);
    QiSegment *s;
    if (QI_LIKELY(cls < QI_SEGMENT_CLASSES && w->stacks.free[cls] != NULL)) {
        s = w->stacks.free[cls];
        w->stacks.free[cls] = s->prev;
        w->stacks.nfree[cls]--;
    } else {
        s = segment_fresh(w, (uint32_t)size, cls);
        if (s == NULL) return NULL;
    }
    s->prev = prev;
    s->size = (uint32_t)size;
    s->depth_units = (uint32_t)((depth + 255) / 256);
    return s;
}

void qi_segment_release(QiWorker *w, QiSegment *s) {
    unsigned cls = size_class(s->size);
    if (QI_LIKELY(cls < SLAB_CLASSES || (cls < QI_SEGMENT_CLASSES && w->stacks.nfree[cls] < STOCK_MAX))) {
        s->prev = w->stacks.free[cls];
        w->stacks.free[cls] = s;
        w->stacks.nfree[cls]++;
        return;
    }
    qi_heap_charge(w->heap, -(ptrdiff_t)s->size);
    free(s);
}

void qi_coroutine_free_slow(QiWorker *w, QiCoroutine *co) {
    if (co->tree != NULL) qi_scope_forget(w, co);
    for (QiSegment *s = co->segment, *prev; s != NULL && s != &co->first; s = prev) {
        prev = s->prev;
        qi_segment_release(w, s);
    }
    co->segment = &co->first;
    co->first.depth_units = 1; /* a 协程 stood on its resumer's stack */
    co->resumer = NULL;
    co->wake_error = NULL;
    co->wait_object = NULL;
    co->wait.slot = NULL;
    co->wait.next = (QiWaiter *)(void *)w->stacks.coroutines;
    w->stacks.coroutines = co;
}

void qi_stack_pool_free(QiWorker *w) {
    for (unsigned cls = SLAB_CLASSES; cls < QI_SEGMENT_CLASSES; cls++) {
        for (QiSegment *s = w->stacks.free[cls], *next; s != NULL; s = next) {
            next = s->prev;
            free(s);
        }
    }
    for (QiSlab *slab = w->stacks.slabs, *next; slab != NULL; slab = next) {
        next = slab->next;
        slab_free(slab);
    }
    memset(&w->stacks, 0, sizeof w->stacks);
}

bool qi_frame_first(const QiCoroutine *co, QiFrame *f) {
    /* Those of a visitor begin where others end (visitor.c). */
    if (co->segment == NULL || co->fp == NULL || co->pc == &qi_stub_coroend[1]) return false;
    *f = (QiFrame){.fp = co->fp, .safepoint = co->safepoint, .pc = co->pc, .segment = co->segment};
    return true;
}

bool qi_frame_next(QiFrame *f) {
    const QiInsn *pc = qi_as_ref(f->fp[-2]);
    QiValue *fp = qi_as_ref(f->fp[-1]);
    if (pc == &qi_stub_coroend[1]) return false;
    if (pc == &qi_stub_segret[1]) {
        QiSegment *s = QI_CONTAINER_OF(fp, QiSegment, result);
        pc = s->return_pc;
        fp = s->return_fp;
        f->segment = s->prev;
    }
    f->fp = fp;
    f->pc = pc;
    f->safepoint = pc - 1;
    return true;
}
