/*
 * mark.c — finds what is reachable.
 *
 * Marked objects wait on a stack made of segments; no recursion, so a list of
 * ten million nodes needs no more C stack than an empty one. An object's mark
 * bit is set when it is queued, so it is queued once. Which words of an object
 * are references comes from QiLayout, made once from the type table.
 *
 * Between the stack and the tracing stands a short queue: an object is
 * prefetched when it leaves the stack and read some objects later.
 *
 * Tracing stops when the budget of the slice is used up, and goes on from the stack in the next (cycle.c). An object is traced in one
 * piece however large: its elements are as many references to queue, not as many objects to read.
 *
 * When no memory is left for another segment, the object is marked but not
 * queued and `overflowed` is set: after the stack is empty, every marked object
 * is traced once more, as often as needed. Slow, but it ends and forgets none.
 *
 * Rejected: several threads, each with a QiMarker
 * - that pass segments to each other and set mark bits with an atomic or. Measured with two: slower than one thread when objects lie together, no faster
 *   when they do not.
 * - that each own blocks of 64 KiB, set bits only there and tell each other of the rest by the hundreds, without an atomic instruction for an object. Measured with
 *   two, workers that stand still helping the one that collects when that pays: pauses took 0.76 to 1.13 of the time in sum, from program to program and from run to
 *   run; on a machine with other work, where a marker waits for one that has no processor, 1.2 to 1.6. Slices are short already, so what could be won is little.
 */
#include "block.h"
#include "dict.h"
#include "list.h"

#include <assert.h>
#include <stdlib.h>

#define QI_PREFETCH_DISTANCE 8u

/* --- layouts ------------------------------------------------------------------- */

/* Objects of this type hold no references. */
static bool is_leaf(const QiType *t) {
    switch (t->kind) {
    case QI_T_STRING: case QI_T_BYTES: case QI_T_INT128: case QI_T_RANGE: return true;
    case QI_T_OPTION: return t->option_boxed ? !t->a->is_ref : is_leaf(t->a);
    case QI_T_STRUCT: case QI_T_TUPLE: case QI_T_ENUM:
        for (uint32_t i = 0; i < t->nfields; i++) {
            if (t->fields[i]->is_ref) return false;
        }
        return true;
    default: return false;
    }
}

static void layout_word(QiLayout *l, uint8_t *more, uint32_t i, const QiType *t) {
    if (!t->is_ref) return;
    if (i < 64) {
        l->refs |= (uint64_t)1 << i;
        if (is_leaf(t)) l->leaves |= (uint64_t)1 << i;
    } else {
        more[i - 64] = 1;
    }
}

bool qi_layouts_prepare(QiHeapState *s) {
    const QiHeap *h = s->heap;
    if (s->layout_types == h->types && h->types != NULL) return true;
    size_t extra = 0;
    for (uint32_t i = 0; i < h->ntypes; i++) {
        if (h->types[i]->nfields > 64) extra += h->types[i]->nfields - 64;
    }
    QiLayout *layouts = calloc(h->ntypes + 1, sizeof *layouts);
    uint8_t *words = calloc(extra + 1, 1);
    if (layouts == NULL || words == NULL) {
        free(layouts);
        free(words);
        return false;
    }
    uint8_t *more = words;
    for (uint32_t i = 0; i < h->ntypes; i++) {
        const QiType *t = h->types[i];
        QiLayout *l = &layouts[i];
        switch (t->kind) {
        case QI_T_STRUCT:
        case QI_T_TUPLE:
        case QI_T_ENUM:
        case QI_T_ENV:
            l->nwords = t->nfields;
            if (t->nfields > 64) {
                l->more = more;
                more += t->nfields - 64;
            }
            for (uint32_t f = 0; f < t->nfields; f++) layout_word(l, (uint8_t *)l->more, f, t->fields[f]);
            break;
        case QI_T_OPTION: case QI_T_CELL: case QI_T_LIST: case QI_T_ARRAY:
            l->nwords = 1; /* the box's or cell's value; the elements */
            layout_word(l, NULL, 0, t->a);
            break;
        default: break;
        }
    }
    free(s->layouts);
    free(s->layout_words);
    s->layouts = layouts;
    s->layout_words = words;
    s->layout_types = h->types;
    return true;
}

