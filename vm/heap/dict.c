/*
 * dict.c — see dict.h for the table's shape.
 *
 * An index word is 0 for an empty slot; otherwise its low bits (as many as a slot number has) are entry + 1, and the
 * bits above are those of the key's hash.
 *
 * Invariants
 * - There are at most `cap` words in 2·cap slots, so every probe ends; between the slot a hash asks for and the one
 *   where its word is there is no empty one.
 */
#include "dict.h"

#include "equal.h"
#include "string.h"
#include "value.h"

#define DICT_MIN 8u
#define DICT_MAX 0x40000000u

QI_INLINE size_t table_bytes(size_t cap) { return cap * (sizeof(QiDictEntry) + 2 * sizeof(uint32_t)); }

QI_INLINE bool has_string_keys(const QiDict *d) { return d->head.flags & QI_DICT_STRING_KEYS; }

/* Both halves of the product, so that low and high bits of the key reach the low bits of the hash. */
QI_INLINE uint64_t mix(uint64_t a, uint64_t seed) {
    __extension__ unsigned __int128 product = (unsigned __int128)(a ^ seed) * 0x9E3779B97F4A7C15u;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

#define HASH_DEPTH 6u
#define HASH_PARTS 64u

/* Hash of a key and its first parts: deep or wide keys end early, equality decides about the rest. */
static uint64_t hash_value(const QiType *t, QiValue v, uint64_t seed, uint32_t depth, uint32_t *left) {
    if (depth == 0 || *left == 0) return 0;
    --*left;
    if (t->kind == QI_T_OPTION) {
        if (v == 0) return mix(depth, seed);
        return mix(hash_value(t->a, qi_option_get(t, v), seed, depth - 1, left), seed + 1);
    }
    if (!t->is_ref) return mix(v, seed + depth);
    const QiObject *o = qi_as_ref(v);
    const QiValue *words = (const QiValue *)(const void *)(o + 1);
    uint32_t first = 0, n = 0;
    switch (o->kind) {
    case QI_K_STRING: return qi_string_hash((QiString *)qi_as_ref(v), seed);
    case QI_K_INT128: return mix(words[0], mix(words[1], seed));
    case QI_K_ENUM:
        first = o->aux >> 16;
        n = o->flags;
        break;
    default: n = t->nfields; break;
    }
    uint64_t h = mix(o->kind == QI_K_ENUM ? qi_enum_tag(o) : n, seed);
    for (uint32_t i = 0; i < n; i++) h = mix(hash_value(t->fields[first + i], words[i], seed, depth - 1, left), h + i);
    return h;
}

static QI_NOINLINE uint32_t hash_parts(const QiDict *d, QiValue key) {
    uint32_t left = HASH_PARTS;
    return (uint32_t)hash_value(d->heap->types[d->head.type]->a, key, d->heap->hash_seed, HASH_DEPTH, &left);
}

QI_INLINE uint32_t hash_of(const QiDict *d, QiValue key) {
    if (has_string_keys(d)) return (uint32_t)(qi_string_hash(qi_as_ref(key), d->heap->hash_seed) >> 32);
    if (QI_UNLIKELY(d->head.flags & QI_DICT_DEEP_KEYS)) return hash_parts(d, key);
    return (uint32_t)mix(key, d->heap->hash_seed);
}

/* How keys are compared; a constant in every use, so each kind has a loop of its own. */
typedef enum KeyKind { RAW_KEYS, STRING_KEYS, DEEP_KEYS } KeyKind;

QI_INLINE uint32_t mask_of(const QiDict *d) { return 2 * d->cap - 1; }
QI_INLINE QiDictEntry *entry_at(const QiDict *d, uint32_t slot) { return &d->entries[(d->index[slot] & mask_of(d)) - 1]; }

QI_INLINE bool same_text(const QiString *a, const QiString *b) {
    if (a->len != b->len) return false;
    /* Whole words while there are any; the last one may overlap. */
    size_t n = a->len;
    if (n < 8) {
        for (size_t i = 0; i < n; i++) {
            if (a->bytes[i] != b->bytes[i]) return false;
        }
        return true;
    }
    if (n > 32) return memcmp(a->bytes, b->bytes, n) == 0;
    for (size_t i = 0;; i = i + 16 <= n ? i + 8 : n - 8) {
        uint64_t x, y;
        memcpy(&x, a->bytes + i, 8);
        memcpy(&y, b->bytes + i, 8);
        if (x != y) return false;
        if (i == n - 8) return true;
    }
}

QI_INLINE bool same_key(const QiDict *d, KeyKind kind, QiValue a, QiValue b) {
    if (a == b) return true;
    if (kind == STRING_KEYS) return same_text(qi_as_ref(a), qi_as_ref(b));
    return kind == DEEP_KEYS && qi_equal_refs(d->heap, qi_as_ref(a), qi_as_ref(b)) > 0;
}

/* The slot of the key, or the empty one where its word would go (false). There is storage. */
QI_INLINE bool probe(const QiDict *d, KeyKind kind, QiValue key, uint32_t hash, uint32_t *slot) {
    uint32_t mask = mask_of(d), i = hash & mask;
    const uint32_t *index = d->index;
    for (;; i = (i + 1) & mask) {
        uint32_t word = index[i];
        if (word == 0) {
            *slot = i;
            return false;
        }
        if (((word ^ hash) & ~mask) == 0 && same_key(d, kind, d->entries[(word & mask) - 1].key, key)) {
            *slot = i;
            return true;
        }
    }
}

QI_INLINE bool find_slot(const QiDict *d, QiValue key, uint32_t hash, uint32_t *slot) {
    if (QI_UNLIKELY(d->cap == 0)) return false;
    if (has_string_keys(d)) return probe(d, STRING_KEYS, key, hash, slot);
    if (QI_UNLIKELY(d->head.flags & QI_DICT_DEEP_KEYS)) return probe(d, DEEP_KEYS, key, hash, slot);
    return probe(d, RAW_KEYS, key, hash, slot);
}

QI_INLINE uint32_t empty_slot(const QiDict *d, uint32_t hash) {
    uint32_t mask = mask_of(d), i = hash & mask;
    while (d->index[i] != 0) i = (i + 1) & mask;
    return i;
}

/* New storage for cap entries, without the dead ones. */
static bool rebuild(QiHeap *h, QiDict *d, size_t cap) {
    if (cap > DICT_MAX) return false;
    QiDictEntry *entries = qi_heap_resize(h, NULL, 0, table_bytes(cap));
    if (entries == NULL) return false;
    uint32_t n = 0;
    for (uint32_t i = d->first; i < d->used; i++) {
        if (d->entries[i].live) entries[n++] = d->entries[i];
    }
    if (d->cap > 0) qi_heap_resize(h, d->entries, table_bytes(d->cap), 0);
    d->entries = entries;
    d->index = (uint32_t *)(void *)(entries + cap);
    d->cap = (uint32_t)cap;
    d->used = n;
    d->first = 0;
    memset(d->index, 0, 2 * cap * sizeof *d->index);
    uint32_t mask = mask_of(d);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t hash = entries[i].hash;
        d->index[empty_slot(d, hash)] = (hash & ~mask) | (i + 1);
    }
    return true;
}

