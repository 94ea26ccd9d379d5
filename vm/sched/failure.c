/*
 * failure.c — the failures that come after the first one. What a block throws, or 全部, carries them: QiError.others, 其余 in the language.
 *
 * Invariants
 * - An error that was thrown is not changed: other tasks may have it. What carries a list, or what a 最终 covered up, is a copy, made when it is thrown.
 *   The records of a list do not change either: the list of a copy of a copy goes on with the older one.
 * - Until then the later failures of a block are those of tasks whose failure nobody has looked at, which unheard.c keeps and tells at the end, as it
 *   does what the body threw. So none is lost, whatever becomes of the block: it hangs, or is dropped.
 * - A failure stands in a list once, and not in its own nor when it is the 起因, nor do its copies: a task that awaited another fails with the error of
 *   that. (Copies of a 取消错误 do, which are no failures; the 起因 of an error of the program's own kind, which may show another; and what cannot be
 *   searched to the end is taken twice rather than lost.) Lists and 起因 are
 *   errors that were there before, so they form no circle.
 *
 * Several workers: lists are made inside the whole scheduler, which guards the flags; what was thrown does not change, so that looking needs nothing.
 *
 * Rejected: linking each to the first error when it comes. That error may be thrown by many blocks, grows with each, and is read by others meanwhile.
 * Rejected: a bound on the list. The tasks and their errors are there anyway; it is the report that is bounded.
 */
#include "failure.h"

#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "trace.h"

/* Through how many lists in one another what hangs on an error is searched; what is deeper, or too much, counts as a failure and is kept as it is. */
#define SEARCHED_DEEP 100u

/* --- collecting --------------------------------------------------------------------------- */

static QiLater *grown(QiLater *list) {
    const uint32_t cap = list == NULL ? 4 : list->cap * 2;
    QiLater *l = realloc(list, sizeof *l + cap * sizeof(QiFuture *));
    if (l == NULL) return NULL;
    if (list == NULL) *l = (QiLater){0};
    l->cap = cap;
    return l;
}

bool qi_later_add(QiLater **list, QiFuture *f) {
    if (*list == NULL || (*list)->n == (*list)->cap) {
        QiLater *l = grown(*list);
        if (l == NULL) return false;
        *list = l;
    }
    (*list)->futures[(*list)->n++] = f;
    return true;
}

bool qi_later_add_first(QiLater **list, QiFuture *f) {
    if (!qi_later_add(list, f)) return false;
    QiFuture **futures = (*list)->futures;
    memmove(futures + 1, futures, ((*list)->n - 1) * sizeof *futures);
    futures[0] = f;
    (*list)->body_at++;
    return true;
}

bool qi_later_add_body(QiLater **list, QiError *e) {
    if (*list == NULL) *list = grown(NULL);
    if (*list == NULL) return false;
    (*list)->body = e;
    (*list)->body_at = (*list)->n;
    return true;
}

bool qi_later_add_body_first(QiLater **list, QiError *e) {
    if (!qi_later_add_body(list, e)) return false;
    (*list)->body_at = 0;
    return true;
}

/* NULL, and *left is 0: there is too much to search. */
static QiError *real_under(QiError *cancelled, unsigned depth, unsigned *left) {
    QiError *e = cancelled, *real = NULL;
    for (; e != NULL && e->head.aux == 6101 && *left != 0; e = e->cause) --*left;
    if (*left == 0) return NULL;
    if (e != NULL) return e;
    if (depth == 0) {
        *left = 0;
        return NULL;
    }
    for (e = cancelled; e != NULL; e = e->cause) {
        for (const QiError *record = e->others; record != NULL && *left != 0; record = record->others, --*left) {
            if (record->cause->head.aux != 6101) real = record->cause; /* the oldest */
        }
        if (real != NULL) return real;
    }
    for (e = cancelled; e != NULL; e = e->cause) {
        for (const QiError *record = e->others; record != NULL && *left != 0; record = record->others) {
            real = real_under(record->cause, depth - 1, left);
            if (real != NULL) return real;
        }
    }
    return NULL;
}

QiError *qi_error_real_within(QiError *e, unsigned *left) {
    if (e->head.aux != 6101) return e;
    QiError *real = real_under(e, SEARCHED_DEEP, left);
    return *left == 0 ? e : real;
}

QiError *qi_error_real(QiError *e) {
    unsigned left = QI_ERRORS_SEARCHED;
    return qi_error_real_within(e, &left);
}

static QiError *error_of(const QiFuture *f) { return qi_as_ref(f->result); }

