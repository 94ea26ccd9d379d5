/*
 * heap.c — allocation: chunks, blocks, runs, large objects, accounting.
 *
 * The interpreter bumps a pointer through a run of free cells (heap.h). When
 * the run is used up, the slow path here finds the next: in the bin's current
 * block, in the next block that has free cells, in a fresh block.
 *
 * Invariants
 * - object_bytes grows when a run is handed out, so the fast path counts
 *   nothing.
 * - Nothing here collects: past trigger_bytes a collection is requested, once.
 *
 * Growth policy: the next collection begins when three quarters as much was allocated as was
 * live after the last one (the rest is allocated while it goes on), and at least QI_NURSERY_MIN (QI_NURSERY_SMALL while next to nothing
 * lives); near a limit earlier.
 */
#include "block.h"
#include "error.h"
#include "value.h"

#include <assert.h>
#include <stdlib.h>

#include "../base/platform.h"

/* Measured on trees of short-lived nodes: 8 MiB spends twice the time in collections, 32 MiB leaves the outer cache and
 * makes each allocation a third slower. */
#define QI_NURSERY_MIN ((size_t)16 << 20)
/* While almost nothing lives a collection costs next to nothing: then a budget that the inner cache holds is the faster one
 * (measured: creating and ending tasks takes 15% less time). */
#define QI_NURSERY_SMALL ((size_t)768 << 10)
#define QI_LIVE_SMALL ((size_t)1 << 20)

/* Chunks of small pages before the first of huge ones. */
#define QI_HUGE_AFTER 3u

unsigned qi_class_of(size_t size) {
    if (size <= 512) return (unsigned)(size / QI_ALLOC_GRANULE);
    /* 640 768 896 1024, 1280 … : the two bits below the leading one, rounded up. */
    unsigned shift = 63u - (unsigned)__builtin_clzll(size - 1);
    return QI_ALLOC_CLASSES + (shift - 9) * 4 + (unsigned)((size - 1) >> (shift - 2) & 3);
}

size_t qi_class_size(unsigned class) {
    if (class < QI_ALLOC_CLASSES) return class * QI_ALLOC_GRANULE;
    unsigned medium = class - QI_ALLOC_CLASSES;
    return (size_t)(5 + medium % 4) << (7 + medium / 4);
}

/* --- limits ------------------------------------------------------------------- */

void qi_heap_consider(QiHeapState *s) {
    if (QI_LIKELY(!s->config.stress && qi_bytes_used(s) < s->trigger_bytes)) return;
    if (s->requested && !s->config.stress) return;
    s->requested = true;
    if (s->hooks.request != NULL) s->hooks.request(s->hooks.user);
}

bool qi_heap_within_limit(const QiHeap *h, size_t more) {
    const QiHeapState *s = h->state;
    size_t limit = s->config.limit_bytes;
    if (limit == 0) return true;
    limit += h->reserve_bytes + (s->granted ? QI_GRANT_BYTES : 0);
    size_t used = qi_bytes_used(s);
    return used <= limit && more <= limit - used;
}

/* Each worker uses up its own share, and with several a collection begins and ends with threads that sleep and wake: twice the room makes
 * up for that. */
static size_t nursery_small(const QiHeapState *s) {
    if (QI_LIKELY(s->nfronts == 1)) return QI_NURSERY_SMALL;
    const size_t wanted = 2 * s->nfronts * QI_NURSERY_SMALL;
    return wanted < QI_NURSERY_MIN ? wanted : QI_NURSERY_MIN;
}

void qi_heap_set_trigger(QiHeapState *s) {
    size_t live = qi_bytes_used(s), least = live < QI_LIVE_SMALL ? nursery_small(s) : QI_NURSERY_MIN;
    /* What was made during the cycle is mostly garbage, and was paid for out of the room it had. */
    size_t old = live - s->born_bytes, room = old / 4 * 3 > s->born_bytes + least ? old / 4 * 3 - s->born_bytes : least;
    if (s->config.limit_bytes != 0) {
        size_t left = s->config.limit_bytes > live ? (s->config.limit_bytes - live) / 2 : 0;
        if (room > left) room = left;
    }
    s->trigger_bytes = live + room;
}

/* --- chunks and blocks ------------------------------------------------------------ */

/* Is the heap so large that rounding its memory up to huge pages does not show? Then it gains from fewer page faults and TLB
 * misses. */
static bool wants_huge_pages(const QiHeapState *s) {
    unsigned n = 0;
    for (const QiChunk *c = s->chunks; c != NULL && n < QI_HUGE_AFTER; c = c->next) n++;
    return n == QI_HUGE_AFTER;
}

