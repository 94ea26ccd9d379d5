/*
 * platform.h — what the VM needs from the operating system, and nothing else.
 * platform_posix.c implements it; another system is another file.
 *
 * Invariants
 * - No global state: everything acts on its arguments.
 * - Calls interrupted by signals are repeated inside.
 *
 * Rejected: C11 <threads.h>: missing on macOS, and without clocks for timed
 * waits that do not jump.
 */
#ifndef QI_BASE_PLATFORM_H
#define QI_BASE_PLATFORM_H

#include <pthread.h>

#include "base.h"

/* --- clocks ----------------------------------------------------------------- */

/* Nanoseconds of a clock that never goes back; its zero is arbitrary. */
int64_t qi_clock_monotonic_ns(void);
/* Nanoseconds since 1970-01-01 UTC. */
int64_t qi_clock_wall_ns(void);

/* --- memory ------------------------------------------------------------------- */

/* Fresh zeroed pages. size: a multiple of the page size; align: a power of two of at least one page. NULL: no memory. */
void *qi_map_aligned(size_t size, size_t align);
void qi_unmap(void *p, size_t size);
/* Says that large pages suit this mapping. A hint. */
void qi_map_prefer_huge(void *p, size_t size);
/* Random bytes from the system. false: it has none to give. */
bool qi_random_bytes(void *out, size_t len);

/* --- files -------------------------------------------------------------------- */

/* Writes everything, waiting when a non-blocking descriptor is full. false: *error is the errno, EPIPE when the reader is gone;
 * no SIGPIPE comes of it, and the process's own handling stays as it is. */
bool qi_write_all(int fd, const char *bytes, size_t len, int *error);
/* Reads what is there, at least one byte, at most len. 0: end of file; -1: *error is the errno. */
ptrdiff_t qi_read_some(int fd, char *bytes, size_t len, int *error);
bool qi_is_terminal(int fd);

/* --- threads ------------------------------------------------------------------- */

typedef pthread_t QiOsThread;
typedef pthread_mutex_t QiOsMutex;
typedef pthread_cond_t QiOsCond;

/* false: no thread could be made. stack_bytes 0: the system's default. */
bool qi_os_thread_start(QiOsThread *t, size_t stack_bytes, void *(*run)(void *), void *arg);
/* The same for one that nobody joins: it ends by itself. */
bool qi_os_thread_start_detached(size_t stack_bytes, void *(*run)(void *), void *arg);
void qi_os_thread_join(QiOsThread t);
/* Lets other threads have the processor. */
void qi_os_yield(void);
/* How many processors this process may use; at least 1. */
uint32_t qi_os_processors(void);
/* Names the calling thread, for tools that list threads; at most 15 bytes. */
void qi_os_thread_name(const char *name);
bool qi_os_mutex_init(QiOsMutex *m);
/* For one that is held for moments only: who finds it taken tries for a moment before the thread sleeps. */
bool qi_os_mutex_init_brief(QiOsMutex *m);
void qi_os_mutex_destroy(QiOsMutex *m);
void qi_os_mutex_lock(QiOsMutex *m);
/* false: another thread holds it. */
bool qi_os_mutex_try_lock(QiOsMutex *m);
void qi_os_mutex_unlock(QiOsMutex *m);
/* Sleeps while the word has this value, until it is woken; may return without cause. */
void qi_os_word_wait(_Atomic uint32_t *word, uint32_t value);
/* Wakes one thread that sleeps so. */
void qi_os_word_wake(_Atomic uint32_t *word);
bool qi_os_cond_init(QiOsCond *c);
void qi_os_cond_destroy(QiOsCond *c);
void qi_os_cond_signal(QiOsCond *c);
void qi_os_cond_broadcast(QiOsCond *c);
void qi_os_cond_wait(QiOsCond *c, QiOsMutex *m);
/* Waits until the monotonic clock shows deadline_ns. false: it does and nobody signalled. */
bool qi_os_cond_wait_until(QiOsCond *c, QiOsMutex *m, int64_t deadline_ns);

#endif
