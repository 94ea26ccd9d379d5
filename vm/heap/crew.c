/*
 * crew.c — see crew.h.
 *
 * The thread that collects and its helpers each have a QiMarker with a stack of their own. Who has more than one object gives the older
 * part of its stack away, as a piece, when somebody is hungry and no piece lies about: the older an object, the more hangs on it. Mark bits are
 * set by an atomic or, so every object is traced by one of them.
 *
 *     collecting thread:  TRACE ──stack empty──▶ (a piece, what helpers left) ──none, nobody busy──▶ everything is marked
 *     helper:             SLEEP ──a piece──▶ TRACE ──stack empty, budget used up, slice over──▶ SLEEP
 *
 * Invariants
 * - `lock` guards everything but the markers of busy helpers; `hungry`, `npieces` and `on` are also read outside, as hints.
 * - Objects of the scheduler's kinds are traced by the collecting thread alone: tracing them keeps books (sched/leak.c, sched/scan.c). Helpers
 *   give them back (`deferred`).
 * - Outside qi_crew_trace nobody is busy, no piece lies about, and the marks are words of one thread again.
 * - Which objects are marked does not depend on who marked them; so nothing a program can see does.
 *
 * After "A parallel, incremental and concurrent GC for servers" (Ossia and others, 2002): work is passed in packets, and it is over when
 * all packets are empty. Rejected: deques to steal from (packets are passed some hundred times a second, so a lock is cheap); the
 * resting workers as helpers (they wait in the scheduler's lock, which a collection holds); one of several workers
 * marking while the others run (atomic marks and barriers all the time).
 */
#include "crew.h"

#include <stdatomic.h>
#include <stdlib.h>

#define QI_CREW_MAX 7u
/* Objects traced between two looks at who is hungry. */
#define CHUNK 256
#define PATIENCE 2048

typedef struct Helper {
    QiMarker marker;
    QiCrew *crew;
    QiOsThread thread;
    uint64_t slice;          /* the last it had a piece in */
    int64_t budget;          /* left in it */
} Helper;

struct QiCrew {
    QiOsMutex lock;
    QiOsCond work;           /* helpers wait for a piece */
    QiOsCond news;           /* the collecting thread waits for one, or for the last helper */
    QiMarkSegment *pieces;
    QiMarkSegment *returned; /* what helpers left or may not trace */
    _Atomic uint32_t hungry; /* who could take a piece */
    _Atomic uint32_t npieces;
    _Atomic bool on;         /* a slice is on */
    uint32_t busy;           /* helpers that trace */
    uint64_t slice;
    int64_t budget;          /* of each helper in it */
    bool overflowed;         /* a helper marked what it could not queue */
    bool stop;
    uint64_t taken;          /* pieces, by helpers */
    uint32_t count;
    Helper helpers[];
};

/* Other threads write these at any time; what they say is acted on inside the lock. */
#define HINT(field) atomic_load_explicit(&(field), memory_order_relaxed)
#define SET(field, value) atomic_store_explicit(&(field), (value), memory_order_relaxed)

/* --- pieces ---------------------------------------------------------------------- */

/* Puts a chain of segments in front of another. */
static void prepend(QiMarkSegment **to, QiMarkSegment *chain) {
    if (chain == NULL) return;
    QiMarkSegment *last = chain;
    while (last->prev != NULL) last = last->prev;
    last->prev = *to;
    *to = chain;
}

static void share(QiCrew *c, QiMarker *m) {
    if (HINT(c->hungry) == 0 || HINT(c->npieces) != 0) return;
    QiMarkSegment *piece = qi_marker_split(m);
    if (piece == NULL) return;
    qi_os_mutex_lock(&c->lock);
    piece->prev = c->pieces;
    c->pieces = piece;
    SET(c->npieces, HINT(c->npieces) + 1);
    qi_os_cond_signal(&c->work);
    qi_os_cond_signal(&c->news);
    qi_os_mutex_unlock(&c->lock);
}

static QiMarkSegment *take_piece(QiCrew *c) {
    QiMarkSegment *piece = c->pieces;
    if (piece == NULL) return NULL;
    c->pieces = piece->prev;
    piece->prev = NULL;
    SET(c->npieces, HINT(c->npieces) - 1);
    return piece;
}

/* Traces for a while. true: the stack is empty. *budget: what is left of it. */
static bool trace_chunk(QiMarker *m, int64_t *budget) {
    const int64_t most = *budget < CHUNK ? *budget : CHUNK;
    m->budget = most;
    bool empty = qi_mark_trace(m);
    /* One large object may have cost more than there was. */
    *budget -= most - m->budget;
    return empty;
}

/* --- helpers ------------------------------------------------------------------------ */

void qi_crew_defer(QiMarker *m, QiObject *o) {
    if (m->deferred == NULL || m->deferred->count == QI_MARK_SEGMENT) {
        QiMarkSegment *seg = malloc(sizeof *seg);
        if (seg == NULL) {
            m->overflowed = true;
            return;
        }
        seg->prev = m->deferred;
        seg->count = 0;
        m->deferred = seg;
    }
    m->deferred->objects[m->deferred->count++] = o;
}

static void give_back(QiCrew *c, QiMarker *m) {
    prepend(&c->returned, m->top);
    prepend(&c->returned, m->deferred);
    m->top = m->deferred = NULL;
    c->overflowed |= m->overflowed;
    m->overflowed = false;
}

