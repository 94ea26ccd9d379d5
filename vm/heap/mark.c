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
 * With several workers those that rest for the collection may help (team.c). Then each marker owns a share of the blocks, and alone sets mark bits in them; of
 * an object in another's block it tells the owner. So no instruction here is atomic but by name, and what one marker does is compiled apart (`team`).
 * Whatever is queued is marked: anybody may trace it, but objects of kinds that have functions (QiKindOps), which marker 0 traces.
 *
 * Rejected
 * - Several threads that set mark bits with an atomic or. Measured with two: slower than one thread when objects lie together, no faster when they do not.
 * - Mark bytes instead of bits, which two threads may set at once: eight times the memory to clear and to sweep, for one marker as well.
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

void qi_mark_queue(QiMarker *m, QiObject *o) { push(m, o); }

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
    QiPost *posts[] = {m->posts, m->mail};
    for (unsigned i = 0; i < 2; i++) {
        for (QiPost *p = posts[i], *next; p != NULL; p = next) {
            next = p->next;
            free(p);
        }
    }
    m->posts = m->mail = NULL;
}

/* Sets the mark bit; false when it was set. Relaxed: while several mark, whoever looks at a bit of another's block may be late. */
QI_INLINE bool set_mark(const void *o) {
    size_t g = qi_chunk_granule(o);
    uint64_t *word = &qi_chunk_of(o)->marks[g / 64], bit = (uint64_t)1 << (g % 64), bits = __atomic_load_n(word, __ATOMIC_RELAXED);
    if (bits & bit) return false;
    __atomic_store_n(word, bits | bit, __ATOMIC_RELAXED);
    return true;
}

/* `team`, here and below: several markers are at work. A constant wherever it matters. */
QI_INLINE void mark_object(QiMarker *m, QiObject *o, const bool team) {
    const uint32_t owner = team ? qi_marker_of(m, o) : 0;
    if (team && owner != m->number) qi_team_tell(m, owner, o, 0);
    else if (set_mark(o)) push(m, o);
}

QI_INLINE void mark_ref(QiMarker *m, QiValue v, const bool team) {
    QiObject *o = qi_as_ref(v);
    if (o != NULL) mark_object(m, o, team);
}

QI_INLINE void mark_leaf(QiMarker *m, QiValue v, const bool team) {
    QiObject *o = qi_as_ref(v);
    if (o == NULL) return;
    const uint32_t owner = team ? qi_marker_of(m, o) : 0;
    if (team && owner != m->number) qi_team_tell(m, owner, o, QI_POST_LEAF);
    else (void)set_mark(o);
}

void qi_mark(QiMarker *m, QiObject *o) {
    if (o == NULL) return;
    if (QI_UNLIKELY(m->markers > 1)) mark_object(m, o, true);
    else if (set_mark(o)) push(m, o);
}

bool qi_mark_spend(QiMarker *m, uint32_t objects) {
    m->budget -= objects;
    return m->budget > 0;
}

/* Many references of one object cost as much as some objects. */
#define QI_REFS_PER_OBJECT 16u
/* So many that a round of several markers ends. */
#define VAST 16384u

/* --- tracing ------------------------------------------------------------------------- */

QI_INLINE void trace_words(QiMarker *m, const QiLayout *l, const QiValue *words, const bool team) {
    for (uint64_t bits = l->refs & ~l->leaves; bits != 0; bits &= bits - 1) mark_ref(m, words[__builtin_ctzll(bits)], team);
    if (l->leaves != 0) {
        for (uint64_t bits = l->leaves; bits != 0; bits &= bits - 1) mark_leaf(m, words[__builtin_ctzll(bits)], team);
    }
    if (QI_UNLIKELY(l->more != NULL)) {
        for (uint32_t i = 64; i < l->nwords; i++) {
            if (l->more[i - 64]) mark_ref(m, words[i], team);
        }
    }
}

/* A variant's fields are a part of those the layout describes. */
QI_INLINE void trace_enum(QiMarker *m, const QiEnum *e, const bool team) {
    const QiLayout *l = &m->state->layouts[e->head.type];
    uint32_t first = e->head.aux >> 16, n = e->head.flags;
    if (QI_LIKELY(first + n <= 64)) {
        uint64_t own = n == 64 ? ~(uint64_t)0 : ((uint64_t)1 << n) - 1;
        uint64_t refs = n == 0 ? 0 : l->refs >> first & own, leaves = n == 0 ? 0 : l->leaves >> first & own;
        trace_words(m, &(QiLayout){.refs = refs, .leaves = leaves, .nwords = n}, e->fields, team);
        return;
    }
    const QiType *t = m->state->heap->types[e->head.type];
    for (uint32_t i = 0; i < n; i++) {
        if (t->fields[first + i]->is_ref) mark_ref(m, e->fields[i], team);
    }
}

