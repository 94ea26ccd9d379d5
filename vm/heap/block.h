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
    uint64_t marks[QI_CHUNK_SIZE / QI_ALLOC_GRANULE / 64];
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

struct QiMarker {
    struct QiHeapState *state;
    QiMarkSegment *top;
    QiMarkSegment *spare;   /* emptied pieces */
    bool overflowed;        /* an object was marked but not queued */
    int64_t budget;         /* objects this slice may still trace */
    uint32_t segments;      /* made so far */
    uint32_t max_segments;  /* 0: as memory allows (tests make it run out) */
};

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
