/*
 * channel.pml — a model of channels, 选择 and cancellation (vm/sched/channel.c, select.c, cancel.c), for spin: npm run models.
 *
 * Two senders, a receiver, a task with a 选择 that receives on channel 0 or sends on channel 1, a receiver of channel 1, one that closes and one that cancels.
 *
 * What is checked, over all interleavings, for CAPACITY 0 and 1
 * - each value sent is received exactly once, or is still in the buffer, and its sender was told of success; a sender that was told
 *   of the end or was cancelled has given nothing; nobody receives what was not sent;
 * - values of a channel arrive in the order in which they were accepted;
 * - the invariants that open channel.c hold between any two steps: so nobody waits while there is a partner, room, a value or the end;
 * - a 选择 that was parked is completed once, and of its waiters none stays in a queue; of its cases exactly one happens.
 *
 * Each step is one of the functions named beside it. Left out, and why that is sound:
 * - Every function of channel.c runs in the scheduler's lock (or on the only worker), so it is one step (atomic) here.
 * - Boxes for options, memory that runs out, 默认 and 超时: a 选择 with 默认 never parks; a timeout dissolves as cancelling does.
 * - What happens to a task between waking and running: a task that was woken keeps what it was given (that it runs is park.pml's).
 *
 * Seeded mistakes, one at a time (QI_MISTAKE): spin must find each.
 *  1 a parked sender's value is taken, and the sender stays queued    2 a receiver that makes room does not let the next sender in
 *  3 closing wakes receivers only                                     4 closing wakes senders only
 *  5 a completed 选择 leaves its other waiter queued                  6 cancelling does not take the task out of its queue
 *  7 a task that is ready already is cancelled as if it were parked   8 closing throws the buffered values away
 *  9 a sender does not look whether a receiver waits                 10 a receiver looks at waiting senders before the buffer
 * 11 sending on a closed channel succeeds
 */
#ifndef CAPACITY
#define CAPACITY 1
#endif
#ifndef SENDERS
#define SENDERS 2
#endif
#ifndef RECEIVERS
#define RECEIVERS 2  /* 1: nobody receives on channel 1 */
#endif

