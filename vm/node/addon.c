/*
 * addon.c — the virtual machine as a Node addon. Nothing but glue: JavaScript
 * values in, the calls of qi.h, JavaScript values out.
 *
 *   run(module, {args, seed, workers, language, json, signals, leaks, inspector})  runs a module, gives its exit code
 *   pair()                                 [descriptor, descriptor] of two connected local sockets, one for `inspector`
 *   verify(module, language)               {ok, text}
 *   disassemble(module, language)          {ok, text}
 *
 * frontend/embed/addon.ts documents the functions and gives them types.
 *
 * Invariants
 * - A call makes its own VM and frees it before it returns; nothing survives,
 *   so the addon may be loaded by several worker threads.
 * - A program runs on the calling thread. No signal handler is installed unless `signals` says so: the
 *   default one ends the process on Ctrl-C even while the VM is running.
 * - Wrong arguments are a TypeError with a code; a module that is refused is a result.
 *
 * Rejected: node-addon-api, which would bring C++ and a dependency for three
 * functions; running on a libuv thread, which would let the program outlive
 * the command.
 */
#include "../include/qi/qi.h"

#include <errno.h>
#include <node_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* Bytes of the longest language name we accept, and room for one more. */
#define LANGUAGE_CAPACITY 8

/* A module and how to run it, taken from JavaScript. `argv` and its strings are owned. */
typedef struct Call {
    const uint8_t *bytes;
    size_t len;
    QiConfig config;
    char **argv;
} Call;

/* Rows of errors.def that are said here, where there is no VM to say them. */
typedef struct Row { const char *code, *zh, *en; } Row;

static const Row rows[] = {
#define QI_ERROR(code, phase, zh, en, hint_zh, hint_en) {#code, zh, en},
#define QI_WARNING(code, phase, zh, en, hint_zh, hint_en)
#include "../include/qi/errors.def"
#undef QI_ERROR
#undef QI_WARNING
};

static const Row *row_of(const char *code) {
    size_t i = 0;
    while (strcmp(rows[i].code, code) != 0) i++;
    return &rows[i];
}

/* A TypeError whose `code` is E9013. Chinese: who passes wrong arguments has not said a language yet. */
static void throw_type_error(napi_env env, const char *what) {
    const Row *row = row_of("E9013");
    const char *brace = strchr(row->zh, '{');
    char message[256];
    snprintf(message, sizeof message, "%.*s%s", (int)(brace != NULL ? brace - row->zh : 0), row->zh, what);
    napi_throw_type_error(env, row->code, message);
}

static void throw_out_of_memory(napi_env env) {
    const Row *row = row_of("E7007");
    napi_throw_error(env, row->code, row->zh);
}

static void call_free(Call *call) {
    if (call->argv != NULL) {
        for (int i = 0; i < call->config.argc; i++) free(call->argv[i]);
        free(call->argv);
    }
}

/* The bytes of a Uint8Array. They stay where they are: JavaScript cannot run before we return. */
static bool get_module(napi_env env, napi_value value, Call *call) {
    bool is_array = false;
    napi_typedarray_type type;
    void *data = NULL;
    if (napi_is_typedarray(env, value, &is_array) != napi_ok || !is_array ||
        napi_get_typedarray_info(env, value, &type, &call->len, &data, NULL, NULL) != napi_ok ||
        type != napi_uint8_array) {
        throw_type_error(env, "模块必须是 Uint8Array");
        return false;
    }
    call->bytes = data;
    return true;
}

static bool get_language(napi_env env, napi_value value, Call *call) {
    char text[LANGUAGE_CAPACITY];
    size_t len = 0;
    if (napi_get_value_string_utf8(env, value, text, sizeof text, &len) != napi_ok ||
        (strcmp(text, "zh") != 0 && strcmp(text, "en") != 0)) {
        throw_type_error(env, "language 必须是 'zh' 或 'en'");
        return false;
    }
    call->config.english = strcmp(text, "en") == 0;
    return true;
}

/* A new UTF-8 copy of a string; NULL when it is none or memory is short. */
static char *copy_string(napi_env env, napi_value value) {
    size_t len = 0;
    if (napi_get_value_string_utf8(env, value, NULL, 0, &len) != napi_ok) return NULL;
    char *text = malloc(len + 1);
    if (text != NULL && napi_get_value_string_utf8(env, value, text, len + 1, &len) != napi_ok) {
        free(text);
        return NULL;
    }
    return text;
}

