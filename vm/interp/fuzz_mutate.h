/*
 * fuzz_mutate.h — the changes the fuzzer makes to a module.
 *
 * Most changes keep the module well-formed and change what it means: an operand becomes another one its role allows, an
 * opcode another of the same shape, a type another of its kind, a range or a live-ref map a slightly different one. A
 * few are blind, for the loader's sake.
 *
 * Rejected: bit flips alone. The verifier refuses nearly all of them, so what runs is hardly ever a mutant.
 */
#ifndef QI_INTERP_FUZZ_MUTATE_H
#define QI_INTERP_FUZZ_MUTATE_H

#include "fuzz_walk.h"

typedef struct Rng { uint64_t state; } Rng;

static uint64_t next_random(Rng *r) {
    uint64_t x = r->state += 0x9E3779B97F4A7C15u;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

static uint32_t below(Rng *r, uint32_t n) { return n == 0 ? 0 : (uint32_t)(next_random(r) % n); }

/* Bytes with room for what mutations add. */
typedef struct Module { uint8_t *bytes; size_t len; } Module;

static const struct { uint8_t roles[3], effects; } shapes[] = {
#define QI_OP(name, a, b, c, effects) {{QI_R_##a, QI_R_##b, QI_R_##c}, (effects)},
#include "../include/qi/opcodes.def"
#undef QI_OP
};

static uint32_t interesting(Rng *r, uint32_t old) {
    static const uint32_t values[] = {0, 1, 2, 3, 7, 8, 63, 64, 127, 128, 255, 256, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF, 60000, 0x10000, 0x7FFFFFFF, UINT32_MAX};
    switch (below(r, 8)) {
    case 0: return values[below(r, sizeof values / sizeof values[0])];
    case 1: return (uint32_t)next_random(r) >> below(r, 32);
    case 2: case 3: return below(r, 16);
    case 4: case 5: return old + 1;
    default: return old - 1;
    }
}

/* Replaces `old_len` bytes at `at` by n others. */
static void splice(Module *m, size_t at, size_t old_len, const uint8_t *bytes, size_t n) {
    memmove(m->bytes + at + n, m->bytes + at + old_len, m->len - at - old_len);
    memcpy(m->bytes + at, bytes, n);
    m->len = m->len - old_len + n;
}

static uint32_t get_number(const Module *m, const Field *f) {
    uint32_t v = 0;
    for (uint32_t i = 0; i < f->len && i < 5; i++) v |= (uint32_t)(m->bytes[f->at + i] & 0x7F) << (7 * i);
    return v;
}

static void put_number(Module *m, const Field *f, uint32_t v) {
    uint8_t text[5];
    size_t n = 0;
    for (; v >= 0x80; v >>= 7) text[n++] = (uint8_t)(v | 0x80);
    text[n++] = (uint8_t)v;
    splice(m, f->at, f->len, text, n);
}

static void put16(uint8_t *p, uint32_t v) {
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}

static uint16_t get16(const uint8_t *p) { return (uint16_t)(p[0] | p[1] << 8); }

/* --- instructions ----------------------------------------------------------------- */

static bool is_register(QiRole role) { return (role >= QI_R_DST && role <= QI_R_LOOPVARS); }

static const Field *other_code(Rng *r, const Walk *w, const Field *f) {
    const WalkedFunction *own = &w->functions[f->owner];
    uint32_t known = w->count[FIELD_CODE] - own->first, n = own->ncode < known ? own->ncode : known;
    return n == 0 ? f : &w->fields[w->of_kind[FIELD_CODE][own->first + below(r, n)]];
}

/* A register that another instruction of the function uses; most often one that holds something of the kind. */
static uint32_t used_register(Rng *r, const Module *m, const Walk *w, const Field *f, QiRole role) {
    for (int tries = 0; tries < 24; tries++) {
        const uint8_t *word = m->bytes + other_code(r, w, f)->at;
        if (get16(word) >= QI_OP_COUNT) continue;
        uint32_t i = below(r, 3);
        QiRole found = (QiRole)shapes[get16(word)].roles[i];
        if (found == role || (tries > 12 && is_register(found))) return get16(word + 2 + 2 * i);
    }
    return below(r, w->functions[f->owner].nregs);
}

/* Another type of the same kind, a few times out of three. */
static uint32_t other_type(Rng *r, const Walk *w, uint32_t old) {
    uint32_t start = below(r, w->ntypes);
    if (old < w->ntypes && old < FIELDS_MAX && below(r, 3) != 0) {
        for (uint32_t i = 0; i < w->ntypes && i < 256; i++) {
            uint32_t t = (start + i) % w->ntypes;
            if (t != old && t < FIELDS_MAX && w->type_kind[t] == w->type_kind[old]) return t;
        }
    }
    return start;
}

static uint32_t fitting_operand(Rng *r, const Module *m, const Walk *w, const Field *f, QiRole role, uint32_t old) {
    const WalkedFunction *own = &w->functions[f->owner];
    switch (role) {
    case QI_R_DST: case QI_R_DSTR: case QI_R_DSTX: case QI_R_DSTPAIR: case QI_R_SRC: case QI_R_SRCR: case QI_R_SRCX:
    case QI_R_INOUT: case QI_R_WINDOW: case QI_R_LOOPVARS:
        return below(r, 4) == 0 ? below(r, own->nregs) : used_register(r, m, w, f, role);
    case QI_R_IMM: case QI_R_IMM32: return below(r, 3) == 0 ? (uint32_t)next_random(r) : interesting(r, old);
    case QI_R_COUNT: return below(r, 2) == 0 ? below(r, 8) : old + 1 - 2 * below(r, 2);
    case QI_R_JUMP: case QI_R_JUMP32: return old + below(r, 9) - 4;
    case QI_R_TYPE: return other_type(r, w, old);
    case QI_R_FUNC: return below(r, w->nfunctions);
    case QI_R_NATIVE: return below(r, w->nnatives);
    case QI_R_FIELD: return below(r, 6);
    case QI_R_GLOBAL32: return below(r, w->nglobals);
    case QI_R_CONST: case QI_R_CONST32: return below(r, w->nconstants);
    case QI_R_STRING32: return below(r, w->nstrings);
    case QI_R_NONE: case QI_R_WIDE: default: return 0;
    }
}

/* Another value that the operand's role allows. */
static void mutate_operand(Rng *r, Module *m, const Walk *w, const Field *f) {
    uint8_t *word = m->bytes + f->at;
    if (get16(word) >= QI_OP_COUNT) return;
    for (int tries = 0; tries < 8; tries++) {
        uint32_t i = below(r, 3);
        QiRole role = (QiRole)shapes[get16(word)].roles[i];
        if (role == QI_R_NONE || role == QI_R_WIDE) continue;
        uint8_t *operand = word + 2 + 2 * i;
        bool wide = i == 1 && shapes[get16(word)].roles[2] == QI_R_WIDE;
        uint32_t old = get16(operand) | (wide ? (uint32_t)get16(operand + 2) << 16 : 0), fresh = fitting_operand(r, m, w, f, role, old);
        put16(operand, fresh);
        if (wide) put16(operand + 2, fresh >> 16);
        return;
    }
}

/* Another opcode whose operands have the same roles; now and then one that only writes and reads as many registers. */
static void mutate_opcode(Rng *r, uint8_t *word) {
    uint32_t old = get16(word), start = below(r, QI_OP_COUNT);
    bool strict = below(r, 4) != 0;
    for (uint32_t i = 0; old < QI_OP_COUNT && i < QI_OP_COUNT; i++) {
        uint32_t op = (start + i) % QI_OP_COUNT;
        bool same = op != old && shapes[op].effects == shapes[old].effects;
        for (int k = 0; k < 3; k++) {
            QiRole a = (QiRole)shapes[op].roles[k], b = (QiRole)shapes[old].roles[k];
            same = same && (a == b || (!strict && is_register(a) && is_register(b)));
        }
        if (!same) continue;
        put16(word, op);
        return;
    }
}

static void mutate_code(Rng *r, Module *m, const Walk *w, const Field *f) {
    uint8_t *word = m->bytes + f->at, *other = m->bytes + other_code(r, w, f)->at;
    uint8_t copy[8];
    switch (below(r, 16)) {
    case 0: put16(word, below(r, QI_OP_COUNT + 2)); break;
    case 1: memcpy(copy, word, 8); memcpy(word, other, 8); memcpy(other, copy, 8); break;
    case 2: memmove(word, other, 8); break;
    case 3: memset(word, 0, 8); break; /* NOP */
    case 4: put16(word + 2 + 2 * below(r, 3), get16(other + 2 + 2 * below(r, 3))); break;
    case 5: {
        uint8_t *operand = word + 2 + 2 * below(r, 3);
        put16(operand, interesting(r, get16(operand)));
        break;
    }
    case 6: /* with its successor */
        if (f->at + 16 > m->len) break;
        memcpy(copy, word, 8);
        memcpy(word, word + 8, 8);
        memcpy(word + 8, copy, 8);
        break;
    case 7: case 8: case 9: mutate_opcode(r, word); break;
    default: mutate_operand(r, m, w, f); break;
    }
}

/* --- everything else ---------------------------------------------------------------- */

static uint8_t random_kind(Rng *r) {
    /* Kinds with one part stand for each other without moving what follows. */
    static const uint8_t one[] = {QI_T_LIST, QI_T_OPTION, QI_T_FUTURE, QI_T_TASK, QI_T_CHANNEL, QI_T_CELL, QI_T_SET, QI_T_POINTER};
    static const uint8_t none[] = {QI_T_INT, QI_T_FLOAT, QI_T_BOOL, QI_T_CHAR, QI_T_UNIT, QI_T_STRING, QI_T_ERROR, QI_T_INT32, QI_T_BYTE, QI_T_FLOAT32, QI_T_INT128, QI_T_BYTES, QI_T_RANGE};
    switch (below(r, 8)) {
    case 0: return (uint8_t)below(r, QI_T_KIND_COUNT + 1);
    case 1: case 2: case 3: return one[below(r, sizeof one)];
    default: return none[below(r, sizeof none)];
    }
}

static void mutate_bytes(Rng *r, Module *m, uint32_t at, uint32_t len) {
    uint8_t *p = m->bytes + at + below(r, len);
    switch (below(r, 3)) {
    case 0: *p ^= (uint8_t)(1u << below(r, 8)); break;
    case 1: *p = (uint8_t)next_random(r); break;
    default: *p = (uint8_t)below(r, 16); break;
    }
}

static void mutate_text(Rng *r, Module *m, const Field *f) {
    /* Digits, signs and braces: what parsing and formatting natives look at. */
    static const char marks[] = "0123456789abcdefxX+-._ {}:%/=,\"\\n";
    if (below(r, 8) == 0) mutate_bytes(r, m, f->at, f->len);
    else m->bytes[f->at + below(r, f->len)] = (uint8_t)marks[below(r, sizeof marks - 1)];
}

static void mutate_word(Rng *r, Module *m, const Field *f) {
    static const uint64_t words[] = {
        0, 1, UINT64_MAX, INT64_MAX, (uint64_t)INT64_MIN, 0x7FF8000000000000u, 0x7FF0000000000000u, 0xFFF0000000000000u, 0x8000000000000000u, 0x43E0000000000000u,
        0x0000000000000001u, 0x47EFFFFFE0000000u, 0x7FEFFFFFFFFFFFFFu, 0xFFF8000000000001u, 0x10FFFFu, 0xD800u,
    };
    if (below(r, 3) == 0) {
        mutate_bytes(r, m, f->at, f->len);
        return;
    }
    uint64_t v = words[below(r, sizeof words / sizeof words[0])];
    for (unsigned i = 0; i < 8; i++) m->bytes[f->at + i] = (uint8_t)(v >> (8 * i));
}

/* Changes a word anywhere, or cuts or repeats a piece: mostly refused early, as it should be. */
static void mutate_blindly(Rng *r, Module *m) {
    if (m->len <= QB_HEADER) return;
    uint32_t at = QB_HEADER + below(r, (uint32_t)(m->len - QB_HEADER)), n = 1 + below(r, 16);
    if (n > m->len - at) n = (uint32_t)(m->len - at);
    uint8_t piece[16];
    memcpy(piece, m->bytes + at, n);
    switch (below(r, 4)) {
    case 0: splice(m, at, n, piece, 0); break;
    case 1: splice(m, at, 0, piece, n); break;
    case 2: m->len = at; break;
    default: mutate_bytes(r, m, at, n); break;
    }
}

static const Field *pick(Rng *r, const Walk *w) {
    /* Weights out of 64; kinds the module has none of leave it to chance. */
    static const uint8_t weights[FIELD_KINDS] = {[FIELD_CODE] = 34, [FIELD_TYPE] = 6, [FIELD_RANGE] = 4, [FIELD_MAP] = 4, [FIELD_MAPREF] = 3, [FIELD_KIND] = 2,
                                                 [FIELD_BYTE] = 1, [FIELD_TEXT] = 2, [FIELD_WORD] = 3, [FIELD_INDEX] = 2, [FIELD_NUMBER] = 1};
    uint32_t at = below(r, 64);
    for (uint32_t kind = 0; kind < FIELD_KINDS; kind++) {
        if (at < weights[kind]) {
            if (w->count[kind] > 0) return &w->fields[w->of_kind[kind][below(r, w->count[kind])]];
            break;
        }
        at -= weights[kind];
    }
    return &w->fields[below(r, w->nfields)];
}

/* One change; the walk is of the module as it is. Gives the opcode it was about, or QI_OP_COUNT. */
static uint32_t mutate(Rng *r, Module *m, const Walk *w) {
    if (below(r, 32) == 0) {
        mutate_blindly(r, m);
        return QI_OP_COUNT;
    }
    const Field *f = pick(r, w);
    switch ((FieldKind)f->kind) {
    case FIELD_NUMBER: put_number(m, f, interesting(r, get_number(m, f))); break;
    case FIELD_INDEX: case FIELD_MAPREF: put_number(m, f, below(r, 8) == 0 ? interesting(r, get_number(m, f)) : below(r, f->limit)); break;
    case FIELD_RANGE: put_number(m, f, below(r, 2) == 0 ? get_number(m, f) + below(r, 5) - 2 : below(r, f->limit)); break;
    case FIELD_TYPE: put_number(m, f, other_type(r, w, get_number(m, f))); break;
    case FIELD_KIND: m->bytes[f->at] = random_kind(r); break;
    case FIELD_BYTE: m->bytes[f->at] = (uint8_t)below(r, QI_CLASS_COUNT + 1); break;
    case FIELD_TEXT: mutate_text(r, m, f); break;
    case FIELD_WORD: mutate_word(r, m, f); break;
    case FIELD_MAP: m->bytes[f->at + below(r, f->len)] ^= (uint8_t)(1u << below(r, 8)); break;
    case FIELD_CODE: {
        uint32_t op = get16(m->bytes + f->at);
        mutate_code(r, m, w, f);
        return op < QI_OP_COUNT ? op : QI_OP_COUNT;
    }
    case FIELD_KINDS: default: break;
    }
    return QI_OP_COUNT;
}

#endif