/* --- the mark stack ---------------------------------------------------------------- */

static QI_COLD bool segment_push(QiMarker *m) {
    QiMarkSegment *seg = m->spare;
    if (seg != NULL) {
        m->spare = seg->prev;
    } else if (m->max_segments == 0 || m->segments < m->max_segments) {
        seg = malloc(sizeof *seg);
        if (seg != NULL) m->segments++;
    }
    if (seg == NULL) {
        m->overflowed = true;
        return false;
    }
    seg->prev = m->top;
    seg->count = 0;
    m->top = seg;
    return true;
}

QI_INLINE void push(QiMarker *m, QiObject *o) {
    if (QI_UNLIKELY(m->top == NULL || m->top->count == QI_MARK_SEGMENT) && !segment_push(m)) return;
    m->top->objects[m->top->count++] = o;
}

/* NULL: the stack is empty. */
QI_INLINE QiObject *pop(QiMarker *m) {
    QiMarkSegment *seg = m->top;
    if (QI_UNLIKELY(seg == NULL)) return NULL;
    QiObject *o = seg->objects[--seg->count];
    if (QI_UNLIKELY(seg->count == 0)) {
        m->top = seg->prev;
        seg->prev = m->spare;
        m->spare = seg;
    }
    return o;
}

void qi_marker_free(QiMarker *m) {
    /* The heap may end in the middle of a cycle. */
    QiMarkSegment *lists[] = {m->spare, m->top};
    for (unsigned i = 0; i < 2; i++) {
        for (QiMarkSegment *seg = lists[i], *prev; seg != NULL; seg = prev) {
            prev = seg->prev;
            free(seg);
        }
    }
    m->spare = m->top = NULL;
}

/* Sets the mark bit; false when it was set. */
QI_INLINE bool set_mark(const void *o) {
    size_t g = qi_chunk_granule(o);
    uint64_t *word = &qi_chunk_of(o)->marks[g / 64], bit = (uint64_t)1 << (g % 64);
    if (*word & bit) return false;
    *word |= bit;
    return true;
}

QI_INLINE void mark_ref(QiMarker *m, QiValue v) {
    QiObject *o = qi_as_ref(v);
    if (o != NULL && set_mark(o)) push(m, o);
}

QI_INLINE void mark_leaf(QiValue v) {
    if (v != 0) (void)set_mark(qi_as_ref(v));
}

void qi_mark(QiMarker *m, QiObject *o) {
    if (o != NULL && set_mark(o)) push(m, o);
}

bool qi_mark_spend(QiMarker *m, uint32_t objects) {
    m->budget -= objects;
    return m->budget > 0;
}

/* Many references of one object cost as much as some objects. */
#define QI_REFS_PER_OBJECT 16u

/* --- tracing ------------------------------------------------------------------------- */

QI_INLINE void trace_words(QiMarker *m, const QiLayout *l, const QiValue *words) {
    for (uint64_t bits = l->refs & ~l->leaves; bits != 0; bits &= bits - 1) mark_ref(m, words[__builtin_ctzll(bits)]);
    if (l->leaves != 0) {
        for (uint64_t bits = l->leaves; bits != 0; bits &= bits - 1) mark_leaf(words[__builtin_ctzll(bits)]);
    }
    if (QI_UNLIKELY(l->more != NULL)) {
        for (uint32_t i = 64; i < l->nwords; i++) {
            if (l->more[i - 64]) mark_ref(m, words[i]);
        }
    }
}

