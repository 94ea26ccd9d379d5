/*
 * control.c — how a running program is spoken to from outside: a thread that waits for signals, and for those who want to look.
 *
 *     signal ──byte──▶ pipe ──▶ this thread ──qi_sched_ask──▶ a worker at its next safepoint ──text, byte──▶ pipe ──▶ this thread
 *
 * Ctrl-C (SIGINT): the first cancels 入口 and its tree; should that take long, a line says how to end at once. The second one never
 * comes here: the handler itself ends the process (base/signals_posix.c).
 * SIGQUIT: a dump of all tasks; to whoever listens for this process (base/peer.h), else, as from Ctrl-\, to standard error. Who listens
 * says in one line what it wants, "dump" or "stats", "text" or "json", "zh" or "en", gets the answer and a line with a dot, and may go on asking.
 * The inspector (QiConfig.inspector) is connected from the start, and asks in the same way for what inspector.c lists.
 *
 * Invariants
 * - The thread touches nothing of the VM but through qi_sched_ask and the answer, which is passed under `lock`. One request is with
 *   the workers at a time; the others wait in the order of `askers`.
 * - It is made only for a host that gives its signals away (QiConfig.signals) or an inspector, and ends before the run is over.
 * - A program in the middle of a native that computes answers when that returns.
 *
 * Rejected: doing the work in a worker between two instructions, without a thread: idle workers sleep in a condition, which no
 * signal handler may wake.
 */
#include "control.h"

#include <stdlib.h>
#include <unistd.h>

#include "../base/peer.h"
#include "../base/signals.h"
#include "dump.h"
#include "inspector.h"
#include "stats.h"

#define THREAD_STACK (128u * 1024u)
#define NOTE_AFTER_MS 1000
#define END_OF_RUN 's'
#define ANSWERED 'd'
#define PEERS_MAX 8u
#define ASKERS (PEERS_MAX + 2)
#define INSPECTOR (PEERS_MAX + 1)
#define END_OF_ANSWER ".\n"  /* a line of its own, which no answer has */
#define LINE_MAX 64u

/* Somebody who wants to look: place 0 is standard error, the last one the inspector. */
typedef struct Asker {
    int peer;              /* -1: none */
    char *line;            /* what it sent so far: room for `size` bytes */
    size_t used, size;
    uint32_t wants;        /* QI_ASK_…, 0: nothing yet */
    bool json, english;
} Asker;

typedef struct QiControl {
    QiVm *vm;
    QiOsThread thread;
    int wake[2];           /* signals, answers, the end of the run */
    Asker askers[ASKERS];
    char lines[PEERS_MAX + 1][LINE_MAX];
    char *long_line;       /* of the inspector; NULL: there is none */
    bool signals;          /* they come here */
    Asker *served;         /* whose request is with the workers; NULL: none is */
    QiOsMutex lock;        /* guards: */
    QiReport answer;
} Control;

static void note(Control *c) {
    const char *text = c->vm->config.english ? "cancelling; press Ctrl-C again to end at once\n" : "正在取消；再按一次 Ctrl-C 立即结束\n";
    int error;
    if (!c->vm->config.json) qi_write_all(STDERR_FILENO, text, strlen(text), &error);
}

/* --- those who want to look ----------------------------------------------------------- */

static void drop(Asker *a) {
    qi_peer_close(a->peer);
    *a = (Asker){.peer = -1, .line = a->line, .size = a->size};
}

/* Hands the next request to the workers. */
static void serve_next(Control *c) {
    for (uint32_t i = 0; c->served == NULL && i < ASKERS; i++) {
        Asker *a = &c->askers[i];
        if (a->wants == 0) continue;
        c->served = a;
        qi_os_mutex_lock(&c->lock);
        c->answer = (QiReport){.vm = c->vm, .english = a->english};
        qi_os_mutex_unlock(&c->lock);
        qi_sched_ask(c->vm->sched, a->wants);
    }
}

static void deliver(Control *c) {
    Asker *a = c->served;
    c->served = NULL;
    if (a == NULL) return;
    a->wants = 0;
    a->used = 0;
    qi_os_mutex_lock(&c->lock);
    QiText text = c->answer.text;
    c->answer.text = (QiText){0};
    qi_os_mutex_unlock(&c->lock);
    int error;
    if (a == &c->askers[0]) qi_write_all(STDERR_FILENO, text.bytes, text.len, &error);
    else if (!qi_peer_send(a->peer, text.bytes, text.len) || !qi_peer_send(a->peer, END_OF_ANSWER, strlen(END_OF_ANSWER))) drop(a);
    qi_text_free(&text);
}

static void on_quit(Control *c) {
    int peer = qi_peer_connect();
    if (peer < 0) {
        c->askers[0].wants = QI_ASK_DUMP;
        return;
    }
    for (uint32_t i = 1; i <= PEERS_MAX; i++) {
        if (c->askers[i].peer >= 0) continue;
        c->askers[i].peer = peer;
        return;
    }
    qi_peer_close(peer); /* too many look already */
}

/* A line is complete. */
static void understand(const Control *c, Asker *a) {
    if (a == &c->askers[INSPECTOR]) {
        a->wants = qi_inspector_wants_numbers(a->line) ? QI_ASK_STATS : QI_ASK_INSPECT;
        return;
    }
    a->json = strstr(a->line, " json") != NULL;
    a->english = strstr(a->line, " en") != NULL;
    a->wants = strncmp(a->line, "stats", 5) == 0 ? QI_ASK_STATS : QI_ASK_DUMP;
}