static bool get_args(napi_env env, napi_value value, Call *call) {
    bool is_array = false;
    uint32_t count = 0;
    if (napi_is_array(env, value, &is_array) != napi_ok || !is_array ||
        napi_get_array_length(env, value, &count) != napi_ok || count > INT32_MAX - 1) {
        throw_type_error(env, "args 必须是字符串的数组");
        return false;
    }
    call->argv = calloc((size_t)count + 1, sizeof *call->argv);
    if (call->argv == NULL) {
        throw_out_of_memory(env);
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        napi_value item;
        if (napi_get_element(env, value, i, &item) != napi_ok || (call->argv[i] = copy_string(env, item)) == NULL) {
            throw_type_error(env, "args 必须是字符串的数组");
            return false;
        }
        call->config.argc++;
    }
    call->config.argv = (const char *const *)call->argv;
    return true;
}

static bool get_bool(napi_env env, napi_value value, bool *out, const char *complaint) {
    if (napi_get_value_bool(env, value, out) == napi_ok) return true;
    throw_type_error(env, complaint);
    return false;
}

/* seed: undefined, or a bigint of 64 bits that turns deterministic mode on. */
static bool get_seed(napi_env env, napi_value value, Call *call) {
    napi_valuetype type;
    if (napi_typeof(env, value, &type) == napi_ok && type == napi_undefined) return true;
    bool lossless = false;
    if (napi_get_value_bigint_uint64(env, value, &call->config.seed, &lossless) != napi_ok || !lossless) {
        throw_type_error(env, "seed 必须是 0 到 2^64-1 的 bigint");
        return false;
    }
    call->config.deterministic = true;
    return true;
}

/* workers: undefined, or a number from 1. */
static bool get_workers(napi_env env, napi_value value, Call *call) {
    napi_valuetype type;
    if (napi_typeof(env, value, &type) == napi_ok && type == napi_undefined) return true;
    double number = 0;
    if (napi_get_value_double(env, value, &number) != napi_ok || !(number >= 1 && number <= QI_WORKERS_MAX) || number != (unsigned)number) {
        throw_type_error(env, "workers 应当是 1 到 1024 的整数");
        return false;
    }
    call->config.workers = (unsigned)number;
    return true;
}

/* inspector: undefined, or a descriptor. */
static bool get_inspector(napi_env env, napi_value value, Call *call) {
    napi_valuetype type;
    int32_t fd = -1;
    if (napi_typeof(env, value, &type) == napi_ok && type == napi_undefined) return true;
    if (napi_get_value_int32(env, value, &fd) != napi_ok || fd < 0 || fd == INT32_MAX) {
        throw_type_error(env, "inspector 应当是描述符");
        return false;
    }
    call->config.inspector = fd + 1;
    return true;
}

static bool get_property(napi_env env, napi_value object, const char *name, napi_value *out) {
    /* A getter may have thrown: its exception is pending then. */
    return napi_get_named_property(env, object, name, out) == napi_ok;
}

static bool get_options(napi_env env, napi_value options, Call *call) {
    bool leaks = true;
    napi_value value;
    napi_valuetype type;
    if (napi_typeof(env, options, &type) != napi_ok || type != napi_object) {
        throw_type_error(env, "选项必须是对象");
        return false;
    }
    bool ok = get_property(env, options, "language", &value) && get_language(env, value, call) &&
           get_property(env, options, "seed", &value) && get_seed(env, value, call) &&
           get_property(env, options, "json", &value) && get_bool(env, value, &call->config.json, "json 必须是 true 或 false") &&
           get_property(env, options, "signals", &value) && get_bool(env, value, &call->config.signals, "signals 必须是 true 或 false") &&
           get_property(env, options, "leaks", &value) && get_bool(env, value, &leaks, "leaks 必须是 true 或 false") &&
           get_property(env, options, "inspector", &value) && get_inspector(env, value, call) &&
           get_property(env, options, "workers", &value) && get_workers(env, value, call) &&
           get_property(env, options, "args", &value) && get_args(env, value, call);
    call->config.no_leaks = !leaks;
    return ok;
}