QI_INLINE void trace_list(QiMarker *m, const QiList *l, const bool team) {
    if (!(l->head.flags & QI_LIST_REFS)) return;
    const QiValue *items = l->items.words;
    uint32_t n = l->len;
    m->budget -= n / QI_REFS_PER_OBJECT;
    if (m->state->layouts[l->head.type].leaves) {
        for (uint32_t i = 0; i < n; i++) mark_leaf(m, items[i], team);
    } else {
        for (uint32_t i = 0; i < n; i++) mark_ref(m, items[i], team);
    }
}

QI_INLINE void trace_dict(QiMarker *m, const QiDict *d, const bool team) {
    bool keys = d->head.flags & QI_DICT_STRING_KEYS, parts = d->head.flags & QI_DICT_DEEP_KEYS, values = d->head.flags & QI_DICT_REF_VALUES;
    if (!keys && !parts && !values) return;
    m->budget -= d->used / QI_REFS_PER_OBJECT;
    for (uint32_t i = 0; i < d->used; i++) {
        const QiDictEntry *e = &d->entries[i];
        if (!e->live) continue;
        if (keys) mark_leaf(m, e->key, team);
        else if (parts) mark_ref(m, e->key, team);
        if (values) mark_ref(m, e->value, team);
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

/* Too many references to tell others of: one marker is faster. */
static bool is_vast(const QiObject *o) {
    return o->kind == QI_K_LIST ? ((const QiList *)(const void *)o)->len > VAST : o->kind == QI_K_DICT && ((const QiDict *)(const void *)o)->used > VAST;
}

/* Leaves a marked object to marker 0, where it counts. */
static void leave_to_first(QiMarker *m, QiObject *o) {
    m->budget++;
    qi_team_tell(m, 0, o, QI_POST_MARKED);
}

QI_INLINE void trace_rare(QiMarker *m, QiObject *o, const bool team) {
    const QiHeapState *s = m->state;
    if (team && QI_UNLIKELY(is_vast(o))) {
        if (m->number != 0) {
            leave_to_first(m, o);
            return;
        }
        qi_team_retreat(s->team, m);
    }
    if (QI_UNLIKELY(s->config.stress)) check_owning(s, o);
    switch (o->kind) {
    case QI_K_LIST: trace_list(m, (const QiList *)(void *)o, team); break;
    case QI_K_DICT: trace_dict(m, (const QiDict *)(void *)o, team); break;
    case QI_K_INT128: case QI_K_RANGE: break;
    case QI_K_POINTER: qi_mark(m, ((const QiPointer *)(void *)o)->base); break;
    case QI_K_ERROR: {
        const QiError *e = (const QiError *)(void *)o;
        mark_leaf(m, qi_from_ref(e->message), team);
        qi_mark(m, (QiObject *)e->cause);
        qi_mark(m, (QiObject *)e->others);
        qi_mark(m, e->subject);
        if (e->code != NULL) mark_leaf(m, qi_from_ref(e->code), team);
        if (e->kind != NULL && e->kind->is_ref) qi_mark(m, qi_as_ref(e->value));
        break;
    }
    default:
        assert(o->kind < QI_K_COUNT);
        /* Without a function the kind holds no references. */
        if (s->hooks.kinds[o->kind].trace == NULL) break;
        /* The functions are for one thread. */
        if (team && m->number != 0) leave_to_first(m, o);
        else s->hooks.kinds[o->kind].trace(s->hooks.kind_user, o, m);
        break;
    }
}

static QI_NOINLINE void trace_other(QiMarker *m, QiObject *o) { trace_rare(m, o, false); }
static QI_NOINLINE void trace_other_together(QiMarker *m, QiObject *o) { trace_rare(m, o, true); }

QI_INLINE void trace(QiMarker *m, QiObject *o, const bool team) {
    uint8_t kind = o->kind;
    if (QI_LIKELY((1u << kind) & (1u << QI_K_STRUCT | 1u << QI_K_BOX | 1u << QI_K_CELL | 1u << QI_K_CLOSURE))) {
        /* The words begin right behind the header in all four. */
        trace_words(m, &m->state->layouts[o->type], (const QiValue *)(const void *)(o + 1), team);
    } else if (kind == QI_K_ENUM) {
        trace_enum(m, (const QiEnum *)(void *)o, team);
    } else if (kind != QI_K_STRING) {
        if (team) trace_other_together(m, o);
        else trace_other(m, o);
    }
}

/* Marks what the first post speaks of. */
static QI_NOINLINE void open_mail(QiMarker *m) {
    QiPost *p = m->mail;
    const bool team = m->markers > 1;
    m->mail = p->next;
    if (p->next != NULL) qi_post_fetch(p->next);
    m->budget -= (int64_t)(p->count / QI_REFS_PER_OBJECT);
    for (size_t i = 0; i < p->count; i++) {
        if (i + QI_PREFETCH_DISTANCE < p->count) {
            const void *later = (const void *)p->entries[i + QI_PREFETCH_DISTANCE];
            __builtin_prefetch(&qi_chunk_of(later)->marks[qi_chunk_granule(later) / 64], 1);
        }
        const unsigned kind = p->entries[i] & (QI_ALLOC_GRANULE - 1);
        QiObject *o = (QiObject *)(void *)(p->entries[i] - kind);
        /* It may be of a round whose markers were others. */
        if (kind == QI_POST_MARKED) push(m, o);
        else if (kind == QI_POST_LEAF) mark_leaf(m, qi_from_ref(o), team);
        else mark_object(m, o, team);
    }
    qi_post_free(m, p);
}

/* The next object to trace. NULL: there is none. */
QI_INLINE QiObject *next_object(QiMarker *m) {
    for (;;) {
        QiObject *o = pop(m);
        if (QI_LIKELY(o != NULL) || m->mail == NULL) return o;
        open_mail(m);
    }
}

bool qi_mark_alone(QiMarker *m) {
    QiObject *queue[QI_PREFETCH_DISTANCE];
    unsigned first = 0, waiting = 0;
    for (;;) {
        QiObject *next;
        while (waiting < QI_PREFETCH_DISTANCE && (next = next_object(m)) != NULL) {
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
        trace(m, o, false);
    }
}

/* How many objects are traced between two looks at what the others do. */
#define LOOK_EVERY 32u

void qi_mark_together(QiTeam *t, QiMarker *m) {
    QiObject *queue[QI_PREFETCH_DISTANCE];
    unsigned first = 0, waiting = 0, until = LOOK_EVERY;
    for (;;) {
        QiObject *next;
        while (waiting < QI_PREFETCH_DISTANCE && (next = next_object(m)) != NULL) {
            __builtin_prefetch(next);
            queue[(first + waiting++) % QI_PREFETCH_DISTANCE] = next;
        }
        if (waiting == 0) {
            if (!qi_team_wait(t, m)) return;
            continue;
        }
        if (QI_UNLIKELY(--m->budget < 0)) atomic_store_explicit(&t->stop, true, memory_order_relaxed);
        if (QI_UNLIKELY(--until == 0) || m->budget < 0) {
            until = LOOK_EVERY;
            if (atomic_load_explicit(&t->stop, memory_order_relaxed)) {
                while (waiting > 0) push(m, queue[(first + --waiting) % QI_PREFETCH_DISTANCE]);
                return;
            }
            qi_team_feed(t, m);
        }
        QiObject *o = queue[first];
        first = (first + 1) % QI_PREFETCH_DISTANCE;
        waiting--;
        trace(m, o, true);
    }
}

bool qi_is_marked(const QiObject *o) {
    size_t g = qi_chunk_granule(o);
    return __atomic_load_n(&qi_chunk_of(o)->marks[g / 64], __ATOMIC_RELAXED) >> (g % 64) & 1;
}

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
                    trace(m, (QiObject *)(void *)(b->base + (w * 64 + (unsigned)__builtin_ctzll(bits)) * QI_ALLOC_GRANULE), false);
                    m->budget = INT64_MAX;
                    qi_mark_alone(m);
                }
            }
        }
    }
}

void qi_mark_drain(QiMarker *m) {
    const int64_t budget = m->budget;
    m->budget = INT64_MAX;
    qi_mark_alone(m);
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
        if (!(s->team != NULL ? qi_team_drain(s->team, m) : qi_mark_alone(m))) return false;
        if (QI_UNLIKELY(m->overflowed)) qi_mark_drain(m);
        /* It may have marked more even when it is done. */
        bool done = s->hooks.unreached == NULL || s->hooks.unreached(s->hooks.user, m);
        if (done && m->top == NULL && m->mail == NULL && !m->overflowed) return true;
        if (m->budget <= 0) return false;
    }
}
