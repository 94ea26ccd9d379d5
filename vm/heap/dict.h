/*
 * dict.h — 字典: a hash table that keeps insertion order.
 *
 * Two parts in one malloc'ed piece: dense entries in insertion order, and an
 * open-addressed index of entry numbers (linear probing, at most half full).
 * The bits of an index word that an entry number does not need hold bits of the
 * key's hash, so that hardly any probe touches the entry of another key.
 * Removing closes the gap in the index and leaves a dead entry; when no room is
 * left the table is rebuilt without them.
 *
 * Invariants
 * - The entries first … used-1 are the ones to walk over; the first and the last of them are alive, so taking keys
 *   from either end costs no walk over dead ones.
 * - Keys are raw words (整数 布尔 字符 …), strings or 字节串, or values with parts (长整数, tuples, enums, options), which are hashed and
 *   compared by their contents; head.flags say which.
 * - A 集合 is a dictionary without values: they are the null word.
 * - head.aux grows by one whenever a key is added or removed; positions stay
 *   valid in between, so iteration holds a position and compares aux (E7008).
 *
 * Rejected: chained buckets with linked order (two pointers an entry, a miss
 * per step); robin hood in place (order is lost).
 */
#ifndef QI_HEAP_DICT_H
#define QI_HEAP_DICT_H

#include "heap.h"

#define QI_DICT_STRING_KEYS 1u
#define QI_DICT_REF_VALUES 2u
#define QI_DICT_DEEP_KEYS 4u

typedef struct QiDictEntry {
    uint32_t hash;
    uint32_t live; /* 0: removed */
    QiValue key, value;
} QiDictEntry;

typedef struct QiDict {
    QiObject head;
    uint32_t count;   /* live entries: 长度 */
    uint32_t used;    /* entries, dead ones included */
    uint32_t first;   /* the first live entry; used when there is none */
    uint32_t cap;     /* entries there is room for, a power of two; 0: no storage yet. There are 2·cap index slots. */
    QiDictEntry *entries;
    uint32_t *index;  /* behind the entries; see dict.c */
    QiHeap *heap;     /* for the types of keys with parts */
} QiDict;

/* Empty dictionary of a DICT or SET type. NULL: out of memory. */
QiDict *qi_dict_new(QiHeap *h, const QiType *type);
/* Makes room for n entries in all. false: out of memory. */
bool qi_dict_reserve(QiHeap *h, QiDict *d, size_t n);
/* false: no such key, *value is untouched. value may be NULL. */
bool qi_dict_find(const QiDict *d, QiValue key, QiValue *value);
/* Adds or replaces; a replaced key keeps its place. false: out of memory or too large. */
bool qi_dict_set(QiHeap *h, QiDict *d, QiValue key, QiValue value);
/* false: no such key. value (may be NULL) gets what was removed. */
bool qi_dict_remove(QiDict *d, QiValue key, QiValue *value);
void qi_dict_clear(QiHeap *h, QiDict *d);
/* Iterates in insertion order: *pos starts at 0. false: at the end. */
bool qi_dict_next(const QiDict *d, size_t *pos, QiValue *key, QiValue *value);
/* The key that was added last. false: there is none. */
bool qi_dict_last(const QiDict *d, QiValue *key);
/* Finaliser. */
void qi_dict_finalize(QiHeap *h, QiObject *o);

#endif
