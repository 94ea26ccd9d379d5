/*
 * channel.c — 通道: sending, receiving, closing.
 *
 * State of a channel: OPEN ──关闭──▶ CLOSED; values and waiters beside it:
 *
 *     receivers wait  ⇒ nothing is buffered and no sender waits
 *     senders wait    ⇒ the buffer is full (capacity 0: always full), the channel is open
 *     CLOSED          ⇒ nobody waits; buffered values stay receivable
 *
 * Values are handed over directly: a sender writes into the register of the
 * receiver that has waited longest, a receiver takes from the register of the
 * sender. With a buffer, a receiver that makes room moves the next sender's value in,
 * so order is first in, first out across both.
 *
 * Several workers: the usual sending and receiving is done in the worker's own part and the channel's lock (…_own), everything else inside the
 * whole scheduler, be it that the channel closes, the partner waits in a 选择, or a box has to be made.
 *
 * Rejected: letting the woken side retry. It costs a second round through the
 * queue and lets a third party steal the value, so order and fairness go.
 */
#include "internal.h"
#include "select.h"

#include "../heap/value.h"

#define SLOTS_FIRST 8u

static const QiType *element_type(const QiWorker *w, const QiChannel *c) { return qi_type_of(w->sched, &c->head)->a; }

QiStatus qi_channel_new(QiWorker *w, int64_t capacity, uint16_t type, QiValue *slot) {
    if (capacity < 0 || capacity > UINT32_MAX) {
        return qi_throw_code(w, 6014, &(QiErrorArg){.name = "容量", .number = capacity}, 1);
    }
    QiChannel *c = qi_alloc_owning(w->heap, (sizeof(QiChannel) + 15) & ~(size_t)15);
    if (QI_UNLIKELY(c == NULL)) return qi_throw_memory(w);
    *c = (QiChannel){.head = {.type = type, .kind = QI_K_CHANNEL}};
    c->id = ++w->sched->next_channel;
    c->first_task = qi_sched_number_floor(w);
    c->capacity = (uint32_t)capacity;
    const QiType *elem = element_type(w, c);
    if (elem->is_ref) c->head.flags |= QI_CHANNEL_REF;
    if (elem->kind == QI_T_OPTION) c->head.flags |= QI_CHANNEL_BOXES;
    c->created_at = w->current != NULL ? w->current->safepoint : NULL;
    *slot = qi_from_ref(c);
    return QI_OK;
}

void qi_channel_trace(void *user, QiObject *o, QiMarker *m) {
    const QiChannel *c = (const QiChannel *)o;
    qi_leak_mark_waiters(user, &c->senders, m);
    qi_leak_mark_waiters(user, &c->receivers, m);
    if (c->count == 0 || (c->head.flags & QI_CHANNEL_REF) == 0) return;
    for (uint32_t i = 0, at = c->first; i < c->count; i++) {
        qi_mark_value(m, c->buffer[at]);
        if (++at == c->slots) at = 0;
    }
}

void qi_channel_finalize(void *user, QiHeap *h, QiObject *o) {
    (void)user;
    QiChannel *c = (QiChannel *)o;
    if (c->buffer != NULL) qi_heap_resize(h, c->buffer, c->slots * sizeof(QiValue), 0);
}

uint32_t qi_channel_length(const QiChannel *c) { return c->count; }
uint32_t qi_channel_capacity(const QiChannel *c) { return c->capacity; }

/* --- the buffer ------------------------------------------------------------------ */

/* Room for one more value. The ring starts small: few channels are ever full, and a capacity may be huge. */
QI_COLD static bool grow(QiWorker *w, QiChannel *c) {
    uint64_t want = c->slots == 0 ? SLOTS_FIRST : (uint64_t)c->slots * 2;
    uint32_t slots = want < c->capacity ? (uint32_t)want : c->capacity;
    QiValue *fresh = qi_heap_resize(w->heap, NULL, 0, slots * sizeof(QiValue));
    if (fresh == NULL) return false;
    for (uint32_t i = 0, at = c->first; i < c->count; i++) {
        fresh[i] = c->buffer[at];
        if (++at == c->slots) at = 0;
    }
    if (c->buffer != NULL) qi_heap_resize(w->heap, c->buffer, c->slots * sizeof(QiValue), 0);
    c->buffer = fresh;
    c->slots = slots;
    c->first = 0;
    return true;
}

QI_INLINE bool buffer_push(QiWorker *w, QiChannel *c, QiValue v) {
    if (QI_UNLIKELY(c->count == c->slots) && !grow(w, c)) return false;
    uint32_t at = c->first + c->count;
    if (at >= c->slots) at -= c->slots;
    c->buffer[at] = v;
    c->count++;
    return true;
}

