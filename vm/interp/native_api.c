/*
 * native_api.c — native.h for natives that run in the interpreter: glue
 * between the worker, the heap and the program's input and output.
 *
 * Invariants: nothing here is specific to one native; a throw leaves the error
 * in w->error and gives QI_THROW.
 */
#include "qi/native.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../base/platform.h"
#include "../base/signals.h"
#include "output.h"
#include "shared.h"
#include "vm.h"

/* --- types ------------------------------------------------------------------- */

const QiType *qi_native_arg_type(QiContext *cx, unsigned i) { return cx->native->params[i]; }
const QiType *qi_native_result_type(QiContext *cx) { return cx->native->result; }
QiHeap *qi_native_heap(QiContext *cx) { return cx->heap; }

/* --- errors --------------------------------------------------------------------- */

QiStatus qi_throw_code(QiContext *cx, int code, const QiErrorArg *args, size_t nargs) {
    cx->error = qi_error_make(cx->heap, code, args, nargs);
    return QI_THROW;
}

QiStatus qi_throw_simple(QiContext *cx, int code) { return qi_throw_code(cx, code, NULL, 0); }

QiStatus qi_throw_index(QiContext *cx, int64_t index, int64_t length) {
    const QiErrorArg args[] = {{.name = "索引", .number = index}, {.name = "长度", .number = length}};
    return qi_throw_code(cx, 7003, args, 2);
}

QiStatus qi_throw_slice(QiContext *cx, int64_t start, int64_t end, int64_t length) {
    char text[64];
    const int len = snprintf(text, sizeof text, "%" PRId64 "..%" PRId64, start, end);
    const QiErrorArg args[] = {{.name = "索引", .text = text, .len = (size_t)len}, {.name = "长度", .number = length}};
    return qi_throw_code(cx, 7003, args, 2);
}

QiStatus qi_throw_memory(QiContext *cx) { return qi_throw_simple(cx, 7007); }

QiStatus qi_throw_text(QiContext *cx, int code, const char *name, const char *text) {
    return qi_throw_code(cx, code, &(QiErrorArg){.name = name, .text = text, .len = strlen(text)}, 1);
}

/* --- values ------------------------------------------------------------------------ */

QiString *qi_string_new(QiContext *cx, const char *bytes, size_t len) { return qi_string_create(cx->heap, bytes, len); }
QiString *qi_string_alloc(QiContext *cx, size_t len) { return qi_string_reserve(cx->heap, len); }
QiList *qi_list_new(QiContext *cx, const QiType *type, size_t cap) { return qi_list_create(cx->heap, type, cap); }
bool qi_list_push(QiContext *cx, QiList *l, QiValue v) { return qi_list_append(cx->heap, l, v); }

QiValue qi_list_get(const QiList *l, const QiType *type, size_t i) {
    (void)type;
    return qi_list_elem(l, i);
}

void qi_list_set(QiList *l, const QiType *type, size_t i, QiValue v) {
    (void)type;
    qi_list_put(l, i, v);
}

bool qi_option_some(QiContext *cx, const QiType *t, QiValue v, QiValue *out) { return qi_option_make(cx->heap, t, v, out); }
QiValue qi_option_value(const QiType *t, QiValue o) { return qi_option_get(t, o); }

QiString *qi_format(QiContext *cx, const QiType *t, QiValue v, bool quoted) { return qi_format_value(cx->heap, t, v, quoted); }

/* --- program --------------------------------------------------------------------------- */

QiStatus qi_write_stdout(QiContext *cx, const char *bytes, size_t len) {
    if (QI_LIKELY(qi_output_write(cx->vm, bytes, len))) return QI_OK;
    /* Nobody reads any more: go, quietly, but not as if all were well. */
    return qi_program_exit(cx, QI_EXIT_ERROR);
}

QiStatus qi_write_line(QiContext *cx, const char *bytes, size_t len) {
    if (QI_LIKELY(qi_output_write_line(cx->vm, bytes, len))) return QI_OK;
    return qi_program_exit(cx, QI_EXIT_ERROR);
}

int qi_program_argc(QiContext *cx) { return cx->vm->config.argc; }
const char *qi_program_arg(QiContext *cx, int i) { return cx->vm->config.argv[i]; }

