/*
 * cells.c — the heap's memory cell by cell.
 *
 * A dead object without a finaliser stays as it was until its cell is used again: a sweep reads mark bits alone. So whoever is allowed
 * to be wrong about nothing, but to miss something, can look at what happened without anybody having written it down.
 *
 * Invariants
 * - The world stands still. Reads memory of mapped blocks only, and never what AddressSanitizer knows to be free.
 * - Which cells hold living objects is not asked: while a cycle marks nobody knows.
 */
#include "cells.h"

#include "block.h"

static bool is_readable(const void *p) {
#if QI_POISONS
    return !__asan_address_is_poisoned(p);
#else
    (void)p;
    return true;
#endif
}

bool qi_heap_each_cell(const QiHeap *h, size_t least, size_t most, uint64_t budget, void (*visit)(void *user, QiObject *cell, size_t size), void *user) {
    for (const QiChunk *c = h->state->chunks; c != NULL; c = c->next) {
        for (unsigned i = 1; i < QI_CHUNK_BLOCKS; i++) {
            const QiBlock *b = &c->blocks[i];
            if (b->use != QI_BLOCK_SMALL || b->cell < least || b->cell > most) continue;
            const uint32_t cells = b->end / b->cell;
            if (cells > budget) return false;
            budget -= cells;
            for (uint32_t at = 0; at < b->end; at += b->cell) {
                if (is_readable(b->base + at)) visit(user, (QiObject *)(void *)(b->base + at), b->cell);
            }
        }
    }
    return true;
}

bool qi_heap_is_cell(const QiHeap *h, const void *p) {
    const QiChunk *own = qi_chunk_of(p), *c = h->state->chunks;
    while (c != NULL && c != own) c = c->next;
    if (c == NULL) return false;
    const QiBlock *b = qi_block_of(p);
    if (b->use != QI_BLOCK_SMALL && b->use != QI_BLOCK_OWNING) return false;
    const size_t at = (size_t)((const char *)p - b->base);
    return at % b->cell == 0 && at < b->end && is_readable(p);
}
