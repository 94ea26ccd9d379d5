/*
 * dict.c — see dict.h for the table's shape.
 *
 * Invariants
 * - cap is a power of two and there are 2·cap index slots; live and deleted
 *   slots together are at most `used`, so at least half are empty and every
 *   probe ends.
 */
#include "dict.h"

#include "equal.h"
#include "string.h"
#include "value.h"

#define DICT_MIN 8u
#define DICT_MAX 0x40000000u
enum { SLOT_EMPTY = 0, SLOT_DELETED = 1, SLOT_FIRST = 2 };

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

QI_INLINE bool same_key(const QiDict *d, QiValue a, QiValue b) {
    if (a == b) return true;
    if (has_string_keys(d)) return qi_string_equal(qi_as_ref(a), qi_as_ref(b));
    return (d->head.flags & QI_DICT_DEEP_KEYS) && qi_equal_refs(d->heap, qi_as_ref(a), qi_as_ref(b)) > 0;
}

/* Index slot of a key; false: not there. */
QI_INLINE bool find_slot(const QiDict *d, QiValue key, uint32_t hash, uint32_t *slot) {
    if (d->cap == 0) return false;
    for (uint32_t i = hash & d->mask;; i = (i + 1) & d->mask) {
        uint32_t n = d->index[i];
        if (n == SLOT_EMPTY) return false;
        if (n == SLOT_DELETED) continue;
        const QiDictEntry *e = &d->entries[n - SLOT_FIRST];
        if (e->hash == hash && same_key(d, e->key, key)) {
            *slot = i;
            return true;
        }
    }
}

static void index_add(QiDict *d, uint32_t entry) {
    uint32_t i = d->entries[entry].hash & d->mask;
    while (d->index[i] >= SLOT_FIRST) i = (i + 1) & d->mask;
    d->index[i] = entry + SLOT_FIRST;
}

/* New storage for cap entries, without the dead ones. */
static bool rebuild(QiHeap *h, QiDict *d, size_t cap) {
    if (cap > DICT_MAX) return false;
    QiDictEntry *entries = qi_heap_resize(h, NULL, 0, table_bytes(cap));
    if (entries == NULL) return false;
    uint32_t n = 0;
    for (uint32_t i = 0; i < d->used; i++) {
        if (d->entries[i].live) entries[n++] = d->entries[i];
    }
    if (d->cap > 0) qi_heap_resize(h, d->entries, table_bytes(d->cap), 0);
    d->entries = entries;
    d->index = (uint32_t *)(void *)(entries + cap);
    d->cap = (uint32_t)cap;
    d->mask = (uint32_t)(2 * cap - 1);
    d->used = n;
    memset(d->index, 0, 2 * cap * sizeof *d->index);
    for (uint32_t i = 0; i < n; i++) index_add(d, i);
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
    if (value != NULL) *value = d->entries[d->index[slot] - SLOT_FIRST].value;
    return true;
}

bool qi_dict_set(QiHeap *h, QiDict *d, QiValue key, QiValue value) {
    uint32_t hash = hash_of(d, key), slot;
    if (find_slot(d, key, hash, &slot)) {
        d->entries[d->index[slot] - SLOT_FIRST].value = value;
        return true;
    }
    if (d->used == d->cap) {
        /* Grow when at least half is alive; otherwise there is room once the dead are gone. */
        size_t cap = d->cap == 0 ? DICT_MIN : d->count > d->cap / 2 ? (size_t)d->cap * 2 : d->cap;
        if (!rebuild(h, d, cap)) return false;
    }
    d->entries[d->used] = (QiDictEntry){.hash = hash, .live = 1, .key = key, .value = value};
    index_add(d, d->used);
    d->used++;
    d->count++;
    d->head.aux++;
    return true;
}

bool qi_dict_remove(QiDict *d, QiValue key, QiValue *value) {
    uint32_t slot;
    if (!find_slot(d, key, hash_of(d, key), &slot)) return false;
    QiDictEntry *e = &d->entries[d->index[slot] - SLOT_FIRST];
    if (value != NULL) *value = e->value;
    d->index[slot] = SLOT_DELETED;
    e->live = 0;
    d->count--;
    d->head.aux++;
    return true;
}

void qi_dict_clear(QiHeap *h, QiDict *d) {
    if (d->cap > 0) qi_heap_resize(h, d->entries, table_bytes(d->cap), 0);
    d->entries = NULL;
    d->index = NULL;
    d->count = d->used = d->cap = d->mask = 0;
    d->head.aux++;
}

bool qi_dict_next(const QiDict *d, size_t *pos, QiValue *key, QiValue *value) {
    size_t i = *pos;
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

void qi_dict_finalize(QiHeap *h, QiObject *o) {
    QiDict *d = (QiDict *)(void *)o;
    if (d->cap > 0) qi_heap_resize(h, d->entries, table_bytes(d->cap), 0);
}