/* A variant's fields are a part of those the layout describes. */
static void trace_enum(QiMarker *m, const QiEnum *e) {
    const QiLayout *l = &m->state->layouts[e->head.type];
    uint32_t first = e->head.aux >> 16, n = e->head.flags;
    if (QI_LIKELY(first + n <= 64)) {
        uint64_t own = n == 64 ? ~(uint64_t)0 : ((uint64_t)1 << n) - 1;
        uint64_t refs = n == 0 ? 0 : l->refs >> first & own, leaves = n == 0 ? 0 : l->leaves >> first & own;
        trace_words(m, &(QiLayout){.refs = refs, .leaves = leaves, .nwords = n}, e->fields);
        return;
    }
    const QiType *t = m->state->heap->types[e->head.type];
    for (uint32_t i = 0; i < n; i++) {
        if (t->fields[first + i]->is_ref) mark_ref(m, e->fields[i]);
    }
}

static void trace_list(QiMarker *m, const QiList *l) {
    if (!(l->head.flags & QI_LIST_REFS)) return;
    const QiValue *items = l->items.words;
    uint32_t n = l->len;
    m->budget -= n / QI_REFS_PER_OBJECT;
    if (m->state->layouts[l->head.type].leaves) {
        for (uint32_t i = 0; i < n; i++) mark_leaf(items[i]);
    } else {
        for (uint32_t i = 0; i < n; i++) mark_ref(m, items[i]);
    }
}

static void trace_dict(QiMarker *m, const QiDict *d) {
    bool keys = d->head.flags & QI_DICT_STRING_KEYS, parts = d->head.flags & QI_DICT_DEEP_KEYS, values = d->head.flags & QI_DICT_REF_VALUES;
    if (!keys && !parts && !values) return;
    m->budget -= d->used / QI_REFS_PER_OBJECT;
    for (uint32_t i = 0; i < d->used; i++) {
        const QiDictEntry *e = &d->entries[i];
        if (!e->live) continue;
        if (keys) mark_leaf(e->key);
        else if (parts) mark_ref(m, e->key);
        if (values) mark_ref(m, e->value);
    }
}

/* An object whose finaliser would never run is a mistake of whoever allocated it. (Of coroutines only 协程 need theirs: a task gives
 * its stack back when it ends.) */
static QI_COLD void check_owning(const QiHeapState *s, const QiObject *o) {
    bool owns = o->kind == QI_K_LIST || o->kind == QI_K_DICT || o->kind == QI_K_ERROR ||
                (o->kind != QI_K_COROUTINE && s->hooks.kinds[o->kind].finalize != NULL);
    uint8_t use = qi_block_of(o)->use;
    assert(!owns || use == QI_BLOCK_OWNING || use == QI_BLOCK_PERMANENT);
    (void)owns;
    (void)use;
}

static QI_NOINLINE void trace_other(QiMarker *m, QiObject *o) {
    if (QI_UNLIKELY(m->state->config.stress)) check_owning(m->state, o);
    switch (o->kind) {
    case QI_K_LIST: trace_list(m, (const QiList *)(void *)o); break;
    case QI_K_DICT: trace_dict(m, (const QiDict *)(void *)o); break;
    case QI_K_INT128: case QI_K_RANGE: break;
    case QI_K_POINTER: qi_mark(m, ((const QiPointer *)(void *)o)->base); break;
    case QI_K_ERROR: {
        const QiError *e = (const QiError *)(void *)o;
        mark_leaf(qi_from_ref(e->message));
        qi_mark(m, (QiObject *)e->cause);
        qi_mark(m, e->task);
        if (e->code != NULL) mark_leaf(qi_from_ref(e->code));
        if (e->kind != NULL && e->kind->is_ref) qi_mark(m, qi_as_ref(e->value));
        break;
    }
    default:
        assert(o->kind < QI_K_COUNT);
        /* Without a function the kind holds no references. */
        if (m->state->hooks.kinds[o->kind].trace != NULL) m->state->hooks.kinds[o->kind].trace(m->state->hooks.kind_user, o, m);
        break;
    }
}

