/*
 * io.c — natives for output, input and the process.
 *
 * Invariants: what one call prints reaches the buffer in one piece.
 */
#include <stdlib.h>

#include "qi/native.h"

/* Lines up to this long are put together on the C stack. */
#define SHORT_LINE 1024u
#define STDIN 0

QiStatus qi_native_print(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    QiStatus status = qi_write_stdout(cx, s->bytes, s->len);
    if (status == QI_OK) *result = 0;
    return status;
}

QiStatus qi_native_print_line(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    QiStatus status;
    if (s->len < SHORT_LINE) {
        char line[SHORT_LINE];
        memcpy(line, s->bytes, s->len);
        line[s->len] = '\n';
        status = qi_write_stdout(cx, line, s->len + 1);
    } else {
        status = qi_write_line(cx, s->bytes, s->len);
    }
    if (status == QI_OK) *result = 0;
    return status;
}

QiStatus qi_native_format_spec(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *spec = qi_as_ref(args[1]);
    QiString *out;
    switch (qi_format_with_spec(qi_native_heap(cx), qi_native_arg_type(cx, 0), args[0], spec, &out)) {
    case QI_FORMAT_OK: *result = qi_from_ref(out); return QI_OK;
    case QI_FORMAT_NO_MEMORY: return qi_throw_memory(cx);
    default: break;
    }
    QiText text = {0};
    qi_text_add(&text, "格式 ", strlen("格式 "));
    qi_text_add(&text, spec->bytes, spec->len);
    qi_text_add(&text, " 不适用于这个值", strlen(" 不适用于这个值"));
    QiString *reason = qi_text_finish(qi_native_heap(cx), &text);
    if (reason == NULL) return qi_throw_memory(cx);
    return qi_throw_code(cx, 7010, &(QiErrorArg){.name = "说明", .text = reason->bytes, .len = reason->len}, 1);
}

/* The same by name, for 标准库.格式. */
QiStatus qi_native_format_with(QiContext *cx, const QiValue *args, QiValue *result) { return qi_native_format_spec(cx, args, result); }

/* 选项<字符串>. */
static QiStatus try_line(QiContext *cx, void *data, const QiType *type, QiValue *result) {
    (void)data;
    QiString *line;
    QiStatus status = qi_stdin_line(cx, &line);
    if (status != QI_OK) return status;
    *result = QI_OPTION_NONE;
    return line == NULL || qi_option_some(cx, type, qi_from_ref(line), result) ? QI_OK : qi_throw_memory(cx);
}

/* 字符串: the end of input looks like an empty line. */
static QiStatus try_input(QiContext *cx, void *data, const QiType *type, QiValue *result) {
    (void)data;
    (void)type;
    QiString *line;
    QiStatus status = qi_stdin_line(cx, &line);
    if (status != QI_OK) return status;
    if (line == NULL) line = qi_string_new(cx, "", 0);
    if (line == NULL) return qi_throw_memory(cx);
    *result = qi_from_ref(line);
    return QI_OK;
}

static QiStatus read_stdin(QiContext *cx, QiReadyFn try, QiValue *result) {
    const QiIoOperation operation = {.fd = STDIN, .what = QI_IO_READ, .name = "stdin", .try = try, .type = qi_native_result_type(cx)};
    return qi_io_wait(cx, &operation, result);
}

QiStatus qi_native_read_line(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)args;
    return read_stdin(cx, try_line, result);
}

QiStatus qi_native_input(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *prompt = qi_as_ref(args[0]);
    QiStatus status = qi_write_stdout(cx, prompt->bytes, prompt->len);
    return status == QI_OK ? read_stdin(cx, try_input, result) : status;
}

QiStatus qi_native_assert(QiContext *cx, const QiValue *args, QiValue *result) {
    if (!args[0]) {
        const QiString *text = qi_as_ref(args[1]);
        if (text->len == 0) return qi_throw_text(cx, 7009, "说明", "条件为假");
        return qi_throw_code(cx, 7009, &(QiErrorArg){.name = "说明", .text = text->bytes, .len = text->len}, 1);
    }
    *result = 0;
    return QI_OK;
}

static QiStatus throw_not_text(QiContext *cx, const char *what, size_t len) {
    const QiErrorArg args[] = {
        {.name = "路径", .text = what, .len = len},
        {.name = "原因", .text = "无效的 UTF-8", .len = strlen("无效的 UTF-8")},
    };
    return qi_throw_code(cx, 8001, args, 2);
}

QiStatus qi_native_program_args(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)args;
    int n = qi_program_argc(cx);
    QiList *list = qi_list_new(cx, qi_native_result_type(cx), (size_t)n);
    if (list == NULL) return qi_throw_memory(cx);
    for (int i = 0; i < n; i++) {
        const char *arg = qi_program_arg(cx, i);
        size_t len = strlen(arg);
        if (!qi_utf8_valid(arg, len)) return throw_not_text(cx, "程序参数", strlen("程序参数"));
        QiString *s = qi_string_new(cx, arg, len);
        if (s == NULL || !qi_list_push(cx, list, qi_from_ref(s))) return qi_throw_memory(cx);
    }
    *result = qi_from_ref(list);
    return QI_OK;
}

QiStatus qi_native_env_var(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *name = qi_as_ref(args[0]);
    char *terminated = malloc((size_t)name->len + 1);
    if (terminated == NULL) return qi_throw_memory(cx);
    memcpy(terminated, name->bytes, name->len);
    terminated[name->len] = '\0';
    /* A name with a NUL inside names nothing. */
    const char *value = strlen(terminated) == name->len ? getenv(terminated) : NULL;
    free(terminated);
    if (value == NULL) {
        *result = QI_OPTION_NONE;
        return QI_OK;
    }
    size_t len = strlen(value);
    if (!qi_utf8_valid(value, len)) return throw_not_text(cx, name->bytes, name->len);
    QiString *s = qi_string_new(cx, value, len);
    if (s == NULL || !qi_option_some(cx, qi_native_result_type(cx), qi_from_ref(s), result)) return qi_throw_memory(cx);
    return QI_OK;
}

QiStatus qi_native_exit(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)result;
    if (qi_program_is_part(cx)) return qi_throw_code(cx, 7014, &(QiErrorArg){.name = "代码", .number = (int64_t)args[0]}, 1);
    return qi_program_exit(cx, (int)(args[0] & 0xFF));
}

QiStatus qi_native_now_ms(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)args;
    *result = (QiValue)qi_now_ms(cx);
    return QI_OK;
}

QiStatus qi_native_random_int(QiContext *cx, const QiValue *args, QiValue *result) {
    int64_t low = (int64_t)args[0], high = (int64_t)args[1];
    if (low > high) return qi_throw_text(cx, 7010, "说明", "随机 的下限大于上限");
    uint64_t span = (uint64_t)high - (uint64_t)low + 1;
    uint64_t r = qi_random_u64(cx);
    if (span != 0) {
        /* The last, incomplete multiple of span is thrown away, so that all values are equally likely. */
        uint64_t rest = (UINT64_MAX % span + 1) % span;
        while (r > UINT64_MAX - rest) r = qi_random_u64(cx);
        r %= span;
    }
    *result = (uint64_t)low + r;
    return QI_OK;
}
