/*
 * team.c — several workers mark together: who comes to help, when, and how markers tell each other of objects.
 *
 * A worker that rests for a collection stands by: for a moment it looks again and again, then it sleeps. The one that collects, marker 0, traces alone first. When
 * there is more to do it opens the door, and goes on alone until somebody came in; then it closes the door and begins a round:
 *
 *     alone ──more than TEAM_AFTER objects──▶ door open ──somebody is in──▶ round ──all marked, or a budget used up──▶ alone
 *
 * In a round blocks are owned (mark.c). What a marker has to tell another it writes into a post, and delivers that when it is full, when the other has
 * nothing to do, or when it has nothing to do itself. When nobody has anything to do the round is over. What is undone after it belongs to marker 0 again:
 * stacks and posts are put together, and wait there as the stack of one marker does. Between two slices there are no rounds, so barriers and stacks that are
 * scanned know of none of this.
 *
 * Invariants
 * - A mark bit has one writer in a round, the owner of the block; before and after it marker 0. Objects are only read, but for those of kinds with functions,
 *   which marker 0 alone traces.
 * - `pending` counts markers with work, and posts that nobody took. Who delivers counts the post first, and who takes some counts itself before it lets go of
 *   them: so 0 is seen only when nobody has anything to do, nor will have.
 * - Nobody waits for marker 0: who is told to stop does so after LOOK_EVERY objects, a post, or an object with at most VAST references. So marker 0 may end a
 *   round at any time (qi_team_retreat), in the middle of an object as well.
 * - Without memory for a post a helper leaves the reference out: who holds it is marked, and traced again (`overflowed`). Marker 0 may be scanning a stack, which is
 *   done once: it ends the round and marks the object itself.
 * - Each round is measured against one marker's work: the time an object takes. One that did not pay makes the next come later, up to 1024 slices. So lists whose nodes
 *   follow one another, heaps of coroutines, and processors others are at work on lose little. Deterministic mode has one worker and none of this.
 * - A round takes three quarters of the budget for each marker: two at work are slower, each, than one. What helpers traced counts as
 *   slices of their own when the next is due (cycle.c).
 * - Nobody stands by holding a lock. Who calls (qi_heap_dismiss) changes `looks` and then reads `asleep`; who goes to sleep does it the other way round.
 *
 * Memory orders: what a marker wrote before it left is seen by marker 0 through `inside` (release, acquire), what marker 0 wrote by those it lets begin through
 * `round`, a post by its reader through the inbox. `pending`, `hungry` and `stop` carry no data: relaxed; changes of `pending` are read-modify-writes, so each
 * sees all before. `looks`, `door` and `asleep` are sequentially consistent where somebody sleeps or wakes.
 * All but memory orders is searched by a model, sched/models/marking.pml.
 *
 * Rejected
 * - Threads of their own for helpers: one more to wake in each pause, while a worker stands by anyway.
 * - Shares of 256 KiB instead of blocks: measured to be no faster where objects lie together, and less even.
 * - Looking whether a bit of another's block is set before telling: a cache line that its owner is writing to costs more than an entry of a post.
 * - Half a budget for each: as many pauses, each with the cost of a round.
 * - A round in each slice: chains and heaps of coroutines lose a tenth of the time. Only rounds that are an eighth faster: hardly any came about where most would have gained.
 */
#include "block.h"

#include "../base/latch.h"

#include <stdlib.h>
#include <string.h>

/* How many objects one marker traces before it looks for help: some microseconds' worth. */
#define TEAM_AFTER 1024
/* And then between two looks at who came. */
#define TEAM_LOT 128
/* For how many such lots those who are late are waited for. */
#define TEAM_LATE 16
/* How long a worker that stands by does so without a system call. */
#define TEAM_SPIN_NS 50000
#define TEAM_YIELD 16384u
/* A round of fewer objects says nothing. */
#define TEAM_JUDGED 4096
#define TEAM_MISSES_MAX 10u
#define TEAM_CROWDED 6u
#define TEAM_COMPARED 16u
/* Builds in which no time is measured mark together whenever somebody stands by, however little there is to do. */
#ifndef QI_TEAM_EAGER
#define QI_TEAM_EAGER 0
#endif
#define POSTS_KEPT 32u

