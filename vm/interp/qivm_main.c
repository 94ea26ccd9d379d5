/*
 * qivm_main.c — `qivm 程序.qic [参数…]`: the virtual machine without the front
 * end, for shipping bytecode and for tests.
 *
 * Options stand before the file; USAGE lists them. Exit codes are the program's; 1 when the file is refused or cannot be read, 64
 * for wrong usage. Messages are rows of errors.def, in Chinese unless --english or QI_LANG says otherwise, as for `qi`.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../heap/error.h"
#include "../include/qi/qi.h"
#include "io_reason.h"
#include "report.h"

#define EXIT_USAGE 64

/* A text in both languages. */
typedef struct Words { const char *zh, *en; } Words;

static const Words USAGE = {
    "用法: qivm [选项…] 程序.qic [参数…]\n"
    "  --workers N       用 N 个线程运行；不写则按处理器数，任务要等时才启动\n"
    "  --spread          即使不合算也不停用任何线程\n"
    "  --seed N          确定性模式：总是一个线程\n"
    "  --real-clock      在这个模式中时间照常流逝\n"
    "  --function N      从模块的第 N 个函数开始\n"
    "  --heap-limit 字节  堆的上限\n"
    "  --gc-stress       在每个安全点回收\n"
    "  --gc-slices       在每个安全点回收一小步\n"
    "  --no-leaks        不找泄漏的任务\n"
    "  --leaks           结束时再找一次，有泄漏的任务则退出码为 1\n"
    "  --inspector N     描述符 N 是连好的本机套接字，对面是检查器\n"
    "  --disassemble     显示字节码，不运行\n"
    "  --english         用英文写信息（QI_LANG=en 也行）\n"
    "  --json            每条信息写成一行 JSON\n"
    "  --help  --version\n",
    "usage: qivm [option…] program.qic [argument…]\n"
    "  --workers N         run on N threads; unless given as many as processors, started when tasks wait\n"
    "  --spread            keep all threads at work, whether it pays or not\n"
    "  --seed N            deterministic mode, on one thread\n"
    "  --real-clock        time passes in that mode too\n"
    "  --function N        begin with function N of the module\n"
    "  --heap-limit BYTES  limit of the heap\n"
    "  --gc-stress         collect at every safepoint\n"
    "  --gc-slices         a small step of a collection at every safepoint\n"
    "  --no-leaks          do not look for leaked tasks\n"
    "  --inspector N       descriptor N is a connected local socket, with an inspector behind it\n"
    "  --disassemble       show the bytecode, do not run it\n"
    "  --english           messages in English (as QI_LANG=en)\n"
    "  --json              each message as one line of JSON\n"
    "  --help  --version\n",
};

static const char *say(bool english, Words words) { return english ? words.en : words.zh; }

static QiErrorArg argument(const char *name, const char *text) { return (QiErrorArg){.name = name, .text = text, .len = strlen(text)}; }

/* Prints the row's message and gives back exit_code. */
static int complain(const QiConfig *config, int code, int exit_code, const QiErrorArg *args, size_t nargs) {
    QiText text = {0};
    if (config->json) qi_report_message_json(&text, code, config->english, args, nargs);
    else qi_error_describe(&text, code, config->english, false, args, nargs);
    qi_text_add(&text, "\n", 1);
    if (!text.failed) fwrite(text.bytes, 1, text.len, stderr);
    qi_text_free(&text);
    return exit_code;
}

static int out_of_memory(const QiConfig *config) { return complain(config, 7007, QI_EXIT_ERROR, NULL, 0); }

/* The hint of E9001 speaks of `qi`; here the usage follows. */
static int misused(const QiConfig *config, Words why, const char *option) {
    char text[256];
    snprintf(text, sizeof text, "%s%s", say(config->english, why), option);
    QiErrorArg arg = argument("说明", text);
    int code = complain(config, 9001, EXIT_USAGE, &arg, 1);
    if (!config->json) fputs(say(config->english, USAGE), stderr);
    return code;
}

static int unreadable(const QiConfig *config, const char *path, int error) {
    QiErrorArg args[] = {argument("路径", path), argument("原因", qi_io_reason(config->english, error))};
    return complain(config, 8001, QI_EXIT_ERROR, args, 2);
}

static int print(const char *text) { return fputs(text, stdout) >= 0 && fflush(stdout) == 0 ? 0 : QI_EXIT_ERROR; }

