/*
 * sweep.c — what happens to unmarked objects.
 *
 * Right after marking, in slices: dead objects of OWNING blocks are finalised. Then, in one pause, which reads mark bits alone:
 * blocks without marked objects are given back, the others are
 * queued in their bins in address order. Afterwards, when an allocation needs
 * memory: runs of free cells are read off a block's mark bits. A dead object
 * without finaliser is never touched.
 *
 * Invariants
 * - All finalisers have run before any block is freed, so a finaliser may look
 *   at objects that died with its own.
 */
#include "block.h"
#include "dict.h"
#include "error.h"
#include "list.h"

#include "../base/platform.h"

bool qi_block_next_run(QiBlock *b, QiAllocRun *run) {
    const QiChunk *c = qi_chunk_of(b);
    const uint64_t *marks = &c->marks[(size_t)(b - c->blocks) * QI_BLOCK_WORDS];
    uint32_t at = b->scan;
    while (at < b->end && qi_marked_at(marks, at / QI_ALLOC_GRANULE)) at += b->cell;
    if (at >= b->end) {
        b->scan = b->end;
        return false;
    }
    /* Only first granules of live cells are marked: the next set bit ends the run. */
    size_t granule = at / QI_ALLOC_GRANULE, word = granule / 64;
    uint64_t bits = marks[word] & ~(uint64_t)0 << (granule % 64);
    while (bits == 0 && ++word < QI_BLOCK_WORDS) bits = marks[word];
    uint32_t end = b->end;
    if (bits != 0) end = (uint32_t)(word * 64 + (unsigned)__builtin_ctzll(bits)) * QI_ALLOC_GRANULE;
    run->cur = b->base + at;
    run->end = b->base + end;
    b->scan = end;
    return true;
}

static void finalize(QiHeapState *s, QiObject *o) {
    switch (o->kind) {
    case QI_K_FREE: return;
    case QI_K_LIST: qi_list_finalize(s->heap, o); break;
    case QI_K_DICT: qi_dict_finalize(s->heap, o); break;
    case QI_K_ERROR: qi_error_finalize(s->heap, o); break;
    default:
        if (s->hooks.kinds[o->kind].finalize != NULL) {
            s->hooks.kinds[o->kind].finalize(s->hooks.kind_user, s->heap, o);
        }
        break;
    }
    o->kind = QI_K_FREE;
}

/* Finalises the cells of an OWNING block, except marked ones if marks is given. */
static void finalize_block(QiHeapState *s, QiBlock *b, const uint64_t *marks) {
    for (uint32_t at = 0; at < b->end; at += b->cell) {
        if (marks != NULL && qi_marked_at(marks, at / QI_ALLOC_GRANULE)) continue;
        char *cell = b->base + at;
        QI_UNPOISON(cell, sizeof(QiObject));
        finalize(s, (QiObject *)(void *)cell);
    }
}

static void poison_block(QiBlock *b, const uint64_t *marks) {
    for (uint32_t at = 0; at < b->end; at += b->cell) {
        if (!qi_marked_at(marks, at / QI_ALLOC_GRANULE)) QI_POISON(b->base + at, b->cell);
    }
}

static void bin_add(QiBin *bin, QiBlock *b) {
    b->next = NULL;
    b->scan = 0;
    if (bin->last == NULL) bin->first = b;
    else bin->last->next = b;
    bin->last = b;
}

/* Frees or queues a block of cells; returns its live bytes. */
static size_t sweep_cells(QiHeapState *s, QiChunk *c, unsigned i) {
    QiBlock *b = &c->blocks[i];
    const uint64_t *marks = qi_block_marks(c, i);
    b->born = false;
    uint64_t any = 0;
    for (unsigned w = 0; w < QI_BLOCK_WORDS; w++) any |= marks[w];
    if (QI_POISONS) poison_block(b, marks);
    if (any == 0) {
        b->use = QI_BLOCK_FREE;
        c->free |= (uint64_t)1 << i;
        return 0;
    }
    uint32_t live = 0;
    for (unsigned w = 0; w < QI_BLOCK_WORDS; w++) live += (uint32_t)__builtin_popcountll(marks[w]);
    uint32_t cells = b->end / b->cell;
    /* Nearly full blocks cost a search for little memory; they wait for the next collection. */
    if (cells - live > cells / 16 || (s->config.stress && live < cells)) {
        unsigned class = qi_class_of(b->cell);
        bin_add(b->use == QI_BLOCK_OWNING ? &s->owning_bins[class] : &s->bins[class], b);
    }
    return (size_t)live * b->cell;
}

