/*
 * park.pml — a model of how workers park, wake, rest and end (vm/sched), for spin: npm run models.
 *
 * What is checked, over all interleavings of a small program
 * - no lost wake-up: when nothing moves but the ticker, no task waits that an idle worker should run, nobody idles without listening while a
 *   descriptor is waited for (but while the program is narrow, spread.c), no timer is due unseen; and a few ticks always bring the program on;
 * - no deadlock of workers: every run ends with all of them stopped, and QI_POLL_STOP reaches each;
 * - a deadlock is reported only when no task is ready, runs, sleeps or waits for a descriptor;
 * - a collection happens only while no other worker runs; who keeps the lock (spread.c) is the only one at work;
 * - every request from outside (attend.c) is served, or the program is over.
 *
 * What each step stands for is named beside it. Left out, and why that is sound:
 * - What is done in the lock and touches nothing that others read without it is one step (atomic): the lock keeps all others out. Polls and
 *   `asked` are read and written without it, so each access to them is a step of its own.
 * - Weak memory: the model is sequentially consistent. All state is in the lock but polls, which carry no data, and `asked`, whose fences
 *   (attend.c) are not checked here.
 * - What tasks compute: each takes STEPS steps, any of those below. A long computation (LONG) goes on until its worker is asked to poll.
 * - Times: a timer comes due at any moment, a window is judged as any outcome; the ticker ticks TICKS times at will, and whenever else nothing moves.
 * - Threads of the pool (pool.c): they ask as anybody does (attend.c), and tasks that wait for them are hope as those that wait for descriptors are.
 * - Priorities and the pool of executions: they change which task is next, not whether one is taken. Threads that could not be started.
 * - A condition variable that wakes without a signal does so at most SPURIOUS times.
 *
 * Seeded mistakes, one at a time (QI_MISTAKE): spin must find each.
 *  1 qi_sched_unlock tells nobody                      2 nsignalled is not taken back by who wakes
 *  3 the last idle worker does not watch the timers    4 asking wakes no idle worker
 *  5 polls for a collection are cleared, and nobody asks again
 *  6 workers are asked to poll before `asked` is set   7 the end does not wake the poller
 *  8 the lock is let go between looking and idling     9 who keeps the lock keeps it when it idles
 * 10 who wakes counts as idle until it has left the lock
 * 11 waits for descriptors do not count as hope       12 who heard from the poller lets nobody listen next
 * 13 a new wait for a descriptor wakes no idle worker
 *
 * Not among them: asking the others to rest, and telling those that rest of a collection. Without one of these a tick, or the worker that
 * idles next, makes up for it: later, so no run of the model is stuck.
 */
#ifndef N
#define N 2        /* workers */
#endif
#ifndef T
#define T 3        /* tasks */
#endif
#ifndef STEPS
#define STEPS 2
#endif
#ifndef STEPS0
#define STEPS0 3   /* of the first task */
#endif
#ifndef TICKS
#define TICKS 1
#endif
#ifndef ASKS
#define ASKS 1
#endif
#ifndef NARROWS
#define NARROWS 1
#endif
#ifndef ALLOCS
#define ALLOCS 1   /* polls for a collection that tasks ask for */
#endif
#ifndef EXITS
#define EXITS 0    /* 退出 */
#endif
#ifndef SPURIOUS
#define SPURIOUS 0
#endif

