/*
 * platform_posix.c — platform.h for POSIX systems (Linux first).
 *
 * Invariants: every call that a signal may interrupt is repeated; errors of
 * pthread calls that only a broken program can cause are asserted.
 */
#include "platform.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/futex.h>
#include <sys/syscall.h>
#endif

int64_t qi_clock_monotonic_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t qi_clock_wall_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void *map(size_t size) {
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

void *qi_map_aligned(size_t size, size_t align) {
    /* Neighbouring mappings are usually aligned already: try without the slack first. */
    char *p = map(size);
    if (p == NULL || ((uintptr_t)p & (align - 1)) == 0) return p;
    munmap(p, size);
    if (size > SIZE_MAX - align) return NULL;
    p = map(size + align);
    if (p == NULL) return NULL;
    char *start = (char *)(((uintptr_t)p + align - 1) & ~(uintptr_t)(align - 1));
    char *end = start + size;
    if (start > p) munmap(p, (size_t)(start - p));
    if (p + size + align > end) munmap(end, (size_t)(p + size + align - end));
    return start;
}

void qi_unmap(void *p, size_t size) {
    int failed = munmap(p, size);
    assert(!failed);
    (void)failed;
}

void qi_map_prefer_huge(void *p, size_t size) {
#ifdef MADV_HUGEPAGE
    (void)madvise(p, size, MADV_HUGEPAGE);
#else
    (void)p;
    (void)size;
#endif
}

bool qi_random_bytes(void *out, size_t len) {
    char *p = out;
    while (len > 0) {
        size_t part = len < 256 ? len : 256;
        if (getentropy(p, part) != 0) return false;
        p += part;
        len -= part;
    }
    return true;
}

/* write(2) whose SIGPIPE, if any, this thread swallows. */
static ssize_t write_quietly(int fd, const char *bytes, size_t len) {
    sigset_t pipe_only, old, pending;
    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    sigpending(&pending);
    bool was_pending = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_only, &old);
    ssize_t n = write(fd, bytes, len);
    int error = errno;
    if (n < 0 && error == EPIPE && !was_pending) sigtimedwait(&pipe_only, NULL, &(struct timespec){0});
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    errno = error;
    return n;
}

bool qi_write_all(int fd, const char *bytes, size_t len, int *error) {
    while (len > 0) {
        ssize_t n = write_quietly(fd, bytes, len);
        if (n >= 0) {
            bytes += n;
            len -= (size_t)n;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            (void)poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
        } else if (errno != EINTR) {
            *error = errno;
            return false;
        }
    }
    return true;
}

ptrdiff_t qi_read_some(int fd, char *bytes, size_t len, int *error) {
    for (;;) {
        ssize_t n = read(fd, bytes, len);
        if (n >= 0) return n;
        if (errno == EINTR) continue;
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
            struct pollfd p = {.fd = fd, .events = POLLIN};
            if (poll(&p, 1, -1) >= 0 || errno == EINTR) continue;
        }
        *error = errno;
        return -1;
    }
}

bool qi_is_terminal(int fd) { return isatty(fd) == 1; }

static bool start(QiOsThread *t, int detached, size_t stack_bytes, void *(*run)(void *), void *arg) {
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) return false;
    bool ok = (stack_bytes == 0 || pthread_attr_setstacksize(&attributes, stack_bytes) == 0) &&
              pthread_attr_setdetachstate(&attributes, detached) == 0 && pthread_create(t, &attributes, run, arg) == 0;
    pthread_attr_destroy(&attributes);
    return ok;
}

bool qi_os_thread_start(QiOsThread *t, size_t stack_bytes, void *(*run)(void *), void *arg) {
    return start(t, PTHREAD_CREATE_JOINABLE, stack_bytes, run, arg);
}

bool qi_os_thread_start_detached(size_t stack_bytes, void *(*run)(void *), void *arg) {
    QiOsThread t;
    return start(&t, PTHREAD_CREATE_DETACHED, stack_bytes, run, arg);
}

/* Only misuse makes these fail. */
static void must(int result) {
    assert(result == 0);
    (void)result;
}

void qi_os_thread_join(QiOsThread t) { must(pthread_join(t, NULL)); }
void qi_os_yield(void) { (void)sched_yield(); }
uint32_t qi_os_processors(void) {
#ifdef CPU_COUNT
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) return (uint32_t)CPU_COUNT(&set);
#endif
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (uint32_t)n : 1;
}
void qi_os_thread_name(const char *name) { (void)pthread_setname_np(pthread_self(), name); }
bool qi_os_mutex_init(QiOsMutex *m) { return pthread_mutex_init(m, NULL) == 0; }
bool qi_os_mutex_init_brief(QiOsMutex *m) {
#ifdef PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP
    pthread_mutexattr_t attributes;
    if (pthread_mutexattr_init(&attributes) != 0) return false;
    bool ok = pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ADAPTIVE_NP) == 0 && pthread_mutex_init(m, &attributes) == 0;
    pthread_mutexattr_destroy(&attributes);
    return ok;
#else
    return qi_os_mutex_init(m);
#endif
}

void qi_os_mutex_destroy(QiOsMutex *m) { must(pthread_mutex_destroy(m)); }
void qi_os_mutex_lock(QiOsMutex *m) { must(pthread_mutex_lock(m)); }
bool qi_os_mutex_try_lock(QiOsMutex *m) { return pthread_mutex_trylock(m) == 0; }
void qi_os_mutex_unlock(QiOsMutex *m) { must(pthread_mutex_unlock(m)); }

#ifdef __linux__
void qi_os_word_wait(_Atomic uint32_t *word, uint32_t value) { (void)syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0); }
void qi_os_word_wake(_Atomic uint32_t *word) { (void)syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0); }
#else
/* Without such a call the thread looks again when others had their turn. */
void qi_os_word_wait(_Atomic uint32_t *word, uint32_t value) {
    if (*word == value) sched_yield();
}
void qi_os_word_wake(_Atomic uint32_t *word) { (void)word; }
#endif

bool qi_os_cond_init(QiOsCond *c) {
    pthread_condattr_t attributes;
    if (pthread_condattr_init(&attributes) != 0) return false;
    bool ok = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 && pthread_cond_init(c, &attributes) == 0;
    pthread_condattr_destroy(&attributes);
    return ok;
}

void qi_os_cond_destroy(QiOsCond *c) { must(pthread_cond_destroy(c)); }
void qi_os_cond_signal(QiOsCond *c) { must(pthread_cond_signal(c)); }
void qi_os_cond_broadcast(QiOsCond *c) { must(pthread_cond_broadcast(c)); }
void qi_os_cond_wait(QiOsCond *c, QiOsMutex *m) { must(pthread_cond_wait(c, m)); }

bool qi_os_cond_wait_until(QiOsCond *c, QiOsMutex *m, int64_t deadline_ns) {
    struct timespec t = {.tv_sec = (time_t)(deadline_ns / 1000000000), .tv_nsec = (long)(deadline_ns % 1000000000)};
    int result = pthread_cond_timedwait(c, m, &t);
    assert(result == 0 || result == ETIMEDOUT);
    return result == 0;
}