hidden byte mistake;
c_decl { \#include <stdlib.h> }

#define TASKS 5    /* 0, 1: senders on channel 0; 2: receiver of it; 3: 选择; 4: receiver of channel 1 */
#define NONE 0
#define OK 1       /* sent, or received (got) */
#define CLOSED 2   /* E6001, E6002 */
#define CANCELLED 3

bool closed[2];
chan buffer[2] = [2] of { byte };
chan senders[2] = [TASKS] of { byte };     /* tasks, the longest waiting first */
chan receivers[2] = [TASKS] of { byte };
bool parked[TASKS], cancelled[TASKS];
byte result[TASKS], got[TASKS];            /* got: a value is its sender + 1 */
byte chosen;                               /* of the 选择: 1 received, 2 sent */
/* for the checks alone */
byte taken[TASKS];                         /* how often the value of a sender was received */
byte order[2], arrived[2];                 /* accepted first, received first, on channel 0 */
byte accepts, arrivals;

/* Accepted: it is in the buffer or with its receiver. */
inline accept(c, v) {
    if :: c == 0 && accepts < 2 -> order[accepts] = v; accepts++ :: else fi
}

/* The value v is with task t. */
inline give(c, t, v) {
    got[t] = v;
    result[t] = OK;
    taken[v - 1]++;
    assert(taken[v - 1] == 1);
    if :: c == 0 && arrivals < 2 -> arrived[arrivals] = v; arrivals++; assert(order[arrivals - 1] == v) :: else fi
}

/* qi_select_complete: dissolve takes the other waiter out of its queue; or qi_ready_inline */
inline wake(t, queue_of_case) {
    assert(parked[t]);
    parked[t] = false;
    if
    :: t == 3 ->
        assert(chosen == 0);
        chosen = queue_of_case;
        if
        :: mistake == 5
        :: else -> withdraw_select()
        fi
    :: else
    fi
}

/* dissolve */
inline withdraw_select() {
    if :: receivers[0]??[3] -> receivers[0]??3 :: else fi;
    if :: senders[1]??[3] -> senders[1]??3 :: else fi
}

/* qi_channel_send_now: `now` says whether it did not have to wait */
inline send_now(c, t) {
    now = true;
    if
    :: closed[c] && mistake != 11 -> result[t] = CLOSED
    :: closed[c] && mistake == 11 -> result[t] = OK
    :: !closed[c] && len(receivers[c]) > 0 && mistake != 9 ->
        receivers[c]?u;
        accept(c, t + 1);
        give(c, u, t + 1);
        wake(u, 1);
        result[t] = OK
    :: !closed[c] && (len(receivers[c]) == 0 || mistake == 9) && len(buffer[c]) < CAPACITY ->
        buffer[c]!t + 1;
        accept(c, t + 1);
        result[t] = OK
    :: !closed[c] && (len(receivers[c]) == 0 || mistake == 9) && len(buffer[c]) >= CAPACITY -> now = false
    fi
}

/* collect: the value of the sender that has waited longest goes where the caller puts it */
inline collect(c) {
    senders[c]?u;
    if :: mistake == 1 -> senders[c]!u :: else fi;
    accept(c, u + 1);
    result[u] = OK;
    wake(u, 2)
}

/* qi_channel_receive_now */
inline receive_now(c, t) {
    now = true;
    if
    :: len(buffer[c]) > 0 && !(mistake == 10 && len(senders[c]) > 0) ->
        buffer[c]?v;
        give(c, t, v);
        if
        :: len(senders[c]) > 0 && mistake != 2 -> collect(c); buffer[c]!u + 1
        :: else
        fi
    :: (len(buffer[c]) == 0 || mistake == 10) && len(senders[c]) > 0 ->
        collect(c);
        give(c, t, u + 1)
    :: len(buffer[c]) == 0 && len(senders[c]) == 0 && closed[c] -> result[t] = CLOSED
    :: len(buffer[c]) == 0 && len(senders[c]) == 0 && !closed[c] -> now = false
    fi
}

/* The invariants of channel.c. */
#define RECEIVERS_WAIT(c) (len(receivers[c]) == 0 || (len(buffer[c]) == 0 && len(senders[c]) == 0))
#define SENDERS_WAIT(c) (len(senders[c]) == 0 || (len(buffer[c]) == CAPACITY && !closed[c]))
#define CLOSED_WAITS(c) (!closed[c] || (len(senders[c]) == 0 && len(receivers[c]) == 0))
#define QUEUED(t) (senders[0]??[eval(t)] || senders[1]??[eval(t)] || receivers[0]??[eval(t)] || receivers[1]??[eval(t)])
#define QUEUE_OF(t) (!QUEUED(t) || parked[t])
inline invariants() {
    assert(RECEIVERS_WAIT(0) && SENDERS_WAIT(0) && CLOSED_WAITS(0));
    assert(RECEIVERS_WAIT(1) && SENDERS_WAIT(1) && CLOSED_WAITS(1));
    assert(QUEUE_OF(0) && QUEUE_OF(1) && QUEUE_OF(2) && QUEUE_OF(3) && QUEUE_OF(4))
}

/* qi_channel_send: qi_cancel_point, then it goes on or parks */
proctype sender(byte t) {
    byte u;
    bool now;
    atomic {
        if
        :: cancelled[t] -> result[t] = CANCELLED
        :: else ->
            send_now(0, t);
            if :: !now -> senders[0]!t; parked[t] = true :: else fi
        fi;
        u = 0;
        invariants()
    }
    !parked[t] -> assert(result[t] != NONE)
}

/* qi_channel_receive, until the end */
proctype receiver(byte t; byte c) {
    byte u, v;
    bool now;
    do
    :: atomic {
            got[t] = 0;
            result[t] = NONE;
            if
            :: cancelled[t] -> result[t] = CANCELLED
            :: else ->
                receive_now(c, t);
                if :: !now -> receivers[c]!t; parked[t] = true :: else fi
            fi;
            u = 0;
            v = 0;
            invariants()
        }
        atomic { !parked[t] -> assert(result[t] != NONE) }
        if
        :: result[t] != OK -> break
        :: else
        fi
    od
}

/* qi_select: picks among those that can go on, else parks with a waiter for each */
proctype selector(byte t) {
    byte u, v;
    bool now;
    atomic {
        if
        :: cancelled[t] -> result[t] = CANCELLED
        :: !cancelled[t] && (len(buffer[0]) > 0 || len(senders[0]) > 0 || closed[0]) -> receive_now(0, t); chosen = 1
        :: !cancelled[t] && (closed[1] || len(receivers[1]) > 0 || len(buffer[1]) < CAPACITY) -> send_now(1, t); chosen = 2
        :: else -> receivers[0]!t; senders[1]!t; parked[t] = true
        fi;
        u = 0;
        v = 0;
        invariants()
    }
    atomic {
        !parked[t] ->
        assert(result[t] != NONE && (result[t] == CANCELLED) == (chosen == 0));
        assert(!QUEUED(t))
    }
}

/* qi_channel_close, wake_closed */
proctype closer(byte c) {
    byte u;
    atomic {
        closed[c] = true;
        do
        :: len(receivers[c]) > 0 && mistake != 4 -> receivers[c]?u; result[u] = CLOSED; wake(u, 1)
        :: (len(receivers[c]) == 0 || mistake == 4) && len(senders[c]) > 0 && mistake != 3 -> senders[c]?u; result[u] = CLOSED; wake(u, 2)
        :: else -> break
        od;
        if :: mistake == 8 && len(buffer[c]) > 0 -> buffer[c]?_ :: else fi;
        u = 0;
        invariants()
    }
}

/* qi_task_cancel_one of any task, with qi_task_withdraw and qi_select_abandon; or of none */
proctype canceller() {
    byte t;
    if :: t = 0 :: t = 1 :: t = 2 :: t = 3 :: t = 4 :: t = TASKS fi;
    atomic {
        if
        :: t == TASKS
        :: else ->
            cancelled[t] = true;
            if
            :: parked[t] || (mistake == 7 && result[t] == OK && t != 2 && t != 4) ->
                if
                :: mistake == 6
                :: mistake != 6 && t == 3 -> withdraw_select()
                :: mistake != 6 && t != 3 ->
                    if :: senders[0]??[eval(t)] -> senders[0]??eval(t) :: else fi;
                    if :: receivers[0]??[eval(t)] -> receivers[0]??eval(t) :: else fi;
                    if :: receivers[1]??[eval(t)] -> receivers[1]??eval(t) :: else fi
                fi;
                parked[t] = false;
                result[t] = CANCELLED
            :: else
            fi
        fi;
        invariants()
    }
}

/* When all that happens has happened: both channels are closed, so nobody waits, and the books balance. */
#define SETTLED(t) ((result[t] == OK) == (taken[t] == 1 || buffer[0]??[eval(t + 1)] || buffer[1]??[eval(t + 1)]))
init {
    atomic {
        c_code { const char *text = getenv("QI_MISTAKE"); mistake = text != NULL ? atoi(text) : 0; };
        run sender(0);
#if SENDERS == 2
        run sender(1);
#endif
        run receiver(2, 0); run selector(3);
#if RECEIVERS == 2
        run receiver(4, 1);
#endif
        run closer(0); run closer(1); run canceller()
    }
    atomic {
        _nr_pr == 1 ->
        assert(len(senders[0]) + len(senders[1]) + len(receivers[0]) + len(receivers[1]) == 0);
        assert(SETTLED(0) && SETTLED(1));
        assert((chosen == 2 && result[3] == OK) == (taken[3] == 1 || buffer[1]??[4]));
        /* Who was not cancelled and received until the end left nothing behind. */
        assert(result[2] == CANCELLED || len(buffer[0]) == 0 || closed[0]);
        assert(chosen != 1 || taken[3] == 0)
    }
}