static void listen_to(Control *c, Asker *a) {
    ptrdiff_t n = qi_peer_receive(a->peer, a->line + a->used, a->size - 1 - a->used);
    if (n > 0) a->used += (size_t)n;
    a->line[a->used] = 0;
    /* One that is served is dropped when its answer cannot be delivered. */
    if (a == c->served) return;
    if (n < 0 || (a->used == a->size - 1 && memchr(a->line, '\n', a->used) == NULL)) drop(a);
    else if (memchr(a->line, '\n', a->used) != NULL) understand(c, a);
}

/* A worker, at a safepoint: what it was asked for. */
void qi_control_answer(QiVm *vm, QiWorker *w, uint32_t what) {
    Control *c = vm->control;
    if (c == NULL) return;
    qi_os_mutex_lock(&c->lock);
    const bool json = c->served != NULL && c->served->json;
    if (c->served == &c->askers[INSPECTOR]) qi_inspector_answer(&c->answer, vm, w, c->served->line);
    else if (what == QI_ASK_DUMP) qi_dump(&c->answer, vm, json);
    else qi_stats(&c->answer, vm);
    qi_os_mutex_unlock(&c->lock);
    qi_pipe_put(c->wake[1], ANSWERED);
}

/* --- the thread ------------------------------------------------------------------------- */

/* false: the run is over. */
static bool on_byte(Control *c, char byte, int *timeout) {
    switch (byte) {
    case END_OF_RUN: return false;
    case QI_SIGNAL_INTERRUPT:
        qi_sched_ask(c->vm->sched, QI_ASK_CANCEL);
        *timeout = NOTE_AFTER_MS;
        break;
    case QI_SIGNAL_QUIT: on_quit(c); break;
    case ANSWERED: deliver(c); break;
    default: break;
    }
    return true;
}

static void *run(void *arg) {
    Control *c = arg;
    int timeout = -1;
    qi_os_thread_name("qi-control"); /* by it `qi 转储` knows a program that may be sent SIGQUIT */
    for (;;) {
        int fds[ASKERS] = {c->wake[0]};
        bool ready[ASKERS];
        /* Who is being served is heard again when it has its answer. */
        for (uint32_t i = 1; i < ASKERS; i++) fds[i] = &c->askers[i] == c->served ? -1 : c->askers[i].peer;
        qi_wait_readable(fds, ready, ASKERS, timeout);
        bool any = false;
        for (uint32_t i = 0; i < ASKERS; i++) any = any || ready[i];
        if (!any && timeout >= 0) {
            note(c);
            timeout = -1;
        }
        for (uint32_t i = 1; i < ASKERS; i++) {
            if (ready[i]) listen_to(c, &c->askers[i]);
        }
        char bytes[64];
        size_t n = ready[0] ? qi_pipe_take(c->wake[0], bytes, sizeof bytes) : 0;
        for (size_t i = 0; i < n; i++) {
            if (!on_byte(c, bytes[i], &timeout)) return NULL;
        }
        serve_next(c);
    }
}

/* The place of the inspector, which is connected already. false: out of memory. */
static bool seat_inspector(Control *c) {
    if (c->vm->config.inspector == 0) return true;
    c->long_line = malloc(QI_INSPECTOR_LINE_MAX);
    if (c->long_line == NULL) return false;
    c->askers[INSPECTOR].peer = c->vm->config.inspector - 1;
    c->askers[INSPECTOR].line = c->long_line;
    c->askers[INSPECTOR].size = QI_INSPECTOR_LINE_MAX;
    return true;
}

struct QiControl *qi_control_start(QiVm *vm) {
    if (!vm->config.signals && vm->config.inspector == 0) return NULL;
    Control *c = calloc(1, sizeof *c);
    if (c == NULL) return NULL;
    c->vm = vm;
    c->askers[0] = (Asker){.peer = -1, .json = vm->config.json, .english = vm->config.english};
    for (uint32_t i = 1; i < ASKERS; i++) c->askers[i].peer = -1;
    for (uint32_t i = 1; i <= PEERS_MAX; i++) {
        c->askers[i].line = c->lines[i];
        c->askers[i].size = LINE_MAX;
    }
    if (!seat_inspector(c)) goto no_lock;
    c->askers[INSPECTOR].english = vm->config.english;
    if (!qi_os_mutex_init(&c->lock)) goto no_lock;
    if (!qi_pipe(c->wake)) goto no_wake;
    c->signals = vm->config.signals && qi_signals_watch(c->wake[1]);
    if (!c->signals && vm->config.inspector == 0) goto no_watch;
    /* Workers that answer find it there. */
    vm->control = c;
    if (qi_os_thread_start(&c->thread, THREAD_STACK, run, c)) return c;
    vm->control = NULL;
    if (c->signals) qi_signals_unwatch();
no_watch:
    qi_pipe_close(c->wake);
no_wake:
    qi_os_mutex_destroy(&c->lock);
no_lock:
    /* Who waits for answers hears that there will be none. */
    if (vm->config.inspector != 0) qi_peer_close(vm->config.inspector - 1);
    free(c->long_line);
    free(c);
    return NULL;
}

void qi_control_stop(struct QiControl *c) {
    if (c == NULL) return;
    if (c->signals) qi_signals_unwatch();
    qi_pipe_put(c->wake[1], END_OF_RUN);
    qi_os_thread_join(c->thread);
    for (uint32_t i = 1; i < ASKERS; i++) {
        if (c->askers[i].peer >= 0) drop(&c->askers[i]);
    }
    qi_text_free(&c->answer.text);
    qi_pipe_close(c->wake);
    qi_os_mutex_destroy(&c->lock);
    free(c->long_line);
    free(c);
}
