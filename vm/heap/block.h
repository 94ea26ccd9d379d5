/*
 * block.h — how the heap's memory is laid out. Private to vm/heap.
 *
 * A chunk is 4 MiB, aligned to its size. It begins with one mark bit for each
 * granule (16 bytes) of the chunk, then descriptors of its 64 blocks of 64 KiB.
 * The header takes the place of block 0. So marking an object is one mask, one
 * shift and one bit, whatever the object's size.
 *
 * A block holds cells of one size, all of the same use:
 *   SMALL      nothing to finalise: a sweep reads only mark bits
 *   OWNING     kinds with finalisers: a sweep walks the dead cells
 *   PERMANENT  bump-allocated, never swept
 *   LARGE      first block of an object over QI_SMALL_MAX; LARGE_REST follow
 * An object over 1 MiB has a mapping of its own, which begins like a chunk.
 *
 * Invariants
 * - In OWNING blocks every cell that holds no object has kind QI_K_FREE.
 * - Mark bits are set only during a cycle and stay until the next one
 *   begins; the free runs between them are found when an allocation needs them.
 * - During a cycle cells come from blocks that were empty, and are marked as they are handed out (`born`).
 *
 * Rejected
 * - Mark bits in each block's header: headers 64 KiB apart share cache sets, so
 *   marking a large heap would miss on almost every bit.
 * - Mark bits in object headers: a sweep would have to read every object.
 * - A bit per object "needs finalising": it costs every block a second bitmap
 *   and every allocation of a list a store; separate blocks cost nothing.
 * - Finalising lazily: storage of dead lists would stay for an unknown time, and
 *   the growth policy would not see it.
 */
#ifndef QI_HEAP_BLOCK_H
#define QI_HEAP_BLOCK_H

#include "../base/platform.h"
#include "heap.h"

#include <stdatomic.h>

#define QI_CHUNK_SIZE ((size_t)4 << 20)
#define QI_BLOCK_SIZE ((size_t)64 << 10)
#define QI_CHUNK_BLOCKS 64u
#define QI_BLOCK_WORDS 64u              /* words of mark bits for a block */
#define QI_SMALL_MAX 32768u             /* largest object that shares a block */
#define QI_LARGE_BLOCKS_MAX 16u         /* larger ones get a mapping of their own */
#define QI_MAPPING_OFFSET 4096u         /* where the object of such a mapping begins */

/* Size classes: 0 … 32 by granule as in heap.h, then four to each doubling up to QI_SMALL_MAX. */
#define QI_CLASSES (QI_ALLOC_CLASSES + QI_MEDIUM_CLASSES)

typedef enum QiBlockUse {
    QI_BLOCK_FREE = 0, QI_BLOCK_SMALL, QI_BLOCK_OWNING, QI_BLOCK_PERMANENT, QI_BLOCK_LARGE, QI_BLOCK_LARGE_REST,
} QiBlockUse;

typedef struct QiBlock {
    struct QiBlock *next;   /* in a bin's list of blocks with free runs */
    char *base;
    uint32_t cell;          /* bytes of a cell */
    uint32_t end;           /* bytes that whole cells take */
    uint32_t scan;          /* where the search for the next free run goes on */
    uint32_t nblocks;       /* LARGE */
    uint8_t use;            /* QiBlockUse */
    bool used_before;       /* its memory may not be zero */
    bool born;              /* taken into use during this cycle: holds marked cells without contents */
    size_t bytes;           /* LARGE: size of the object */
} QiBlock;

typedef struct QiChunk {
    struct QiChunk *next;        /* all chunks, or all mappings */
    struct QiChunk *next_avail;  /* chunks with free blocks */
    uint64_t free;               /* bit i: block i is free (never bit 0) */
    size_t bytes;                /* of the mapping */
    _Alignas(64) uint64_t marks[QI_CHUNK_SIZE / QI_ALLOC_GRANULE / 64]; /* those of a block fill whole cache lines */
    QiBlock blocks[QI_CHUNK_BLOCKS]; /* not there in a mapping of one object */
} QiChunk;

/* Blocks of one size class and use that have free runs, and the one being allocated from. */
typedef struct QiBin {
    QiBlock *current;
    QiBlock *first, *last;
} QiBin;

