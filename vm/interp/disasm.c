/*
 * disasm.c — a loaded program as text, for 反汇编.
 *
 * One line per table entry and instruction; operands are shown by their role, so
 * a jump names its target and a call the function. Below each safepoint's
 * instruction stands nothing more than the registers its live-ref map names.
 *
 * Invariants
 * - Reads only what the loader proved; unreachable code may hold anything, so
 *   opcodes and indices are checked again here.
 * - The listing is made in memory and is at most some thousand times as long as the
 *   module: what is shown again and again (names, types, strings) is cut.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "../heap/format.h"
#include "program.h"
#include "type_text.h"

static const struct { const char *name; uint8_t roles[3]; uint8_t effects; } ops[] = {
#define QI_OP(name, a, b, c, effects) {#name, {QI_R_##a, QI_R_##b, QI_R_##c}, effects},
#include "../include/qi/opcodes.def"
#undef QI_OP
};

static const struct { const char *symbol, *name, *receiver; } natives[] = {
#define QI_NATIVE(symbol, name, receiver, params_, result_, flags_) {#symbol, name, receiver},
#include "../../natives/natives.def"
#undef QI_NATIVE
};

#define STRING_SHOWN 80u /* bytes of a string constant in an instruction */

typedef struct Listing {
    QiText text;
    const QiProgram *p;
    const QiFunction *f;
    bool english;
} Listing;

/* zh or en, as the reader speaks; the words of the language itself stay. */
#define SAY(l, zh, en) ((l)->english ? (en) : (zh))

__attribute__((format(printf, 2, 3))) static void put(Listing *l, const char *format, ...) {
    char buffer[160];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(buffer, sizeof buffer, format, args);
    va_end(args);
    if (n > 0) qi_text_add(&l->text, buffer, (size_t)n < sizeof buffer ? (size_t)n : sizeof buffer - 1);
}

/* How many bytes of s are shown: at most `limit`, never half a character. */
static uint32_t shown(QiName s, uint32_t limit) {
    if (s.len <= limit) return s.len;
    while (((uint8_t)s.text[limit] & 0xC0) == 0x80) limit--;
    return limit;
}

static void put_name(Listing *l, QiName name) {
    uint32_t n = shown(name, QI_TYPE_NAME_SHOWN);
    qi_text_add(&l->text, name.text, n);
    if (n < name.len) put(l, "…");
}

static void put_quoted(Listing *l, QiName s, uint32_t limit) {
    uint32_t n = shown(s, limit);
    put(l, "\"");
    for (uint32_t i = 0; i < n; i++) {
        char c = s.text[i];
        if (c == '"' || c == '\\') put(l, "\\%c", c);
        else if (c == '\n') put(l, "\\n");
        else if (c == '\t') put(l, "\\t");
        else if (c == '\r') put(l, "\\r");
        else if ((uint8_t)c < 0x20 || c == 0x7F) put(l, "\\x%02x", (uint8_t)c);
        else qi_text_add(&l->text, &s.text[i], 1);
    }
    put(l, "\"%s", n < s.len ? "…" : "");
}

static void put_type(Listing *l, const QiType *t) { qi_type_text(&l->text, t); }

static void put_types(Listing *l, const QiType *const *types, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0) put(l, ", ");
        put_type(l, types[i]);
    }
}

/* A word of the pool means an integer or a float: both are shown. */
static void put_constant(Listing *l, QiValue v) {
    char text[QI_FLOAT_TEXT_MAX];
    put(l, "%" PRId64 " ", (int64_t)v);
    size_t n = qi_float_text(qi_as_float(v), text);
    put(l, "(%.*s)", (int)n, text);
}

/* The first spelling; natives without one are called by the front end only. */
static void put_native(Listing *l, uint32_t number) {
    const char *name = natives[number].name;
    if (*natives[number].receiver != 0) put(l, "%s.", natives[number].receiver);
    if (*name != 0) put(l, "%.*s", (int)strcspn(name, "|"), name);
    else put(l, "%s", natives[number].symbol);
}

/* --- tables ------------------------------------------------------------------------ */

static void list_type(Listing *l, uint32_t i) {
    const QiType *t = l->p->types[i];
    put(l, "  t%u  ", i);
    put_type(l, t);
    if (t->kind == QI_T_STRUCT) {
        put(l, t->is_tuple ? " (" : " { ");
        for (uint32_t k = 0; k < t->nfields; k++) {
            if (k > 0) put(l, ", ");
            if (t->field_names[k].len > 0) {
                put_name(l, t->field_names[k]);
                put(l, ": ");
            }
            put_type(l, t->fields[k]);
        }
        put(l, t->is_tuple ? ")" : " }");
    }
    if (t->kind == QI_T_ENUM) {
        put(l, " { ");
        for (uint32_t k = 0; k < t->nvariants; k++) {
            const QiVariant *v = &t->variants[k];
            if (k > 0) put(l, ", ");
            put_name(l, v->name);
            if (v->count == 0) continue;
            put(l, "(");
            put_types(l, t->fields + v->first, v->count);
            put(l, ")");
        }
        put(l, " }");
    }
    put(l, "\n");
}

