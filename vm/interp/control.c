/*
 * control.c — how a running program is spoken to from outside: a thread that waits for Ctrl-C.
 *
 *     signal ──byte──▶ pipe ──▶ this thread ──qi_sched_ask──▶ a worker at its next safepoint
 *
 * The first Ctrl-C cancels 入口 and its tree; should that take long, a line says how to end at once. The second one never comes
 * here: the handler itself ends the process (base/signals_posix.c).
 *
 * Invariants
 * - The thread touches nothing of the VM but through qi_sched_ask; what it prints goes straight to standard error.
 * - It is made only for a host that gives its signals away (QiConfig.signals), and ends before the run is over.
 *
 * Rejected: doing the work in a worker between two instructions, without a thread: idle workers sleep in a condition, which no
 * signal handler may wake.
 */
#include "control.h"

#include <stdlib.h>
#include <unistd.h>

#include "../base/signals.h"

#define THREAD_STACK (128u * 1024u)
#define NOTE_AFTER_MS 1000
#define END_OF_RUN 's'

typedef struct QiControl {
    QiVm *vm;
    QiOsThread thread;
    int wake[2];       /* signals, the end of the run */
    int attention[2];  /* for whoever reads standard input */
    bool noted;        /* the line about the second Ctrl-C was said */
} Control;

static void ask(Control *c, uint32_t what) {
    qi_sched_ask(c->vm->sched, what);
    qi_pipe_put(c->attention[1], 'a');
}

static void note(Control *c) {
    const char *text = c->vm->config.english ? "cancelling; press Ctrl-C again to end at once\n" : "正在取消；再按一次 Ctrl-C 立即结束\n";
    int error;
    if (!c->vm->config.json) qi_write_all(STDERR_FILENO, text, strlen(text), &error);
}

static void *run(void *arg) {
    Control *c = arg;
    int timeout = -1;
    for (;;) {
        bool ready;
        qi_wait_readable(&c->wake[0], &ready, 1, timeout);
        if (!ready && timeout >= 0) {
            note(c);
            timeout = -1;
        }
        char bytes[64];
        size_t n = ready ? qi_pipe_take(c->wake[0], bytes, sizeof bytes) : 0;
        for (size_t i = 0; i < n; i++) {
            if (bytes[i] == END_OF_RUN) return NULL;
            if (bytes[i] != QI_SIGNAL_INTERRUPT) continue;
            ask(c, QI_ASK_CANCEL);
            timeout = NOTE_AFTER_MS;
        }
    }
}

struct QiControl *qi_control_start(QiVm *vm) {
    if (!vm->config.signals) return NULL;
    Control *c = calloc(1, sizeof *c);
    if (c == NULL) return NULL;
    c->vm = vm;
    if (!qi_pipe(c->wake)) goto no_wake;
    if (!qi_pipe(c->attention)) goto no_attention;
    if (!qi_signals_watch(c->wake[1])) goto no_watch;
    if (qi_os_thread_start(&c->thread, THREAD_STACK, run, c)) return c;
    qi_signals_unwatch();
no_watch:
    qi_pipe_close(c->attention);
no_attention:
    qi_pipe_close(c->wake);
no_wake:
    free(c);
    return NULL;
}

void qi_control_stop(struct QiControl *c) {
    if (c == NULL) return;
    qi_signals_unwatch();
    qi_pipe_put(c->wake[1], END_OF_RUN);
    qi_os_thread_join(c->thread);
    qi_pipe_close(c->attention);
    qi_pipe_close(c->wake);
    free(c);
}

int qi_control_attention(const QiVm *vm) { return vm->control != NULL ? vm->control->attention[0] : -1; }

void qi_control_attended(QiVm *vm) {
    char bytes[64];
    while (vm->control != NULL && qi_pipe_take(vm->control->attention[0], bytes, sizeof bytes) == sizeof bytes) {}
}
