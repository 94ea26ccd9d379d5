/*
 * trace.c — records where an error is thrown: the frames of the running
 * coroutine, of those that resumed it, and the chain of creation of the task.
 *
 * Invariants
 * - Costs no more than walking COUNT_MAX frames, however deep the recursion: a
 *   program that catches in a deep recursion stays fast. Beyond, the oldest frames
 *   are found through the oldest segments and the gap is not counted.
 * - Never fails: without memory the error simply has no stack.
 */
#include "../sched/trace.h"

#include <stdlib.h>

#include "../heap/error.h"
#include "vm.h"

#define COUNT_MAX 10000u
/* Frames of the oldest segments are the oldest frames; this many segments hold more than QI_TRACE_TAIL of them. */
#define OLDEST_SEGMENTS 5u

/* A walk over the frames of a coroutine and of its resumers. */
typedef struct Walk {
    const QiCoroutine *co;
    QiFrame frame;
    bool more;
} Walk;

static void walk_from(Walk *w, const QiCoroutine *co) {
    w->co = co;
    w->more = qi_frame_first(co, &w->frame);
}

static void walk_next(Walk *w) {
    w->more = qi_frame_next(&w->frame);
    while (!w->more && qi_co_is_generator(w->co) && w->co->resumer != NULL) walk_from(w, w->co->resumer);
}

static const QiInsn *place_of(const QiFrame *f) { return f->safepoint != NULL ? f->safepoint : f->pc; }

/* Moves on to where only the oldest frames are left. */
static void walk_to_end(Walk *w) {
    while (qi_co_is_generator(w->co) && w->co->resumer != NULL) walk_from(w, w->co->resumer);
    uint32_t n = 0;
    for (QiSegment *s = w->frame.segment; s != NULL; s = s->prev) n++;
    if (n <= OLDEST_SEGMENTS) return;
    QiSegment *s = w->frame.segment;
    for (uint32_t i = OLDEST_SEGMENTS; i < n - 1; i++) s = s->prev;
    w->frame = (QiFrame){.fp = s->return_fp, .pc = s->return_pc, .safepoint = s->return_pc - 1, .segment = s->prev};
}

/* By what never changes: a creator may end on another worker at this moment, which writes its flags. */
static uint32_t number_of(const QiHandle *h) { return h->id == QI_MAIN_NUMBER ? 0 : h->id; }

void qi_error_record_trace(QiWorker *w, QiError *e) {
    if (__atomic_load_n(&e->trace, __ATOMIC_ACQUIRE) != NULL || qi_error_is_spare(w->heap, e)) return;
    const QiInsn *head[QI_TRACE_HEAD], *tail[QI_TRACE_TAIL], *created[QI_TRACE_CREATORS];
    uint32_t creators[QI_TRACE_CREATORS];
    QiTrace t = {0};

    Walk walk;
    walk_from(&walk, w->current);
    for (; walk.more && t.nhead < QI_TRACE_HEAD; walk_next(&walk)) head[t.nhead++] = place_of(&walk.frame);
    uint64_t rest = 0; /* frames after the head; the last of them stay in the ring `tail` */
    bool counted = true;
    for (; walk.more; walk_next(&walk)) {
        if (rest == COUNT_MAX && counted) {
            counted = false;
            walk_to_end(&walk);
        }
        tail[rest++ % QI_TRACE_TAIL] = place_of(&walk.frame);
    }
    t.ntail = rest < QI_TRACE_TAIL ? (uint32_t)rest : QI_TRACE_TAIL;
    t.skipped = counted ? rest - t.ntail : QI_TRACE_UNCOUNTED;

    const QiHandle *task = qi_co_task(w->current)->handle;
    t.task = number_of(task);
    for (; task->creator != NULL && t.ncreators < QI_TRACE_CREATORS; t.ncreators++) {
        created[t.ncreators] = task->created_at;
        task = task->creator;
        creators[t.ncreators] = number_of(task);
    }

    size_t nplaces = (size_t)t.nhead + t.ntail + t.ncreators;
    QiTrace *out = malloc(qi_trace_bytes(&t));
    if (out == NULL) return;
    *out = t;
    memcpy(out->places, head, t.nhead * sizeof *head);
    for (uint32_t i = 0; i < t.ntail; i++) out->places[t.nhead + i] = tail[(rest - t.ntail + i) % QI_TRACE_TAIL];
    memcpy(out->places + t.nhead + t.ntail, created, t.ncreators * sizeof *created);
    memcpy(out->places + nplaces, creators, t.ncreators * sizeof *creators);
    /* Two workers may throw the same error: one place is kept. */
    struct QiTrace *none = NULL;
    if (!__atomic_compare_exchange_n(&e->trace, &none, out, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED)) free(out);
}