/* Takes exactly two arguments. */
static bool get_arguments(napi_env env, napi_callback_info info, napi_value args[2]) {
    size_t count = 2;
    if (napi_get_cb_info(env, info, &count, args, NULL, NULL) != napi_ok) return false;
    if (count == 2) return true;
    throw_type_error(env, "要求正好两个参数");
    return false;
}

/* A VM with the module loaded. When refused, *message is why (owned by the VM) and the VM is returned too. NULL: memory was
 * short, an exception is pending. */
static QiVm *load(napi_env env, const Call *call, const char **message) {
    *message = NULL;
    QiVm *vm = qi_vm_new(&call->config);
    if (vm == NULL) {
        throw_out_of_memory(env);
    } else if (!qi_vm_load(vm, call->bytes, call->len)) {
        *message = qi_vm_error(vm);
    }
    return vm;
}

static napi_value make_result(napi_env env, bool ok, const char *text, size_t len) {
    napi_value result, flag, string;
    if (napi_create_object(env, &result) != napi_ok || napi_get_boolean(env, ok, &flag) != napi_ok ||
        napi_create_string_utf8(env, text, len, &string) != napi_ok ||
        napi_set_named_property(env, result, "ok", flag) != napi_ok ||
        napi_set_named_property(env, result, "text", string) != napi_ok) {
        throw_out_of_memory(env); /* or the text is too long for a string */
        return NULL;
    }
    return result;
}

static napi_value js_run(napi_env env, napi_callback_info info) {
    napi_value args[2], result = NULL;
    Call call = {0};
    if (get_arguments(env, info, args) && get_module(env, args[0], &call) && get_options(env, args[1], &call)) {
        const char *message;
        int code = QI_EXIT_ERROR;
        QiVm *vm = load(env, &call, &message);
        if (vm == NULL) {
            call_free(&call);
            return NULL;
        }
        if (message == NULL) {
            code = qi_vm_run(vm);
        } else {
            fprintf(stderr, "%s\n", message);
        }
        qi_vm_free(vm);
        napi_create_int32(env, code, &result);
    }
    call_free(&call);
    return result;
}

static napi_value inspect(napi_env env, napi_callback_info info, bool disassemble) {
    napi_value args[2], result = NULL;
    Call call = {0};
    if (!get_arguments(env, info, args) || !get_module(env, args[0], &call) || !get_language(env, args[1], &call)) return NULL;
    const char *message;
    QiVm *vm = load(env, &call, &message);
    if (vm == NULL) return NULL;
    if (message != NULL) {
        result = make_result(env, false, message, strlen(message));
    } else if (!disassemble) {
        result = make_result(env, true, "", 0);
    } else {
        size_t len = 0;
        char *text = qi_vm_disassemble(vm, &len);
        if (text == NULL) {
            throw_out_of_memory(env);
        } else {
            result = make_result(env, true, text, len);
            qi_free(text);
        }
    }
    qi_vm_free(vm);
    return result;
}

static napi_value js_verify(napi_env env, napi_callback_info info) {
    return inspect(env, info, false);
}

static napi_value js_disassemble(napi_env env, napi_callback_info info) {
    return inspect(env, info, true);
}

static napi_value js_pair(napi_env env, napi_callback_info info) {
    (void)info;
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        napi_throw_error(env, NULL, strerror(errno));
        return NULL;
    }
    napi_value result, end;
    if (napi_create_array_with_length(env, 2, &result) != napi_ok) return NULL;
    for (uint32_t i = 0; i < 2; i++) {
        if (napi_create_int32(env, ends[i], &end) != napi_ok || napi_set_element(env, result, i, end) != napi_ok) return NULL;
    }
    return result;
}

static napi_value init(napi_env env, napi_value exports) {
    const napi_property_descriptor functions[] = {
        {.utf8name = "run", .method = js_run, .attributes = napi_enumerable},
        {.utf8name = "pair", .method = js_pair, .attributes = napi_enumerable},
        {.utf8name = "verify", .method = js_verify, .attributes = napi_enumerable},
        {.utf8name = "disassemble", .method = js_disassemble, .attributes = napi_enumerable},
    };
    if (napi_define_properties(env, exports, sizeof functions / sizeof functions[0], functions) != napi_ok) return NULL;
    return exports;
}

NAPI_MODULE(NODE_GYP_MODULE_NAME, init)
