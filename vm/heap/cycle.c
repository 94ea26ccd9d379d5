/*
 * cycle.c — the collector's cycle: what happens in which pause.
 *
 *     IDLE ──trigger──▶ MARK ──everything reachable is marked──▶ FINALIZE ──▶ (sweep) IDLE
 *
 * A slice is one pause: it begins a cycle, or goes on with one, until its budget of objects is used up. Between two slices the
 * program allocates QI_SLICE_BYTES. Most heaps are collected in one slice; then nothing below costs the program anything.
 *
 * Marking is by a snapshot of the beginning (Yuasa, "Real-time garbage collection on general-purpose machines", 1990): every object
 * that was reachable when the cycle began, or was made since, survives it. Three rules see to that while `marking` is set
 * - a reference that is overwritten or removed in an object is shaded first (qi_heap_forget);
 * - a stack is scanned before it runs again, after that its registers may change freely (sched/scan.c);
 * - what is allocated is marked at once.
 * Shading and removing are one step wherever another worker may move what is removed (elements of a list, values of a channel). All this is
 * searched by a model, sched/models/slices.pml.
 * So the end of marking needs no pause that looks at all stacks anew, and storing a new reference costs nothing, ever.
 *
 * Invariants
 * - Slices depend on how much was allocated and traced, never on the clock: deterministic mode collects at the same places.
 * - Workers that stand still may help with marking (team.c); what they trace counts as more slices, so that a cycle takes as long, in bytes allocated.
 * - Near a memory limit a cycle is one pause: garbage that floats through a cycle must not make a program fail.
 * - Finalisers run between marking and sweeping, in slices; no cell is used again before all have run.
 *
 * Rejected: marking concurrently, by a thread of its own. It needs atomic marks and a second core that programs want for
 * themselves, to shorten pauses that are short already. Insertion barriers (Dijkstra): stacks would have to be scanned again at the
 * end, all at once.
 */
#include "block.h"

#include <string.h>

/* How many objects a slice traces: some milliseconds' worth when each is a cache miss. */
#define QI_SLICE_OBJECTS 16384
/* How much is allocated between two slices: by each worker, of so many at most. */
#define QI_SLICE_BYTES ((size_t)256 << 10)
#define QI_SLICE_SHARES 16u
#define QI_SLICE_SMALL 3 /* tests */

/* Two bits below the leading one. */
static unsigned pause_bucket(uint64_t ns) {
    if (ns < 4) return (unsigned)ns;
    unsigned shift = 61u - (unsigned)__builtin_clzll(ns), bucket = (shift + 1) * 4 + (unsigned)(ns >> shift & 3);
    return bucket < QI_PAUSE_BUCKETS ? bucket : QI_PAUSE_BUCKETS - 1;
}

uint64_t qi_heap_pause(const QiHeapStats *stats, unsigned percent) {
    uint64_t wanted = (stats->npauses * percent + 99) / 100, seen = 0;
    if (stats->npauses == 0) return 0;
    unsigned i = 0;
    while (i < QI_PAUSE_BUCKETS - 1 && (seen += stats->pauses[i]) < wanted) i++;
    uint64_t top = i < 4 ? i : (uint64_t)(4 + i % 4 + 1) << (i / 4 - 1);
    return top < stats->pause_ns_max ? top : stats->pause_ns_max;
}

static void count_pause(QiHeapStats *stats, uint64_t pause) {
    stats->npauses++;
    stats->pause_ns_total += pause;
    stats->pauses[pause_bucket(pause)]++;
    if (pause > stats->pause_ns_max) stats->pause_ns_max = pause;
}

static void set_marking(QiHeapState *s, bool marking) {
    for (QiHeap *h = s->heap; h != NULL; h = h->next_front) h->marking = marking;
}

static void clear_marks(QiHeapState *s) {
    for (QiChunk *c = s->chunks; c != NULL; c = c->next) {
        for (unsigned i = 1; i < QI_CHUNK_BLOCKS; i++) {
            uint8_t use = c->blocks[i].use;
            if (use == QI_BLOCK_LARGE) qi_block_marks(c, i)[0] = 0;
            else if (use != QI_BLOCK_FREE && use != QI_BLOCK_LARGE_REST) {
                memset(qi_block_marks(c, i), 0, QI_BLOCK_WORDS * sizeof(uint64_t));
            }
        }
    }
    for (QiChunk *c = s->mappings; c != NULL; c = c->next) c->marks[QI_MAPPING_OFFSET / QI_ALLOC_GRANULE / 64] = 0;
}

