/*
 * native_object.c — what all native objects share: making, waiting, waking, leaving a queue, tracing.
 *
 * Invariant: tracing an object reaches those who wait for it (leak.c); who holds a lock is kept for reports, not called reachable.
 */
#include "internal.h"

void *qi_native_object_plain(QiWorker *w, uint32_t class, size_t size) {
    size = (size + 15) & ~(size_t)15;
    QiObject *o = qi_alloc(w->heap, size);
    if (o == NULL) return NULL;
    memset(o, 0, size);
    *o = (QiObject){.type = 0xFFFF, .kind = QI_K_NATIVE, .aux = class};
    return o;
}

void *qi_native_object_new(QiWorker *w, const QiType *type, QiNativeClass class, size_t size) {
    QiNative *o = qi_native_object_plain(w, class, size);
    if (o == NULL) return NULL;
    o->head.type = type->index;
    o->id = ++w->sched->next_native[class];
    o->first_task = qi_sched_number_floor(w);
    o->created_at = w->current->safepoint;
    return o;
}

static void commit_wait(QiWorker *w, QiCoroutine *task, void *arg) {
    (void)w;
    qi_waitqueue_push(arg, &task->wait);
}

QiStatus qi_native_object_wait(QiWorker *w, QiWaitReason reason, QiNative *o, QiValue *slot, uint16_t mode) {
    QiWaiter *waiter = &qi_co_task(w->current)->wait;
    waiter->slot = slot;
    waiter->kind = (uint8_t)reason;
    waiter->index = mode;
    return qi_park_inline(w, reason, &o->head, commit_wait, &o->waiters);
}

QiCoroutine *qi_native_object_wake(QiWorker *w, QiNative *o) {
    QiWaiter *waiter = qi_waitqueue_pop(&o->waiters);
    if (waiter == NULL) return NULL;
    qi_ready_inline(w, waiter->co);
    return waiter->co;
}

void qi_native_object_withdraw(QiWorker *w, QiCoroutine *task) {
    QiNative *o = (QiNative *)task->wait_object;
    qi_waitqueue_remove(&o->waiters, &task->wait);
    switch (o->head.aux) {
    case QI_CLASS_RWLOCK:
        if (task->wait.index == QI_RW_READ) ((QiRwLock *)o)->nwaiting_readers--;
        qi_rwlock_grant(w, (QiRwLock *)o);
        break;
    case QI_CLASS_SEMAPHORE: qi_semaphore_grant(w, (QiSemaphore *)o); break;
    case QI_CLASS_BARRIER: ((QiBarrier *)o)->waiting--; break;
    default: break;
    }
}

QiError *qi_error_about(QiWorker *w, int code, const QiObject *o, int64_t n) {
    const QiSchedConfig *config = &w->sched->config;
    if (o != NULL && config->error_about != NULL) return config->error_about(w, code, o, n);
    const QiErrorArg args[] = {{.name = "对象", .text = "", .len = 0}, {.name = "数量", .number = n}};
    return qi_error_make(w->heap, code, args, 2);
}

QiStatus qi_throw_about(QiWorker *w, int code, const QiNative *o, int64_t n) {
    w->error = qi_error_about(w, code, o != NULL ? &o->head : NULL, n);
    return QI_THROW;
}

QiStatus qi_throw_about_new(QiWorker *w, const char *zh, const char *en, int64_t n) {
    const char *text = qi_error_is_english(w->heap) ? en : zh;
    const QiErrorArg args[] = {{.name = "对象", .text = text, .len = strlen(text)}, {.name = "数量", .number = n}};
    return qi_throw_code(w, 6015, args, 2);
}

QiStatus qi_throw_not_held(QiWorker *w, const QiNative *o) { return qi_throw_about(w, 6005, o, 0); }

void qi_native_object_trace(void *user, QiObject *o, QiMarker *m) {
    /* Those that nobody waits for have no queue. */
    if (o->aux != QI_CLASS_ATOMIC && o->aux < QI_CLASS_COUNT) qi_leak_mark_waiters(user, &((QiNative *)o)->waiters, m);
    switch (o->aux) {
    /* Reports name the owner even when it ended holding the lock. */
    case QI_CLASS_MUTEX: qi_leak_mark_creator(user, ((QiMutex *)o)->owner, m); break;
    case QI_CLASS_ONCE: qi_leak_mark_creator(user, ((QiOnce *)o)->runner, m); break;
    case QI_CLASS_RWLOCK: {
        const QiRwLock *l = (const QiRwLock *)o;
        qi_leak_mark_creator(user, l->writer, m);
        qi_mark(m, (QiObject *)l->readers);
        qi_mark(m, (QiObject *)l->spare);
        break;
    }
    case QI_CLASS_HOLD:
        qi_mark(m, (QiObject *)((QiHold *)o)->next);
        qi_leak_mark_creator(user, ((QiHold *)o)->task, m);
        break;
    case QI_CLASS_CONTEXT:
        if (o->flags & QI_CONTEXT_REF) qi_mark_value(m, ((QiContextKey *)o)->fallback);
        break;
    case QI_CLASS_BINDING: {
        const QiBinding *b = (const QiBinding *)o;
        qi_mark(m, (QiObject *)b->next);
        qi_mark(m, &b->key->base.head);
        if (b->key->base.head.flags & QI_CONTEXT_REF) qi_mark_value(m, b->value);
        break;
    }
    default: break;
    }
}
