/*
 * failure.c — the failures that come after the first one. What a block throws, or 全部, carries them: QiError.others, 其余 in the language.
 *
 * Invariants
 * - An error that was thrown is not changed: other tasks may have it. What carries a list is a copy, made when it is thrown.
 * - Until then the later failures are those of tasks whose failure nobody has looked at, which sched.c keeps and reports at the end. So
 *   none is lost, whatever becomes of the block: it hangs, or is dropped. A block leaves out those that were observed meanwhile.
 * - An error stands in a list once, and never in its own: a task that awaited another fails with the error of that. Lists are made of
 *   errors that were there before, so they form no circle.
 *
 * Several workers: all of this is done inside the whole scheduler.
 *
 * Rejected: linking each to the first error when it comes. That error may be thrown by many blocks, grows with each, and is read by others meanwhile.
 * Rejected: a bound on the list. The tasks and their errors are there anyway; it is the report that is bounded.
 */
#include "failure.h"

#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "trace.h"

/* head.flags of an error, while a list is made: it is in it, or is not to be. */
#define LISTED 1u

void qi_later_prune(QiLater *list) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < list->n; i++) {
        if ((list->futures[i]->head.flags & QI_FUTURE_OBSERVED) == 0) list->futures[n++] = list->futures[i];
    }
    list->n = n;
}

/* Pruned, so that the list of a block that never ends does not grow with what was observed long ago; grown when that gave little. */
static bool has_room(QiLater *list) {
    if (list->n < list->cap) return true;
    qi_later_prune(list);
    return list->n <= list->cap / 2;
}

bool qi_later_add(QiLater **list, QiFuture *f, QiError *e) {
    QiLater *l = *list;
    if (l == NULL || !has_room(l)) {
        const uint32_t cap = l == NULL ? 4 : l->cap * 2;
        QiLater *grown = realloc(l, sizeof *l + cap * sizeof(QiFuture *));
        if (grown != NULL) {
            if (l == NULL) *grown = (QiLater){0};
            grown->cap = cap;
            *list = l = grown;
        } else if (l == NULL || l->n == l->cap) {
            return false;
        }
    }
    if (f == NULL) l->body = e;
    else l->futures[l->n++] = f;
    return true;
}

void qi_later_mark(const QiLater *list, QiMarker *m) {
    if (list == NULL) return;
    qi_mark(m, (QiObject *)list->body);
    for (uint32_t i = 0; i < list->n; i++) qi_mark(m, &list->futures[i]->head);
}

/* --- joining ----------------------------------------------------------------------------- */

/* A list that is being made. */
typedef struct Joining {
    QiHeap *heap;
    QiError *first, **last;
    bool failed; /* for want of memory */
} Joining;

static void append(Joining *j, QiError *e) {
    if (j->failed || (e->head.flags & LISTED) != 0) return;
    QiError *record = qi_error_record(j->heap, e);
    if (record == NULL) {
        j->failed = true;
        return;
    }
    e->head.flags |= LISTED;
    *j->last = record;
    j->last = &record->others;
}

/* NULL: out of memory. A copy has a trace of its own, as each error frees its own. */
static QiError *copy_of(QiHeap *h, const QiError *e) {
    const QiTrace *trace = e->trace;
    const size_t bytes = trace != NULL ? qi_trace_bytes(trace) : 0;
    QiTrace *own = trace != NULL ? malloc(bytes) : NULL;
    if (trace != NULL && own == NULL) return NULL;
    QiError *copy = qi_error_create(h, (int)e->head.aux, e->message);
    if (copy == NULL) {
        free(own);
        return NULL;
    }
    if (own != NULL) memcpy(own, trace, bytes);
    copy->head.type = e->head.type;
    copy->cause = e->cause;
    copy->task = e->task;
    copy->kind = e->kind;
    copy->value = e->value;
    copy->code = e->code;
    copy->trace = own;
    return copy;
}

QiError *qi_later_join(QiWorker *w, QiLater *list, QiError *e) {
    if (qi_error_is_spare(w->heap, e)) return e;
    /* What is new is not traced: all that only it would hold is shaded. */
    Joining j = {.heap = w->heap, .first = NULL, .last = &j.first};
    qi_heap_forget(w->heap, qi_from_ref(e));
    e->head.flags |= LISTED;
    for (const QiError *record = e->others; record != NULL; record = record->others) append(&j, record->cause);
    QiError *const *const before = j.last;
    for (uint32_t i = 0; i < list->n; i++) {
        qi_heap_forget(w->heap, qi_from_ref(list->futures[i]));
        append(&j, qi_as_ref(list->futures[i]->result));
    }
    if (list->body != NULL) {
        qi_heap_forget(w->heap, qi_from_ref(list->body));
        append(&j, list->body);
    }
    QiError *joined = e;
    if (j.last != before && !j.failed) {
        joined = copy_of(w->heap, e);
        if (joined != NULL) joined->others = j.first;
        else j.failed = true;
    }
    e->head.flags &= (uint8_t)~LISTED;
    for (const QiError *record = j.first; record != NULL; record = record->others) record->cause->head.flags &= (uint8_t)~LISTED;
    if (j.failed) return e;
    for (uint32_t i = 0; i < list->n; i++) list->futures[i]->head.flags |= QI_FUTURE_OBSERVED;
    return joined;
}