static void *run(void *arg) {
    Helper *h = arg;
    QiCrew *c = h->crew;
    QiMarker *m = &h->marker;
    qi_os_thread_name("qi-mark");
    qi_os_mutex_lock(&c->lock);
    while (!c->stop) {
        /* One whose budget is used up has slept through the rest of the slice. */
        if (c->pieces == NULL || (h->slice == c->slice && h->budget <= 0)) {
            qi_os_cond_wait(&c->work, &c->lock);
            continue;
        }
        if (h->slice != c->slice) {
            h->slice = c->slice;
            h->budget = c->budget;
        }
        m->top = take_piece(c);
        c->busy++;
        c->taken++;
        SET(c->hungry, HINT(c->hungry) - 1);
        qi_os_mutex_unlock(&c->lock);
        while (!trace_chunk(m, &h->budget) && h->budget > 0 && HINT(c->on)) share(c, m);
        qi_os_mutex_lock(&c->lock);
        give_back(c, m);
        c->busy--;
        if (h->budget > 0) SET(c->hungry, HINT(c->hungry) + 1);
        qi_os_cond_signal(&c->news);
    }
    qi_os_mutex_unlock(&c->lock);
    return NULL;
}

/* One for each worker but the one that collects, as far as there are processors for them. */
static uint32_t helpers_wanted(const QiHeapState *s) {
    if (s->config.helpers != 0) return s->config.helpers;
    uint32_t fronts = 0, processors = qi_os_processors();
    for (const QiHeap *h = s->heap; h != NULL; h = h->next_front) fronts++;
    uint32_t most = fronts < processors ? fronts : processors;
    return most - 1 < QI_CREW_MAX ? most - 1 : QI_CREW_MAX;
}

/* NULL: nobody helps. */
static QiCrew *crew_new(QiHeapState *s) {
    const uint32_t wanted = helpers_wanted(s);
    if (wanted == 0) return NULL;
    QiCrew *c = calloc(1, sizeof *c + wanted * sizeof(Helper));
    if (c == NULL) return NULL;
    if (!qi_os_mutex_init(&c->lock)) goto no_lock;
    if (!qi_os_cond_init(&c->work)) goto no_work;
    if (!qi_os_cond_init(&c->news)) goto no_news;
    while (c->count < wanted) {
        Helper *h = &c->helpers[c->count];
        h->crew = c;
        h->marker = (QiMarker){.state = s, .parallel = true, .helps = true};
        if (!qi_os_thread_start(&h->thread, 0, run, h)) break;
        c->count++;
    }
    if (c->count > 0) return c;
    qi_os_cond_destroy(&c->news);
no_news:
    qi_os_cond_destroy(&c->work);
no_work:
    qi_os_mutex_destroy(&c->lock);
no_lock:
    free(c);
    return NULL;
}

uint64_t qi_crew_pieces_taken(QiCrew *c) {
    qi_os_mutex_lock(&c->lock);
    uint64_t taken = c->taken;
    qi_os_mutex_unlock(&c->lock);
    return taken;
}

void qi_crew_free(QiCrew *c) {
    if (c == NULL) return;
    qi_os_mutex_lock(&c->lock);
    c->stop = true;
    qi_os_cond_broadcast(&c->work);
    qi_os_mutex_unlock(&c->lock);
    for (uint32_t i = 0; i < c->count; i++) {
        qi_os_thread_join(c->helpers[i].thread);
        qi_marker_free(&c->helpers[i].marker);
    }
    qi_os_cond_destroy(&c->news);
    qi_os_cond_destroy(&c->work);
    qi_os_mutex_destroy(&c->lock);
    free(c);
}

/* --- the collecting thread -------------------------------------------------------------- */

int64_t qi_crew_patience(const QiHeapState *s) { return s->config.stress ? 0 : PATIENCE; }

/* The stack of m is empty: takes what there is. false: nothing, and nobody is busy. */
static bool go_on(QiCrew *c, QiMarker *m) {
    qi_os_mutex_lock(&c->lock);
    SET(c->hungry, HINT(c->hungry) + 1);
    while (c->returned == NULL && c->pieces == NULL && c->busy > 0) qi_os_cond_wait(&c->news, &c->lock);
    SET(c->hungry, HINT(c->hungry) - 1);
    if (c->returned != NULL) {
        m->top = c->returned;
        c->returned = NULL;
    } else {
        m->top = take_piece(c);
    }
    qi_os_mutex_unlock(&c->lock);
    return m->top != NULL;
}

static void begin(QiCrew *c, QiMarker *m) {
    m->parallel = true;
    qi_os_mutex_lock(&c->lock);
    c->slice++;
    c->budget = m->budget;
    SET(c->hungry, c->count);
    SET(c->on, true);
    qi_os_mutex_unlock(&c->lock);
}

/* Everything that is queued anywhere comes back to m. */
static void end(QiCrew *c, QiMarker *m) {
    SET(c->on, false);
    qi_os_mutex_lock(&c->lock);
    while (c->busy > 0) qi_os_cond_wait(&c->news, &c->lock);
    prepend(&m->top, c->pieces);
    prepend(&m->top, c->returned);
    c->pieces = c->returned = NULL;
    SET(c->npieces, 0);
    SET(c->hungry, 0);
    m->overflowed |= c->overflowed;
    c->overflowed = false;
    qi_os_mutex_unlock(&c->lock);
    m->parallel = false;
}

bool qi_crew_trace(QiHeapState *s, QiMarker *m) {
    if (s->crew == NULL && !s->crew_tried) {
        s->crew_tried = true;
        s->crew = crew_new(s);
    }
    QiCrew *c = s->crew;
    if (c == NULL) return qi_mark_trace(m);
    int64_t budget = m->budget;
    begin(c, m);
    for (bool more = true; more && budget > 0;) {
        if (trace_chunk(m, &budget)) more = go_on(c, m);
        else share(c, m);
    }
    end(c, m);
    m->budget = budget;
    return m->top == NULL;
}
