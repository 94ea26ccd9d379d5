/*
 * arena.h — memory that is freed all at once; and the checksum of modules.
 *
 * Invariant: an allocation is zeroed and 16-aligned, and stays valid until qi_arena_free.
 */
#ifndef QI_BASE_ARENA_H
#define QI_BASE_ARENA_H

#include "base.h"

typedef struct QiArena QiArena;

/* NULL: out of memory. */
QiArena *qi_arena_new(void);
/* count * size zeroed bytes (at least one); NULL: out of memory or overflow. */
void *qi_arena_alloc(QiArena *a, size_t count, size_t size);
/* NULL is allowed. */
void qi_arena_free(QiArena *a);

/* CRC-32 (IEEE 802.3, reflected, as in zlib and PNG). */
uint32_t qi_crc32(const uint8_t *bytes, size_t len);

#endif
