/*
 * arena.c — chunks linked in a list; large requests get a chunk of their own.
 *
 * Rejected: one malloc per object and a list to free them. A loaded module makes
 * thousands of small tables that all die together.
 */
#include "arena.h"

#include <stdlib.h>

#define CHUNK_BYTES (64u * 1024u)

typedef struct Chunk { struct Chunk *next; uint64_t pad; } Chunk;

struct QiArena { Chunk *chunks; char *at, *end; };

QiArena *qi_arena_new(void) { return calloc(1, sizeof(QiArena)); }

void *qi_arena_alloc(QiArena *a, size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX / 2) return NULL;
    bytes = ((bytes > 0 ? bytes : 1) + 15) & ~(size_t)15;
    if ((size_t)(a->end - a->at) >= bytes) {
        void *p = a->at;
        a->at += bytes;
        return p;
    }
    size_t chunk_bytes = bytes > CHUNK_BYTES / 4 ? bytes : CHUNK_BYTES;
    Chunk *c = calloc(1, sizeof(Chunk) + chunk_bytes);
    if (c == NULL) return NULL;
    c->next = a->chunks;
    a->chunks = c;
    char *data = (char *)(c + 1);
    if (chunk_bytes > bytes) {
        a->at = data + bytes;
        a->end = data + chunk_bytes;
    }
    return data;
}

void qi_arena_free(QiArena *a) {
    if (a == NULL) return;
    for (Chunk *c = a->chunks, *next; c != NULL; c = next) {
        next = c->next;
        free(c);
    }
    free(a);
}

uint32_t qi_crc32(const uint8_t *bytes, size_t len) {
    /* Four bits at a time: a table of 16 words is enough for modules of a few hundred kilobytes. */
    static const uint32_t table[16] = {
        0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
        0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C, 0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C,
    };
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t i = 0; i < len; i++) {
        crc ^= bytes[i];
        crc = table[crc & 15] ^ crc >> 4;
        crc = table[crc & 15] ^ crc >> 4;
    }
    return ~crc;
}