QiFuture *qi_later_real(const QiLater *list) {
    for (uint32_t i = 0; i < list->n; i++) {
        if (error_of(list->futures[i])->head.aux != 6101) return list->futures[i];
    }
    unsigned left = QI_ERRORS_SEARCHED + list->n;
    for (uint32_t i = 0; i < list->n; i++) {
        if (qi_error_real_within(error_of(list->futures[i]), &left) != NULL) return list->futures[i];
    }
    return NULL;
}

void qi_later_mark(const QiLater *list, QiMarker *m) {
    if (list == NULL) return;
    qi_mark(m, (QiObject *)list->body);
    for (uint32_t i = 0; i < list->n; i++) qi_mark(m, &list->futures[i]->head);
}

/* --- joining ----------------------------------------------------------------------------- */

/* head.flags of an error, while a list is made. */
#define LISTED 1u  /* of an original: it or a copy of it is in the list, or is what is thrown */
#define CARRIED 2u /* this very error is */
#define UNDER 4u   /* a copy that is has it as its 起因 */

/* A list that is being made. */
typedef struct Joining {
    QiHeap *heap;
    QiError *newest;
    uint64_t number; /* `value` of records: for this list they were last gone through, and what they and the older ones say is in it */
    unsigned left;   /* of what is looked through */
    bool failed;     /* for want of memory */
} Joining;

static QiError *original(QiError *e) { return e->head.aux != 6101 && e->subject != NULL ? (QiError *)(void *)e->subject : e; }

static bool is_listed(QiError *e) { return (original(e)->head.flags & LISTED) != 0; }

/* What a copy has as its 起因 and the original has not. */
static QiError *own_cause(QiError *e) { return e->cause != original(e)->cause ? e->cause : NULL; }

static void enlist(QiError *e) {
    original(e)->head.flags |= LISTED;
    e->head.flags |= CARRIED;
    if (own_cause(e) != NULL) e->cause->head.flags |= UNDER;
}

static void delist(QiError *e) {
    original(e)->head.flags &= (uint8_t)~LISTED;
    e->head.flags &= (uint8_t)~CARRIED;
    if (own_cause(e) != NULL) e->cause->head.flags &= (uint8_t)~UNDER;
}

static void append(Joining *j, QiError *e) {
    QiError *record = qi_error_record(j->heap, e);
    if (record == NULL) {
        j->failed = true;
        return;
    }
    enlist(e);
    record->others = j->newest;
    j->newest = record;
}

static void add(Joining *j, QiError *e) {
    if (!j->failed && !is_listed(e)) append(j, e);
}

static void add_real(Joining *j, QiError *e, unsigned depth);

static void add_under(Joining *j, QiError *e, unsigned depth) {
    if ((e->head.flags & CARRIED) != 0 || j->failed) return;
    if (depth != 0 && j->left != 0) {
        j->left--;
        add_real(j, e, depth - 1);
    } else {
        append(j, e); /* rather twice than not at all */
    }
}

/* The first along 起因 that is no 取消错误; NULL: none. false: there is too much to look through. */
static bool find_real(Joining *j, QiError *e, QiError **real) {
    for (; e != NULL && e->head.aux == 6101; e = e->cause) {
        if (j->left == 0) return false;
        j->left--;
    }
    *real = e;
    return true;
}

/* A task may have failed with the 取消错误 of another: that stays, but when what it covers up is there. */
static void add_failure(Joining *j, QiError *e, unsigned depth) {
    QiError *real;
    if (e->head.aux == 6101 && (!find_real(j, e, &real) || real == NULL || !is_listed(real))) add(j, e);
    else add_under(j, e, depth);
}

/* All of a list in its order, which begins with the newest: each as it is, or what it says. Many errors may have the same older part of a list. */
static void add_list(Joining *j, QiError *records, bool whole, unsigned depth) {
    size_t n = 0;
    for (const QiError *record = records; record != NULL && record->value != j->number; record = record->others) n++;
    if (n == 0) return;
    QiError **errors = malloc(n * sizeof *errors);
    if (errors == NULL) {
        j->failed = true;
        return;
    }
    for (size_t i = n; i > 0; records = records->others) {
        errors[--i] = records->cause;
        records->value = j->number;
    }
    for (size_t i = 0; i < n; i++) {
        /* A copy of what is there may have something that is not. */
        if (whole && !is_listed(errors[i])) add_failure(j, errors[i], depth);
        else add_under(j, errors[i], depth);
    }
    free(errors);
}

/*
 * What e says: e itself; but of a 取消错误, which is no failure, what it covers up; and of a copy of what is there only what that does not have.
 * depth: through so many lists in one another; what is deeper, or too much, is taken as it is.
 */
