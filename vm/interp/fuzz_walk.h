/*
 * fuzz_walk.h — where everything of a .qic module stands, for the fuzzer's mutations.
 *
 * A walk over an accepted module notes each number, type kind, opcode word, range and map, what it may be and which
 * function it belongs to, so that a mutation can put another fitting value there. It is docs/字节码.md a third time,
 * on purpose: it reads modules that load.c may be wrong about.
 *
 * Invariants
 * - A walk ends exactly at the module's end or is bad. Every seed must be walked (fuzz_main.c checks), so a type kind or
 *   section that is new here shows at once instead of leaving its modules unmutated.
 * - Bounds: modules with more than FIELDS_MAX places are walked, and the places beyond are left alone.
 */
#ifndef QI_INTERP_FUZZ_WALK_H
#define QI_INTERP_FUZZ_WALK_H

#include "module_builder.h"
#include "program.h"

#define FIELDS_MAX 65536u
#define WALK_FUNCTIONS 4096u

/* What a mutation may aim at. */
typedef enum FieldKind {
    FIELD_NUMBER,  /* counts, lengths, line deltas */
    FIELD_INDEX,   /* a number below `limit` */
    FIELD_TYPE,    /* a type's number */
    FIELD_MAPREF,  /* the map of a safepoint, below `limit` */
    FIELD_RANGE,   /* a pc of an exception range, of its handler or of a masked range; `limit` is the code's length */
    FIELD_KIND,    /* a type's kind */
    FIELD_BYTE,    /* another byte with few values */
    FIELD_TEXT,
    FIELD_WORD,    /* a constant */
    FIELD_CODE,
    FIELD_MAP,     /* a bitmap */
    FIELD_KINDS,
} FieldKind;

typedef struct Field { uint32_t at, len, limit; uint16_t owner; uint8_t kind; } Field;

typedef struct WalkedFunction { uint32_t nregs, ncode, first; } WalkedFunction; /* first: of its code, among FIELD_CODE */

typedef struct Walk {
    const uint8_t *bytes;
    size_t len, at;
    bool bad;
    uint32_t nfields, owner;
    Field fields[FIELDS_MAX];
    uint32_t count[FIELD_KINDS], of_kind[FIELD_KINDS][FIELDS_MAX]; /* numbers of fields */
    uint32_t nconstants, nstrings, ntypes, nglobals, nnatives, nfiles, nfunctions;
    uint8_t type_kind[FIELDS_MAX];
    WalkedFunction functions[WALK_FUNCTIONS];
} Walk;

static void note(Walk *w, size_t at, size_t len, FieldKind kind, uint32_t limit) {
    if (w->nfields == FIELDS_MAX || len == 0 || w->bad) return;
    w->of_kind[kind][w->count[kind]++] = w->nfields;
    w->fields[w->nfields++] = (Field){.at = (uint32_t)at, .len = (uint32_t)len, .limit = limit, .owner = (uint16_t)w->owner, .kind = (uint8_t)kind};
}

static uint32_t walk_as(Walk *w, FieldKind kind, uint32_t limit) {
    size_t start = w->at;
    uint32_t v = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
        if (w->at == w->len) {
            w->bad = true;
            return 0;
        }
        uint8_t b = w->bytes[w->at++];
        if (shift < 32) v |= (uint32_t)(b & 0x7F) << shift;
        if (b < 0x80) break;
    }
    note(w, start, w->at - start, kind, limit);
    return v;
}

static uint32_t walk_number(Walk *w) { return walk_as(w, FIELD_NUMBER, 0); }

static void walk_types(Walk *w, uint32_t n) {
    for (uint32_t i = 0; i < n && !w->bad; i++) walk_as(w, FIELD_TYPE, w->ntypes);
}

static void walk_type_list(Walk *w) { walk_types(w, walk_number(w)); }

static void walk_bytes(Walk *w, size_t n, FieldKind kind) {
    if (w->len - w->at < n) {
        w->bad = true;
        return;
    }
    note(w, w->at, n, kind, 0);
    w->at += n;
}

static uint8_t walk_byte(Walk *w, FieldKind kind) {
    uint8_t byte = w->at < w->len ? w->bytes[w->at] : 0;
    walk_bytes(w, 1, kind);
    return byte;
}

static void walk_text(Walk *w) { walk_bytes(w, walk_number(w), FIELD_TEXT); }