QI_INLINE QiValue buffer_pop(QiChannel *c) {
    QiValue v = c->buffer[c->first];
    if (++c->first == c->slots) c->first = 0;
    c->count--;
    return v;
}

/* --- handing over -------------------------------------------------------------------- */

/* Writes a received value as the receiver wants it. false: out of memory for the box. */
QI_INLINE bool put(QiWorker *w, const QiChannel *c, QiValue *slot, bool pair, QiValue v) {
    if (pair) {
        if (QI_UNLIKELY(c->head.flags & QI_CHANNEL_BOXES) && !qi_box_option(w, element_type(w, c), v, &v)) return false;
        slot[1] = 1;
    }
    slot[0] = v;
    return true;
}

/* Gives v to a receiver that was popped from its queue. */
QI_INLINE void deliver(QiWorker *w, const QiChannel *c, QiWaiter *receiver, QiValue v) {
    QiError *e = NULL;
    if (QI_UNLIKELY(!put(w, c, receiver->slot, receiver->pair, v))) e = qi_error_out_of_memory(w->heap);
    else if (c->head.flags & QI_CHANNEL_REF) qi_slot_given(receiver->co, receiver->slot);
    if (QI_UNLIKELY(qi_waiter_is_select(receiver))) qi_select_complete(w, receiver, e);
    else if (QI_UNLIKELY(e != NULL)) qi_ready_throw(w, receiver->co, e);
    else qi_ready_inline(w, receiver->co);
}

/* The value of a sender that was popped from its queue; the sender goes on. */
QI_INLINE QiValue collect(QiWorker *w, QiWaiter *sender) {
    QiValue v = *sender->slot;
    if (QI_UNLIKELY(qi_waiter_is_select(sender))) qi_select_complete(w, sender, NULL);
    else qi_ready_inline(w, sender->co);
    return v;
}

static void commit_send(QiWorker *w, QiCoroutine *task, void *arg) {
    (void)w;
    qi_waitqueue_push(&((QiChannel *)arg)->senders, &task->wait);
}

static void commit_receive(QiWorker *w, QiCoroutine *task, void *arg) {
    (void)w;
    qi_waitqueue_push(&((QiChannel *)arg)->receivers, &task->wait);
}

QI_COLD static QiStatus throw_closed(QiWorker *w, const QiChannel *c, int code) {
    w->error = qi_error_about(w, code, &c->head, 0);
    return QI_THROW;
}

/* --- operations -------------------------------------------------------------------------- */

bool qi_channel_can_send(const QiChannel *c) {
    return (c->head.flags & QI_CHANNEL_CLOSED) != 0 || c->receivers.head != NULL || c->count < c->capacity;
}

bool qi_channel_can_receive(const QiChannel *c) {
    return c->count != 0 || c->senders.head != NULL || (c->head.flags & QI_CHANNEL_CLOSED) != 0;
}

QiStatus qi_channel_send_now(QiWorker *w, QiChannel *c, QiValue v) {
    if (QI_UNLIKELY(c->head.flags & QI_CHANNEL_CLOSED)) return throw_closed(w, c, 6001);
    QiWaiter *receiver = qi_waitqueue_pop(&c->receivers);
    if (receiver != NULL) {
        deliver(w, c, receiver, v);
        return QI_OK;
    }
    if (c->count < c->capacity) return QI_LIKELY(buffer_push(w, c, v)) ? QI_OK : qi_throw_memory(w);
    return QI_PARKED;
}

QiStatus qi_channel_send(QiWorker *w, QiChannel *c, const QiValue *value) {
    if (qi_cancel_point(w) != QI_OK) return QI_THROW;
    QiStatus status = qi_channel_send_now(w, c, *value);
    if (status != QI_PARKED) return status;
    QiWaiter *waiter = &qi_co_task(w->current)->wait;
    waiter->slot = (QiValue *)(uintptr_t)value;
    waiter->kind = QI_WAIT_SEND;
    return qi_park_inline(w, QI_WAIT_SEND, &c->head, commit_send, c);
}

QiStatus qi_channel_receive_now(QiWorker *w, QiChannel *c, QiValue *slot, bool pair) {
    if (c->count != 0) {
        if (QI_UNLIKELY(!put(w, c, slot, pair, c->buffer[c->first]))) return qi_throw_memory(w);
        buffer_pop(c);
        QiWaiter *sender = qi_waitqueue_pop(&c->senders);
        /* Room was just made, so this cannot fail. */
        if (sender != NULL) buffer_push(w, c, collect(w, sender));
        return QI_OK;
    }
    if (c->senders.head != NULL) {
        if (QI_UNLIKELY(!put(w, c, slot, pair, *c->senders.head->slot))) return qi_throw_memory(w);
        collect(w, qi_waitqueue_pop(&c->senders));
        return QI_OK;
    }
    if ((c->head.flags & QI_CHANNEL_CLOSED) == 0) return QI_PARKED;
    if (!pair) return throw_closed(w, c, 6002);
    slot[0] = 0;
    slot[1] = 0;
    return QI_OK;
}