QiTeam *qi_team_new(const QiHeapState *s) {
    QiTeam *t = aligned_alloc(64, (sizeof *t + 63) & ~(size_t)63);
    if (t == NULL) return NULL;
    memset(t, 0, sizeof *t);
    if (!qi_os_mutex_init(&t->lock)) goto fail;
    if (!qi_os_cond_init(&t->cond)) goto fail_lock;
    const uint32_t processors = qi_os_processors();
    t->eager = QI_TEAM_EAGER;
    t->most = processors < QI_MARKERS_MAX && !t->eager ? processors : QI_MARKERS_MAX;
    t->after = s->config.small_slices ? 1 : t->eager ? 16 : TEAM_AFTER;
    t->post_size = QI_POST_MAX;
    return t;
fail_lock:
    qi_os_mutex_destroy(&t->lock);
fail:
    free(t);
    return NULL;
}

void qi_team_free(QiTeam *t) {
    if (t == NULL) return;
    for (unsigned i = 1; i < QI_MARKERS_MAX; i++) qi_marker_free(&t->helpers[i]);
    qi_os_cond_destroy(&t->cond);
    qi_os_mutex_destroy(&t->lock);
    free(t);
}

static QiMarker *marker(QiTeam *t, QiMarker *first, uint32_t i) { return i == 0 ? first : &t->helpers[i]; }

static void wait_a_little(uint32_t *times) {
    QI_CPU_RELAX();
    if (++*times % TEAM_YIELD == 0) qi_os_yield();
}

/* --- posts -------------------------------------------------------------------------- */

void qi_post_free(QiMarker *m, QiPost *p) {
    if (m->nposts == POSTS_KEPT) {
        free(p);
        return;
    }
    p->next = m->posts;
    m->posts = p;
    m->nposts++;
}

static QiPost *post_new(const QiTeam *t, QiMarker *m) {
    QiPost *p = m->posts;
    if (p != NULL) {
        m->posts = p->next;
        m->nposts--;
    } else {
        if (t->no_memory) return NULL;
        p = malloc(sizeof *p);
        if (p == NULL) return NULL;
    }
    p->count = 0;
    return p;
}

static void deliver(QiTeam *t, QiMarker *m, uint32_t to) {
    QiPost *p = m->out[to];
    m->out[to] = NULL;
    atomic_fetch_add_explicit(&t->pending, 1, memory_order_relaxed);
    p->next = atomic_load_explicit(&t->inboxes[to].first, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&t->inboxes[to].first, &p->next, p, memory_order_release, memory_order_relaxed)) {}
}

static void end_round(QiTeam *t, QiMarker *m);

void qi_team_send(QiTeam *t, QiMarker *m, uint32_t to, QiObject *o, unsigned kind) {
    if (m->out[to] != NULL) deliver(t, m, to);
    QiPost *p = post_new(t, m);
    if (p != NULL) {
        p->entries[p->count++] = (uintptr_t)o | kind;
        m->out[to] = p;
        return;
    }
    if (m->number != 0) {
        m->overflowed = true; /* who refers to it is marked, and traced once more */
        return;
    }
    /* A stack is scanned once in a cycle: nothing would come to this reference again. */
    qi_team_retreat(t, m);
    qi_mark(m, o);
}

void qi_team_retreat(QiTeam *t, QiMarker *m) {
    if (m->markers == 1) return;
    atomic_store_explicit(&t->stop, true, memory_order_relaxed);
    end_round(t, m);
}

void qi_team_feed(QiTeam *t, QiMarker *m) {
    for (uint32_t bits = atomic_load_explicit(&t->hungry, memory_order_relaxed); bits != 0; bits &= bits - 1) {
        const uint32_t i = (uint32_t)__builtin_ctz(bits);
        if (m->out[i] != NULL) deliver(t, m, i);
    }
}