QiStatus qi_program_exit(QiContext *cx, int code) {
    QiVm *vm = cx->vm;
    qi_sched_enter(cx);
    /* The first of several workers decides. */
    if (!vm->exited) vm->exit_code = code;
    vm->exited = true;
    qi_output_flush(vm);
    qi_sched_stop(cx);
    qi_sched_leave(cx);
    return QI_PARKED;
}

bool qi_program_is_part(QiContext *cx) { return cx->vm->part; }

int64_t qi_now_ms(QiContext *cx) { return qi_sched_wall_ms(cx->sched); }

int64_t qi_wall_ns(QiContext *cx) { return qi_sched_wall_ns(cx->sched); }
int64_t qi_monotonic_ns(QiContext *cx) { return qi_sched_now_ns(cx->sched); }

void qi_write_stderr(QiContext *cx, const char *bytes, size_t len) { qi_output_error(cx->vm, bytes, len); }

void **qi_worker_cache(QiContext *cx, void (*release)(void *kept)) {
    cx->native_cache_release = release;
    return &cx->native_cache;
}

uint64_t qi_random_u64(QiContext *cx) {
    /* xorshift with a multiplication at the end; the worker's state is seeded, never 0. */
    uint64_t x = cx->rng;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    cx->rng = x;
    return x * 0x2545F4914F6CDD1Du;
}

bool qi_secret_bytes(QiContext *cx, void *bytes, size_t len) {
    if (!cx->vm->config.deterministic) return qi_random_bytes(bytes, len);
    for (size_t i = 0; i < len; i++) ((uint8_t *)bytes)[i] = (uint8_t)(qi_random_u64(cx) >> 56);
    return true;
}

/* --- standard input --------------------------------------------------------------------------- */

static QiStatus throw_stdin(QiContext *cx, const char *reason) {
    const QiErrorArg args[] = {
        {.name = "路径", .text = "stdin", .len = 5},
        {.name = "原因", .text = reason, .len = strlen(reason)},
    };
    return qi_throw_code(cx, 8001, args, 2);
}

/* Reads more behind what is buffered. QI_PARKED: nothing is there yet. */
static QiStatus fill(QiContext *cx, QiInput *in) {
    if (in->start > 0) {
        memmove(in->buffer, in->buffer + in->start, in->end - in->start);
        in->end -= in->start;
        in->start = 0;
    }
    if (in->end == in->cap) {
        size_t cap = in->cap == 0 ? 4096 : in->cap * 2;
        char *buffer = cap <= QI_STRING_MAX ? realloc(in->buffer, cap) : NULL;
        if (buffer == NULL) return qi_throw_memory(cx);
        in->buffer = buffer;
        in->cap = cap;
    }
    bool ready;
    qi_wait_readable(&(const int){STDIN_FILENO}, &ready, 1, 0);
    if (!ready) return QI_PARKED;
    int error = 0;
    ptrdiff_t n = qi_read_some(STDIN_FILENO, in->buffer + in->end, in->cap - in->end, &error);
    if (n < 0) return throw_stdin(cx, strerror(error));
    if (n == 0) in->ended = true;
    in->end += (size_t)n;
    return QI_OK;
}

QiStatus qi_stdin_line(QiContext *cx, QiString **line) {
    QiInput *in = &cx->vm->input;
    char *newline = NULL;
    for (;;) {
        size_t there = in->end - in->start;
        if (there > in->searched) newline = memchr(in->buffer + in->start + in->searched, '\n', there - in->searched);
        if (newline != NULL || in->ended) break;
        in->searched = there;
        QiStatus status = fill(cx, in);
        if (status == QI_PARKED) qi_output_flush(cx->vm); /* a prompt without a line end must be seen before the program waits */
        if (status != QI_OK) return status;
    }
    in->searched = 0;
    *line = NULL;
    size_t len = newline != NULL ? (size_t)(newline - in->buffer) - in->start : in->end - in->start;
    if (newline == NULL && len == 0) return QI_OK;
    const char *bytes = in->buffer + in->start;
    in->start += len + (newline != NULL);
    if (len > 0 && bytes[len - 1] == '\r') len--;
    if (!qi_utf8_valid(bytes, len)) return throw_stdin(cx, "无效的 UTF-8 (invalid UTF-8)");
    *line = qi_string_create(cx->heap, bytes, len);
    return *line != NULL ? QI_OK : qi_throw_memory(cx);
}