QiStatus qi_channel_receive(QiWorker *w, QiChannel *c, QiValue *slot, bool pair) {
    if (qi_cancel_point(w) != QI_OK) return QI_THROW;
    QiStatus status = qi_channel_receive_now(w, c, slot, pair);
    if (status != QI_PARKED) return status;
    QiWaiter *waiter = &qi_co_task(w->current)->wait;
    waiter->slot = slot;
    waiter->pair = pair;
    waiter->kind = QI_WAIT_RECEIVE;
    return qi_park_inline(w, QI_WAIT_RECEIVE, &c->head, commit_receive, c);
}

/* --- the same in the own part of one of several workers ------------------------------------ */

bool qi_channel_send_own(QiWorker *w, QiChannel *c, const QiValue *value, QiStatus *status) {
    if (!qi_may_wait_own(w) || (c->head.flags & (QI_CHANNEL_CLOSED | QI_CHANNEL_BOXES)) != 0) return false;
    QiLatch *lock = qi_object_take(w, c);
    QiWaiter *receiver = c->receivers.head;
    if (receiver != NULL && qi_waiter_is_plain(receiver)) {
        qi_waitqueue_pop(&c->receivers);
        qi_latch_give(lock);
        deliver(w, c, receiver, *value);
    } else if (receiver == NULL && c->count < c->capacity && c->count < c->slots) {
        buffer_push(w, c, *value);
        qi_latch_give(lock);
    } else if (receiver == NULL && c->count == c->capacity) {
        w->current->wait.slot = (QiValue *)(uintptr_t)value;
        qi_park_own(w, QI_WAIT_SEND, &c->head, &c->senders, lock);
        *status = QI_PARKED;
        return true;
    } else {
        qi_latch_give(lock);
        return false;
    }
    *status = QI_OK;
    return true;
}

bool qi_channel_receive_own(QiWorker *w, QiChannel *c, QiValue *slot, bool pair, QiStatus *status) {
    if (!qi_may_wait_own(w) || (c->head.flags & QI_CHANNEL_BOXES) != 0) return false;
    QiLatch *lock = qi_object_take(w, c);
    QiWaiter *sender = c->senders.head;
    const bool buffered = c->count != 0;
    if ((sender != NULL && !qi_waiter_is_plain(sender)) || (!buffered && (c->head.flags & QI_CHANNEL_CLOSED) != 0)) {
        qi_latch_give(lock);
        return false;
    }
    if (!buffered && sender == NULL) {
        w->current->wait.slot = slot;
        w->current->wait.pair = pair;
        qi_park_own(w, QI_WAIT_RECEIVE, &c->head, &c->receivers, lock);
        *status = QI_PARKED;
        return true;
    }
    if (sender != NULL) qi_waitqueue_pop(&c->senders);
    QiValue v = buffered ? buffer_pop(c) : *sender->slot;
    if (buffered && sender != NULL) buffer_push(w, c, *sender->slot);
    qi_latch_give(lock);
    put(w, c, slot, pair, v);
    if (sender != NULL) qi_ready_inline(w, sender->co);
    *status = QI_OK;
    return true;
}

/* Wakes one who waited when the channel was closed; code: what it throws, 0: it learns of the end by its flag. */
static void wake_closed(QiWorker *w, const QiChannel *c, QiWaiter *waiter, int code) {
    QiError *e = NULL;
    if (code != 0) {
        e = qi_error_about(w, code, &c->head, 0);
    } else {
        waiter->slot[0] = 0;
        waiter->slot[1] = 0;
    }
    if (qi_waiter_is_select(waiter)) qi_select_complete(w, waiter, e);
    else if (e != NULL) qi_ready_throw(w, waiter->co, e);
    else qi_ready_inline(w, waiter->co);
}

QiStatus qi_channel_close(QiWorker *w, QiChannel *c) {
    if (c->head.flags & QI_CHANNEL_CLOSED) return throw_closed(w, c, 6001);
    c->head.flags |= QI_CHANNEL_CLOSED;
    if (c->created_at != NULL && w->current != NULL && w->current->safepoint != NULL) c->head.aux = (uint32_t)(w->current->safepoint - c->created_at);
    QiWaiter *waiter;
    while ((waiter = qi_waitqueue_pop(&c->receivers)) != NULL) wake_closed(w, c, waiter, waiter->pair ? 0 : 6002);
    while ((waiter = qi_waitqueue_pop(&c->senders)) != NULL) wake_closed(w, c, waiter, 6001);
    return QI_OK;
}