/* Takes what others sent. The number of posts. */
static uint32_t take_mail(QiTeam *t, QiMarker *m) {
    if (atomic_load_explicit(&t->inboxes[m->number].first, memory_order_relaxed) == NULL) return 0;
    QiPost *first = atomic_exchange_explicit(&t->inboxes[m->number].first, NULL, memory_order_acquire), *last = first;
    uint32_t n = 1;
    for (; last->next != NULL; last = last->next) n++;
    last->next = m->mail;
    m->mail = first;
    qi_post_fetch(first);
    return n;
}

bool qi_team_wait(QiTeam *t, QiMarker *m) {
    if (m->markers == 1) return false;
    uint32_t n = take_mail(t, m);
    if (n != 0) {
        atomic_fetch_sub_explicit(&t->pending, n, memory_order_relaxed);
        return true;
    }
    for (uint32_t i = 0; i < m->markers; i++) {
        if (m->out[i] != NULL) deliver(t, m, i);
    }
    const uint32_t own = 1u << m->number;
    atomic_fetch_or_explicit(&t->hungry, own, memory_order_relaxed);
    atomic_fetch_sub_explicit(&t->pending, 1, memory_order_relaxed);
    for (uint32_t times = 0;; wait_a_little(&times)) {
        if ((n = take_mail(t, m)) != 0) {
            atomic_fetch_add_explicit(&t->pending, 1 - n, memory_order_relaxed);
            atomic_fetch_and_explicit(&t->hungry, ~own, memory_order_relaxed);
            break;
        }
        if (atomic_load_explicit(&t->pending, memory_order_relaxed) == 0 || atomic_load_explicit(&t->stop, memory_order_relaxed)) break;
    }
    return n != 0;
}

/* --- rounds -------------------------------------------------------------------------- */

/* Deals out what is queued. It is marked, so anybody may trace it: best who owns its block, and most of what it refers to. */
static void deal(QiTeam *t, QiMarker *m) {
    QiMarkSegment *seg = m->top;
    if (seg == NULL) return;
    m->top = NULL;
    if (seg->prev != NULL) {
        uint32_t i = 0;
        for (QiMarkSegment *prev; seg != NULL; seg = prev, i = (i + 1) % m->markers) {
            prev = seg->prev;
            QiMarker *other = marker(t, m, i);
            seg->prev = other->top;
            other->top = seg;
        }
        return;
    }
    for (size_t i = 0; i < seg->count; i++) qi_mark_queue(marker(t, m, qi_marker_of(m, seg->objects[i])), seg->objects[i]);
    seg->prev = m->spare;
    m->spare = seg;
}

static void begin_round(QiTeam *t, QiMarker *m, uint32_t helpers, uint32_t number) {
    m->markers = helpers + 1;
    t->reserve = m->budget / 4; /* two at work are each a little slower */
    t->round_budget = m->budget -= t->reserve;
    m->post_size = t->post_size;
    for (uint32_t i = 1; i <= helpers; i++) {
        QiMarker *h = &t->helpers[i];
        h->state = m->state;
        h->number = i;
        h->markers = m->markers;
        h->budget = m->budget;
        h->post_size = t->post_size;
        h->max_segments = m->max_segments;
    }
    deal(t, m);
    atomic_store_explicit(&t->pending, m->markers, memory_order_relaxed);
    atomic_store_explicit(&t->hungry, 0, memory_order_relaxed);
    atomic_store_explicit(&t->stop, false, memory_order_relaxed);
    atomic_store_explicit(&t->inside, helpers, memory_order_relaxed);
    atomic_store_explicit(&t->round, number, memory_order_release);
}

static void append_mail(QiMarker *m, QiPost *p) {
    while (p != NULL) {
        QiPost *next = p->next;
        p->next = m->mail;
        m->mail = p;
        p = next;
    }
}