static void list_tables(Listing *l) {
    const QiProgram *p = l->p;
    put(l, SAY(l, "类型 %u\n", "types %u\n"), p->ntypes);
    for (uint32_t i = 0; i < p->ntypes; i++) list_type(l, i);
    put(l, SAY(l, "常量 %u\n", "constants %u\n"), p->nconstants);
    for (uint32_t i = 0; i < p->nconstants; i++) {
        put(l, "  k%u  ", i);
        put_constant(l, p->constants[i]);
        put(l, "\n");
    }
    put(l, SAY(l, "字符串 %u\n", "strings %u\n"), p->nstrings);
    for (uint32_t i = 0; i < p->nstrings; i++) {
        put(l, "  s%u  ", i);
        put_quoted(l, p->string_data[i], UINT32_MAX);
        put(l, "\n");
    }
    put(l, SAY(l, "变量 %u\n", "variables %u\n"), p->nglobals);
    for (uint32_t i = 0; i < p->nglobals; i++) {
        put(l, "  g%u  ", i);
        put_name(l, p->global_names[i]);
        put(l, ": ");
        put_type(l, p->global_types[i]);
        put(l, "\n");
    }
    put(l, SAY(l, "内建函数 %u\n", "natives %u\n"), p->nimports);
    for (uint32_t i = 0; i < p->nimports; i++) {
        put(l, "  n%u  ", i);
        put_native(l, p->imports[i].number);
        put(l, "(");
        put_types(l, p->imports[i].params, p->imports[i].nparams);
        put(l, "): ");
        put_type(l, p->imports[i].result);
        put(l, "\n");
    }
    put(l, SAY(l, "文件 %u\n", "files %u\n"), p->nfiles);
    for (uint32_t i = 0; i < p->nfiles; i++) {
        put(l, "  ");
        put_quoted(l, p->files[i], UINT32_MAX);
        put(l, "\n");
    }
}

/* --- code ---------------------------------------------------------------------------- */

static void put_function(Listing *l, uint32_t i) {
    put(l, "f%u", i);
    if (l->p->functions[i].name.len > 0) {
        put(l, " ");
        put_name(l, l->p->functions[i].name);
    }
}

static void put_index(Listing *l, char letter, uint32_t i, uint32_t count) { put(l, i < count ? "%c%u" : "%c%u?", letter, i); }

static void put_operand(Listing *l, QiRole role, const QiInsn *insn, uint16_t operand, uint32_t pc) {
    const QiProgram *p = l->p;
    int32_t wide = qi_insn_bc(insn);
    uint32_t index = (uint32_t)wide;
    switch (role) {
    case QI_R_NONE: case QI_R_WIDE: return;
    case QI_R_DST: case QI_R_DSTR: case QI_R_DSTX: case QI_R_SRC: case QI_R_SRCR: case QI_R_SRCX: case QI_R_INOUT: put(l, "r%u", operand); return;
    case QI_R_DSTPAIR: put(l, "r%u:r%u", operand, operand + 1u); return;
    case QI_R_WINDOW: case QI_R_LOOPVARS: put(l, "r%u…", operand); return;
    case QI_R_IMM: put(l, "%d", (int16_t)operand); return;
    case QI_R_IMM32: put(l, "%" PRId32, wide); return;
    case QI_R_COUNT: put(l, "%u", operand); return;
    case QI_R_FIELD: put(l, ".%u", operand); return;
    case QI_R_JUMP: put(l, "→%" PRId64, (int64_t)pc + 1 + (int16_t)operand); return;
    case QI_R_JUMP32: put(l, "→%" PRId64, (int64_t)pc + 1 + wide); return;
    case QI_R_TYPE:
        if (operand < p->ntypes) put_type(l, p->types[operand]);
        else put_index(l, 't', operand, p->ntypes);
        return;
    case QI_R_FUNC:
        if (operand < p->nfunctions) put_function(l, operand);
        else put_index(l, 'f', operand, p->nfunctions);
        return;
    case QI_R_NATIVE:
        put_index(l, 'n', operand, p->nimports);
        if (operand >= p->nimports) return;
        put(l, " ");
        put_native(l, p->imports[operand].number);
        return;
    case QI_R_GLOBAL32:
        put_index(l, 'g', index, p->nglobals);
        if (index >= p->nglobals || p->global_names[index].len == 0) return;
        put(l, " ");
        put_name(l, p->global_names[index]);
        return;
    case QI_R_CONST: case QI_R_CONST32:
        if (role == QI_R_CONST) index = operand;
        put_index(l, 'k', index, p->nconstants);
        if (index >= p->nconstants) return;
        put(l, " = ");
        put_constant(l, p->constants[index]);
        return;
    case QI_R_STRING32:
        if (index < p->nstrings) put_quoted(l, p->string_data[index], STRING_SHOWN);
        else put_index(l, 's', index, p->nstrings);
        return;
    }
}

