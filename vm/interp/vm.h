/*
 * vm.h — one virtual machine: program, heap, scheduler, output. And the door
 * between the dispatch loop (run.c) and everything out of line (slow.c).
 */
#ifndef QI_INTERP_VM_H
#define QI_INTERP_VM_H

#include "../include/qi/qi.h"
#include "../sched/sched.h"
#include "program.h"

struct QiShared;
struct QiObserver;

typedef struct QiOutput {
    QiOsMutex lock;              /* exists with the buffer */
    char *buffer;                /* QI_OUTPUT_CAPACITY bytes */
    size_t used;
    bool failed;                 /* it cannot be written: end the program */
    int error;                   /* why: errno, or 0 when the host did not say */
    bool line_buffered;          /* a terminal */
} QiOutput;
#define QI_OUTPUT_CAPACITY 65536u

/* What was read from standard input and not asked for yet. */
typedef struct QiInput {
    char *buffer;
    size_t start, end, cap;
    size_t searched;             /* bytes from start that hold no line end */
    bool ended;
} QiInput;

struct QiVm {
    QiConfig config;
    QiProgram *program;
    QiHeap *heap;
    QiSched *sched;
    QiOutput output;
    QiInput input;
    struct QiShared *shared;     /* with several workers: shared.h. NULL: one */
    struct QiObserver *observer; /* for the inspector: sched/observe.h. NULL: off */
    struct QiControl *control;   /* while it runs: control.h. NULL: nobody speaks to it */
    int exit_code;
    bool exited;                 /* 退出(码) was called: exit_code counts */
    bool unobserved_failure;     /* forces exit code 1 */
    bool leaked;                 /* so does this, when leaks are failures */
    bool part;                   /* it began with a function other than 入口: a test */
    char error_text[1024];
};

/* run.c: runs w->current and whatever the scheduler picks next, until the program is over. */
void qi_interp_run(QiWorker *w);

/* unwind.c: finds the handler for w->error in the running coroutine (pc, fp stored in w->current), pops frames and segments.
 * true: w->current's pc and fp stand at the handler. false: no handler; the coroutine failed and w->current is the next one (or NULL). */
bool qi_unwind(QiWorker *w);

/* trace.c: records the stack of the running coroutine and its chain of creation into e (once). */
void qi_error_record_trace(QiWorker *w, QiError *e);
/* report.c: prints an error with its stack to stderr. */
void qi_report_error(QiVm *vm, QiError *e, const QiHandle *task);
void qi_report_deadlock(QiVm *vm);
/* E6007: the tasks with QI_CO_LEAK_FRESH. Inside a collection. */
void qi_report_leaks(QiVm *vm);
/* E6022: the tasks that did not end in time. Others may run them. */
void qi_report_unended(QiVm *vm);
/* An error about a channel or a native object, with what it has (QiSchedConfig.error_about). */
QiError *qi_report_about(QiWorker *w, int code, const QiObject *o, int64_t n);
/* cancelled.c: QiSchedConfig.cancelled. */
struct QiCancelCause;
QiString *qi_report_cancelled(QiWorker *w, const struct QiCancelCause *cause);
/* E8002: standard output could not be written. error: errno. */
void qi_report_unwritten(QiVm *vm, int error);

#endif
