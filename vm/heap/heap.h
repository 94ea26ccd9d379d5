/*
 * heap.h — the allocator and the collector's interface.
 *
 * Non-moving, size-segregated, exact; marks and finalises in slices between which the program runs (cycle.c), sweeps lazily.
 *
 * Invariants
 * - The collector runs only inside qi_heap_step and qi_heap_collect, which the scheduler calls
 *   when every worker stands at a safepoint. Allocation never collects: past
 *   the threshold it asks for a slice through `request` and goes on. So C
 *   code may hold references in variables wherever it cannot park.
 * - Whoever takes a reference out of an object while `marking` shades it (qi_heap_forget): what was reachable when a cycle began is
 *   marked in it. New references need nothing, and objects made during a cycle survive it.
 * - The heap does not know what a coroutine is: roots and the layouts of sched/
 *   come in through QiHeapHooks.
 * - qi_alloc returns memory whose header and contents the caller fills before
 *   the next safepoint.
 * - Each worker allocates through a QiHeap of its own, a front of the one heap: what it reads and writes on its way is its
 *   own, and only refilling a run meets the others, under a lock that a heap with one front does not take.
 *
 * Rejected: reference counting (cycles, atomic traffic between workers); a
 * moving nursery (addresses of registers and elements are held by parked
 * coroutines and natives).
 */
#ifndef QI_HEAP_HEAP_H
#define QI_HEAP_HEAP_H

#include "object.h"

typedef struct QiHeap QiHeap;
typedef struct QiMarker QiMarker;

/* Behaviour of a kind laid out outside this room. */
typedef struct QiKindOps {
    /* Calls qi_mark on every reference the object holds; NULL when it holds none. user: QiHeapHooks.kind_user. */
    void (*trace)(void *user, QiObject *o, QiMarker *m);
    /* Frees what the object owns outside the heap; NULL when nothing. */
    void (*finalize)(void *user, QiHeap *h, QiObject *o);
} QiKindOps;

typedef struct QiHeapHooks {
    void *user;
    /* Marks every root (stacks, globals, queues). */
    void (*roots)(void *user, QiMarker *m);
    /* Everything reachable is marked: may mark more, and look at what is not (qi_is_marked) before it is swept. false: wants to be
     * called again when what it marked is traced; it may be in a later slice. NULL: nothing to do. */
    bool (*unreached)(void *user, QiMarker *m);
    /* Asks for a safepoint soon; may be called from any allocation. */
    void (*request)(void *user);
    void *kind_user;             /* first argument of the kinds' functions (the scheduler) */
    QiKindOps kinds[QI_K_COUNT]; /* entries for QI_K_FUTURE… */
} QiHeapHooks;

typedef struct QiHeapConfig {
    size_t limit_bytes;       /* 0: none. Past it qi_alloc fails (E7007). */
    bool stress;              /* request a collection at every allocation (tests) */
    bool small_slices;        /* with stress: a slice of a few objects instead of a whole collection */
    bool english;             /* language of run-time error messages */
    uint64_t hash_seed;       /* secret of the hashes of keys, so that nobody can choose keys that collide */
} QiHeapConfig;

/* Bump region of one size class: free memory from cur to end. */
typedef struct QiAllocRun { char *cur, *end; } QiAllocRun;

#define QI_ALLOC_GRANULE 16
#define QI_ALLOC_CLASSES 33 /* 16, 32, … 512 bytes by granule (index size/16); larger objects take the slow path */
#define QI_MEDIUM_CLASSES 24u /* above them, four to each doubling */

/* storage.c: pieces of 64, 128 … 1024 bytes that were given back. */
#define QI_STORAGE_POOLS 5u
typedef struct QiStoragePool {
    void **first;
    uint32_t count;
} QiStoragePool;

struct QiHeap {
    QiAllocRun runs[QI_ALLOC_CLASSES]; /* hot: first in the struct */
    const QiType *const *types;        /* the program's type table, set by the loader */
    uint32_t ntypes;
    uint64_t hash_seed;                /* of the configuration */
    bool marking;                      /* a cycle is marking, and the program runs: see qi_heap_forget */
    /* private to heap/ */
    struct QiHeapState *state;
    bool shared;                       /* there are several fronts: storage that is replaced is retired, not freed */
    QiAllocRun medium_runs[QI_MEDIUM_CLASSES];
    QiAllocRun owning_runs[QI_ALLOC_CLASSES];
    size_t reserve_bytes;              /* added to the limit while an error is being made */
    QiStoragePool storage[QI_STORAGE_POOLS];
    struct QiRetired *retired;         /* storage somebody may still read, until the next collection */
    uint32_t nretired, cap_retired;
    struct QiHeap *next_front;
};

/* NULL when memory is short. The hooks are copied. */
QiHeap *qi_heap_new(const QiHeapConfig *config, const QiHeapHooks *hooks);
/* Another front of the same heap, for another worker; it lives as long as the heap. Types are set. Before the second worker
 * runs. NULL: out of memory. */
