/*
 * output.c — standard output and error of a program. See output.h.
 *
 * Invariant: with several workers the buffer is touched, and the descriptors written, inside the output's lock: what one call
 * writes stays together. Nothing but the heap's lock is taken inside it.
 *
 * Rejected: stdio. Its buffer is the process's, so two VMs would share it, and it
 * answers a closed pipe with a signal.
 */
#include "output.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

bool qi_output_init(QiVm *vm) {
    if (!qi_os_mutex_init(&vm->output.lock)) return false;
    vm->output.buffer = malloc(QI_OUTPUT_CAPACITY);
    vm->output.line_buffered = vm->config.write == NULL && isatty(STDOUT_FILENO) == 1;
    if (vm->output.buffer == NULL) qi_os_mutex_destroy(&vm->output.lock);
    return vm->output.buffer != NULL;
}

static void lock(QiVm *vm) {
    if (QI_UNLIKELY(vm->shared != NULL)) qi_os_mutex_lock(&vm->output.lock);
}

static void unlock(QiVm *vm) {
    if (QI_UNLIKELY(vm->shared != NULL)) qi_os_mutex_unlock(&vm->output.lock);
}

/* write(2) whose SIGPIPE, if any, this thread swallows: the process's own handling stays as it is. */
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

static bool write_all(QiVm *vm, int fd, const char *bytes, size_t len) {
    if (vm->config.write != NULL) return vm->config.write(vm->config.user, fd, bytes, len);
    while (len > 0) {
        ssize_t n = write_quietly(fd, bytes, len);
        if (n >= 0) {
            bytes += n;
            len -= (size_t)n;
        } else if (errno == EAGAIN) {
            poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

static bool flush(QiVm *vm) {
    QiOutput *o = &vm->output;
    if (o->used > 0 && !o->failed && !write_all(vm, STDOUT_FILENO, o->buffer, o->used)) o->failed = true;
    o->used = 0;
    return !o->failed;
}

static bool append(QiVm *vm, const char *bytes, size_t len) {
    QiOutput *o = &vm->output;
    if (o->failed) return false;
    if (len > QI_OUTPUT_CAPACITY - o->used && !flush(vm)) return false;
    if (len > QI_OUTPUT_CAPACITY) {
        if (!write_all(vm, STDOUT_FILENO, bytes, len)) o->failed = true;
        return !o->failed;
    }
    memcpy(o->buffer + o->used, bytes, len);
    o->used += len;
    if (o->line_buffered && memchr(bytes, '\n', len) != NULL) return flush(vm);
    return true;
}

bool qi_output_flush(QiVm *vm) {
    lock(vm);
    bool ok = flush(vm);
    unlock(vm);
    return ok;
}

bool qi_output_write(QiVm *vm, const char *bytes, size_t len) {
    lock(vm);
    bool ok = append(vm, bytes, len);
    unlock(vm);
    return ok;
}

bool qi_output_write_line(QiVm *vm, const char *bytes, size_t len) {
    lock(vm);
    bool ok = append(vm, bytes, len) && append(vm, "\n", 1);
    unlock(vm);
    return ok;
}

void qi_output_error(QiVm *vm, const char *bytes, size_t len) {
    lock(vm);
    flush(vm);
    write_all(vm, STDERR_FILENO, bytes, len);
    unlock(vm);
}

void qi_output_free(QiVm *vm) {
    if (vm->output.buffer == NULL) return;
    free(vm->output.buffer);
    qi_os_mutex_destroy(&vm->output.lock);
}
