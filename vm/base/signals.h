/*
 * signals.h — the signals a running program listens to: SIGINT (Ctrl-C) and SIGQUIT (Ctrl-\).
 *
 * Invariants
 * - Signals belong to the process, so this is the one place with global state: a single watch at a time, given back with the
 *   handlers that were there before. A signal the process was told to ignore (nohup, a job in the background) stays ignored.
 * - The handler does what is allowed in one: it counts, and writes a byte into a pipe. All else happens in whoever reads it.
 * - A second SIGINT ends the process by that signal from inside the handler, whatever the program does meanwhile.
 *
 * Rejected: blocking the signals and taking them by sigwait (the threads of Node exist before us and do not block them); sem_post
 * (a pipe can be waited for together with sockets).
 */
#ifndef QI_BASE_SIGNALS_H
#define QI_BASE_SIGNALS_H

#include "base.h"

#define QI_SIGNAL_INTERRUPT 'i' /* bytes in the pipe */
#define QI_SIGNAL_QUIT 'q'

/* A pipe: what is written to [1] can be read from [0]; neither end blocks, neither is inherited. false: the system has none. */
bool qi_pipe(int ends[2]);
void qi_pipe_close(int ends[2]);
/* One byte, if there is room; a full pipe wakes its reader anyway. Allowed in signal handlers. */
void qi_pipe_put(int end, char byte);
/* Takes up to cap bytes; 0: none are there. */
size_t qi_pipe_take(int end, char *bytes, size_t cap);
/* Waits until one of n descriptors (-1: none) can be read, or has news of its end. ready[i]: whether that one. */
void qi_wait_readable(const int *fds, bool *ready, size_t n, int timeout_ms);

/* Installs the handlers; they write to `end`. false: somebody else of this process watches already. */
bool qi_signals_watch(int end);
/* Puts the old handlers back. Only after qi_signals_watch succeeded. */
void qi_signals_unwatch(void);

#endif