static QiChunk *chunk_new(QiHeapState *s) {
    QiChunk *c = qi_map_aligned(QI_CHUNK_SIZE, QI_CHUNK_SIZE);
    if (c == NULL && s->granted) {
        c = s->spare;
        s->spare = NULL;
    }
    if (c == NULL) return NULL;
    if (wants_huge_pages(s)) qi_map_prefer_huge(c, QI_CHUNK_SIZE);
    c->bytes = QI_CHUNK_SIZE;
    c->free = ~(uint64_t)1;
    for (unsigned i = 0; i < QI_CHUNK_BLOCKS; i++) c->blocks[i].base = (char *)c + i * QI_BLOCK_SIZE;
    c->next = s->chunks;
    s->chunks = c;
    c->next_avail = s->avail;
    s->avail = c;
    return c;
}

/* n neighbouring blocks. NULL: no memory. */
static QiBlock *blocks_take(QiHeapState *s, unsigned n) {
    for (;;) {
        QiChunk **link = &s->avail;
        while (*link != NULL) {
            QiChunk *c = *link;
            if (c->free == 0) { /* full: the next sweep brings it back */
                *link = c->next_avail;
                continue;
            }
            /* Bit i of `runs`: blocks i … i+n-1 are all free. */
            uint64_t runs = c->free;
            for (unsigned k = 1; k < n && runs != 0; k++) runs &= c->free >> k;
            if (runs != 0) {
                unsigned i = (unsigned)__builtin_ctzll(runs);
                c->free &= ~((n == 64 ? ~(uint64_t)0 : ((uint64_t)1 << n) - 1) << i);
                return &c->blocks[i];
            }
            link = &c->next_avail;
        }
        if (chunk_new(s) == NULL) return NULL;
    }
}

static QiBlock *block_new(QiHeapState *s, unsigned class, QiBlockUse use) {
    QiBlock *b = blocks_take(s, 1);
    if (b == NULL) return NULL;
    QI_UNPOISON(b->base, QI_BLOCK_SIZE);
    b->use = (uint8_t)use;
    b->cell = (uint32_t)qi_class_size(class);
    b->end = use == QI_BLOCK_PERMANENT ? QI_BLOCK_SIZE : (uint32_t)(QI_BLOCK_SIZE / b->cell * b->cell);
    b->scan = 0;
    b->next = NULL;
    b->born = s->phase != QI_PHASE_IDLE;
    if (use == QI_BLOCK_OWNING && b->used_before) {
        for (uint32_t at = 0; at < b->end; at += b->cell) ((QiObject *)(void *)(b->base + at))->kind = QI_K_FREE;
    }
    b->used_before = true;
    return b;
}

/* --- runs ------------------------------------------------------------------------------ */

/* Cells handed out during a cycle survive it. */
static void mark_born(const QiAllocRun *run, uint32_t cell) {
    uint64_t *marks = qi_chunk_of(run->cur)->marks;
    const size_t step = cell / QI_ALLOC_GRANULE;
    size_t g = qi_chunk_granule(run->cur);
    for (const char *p = run->cur; p < run->end; p += cell, g += step) marks[g / 64] |= (uint64_t)1 << (g % 64);
}

/* Refills a run that is used up. Mark bits of a fresh block are clear, so its first run is the whole block. */
static bool refill(QiHeap *h, QiBin *bin, unsigned class, QiBlockUse use, QiAllocRun *run) {
    QiHeapState *s = h->state;
    qi_heap_consider(s);
    for (;;) {
        if (bin->current != NULL && qi_block_next_run(bin->current, run)) break;
        bin->current = bin->first;
        if (bin->current != NULL) {
            bin->first = bin->current->next;
            if (bin->first == NULL) bin->last = NULL;
            continue;
        }
        bin->current = block_new(s, class, use);
        if (bin->current == NULL) return false;
    }
    size_t bytes = (size_t)(run->end - run->cur);
    if (s->config.stress && bytes > bin->current->cell) {
        /* One cell at a time: every allocation comes here. */
        bin->current->scan -= (uint32_t)(bytes - bin->current->cell);
        run->end = run->cur + bin->current->cell;
        bytes = bin->current->cell;
    }
    if (!qi_heap_within_limit(h, bytes)) {
        bin->current->scan -= (uint32_t)bytes;
        run->end = run->cur;
        return false;
    }
    s->object_bytes += bytes;
    if (s->phase != QI_PHASE_IDLE) {
        mark_born(run, bin->current->cell);
        s->born_bytes += bytes;
    }
    QI_UNPOISON(run->cur, bytes);
    return true;
}