QiHeap *qi_heap_front(QiHeap *h);
/* Finalises and frees every object. h: the front that qi_heap_new made. */
void qi_heap_free(QiHeap *h);

/* Slow path of qi_alloc; NULL when out of memory or past the limit. */
QI_COLD void *qi_alloc_slow(QiHeap *h, size_t size);

/* size: bytes, a multiple of 16. Returns 16-aligned uninitialised memory or NULL. */
QI_INLINE void *qi_alloc(QiHeap *h, size_t size) {
    if (QI_LIKELY(size <= 512)) {
        QiAllocRun *run = &h->runs[size / QI_ALLOC_GRANULE];
        char *p = run->cur;
        if (QI_LIKELY((size_t)(run->end - p) >= size)) {
            run->cur = p + size;
            return p;
        }
    }
    return qi_alloc_slow(h, size);
}

/* As qi_alloc, for objects whose kind owns something outside the heap (lists, dictionaries, errors, kinds with a
 * finalize hook): they live in blocks of their own, so that sweeping all others touches no dead object.
 * size: at most 512. */
void *qi_alloc_owning(QiHeap *h, size_t size);

/* Memory owned by an object but outside the collected blocks (list storage, dictionary tables):
 * accounted, so that it drives collections. resize(NULL, 0, n) allocates, resize(p, n, 0) frees. NULL: out of memory. */
void *qi_heap_resize(QiHeap *h, void *p, size_t old_size, size_t new_size);
/* With several workers: makes sure that the next qi_heap_retire has a place. false: out of memory. */
bool qi_heap_retire_reserve(QiHeap *h);
/* Frees storage of qi_heap_resize at the next collection, when nobody reads it any more. */
void qi_heap_retire(QiHeap *h, void *p, size_t size);
/* As above for memory that sched/ keeps in its own free lists (stacks): only accounts. false: past the limit. */
bool qi_heap_charge(QiHeap *h, ptrdiff_t bytes);

/* Bytes that may still be taken below the limit; SIZE_MAX without one. For buffers outside the heap that become objects. */
size_t qi_heap_room(const QiHeap *h);

/* The three below only at a safepoint of every worker. A whole collection, in one pause: what is unreachable now is gone after it. */
void qi_heap_collect(QiHeap *h);
/* A slice of a collection: begins one when none is under way. A small heap is collected in a single one. */
void qi_heap_step(QiHeap *h);
/* A worker that stands still for a collection: helps with marking when that pays, until somebody calls qi_heap_dismiss. seen: of
 * qi_heap_looks, from before the worker was sure that it has to wait. */
uint32_t qi_heap_looks(const QiHeap *h);
void qi_heap_stand_by(QiHeap *h, uint32_t seen);
/* All who stand by return. */
void qi_heap_dismiss(QiHeap *h);
/* Is a collection under way? */
bool qi_heap_in_cycle(const QiHeap *h);

QI_COLD void qi_heap_shade(QiHeap *h, QiValue v);
/* Before a reference (v; 0: none) is overwritten or removed in an object that may be older than the running cycle. */
QI_INLINE void qi_heap_forget(QiHeap *h, QiValue v) {
    if (QI_UNLIKELY(h->marking)) qi_heap_shade(h, v);
}
/* For marking more than one reference outside a pause (a stack before it runs), while `marking`: the marker, with the heap's lock held
 * until qi_heap_marker_release. */
QI_COLD QiMarker *qi_heap_marker(QiHeap *h);
QI_COLD void qi_heap_marker_release(QiHeap *h);

/* Marks one object (NULL allowed) and queues it for tracing. */
void qi_mark(QiMarker *m, QiObject *o);
/* Was the object found reachable? While marking. */
bool qi_is_marked(const QiObject *o);
/* Traces all that is marked, however long it takes. Only from QiHeapHooks.unreached. */
void qi_mark_drain(QiMarker *m);
/* Counts work that marking did besides tracing objects, in objects. false: the slice is over, what remains should wait for the next. */
bool qi_mark_spend(QiMarker *m, uint32_t objects);
QI_INLINE void qi_mark_value(QiMarker *m, QiValue v) { qi_mark(m, (QiObject *)qi_as_ref(v)); }

#define QI_PAUSE_BUCKETS 160u
typedef struct QiHeapStats {
    uint64_t collections, npauses, bytes_live, bytes_limit, pause_ns_total, pause_ns_max;
    uint64_t npauses_together;           /* in so many of them several workers marked */
    uint32_t pauses[QI_PAUSE_BUCKETS]; /* how many took how long: four buckets to each doubling of nanoseconds */
} QiHeapStats;
/* What so many of a hundred pauses stayed below, in nanoseconds, at most a quarter too much; 0: there was none. */
uint64_t qi_heap_pause(const QiHeapStats *stats, unsigned percent);
QiHeapStats qi_heap_stats(const QiHeap *h);

/* Storage that is never collected: string constants of a module. */
void *qi_alloc_permanent(QiHeap *h, size_t size);

#endif
