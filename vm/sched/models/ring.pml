/*
 * ring.pml — a model of the public part of a run queue (vm/sched/runqueue.h): one owner, thieves, and somebody inside the whole.
 * For spin: npm run models.
 *
 * The owner has TASKS tasks, and gives each one number after the other to its list; publishes half of the list when the ring is empty; runs what is in its
 * list; takes back what nobody took when the list is empty. Thieves take half of what they find. Whoever enters the whole waits until nobody is inside an
 * own part, and takes back what the owner published.
 *
 * What is checked, over all interleavings
 * - each task is run once, by whoever took it;
 * - the owner writes no slot that holds a task which nobody took;
 * - inside the whole the ring is empty, and stays so;
 * - a list taken back is in order: what is older goes first.
 *
 * Each step is one access to what others may see. Left out, and why that is sound
 * - Weak memory: who takes reads tail with acquire, after head; whoever moves head does so with release. A slot read too late is found out by head alone,
 *   in the order of head itself.
 * - The numbers never turn over: 64 bits.
 *
 * Seeded mistakes, one at a time (QI_MISTAKE): spin must find each.
 *  1 a thief moves head without looking whether it has moved         2 a thief reads the slots after it has moved head
 *  3 the owner publishes into a ring that is not empty              4 the owner moves tail before it has written the slots
 *  5 the owner takes back without looking whether head has moved    6 a thief reads tail before head, and more than there is room for
 *  7 who enters the whole leaves what is published where it is      8 a thief is not inside its own part
 */
#ifndef TASKS
#define TASKS 5
#endif
#ifndef THIEVES
#define THIEVES 2
#endif
#ifndef RING
#define RING 2
#endif
#define N (THIEVES + 1)
#define NONE 255

hidden byte mistake;
c_decl { \#include <stdlib.h> }

byte head, tail;
byte slots[RING];
byte ran[TASKS];
byte nran;
byte busy;                /* thieves at it */
byte part[N];             /* 0, or 1: taken by its owner, 2: by who is inside the whole */
bool inside;              /* somebody is inside the whole */
chan list = [TASKS] of { byte };

#define ENTER(i) atomic { part[i] == 0 -> part[i] = 1 }
#define LEAVE(i) part[i] = 0

inline run_task(t) {
    atomic { assert(t < TASKS && ran[t] == 0); ran[t] = 1; nran++; t = NONE }
}

inline publish() {
    if
    :: head == tail || mistake == 3 ->
        n = len(list) / 2;
        if :: n > RING -> n = RING :: else fi;
        if :: mistake == 4 -> tail = tail + n :: else fi;
        i = 0;
        do
        :: i < n -> atomic { list?x; slots[((mistake == 4 -> tail - n : tail) + i) % RING] = x; x = NONE; i++ }
        :: i == n -> break
        od;
        if :: mistake != 4 -> tail = tail + n :: else fi;
        n = 0; i = 0
    :: else
    fi
}

/* The owner, or whoever is inside the whole */
inline take_back() {
    h = head;
    do
    :: h == tail -> break
    :: h != tail ->
        if
        :: atomic { head == h || mistake == 5 -> head = tail }
            /* To the front of the list, the newest first; here the list is turned round for it. */
            atomic {
                n = len(list); i = tail;
                do
                :: i > h -> i--; x = slots[i % RING]; list!x;
                    j = 0;
                    do :: j < n -> list?x; list!x; j++ :: j == n -> break od;
                    n++
                :: i == h -> break
                od;
                x = NONE; n = 0; i = 0; j = 0
            }
            break
        :: atomic { head != h && mistake != 5 -> h = head }
        fi
    od;
    h = 0
}

proctype owner() {
    byte x = NONE, n, i, j, h, made;
    do
    :: nran == TASKS -> break
    :: nran < TASKS ->
        ENTER(0);
        assert(made < TASKS || len(list) > 0 || head != tail || busy > 0 || nran == TASKS); /* none is lost */
        if
        :: made < TASKS -> atomic { list!made; made++ }
        :: len(list) > 0 -> atomic { list?x; run_task(x) }
        :: len(list) > 1 -> publish()
        :: len(list) == 0 -> take_back()
        fi;
        LEAVE(0)
    od
}

proctype thief(byte w) {
    byte h, t, n, i, x = NONE;
    byte taken[RING];
    do
    :: nran == TASKS -> break
    :: nran < TASKS ->
        if :: mistake != 8 -> atomic { part[w] == 0 -> part[w] = 1; busy++ } :: else -> busy++ fi;
        assert(!inside);
        if
        :: mistake == 6 -> t = tail; h = head
        :: else -> h = head; t = tail
        fi;
        n = t - h;
        if
        :: n == 0 || (n > RING && mistake != 6)
        :: else ->
            n = n - n / 2;
            if :: n > RING -> n = RING :: else fi;
            i = 0;
            if
            :: mistake != 2 -> do :: i < n -> taken[i] = slots[(h + i) % RING]; i++ :: i == n -> break od
            :: else
            fi;
            if
            :: atomic { head == h || mistake == 1 -> head = h + n }
                if
                :: mistake == 2 -> do :: i < n -> taken[i] = slots[(h + i) % RING]; i++ :: i == n -> break od
                :: else
                fi;
                i = 0;
                do
                :: i < n -> atomic { x = taken[i]; run_task(x); i++ }
                :: i == n -> break
                od
            :: atomic { head != h && mistake != 1 -> skip }
            fi
        fi;
        atomic { h = 0; t = 0; n = 0; i = 0; x = NONE; for (i : 0 .. RING - 1) { taken[i] = 0 }; i = 0 }
        atomic { busy--; if :: mistake != 8 -> LEAVE(w) :: else fi }
    od
}

/* Once, at any time: cancels, collects, counts. */
proctype outsider() {
    byte x = NONE, n, i, j, h, before;
    atomic { part[0] == 0 -> part[0] = 2 }
    atomic { part[1] == 0 -> part[1] = 2 }
    atomic { part[THIEVES] == (THIEVES == 1 -> 2 : 0) -> part[THIEVES] = 2 }
    inside = true;
    if :: mistake != 7 -> take_back() :: else fi;
    assert(head == tail);
    /* In order, and all there */
    atomic {
        j = 0; n = len(list); before = 0;
        do
        :: j < n -> list?x; assert(before <= x); before = x; list!x; j++
        :: j == n -> break
        od;
        x = NONE; n = 0; j = 0; before = 0
    }
    assert(head == tail);
    inside = false;
    atomic { part[0] = 0; part[1] = 0; part[THIEVES] = 0 }
}

init {
    atomic {
        c_code { const char *text = getenv("QI_MISTAKE"); mistake = text != NULL ? atoi(text) : 0; };
        run owner(); run thief(1);
        if :: THIEVES == 2 -> run thief(2) :: else fi;
        run outsider()
    }
}