static void put_live(Listing *l, uint32_t map) {
    const QiFunction *f = l->f;
    put(l, "%s", SAY(l, "    ; 存活", "    ; live"));
    for (uint32_t r = 0; r < f->map_bytes[map] * 8; r++) {
        if (f->maps[map][r / 8] >> (r % 8) & 1) put(l, " r%u", r);
    }
}

static void list_instruction(Listing *l, uint32_t pc) {
    const QiFunction *f = l->f;
    const QiInsn *insn = &f->code[pc];
    if (insn->op >= QI_OP_COUNT) {
        put(l, "  %5u  ?%u %u %u %u\n", pc, insn->op, insn->a, insn->b, insn->c);
        return;
    }
    const uint8_t *roles = ops[insn->op].roles;
    const uint16_t operands[3] = {insn->a, insn->b, insn->c};
    put(l, "  %5u  %-11s", pc, ops[insn->op].name);
    const char *before = " ";
    for (int k = 0; k < 3; k++) {
        if (roles[k] == QI_R_NONE || roles[k] == QI_R_WIDE) continue;
        put(l, "%s", before);
        before = ", ";
        put_operand(l, (QiRole)roles[k], insn, operands[k], pc);
    }
    if ((ops[insn->op].effects & QI_F_SAFEPOINT) != 0 && f->map_of[pc] != 0) put_live(l, f->map_of[pc] - 1);
    put(l, "\n");
}

static void list_function(Listing *l, uint32_t number) {
    static const char *const kinds[][2] = {{"函数", "function"}, {"闭包", "closure"}, {"协程", "coroutine"}};
    const QiFunction *f = l->f = &l->p->functions[number];
    put(l, "\n%s ", kinds[f->kind][l->english]);
    put_function(l, number);
    put(l, "(");
    put_types(l, f->params, f->nparams);
    put(l, "): ");
    put_type(l, f->result);
    if (number == l->p->main) put(l, "%s", SAY(l, "    ; 入口", "    ; entry"));
    put(l, SAY(l, "\n  寄存器 %u", "\n  registers %u"), f->nregs);
    if (f->self != NULL) {
        put(l, "%s", SAY(l, "，值的类型 ", ", type of the value "));
        put_type(l, f->self);
    }
    if (f->env != NULL) {
        put(l, "%s", SAY(l, "，捕获 ", ", captures "));
        put_type(l, f->env);
    }
    if (f->yields != NULL) {
        put(l, "%s", SAY(l, "，在 ", ", suspends in "));
        put_type(l, f->yields);
        put(l, "%s", SAY(l, " 中挂起", ""));
    }
    put(l, "%s", SAY(l, "，文件 ", ", file "));
    put_quoted(l, l->p->files[f->file], UINT32_MAX);
    put(l, "\n");
    for (uint32_t i = 0; i < f->nhandlers; i++) put(l, SAY(l, "  捕获 [%u, %u) →%u\n", "  catch [%u, %u) →%u\n"), f->handlers[i].start, f->handlers[i].end, f->handlers[i].pc);
    for (uint32_t i = 0; i < f->nmasked; i++) put(l, SAY(l, "  屏蔽 [%u, %u)\n", "  masked [%u, %u)\n"), f->masked[i].start, f->masked[i].end);
    uint32_t line = 0;
    for (uint32_t pc = 0; pc < f->ncode; pc++) {
        /* Several rows may name one instruction: the last counts. */
        bool changed = false;
        for (; line < f->nlines && f->lines[line].pc <= pc; line++) changed = true;
        if (changed) put(l, SAY(l, "  ; 第 %u 行第 %u 列\n", "  ; line %u, column %u\n"), f->lines[line - 1].line, f->lines[line - 1].column);
        list_instruction(l, pc);
    }
}

char *qi_disassemble(const QiProgram *p, bool english, size_t *len) {
    Listing l = {.p = p, .english = english};
    list_tables(&l);
    for (uint32_t i = 0; i < p->nfunctions; i++) list_function(&l, i);
    if (l.text.failed) {
        qi_text_free(&l.text);
        return NULL;
    }
    *len = l.text.len;
    return l.text.bytes;
}
