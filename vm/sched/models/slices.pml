/*
 * slices.pml — a model of the collector's slices with several workers (vm/heap/cycle.c, vm/sched/scan.c, vm/interp/barrier.c, shared.c),
 * for spin: npm run models.
 *
 * WORKERS workers run TASKS tasks of two registers each, over OBJECTS objects of two words (0: nothing), and a channel with room for two
 * references, which is always reachable. Object 2 is a list (its words move when one is removed), the others are structs. They begin in any of
 * some hundred shapes; then programs are all programs: each worker does any of the instructions that move references, or runs another task,
 * at most STEPS times. Between their steps a collection goes on in slices, CYCLES times.
 *
 * What is checked, over all interleavings: when a collection has swept, nothing that a register, the channel or an object that is
 * still there refers to is gone. So nothing reachable is freed, ever.
 *
 * Each step is one of the functions named beside it. Left out, and why that is sound:
 * - Storing is two steps, what the barrier reads and the store itself; everything in the scheduler's lock or a collection's is one. A
 *   slice begins only when no worker is inside an instruction: they stand at safepoints (workers.c).
 * - 协程, dictionaries, natives: they shade or scan inside one lock, as receiving and removing do here. Tasks that have not begun: their
 *   arguments are scanned as a stack is.
 * - Finalising and reusing cells: a cell that is free is not told from one that is used again, which would hide what is looked for.
 *
 * Seeded mistakes, one at a time (QI_MISTAKE): spin must find each.
 *  1 storing shades nothing                                2 storing shades what it stores, not what it overwrites
 *  3 a task runs without having been scanned               4 the running stacks are not scanned at the beginning
 *  5 what is allocated while marking is not marked         6 receiving shades nothing
 *  7 the sweep does not wait for the stacks                8 a slice goes on while a worker is between its barrier and its store
 *  9 what was scanned in the last cycle counts in this    10 receiving shades first and takes the lock again to receive
 * 11 storing into an element is two steps while another worker removes one
 */
#ifndef WORKERS
#define WORKERS 2
#endif
#ifndef TASKS
#define TASKS 3
#endif
#ifndef STEPS
#define STEPS 3
#endif
#ifndef CYCLES
#define CYCLES 1
#endif
#ifndef ON_LIST
#define ON_LIST 0  /* 1: every task begins with the list */
#endif