static bool run_refill(QiHeap *h, QiBin *bin, unsigned class, QiBlockUse use, QiAllocRun *run) {
    qi_heap_lock(h);
    bool ok = refill(h, bin, class, use, run);
    qi_heap_unlock(h);
    return ok;
}

static void *run_take(QiAllocRun *run, size_t size) {
    void *p = run->cur;
    run->cur += size;
    return p;
}

/* --- large objects ------------------------------------------------------------------------ */

static void *large(QiHeap *h, size_t size, QiBlockUse use) {
    QiHeapState *s = h->state;
    if (use != QI_BLOCK_PERMANENT) {
        if (!qi_heap_within_limit(h, size)) return NULL;
        qi_heap_consider(s);
    }
    char *p;
    if (size <= QI_LARGE_BLOCKS_MAX * QI_BLOCK_SIZE) {
        unsigned n = (unsigned)((size + QI_BLOCK_SIZE - 1) / QI_BLOCK_SIZE);
        QiBlock *b = blocks_take(s, n);
        if (b == NULL) return NULL;
        for (unsigned i = 0; i < n; i++) {
            b[i].use = QI_BLOCK_LARGE_REST;
            b[i].used_before = true;
        }
        b->use = use == QI_BLOCK_PERMANENT ? QI_BLOCK_PERMANENT : QI_BLOCK_LARGE;
        b->nblocks = n;
        b->bytes = size;
        p = b->base;
        QI_UNPOISON(p, size);
    } else {
        if (size > SIZE_MAX / 2) return NULL;
        size_t page = 4096, bytes = (size + QI_MAPPING_OFFSET + page - 1) & ~(page - 1);
        QiChunk *c = qi_map_aligned(bytes, QI_CHUNK_SIZE);
        if (c == NULL) return NULL;
        c->bytes = bytes;
        c->free = use == QI_BLOCK_PERMANENT; /* a mapping has no blocks: 1 keeps it for good */
        c->next = s->mappings;
        s->mappings = c;
        p = (char *)c + QI_MAPPING_OFFSET;
    }
    if (use != QI_BLOCK_PERMANENT) s->object_bytes += size;
    if (s->phase != QI_PHASE_IDLE) qi_chunk_of(p)->marks[qi_chunk_granule(p) / 64] |= (uint64_t)1 << (qi_chunk_granule(p) % 64);
    return p;
}

static void *large_new(QiHeap *h, size_t size, QiBlockUse use) {
    qi_heap_lock(h);
    void *p = large(h, size, use);
    qi_heap_unlock(h);
    return p;
}

/* --- interface ------------------------------------------------------------------------------- */

void *qi_alloc_slow(QiHeap *h, size_t size) {
    QiHeapState *s = h->state;
    assert(size > 0 && size % QI_ALLOC_GRANULE == 0);
    if (size > QI_SMALL_MAX) return large_new(h, size, QI_BLOCK_LARGE);
    unsigned class = qi_class_of(size);
    QiAllocRun *run = class < QI_ALLOC_CLASSES ? &h->runs[class] : &h->medium_runs[class - QI_ALLOC_CLASSES];
    size_t cell = qi_class_size(class);
    if ((size_t)(run->end - run->cur) < cell && !run_refill(h, &s->bins[class], class, QI_BLOCK_SMALL, run)) return NULL;
    return run_take(run, cell);
}

void *qi_alloc_owning(QiHeap *h, size_t size) {
    assert(size > 0 && size <= 512 && size % QI_ALLOC_GRANULE == 0);
    unsigned class = (unsigned)(size / QI_ALLOC_GRANULE);
    QiAllocRun *run = &h->owning_runs[class];
    if (QI_UNLIKELY(run->cur == run->end) && !run_refill(h, &h->state->owning_bins[class], class, QI_BLOCK_OWNING, run)) return NULL;
    return run_take(run, size);
}

void *qi_alloc_permanent(QiHeap *h, size_t size) {
    QiHeapState *s = h->state;
    size = qi_round_size(size);
    if (size > QI_SMALL_MAX) return large_new(h, size, QI_BLOCK_PERMANENT);
    QiAllocRun *run = &s->permanent_run;
    if ((size_t)(run->end - run->cur) < size) {
        QiBlock *b = block_new(s, 1, QI_BLOCK_PERMANENT);
        if (b == NULL) return NULL;
        run->cur = b->base;
        run->end = b->base + QI_BLOCK_SIZE;
    }
    return run_take(run, size);
}