/* Waits until the helpers are done, and takes back what they left. */
static void end_round(QiTeam *t, QiMarker *m) {
    for (uint32_t times = 0; atomic_load_explicit(&t->inside, memory_order_acquire) != 0;) wait_a_little(&times);
    const uint32_t markers = m->markers;
    m->markers = 1;
    t->round_objects = t->round_budget - m->budget;
    for (uint32_t i = 0; i < markers; i++) {
        QiMarker *h = marker(t, m, i);
        append_mail(m, atomic_load_explicit(&t->inboxes[i].first, memory_order_relaxed));
        atomic_store_explicit(&t->inboxes[i].first, NULL, memory_order_relaxed);
        for (uint32_t to = 0; to < markers; to++) {
            QiPost *p = h->out[to];
            h->out[to] = NULL;
            if (p == NULL) continue;
            p->next = NULL;
            append_mail(m, p);
        }
        if (i == 0) continue;
        append_mail(m, h->mail);
        h->mail = NULL;
        QiMarkSegment *seg = h->top;
        h->top = NULL;
        if (seg != NULL) {
            QiMarkSegment *last = seg;
            while (last->prev != NULL) last = last->prev;
            last->prev = m->top;
            m->top = seg;
        }
        m->overflowed |= h->overflowed;
        h->overflowed = false;
        t->traced += t->round_budget - h->budget;
        t->round_objects += t->round_budget - h->budget;
        if (h->budget < m->budget) m->budget = h->budget;
    }
    if (m->budget > 0) m->budget += t->reserve;
}

/* A round that was no faster than one marker makes the next come later, and ever later; one that took much longer did because somebody was
 * without a processor, and will be again. Rounds that were faster bring those that follow nearer, down to one in each slice but for a slice alone now and
 * then, to compare with. */
static void judge(QiTeam *t, int64_t objects, int64_t ns) {
    if (objects < TEAM_JUDGED || t->eager) return;
    const int64_t cost = ns * 1024 / objects;
    if (cost < t->alone_cost) t->misses /= 2;
    else t->misses += cost / 4 >= t->alone_cost ? 3 : 1;
    if (t->misses > TEAM_MISSES_MAX) t->misses = TEAM_MISSES_MAX;
    t->skip = t->misses != 0 ? 1u << t->misses : ++t->wins % TEAM_COMPARED == 0;
    atomic_store_explicit(&t->crowded, t->misses >= TEAM_CROWDED, memory_order_relaxed);
}

/* Traces alone, and notes how long that takes. */
static bool drain_alone(QiTeam *t, QiMarker *m) {
    const int64_t since = qi_clock_monotonic_ns(), budget = m->budget;
    const bool done = qi_mark_alone(m);
    const int64_t objects = budget - m->budget;
    if (objects < TEAM_JUDGED) return done;
    const int64_t cost = (qi_clock_monotonic_ns() - since) * 1024 / objects;
    /* What took much longer was interrupted. */
    if (t->alone_cost == 0) t->alone_cost = cost;
    else t->alone_cost += ((cost < 2 * t->alone_cost ? cost : 2 * t->alone_cost) - t->alone_cost) / 4;
    if (t->skip != 0) t->skip--;
    return done;
}

/* Traces some objects alone. false: nothing is left to do, or the budget used up. */
static bool lot(QiMarker *m, int64_t n, bool *done) {
    const int64_t rest = m->budget - n;
    if (rest <= 0) {
        *done = qi_mark_alone(m);
        return false;
    }
    m->budget = n;
    *done = qi_mark_alone(m);
    m->budget += rest;
    return !*done;
}

static void wake(QiTeam *t) {
    if (atomic_load(&t->asleep) == 0) return;
    qi_os_mutex_lock(&t->lock);
    qi_os_cond_broadcast(&t->cond);
    qi_os_mutex_unlock(&t->lock);
}