static void walk_type(Walk *w, uint32_t number) {
    uint8_t kind = walk_byte(w, FIELD_KIND);
    if (number < FIELDS_MAX) w->type_kind[number] = kind;
    switch ((QiTypeKind)kind) {
    case QI_T_INT: case QI_T_FLOAT: case QI_T_BOOL: case QI_T_CHAR: case QI_T_UNIT: case QI_T_STRING: case QI_T_ERROR:
    case QI_T_INT32: case QI_T_BYTE: case QI_T_FLOAT32: case QI_T_INT128: case QI_T_BYTES: case QI_T_RANGE: break;
    case QI_T_LIST: case QI_T_OPTION: case QI_T_FUTURE: case QI_T_TASK: case QI_T_CHANNEL: case QI_T_CELL:
    case QI_T_SET: case QI_T_POINTER: walk_types(w, 1); break;
    case QI_T_DICT: walk_types(w, 2); break;
    case QI_T_COROUTINE: walk_types(w, 3); break;
    case QI_T_ARRAY:
        walk_types(w, 1);
        walk_number(w);
        break;
    case QI_T_NATIVE: walk_byte(w, FIELD_BYTE); break;
    case QI_T_NATIVE_OF:
        walk_byte(w, FIELD_BYTE);
        walk_types(w, 1);
        break;
    case QI_T_STRUCT:
        walk_text(w);
        walk_byte(w, FIELD_BYTE);
        for (uint32_t n = walk_number(w); n > 0 && !w->bad; n--) {
            walk_text(w);
            walk_types(w, 1);
        }
        break;
    case QI_T_FUNC:
        walk_type_list(w);
        walk_types(w, 1);
        break;
    case QI_T_ENV: case QI_T_TUPLE: walk_type_list(w); break;
    case QI_T_ENUM:
        walk_text(w);
        for (uint32_t n = walk_number(w); n > 0 && !w->bad; n--) {
            walk_text(w);
            walk_type_list(w);
        }
        break;
    case QI_T_KIND_COUNT: default: w->bad = true; break;
    }
}

static void walk_ranges(Walk *w, uint32_t numbers, uint32_t ncode) {
    for (uint32_t n = walk_number(w); n > 0 && !w->bad; n--) {
        for (uint32_t i = 0; i < numbers; i++) walk_as(w, FIELD_RANGE, ncode + 1);
    }
}

static void walk_maps(Walk *w) {
    uint32_t nmaps = walk_number(w);
    for (uint32_t n = nmaps; n > 0 && !w->bad; n--) walk_bytes(w, walk_number(w), FIELD_MAP);
    for (uint32_t n = walk_number(w); n > 0 && !w->bad; n--) {
        walk_number(w);
        walk_as(w, FIELD_MAPREF, nmaps);
    }
}

static void walk_function(Walk *w, uint32_t number) {
    WalkedFunction f = {.nregs = 0};
    w->owner = number < WALK_FUNCTIONS ? number : 0;
    walk_text(w);
    walk_as(w, FIELD_INDEX, w->nfiles);
    uint8_t kind = walk_byte(w, FIELD_BYTE);
    walk_type_list(w);
    walk_types(w, 1);
    if (kind == QI_FUNC_PLAIN) walk_as(w, FIELD_INDEX, w->ntypes + 1);
    else walk_types(w, kind == QI_FUNC_CLOSURE ? 2 : 1);
    walk_as(w, FIELD_INDEX, w->ntypes + 1); /* yields */
    f.nregs = walk_number(w);
    f.ncode = walk_number(w);
    f.first = w->count[FIELD_CODE];
    for (uint32_t n = f.ncode; n > 0 && !w->bad; n--) walk_bytes(w, 8, FIELD_CODE);
    w->functions[w->owner] = f;
    walk_maps(w);
    walk_ranges(w, 3, f.ncode);
    walk_ranges(w, 2, f.ncode);
    for (uint32_t n = walk_number(w); n > 0 && !w->bad; n--) {
        for (int i = 0; i < 3; i++) walk_number(w);
    }
}

/* false: the bytes have no such structure. */
static bool walk_module(Walk *w, const uint8_t *bytes, size_t len) {
    w->bytes = bytes;
    w->len = len;
    w->at = QB_HEADER;
    w->bad = len < QB_HEADER;
    w->nfields = w->owner = 0;
    memset(w->count, 0, sizeof w->count);
    if (w->bad) return false;
    w->nconstants = walk_number(w);
    for (uint32_t n = w->nconstants; n > 0 && !w->bad; n--) walk_bytes(w, 8, FIELD_WORD);
    w->nstrings = w->bad ? 0 : walk_number(w);
    for (uint32_t n = w->nstrings; n > 0 && !w->bad; n--) walk_text(w);
    w->ntypes = w->bad ? 0 : walk_number(w);
    for (uint32_t i = 0; i < w->ntypes && !w->bad; i++) walk_type(w, i);
    w->nglobals = w->bad ? 0 : walk_number(w);
    for (uint32_t n = w->nglobals; n > 0 && !w->bad; n--) {
        walk_types(w, 1);
        walk_text(w);
    }
    w->nnatives = w->bad ? 0 : walk_number(w);
    for (uint32_t n = w->nnatives; n > 0 && !w->bad; n--) {
        walk_number(w);
        walk_type_list(w);
        walk_types(w, 1);
    }
    w->nfiles = w->bad ? 0 : walk_number(w);
    for (uint32_t n = w->nfiles; n > 0 && !w->bad; n--) walk_text(w);
    w->nfunctions = w->bad ? 0 : walk_number(w);
    for (uint32_t i = 0; i < w->nfunctions && !w->bad; i++) walk_function(w, i);
    if (!w->bad) walk_as(w, FIELD_INDEX, w->nfunctions);
    return !w->bad && w->at == w->len && w->nfields > 0;
}

#endif