/* What the collector needs to know of a type: which words behind the header are references. */
typedef struct QiLayout {
    uint64_t refs;          /* of the first 64 words */
    uint64_t leaves;        /* those of them whose objects hold no references: marked, never read */
    uint32_t nwords;
    const uint8_t *more;    /* words from 64 on: 0 none, 1 reference; NULL if nwords <= 64 */
} QiLayout;

#define QI_MARK_SEGMENT 4094u
/* A piece of the mark stack. */
typedef struct QiMarkSegment {
    struct QiMarkSegment *prev;
    size_t count;
    QiObject *objects[QI_MARK_SEGMENT];
} QiMarkSegment;

#define QI_MARKERS_MAX 8u
#ifndef QI_POST_MAX /* tests: fewer */
#define QI_POST_MAX 254u
#endif
/* What one marker has to say to another: addresses of objects, which are multiples of 16, and one of
 *   0               mark it, and trace it
 *   QI_POST_LEAF    mark it: it holds no references
 *   QI_POST_MARKED  trace it: it is marked */
typedef struct QiPost {
    struct QiPost *next;
    size_t count;
    uintptr_t entries[QI_POST_MAX];
} QiPost;
#define QI_POST_LEAF 1u
#define QI_POST_MARKED 2u

struct QiMarker {
    _Alignas(64) struct QiHeapState *state; /* other markers read what stands beside it */
    QiMarkSegment *top;
    QiMarkSegment *spare;   /* emptied pieces */
    QiPost *mail;           /* what others sent and nobody looked at yet */
    bool overflowed;        /* an object was marked but not queued, or a reference found and not sent */
    uint32_t number, markers; /* which of how many mark now; of one: it owns every block */
    int64_t budget;         /* objects this slice may still trace */
    uint32_t segments;      /* made so far */
    uint32_t max_segments;  /* 0: as memory allows (tests make it run out) */
    /* with several: team.c */
    uint32_t post_size;     /* entries that fill a post */
    QiPost *out[QI_MARKERS_MAX]; /* for each of the others, not full yet */
    QiPost *posts;          /* unused ones */
    uint32_t nposts;
};

#define QI_DOOR_OPEN 1u
#define QI_DOOR_HELPER 2u
#define QI_DOOR_ROUND 256u
/* Workers that mark together (team.c). Which memory order each word needs is said there. */
typedef struct QiTeam {
    QiMarker helpers[QI_MARKERS_MAX]; /* from 1 on; number 0 is QiHeapState.marker */
    QiOsMutex lock;                 /* for those who sleep */
    QiOsCond cond;
    uint32_t most;                  /* markers, as processors allow */
    uint32_t after;                 /* how many objects one marker traces before it looks for help */
    uint32_t post_size;             /* entries that fill a post (tests: few) */
    bool no_memory;                 /* for more posts (tests) */
    bool patient;                   /* everybody is waited for (tests) */
    bool eager;                     /* rounds begin whether or not they pay (tests) */
    int64_t alone_cost;             /* ns for 1024 objects when one marks; 0: not known yet */
    uint32_t misses, wins, skip;    /* rounds in turn that did not pay; that did; slices until the next */
    int64_t round_budget, reserve, round_objects; /* of the last round: for each marker; kept back; traced by all */
    int64_t traced;                 /* by helpers in this pause: objects */
    _Alignas(64) _Atomic uint32_t looks;  /* changes when those who stand by shall look at the world again */
    _Atomic uint32_t standing, asleep;    /* workers that stand by; of these, in a system call */
    _Atomic bool crowded;           /* others are at work on the processors: nobody stands by awake */
    _Atomic uint32_t door;          /* number of a round; QI_DOOR_HELPER for each that came in; QI_DOOR_OPEN: more may */
    _Atomic uint32_t round;         /* number of the last one that began */
    _Alignas(64) _Atomic uint32_t inside; /* helpers that are at work */
    _Atomic uint32_t pending;       /* markers that have work, and posts nobody took yet; 0: all is marked */
    _Atomic uint32_t hungry;        /* bit i: marker i has nothing to do */
    _Atomic bool stop;              /* the slice is over */
    struct { _Alignas(64) _Atomic(QiPost *) first; } inboxes[QI_MARKERS_MAX];
} QiTeam;