QiDict *qi_dict_new(QiHeap *h, const QiType *type) {
    QiDict *d = qi_alloc_owning(h, qi_round_size(sizeof *d));
    if (d == NULL) return NULL;
    memset(d, 0, sizeof *d);
    qi_object_init(&d->head, QI_K_DICT, type->index, 0);
    bool strings = type->a->kind == QI_T_STRING || type->a->kind == QI_T_BYTES;
    d->head.flags = (uint8_t)((strings ? QI_DICT_STRING_KEYS : type->a->is_ref ? QI_DICT_DEEP_KEYS : 0) |
                              (type->b != NULL && type->b->is_ref ? QI_DICT_REF_VALUES : 0));
    d->heap = h;
    return d;
}

bool qi_dict_reserve(QiHeap *h, QiDict *d, size_t n) {
    if (n <= d->cap) return true;
    size_t cap = DICT_MIN;
    while (cap < n) cap *= 2;
    return rebuild(h, d, cap);
}

bool qi_dict_find(const QiDict *d, QiValue key, QiValue *value) {
    uint32_t slot;
    if (!find_slot(d, key, hash_of(d, key), &slot)) return false;
    if (value != NULL) *value = entry_at(d, slot)->value;
    return true;
}

bool qi_dict_set(QiHeap *h, QiDict *d, QiValue key, QiValue value) {
    uint32_t hash = hash_of(d, key), slot = 0;
    if (find_slot(d, key, hash, &slot)) {
        QiDictEntry *e = entry_at(d, slot);
        if (d->head.flags & QI_DICT_REF_VALUES) qi_heap_forget(h, e->value);
        e->value = value;
        return true;
    }
    if (d->used == d->cap) {
        /* Grow when at least half is alive; otherwise there is room once the dead are gone. */
        size_t cap = d->cap == 0 ? DICT_MIN : d->count > d->cap / 2 ? (size_t)d->cap * 2 : d->cap;
        if (!rebuild(h, d, cap)) return false;
        slot = empty_slot(d, hash);
    }
    d->entries[d->used] = (QiDictEntry){.hash = hash, .live = 1, .key = key, .value = value};
    d->used++;
    d->index[slot] = (hash & ~mask_of(d)) | d->used;
    d->count++;
    d->head.aux++;
    return true;
}