bool qi_team_drain(QiTeam *t, QiMarker *m) {
    bool done = false;
    if (!lot(m, t->after, &done)) return done;
    uint32_t wanted = atomic_load_explicit(&t->standing, memory_order_relaxed);
    if (wanted >= t->most) wanted = t->most - 1;
    if (wanted == 0) return qi_mark_alone(m);
    if (!t->eager && (t->skip != 0 || t->alone_cost == 0)) return drain_alone(t, m);
    const uint32_t number = atomic_load_explicit(&t->round, memory_order_relaxed) + QI_DOOR_ROUND;
    atomic_store(&t->door, number | QI_DOOR_OPEN);
    wake(t);
    for (uint32_t came = 0, late = 0; came < wanted && late < TEAM_LATE; late += came != 0 && !t->patient) {
        if (t->patient) qi_os_yield();
        else if (!lot(m, TEAM_LOT, &done)) break;
        came = (atomic_load_explicit(&t->door, memory_order_relaxed) - number) / QI_DOOR_HELPER;
    }
    const uint32_t helpers = (atomic_fetch_and_explicit(&t->door, ~QI_DOOR_OPEN, memory_order_acq_rel) - number) / QI_DOOR_HELPER;
    if (helpers == 0) return done;
    const int64_t since = qi_clock_monotonic_ns();
    begin_round(t, m, helpers, number);
    qi_mark_together(t, m);
    if (m->markers > 1) end_round(t, m);
    judge(t, t->round_objects, qi_clock_monotonic_ns() - since);
    /* What others had for this one when they stopped. */
    return m->budget > 0 ? qi_mark_alone(m) : m->top == NULL && m->mail == NULL;
}

/* --- standing by ------------------------------------------------------------------------ */

/* The number of the next helper. 0: nobody may come in. */
static uint32_t next_number(const QiTeam *t, uint32_t door) {
    const uint32_t number = door % QI_DOOR_ROUND / QI_DOOR_HELPER + 1;
    return (door & QI_DOOR_OPEN) != 0 && number < t->most ? number : 0;
}

static bool come_in(QiTeam *t, uint32_t *number, uint32_t *round) {
    uint32_t door = atomic_load_explicit(&t->door, memory_order_relaxed);
    *number = next_number(t, door);
    *round = door & ~(QI_DOOR_ROUND - 1);
    return *number != 0 && atomic_compare_exchange_strong_explicit(&t->door, &door, door + QI_DOOR_HELPER, memory_order_acq_rel, memory_order_relaxed);
}

static void help(QiTeam *t, uint32_t number, uint32_t round) {
    for (uint32_t times = 0; atomic_load_explicit(&t->round, memory_order_acquire) != round;) wait_a_little(&times);
    qi_mark_together(t, &t->helpers[number]);
    atomic_fetch_sub_explicit(&t->inside, 1, memory_order_release);
}

static bool nothing_new(QiTeam *t, uint32_t seen) { return atomic_load(&t->looks) == seen && next_number(t, atomic_load(&t->door)) == 0; }

static void sleep_until_called(QiTeam *t, uint32_t seen) {
    qi_os_mutex_lock(&t->lock);
    atomic_fetch_add(&t->asleep, 1);
    while (nothing_new(t, seen)) qi_os_cond_wait(&t->cond, &t->lock);
    atomic_fetch_sub(&t->asleep, 1);
    qi_os_mutex_unlock(&t->lock);
}

uint32_t qi_heap_looks(const QiHeap *h) { return atomic_load_explicit(&h->state->team->looks, memory_order_relaxed); }

void qi_heap_stand_by(QiHeap *h, uint32_t seen) {
    QiTeam *t = h->state->team;
    atomic_fetch_add_explicit(&t->standing, 1, memory_order_relaxed);
    int64_t since = qi_clock_monotonic_ns();
    uint32_t number, round;
    while (atomic_load_explicit(&t->looks, memory_order_acquire) == seen) {
        if (come_in(t, &number, &round)) {
            help(t, number, round);
            since = qi_clock_monotonic_ns();
        } else if (t->most > 1 && !atomic_load_explicit(&t->crowded, memory_order_relaxed) && qi_clock_monotonic_ns() - since < TEAM_SPIN_NS) {
            for (unsigned i = 0; i < 8; i++) QI_CPU_RELAX();
        } else {
            sleep_until_called(t, seen);
        }
    }
    atomic_fetch_sub_explicit(&t->standing, 1, memory_order_relaxed);
}

void qi_heap_dismiss(QiHeap *h) {
    QiTeam *t = h->state->team;
    atomic_fetch_add(&t->looks, 1);
    wake(t);
}
