/*
 * refmap.c — open addressing, linear probing, removal by shifting back.
 *
 * Invariants: at most half of the slots are used.
 */
#include "refmap.h"

#include <stdlib.h>

QI_INLINE size_t home(const QiRefMap *m, uint64_t a, uint64_t b) {
    uint64_t h = (a ^ (b << 32 | b >> 32)) * 0x9E3779B97F4A7C15u;
    return (size_t)(h >> 20) & m->mask;
}

QI_INLINE bool is_empty(const QiRefEntry *e) { return (e->a | e->b) == 0; }

static bool grow(QiRefMap *m) {
    size_t slots = m->entries == NULL ? 64 : (m->mask + 1) * 2;
    QiRefMap bigger = {.entries = calloc(slots, sizeof(QiRefEntry)), .count = m->count, .mask = slots - 1};
    if (bigger.entries == NULL) return false;
    for (size_t i = 0; m->entries != NULL && i <= m->mask; i++) {
        const QiRefEntry *e = &m->entries[i];
        if (is_empty(e)) continue;
        size_t at = home(&bigger, e->a, e->b);
        while (!is_empty(&bigger.entries[at])) at = (at + 1) & bigger.mask;
        bigger.entries[at] = *e;
    }
    free(m->entries);
    *m = bigger;
    return true;
}

QiRefPut qi_refmap_put(QiRefMap *m, uint64_t a, uint64_t b, uint64_t value) {
    if ((m->entries == NULL || m->count * 2 > m->mask) && !grow(m)) return QI_REF_NO_MEMORY;
    size_t at = home(m, a, b);
    for (; !is_empty(&m->entries[at]); at = (at + 1) & m->mask) {
        if (m->entries[at].a == a && m->entries[at].b == b) return QI_REF_THERE;
    }
    m->entries[at] = (QiRefEntry){a, b, value};
    m->count++;
    return QI_REF_NEW;
}

uint64_t *qi_refmap_find(const QiRefMap *m, uint64_t a, uint64_t b) {
    if (m->entries == NULL) return NULL;
    for (size_t at = home(m, a, b); !is_empty(&m->entries[at]); at = (at + 1) & m->mask) {
        if (m->entries[at].a == a && m->entries[at].b == b) return &m->entries[at].value;
    }
    return NULL;
}

void qi_refmap_remove(QiRefMap *m, uint64_t a, uint64_t b) {
    uint64_t *value = qi_refmap_find(m, a, b);
    if (value == NULL) return;
    size_t hole = (size_t)(QI_CONTAINER_OF(value, QiRefEntry, value) - m->entries);
    m->count--;
    for (size_t at = (hole + 1) & m->mask; !is_empty(&m->entries[at]); at = (at + 1) & m->mask) {
        /* An entry may fill the hole unless its home lies behind the hole. */
        size_t h = home(m, m->entries[at].a, m->entries[at].b);
        if (((at - h) & m->mask) >= ((at - hole) & m->mask)) {
            m->entries[hole] = m->entries[at];
            hole = at;
        }
    }
    m->entries[hole] = (QiRefEntry){0};
}

void qi_refmap_free(QiRefMap *m) {
    free(m->entries);
    *m = (QiRefMap){0};
}