void qi_heap_grant(QiHeap *h) {
    qi_heap_lock(h);
    h->state->granted = true;
    qi_heap_unlock(h);
}

void qi_runs_retire(QiHeapState *s) {
    for (QiHeap *h = s->heap; h != NULL; h = h->next_front) {
        memset(h->runs, 0, sizeof h->runs);
        memset(h->medium_runs, 0, sizeof h->medium_runs);
        memset(h->owning_runs, 0, sizeof h->owning_runs);
    }
    memset(s->bins, 0, sizeof s->bins);
    memset(s->owning_bins, 0, sizeof s->owning_bins);
}

size_t qi_heap_room(const QiHeap *h) {
    qi_heap_lock(h);
    size_t limit = h->state->config.limit_bytes, used = qi_bytes_used(h->state);
    qi_heap_unlock(h);
    return limit == 0 ? SIZE_MAX : limit > used ? limit - used : 0;
}

QiHeapStats qi_heap_stats(const QiHeap *h) {
    QiHeapStats stats = h->state->stats;
    qi_heap_lock(h);
    stats.bytes_live = qi_bytes_used(h->state);
    qi_heap_unlock(h);
    stats.bytes_limit = h->state->config.limit_bytes;
    return stats;
}

QiHeap *qi_heap_new(const QiHeapConfig *config, const QiHeapHooks *hooks) {
    QiHeap *h = calloc(1, sizeof *h);
    QiHeapState *s = aligned_alloc(_Alignof(QiHeapState), sizeof *s);
    if (s != NULL) memset(s, 0, sizeof *s);
    bool locks = s != NULL && qi_os_mutex_init(&s->lock);
    if (h == NULL || !locks) goto fail;
    h->state = s;
    s->heap = h;
    s->nfronts = 1;
    s->config = *config;
    h->hash_seed = config->hash_seed;
    s->hooks = *hooks;
    s->marker.state = s;
    s->marker.markers = 1;
    qi_heap_set_trigger(s);
    s->spare = qi_map_aligned(QI_CHUNK_SIZE, QI_CHUNK_SIZE);
    if (s->spare == NULL) goto fail;
    /* The error for the day when there is no memory for an error. */
    s->out_of_memory = qi_error_spare(h);
    if (s->out_of_memory == NULL) goto fail;
    return h;
fail:
    if (s != NULL) {
        for (QiChunk *c = s->chunks, *next; c != NULL; c = next) {
            next = c->next;
            qi_unmap(c, c->bytes);
        }
        if (s->spare != NULL) qi_unmap(s->spare, QI_CHUNK_SIZE);
    }
    if (locks) qi_os_mutex_destroy(&s->lock);
    free(s);
    free(h);
    return NULL;
}

QiHeap *qi_heap_front(QiHeap *h) {
    QiHeapState *s = h->state;
    if (s->team == NULL) s->team = qi_team_new(s);
    QiHeap *front = s->team == NULL ? NULL : aligned_alloc(64, (sizeof *front + 63) & ~(size_t)63);
    if (front == NULL) return NULL;
    memset(front, 0, sizeof *front);
    front->types = h->types;
    front->ntypes = h->ntypes;
    front->hash_seed = h->hash_seed;
    front->state = s;
    front->shared = true;
    QiHeap *first = s->heap;
    front->next_front = first->next_front;
    first->next_front = front;
    first->shared = true;
    s->nfronts++;
    return front;
}

static void unmap_all(QiChunk *c) {
    while (c != NULL) {
        QiChunk *next = c->next;
        QI_UNPOISON(c, c->bytes);
        qi_unmap(c, c->bytes);
        c = next;
    }
}

void qi_heap_free(QiHeap *h) {
    if (h == NULL) return;
    QiHeapState *s = h->state;
    qi_finalize_all(s);
    qi_storage_release_retired(s);
    qi_error_finalize(h, &s->out_of_memory->head); /* permanent, but its trace is not */
    unmap_all(s->chunks);
    unmap_all(s->mappings);
    if (s->spare != NULL) qi_unmap(s->spare, QI_CHUNK_SIZE);
    qi_marker_free(&s->marker);
    qi_team_free(s->team);
    free(s->layouts);
    free(s->layout_words);
    qi_os_mutex_destroy(&s->lock);
    free(s);
    while (h != NULL) {
        QiHeap *next = h->next_front;
        qi_storage_free(h);
        free(h);
        h = next;
    }
}
