/*
 * parts.pml — a model of the two ways into the scheduler (vm/sched/workers.c): a worker's own part with the lock of an object, and the whole.
 * For spin: npm run models.
 *
 * Two workers; a task that makes two others, waits (without parking) until both have begun, and may cancel them; and these two, which meet in a
 * channel without a buffer. Making and meeting is done in the worker's own part, cancelling inside the whole.
 *
 * What is checked, over all interleavings
 * - a task runs on one worker at a time, and only when its state was stored (so a park that another worker answers at once is whole);
 * - a value is received once by a receiver that was told so, and its sender was told so, too; else neither, and both heard of the cancellation or
 *   are still going to meet;
 * - no wake-up is lost: every run ends with all tasks over and all workers stopped. Nothing ticks here: who misses a wake-up sleeps for good;
 * - whoever is inside the whole is alone: no other worker is inside its own part, or an object's lock.
 *
 * Each step is what a worker does between two accesses to what others may see. Left out, and why that is sound
 * - Weak memory: locks order all that is shared.
 * - Time, descriptors, collections, narrowing, requests: all of that happens inside the whole, as in park.pml, which checks it. Here the whole is
 *   entered to cancel, to steal and to idle.
 * - Other objects: futures and locks are taken and given as the channel is. Waiters of 选择 and 全部: who meets one enters the whole.
 *
 * Seeded mistakes, one at a time (QI_MISTAKE): spin must find each.
 *  1 who parks gives the object's lock before it is queued          2 who parks stores its state after it gave the lock
 *  3 the whole leaves out the part of another worker                4 who meets a partner does not take the lock of the object
 *  5 who leaves its own part tells nobody                           6 who found nothing to do leaves the whole before it counts as idle
 *  7 the own part is left before the woken task is queued           8 cancelling leaves the task in the queue of the object
 */
#ifndef ROUNDS
#define ROUNDS 3   /* how often sender and receiver meet */
#endif

#define N 2
#define T 3
#define SENDER 0
#define RECEIVER 1
#define CANCELLER 2

#define READY 1
#define RUNNING 2
#define PARKED 3
#define OVER 4