/* Empties a slot and moves words back that would otherwise no longer be reached. */
static void close_gap(QiDict *d, uint32_t gap) {
    uint32_t mask = mask_of(d);
    for (uint32_t i = (gap + 1) & mask; d->index[i] != 0; i = (i + 1) & mask) {
        uint32_t wanted = entry_at(d, i)->hash & mask;
        if (((i - wanted) & mask) < ((i - gap) & mask)) continue;
        d->index[gap] = d->index[i];
        gap = i;
    }
    d->index[gap] = 0;
}

/* Before the references of an entry are lost: the collector may still want them. */
static void forget(QiHeap *h, const QiDict *d, const QiDictEntry *e) {
    if (QI_LIKELY(!h->marking)) return;
    if (d->head.flags & (QI_DICT_STRING_KEYS | QI_DICT_DEEP_KEYS)) qi_heap_shade(h, e->key);
    if (d->head.flags & QI_DICT_REF_VALUES) qi_heap_shade(h, e->value);
}

bool qi_dict_remove(QiDict *d, QiValue key, QiValue *value) {
    uint32_t slot;
    if (!find_slot(d, key, hash_of(d, key), &slot)) return false;
    QiDictEntry *e = entry_at(d, slot);
    if (value != NULL) *value = e->value;
    forget(d->heap, d, e);
    close_gap(d, slot);
    e->live = 0;
    d->count--;
    d->head.aux++;
    while (d->first < d->used && !d->entries[d->first].live) d->first++;
    while (d->used > d->first && !d->entries[d->used - 1].live) d->used--;
    return true;
}

void qi_dict_clear(QiHeap *h, QiDict *d) {
    for (uint32_t i = d->first; h->marking && i < d->used; i++) {
        if (d->entries[i].live) forget(h, d, &d->entries[i]);
    }
    if (d->cap > 0) qi_heap_resize(h, d->entries, table_bytes(d->cap), 0);
    d->entries = NULL;
    d->index = NULL;
    d->count = d->used = d->first = d->cap = 0;
    d->head.aux++;
}

bool qi_dict_next(const QiDict *d, size_t *pos, QiValue *key, QiValue *value) {
    size_t i = *pos > d->first ? *pos : d->first;
    while (i < d->used && !d->entries[i].live) i++;
    if (i >= d->used) {
        *pos = i;
        return false;
    }
    *key = d->entries[i].key;
    *value = d->entries[i].value;
    *pos = i + 1;
    return true;
}

bool qi_dict_last(const QiDict *d, QiValue *key) {
    if (d->count == 0) return false;
    *key = d->entries[d->used - 1].key;
    return true;
}

void qi_dict_finalize(QiHeap *h, QiObject *o) {
    QiDict *d = (QiDict *)(void *)o;
    if (d->cap > 0) qi_heap_resize(h, d->entries, table_bytes(d->cap), 0);
}
