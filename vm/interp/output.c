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

#include <stdlib.h>
#include <unistd.h>

bool qi_output_init(QiVm *vm) {
    if (!qi_os_mutex_init(&vm->output.lock)) return false;
    vm->output.buffer = malloc(QI_OUTPUT_CAPACITY);
    vm->output.line_buffered = vm->config.write == NULL && qi_is_terminal(STDOUT_FILENO);
    if (vm->output.buffer == NULL) qi_os_mutex_destroy(&vm->output.lock);
    return vm->output.buffer != NULL;
}

static void lock(QiVm *vm) {
    if (QI_UNLIKELY(vm->shared != NULL)) qi_os_mutex_lock(&vm->output.lock);
}

static void unlock(QiVm *vm) {
    if (QI_UNLIKELY(vm->shared != NULL)) qi_os_mutex_unlock(&vm->output.lock);
}

/* false: it cannot be written, and *error says why (0: the host's function did not). */
static bool write_all(QiVm *vm, int fd, const char *bytes, size_t len, int *error) {
    *error = 0;
    if (vm->config.write != NULL) return vm->config.write(vm->config.user, fd, bytes, len);
    return qi_write_all(fd, bytes, len, error);
}

static bool flush(QiVm *vm) {
    QiOutput *o = &vm->output;
    if (o->used > 0 && !o->failed && !write_all(vm, STDOUT_FILENO, o->buffer, o->used, &o->error)) o->failed = true;
    o->used = 0;
    return !o->failed;
}

static bool append(QiVm *vm, const char *bytes, size_t len) {
    QiOutput *o = &vm->output;
    if (o->failed) return false;
    if (len > QI_OUTPUT_CAPACITY - o->used && !flush(vm)) return false;
    if (len > QI_OUTPUT_CAPACITY) {
        if (!write_all(vm, STDOUT_FILENO, bytes, len, &o->error)) o->failed = true;
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
    int error; /* there is no other place to say it */
    flush(vm);
    write_all(vm, STDERR_FILENO, bytes, len, &error);
    unlock(vm);
}

void qi_output_free(QiVm *vm) {
    if (vm->output.buffer == NULL) return;
    free(vm->output.buffer);
    qi_os_mutex_destroy(&vm->output.lock);
}
