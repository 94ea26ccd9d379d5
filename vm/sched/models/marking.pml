/*
 * marking.pml — a model of how several workers mark together (vm/heap/team.c, mark.c; stand_by in vm/sched/workers.c), for spin: npm run models.
 *
 * One worker collects (marker 0), WORKERS others rest for it, and at most MARKERS mark together. They mark a graph of four objects, in one of five shapes;
 * one object may be of a kind with functions (a stack, which is scanned once) or vast. A cycle takes slices: budgets are used up at any STOPS objects,
 * by whoever traces them; between slices the program runs. Memory for a post or a piece of a stack is missing at any FAILURES times.
 *
 * What is checked, over all interleavings
 * - at the end of the cycle what is reachable is marked, nothing else is, and each object was traced: once, but where memory was missing and all is traced again;
 * - a mark bit is set by the owner of the block in a round, and else by marker 0; kinds with functions are traced by marker 0 alone;
 * - helpers touch objects only in a round: not before it begins, nor when marker 0 goes on alone or the program runs;
 * - who came in takes part in the round it came for, once, as a marker of its own; no round begins while somebody is inside;
 * - who sees `pending` 0 leaves a round in which nothing is left to do: no stack, no post, delivered or not;
 * - nobody waits for ever: in a round, at the door, asleep, or for others to rest.
 *
 * Each step is one access to what others may see. Left out, and why that is sound
 * - Weak memory: the model is sequentially consistent. The orders are named in team.c; what carries data does so by release and acquire.
 * - Numbers: budgets, LOOK_EVERY, TEAM_LATE, `standing`, judge, crowded. A budget is used up at any object, a marker looks at what the others do, or does not,
 *   at any object, a post is full at any entry, marker 0 closes the door at any time after somebody came in, a worker that stands by sleeps at any time.
 * - Posts as lists: an inbox is how many posts it holds and all of their entries. Who takes them takes all, as it does in C; they are opened entry by entry.
 *   Objects leave a stack in any order. References of one object, and entries, are gone through from the least: which object is whose differs among the shapes.
 * - The queue of prefetched objects: it is a part of the stack, and goes back there when its marker stops.
 * - set_mark reads and writes the word in one step: that it has one writer is what is asserted.
 * - What the program does between slices: it changes nothing here. See slices.pml.
 * - A condition variable that wakes without a signal: who wakes looks again.
 *
 * Seeded mistakes, one at a time (QI_MISTAKE): spin must find each.
 *  1 a post is counted after it was delivered               2 who takes posts lets go of them before it counts itself
 *  3 who has nothing to do keeps posts that are not full    4 end_round does not wait for those who are inside
 *  5 where helpers had no memory is forgotten               6 what is in an inbox when the round ends is dropped
 *  7 posts not delivered when the round ends are dropped    8 what helpers had still to trace is dropped
 *  9 the first marker leaves out what helpers may         10 a helper traces a kind with functions
 * 11 who calls reads `asleep` before it changes `looks`    12 a worker reads `looks` when it let the lock go
 * 13 waking is done without the lock                       14 who goes to sleep counts as asleep when it has looked
 * 15 who comes in does not see that the door has changed   16 each round has the same number
 * 17 who came in does not wait for the round               18 who stops drops what it has in hand
 * 19 who waits does not see that the slice is over         20 retreating does not tell the others to stop
 * 21 a round begins before `inside` is set                 22 the calling worker wakes nobody
 * 23 an old post is opened as one for its reader           24 more come in than there are places
 *
 * Not among them: qi_team_feed, and waking for an open door. Without the first, posts come later; without the second, fewer help.
 */
#ifndef MARKERS
#define MARKERS 2
#endif
#ifndef WORKERS
#define WORKERS 1
#endif
#ifndef STOPS
#define STOPS 1
#endif
#ifndef FAILURES
#define FAILURES 0
#endif
#ifndef CALLS
#define CALLS 0     /* times a worker that idles calls those who rest */
#endif
#ifndef RARE
#define RARE 0      /* one object may be of a kind with functions, or vast */
#endif

