/*
 * refusal.c — texts of refusals.def with their numbers and nouns filled in.
 */
#include "refusal.h"

#include <stdio.h>
#include <string.h>

#include "../include/qi/native.h"

static const char *const texts[][2] = {
    {"", ""},
#define QI_REFUSAL(name, zh, en) {zh, en},
#include "refusals.def"
#undef QI_REFUSAL
};

static const char *const op_names[] = {
#define QI_OP(name, a, b, c, effects) #name,
#include "../include/qi/opcodes.def"
#undef QI_OP
};

static void add(QiText *out, const char *text) { qi_text_add(out, text, strlen(text)); }

static void add_number(QiText *out, uint64_t n) {
    char digits[24];
    snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
    add(out, digits);
}

void qi_refusal_text(QiText *out, const QiLoadError *error, bool english) {
    if (error->in_code) {
        add(out, english ? "function " : "函数 ");
        add(out, error->function);
        add(out, english ? ", instruction " : "，指令 ");
        add_number(out, error->pc);
        add(out, english ? " (" : "（");
        add(out, error->op < sizeof op_names / sizeof op_names[0] ? op_names[error->op] : "?");
        add(out, english ? "): " : "）：");
    }
    for (const char *at = texts[error->why][english]; *at != 0;) {
        const char *brace = strchr(at, '{');
        if (brace == NULL) {
            add(out, at);
            return;
        }
        qi_text_add(out, at, (size_t)(brace - at));
        if (brace[1] == 'w') add(out, texts[error->what][english]);
        else add_number(out, brace[1] == 'n' ? error->n : error->m);
        at = strchr(brace, '}') + 1;
    }
}
