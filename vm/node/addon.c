/*
 * addon.c — the virtual machine as a Node addon. Nothing but glue: JavaScript
 * values in, the calls of qi.h, JavaScript values out.
 *
 *   run(module, {args, seed, language})    runs a module, gives its exit code
 *   verify(module, language)               {ok, text}
 *   disassemble(module, language)          {ok, text}
 *
 * frontend/embed/addon.ts documents the functions and gives them types.
 *
 * Invariants
 * - A call makes its own VM and frees it before it returns; nothing survives,
 *   so the addon may be loaded by several worker threads.
 * - A program runs on the calling thread. No signal handler is installed: the
 *   default one ends the process on Ctrl-C even while the VM is running.
 * - Wrong arguments are a TypeError; a module that is refused is a result.
 *
 * Rejected: node-addon-api, which would bring C++ and a dependency for three
 * functions; running on a libuv thread, which would let the program outlive
 * the command.
 */
#include "../include/qi/qi.h"

#include <node_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of the longest language name we accept, and room for one more. */
#define LANGUAGE_CAPACITY 8

/* A module and how to run it, taken from JavaScript. `argv` and its strings are owned. */
typedef struct Call {
    const uint8_t *bytes;
    size_t len;
    QiConfig config;
    char **argv;
} Call;

static void throw_type_error(napi_env env, const char *message) {
    napi_throw_type_error(env, "ERR_INVALID_ARG_TYPE", message);
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
        throw_type_error(env, "module must be a Uint8Array");
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
        throw_type_error(env, "language must be 'zh' or 'en'");
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
        throw_type_error(env, "args must be an array of strings");
        return false;
    }
    call->argv = calloc((size_t)count + 1, sizeof *call->argv);
    if (call->argv == NULL) {
        napi_throw_error(env, NULL, "out of memory");
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        napi_value item;
        if (napi_get_element(env, value, i, &item) != napi_ok || (call->argv[i] = copy_string(env, item)) == NULL) {
            throw_type_error(env, "args must be an array of strings");
            return false;
        }
        call->config.argc++;
    }
    call->config.argv = (const char *const *)call->argv;
    return true;
}

/* seed: undefined, or a bigint of 64 bits that turns deterministic mode on. */
static bool get_seed(napi_env env, napi_value value, Call *call) {
    napi_valuetype type;
    if (napi_typeof(env, value, &type) == napi_ok && type == napi_undefined) return true;
    bool lossless = false;
    if (napi_get_value_bigint_uint64(env, value, &call->config.seed, &lossless) != napi_ok || !lossless) {
        throw_type_error(env, "seed must be a bigint from 0 to 2^64-1");
        return false;
    }
    call->config.deterministic = true;
    return true;
}

static bool get_property(napi_env env, napi_value object, const char *name, napi_value *out) {
    if (napi_get_named_property(env, object, name, out) == napi_ok) return true;
    bool pending = false;
    if (napi_is_exception_pending(env, &pending) == napi_ok && !pending) throw_type_error(env, "options must be an object");
    return false;
}

static bool get_options(napi_env env, napi_value options, Call *call) {
    napi_value value;
    return get_property(env, options, "language", &value) && get_language(env, value, call) &&
           get_property(env, options, "seed", &value) && get_seed(env, value, call) &&
           get_property(env, options, "args", &value) && get_args(env, value, call);
}

/* Takes exactly two arguments. */
static bool get_arguments(napi_env env, napi_callback_info info, napi_value args[2]) {
    size_t count = 2;
    if (napi_get_cb_info(env, info, &count, args, NULL, NULL) != napi_ok) return false;
    if (count == 2) return true;
    throw_type_error(env, "two arguments expected");
    return false;
}

/* E7007 in the caller's language: without a VM there is nobody else to say it. */
static const char *out_of_memory(bool english) {
#define QI_ERROR(code, phase, zh, en, hint_zh, hint_en) \
    if (strcmp(#code, "E7007") == 0) return english ? "error [" #code "]: " en : "错误 [" #code "]: " zh;
#define QI_WARNING(code, phase, zh, en, hint_zh, hint_en)
#include "../include/qi/errors.def"
#undef QI_ERROR
#undef QI_WARNING
    return "";
}

/* A VM with the module loaded. When refused, *message is why (owned by the VM, or static) and the VM is returned too. */
static QiVm *load(const Call *call, const char **message) {
    *message = NULL;
    QiVm *vm = qi_vm_new(&call->config);
    if (vm == NULL) {
        *message = out_of_memory(call->config.english);
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
        napi_throw_error(env, NULL, "the text is too long for a string");
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
        QiVm *vm = load(&call, &message);
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
    QiVm *vm = load(&call, &message);
    if (message != NULL) {
        result = make_result(env, false, message, strlen(message));
    } else if (!disassemble) {
        result = make_result(env, true, "", 0);
    } else {
        size_t len = 0;
        char *text = qi_vm_disassemble(vm, &len);
        if (text == NULL) {
            napi_throw_error(env, NULL, "out of memory");
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

static napi_value init(napi_env env, napi_value exports) {
    const napi_property_descriptor functions[] = {
        {.utf8name = "run", .method = js_run, .attributes = napi_enumerable},
        {.utf8name = "verify", .method = js_verify, .attributes = napi_enumerable},
        {.utf8name = "disassemble", .method = js_disassemble, .attributes = napi_enumerable},
    };
    if (napi_define_properties(env, exports, sizeof functions / sizeof functions[0], functions) != napi_ok) return NULL;
    return exports;
}

NAPI_MODULE(NODE_GYP_MODULE_NAME, init)