hidden byte mistake;
c_decl { \#include <stdlib.h> }

byte st[T], runner[T], left[T], met[T];
bool stored[T], cancelled[T], fresh[T], begun[T];
chan queue[N] = [T] of { byte };
chan waiters[2] = [T] of { byte };   /* of the channel: senders, receivers */

byte lock, object;                   /* 0, or the holder + 1 */
byte part[N];
byte nidle, nsignalled, alive = T;
bool over;
byte in_work[N];
#define WAITS 1
#define TOLD 2
byte waited[N];

#define TAKE(l) atomic { l == 0 -> l = w + 1 }
#define GIVE(l) l = 0

inline enter_whole() {
    TAKE(lock);
    TAKE(part[0]);
    if :: mistake != 3 || w == 1 -> TAKE(part[1]) :: else fi;
    assert(object == 0)
}

/* work_waits, has_to_tell */
#define LOOK_AT_WORK \
    tell = false; \
    if \
    :: len(queue[w]) == 0 -> waited[w] = 0 \
    :: len(queue[w]) > 0 -> queue[w]?<x>; tell = fresh[x] || waited[w] == x + 1 || len(queue[w]) > 1; waited[w] = x + 1; x = 0 \
    fi; \
    tell = tell && nsignalled == 0 && nidle != 0 && mistake != 5

inline leave_whole() {
    atomic {
        LOOK_AT_WORK;
        if :: tell -> nsignalled++ :: else fi;
        part[0] = 0;
        if :: part[1] == w + 1 -> part[1] = 0 :: else fi;
        lock = 0
    }
    if :: tell -> atomic { tell = false; if :: in_work[1 - w] == WAITS -> in_work[1 - w] = TOLD :: else fi } :: else fi
}

inline enter_own() { TAKE(part[w]) }

inline leave_own() {
    atomic { LOOK_AT_WORK; if :: part[w] == w + 1 -> part[w] = 0 :: else fi }
    if :: tell -> tell = false; enter_whole(); leave_whole() :: else fi
}

/* qi_ready_inline */
inline ready(t) {
    st[t] = READY;
    queue[w]!t
}

/* qi_switch_to: every word of the task must be there */
inline switch_to(t) {
    assert(stored[t] && st[t] == READY && runner[t] == 0);
    stored[t] = false;
    fresh[t] = false;
    begun[t] = true;
    st[t] = RUNNING;
    runner[t] = w + 1;
    cur = t + 1
}

/* qi_channel_send_own, qi_channel_receive_own. side: the queue of those who wait as this task would */
inline meet(t, side) {
    enter_own();
    if
    :: cancelled[t] -> atomic { left[t] = 0; leaves = true } /* qi_may_wait_own; it throws */
    :: else ->
        if :: mistake != 4 -> TAKE(object) :: else fi;
        if
        :: atomic { len(waiters[1 - side]) > 0 -> waiters[1 - side]?other; }
            if :: mistake != 4 -> GIVE(object) :: else fi;
            /* The other is in this worker's hands: it is parked, and in no queue. */
            assert(st[other] == PARKED);
            met[t]++;
            met[other]++;
            left[t]--;
            left[other]--;
            if
            :: mistake == 7 -> GIVE(part[w]); atomic { ready(other) }
            :: else -> atomic { ready(other) }
            fi;
            other = 0;
            leaves = true
        :: len(waiters[1 - side]) == 0 ->
            /* qi_park_own */
            if :: mistake == 1 -> GIVE(object) :: else fi;
            if :: mistake != 2 -> atomic { stored[t] = true; runner[t] = 0 } :: else fi;
            st[t] = PARKED;
            atomic { cur = 0; waiters[side]!t }
            if :: mistake != 1 && mistake != 4 -> GIVE(object) :: else fi;
            if :: mistake == 2 -> atomic { stored[t] = true; runner[t] = 0 } :: else fi
        fi
    fi
}

/* qi_task_cancel_one, inside the whole */
inline cancel(t, side) {
    cancelled[t] = true;
    if
    :: st[t] == PARKED ->
        if :: mistake != 8 -> waiters[side]??eval(t) :: else fi;
        left[t] = 0;
        ready(t)
    :: else
    fi
}

/* Its function returned. Inside the whole, as it may be the last. */
inline end_task(t) {
    enter_whole();
    atomic {
        st[t] = OVER;
        runner[t] = 0;
        cur = 0;
        alive--;
        if :: alive == 0 -> over = true; if :: in_work[1 - w] == WAITS -> in_work[1 - w] = TOLD :: else fi :: else fi
    }
    whole = true
}

/* qi_sched_next: inside the own part, or the whole */
inline next() {
    if
    :: atomic { len(queue[w]) > 0 -> queue[w]?x; switch_to(x); x = 0 }
    :: len(queue[w]) == 0 ->
        /* qi_sched_next_slow, which takes the whole */
        if :: !whole -> GIVE(part[w]); enter_whole(); whole = true :: else fi;
        do
        :: over -> break
        :: !over && len(queue[w]) > 0 -> atomic { queue[w]?x; switch_to(x); x = 0 } break
        :: !over && len(queue[w]) == 0 && len(queue[1 - w]) > 0 -> atomic { queue[1 - w]?x; switch_to(x); x = 0 } break
        :: !over && len(queue[w]) == 0 && len(queue[1 - w]) == 0 ->
            /* qi_worker_idle */
            assert(nidle == 0 || over);
            if :: mistake == 6 -> leave_whole(); enter_own(); GIVE(part[w]); TAKE(lock) :: else fi;
            atomic {
                nidle++;
                in_work[w] = WAITS;
                if :: part[0] == w + 1 -> part[0] = 0 :: else fi;
                if :: part[1] == w + 1 -> part[1] = 0 :: else fi;
                lock = 0
            }
            atomic { in_work[w] == TOLD -> in_work[w] = 0 }
            enter_whole();
            atomic { nidle--; if :: nsignalled != 0 -> nsignalled-- :: else fi }
        od
    fi
}

proctype worker(byte w) {
    byte cur, x, other;
    bool tell, whole, leaves;
    if :: w == 0 -> enter_own() :: else -> enter_whole(); whole = true fi;
    do
    :: cur == 0 ->
        next();
        if
        :: over && cur == 0 -> leave_whole(); break
        :: else -> if :: whole -> whole = false; leave_whole() :: else -> leave_own() fi
        fi
    :: cur != 0 && left[cur - 1] == 0 -> x = cur - 1; other = x; x = 0; end_task(other); other = 0
    :: cur == SENDER + 1 && left[SENDER] > 0 -> meet(SENDER, 0); if :: leaves -> leaves = false; leave_own() :: else fi
    :: cur == RECEIVER + 1 && left[RECEIVER] > 0 -> meet(RECEIVER, 1); if :: leaves -> leaves = false; leave_own() :: else fi
    :: cur == CANCELLER + 1 && left[CANCELLER] > 1 ->
        /* qi_task_spawn_own */
        left[CANCELLER]--;
        enter_own();
        atomic { fresh[left[CANCELLER] - 1] = true; stored[left[CANCELLER] - 1] = true; ready(left[CANCELLER] - 1) }
        leave_own()
    :: cur == CANCELLER + 1 && left[CANCELLER] == 1 ->
        left[CANCELLER]--;
        begun[SENDER] && begun[RECEIVER];
        if
        :: skip
        :: enter_whole();
            assert(part[1 - w] == w + 1 || mistake == 3);
            atomic { cancel(SENDER, 0) }
            leave_whole();
            enter_whole();
            atomic { cancel(RECEIVER, 1) }
            leave_whole()
        fi
    od
}

init {
    atomic {
        c_code { const char *text = getenv("QI_MISTAKE"); mistake = text != NULL ? atoi(text) : 0; };
        left[SENDER] = ROUNDS; left[RECEIVER] = ROUNDS; left[CANCELLER] = 3;
        st[CANCELLER] = READY; stored[CANCELLER] = true; fresh[CANCELLER] = true; queue[0]!CANCELLER;
        run worker(0); run worker(1)
    }
    over && lock == 0 && part[0] == 0 && part[1] == 0;
    assert(met[SENDER] == met[RECEIVER])
}