hidden byte mistake;
c_decl { \#include <stdlib.h> }

#define OBJECTS 3
#define LIST 2
#define WORDS 6
#define AT(o, i) (2 * ((o) - 1) + (i))

byte word[WORDS];                 /* AT(o, 0), AT(o, 1) of object o; 0: nothing */
bool alive[OBJECTS], marked[OBJECTS], pending[OBJECTS];
byte reg[6];                      /* two of each task */
bool scanned[3];
byte runs[2];                     /* task of each worker */
byte buffer[2];                   /* of the channel, first the one received first */
bool channel_traced, marking;
byte inside;                      /* workers within an instruction */
byte cycles, ended;

inline mark(o) {
    if
    :: (o) != 0 && !marked[(o) - 1] -> marked[(o) - 1] = true; pending[(o) - 1] = true
    :: else
    fi
}

/* qi_scan */
inline scan(t) {
    if
    :: !scanned[t] -> scanned[t] = true; mark(reg[2 * (t)]); mark(reg[2 * (t) + 1])
    :: else
    fi
}

inline look_into(o) { pending[(o) - 1] = false; mark(word[AT(o, 0)]); mark(word[AT(o, 1)]) }

/* qi_sched_mark_roots; the channel stands in a package variable */
inline begin() {
    marking = true;
    cycles++;
    marked[0] = false; marked[1] = false; marked[2] = false;
    if :: mistake != 9 -> scanned[0] = false; scanned[1] = false; scanned[2] = false :: else fi;
    channel_traced = false;
    if :: mistake != 4 -> scan(runs[0]) :: else fi;
    if :: WORKERS == 2 && mistake != 4 -> scan(runs[1]) :: else fi
}

#define NONE_PENDING (!pending[0] && !pending[1] && !pending[2])
#define ALL_SCANNED (scanned[0] && scanned[1] && (TASKS == 2 || scanned[2]))
#define IS_THERE(v) (v == 0 || alive[v - 1])

inline drop(o) {
    if
    :: !marked[(o) - 1] -> alive[(o) - 1] = false; word[AT(o, 0)] = 0; word[AT(o, 1)] = 0
    :: else
    fi
}

/* qi_sweep, and what is checked */
inline sweep() {
    marking = false;
    drop(1); drop(2); drop(3);
    assert(IS_THERE(word[0]) && IS_THERE(word[1]) && IS_THERE(word[2]) && IS_THERE(word[3]) && IS_THERE(word[4]) && IS_THERE(word[5]));
    assert(IS_THERE(reg[0]) && IS_THERE(reg[1]) && IS_THERE(reg[2]) && IS_THERE(reg[3]) && IS_THERE(reg[4]) && IS_THERE(reg[5]));
    assert(IS_THERE(buffer[0]) && IS_THERE(buffer[1]))
}

#define STANDS_STILL (inside == 0 || mistake == 8)

/* qi_heap_step, by whoever comes last: one object, stack or the channel in any order */
proctype collector() {
    do
    :: d_step { STANDS_STILL && !marking && cycles < CYCLES -> begin() }
    :: d_step { STANDS_STILL && marking && pending[0] -> look_into(1) }
    :: d_step { STANDS_STILL && marking && pending[1] -> look_into(2) }
    :: d_step { STANDS_STILL && marking && pending[2] -> look_into(3) }
    :: d_step { STANDS_STILL && marking && !channel_traced -> channel_traced = true; mark(buffer[0]); mark(buffer[1]) }
    :: d_step { STANDS_STILL && marking && !scanned[0] -> scan(0) }
    :: d_step { STANDS_STILL && marking && !scanned[1] -> scan(1) }
    :: d_step { STANDS_STILL && marking && TASKS == 3 && !scanned[2] -> scan(2) }
    :: d_step { STANDS_STILL && marking && NONE_PENDING && channel_traced && (ALL_SCANNED || mistake == 7) -> sweep() }
    :: d_step { ended == WORKERS && !marking -> skip } -> break
    od
}

#define R(n) reg[2 * runs[w] + (n)]
#define FREE_CELL (!alive[0] || !alive[1] || !alive[2])
#define NOTHING 0
#define STORING 1
#define RECEIVING 2

/* A worker: any program. a, b: two registers of its task, f: a word of an object. */
proctype worker(byte w) {
    byte steps, a, f, t, value, within;
    do
    :: atomic { within == NOTHING && steps < STEPS ->
            steps++;
            if :: a = 0 :: a = 1 fi;
            if :: f = 0 :: f = 1 fi;
            if
            :: FREE_CELL -> /* qi_alloc, refill, mark_born */
                t = (!alive[0] -> 1 : (!alive[1] -> 2 : 3));
                alive[t - 1] = true;
                marked[t - 1] = marking && mistake != 5;
                R(a) = t
            :: R(a) != 0 -> R(a) = word[AT(R(a), f)]                       /* GETF, LGET */
            :: R(1 - a) != 0 -> R(a) = word[AT(R(1 - a), f)]
            :: R(a) != 0 && f == 0 -> R(a) = 0                             /* a register that is used anew */
            :: R(1 - a) != 0 && (R(1 - a) != LIST || mistake == 11) ->     /* SETF: what the barrier reads and shades */
                t = AT(R(1 - a), f);
                value = R(a);
                if :: marking && mistake != 1 && mistake != 2 -> mark(word[t]) :: else fi;
                if :: marking && mistake == 2 -> mark(value) :: else fi;
                within = STORING;
                inside++
            :: R(1 - a) == LIST && mistake != 11 ->                        /* LSET while marking: in the list's lock */
                t = AT(LIST, f);
                if :: marking && mistake != 1 && mistake != 2 -> mark(word[t]) :: else fi;
                if :: marking && mistake == 2 -> mark(R(a)) :: else fi;
                word[t] = R(a)
            :: R(a) == LIST && f == 0 ->                                   /* 移除(0): the others move */
                if :: marking -> mark(word[AT(LIST, 0)]) :: else fi;
                word[AT(LIST, 0)] = word[AT(LIST, 1)];
                word[AT(LIST, 1)] = 0
            :: R(a) != 0 && f == 0 && buffer[1] == 0 ->                    /* SEND */
                if :: buffer[0] == 0 -> buffer[0] = R(a) :: else -> buffer[1] = R(a) fi
            :: f == 0 && buffer[0] != 0 ->                                 /* RECV: qi_scan_channel … */
                if :: marking && mistake != 6 -> mark(buffer[0]) :: else fi;
                if
                :: mistake == 10 -> within = RECEIVING; inside++
                :: else -> R(a) = buffer[0]; buffer[0] = buffer[1]; buffer[1] = 0
                fi
            :: f == 0 && a == 0 && TASKS > WORKERS ->                      /* qi_switch_to: the task that nobody runs */
                t = (runs[0] != 0 && (WORKERS == 1 || runs[1] != 0) -> 0 : (runs[0] != 1 && (WORKERS == 1 || runs[1] != 1) -> 1 : 2));
                if :: marking && mistake != 3 -> scan(t) :: else fi;
                runs[w] = t
            :: else
            fi;
            a = (within == RECEIVING -> a : 0);
            f = 0;
            t = (within == STORING -> t : 0)
       }
    :: atomic { within == STORING -> word[t] = value; value = 0; t = 0; within = NOTHING; inside-- }
    :: atomic { within == RECEIVING ->
            if :: buffer[0] != 0 -> R(a) = buffer[0]; buffer[0] = buffer[1]; buffer[1] = 0 :: else fi;
            a = 0;
            within = NOTHING;
            inside--
       }
    :: atomic { within == NOTHING && steps == STEPS -> ended++; break }
    od
}

/* Any object but those that are not there. */
inline any(v) {
    if
    :: ON_LIST -> v = LIST
    :: !ON_LIST -> v = 0
    :: !ON_LIST -> v = 1
    :: !ON_LIST -> v = 2
    :: !ON_LIST && alive[2] -> v = 3
    fi
}

init {
    atomic {
        c_code { const char *text = getenv("QI_MISTAKE"); mistake = text != NULL ? atoi(text) : 0; };
        alive[0] = true;
        alive[1] = true;
        if :: alive[2] = true :: skip fi;
        any(reg[0]);
        any(reg[2]);
        if :: TASKS == 3 -> any(reg[4]) :: else fi;
        if :: word[AT(1, 0)] = LIST :: skip fi;
        if :: alive[2] -> word[AT(1, 1)] = 3; if :: word[AT(LIST, 1)] = 3 :: buffer[0] = 3 :: buffer[0] = 1; buffer[1] = 3 fi :: skip fi;
        runs[1] = 1;
        run worker(0);
#if WORKERS == 2
        run worker(1);
#endif
        run collector()
    }
}
