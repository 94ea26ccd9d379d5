/*
 * unwind.c — from a throw to its handler.
 *
 * Invariants
 * - Entered with pc, fp and safepoint stored in w->current and the error in
 *   w->error. The trace is recorded before the first frame is popped, once per
 *   error: throwing it again keeps the first place.
 * - Ranges of a function stand innermost first, so the first that covers the
 *   instruction is the handler.
 * - A frame is left by its link alone; no code of it runs but handlers.
 *
 * Rejected: a stack of active handlers, pushed at 尝试 and popped at its end. It
 * would charge every entry of a 尝试 for what almost never happens.
 */
#include "slow.h"

static const QiHandler *find_handler(const QiFunction *f, const QiInsn *at) {
    uint32_t pc = (uint32_t)(at - f->code);
    for (uint32_t i = 0; i < f->nhandlers; i++) {
        if (pc >= f->handlers[i].start && pc < f->handlers[i].end) return &f->handlers[i];
    }
    return NULL;
}

/* Gives back the segments newer than `keep`. */
static void drop_segments(QiWorker *w, QiCoroutine *co, QiSegment *keep) {
    while (co->segment != keep) {
        QiSegment *s = co->segment;
        co->segment = s->prev;
        qi_segment_release(w, s);
    }
}

bool qi_unwind(QiWorker *w) {
    QiCoroutine *co = w->current;
    qi_error_record_trace(w, w->error);
    QiFrame frame;
    bool more = qi_frame_first(co, &frame);
    while (more) {
        /* At a function's entry nothing of it ran yet: only its caller can handle the error. */
        if (frame.safepoint != NULL) {
            const QiFunction *f = qi_program_function_at(w->vm->program, frame.safepoint);
            const QiHandler *h = find_handler(f, frame.safepoint);
            if (h != NULL) {
                drop_segments(w, co, frame.segment);
                co->fp = frame.fp;
                co->pc = f->code + h->pc;
                co->safepoint = frame.safepoint;
                return true;
            }
        }
        more = qi_frame_next(&frame);
    }
    QiError *e = w->error;
    w->error = NULL;
    qi_sched_enter(w);
    qi_coroutine_fail(w, e);
    qi_sched_leave(w);
    return false;
}