static size_t sweep_chunk(QiHeapState *s, QiChunk *c) {
    size_t live = 0;
    for (unsigned i = 1; i < QI_CHUNK_BLOCKS; i++) {
        QiBlock *b = &c->blocks[i];
        if (b->use == QI_BLOCK_SMALL || b->use == QI_BLOCK_OWNING) live += sweep_cells(s, c, i);
        else if (b->use == QI_BLOCK_LARGE) {
            if (qi_block_marks(c, i)[0] & 1) {
                live += b->bytes;
                continue;
            }
            QI_POISON(b->base, b->bytes);
            for (unsigned k = b->nblocks; k-- > 0;) {
                b[k].use = QI_BLOCK_FREE;
                c->free |= (uint64_t)1 << (i + k);
            }
        }
    }
    return live;
}

static size_t sweep_mappings(QiHeapState *s) {
    size_t live = 0;
    for (QiChunk **link = &s->mappings; *link != NULL;) {
        QiChunk *c = *link;
        bool permanent = c->free != 0;
        size_t granule = QI_MAPPING_OFFSET / QI_ALLOC_GRANULE;
        if (permanent || qi_marked_at(c->marks, granule)) {
            if (!permanent) live += c->bytes;
            link = &c->next;
        } else {
            *link = c->next;
            qi_unmap(c, c->bytes);
        }
    }
    return live;
}

/* Gives empty chunks back to the system, but keeps what the program will allocate before the next collection. */
static void release_chunks(QiHeapState *s, size_t keep) {
    const uint64_t all = ~(uint64_t)1;
    s->avail = NULL;
    QiChunk **avail_end = &s->avail;
    for (QiChunk **link = &s->chunks; *link != NULL;) {
        QiChunk *c = *link;
        if (c->free == all) {
            if (keep < QI_CHUNK_SIZE) {
                *link = c->next;
                QI_UNPOISON(c, c->bytes);
                qi_unmap(c, c->bytes);
                continue;
            }
            keep -= QI_CHUNK_SIZE;
        }
        if (c->free != 0) {
            *avail_end = c;
            avail_end = &c->next_avail;
        }
        link = &c->next;
    }
    *avail_end = NULL;
}

bool qi_finalize_some(QiHeapState *s) {
    QiMarker *m = &s->marker;
    /* Chunks that come during the cycle stand in front and hold nothing dead. */
    for (; s->cursor != NULL; s->cursor = s->cursor->next, s->cursor_block = 1) {
        for (; s->cursor_block < QI_CHUNK_BLOCKS; s->cursor_block++) {
            QiBlock *b = &s->cursor->blocks[s->cursor_block];
            if (b->use != QI_BLOCK_OWNING || b->born) continue;
            if (m->budget <= 0) return false;
            finalize_block(s, b, qi_block_marks(s->cursor, s->cursor_block));
            m->budget -= b->end / b->cell / 4;
        }
    }
    return m->budget > 0;
}

void qi_sweep(QiHeapState *s) {
    /* What cells were taken from during the cycle is full, or queued again below. */
    memset(s->bins, 0, sizeof s->bins);
    memset(s->owning_bins, 0, sizeof s->owning_bins);
    size_t live = sweep_mappings(s);
    for (QiChunk *c = s->chunks; c != NULL; c = c->next) live += sweep_chunk(s, c);
    s->object_bytes = live;
    size_t keep = live + s->external_bytes;
    release_chunks(s, keep < 4 * QI_CHUNK_SIZE ? 4 * QI_CHUNK_SIZE : keep);
}

void qi_finalize_all(QiHeapState *s) {
    for (QiChunk *c = s->chunks; c != NULL; c = c->next) {
        for (unsigned i = 1; i < QI_CHUNK_BLOCKS; i++) {
            if (c->blocks[i].use == QI_BLOCK_OWNING) finalize_block(s, &c->blocks[i], NULL);
        }
    }
}