QI_INLINE void trace(QiMarker *m, QiObject *o) {
    uint8_t kind = o->kind;
    if (QI_LIKELY((1u << kind) & (1u << QI_K_STRUCT | 1u << QI_K_BOX | 1u << QI_K_CELL | 1u << QI_K_CLOSURE))) {
        /* The words begin right behind the header in all four. */
        trace_words(m, &m->state->layouts[o->type], (const QiValue *)(const void *)(o + 1));
    } else if (kind == QI_K_ENUM) {
        trace_enum(m, (const QiEnum *)(void *)o);
    } else if (kind != QI_K_STRING) {
        trace_other(m, o);
    }
}

/* Traces until nothing is left (true), or the budget is used up. */
static bool drain(QiMarker *m) {
    QiObject *queue[QI_PREFETCH_DISTANCE];
    unsigned first = 0, waiting = 0;
    for (;;) {
        QiObject *next;
        while (waiting < QI_PREFETCH_DISTANCE && (next = pop(m)) != NULL) {
            __builtin_prefetch(next);
            queue[(first + waiting++) % QI_PREFETCH_DISTANCE] = next;
        }
        if (waiting == 0) return true;
        if (QI_UNLIKELY(--m->budget < 0)) {
            while (waiting > 0) push(m, queue[(first + --waiting) % QI_PREFETCH_DISTANCE]);
            return false;
        }
        QiObject *o = queue[first];
        first = (first + 1) % QI_PREFETCH_DISTANCE;
        waiting--;
        trace(m, o);
    }
}

bool qi_is_marked(const QiObject *o) { return qi_marked_at(qi_chunk_of(o)->marks, qi_chunk_granule(o)); }

/* Traces every marked object again: those that were marked but not queued are among them. (Mappings hold only
 * strings: no other object is as large.) */
static void rescan(QiMarker *m) {
    QiHeapState *s = m->state;
    for (QiChunk *c = s->chunks; c != NULL; c = c->next) {
        for (unsigned i = 1; i < QI_CHUNK_BLOCKS; i++) {
            const QiBlock *b = &c->blocks[i];
            /* What was made during the cycle needs no tracing, and may not be made yet. */
            if (b->use == QI_BLOCK_FREE || b->use == QI_BLOCK_LARGE_REST || b->born) continue;
            const uint64_t *marks = qi_block_marks(c, i);
            unsigned words = b->use == QI_BLOCK_LARGE ? 1 : QI_BLOCK_WORDS;
            for (unsigned w = 0; w < words; w++) {
                for (uint64_t bits = marks[w]; bits != 0; bits &= bits - 1) {
                    trace(m, (QiObject *)(void *)(b->base + (w * 64 + (unsigned)__builtin_ctzll(bits)) * QI_ALLOC_GRANULE));
                    m->budget = INT64_MAX;
                    drain(m);
                }
            }
        }
    }
}

void qi_mark_drain(QiMarker *m) {
    const int64_t budget = m->budget;
    m->budget = INT64_MAX;
    drain(m);
    while (QI_UNLIKELY(m->overflowed)) {
        m->overflowed = false;
        rescan(m);
    }
    /* It counts, as far as there was something to count down from. */
    const int64_t spent = INT64_MAX - m->budget;
    m->budget = budget > spent ? budget - spent : 0;
}

void qi_mark_begin(QiHeapState *s) {
    QiMarker *m = &s->marker;
    m->overflowed = false;
    if (s->out_of_memory != NULL) qi_mark(m, &s->out_of_memory->head);
    if (s->hooks.roots != NULL) s->hooks.roots(s->hooks.user, m);
}

bool qi_mark_some(QiHeapState *s) {
    QiMarker *m = &s->marker;
    for (;;) {
        if (!drain(m)) return false;
        if (QI_UNLIKELY(m->overflowed)) qi_mark_drain(m);
        /* It may have marked more even when it is done. */
        bool done = s->hooks.unreached == NULL || s->hooks.unreached(s->hooks.user, m);
        if (done && m->top == NULL && !m->overflowed) return true;
        if (m->budget <= 0) return false;
    }
}