hidden byte mistake;
c_decl { \#include <stdlib.h> }

/* QI_POLL_… */
#define GC 1
#define PREEMPT 2
#define STOP 4
#define ATTEND 8
#define NARROW 16
/* QI_ASK_… */
#define CANCEL 1
#define STILL 2

#define UNBORN 0
#define READY 1
#define RUNNING 2
#define PARKED 3
#define SLEEPS 4
#define DUE 5      /* sleeps, and its time has come */
#define IO 6
#define OVER 7

#define AWAKE 0
#define WAITS 1
#define TOLD 2

byte st[T], left[T];
bool fresh[T];                 /* CREATED: not begun */
bool fd_ready[T], fired[T];   /* what the task waits for, by its poller; it was told of it */
chan queue[N] = [T] of { byte };

byte lock;                     /* QiSched.lock: 0, or its holder + 1 */
byte poll[N], asked;
byte nidle, nsignalled, nresting, collection;
bool narrow, narrow_due, polling, waker, ticker_on, over;
bool alone[N], owed[N], retired[N], ticking[N], saw_more[N], idles[N];
byte waited[N];
byte in_work[N], in_rest[N];   /* who waits in the conditions work, rest */
bool runs[N];                  /* for the checks alone: not inside a wait */
byte alive, nsleep, ndue, nio, nready;
byte ticks = TICKS, narrows = NARROWS, spurious = SPURIOUS, allocs = ALLOCS, exits = EXITS;
bool silent;                   /* nothing else happens while somebody asks */
byte futile;                   /* ticks in a row that brought nothing */

#if N == 2
#define ALL_POLL(bit) poll[0] = poll[0] | (bit); poll[1] = poll[1] | (bit)
#define OTHERS_REST (!runs[1 - w])
#define SIGNAL(c) if :: c[0] == WAITS -> c[0] = TOLD :: c[1] == WAITS -> c[1] = TOLD :: else fi
#define BROADCAST(c) if :: c[0] == WAITS -> c[0] = TOLD :: else fi; if :: c[1] == WAITS -> c[1] = TOLD :: else fi
#else
#define ALL_POLL(bit) poll[0] = poll[0] | (bit); poll[1] = poll[1] | (bit); poll[2] = poll[2] | (bit)
#define OTHERS_REST (!runs[(w + 1) % N] && !runs[(w + 2) % N])
#define SIGNAL(c) if :: c[0] == WAITS -> c[0] = TOLD :: c[1] == WAITS -> c[1] = TOLD :: c[2] == WAITS -> c[2] = TOLD :: else fi
#define BROADCAST(c) if :: c[0] == WAITS -> c[0] = TOLD :: else fi; if :: c[1] == WAITS -> c[1] = TOLD :: else fi; if :: c[2] == WAITS -> c[2] = TOLD :: else fi
#endif

#if N == 2
#define ALL_POLL_OTHERS poll[1 - w] = poll[1 - w] | GC
#else
#define ALL_POLL_OTHERS poll[(w + 1) % N] = poll[(w + 1) % N] | GC; poll[(w + 2) % N] = poll[(w + 2) % N] | GC
#endif

#if T == 2
#define FD (fd_ready[0] || fd_ready[1])
#define FRESH ((fresh[0] && st[0] == READY) || (fresh[1] && st[1] == READY))
#else
#define FD (fd_ready[0] || fd_ready[1] || fd_ready[2])
#define FRESH ((fresh[0] && st[0] == READY) || (fresh[1] && st[1] == READY) || (fresh[2] && st[2] == READY))
#endif
#define SECOND (len(queue[0]) > 1 || len(queue[1]) > 1)

/* qi_mutex_lock */
#define LOCK atomic { lock == 0 -> lock = w + 1 }

/* qi_ready_inline, qi_runqueue_push(_slow): the ticker goes on with the first task that waits behind another */
inline ready(t) {
    st[t] = READY;
    nready++;
    queue[w]!t;
    if :: !ticking[w] -> ticking[w] = true; ticker_on = true :: else fi
}

/* qi_sched_stop */
inline stop() {
    over = true;
    ALL_POLL(STOP);
    if :: mistake != 7 -> waker = true :: else fi;
    BROADCAST(in_work);
    BROADCAST(in_rest)
}

/* qi_spread_stop_alone */
inline stop_alone() {
    if :: alone[w] && mistake != 9 -> alone[w] = false; owed[w] = true :: else fi
}

/* qi_timers_fire */
inline timers_fire() {
    x = 0;
    do
    :: x < T -> if :: st[x] == DUE -> ndue--; nsleep--; ready(x) :: else fi; x++
    :: else -> break
    od;
    x = 0
}

/* serve_all, of what the poller told */
inline serve(events) {
    x = 0;
    do
    :: x < T -> if :: st[x] == IO && (events & (1 << x)) -> nio--; fired[x] = false; ready(x) :: else fi; x++
    :: else -> break
    od;
    x = 0
}

/* qi_poller_wait: each watch fires once until it is renewed */
inline gather() {
    got = 0;
    x = 0;
    do
    :: x < T -> if :: fd_ready[x] -> fd_ready[x] = false; got = got | (1 << x) :: else fi; x++
    :: else -> break
    od;
    x = 0
}

/* qi_sched_enter; now and then qi_spread_judge finds that this worker does not pay */
inline enter() {
    if
    :: !alone[w] && !owed[w] -> LOCK;
        if
        :: narrows > 0 && nsignalled == 0 -> narrows--; poll[w] = poll[w] | NARROW
        :: skip
        fi
    :: else
    fi
}

/* qi_sched_leave and qi_sched_unlock, with work_waits */
inline leave() {
    if
    :: alone[w] || owed[w]
    :: else ->
        atomic {
            tell = false;
            if
            :: (len(queue[w]) == 0) -> waited[w] = 0
            :: (len(queue[w]) > 0) -> queue[w]?<x>; tell = fresh[x] || waited[w] == x + 1 || len(queue[w]) > 1; waited[w] = x + 1; x = 0
            fi;
            tell = (tell || (saw_more[w])) && !narrow && nsignalled == 0 && nidle != 0 && mistake != 1;
            saw_more[w] = false;
            if :: tell -> nsignalled++ :: else fi;
            listens = polling;
            lock = 0
        }
        if
        :: tell -> atomic { if :: listens -> waker = true :: else -> SIGNAL(in_work) fi; tell = false; listens = false }
        :: else -> listens = false
        fi
    fi
}

/* qi_sched_settle, before the next instruction */
inline settle() {
    if
    :: owed[w] && narrow && N - nidle == 1 && nsignalled == 0 -> atomic { owed[w] = false; alone[w] = true }
    :: owed[w] && !(narrow && N - nidle == 1 && nsignalled == 0) -> owed[w] = false; leave()
    :: else
    fi
}

/* qi_sched_attend */
inline attend() {
    poll[w] = poll[w] & (255 - ATTEND);
    atomic { narrow = false; stop_alone() }
    atomic { if :: asked & CANCEL -> futile = 0 :: else fi; asked = asked & STILL }
}

/* qi_worker_rest, with qi_sched_collect, qi_sched_inspect and qi_sched_ask_again */
inline rest() {
    atomic { number = collection; nresting++; ALL_POLL_OTHERS }
    do
    :: collection != number || (poll[w] & STOP) -> break
    :: else ->
        if
        :: nidle + nresting != N ->
            atomic { in_rest[w] = WAITS; runs[w] = false; lock = 0 }
            atomic { in_rest[w] == TOLD -> in_rest[w] = AWAKE }
            LOCK;
            runs[w] = true
        :: else ->
            assert(OTHERS_REST);
            atomic { if :: asked & STILL -> futile = 0 :: else fi; asked = asked & CANCEL }
            atomic { collection = (collection + 1) % 4 }
            x = 0;
            do
            :: x < N -> poll[x] = poll[x] & (255 - GC); x++
            :: else -> break
            od;
            x = 0;
            if :: (asked & STILL) && mistake != 5 -> atomic { ALL_POLL(GC) } :: else fi;
            atomic { BROADCAST(in_rest) }
        fi
    od;
    atomic { nresting--; number = 0 }
}
/* qi_spread_tick; a tick that came because nothing moved is late enough */
inline spread_tick() {
    if
    :: narrow -> narrow = false; stop_alone()
    :: narrow && !narrow_due
    :: !narrow
    fi;
    narrow_due = false
}

/* qi_spread_narrow */
inline spread_narrow() {
    poll[w] = poll[w] & (255 - NARROW);
    atomic {
        if
        :: alone[w] || owed[w] || nsignalled != 0
        :: else ->
            narrow = true;
            if :: N - nidle > 1 -> retired[w] = true :: else -> alone[w] = true fi
        fi
    }
}

/* qi_netpoll_look, without waiting */
inline look() {
    if :: nio != 0 && !polling -> gather(); serve(got); got = 0 :: else fi
}

/* qi_runqueue_steal into `next` */
inline steal() {
    x = 0;
    do
    :: x < N && x != w && (len(queue[x]) > 0) -> queue[x]?next; next++; saw_more[w] = (len(queue[x]) > 0); break
    :: x < N && (x == w || (len(queue[x]) == 0)) -> x++
    :: x == N -> break
    od;
    x = 0
}

/* qi_spread_hand_over */
inline hand_over() {
    x = 0;
    do
    :: x < N && x != w && !idles[x] ->
        do
        :: queue[w]?next -> queue[x]!next
        :: (len(queue[w]) == 0) -> break
        od;
        next = 0;
        break
    :: x < N && !(x != w && !idles[x]) -> x++
    :: x == N -> retired[w] = false; break
    od;
    x = 0
}

/* qi_worker_idle; `go` false: the program ended. The lock is held. */
inline idle() {
    if
    :: poll[w] & STOP -> go = false
    :: else ->
        if :: mistake == 8 -> lock = 0; LOCK :: else fi;
        atomic {
            stop_alone();
            retired[w] = false;
            last = nidle + 1 == N;
            if
            :: last && nsleep == 0 && (nio == 0 || mistake == 11) ->
                /* qi_sched_deadlock */
                assert(nready == 0 && nsleep == 0 && nio == 0);
                stop();
                go = false
            :: else
            fi
        }
        if
        :: !go || (last && ndue != 0)
        :: else ->
            atomic {
                /* ticker_off, when the sleep is long */
                if
                :: last -> if :: ticker_on = false; ticking[0] = false; ticking[1] = false; ticking[N - 1] = false :: skip fi
                :: else
                fi;
                nidle++;
                idles[w] = true;
                if :: nresting != 0 && nidle + nresting == N -> SIGNAL(in_rest) :: else fi;
                listens = nio != 0 && !polling;
                runs[w] = false;
                if :: listens -> polling = true :: else -> in_work[w] = WAITS fi;
                lock = 0
            }
            if
            :: listens ->
                /* qi_netpoll_wait */
                atomic { (waker || FD || (last && ndue != 0 && mistake != 3)) -> waker = false; gather() }
                if
                :: atomic { lock == 0 -> lock = w + 1 }
                :: atomic { lock != 0 -> if :: got != 0 -> ALL_POLL(ATTEND) :: else fi }
                    LOCK
                fi;
                atomic { polling = false; serve(got); got = 0 }
            :: else ->
                /* wait_for(work, until) */
                atomic {
                    if
                    :: in_work[w] == TOLD
                    :: last && ndue != 0 && mistake != 3
                    :: spurious > 0 -> spurious--
                    fi;
                    in_work[w] = AWAKE
                }
                LOCK
            fi;
            atomic {
                runs[w] = true;
                if :: mistake != 10 -> nidle-- :: else -> late = true fi;
                idles[w] = false;
                if :: listens && nio != 0 && nidle != 0 && mistake != 12 -> SIGNAL(in_work) :: else fi;
                if :: nsignalled != 0 && mistake != 2 -> nsignalled-- :: else fi;
                listens = false
            }
        fi;
        atomic {
            last = false;
            if
            :: !go || (poll[w] & STOP) -> go = false
            :: else ->
                timers_fire();
                if :: !ticking[w] -> ticking[w] = true; ticker_on = true :: else fi
            fi
        }
    fi
}

/* qi_sched_next_slow; the lock is held */
inline choose() {
    do
    :: p = poll[w];
        if
        :: p & STOP -> break
        :: else
        fi;
        if
        :: p != 0 ->
            poll[w] = poll[w] & (255 - (p & (GC | PREEMPT)));
            if :: p & ATTEND -> attend() :: else fi;
            if :: p & GC -> rest() :: else fi;
            atomic { if :: p & PREEMPT -> timers_fire(); look(); spread_tick() :: else fi }
            if :: p & NARROW -> spread_narrow() :: else fi;
            if :: poll[w] & STOP -> break :: else fi
        :: else
        fi;
        atomic {
            p = 0;
            next = 0;
            if :: retired[w] -> hand_over() :: else fi;
            if
            :: (len(queue[w]) > 0) -> queue[w]?next; next++
            :: (len(queue[w]) == 0) && !retired[w] -> steal()
            :: else
            fi
        }
        if
        :: next != 0 ->
            /* qi_switch_to, qi_task_begin */
            atomic { cur = next; next = 0; nready--; st[cur - 1] = RUNNING; fresh[cur - 1] = false }
            break
        :: else -> go = true; idle(); if :: !go -> break :: else fi
        fi
    od;
    p = 0;
    go = false
}

/* One step of a task, or its end. The lock is held afterwards when `wants` is set: it gives way. */
inline step() {
    atomic { assert(!alone[w] || OTHERS_REST); futile = 0 }
    if
    :: left[cur - 1] > 0 ->
        if
        :: /* LONG: it computes until somebody asks this worker to poll, or is wanted by nobody */
            left[cur - 1]--;
            if
            :: poll[w] != 0
            :: atomic { timeout && nready == 0 && ndue == 0 && !FD && nresting == 0 && asked == 0 -> skip }
            fi
        :: allocs > 0 -> left[cur - 1]--; allocs--; poll[w] = poll[w] | GC
        :: exits > 0 -> exits--; enter(); atomic { st[cur - 1] = OVER; cur = 0; wants = true; stop() }
        :: /* qi_task_spawn */
            left[cur - 1]--;
            enter();
            atomic {
                if
                :: st[1] == UNBORN -> fresh[1] = true; alive++; ready(1)
                :: st[T - 1] == UNBORN -> fresh[T - 1] = true; alive++; ready(T - 1)
                :: else
                fi
            }
            leave()
        :: /* wakes another: qi_ready_inline */
            left[cur - 1]--;
            enter();
            atomic {
                if
                :: st[0] == PARKED -> ready(0)
                :: st[1] == PARKED -> ready(1)
                :: st[T - 1] == PARKED -> ready(T - 1)
                :: else
                fi
            }
            leave()
        :: /* qi_park_inline */
            left[cur - 1]--;
            enter();
            atomic { st[cur - 1] = PARKED; cur = 0; wants = true }
        :: /* qi_sleep: the time comes at any moment */
            left[cur - 1]--;
            enter();
            atomic {
                if :: !ticking[w] && (len(queue[w]) > 0) -> ticking[w] = true; ticker_on = true :: else fi;
                st[cur - 1] = SLEEPS; nsleep++; cur = 0; wants = true
            }
        :: /* qi_io_wait */
            left[cur - 1]--;
            enter();
            atomic {
                nio++;
                if :: !ticking[w] -> ticking[w] = true; ticker_on = true :: else fi;
                if :: !polling && nidle > 0 && mistake != 13 -> SIGNAL(in_work) :: else fi;
                st[cur - 1] = IO; cur = 0; wants = true
            }
        :: /* qi_task_yield */
            left[cur - 1]--;
            enter();
            atomic { x = cur - 1; ready(x); x = 0; cur = 0; wants = true }
        fi
    :: else ->
        /* qi_coroutine_return, and the end of the program */
        enter();
        atomic {
            st[cur - 1] = OVER; cur = 0; wants = true;
            alive--;
            if :: alive == 0 -> stop() :: else fi
        }
    fi
}

/* qi_worker_poll, serve_poll */
inline serve_poll() {
    enter();
    p = poll[w];
    if
    :: p & STOP -> cur = 0
    :: else ->
        poll[w] = poll[w] & (255 - (p & (GC | PREEMPT)));
        if :: p & ATTEND -> attend() :: else fi;
        if :: p & GC -> rest() :: else fi;
        if
        :: poll[w] & STOP -> cur = 0
        :: else ->
            if :: p & NARROW -> spread_narrow() :: else fi;
            atomic {
                if
                :: (p & NARROW) && retired[w] -> x = cur - 1; ready(x); x = 0; cur = 0; wants = true
                :: !((p & NARROW) && retired[w]) && (p & PREEMPT) ->
                    spread_tick();
                    timers_fire();
                    look();
                    if
                    :: (len(queue[w]) == 0) -> steal(); if :: next != 0 -> next--; queue[w]!next; next = 0 :: else fi
                    :: else
                    fi;
                    if :: (len(queue[w]) > 0) -> x = cur - 1; ready(x); x = 0; cur = 0; wants = true :: else fi
                :: else
                fi
            }
        fi
    fi;
    p = 0;
    if :: !wants -> leave() :: else fi
}

proctype worker(byte w) {
    byte cur, next, p, x, got, number;
    bool tell, listens, last, go, wants, late;
    /* run, qi_sched_start_main */
    if
    :: w == 0 -> cur = 1
    :: else -> enter(); wants = true
    fi;
    do
    :: wants ->
        choose();
        wants = false;
        leave();
        if :: late -> late = false; nidle-- :: else fi
    :: !wants && owed[w] -> settle()
    :: !wants && !owed[w] && (poll[w] & STOP) -> break
    :: !wants && !owed[w] && poll[w] != 0 && !(poll[w] & STOP) -> serve_poll()
    :: !wants && !owed[w] && cur != 0 && !(poll[w] & STOP) -> step()
    od;
    /* qi_spread_release */
    if :: alone[w] -> alone[w] = false; leave() :: else fi;
    runs[w] = false
}

/* ticker.c. When only it can move: what must hold then, and that ticking helps. */
proctype ticker() {
end:
    do
    :: atomic { ticker_on && ticks > 0 && !over -> ticks--; ALL_POLL(PREEMPT) }
    :: atomic {
            timeout && ticker_on && !over ->
            futile++;
            assert(futile < 4);
            assert(nidle == 0 || narrow || (!FRESH && !SECOND));
            assert(nidle == 0 || nio == 0 || polling || narrow);
            narrow_due = true;
            ALL_POLL(PREEMPT)
        }
    od
}

/* Time and the descriptors of others. They do not come to the help of an end, or of whoever asks. */
#define MOVES !over && !(silent && asked != 0)
proctype world() {
end:
    do
    :: atomic { MOVES && st[0] == SLEEPS -> st[0] = DUE; ndue++ }
    :: atomic { MOVES && st[1] == SLEEPS -> st[1] = DUE; ndue++ }
    :: atomic { MOVES && T > 2 && st[T - 1] == SLEEPS -> st[T - 1] = DUE; ndue++ }
    :: atomic { MOVES && st[0] == IO && !fd_ready[0] && !fired[0] -> fd_ready[0] = true; fired[0] = true }
    :: atomic { MOVES && st[1] == IO && !fd_ready[1] && !fired[1] -> fd_ready[1] = true; fired[1] = true }
    :: atomic { MOVES && T > 2 && st[T - 1] == IO && !fd_ready[T - 1] && !fired[T - 1] -> fd_ready[T - 1] = true; fired[T - 1] = true }
    od
}

/* qi_sched_ask: another thread */
proctype asker() {
    byte asks = ASKS, what, i;
    do
    :: asks > 0 ->
        asks--;
        if :: what = CANCEL :: what = STILL fi;
        if :: silent = true :: silent = false fi;
        if :: mistake != 6 -> asked = asked | what :: else fi;
        do
        :: i < N -> poll[i] = poll[i] | ATTEND | (what == STILL -> GC : 0); i++
        :: else -> i = 0; break
        od;
        if :: mistake == 6 -> asked = asked | what :: else fi;
        atomic { lock == 0 -> lock = 255 }
        if :: mistake != 4 -> atomic { BROADCAST(in_work); waker = true } :: else fi;
        lock = 0;
        (asked & what) == 0 || over
    :: break
    od
}

init {
    atomic {
        c_code { const char *text = getenv("QI_MISTAKE"); mistake = text != NULL ? atoi(text) : 0; };
        byte i;
        do :: i < T -> left[i] = (i == 0 -> STEPS0 : STEPS); i++ :: else -> break od;
        do :: i > 0 -> i--; :: else -> break od;
        do :: i < N -> runs[i] = true; i++ :: else -> break od;
        st[0] = RUNNING; alive = 1; ticker_on = true; ticking[0] = true; ticking[1] = true; ticking[N - 1] = true;
        run worker(0); run worker(1);
#if N == 3
        run worker(2);
#endif
        run ticker(); run world(); run asker()
    }
}
