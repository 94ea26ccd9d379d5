/*
 * priority.c — 优先级: 关键 高 普通 低, and the ready queue of programs that use them.
 *
 * The first task that is given another priority than 普通 makes the program PRIORITISED, for good: tasks that are ready stand in one
 * queue for each priority then, which all workers share, and every worker's own queue stays empty. (Before that the queue of 普通 is the global
 * queue of several workers: runqueue.h.) So the fast paths, which look at
 * no more than their own queue, find nothing there and come here, and programs of 普通 tasks alone pay nothing.
 *
 * - The highest queue goes first. A queue that was passed over PASSES_MAX times while it had tasks goes next, whatever waits above it: whoever
 *   is ready runs after a bounded number of others, and no priority starves.
 * - A task that becomes ready above the running one asks for its preemption at the next safepoint. On other workers it is seen at their
 *   next switch or tick.
 * - Tasks of 创建 and asynchronous calls inherit the priority of the task that makes them, as of that moment: what an urgent task waits
 *   for is urgent too. 启动 begins with 普通.
 * - `ticking` is off on every worker while the program is prioritised, so that what queues a task looks closer (qi_runqueue_push).
 * - Deterministic mode chooses at random within the queue that is due.
 *
 * Rejected: a queue for each priority on each worker (then an urgent task waits behind a worker's own lesser ones, and stealing has to look at
 * four); one queue in order of priority (putting in is linear, or a heap, and starves the lower ones); priority inheritance through
 * locks (a holder's priority would have to follow its waiters).
 */
#include "internal.h"
#include "scope.h"

#define PASSES_MAX 16u
#define CHOICE_WINDOW 64u

/* Rank of the queue a task with these flags belongs to: 0 is served first. */
static uint32_t rank_of(uint32_t flags) { return QI_PRIORITY_URGENT - (uint32_t)qi_priority_of(flags); }

static uint32_t flags_of(QiReady task) {
    return qi_ready_is_unbegun(task) ? qi_ready_handle(task)->future.head.aux : qi_ready_coroutine(task)->flags;
}

QI_COLD void qi_priority_put(QiSched *s, QiReady task) {
    QiRunLink *link = qi_ready_link(task);
    QiReadyQueue *q = &s->ready[rank_of(flags_of(task))];
    link->next = 0;
    link->prev = q->tail;
    if (q->head != 0) q->tail->next = task;
    else q->head = task;
    q->tail = link;
    s->nready++;
}

QI_COLD void qi_runqueue_push_slow(QiWorker *w, QiReady task) {
    QiSched *s = w->sched;
    if (!s->prioritised) {
        /* A task alone needs no ticks. */
        if (w->run_head != 0 || w->current != NULL) qi_ticker_arm(w);
        qi_runqueue_append(w, task, qi_ready_link(task));
        return;
    }
    qi_priority_put(s, task);
    qi_ticker_arm(w);
    if (w->current != NULL && rank_of(flags_of(task)) < rank_of(qi_co_task(w->current)->flags)) qi_worker_request(w, QI_POLL_PREEMPT);
}

QI_COLD void qi_priority_withdraw(QiSched *s, QiReady task) {
    QiReadyQueue *q = &s->ready[rank_of(flags_of(task))];
    QiRunLink *link = qi_ready_link(task);
    if (q->head == task) q->head = link->next;
    else link->prev->next = link->next;
    if (link->next != 0) qi_ready_link(link->next)->prev = link->prev;
    else q->tail = link->prev;
    s->nready--;
}

QI_COLD QiReady qi_priority_take(QiWorker *w) {
    QiSched *s = w->sched;
    QiReadyQueue *due = NULL;
    for (uint32_t i = 0; i < QI_PRIORITIES; i++) {
        QiReadyQueue *q = &s->ready[i];
        if (q->head == 0) continue;
        if (due == NULL || q->passed >= PASSES_MAX) due = q;
    }
    if (due == NULL) return 0;
    for (uint32_t i = 0; i < QI_PRIORITIES; i++) {
        if (s->ready[i].head != 0 && &s->ready[i] > due) s->ready[i].passed++;
    }
    due->passed = 0;
    QiReady task = due->head;
    if (s->config.deterministic) {
        QiReady window[CHOICE_WINDOW];
        uint32_t n = 0;
        for (QiReady r = task; r != 0 && n < CHOICE_WINDOW; r = qi_ready_link(r)->next) window[n++] = r;
        task = window[qi_worker_random(w, n)];
    }
    qi_priority_withdraw(s, task);
    return task;
}

/* From now on everything that is ready stands in s->ready. */
static void begin(QiSched *s) {
    s->prioritised = true;
    for (uint32_t i = 0; i < s->config.workers; i++) {
        QiWorker *w = &s->workers[i];
        for (QiReady r = w->run_head, next; r != 0; r = next) {
            next = qi_ready_link(r)->next;
            qi_priority_put(s, r);
        }
        w->run_head = 0;
        w->ticking = false;
    }
}

static bool is_queued(const QiHandle *h) {
    if (qi_handle_is_unbegun(h)) return true;
    const QiCoroutine *task = h->co;
    if (qi_co_state(task) == QI_CO_CREATED) return !qi_scope_is_held(task);
    return qi_co_state(task) == QI_CO_READY;
}

void qi_task_set_priority(QiWorker *w, QiHandle *h, QiPriority priority) {
    QiSched *s = w->sched;
    if (qi_handle_is_over(h) || qi_task_priority(h) == priority) return;
    if (!s->prioritised) begin(s);
    const uint32_t bits = qi_priority_bits(priority);
    QiCoroutine *task = qi_handle_co(h);
    QiReady ready = !is_queued(h) ? 0 : task != NULL ? qi_ready_task(task) : qi_ready_unbegun(h);
    if (ready != 0) qi_priority_withdraw(s, ready);
    h->future.head.aux = (h->future.head.aux & ~QI_CO_PRIORITY_MASK) | bits;
    if (task != NULL) task->flags = (task->flags & ~QI_CO_PRIORITY_MASK) | bits;
    if (ready != 0) qi_runqueue_push_slow(w, ready);
}

QiPriority qi_task_priority(const QiHandle *h) { return qi_priority_of(h->future.head.aux); }
