/*
 * context.c — 上下文: values that a task hands down to those it creates.
 *
 * A task has a list of bindings (上下文, value); a child begins with its creator's list as it is at that moment. Lists are
 * immutable and shared: setting makes a new one for the task alone, so neither parent nor children see it. A 协程
 * has the values of the task it runs on, a detached task (启动) begins without any.
 *
 * The list of a task stands in a table of the scheduler, by coroutine, and a flag of the task says so: tasks of
 * programs without 上下文 pay one test of a counter when they are made, and nothing else.
 *
 * Invariants
 * - A task has QI_CO_HAS_CONTEXT ⇔ the table has an entry for it.
 * - No list names a 上下文 twice, so a list is no longer than the number of contexts of the program.
 * - Before a task is made with a table that is not empty, room for its entry is there: handing down cannot fail.
 *
 * Lock (several workers): the scheduler's, around the table; lists are read without.
 * Rejected: a field of every coroutine (8 of its 320 bytes, for few programs); following the chain of creators (it is cut
 * after 64, and would show what a parent sets later).
 */
#include "internal.h"

#include <stdlib.h>

#define TABLE_MIN 16u

QI_INLINE uint32_t slot_of(const QiContexts *t, const QiCoroutine *task) {
    return (uint32_t)(((uint64_t)(uintptr_t)task * 0x9E3779B97F4A7C15ull) >> 32) & (t->cap - 1);
}

/* Entry of a task, or where it would stand. cap > count. */
static QiContextEntry *find(const QiContexts *t, const QiCoroutine *task) {
    uint32_t i = slot_of(t, task);
    while (t->entries[i].task != NULL && t->entries[i].task != task) i = (i + 1) & (t->cap - 1);
    return &t->entries[i];
}

bool qi_contexts_reserve(QiSched *s) {
    QiContexts *t = &s->contexts;
    /* Three quarters full at most. */
    if ((t->count + 1) * 4 <= t->cap * 3) return true;
    QiContexts grown = {.cap = t->cap == 0 ? TABLE_MIN : t->cap * 2, .count = t->count};
    grown.entries = calloc(grown.cap, sizeof *grown.entries);
    if (grown.entries == NULL) return false;
    for (uint32_t i = 0; i < t->cap; i++) {
        if (t->entries[i].task != NULL) *find(&grown, t->entries[i].task) = t->entries[i];
    }
    free(t->entries);
    *t = grown;
    return true;
}

/* Room for a new entry is there. */
static void put(QiSched *s, QiCoroutine *task, QiBinding *bindings) {
    QiContextEntry *e = find(&s->contexts, task);
    if (e->task == NULL) {
        e->task = task;
        s->contexts.count++;
        task->flags |= QI_CO_HAS_CONTEXT;
    }
    e->bindings = bindings;
}

QiBinding *qi_context_bindings(const QiSched *s, const QiCoroutine *task) {
    return (task->flags & QI_CO_HAS_CONTEXT) != 0 ? find(&s->contexts, task)->bindings : NULL;
}

QI_COLD void qi_context_inherit(QiSched *s, QiCoroutine *parent, QiCoroutine *child) {
    put(s, child, qi_context_bindings(s, parent));
}

QI_COLD void qi_context_drop(QiSched *s, QiCoroutine *task) {
    QiContexts *t = &s->contexts;
    uint32_t mask = t->cap - 1, hole = (uint32_t)(find(t, task) - t->entries);
    t->entries[hole] = (QiContextEntry){0};
    t->count--;
    /* Entries behind that would not be found across the hole move into it. */
    for (uint32_t i = (hole + 1) & mask; t->entries[i].task != NULL; i = (i + 1) & mask) {
        uint32_t home = slot_of(t, t->entries[i].task);
        if (((i - home) & mask) < ((i - hole) & mask)) continue;
        t->entries[hole] = t->entries[i];
        t->entries[i] = (QiContextEntry){0};
        hole = i;
    }
}

/* --- 上下文<T> ---------------------------------------------------------------------- */

QiContextKey *qi_context_new(QiWorker *w, const QiType *type, QiValue fallback) {
    QiContextKey *key = qi_native_object_new(w, type, QI_CLASS_CONTEXT, sizeof *key);
    if (key == NULL) return NULL;
    if (type->a->is_ref) key->base.head.flags |= QI_CONTEXT_REF;
    key->fallback = fallback;
    return key;
}

QiValue qi_context_get(QiWorker *w, const QiContextKey *key) {
    const QiBinding *b = qi_context_bindings(w->sched, qi_co_task(w->current));
    while (b != NULL && b->key != key) b = b->next;
    return b != NULL ? b->value : key->fallback;
}

bool qi_context_set(QiWorker *w, QiContextKey *key, QiValue value) {
    QiSched *s = w->sched;
    QiCoroutine *task = qi_co_task(w->current);
    QiBinding *list = qi_native_object_plain(w, QI_CLASS_BINDING, sizeof *list);
    if (list == NULL || !qi_contexts_reserve(s)) return false;
    list->key = key;
    list->value = value;
    QiBinding **end = &list->next;
    /* The others, copied. */
    for (const QiBinding *b = qi_context_bindings(s, task); b != NULL; b = b->next) {
        if (b->key == key) continue;
        QiBinding *copy = qi_native_object_plain(w, QI_CLASS_BINDING, sizeof *copy);
        if (copy == NULL) return false;
        copy->key = b->key;
        copy->value = b->value;
        *end = copy;
        end = &copy->next;
    }
    put(s, task, list);
    return true;
}