/* What QI_LANG asks for: `en`, `english`, or a locale such as `en_US.UTF-8`. The rule of frontend/cli/options.ts. */
static bool is_english(const char *language) {
    if (language == NULL) return false;
    if (strcasecmp(language, "english") == 0) return true;
    char next = strncasecmp(language, "en", 2) == 0 ? language[2] : 'x';
    return !((next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z'));
}

/* The whole file, or NULL with errno set. */
static uint8_t *read_file(const char *path, size_t *len) {
    FILE *f = fopen(path, "rb");
    if (f == NULL) return NULL;
    uint8_t *bytes = NULL;
    size_t cap = 0, used = 0;
    for (;;) {
        if (used == cap) {
            cap = cap == 0 ? 65536 : cap * 2;
            uint8_t *grown = realloc(bytes, cap);
            if (grown == NULL) {
                errno = ENOMEM;
                break;
            }
            bytes = grown;
        }
        size_t n = fread(bytes + used, 1, cap - used, f);
        used += n;
        if (n == 0) {
            if (ferror(f)) break;
            fclose(f);
            *len = used;
            return bytes;
        }
    }
    int error = errno;
    free(bytes);
    fclose(f);
    errno = error;
    return NULL;
}

static bool parse_number(const char *text, uint64_t *out) {
    if (text == NULL || *text < '0' || *text > '9') return false;
    char *end;
    errno = 0;
    *out = strtoull(text, &end, 10);
    return errno == 0 && *end == 0;
}

/* What is asked for besides the configuration. */
typedef struct Request { bool help, version, disassemble, has_function; uint32_t function; } Request;

static int run(QiVm *vm, const QiConfig *config, const char *path, const Request *request) {
    size_t len;
    uint8_t *bytes = read_file(path, &len);
    if (bytes == NULL) return unreadable(config, path, errno);
    bool ok = qi_vm_load(vm, bytes, len);
    free(bytes);
    if (!ok) {
        fprintf(stderr, "%s\n", qi_vm_error(vm));
        return QI_EXIT_ERROR;
    }
    if (request->has_function) return qi_vm_run_function(vm, request->function);
    if (!request->disassemble) return qi_vm_run(vm);
    char *text = qi_vm_disassemble(vm, &len);
    if (text == NULL) return out_of_memory(config);
    bool written = fwrite(text, 1, len, stdout) == len && fflush(stdout) == 0;
    qi_free(text);
    return written ? 0 : QI_EXIT_ERROR;
}

/* Understands the option at argv[*i] and moves *i past it. Not 0: the exit code, and the reason was printed. */
static int take_option(char **argv, int *i, QiConfig *config, Request *request) {
    const char *option = argv[(*i)++];
    if (strcmp(option, "--english") == 0) config->english = true;
    else if (strcmp(option, "--json") == 0) config->json = true;
    else if (strcmp(option, "--spread") == 0) config->spread = true;
    else if (strcmp(option, "--gc-stress") == 0) config->gc_stress = true;
    else if (strcmp(option, "--gc-slices") == 0) config->gc_slices = true;
    else if (strcmp(option, "--no-leaks") == 0) config->no_leaks = true;
    else if (strcmp(option, "--leaks") == 0) config->leaks_fail = true;
    else if (strcmp(option, "--disassemble") == 0) request->disassemble = true;
    else if (strcmp(option, "--real-clock") == 0) config->real_clock = true;
    else if (strcmp(option, "--help") == 0) request->help = true;
    else if (strcmp(option, "--version") == 0) request->version = true;
    else {
        uint64_t n = 0;
        bool seed = strcmp(option, "--seed") == 0, function = strcmp(option, "--function") == 0;
        bool inspector = strcmp(option, "--inspector") == 0;
        if (strcmp(option, "--workers") == 0) {
            if (!parse_number(argv[(*i)++], &n) || n < 1 || n > QI_WORKERS_MAX) {
                return misused(config, (Words){"后面必须写 1 到 1024 的整数：", "a number from 1 to 1024 must follow "}, option);
            }
            config->workers = (unsigned)n;
            return 0;
        }
        if (!seed && !function && !inspector && strcmp(option, "--heap-limit") != 0) return misused(config, (Words){"未知选项 ", "unknown option "}, option);
        uint64_t max = inspector ? INT32_MAX - 1 : function ? UINT32_MAX : seed ? UINT64_MAX : SIZE_MAX;
        if (!parse_number(argv[*i], &n) || n > max) return misused(config, (Words){"后面必须写一个非负整数：", "a number must follow "}, option);
        (*i)++;
        if (seed) config->deterministic = true, config->seed = n;
        else if (function) request->has_function = true, request->function = (uint32_t)n;
        else if (inspector) config->inspector = (int)n + 1;
        else config->heap_limit_bytes = (size_t)n;
    }
    return 0;
}

int main(int argc, char **argv) {
    QiConfig config = {.english = is_english(getenv("QI_LANG")), .signals = true};
    Request request = {0};
    int i = 1;
    while (i < argc && strncmp(argv[i], "--", 2) == 0) {
        int refused = take_option(argv, &i, &config, &request);
        if (refused != 0) return refused;
    }
    if (request.help) return print(say(config.english, USAGE));
    if (request.version) return print("qivm " QI_VERSION "\n");
    if (i == argc) return misused(&config, (Words){"没有写程序", "no program is named"}, "");
    config.argc = argc - i - 1;
    config.argv = (const char *const *)argv + i + 1;
    QiVm *vm = qi_vm_new(&config);
    if (vm == NULL) return out_of_memory(&config);
    int code = run(vm, &config, argv[i], &request);
    qi_vm_free(vm);
    return code;
}