static void add_real(Joining *j, QiError *e, unsigned depth) {
    while (e != NULL) {
        QiError *real, *more = NULL;
        if (!find_real(j, e, &real)) {
            if ((e->head.flags & CARRIED) == 0 && !j->failed) append(j, e);
            return;
        }
        if (real != NULL && !is_listed(real)) {
            add(j, real);
        } else if (real != NULL && (real->head.flags & CARRIED) == 0) {
            add_list(j, real->others, true, depth);
            more = own_cause(real);
        }
        for (; e != real; e = e->cause) add_list(j, e->others, false, depth);
        e = more != NULL && (more->head.flags & UNDER) == 0 ? more : NULL;
    }
}

/* NULL: out of memory. A copy has a trace of its own, as each error frees its own. */
static QiError *copy_of(QiHeap *h, QiError *e) {
    const QiTrace *trace = __atomic_load_n(&e->trace, __ATOMIC_ACQUIRE); /* another worker may just throw it */
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
    copy->subject = e->head.aux == 6101 ? e->subject : &original(e)->head;
    copy->kind = e->kind;
    copy->value = e->value;
    copy->code = e->code;
    copy->others = e->others;
    copy->trace = own;
    return copy;
}

QiError *qi_later_join(QiWorker *w, const QiLater *list, QiError *e) {
    if (qi_error_is_spare(w->heap, e)) return NULL;
    Joining j = {.heap = w->heap, .newest = e->others, .number = ++w->sched->joinings, .left = QI_ERRORS_SEARCHED};
    /* What it carries: its 起因, too, but that of a kind of the program's own, which may have another 起因 to show. */
    unsigned causes = 0;
    for (QiError *cause = e; cause != NULL && causes < QI_ERRORS_SEARCHED; cause = cause->kind == NULL ? cause->cause : NULL, causes++) enlist(cause);
    for (QiError *record = e->others; record != NULL; record = record->others) {
        enlist(record->cause);
        record->value = j.number;
    }
    /* What is new is not traced: all that only it would hold is shaded. */
    qi_heap_forget(w->heap, qi_from_ref(e));
    for (uint32_t i = 0; i <= list->n; i++) {
        if (i == list->body_at && list->body != NULL) {
            qi_heap_forget(w->heap, qi_from_ref(list->body));
            add_real(&j, list->body, SEARCHED_DEEP);
        }
        if (i == list->n) break;
        qi_heap_forget(w->heap, qi_from_ref(list->futures[i]));
        add_failure(&j, error_of(list->futures[i]), SEARCHED_DEEP);
    }
    QiError *joined = e;
    if (!j.failed && j.newest != e->others) {
        joined = copy_of(w->heap, e);
        if (joined != NULL) joined->others = j.newest;
        else j.failed = true;
    }
    for (QiError *cause = e; causes > 0; cause = cause->cause, causes--) delist(cause);
    for (const QiError *record = j.newest; record != NULL; record = record->others) delist(record->cause);
    if (j.failed) return NULL;
    for (uint32_t i = 0; i < list->n; i++) list->futures[i]->head.flags |= QI_FUTURE_OBSERVED;
    return joined;
}

/* --- 最终 that throws while an error is under way ----------------------------------------------- */

/* Is `sought`, an original, or a copy of it among the causes and later failures of e? Yes, when there is too much to search. */
static bool reaches(QiError *e, const QiError *sought, unsigned depth, unsigned *left) {
    if (depth == 0) return true;
    for (; e != NULL; e = e->cause) {
        if (*left == 0 || original(e) == sought) return true;
        --*left;
        for (const QiError *record = e->others; record != NULL; record = record->others) {
            if (reaches(record->cause, sought, depth - 1, left)) return true;
        }
    }
    return false;
}

/* A copy of e with one more among its 其余. */
static QiError *error_with(QiWorker *w, QiError *e, QiError *other) {
    const QiLater list = {.body = other};
    qi_sched_enter(w);
    QiError *joined = qi_later_join(w, &list, e);
    qi_sched_leave(w);
    return joined != NULL ? joined : e;
}

/* A copy of e with a 起因. */
static QiError *error_after(QiWorker *w, QiError *e, QiError *cause) {
    QiError *copy = !qi_error_is_spare(w->heap, e) ? copy_of(w->heap, e) : NULL;
    if (copy == NULL) return e;
    copy->cause = cause;
    return copy;
}

QiError *qi_error_hide(QiWorker *w, QiError *hidden, QiError *e) {
    unsigned left = QI_ERRORS_SEARCHED;
    if (e == hidden) return e;
    if (e->cause == NULL && !reaches(hidden, original(e), SEARCHED_DEEP, &left)) return error_after(w, e, hidden);
    return qi_error_real(hidden) != NULL ? error_with(w, e, hidden) : e;
}