hidden byte mistake;
c_decl { \#include <stdlib.h> }

#define OBJECTS 4
#define BIT(o) (1 << (o))
#define LOWEST(set) (((set) & 1) -> 0 : (((set) & 2) -> 1 : (((set) & 4) -> 2 : 3)))
#define ALL 15
#define MARKED(o) (16 << (o))           /* an entry of a post: QI_POST_MARKED */
#define AT(m, to) ((m) * MARKERS + (to))
#define OWNER(o, markers) ((o) % (markers)) /* qi_marker_of */
#define NOBODY 255

/* The world */
byte edges[OBJECTS];
byte roots;
byte rare = NOBODY;                     /* the object that is not plain */
bool vast;                              /* else of a kind with functions */
byte marked, traced;
byte stops = STOPS, failures = FAILURES;
bool locked;                            /* QiSched.lock */
byte collection, nresting;
bool over;

/* QiMarker */
byte top[MARKERS], mail[MARKERS], out[MARKERS * MARKERS];
bool overflowed[MARKERS];
byte markers[MARKERS];
bool used_up;                           /* somebody's budget, in this slice */

/* QiTeam */
#define OPEN 1
#define HELPER 2
#define ROUND 8
byte looks, asleep, door, round, inside, pending, hungry;
bool stop;
byte box[MARKERS], box_n[MARKERS];      /* inboxes */
bool team_locked;                       /* QiTeam.lock */
bool waits[WORKERS];                    /* in QiTeam.cond */

/* What only the assertions read */
byte in_round;                          /* markers of it; 0: there is none */
byte took_part;                         /* bit for each helper */

#define HAS(m) (top[m] | mail[m] | box[m] | out[AT(m, 0)] | out[AT(m, 1)] | out[AT(m, MARKERS - 1)])
#define NOTHING_LEFT (!HAS(0) && !HAS(1) && !HAS(MARKERS - 1))

/* push, and set_mark before it where `o` is not marked. In one step with what stands around it. */
inline mark_own(m, o) {
    assert((m == 0 && in_round == 0) || (in_round != 0 && OWNER(o, in_round) == m));
    if
    :: marked & BIT(o)
    :: else ->
        marked = marked | BIT(o);
        if
        :: top[m] = top[m] | BIT(o)
        :: failures > 0 && in_round != 0 -> failures--; overflowed[m] = true
        fi
    fi
}

inline deliver(m, to) {
    if
    :: mistake != 1 -> atomic { p = out[AT(m, to)]; out[AT(m, to)] = 0; pending++ }
    :: else -> p = out[AT(m, to)]; out[AT(m, to)] = 0
    fi;
    atomic { box[to] = box[to] | p; box_n[to]++; p = 0 }
    if :: mistake == 1 -> pending++ :: else fi
}

inline end_round() {
    if :: mistake != 4 -> inside == 0 :: else fi;
    atomic {
        assert(took_part == 2 * (BIT(markers[0] - 1) - 1)); /* all who came in */
        for (i : 0 .. markers[0] - 1) {
            if :: mistake != 6 -> mail[0] = mail[0] | box[i] :: else fi;
            box[i] = 0; box_n[i] = 0;
            for (n : 0 .. markers[0] - 1) {
                if :: mistake != 7 -> mail[0] = mail[0] | out[AT(i, n)] :: else fi;
                out[AT(i, n)] = 0
            }
            if
            :: i != 0 ->
                if :: mistake != 8 -> mail[0] = mail[0] | mail[i]; top[0] = top[0] | top[i] :: else fi;
                mail[i] = 0; top[i] = 0;
                overflowed[0] = overflowed[0] | (overflowed[i] && mistake != 5);
                overflowed[i] = false;
                markers[i] = 0
            :: else
            fi
        }
        i = 0; n = 0;
        markers[0] = 1; in_round = 0; took_part = 0; pending = 0; hungry = 0
    }
}

/* qi_team_retreat */
inline retreat() {
    if
    :: markers[0] == 1
    :: else ->
        if :: mistake != 20 -> stop = true :: else fi;
        end_round()
    fi
}

/* qi_team_tell, qi_team_send: r, or its entry */
inline tell(m, to, entry) {
    if
    :: atomic { out[AT(m, to)] != 0 -> out[AT(m, to)] = out[AT(m, to)] | entry }    /* there is room */
    :: true ->                                                                       /* there is none, or no post */
        if :: out[AT(m, to)] != 0 -> deliver(m, to) :: else fi;
        if
        :: out[AT(m, to)] = entry
        :: atomic { failures > 0 && (m != 0 || mistake == 9) -> failures--; overflowed[m] = true }
        :: atomic { failures > 0 && m == 0 && mistake != 9 -> failures-- }
            retreat();
            atomic { mark_own(0, LOWEST(entry)) }
        fi
    fi
}

/* mark_object */
inline mark_object(m, o) {
    if
    :: atomic { OWNER(o, markers[m]) == m -> mark_own(m, o) }
    :: else -> tell(m, OWNER(o, markers[m]), BIT(o))
    fi
}

/* Takes an object from the stack, to read it: any */
inline begin_tracing(m) {
    if
    :: top[m] & 1 -> o = 0
    :: top[m] & 2 -> o = 1
    :: top[m] & 4 -> o = 2
    :: top[m] & 8 -> o = 3
    fi;
    top[m] = top[m] & ~BIT(o);
    assert(marked & BIT(o));
    assert(m == 0 || in_round > m)
}

/* trace, trace_rare, leave_to_first */
inline trace_object(m) {
    atomic { begin_tracing(m) }
    if
    :: m != 0 && o == rare && mistake != 10 -> tell(m, 0, MARKED(o))
    :: else ->
        if :: o == rare && vast && m == 0 -> retreat() :: else fi;
        atomic {
            assert(o != rare || (m == 0 && !vast) || (vast && in_round == 0));
            assert(!(traced & BIT(o)));
            traced = traced | BIT(o);
            refs = edges[o]
        }
        do
        :: atomic { refs != 0 -> r = LOWEST(refs); refs = refs & ~BIT(r) }
            mark_object(m, r);
            r = 0
        :: refs == 0 -> break
        od
    fi;
    o = 0
}

/* open_mail: an entry */
inline open_mail(m) {
    if
    :: atomic { mail[m] & ALL ->
            r = LOWEST(mail[m]);
            mail[m] = mail[m] & ~BIT(r)
       }
       if
       :: mistake != 23 -> mark_object(m, r)
       :: else -> atomic { mark_own(m, r) }
       fi;
       r = 0
    :: atomic { !(mail[m] & ALL) -> top[m] = top[m] | mail[m] >> 4; mail[m] = 0 }
    fi
}

/* qi_team_feed */
inline feed(m) {
    h = hungry & ~BIT(m);
    do
    :: h != 0 ->
        atomic { i = LOWEST(h); h = h & ~BIT(i) }
        if :: out[AT(m, i)] != 0 -> deliver(m, i) :: else fi;
        i = 0
    :: h == 0 -> break
    od
}

inline take_mail(m) { n = box_n[m]; mail[m] = box[m]; box[m] = 0; box_n[m] = 0 }

/* qi_team_wait. goes_on: there is mail. */
inline team_wait(m) {
    goes_on = false;
    if
    :: markers[m] == 1
    :: atomic { markers[m] != 1 && box_n[m] != 0 -> take_mail(m) }
        atomic { pending = pending - n; n = 0; goes_on = true }
    :: markers[m] != 1 && box_n[m] == 0 ->
        i = 0;
        do
        :: i < markers[m] && mistake != 3 ->
            if :: out[AT(m, i)] != 0 -> deliver(m, i) :: else fi;
            i++
        :: i == markers[m] || mistake == 3 -> i = 0; break
        od;
        hungry = hungry | BIT(m);
        pending--;
        if
        :: atomic { box_n[m] != 0 -> take_mail(m) }
            if
            :: mistake == 2 -> pending = pending - n; pending++
            :: else -> pending = pending + 1 - n
            fi;
            atomic { hungry = hungry & ~BIT(m); n = 0; goes_on = true }
        :: atomic { pending == 0 -> assert(NOTHING_LEFT) }
        :: stop && mistake != 19
        fi
    fi
}

#define DROP_WHAT_IS_IN_HAND(m) if :: mistake == 18 -> top[m] = top[m] & ~BIT(LOWEST(top[m])) :: else fi

/* qi_mark_together */
inline mark_together(m) {
    do
    :: top[m] != 0 ->
        if
        :: atomic { stops > 0 || used_up ->                 /* the budget is used up */
                if :: used_up :: else -> stops-- fi;
                used_up = true;
                stop = true;
                DROP_WHAT_IS_IN_HAND(m)
           }
           break
        :: atomic { stop -> DROP_WHAT_IS_IN_HAND(m) }       /* after LOOK_EVERY objects */
           break
        :: !stop -> feed(m)
        :: skip
        fi;
        trace_object(m)
    :: top[m] == 0 && mail[m] != 0 -> open_mail(m)
    :: top[m] == 0 && mail[m] == 0 ->
        team_wait(m);
        if :: goes_on -> goes_on = false :: else -> break fi
    od
}

inline mark_some(set) {
    refs = (set) & ~marked;
    marked = marked | refs;
    top[0] = top[0] | refs;
    refs = 0
}

#define HAS_WORK (top[0] | mail[0])

/* qi_mark_alone, as far as an object: others see none of it */
inline mark_alone() {
    atomic {
        assert(in_round == 0);
        if
        :: top[0] != 0 ->
            begin_tracing(0);
            assert(!(traced & BIT(o)));
            traced = traced | BIT(o);
            mark_some(edges[o]);
            o = 0
        :: else ->
            top[0] = top[0] | mail[0] >> 4;
            mark_some(mail[0] & ALL);
            mail[0] = 0
        fi
    }
}

/* qi_mark_drain: what is marked is traced again, but stacks that were scanned */
inline rescan() {
    d_step {
        if
        :: overflowed[0] ->
            for (i : 0 .. OBJECTS * OBJECTS - 1) {
                o = i % OBJECTS;
                if
                :: (marked & BIT(o)) && !(o == rare && !vast && (traced & BIT(o))) -> marked = marked | edges[o]; traced = traced | BIT(o)
                :: else
                fi
            }
            i = 0; o = 0;
            overflowed[0] = false
        :: else
        fi
    }
}

inline take_team_lock() { atomic { !team_locked -> team_locked = true } }

/* wake, after `n` is what was read of asleep */
inline wake() {
    if
    :: n == 0
    :: else ->
        if :: mistake != 13 -> take_team_lock() :: else fi;
        atomic {
            waits[0] = false; waits[WORKERS - 1] = false;
            if :: mistake != 13 -> team_locked = false :: else fi;
            n = 0
        }
    fi
}

/* qi_heap_dismiss */
inline dismiss() {
    if
    :: mistake == 11 -> n = asleep; looks++
    :: mistake == 22 -> looks++
    :: else -> looks++; n = asleep
    fi;
    wake()
}

/* Deals out what is queued: to the owners, or by pieces to anybody */
inline deal() {
    r = top[0];
    top[0] = 0;
    do
    :: r != 0 ->
        o = LOWEST(r);
        r = r & ~BIT(o);
        if
        :: top[0] = top[0] | BIT(o)
        :: top[1] = top[1] | BIT(o)
        :: in_round > 2 -> top[MARKERS - 1] = top[MARKERS - 1] | BIT(o)
        :: failures > 0 && OWNER(o, in_round) != 0 -> failures--; overflowed[OWNER(o, in_round)] = true
        fi
    :: r == 0 -> break
    od;
    o = 0
}

#define CAME ((door % ROUND) / HELPER)
#define MAY_RUN_OUT (stops > 0 && !used_up)

/* qi_team_drain */
inline drain() {
    do                                                              /* lot(…, t->after, …) */
    :: HAS_WORK -> mark_alone()
    :: MAY_RUN_OUT && HAS_WORK -> atomic { stops--; used_up = true } break
    :: true -> break
    od;
    if
    :: used_up || !HAS_WORK
    :: else ->
        number = round + (mistake == 16 -> 0 : ROUND);
        door = number | OPEN;
        n = asleep;
        wake();
        do                                                          /* lot(…, TEAM_LOT, …) */
        :: HAS_WORK -> mark_alone()
        :: MAY_RUN_OUT && HAS_WORK -> atomic { stops--; used_up = true } break
        :: CAME != 0 || !HAS_WORK -> break
        od;
        atomic { helpers = CAME; door = door & ~OPEN }
        if
        :: helpers == 0
        :: else ->
            /* begin_round */
            assert(inside == 0 && in_round == 0);
            if :: mistake == 21 -> round = number :: else fi;
            atomic {
                for (i : 0 .. helpers) { markers[i] = helpers + 1 };
                i = 0;
                in_round = helpers + 1;
                deal();
                pending = in_round; hungry = 0; stop = false
            }
            inside = helpers;
            atomic { round = number; number = 0; helpers = 0 }
            mark_together(0);
            if :: markers[0] > 1 -> end_round() :: else fi
        fi;
        do                                                          /* qi_mark_alone */
        :: HAS_WORK && !used_up -> mark_alone()
        :: MAY_RUN_OUT && HAS_WORK -> atomic { stops--; used_up = true }
        :: used_up || !HAS_WORK -> break
        od
    fi;
    number = 0; helpers = 0
}

/* What is reachable, is marked and was traced */
inline check() {
    d_step {
        refs = roots;
        for (i : 0 .. OBJECTS * OBJECTS - 1) {
            if :: refs & BIT(i % OBJECTS) -> refs = refs | edges[i % OBJECTS] :: else fi
        }
        assert(marked == refs);
        assert(traced == refs);
        i = 0; refs = 0
    }
}

/* qi_worker_rest, of the worker that comes last: qi_sched_collect, qi_heap_step */
proctype collector() {
    byte calls = CALLS, number, helpers;
    byte o, r, refs, p, i, n, h;
    bool goes_on;
    d_step { markers[0] = 1; mark_some(roots) }                     /* qi_mark_begin */
    do
    :: atomic { !locked && calls > 0 -> locked = true; calls-- }    /* qi_worker_idle */
        dismiss();
        locked = false
    :: atomic { !locked && nresting == WORKERS -> locked = true; used_up = false }
        drain();
        if
        :: HAS_WORK -> skip                                         /* the slice is over */
        :: else -> rescan(); check(); over = true
        fi;
        collection++;
        dismiss();
        locked = false;
        if :: over -> break :: else fi                              /* else the program runs */
    od
}

/* sleep_until_called, nothing_new */
inline sleep_until_called() {
    take_team_lock();
    if :: mistake != 14 -> asleep++ :: else fi;
    do
    :: looks != seen -> break
    :: looks == seen ->
        if
        :: door & OPEN -> break
        :: !(door & OPEN) ->
            if :: mistake == 14 -> asleep++ :: else fi;
            atomic { waits[w] = true; team_locked = false }         /* qi_os_cond_wait */
            atomic { !waits[w] && !team_locked -> team_locked = true }
            if :: mistake == 14 -> asleep-- :: else fi
        fi
    od;
    if :: mistake != 14 -> asleep-- :: else fi;
    team_locked = false
}

/* A worker that rests, and then runs the program until the next slice */
proctype worker(byte w) {
    byte seen, number, m, d;
    byte o, r, refs, p, i, n, h;
    bool goes_on;
    do
    :: over -> break
    :: atomic { !locked && !over -> nresting++; number = collection; seen = looks }   /* qi_worker_rest */
        do
        :: true ->                                                  /* stand_by */
            if :: mistake == 12 -> seen = looks :: else fi;
            do                                                      /* qi_heap_stand_by */
            :: looks != seen -> break
            :: atomic { door & OPEN -> d = door }                   /* come_in */
                if
                :: atomic { (door == d || mistake == 15) && (d % ROUND / HELPER + 1 < MARKERS || mistake == 24) ->
                        door = d + HELPER;
                        m = d % ROUND / HELPER + 1
                   }
                    /* help */
                    if :: mistake != 17 -> round == d - d % ROUND :: else fi;
                    atomic { assert(!(took_part & BIT(m))); took_part = took_part | BIT(m); assert(in_round > m) }
                    mark_together(m);
                    atomic { inside--; m = 0 }
                :: else
                fi;
                d = 0
            :: true -> sleep_until_called()                         /* after a moment */
            od;
            atomic { !locked ->
                if
                :: collection != number -> nresting--; seen = 0; number = 0; goto rested
                :: else -> seen = looks
                fi
            }
        od;
rested: skip
    od
}

init {
    atomic {
        c_code { const char *text = getenv("QI_MISTAKE"); mistake = text != NULL ? atoi(text) : 0; };
        if
        :: roots = 1; edges[0] = 2; edges[1] = 4; edges[2] = 8; edges[3] = 3           /* a ring, with an edge back */
        :: roots = 1; edges[0] = 14; edges[1] = 8; edges[2] = 8                        /* wide, then one that all refer to */
        :: roots = 3; edges[0] = 2; edges[1] = 8; edges[2] = 8                         /* 3 from 1, and 2 is garbage */
        :: roots = 3; edges[0] = 12; edges[1] = 13; edges[3] = 4                       /* both refer to both */
        :: roots = 5; edges[0] = 8; edges[2] = 2; edges[3] = 6
        fi;
        if
        :: RARE && roots != 5 -> rare = 0; vast = false
        :: RARE -> rare = 1; vast = false
        :: RARE -> rare = 1; vast = true
        :: RARE && roots == 1 -> rare = 0; vast = true
        :: true
        fi;
        run worker(0);
#if WORKERS == 2
        run worker(1);
#endif
        run collector()
    }
}