typedef struct QiRetired { void *storage; size_t size; } QiRetired;

/* What a handler of E7007 may allocate past the limit, so that it can say what happened and let go of something. */
#define QI_GRANT_BYTES ((size_t)1 << 20)

/* cycle.c */
typedef enum QiPhase { QI_PHASE_IDLE, QI_PHASE_MARK, QI_PHASE_FINALIZE } QiPhase;

/* What the fronts share. `lock` guards everything in it while the program runs, once there are two of them; it is the innermost of all
 * locks. A collection has the world to itself and takes none. */
typedef struct QiHeapState {
    QiHeapConfig config;
    QiHeapHooks hooks;
    QiOsMutex lock;
    QiHeap *heap;                           /* the first front; next_front leads to the others */
    uint32_t nfronts;
    QiChunk *chunks, *avail, *mappings;
    QiBin bins[QI_CLASSES];                 /* SMALL */
    QiBin owning_bins[QI_ALLOC_CLASSES];
    QiAllocRun permanent_run;
    size_t object_bytes;    /* live after the last collection plus runs handed out since */
    size_t external_bytes;  /* list storage, tables, stacks */
    size_t born_bytes;      /* objects made during the cycle: most of what floats through it */
    size_t trigger_bytes;   /* past it a collection is asked for */
    bool requested;
    bool granted;           /* E7007 was thrown: its handler may use a little more, until a collection finds room */
    QiChunk *spare;         /* mapped, untouched: for that handler when the system has no memory */
    QiLayout *layouts;
    uint8_t *layout_words;  /* storage of `more` */
    const QiType *const *layout_types; /* the table the layouts were made from */
    QiError *out_of_memory; /* E7007, made in advance */
    QiPhase phase;
    QiChunk *cursor;        /* FINALIZE: the chunk to go on with; NULL: all are done */
    unsigned cursor_block;
    QiMarker marker;
    QiTeam *team;           /* NULL: there is one front */
    QiHeapStats stats;
} QiHeapState;

QI_INLINE QiChunk *qi_chunk_of(const void *p) {
    return (QiChunk *)((uintptr_t)p & ~(uintptr_t)(QI_CHUNK_SIZE - 1));
}

QI_INLINE size_t qi_chunk_granule(const void *p) {
    return ((uintptr_t)p & (QI_CHUNK_SIZE - 1)) / QI_ALLOC_GRANULE;
}

/* Not for objects in mappings of their own. */
QI_INLINE QiBlock *qi_block_of(const void *p) {
    return &qi_chunk_of(p)->blocks[((uintptr_t)p & (QI_CHUNK_SIZE - 1)) / QI_BLOCK_SIZE];
}

/* Mark bits of block number i: QI_BLOCK_WORDS words. */
QI_INLINE uint64_t *qi_block_marks(QiChunk *c, unsigned i) { return &c->marks[i * QI_BLOCK_WORDS]; }

/* Which of several markers sets the mark bits of a block: those of neighbours are any. */
QI_INLINE uint32_t qi_marker_of(const QiMarker *m, const void *o) {
    const uint32_t spread = (uint32_t)((uintptr_t)o / QI_BLOCK_SIZE) * 0x9E3779B1u;
    return (uint32_t)((uint64_t)spread * m->markers >> 32);
}

/* Tests the mark bit of granule g of a block. */
QI_INLINE bool qi_marked_at(const uint64_t *marks, size_t g) { return marks[g / 64] >> (g % 64) & 1; }

QI_INLINE void qi_heap_lock(const QiHeap *h) {
    if (QI_UNLIKELY(h->shared)) qi_os_mutex_lock(&h->state->lock);
}
QI_INLINE void qi_heap_unlock(const QiHeap *h) {
    if (QI_UNLIKELY(h->shared)) qi_os_mutex_unlock(&h->state->lock);
}

QI_INLINE size_t qi_bytes_used(const QiHeapState *s) { return s->object_bytes + s->external_bytes; }