/* false: no memory to learn the types. */
static bool begin(QiHeapState *s) {
    if (!qi_layouts_prepare(s)) return false;
    qi_runs_retire(s);
    clear_marks(s);
    s->phase = QI_PHASE_MARK;
    s->born_bytes = 0;
    qi_mark_begin(s);
    return true;
}

/* After a collection: with room again the next E7007 is a new one. */
static void grant_end(QiHeapState *s) {
    size_t limit = s->config.limit_bytes;
    if (limit != 0 && qi_bytes_used(s) + QI_GRANT_BYTES > limit) return;
    if (s->spare == NULL) s->spare = qi_map_aligned(QI_CHUNK_SIZE, QI_CHUNK_SIZE);
    s->granted = s->spare == NULL;
}

/* Goes on with the cycle as far as the budget goes. true: it is over. */
static bool go_on(QiHeapState *s) {
    if (s->phase == QI_PHASE_MARK) {
        if (!qi_mark_some(s)) return false;
        s->phase = QI_PHASE_FINALIZE;
        s->cursor = s->chunks;
        s->cursor_block = 1;
    }
    if (!qi_finalize_some(s)) return false;
    qi_sweep(s);
    s->phase = QI_PHASE_IDLE;
    s->stats.collections++;
    qi_heap_set_trigger(s);
    if (s->granted) grant_end(s);
    return true;
}

/* What may be allocated until the next slice. helped: objects that helpers traced in this one; they count as further slices. */
static size_t allowance(const QiHeapState *s, int64_t helped) {
    const size_t shares = s->nfronts < QI_SLICE_SHARES ? s->nfronts : QI_SLICE_SHARES;
    return QI_SLICE_BYTES * shares * (size_t)(QI_SLICE_OBJECTS + helped) / QI_SLICE_OBJECTS;
}

static void slice(QiHeapState *s, int64_t budget) {
    int64_t start = qi_clock_monotonic_ns();
    s->requested = false;
    if (s->team != NULL) s->team->traced = 0;
    qi_storage_release_retired(s);
    s->marker.budget = budget;
    if (s->phase == QI_PHASE_IDLE && !begin(s)) {
        /* Go on and try again a little later. */
        s->trigger_bytes = qi_bytes_used(s) + QI_BLOCK_SIZE;
        return;
    }
    const bool over = go_on(s);
    const int64_t helped = s->team != NULL ? s->team->traced : 0;
    if (!over) s->trigger_bytes = qi_bytes_used(s) + allowance(s, helped);
    set_marking(s, s->phase == QI_PHASE_MARK);
    s->stats.npauses_together += helped != 0;
    count_pause(&s->stats, (uint64_t)(qi_clock_monotonic_ns() - start));
}

/* Is there no room for what floats through a cycle? */
static bool is_tight(const QiHeapState *s) {
    size_t limit = s->config.limit_bytes;
    return limit != 0 && qi_bytes_used(s) > limit / 2;
}

void qi_heap_step(QiHeap *h) {
    QiHeapState *s = h->state;
    const bool small = s->config.small_slices;
    if (is_tight(s) || (s->config.stress && !small)) slice(s, INT64_MAX);
    else slice(s, small ? QI_SLICE_SMALL : QI_SLICE_OBJECTS);
}

void qi_heap_collect(QiHeap *h) {
    QiHeapState *s = h->state;
    /* What became unreachable during a cycle is gone after the next. */
    if (s->phase != QI_PHASE_IDLE) slice(s, INT64_MAX);
    slice(s, INT64_MAX);
}

bool qi_heap_in_cycle(const QiHeap *h) { return h->state->phase != QI_PHASE_IDLE; }

QI_COLD QiMarker *qi_heap_marker(QiHeap *h) {
    qi_heap_lock(h);
    return &h->state->marker;
}

QI_COLD void qi_heap_marker_release(QiHeap *h) { qi_heap_unlock(h); }

QI_COLD void qi_heap_shade(QiHeap *h, QiValue v) {
    qi_mark(qi_heap_marker(h), qi_as_ref(v));
    qi_heap_marker_release(h);
}
