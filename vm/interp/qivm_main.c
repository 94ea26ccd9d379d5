/*
 * qivm_main.c — `qivm 程序.qic [参数…]`: the virtual machine without the front
 * end, for shipping bytecode and for tests.
 *
 * Options stand before the file: --seed N (deterministic mode), --real-clock (time passes in that mode too),
 * --function N (begin with that function of the module), --english, --gc-stress, --heap-limit BYTES, --disassemble. Exit codes are the program's; 1 when
 * the file is refused, 64 for wrong usage.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../include/qi/qi.h"

#define EXIT_USAGE 64

static int complain(bool english, const char *code, const char *zh, const char *en, const char *what) {
    fprintf(stderr, "%s [%s]: %s%s%s\n", english ? "error" : "错误", code, english ? en : zh, *what != 0 ? "：" : "", what);
    return code[1] == '9' && strcmp(code, "E9001") == 0 ? EXIT_USAGE : QI_EXIT_ERROR;
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
typedef struct Request { bool disassemble, has_function; uint32_t function; } Request;

static int run(QiVm *vm, const QiConfig *config, const char *path, const Request *request) {
    size_t len;
    uint8_t *bytes = read_file(path, &len);
    if (bytes == NULL) return complain(config->english, "E8001", "无法读取", "cannot read", path);
    bool ok = qi_vm_load(vm, bytes, len);
    free(bytes);
    if (!ok) {
        fprintf(stderr, "%s\n", qi_vm_error(vm));
        return QI_EXIT_ERROR;
    }
    if (request->has_function) return qi_vm_run_function(vm, request->function);
    if (!request->disassemble) return qi_vm_run(vm);
    char *text = qi_vm_disassemble(vm, &len);
    if (text == NULL) return complain(config->english, "E7007", "内存不足", "out of memory", "");
    bool written = fwrite(text, 1, len, stdout) == len && fflush(stdout) == 0;
    qi_free(text);
    return written ? 0 : QI_EXIT_ERROR;
}

int main(int argc, char **argv) {
    QiConfig config = {.english = false};
    const char *language = getenv("QI_LANG");
    config.english = language != NULL && strcmp(language, "en") == 0;
    Request request = {0};
    int i = 1;
    for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
        uint64_t n = 0;
        const char *option = argv[i];
        if (strcmp(option, "--english") == 0) config.english = true;
        else if (strcmp(option, "--gc-stress") == 0) config.gc_stress = true;
        else if (strcmp(option, "--disassemble") == 0) request.disassemble = true;
        else if (strcmp(option, "--real-clock") == 0) config.real_clock = true;
        else if (strcmp(option, "--function") == 0 && parse_number(argv[i + 1], &n) && n <= UINT32_MAX) request.function = (uint32_t)n, request.has_function = true, i++;
        else if (strcmp(option, "--seed") == 0 && parse_number(argv[i + 1], &config.seed)) config.deterministic = true, i++;
        else if (strcmp(option, "--heap-limit") == 0 && parse_number(argv[i + 1], &n)) config.heap_limit_bytes = n, i++;
        else return complain(config.english, "E9001", "用法错误", "usage error", option);
    }
    if (i == argc) {
        return complain(config.english, "E9001", "用法：qivm [--seed N] [--real-clock] [--function N] [--english] [--gc-stress] [--heap-limit 字节] [--disassemble] 程序.qic [参数…]",
                        "usage: qivm [--seed N] [--real-clock] [--function N] [--english] [--gc-stress] [--heap-limit BYTES] [--disassemble] program.qic [arguments…]", "");
    }
    config.argc = argc - i - 1;
    config.argv = (const char *const *)argv + i + 1;
    QiVm *vm = qi_vm_new(&config);
    if (vm == NULL) return complain(config.english, "E7007", "内存不足", "out of memory", "");
    int code = run(vm, &config, argv[i], &request);
    qi_vm_free(vm);
    return code;
}