/* heap.c: the size class of a size up to QI_SMALL_MAX, and the size of a class's cells. */
unsigned qi_class_of(size_t size);
size_t qi_class_size(unsigned class);
/* heap.c: after E7007 was thrown. */
void qi_heap_grant(QiHeap *h);
/* heap.c: asks for a collection when it is time. */
void qi_heap_consider(QiHeapState *s);
/* heap.c: when the next cycle begins. */
void qi_heap_set_trigger(QiHeapState *s);
/* heap.c: takes every run and bin away: the mark bits alone will say what is free. */
void qi_runs_retire(QiHeapState *s);
/* heap.c: may so many bytes more be used? */
bool qi_heap_within_limit(const QiHeap *h, size_t more);
/* storage.c: nobody runs, so nobody reads what was retired. */
void qi_storage_release_retired(QiHeapState *s);
/* storage.c: gives the pools of a front back, for the end of the heap. */
void qi_storage_free(QiHeap *h);

/* mark.c */
bool qi_layouts_prepare(QiHeapState *s);
/* Marks the roots. */
void qi_mark_begin(QiHeapState *s);
/* Traces as far as the budget goes. true: everything reachable is marked. */
bool qi_mark_some(QiHeapState *s);
void qi_marker_free(QiMarker *m);
/* Traces together with the others of a round, until all is marked or the slice over. */
void qi_mark_together(QiTeam *t, QiMarker *m);
/* Traces alone, as far as the budget goes. true: nothing is left. */
bool qi_mark_alone(QiMarker *m);
/* Queues a marked object for tracing. */
void qi_mark_queue(QiMarker *m, QiObject *o);

/* team.c. NULL: out of memory. */
QiTeam *qi_team_new(const QiHeapState *s);
void qi_team_free(QiTeam *t);
/* Sends the post of marker `to` that is full, and begins another. */
QI_NOINLINE void qi_team_send(QiTeam *t, QiMarker *m, uint32_t to, QiObject *o, unsigned kind);
/* Tells another marker of an object; kind: QI_POST_… */
QI_INLINE void qi_team_tell(QiMarker *m, uint32_t to, QiObject *o, unsigned kind) {
    QiPost *p = m->out[to];
    if (QI_LIKELY(p != NULL && p->count < m->post_size)) p->entries[p->count++] = (uintptr_t)o | kind;
    else qi_team_send(m->state->team, m, to, o, kind);
}
/* By marker 0: waits until the others stopped, and goes on alone. */
void qi_team_retreat(QiTeam *t, QiMarker *m);
/* Sends what waits for markers that have nothing to do. */
void qi_team_feed(QiTeam *t, QiMarker *m);
/* m has nothing to do: waits for mail. false: nobody has anything to do, or the slice is over. */
bool qi_team_wait(QiTeam *t, QiMarker *m);
/* Traces with whoever helps, as far as the budget goes. true: nothing is left. */
bool qi_team_drain(QiTeam *t, QiMarker *m);
void qi_post_free(QiMarker *m, QiPost *p);
/* It comes from another processor's cache. */
QI_INLINE void qi_post_fetch(const QiPost *p) {
    for (size_t i = 0; i < p->count; i += 64 / sizeof p->entries[0]) __builtin_prefetch(&p->entries[i]);
}

/* sweep.c: after marking: finalises dead objects from s->cursor on, as far as the budget goes. true: all of them. */
bool qi_finalize_some(QiHeapState *s);
/* sweep.c: after that: frees empty blocks, queues the others. */
void qi_sweep(QiHeapState *s);
/* sweep.c: the next free run of a block, from b->scan on. false: none left. */
bool qi_block_next_run(QiBlock *b, QiAllocRun *run);
/* sweep.c: finalises every object; for the end of the heap. */
void qi_finalize_all(QiHeapState *s);

/* In AddressSanitizer builds free cells are poisoned, so a reference the collector was not told of is found when used. */
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define QI_POISON(p, n) __asan_poison_memory_region((p), (n))
#define QI_UNPOISON(p, n) __asan_unpoison_memory_region((p), (n))
#define QI_POISONS 1
#else
#define QI_POISON(p, n) ((void)(p), (void)(n))
#define QI_UNPOISON(p, n) ((void)(p), (void)(n))
#define QI_POISONS 0
#endif

#endif
