/*
 * error.c — the texts of errors.def at run time, and errors made from them.
 *
 * Invariants: making an error never fails for want of memory; the last resort
 * is one permanent E7007 error per heap.
 */
#include "error.h"

#include <stdlib.h>

#include "block.h"
#include "string.h"
#include "value.h"

/* How far past the limit the message of an error may go. */
#define QI_ERROR_RESERVE ((size_t)256 << 10)

static const QiErrorText error_texts[] = {
#define QI_ERROR(code, phase, zh, en, hint_zh, hint_en) {#code, zh, en, hint_zh, hint_en},
#define QI_WARNING(code, phase, zh, en, hint_zh, hint_en)
#include "qi/errors.def"
#undef QI_ERROR
#undef QI_WARNING
};

/* Of "E6101" 6101: every code has four digits. */
static int number_of(const char *id) { return ((id[1] * 10 + id[2]) * 10 + id[3]) * 10 + id[4] - '0' * 1111; }

const QiErrorText *qi_error_text(int code) {
    size_t low = 0, high = sizeof error_texts / sizeof error_texts[0];
    while (low < high) {
        size_t middle = (low + high) / 2;
        int there = number_of(error_texts[middle].id);
        if (there == code) return &error_texts[middle];
        if (there < code) low = middle + 1;
        else high = middle;
    }
    return NULL;
}

bool qi_error_is_kind(const QiError *e, uint32_t kind) {
    uint32_t code = e->head.aux;
    switch (kind) {
    case 0: return code != 6101;
    case 1: return code == 6101;
    case 2: return code == 6102;
    case 3: return code == 7002;
    case 4: return code == 7001;
    case 5: return code == 7003 || code == 7005;
    case 6: return code >= 8000 && code < 8100;
    case 7: return code >= 8100 && code < 8200;
    case 8: return code == 7010;
    case 9: return code >= 6000 && code < 7000 && code != 6101 && code != 6102;
    default: return false;
    }
}

static void error_init(QiError *e, int code, QiString *message) {
    qi_object_init(&e->head, QI_K_ERROR, 0xFFFF, (uint32_t)code);
    e->message = message;
    e->cause = NULL;
    e->subject = NULL;
    e->kind = NULL;
    e->value = 0;
    e->code = NULL;
    e->trace = NULL;
    e->others = NULL;
}

QiError *qi_error_create(QiHeap *h, int code, QiString *message) {
    QiError *e = qi_alloc_owning(h, qi_round_size(sizeof *e));
    if (e != NULL) error_init(e, code, message);
    return e;
}

/* Appends the value of the placeholder `name`, or the placeholder itself when there is none. */
static void add_argument(QiText *out, const char *name, size_t len, const QiErrorArg *args, size_t nargs) {
    for (size_t i = 0; i < nargs; i++) {
        if (strlen(args[i].name) != len || memcmp(args[i].name, name, len) != 0) continue;
        if (args[i].text != NULL) {
            qi_text_add(out, args[i].text, args[i].len);
        } else {
            char digits[QI_INT_TEXT_MAX];
            qi_text_add(out, digits, qi_int_text(args[i].number, digits));
        }
        return;
    }
    qi_text_add(out, name - 1, len + 2);
}

void qi_error_fill(QiText *out, const char *template, const QiErrorArg *args, size_t nargs) {
    for (;;) {
        const char *open = strchr(template, '{'), *close = open != NULL ? strchr(open, '}') : NULL;
        if (close == NULL) {
            qi_text_add(out, template, strlen(template));
            return;
        }
        qi_text_add(out, template, (size_t)(open - template));
        add_argument(out, open + 1, (size_t)(close - open - 1), args, nargs);
        template = close + 1;
    }
}

static void add_words(QiText *out, const char *words) { qi_text_add(out, words, strlen(words)); }

bool qi_error_is_english(const QiHeap *h) { return h->state->config.english; }

void qi_error_describe(QiText *out, int code, bool english, bool hint, const QiErrorArg *args, size_t nargs) {
    const QiErrorText *text = qi_error_text(code);
    if (text == NULL) return;
    add_words(out, english ? "error [" : "错误 [");
    add_words(out, text->id);
    add_words(out, "]: ");
    qi_error_fill(out, english ? text->en : text->zh, args, nargs);
    const char *advice = english ? text->hint_en : text->hint_zh;
    if (!hint || *advice == 0) return;
    add_words(out, english ? "\n  hint: " : "\n  提示: ");
    qi_error_fill(out, advice, args, nargs);
}

QiString *qi_error_message(QiHeap *h, int code, const QiErrorArg *args, size_t nargs) {
    const QiErrorText *text = qi_error_text(code);
    QiText message = {0};
    if (text != NULL) qi_error_fill(&message, h->state->config.english ? text->en : text->zh, args, nargs);
    size_t reserve = h->reserve_bytes;
    h->reserve_bytes = QI_ERROR_RESERVE;
    QiString *string = qi_text_finish(h, &message);
    h->reserve_bytes = reserve;
    return string;
}

QiError *qi_error_saying(QiHeap *h, int code, QiString *message) {
    size_t reserve = h->reserve_bytes;
    h->reserve_bytes = QI_ERROR_RESERVE;
    QiError *e = message != NULL ? qi_error_create(h, code, message) : NULL;
    h->reserve_bytes = reserve;
    return e != NULL ? e : qi_error_out_of_memory(h);
}

QiError *qi_error_record(QiHeap *h, QiError *e) {
    QiError *record = qi_error_create(h, 7000, NULL);
    if (record != NULL) record->cause = e;
    return record;
}

QiError *qi_error_make(QiHeap *h, int code, const QiErrorArg *args, size_t nargs) {
    if (code == 7007) qi_heap_grant(h);
    return qi_error_saying(h, code, qi_error_message(h, code, args, nargs));
}

bool qi_error_is_spare(const QiHeap *h, const QiError *e) { return e == h->state->out_of_memory; }

QiError *qi_error_timeout(QiHeap *h, QiError *cause) {
    QiError *e = qi_error_make(h, 6102, NULL, 0);
    if (!qi_error_is_spare(h, e)) e->cause = cause;
    return e;
}

QiError *qi_error_out_of_memory(QiHeap *h) {
    qi_heap_grant(h);
    return h->state->out_of_memory;
}

QiError *qi_error_spare(QiHeap *h) {
    const QiErrorText *text = qi_error_text(7007);
    const char *words = h->state->config.english ? text->en : text->zh;
    QiString *message = qi_string_create_permanent(h, words, strlen(words));
    QiError *e = qi_alloc_permanent(h, sizeof *e);
    if (message == NULL || e == NULL) return NULL;
    error_init(e, 7007, message);
    return e;
}

void qi_error_finalize(QiHeap *h, QiObject *o) {
    (void)h;
    free(((QiError *)(void *)o)->trace);
}
