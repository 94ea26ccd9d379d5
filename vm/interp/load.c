/*
 * load.c — a .qic module from bytes to a QiProgram. The format: docs/字节码.md.
 *
 * Invariants
 * - Trusts nothing: every length is checked against what is left before memory
 *   is asked for, every index against its table, every name for UTF-8.
 * - Everything a program points to lives in its arena, so a refusal half way
 *   frees all by freeing that.
 * - What this file proves: shapes and indices. What runs with them: verify.c.
 *
 * Rejected: mapping the file and using it in place. It would save a copy, and
 * let whoever can write the file change proven code under the interpreter.
 */
#include <stdlib.h>

#include "../base/arena.h"
#include "../heap/string.h"
#include "../include/qi/generated/tables_hash.h"
#include "program.h"

#define HEADER_BYTES 24
#define MAX_REGISTERS 60000u
#define MAX_INDEX 65535u /* types, functions, imports: operands of 16 bits */
#define NATIVE_COUNT ((uint32_t)(sizeof native_fns / sizeof native_fns[0]))

static const QiNativeFn native_fns[] = {
#define QI_NATIVE(symbol, name_, receiver_, params_, result_, flags_) qi_native_##symbol,
#include "../../natives/natives.def"
#undef QI_NATIVE
};

static const unsigned native_flags[] = {
#define QI_NATIVE(symbol, name_, receiver_, params_, result_, flags_) (flags_),
#include "../../natives/natives.def"
#undef QI_NATIVE
};

typedef struct Reader {
    const uint8_t *at, *end, *start;
    QiArena *arena;
    QiLoadError *error;
    bool failed;
} Reader;

/* The first fault is the one reported; nothing more is read. */
static void refuse(Reader *r, QiLoadError error) {
    if (r->failed) return;
    r->failed = true;
    r->at = r->end;
    *r->error = error;
}

static void refuse_plain(Reader *r, QiWhy why) { refuse(r, (QiLoadError){.code = 9010, .why = why}); }

static void refuse_number(Reader *r, QiWhy why, uint64_t n) { refuse(r, (QiLoadError){.code = 9010, .why = why, .n = n}); }

static uint64_t offset(const Reader *r) { return (uint64_t)(r->at - r->start); }

static void *take(Reader *r, size_t count, size_t size) {
    void *p = qi_arena_alloc(r->arena, count, size);
    if (p == NULL) refuse(r, (QiLoadError){.code = 7007});
    return p;
}

/* --- primitive fields: on failure 0 and r->failed --------------------------- */

static uint8_t read_u8(Reader *r) {
    if (r->at == r->end) {
        refuse_number(r, QI_WHY_FILE_ENDS, offset(r));
        return 0;
    }
    return *r->at++;
}

static uint32_t read_u(Reader *r) {
    uint32_t v = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
        uint8_t b = read_u8(r);
        if (r->failed) return 0;
        if (shift == 28 && b > 0x0F) break;
        v |= (uint32_t)(b & 0x7F) << shift;
        if (b < 0x80) return v;
    }
    refuse_number(r, QI_WHY_NUMBER_LARGE, offset(r));
    return 0;
}

static int32_t read_s(Reader *r) {
    uint32_t v = read_u(r);
    return (int32_t)(v >> 1) ^ -(int32_t)(v & 1);
}

static uint64_t read_le(Reader *r, unsigned bytes) {
    if ((size_t)(r->end - r->at) < bytes) {
        refuse_number(r, QI_WHY_FILE_ENDS, offset(r));
        return 0;
    }
    uint64_t v = 0;
    for (unsigned i = 0; i < bytes; i++) v |= (uint64_t)r->at[i] << (8 * i);
    r->at += bytes;
    return v;
}

/* A count of things that take at least `least` bytes each in the file. */
static uint32_t read_count(Reader *r, uint32_t max, size_t least, QiWhy what) {
    uint32_t n = read_u(r);
    if (r->failed) return 0;
    if (n > max || (size_t)n * least > (size_t)(r->end - r->at)) {
        refuse(r, (QiLoadError){.code = 9010, .why = QI_WHY_COUNT_BEYOND, .what = what, .n = n});
        return 0;
    }
    return n;
}

static uint32_t read_index(Reader *r, uint32_t count, QiWhy what) {
    uint32_t i = read_u(r);
    if (r->failed) return 0;
    if (i >= count) {
        refuse(r, (QiLoadError){.code = 9010, .why = QI_WHY_INDEX_BEYOND, .what = what, .n = i, .m = count});
        return 0;
    }
    return i;
}

static QiName read_name(Reader *r) {
    uint32_t n = read_count(r, 0x7FFFFFFF, 1, QI_WHY_BYTES);
    QiName name = {.text = "", .len = 0};
    if (r->failed) return name;
    if (!qi_utf8_valid((const char *)r->at, n)) {
        refuse_number(r, QI_WHY_BAD_UTF8, offset(r));
        return name;
    }
    char *copy = take(r, (size_t)n + 1, 1);
    if (copy == NULL) return name;
    memcpy(copy, r->at, n);
    copy[n] = 0;
    r->at += n;
    return (QiName){.text = copy, .len = n};
}

/* --- sections ------------------------------------------------------------------- */

static void read_header(Reader *r, size_t len) {
    if (len < HEADER_BYTES || memcmp(r->at, "QIC1", 4) != 0) {
        refuse_plain(r, QI_WHY_NO_MODULE);
        return;
    }
    r->at += 4;
    uint64_t version = read_le(r, 2);
    uint64_t flags = read_le(r, 2); /* bit 0: names and lines stripped, their tables are then empty */
    uint64_t hash = read_le(r, 8);
    uint64_t length = read_le(r, 4);
    uint64_t sum = read_le(r, 4);
    if (version != QI_FORMAT_VERSION || hash != QI_TABLES_HASH) {
        refuse(r, (QiLoadError){.code = 9011});
    } else if (flags > 1) {
        refuse_number(r, QI_WHY_FLAGS, flags);
    } else if (length != len) {
        refuse(r, (QiLoadError){.code = 9010, .why = QI_WHY_LENGTH, .n = length, .m = len});
    } else if (sum != qi_crc32(r->at, (size_t)(r->end - r->at))) {
        refuse_plain(r, QI_WHY_CHECKSUM);
    }
}

/* Kinds whose parts are types only, and how many. */
static int plain_parts(unsigned kind) {
    switch ((QiTypeKind)kind) {
    case QI_T_INT: case QI_T_FLOAT: case QI_T_BOOL: case QI_T_CHAR: case QI_T_UNIT: case QI_T_STRING:
    case QI_T_ERROR:
    case QI_T_INT32: case QI_T_BYTE: case QI_T_FLOAT32: case QI_T_INT128: case QI_T_BYTES: case QI_T_RANGE: return 0;
    case QI_T_LIST: case QI_T_OPTION: case QI_T_FUTURE: case QI_T_TASK: case QI_T_CHANNEL: case QI_T_CELL:
    case QI_T_SET: case QI_T_POINTER: return 1;
    case QI_T_DICT: return 2;
    case QI_T_COROUTINE: return 3;
    default: return -1;
    }
}

static const QiType *read_type(Reader *r, const QiProgram *p) {
    return p->types[read_index(r, p->ntypes, QI_WHY_TYPES)];
}

static const QiType **read_type_list(Reader *r, const QiProgram *p, uint32_t n) {
    const QiType **list = take(r, n, sizeof *list);
    for (uint32_t i = 0; list != NULL && i < n && !r->failed; i++) list[i] = read_type(r, p);
    return list;
}

static void read_enum(Reader *r, const QiProgram *p, QiType *t) {
    t->name = read_name(r);
    t->nvariants = read_count(r, MAX_INDEX, 2, QI_WHY_VARIANTS);
    if (!r->failed && t->nvariants == 0) refuse_plain(r, QI_WHY_NO_VARIANTS);
    t->variants = take(r, t->nvariants, sizeof *t->variants);
    const QiType ***payloads = take(r, t->nvariants, sizeof *payloads);
    uint32_t n = 0;
    for (uint32_t i = 0; i < t->nvariants && !r->failed; i++) {
        QiName name = read_name(r);
        uint32_t count = read_count(r, QI_ENUM_PAYLOAD_MAX, 1, QI_WHY_PAYLOADS);
        t->variants[i] = (QiVariant){.name = name, .first = n, .count = count};
        payloads[i] = read_type_list(r, p, count);
        n += count;
        if (!r->failed && n > MAX_INDEX) refuse_plain(r, QI_WHY_MANY_PAYLOADS);
    }
    const QiType **fields = r->failed ? NULL : take(r, n, sizeof *fields);
    if (r->failed) return;
    for (uint32_t i = 0; i < t->nvariants; i++) {
        for (uint32_t k = 0; k < t->variants[i].count; k++) fields[t->nfields++] = payloads[i][k];
    }
    t->fields = fields;
    t->is_ref = n > 0;
}

static void read_one_type(Reader *r, const QiProgram *p, QiType *t) {
    t->kind = read_u8(r);
    if (r->failed) return;
    if (t->kind >= QI_T_KIND_COUNT) {
        refuse_number(r, QI_WHY_TYPE_KIND, t->kind);
        return;
    }
    t->is_ref = t->kind > QI_T_UNIT && t->kind != QI_T_INT32 && t->kind != QI_T_BYTE && t->kind != QI_T_FLOAT32;
    int parts = plain_parts(t->kind);
    if (parts >= 1) t->a = read_type(r, p);
    if (parts >= 2) t->b = read_type(r, p);
    if (parts >= 3) t->c = read_type(r, p);
    switch ((QiTypeKind)t->kind) {
    case QI_T_NATIVE: case QI_T_NATIVE_OF:
        t->native_class = read_u8(r);
        if (r->failed) return;
        if (t->native_class >= QI_CLASS_COUNT || qi_class_parts(t->native_class) != (t->kind == QI_T_NATIVE_OF ? 1 : 0)) {
            refuse_number(r, QI_WHY_NATIVE_CLASS, t->native_class);
            return;
        }
        if (t->kind == QI_T_NATIVE_OF) t->a = read_type(r, p);
        break;
    case QI_T_ARRAY:
        t->a = read_type(r, p);
        t->length = read_u(r);
        break;
    case QI_T_STRUCT: {
        t->name = read_name(r);
        t->is_tuple = read_u8(r) != 0;
        t->nfields = read_count(r, MAX_REGISTERS, 2, QI_WHY_FIELDS);
        const QiType **fields = take(r, t->nfields, sizeof *fields);
        QiName *names = take(r, t->nfields, sizeof *names);
        if (r->failed) return;
        for (uint32_t i = 0; i < t->nfields && !r->failed; i++) {
            names[i] = read_name(r);
            fields[i] = read_type(r, p);
        }
        t->fields = fields;
        t->field_names = names;
        break;
    }
    case QI_T_TUPLE:
        t->nfields = read_count(r, MAX_REGISTERS, 1, QI_WHY_ELEMENTS);
        t->fields = read_type_list(r, p, t->nfields);
        break;
    case QI_T_ENUM: read_enum(r, p, t); break;
    case QI_T_FUNC:
        t->nfields = read_count(r, MAX_REGISTERS, 1, QI_WHY_PARAMETERS);
        t->fields = read_type_list(r, p, t->nfields);
        t->b = read_type(r, p);
        break;
    case QI_T_ENV:
        t->nfields = read_count(r, MAX_REGISTERS, 1, QI_WHY_CAPTURES);
        t->fields = read_type_list(r, p, t->nfields);
        break;
    default: break;
    }
}

/* Whether a type can be a key, given what is assumed of the types it is made of. */
static bool may_be_key(const QiType *t) {
    switch ((QiTypeKind)t->kind) {
    case QI_T_INT: case QI_T_BOOL: case QI_T_CHAR: case QI_T_STRING:
    case QI_T_INT32: case QI_T_BYTE: case QI_T_INT128: case QI_T_BYTES: return true;
    case QI_T_OPTION: return t->a->hashable;
    case QI_T_TUPLE: case QI_T_ENUM:
        for (uint32_t i = 0; i < t->nfields; i++) {
            if (!t->fields[i]->hashable) return false;
        }
        return true;
    default: return false;
    }
}

/* Enums may contain themselves: all types are assumed to be keys until a part speaks against it. */
static void find_keys(QiType *types, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) types[i].hashable = true;
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t i = 0; i < n; i++) {
            if (!types[i].hashable || may_be_key(&types[i])) continue;
            types[i].hashable = false;
            changed = true;
        }
    }
}

/* Cells are no values: only an environment captures them, and a cell may hold another. Environments are part of nothing. */
static void check_parts(Reader *r, const QiType *t) {
    bool cells = t->kind == QI_T_CELL || t->kind == QI_T_ENV;
    const QiType *parts[3] = {t->a, t->b, t->c};
    bool ok = true;
    for (uint32_t i = 0; i < 3; i++) ok = ok && (parts[i] == NULL || (parts[i]->kind != QI_T_ENV && (cells || parts[i]->kind != QI_T_CELL)));
    for (uint32_t i = 0; i < t->nfields; i++) ok = ok && t->fields[i]->kind != QI_T_ENV && (cells || t->fields[i]->kind != QI_T_CELL);
    if (!ok) refuse_number(r, QI_WHY_INNER_TYPE, t->index);
}

static void read_types(Reader *r, QiProgram *p) {
    uint32_t n = read_count(r, MAX_INDEX, 1, QI_WHY_TYPES);
    QiType *storage = take(r, n, sizeof *storage);
    p->types = take(r, n, sizeof *p->types);
    p->option_of = take(r, n, sizeof *p->option_of);
    p->pointer_of = take(r, n, sizeof *p->pointer_of);
    if (r->failed) return;
    memset(storage, 0, n * sizeof *storage);
    p->ntypes = n;
    for (uint32_t i = 0; i < n; i++) {
        storage[i].index = (uint16_t)i;
        p->types[i] = &storage[i];
        p->option_of[i] = NULL;
        p->pointer_of[i] = NULL;
    }
    for (uint32_t i = 0; i < n && !r->failed; i++) read_one_type(r, p, &storage[i]);
    /* Facts that need the whole table. */
    if (!r->failed) find_keys(storage, n);
    for (uint32_t i = 0; i < n && !r->failed; i++) {
        QiType *t = &storage[i];
        if (t->kind == QI_T_LIST || t->kind == QI_T_ARRAY) t->elem_size = t->a->kind == QI_T_BOOL || t->a->kind == QI_T_BYTE ? 1 : 8;
        if (t->kind == QI_T_OPTION) {
            t->option_boxed = !t->a->is_ref || qi_type_has_null(t->a);
            p->option_of[t->a->index] = t;
        }
        if ((t->kind == QI_T_DICT || t->kind == QI_T_SET) && !t->a->hashable) refuse_number(r, QI_WHY_KEY_TYPE, i);
        if (t->kind == QI_T_POINTER) p->pointer_of[t->a->index] = t;
        check_parts(r, t);
    }
}

static void read_data(Reader *r, QiProgram *p) {
    p->nconstants = read_count(r, 0x7FFFFFFF, 8, QI_WHY_CONSTANTS);
    p->constants = take(r, p->nconstants, sizeof *p->constants);
    for (uint32_t i = 0; i < p->nconstants && !r->failed; i++) p->constants[i] = read_le(r, 8);
    p->nstrings = read_count(r, 0x7FFFFFFF, 1, QI_WHY_STRINGS);
    p->string_data = take(r, p->nstrings, sizeof *p->string_data);
    p->strings = take(r, p->nstrings, sizeof *p->strings);
    for (uint32_t i = 0; i < p->nstrings && !r->failed; i++) p->string_data[i] = read_name(r);
}

static void read_globals(Reader *r, QiProgram *p) {
    p->nglobals = read_count(r, 0x7FFFFFFF, 2, QI_WHY_VARIABLES);
    p->global_types = take(r, p->nglobals, sizeof *p->global_types);
    p->global_names = take(r, p->nglobals, sizeof *p->global_names);
    for (uint32_t i = 0; i < p->nglobals && !r->failed; i++) {
        p->global_types[i] = read_type(r, p);
        p->global_names[i] = read_name(r);
    }
}

static void read_imports(Reader *r, QiProgram *p) {
    p->nimports = read_count(r, MAX_INDEX, 3, QI_WHY_NATIVES);
    p->imports = take(r, p->nimports, sizeof *p->imports);
    for (uint32_t i = 0; i < p->nimports && !r->failed; i++) {
        QiImport *import = &p->imports[i];
        import->number = read_index(r, NATIVE_COUNT, QI_WHY_NATIVES);
        import->nparams = read_count(r, 255, 1, QI_WHY_PARAMETERS);
        import->params = read_type_list(r, p, import->nparams);
        import->result = read_type(r, p);
        if (r->failed) return;
        import->fn = native_fns[import->number];
        import->parks = (native_flags[import->number] & QI_N_SUSPENDS) != 0;
        import->pool = (native_flags[import->number] & QI_N_POOL) != 0;
        import->own = (native_flags[import->number] & QI_N_OWN) != 0;
        import->io = (native_flags[import->number] & QI_N_IO) != 0;
        if (!qi_import_fits(p, import)) refuse_number(r, QI_WHY_NATIVE_TYPE, i);
    }
}

/* --- functions -------------------------------------------------------------------- */

static void read_code(Reader *r, QiFunction *f) {
    f->ncode = read_count(r, 0x0FFFFFFF, 8, QI_WHY_INSNS);
    f->code = take(r, f->ncode, sizeof *f->code);
    if (r->failed) return;
    for (uint32_t i = 0; i < f->ncode; i++) {
        uint64_t word = read_le(r, 8);
        f->code[i] = (QiInsn){.op = (uint16_t)word, .a = (uint16_t)(word >> 16), .b = (uint16_t)(word >> 32), .c = (uint16_t)(word >> 48)};
    }
}

static void read_maps(Reader *r, QiFunction *f) {
    f->nmaps = read_count(r, 0x7FFFFFFF, 1, QI_WHY_MAPS);
    f->maps = take(r, f->nmaps, sizeof *f->maps);
    f->map_bytes = take(r, f->nmaps, sizeof *f->map_bytes);
    f->map_of = take(r, f->ncode, sizeof *f->map_of);
    if (r->failed) return;
    for (uint32_t i = 0; i < f->nmaps && !r->failed; i++) {
        uint32_t n = read_count(r, (f->nregs + 7) / 8, 1, QI_WHY_MAP_BYTES);
        uint8_t *bits = take(r, n, 1);
        if (r->failed) return;
        memcpy(bits, r->at, n);
        r->at += n;
        if (n > 0 && (uint32_t)n * 8 > f->nregs && (bits[n - 1] >> (f->nregs % 8)) != 0 && f->nregs % 8 != 0) {
            refuse_plain(r, QI_WHY_MAP_REGISTER);
        }
        f->maps[i] = bits;
        f->map_bytes[i] = n;
    }
    memset(f->map_of, 0, f->ncode * sizeof *f->map_of);
    uint32_t n = read_count(r, f->ncode, 2, QI_WHY_SAFEPOINTS);
    uint64_t pc = 0;
    for (uint32_t i = 0; i < n && !r->failed; i++) {
        uint32_t delta = read_u(r);
        if (i > 0 && delta == 0) refuse_plain(r, QI_WHY_SAFEPOINT_ORDER);
        pc += delta;
        uint32_t map = read_index(r, f->nmaps, QI_WHY_MAPS);
        if (!r->failed && pc >= f->ncode) refuse_plain(r, QI_WHY_SAFEPOINT_OUTSIDE);
        if (!r->failed) f->map_of[pc] = map + 1;
    }
}

static void read_ranges(Reader *r, QiFunction *f) {
    f->nhandlers = read_count(r, f->ncode, 3, QI_WHY_HANDLERS);
    f->handlers = take(r, f->nhandlers, sizeof *f->handlers);
    for (uint32_t i = 0; i < f->nhandlers && !r->failed; i++) {
        QiHandler *h = &f->handlers[i];
        h->start = read_u(r);
        h->end = read_u(r);
        h->pc = read_index(r, f->ncode, QI_WHY_INSNS);
        if (!r->failed && (h->start >= h->end || h->end > f->ncode)) refuse_plain(r, QI_WHY_HANDLER_RANGE);
    }
    f->nmasked = read_count(r, f->ncode, 2, QI_WHY_MASKED);
    f->masked = take(r, f->nmasked, sizeof *f->masked);
    for (uint32_t i = 0; i < f->nmasked && !r->failed; i++) {
        QiRange *m = &f->masked[i];
        m->start = read_u(r);
        m->end = read_u(r);
        if (!r->failed && (m->start >= m->end || m->end > f->ncode)) refuse_plain(r, QI_WHY_MASKED_RANGE);
    }
}

static void read_lines(Reader *r, QiFunction *f) {
    f->nlines = read_count(r, f->ncode, 3, QI_WHY_LINES);
    f->lines = take(r, f->nlines, sizeof *f->lines);
    uint64_t pc = 0;
    int64_t line = 1, column = 1;
    for (uint32_t i = 0; i < f->nlines && !r->failed; i++) {
        pc += read_u(r);
        line += read_s(r);
        column += read_s(r);
        if (!r->failed && (pc >= f->ncode || line < 1 || column < 1 || line > INT32_MAX || column > INT32_MAX)) {
            refuse_plain(r, QI_WHY_LINE_TABLE);
        }
        f->lines[i] = (QiLine){.pc = (uint32_t)pc, .line = (uint32_t)line, .column = (uint32_t)column};
    }
}

static const QiType *read_kind_type(Reader *r, const QiProgram *p, QiTypeKind kind) {
    const QiType *t = read_type(r, p);
    if (!r->failed && t->kind != kind) refuse_plain(r, QI_WHY_FUNCTION_TYPE);
    return t;
}

/* References among the parameters: what is live at the function's entry. */
static void make_entry_map(Reader *r, QiFunction *f) {
    uint32_t first = f->kind == QI_FUNC_CLOSURE;
    f->nlocals = f->nparams + first;
    f->entry_map_bytes = (f->nlocals + 7) / 8;
    uint8_t *bits = take(r, f->entry_map_bytes, 1);
    if (r->failed) return;
    memset(bits, 0, f->entry_map_bytes);
    if (first) bits[0] |= 1;
    for (uint32_t i = 0; i < f->nparams; i++) {
        if (f->params[i]->is_ref) bits[(i + first) / 8] |= (uint8_t)(1u << (i + first) % 8);
    }
    f->entry_map = bits;
}

static void read_function(Reader *r, QiProgram *p, QiFunction *f) {
    f->name = read_name(r);
    f->file = read_index(r, p->nfiles, QI_WHY_FILES);
    f->kind = read_u8(r);
    if (!r->failed && f->kind > QI_FUNC_COROUTINE) refuse_number(r, QI_WHY_FUNCTION_KIND, f->kind);
    f->nparams = read_count(r, MAX_REGISTERS, 1, QI_WHY_PARAMETERS);
    f->params = read_type_list(r, p, f->nparams);
    f->result = read_type(r, p);
    if (r->failed) return;
    if (f->kind == QI_FUNC_CLOSURE) {
        f->self = read_kind_type(r, p, QI_T_FUNC);
        f->env = read_kind_type(r, p, QI_T_ENV);
    } else if (f->kind == QI_FUNC_COROUTINE) {
        f->self = read_kind_type(r, p, QI_T_COROUTINE);
    } else {
        uint32_t task = read_u(r);
        if (task > p->ntypes || (task > 0 && p->types[task - 1]->kind != QI_T_TASK)) refuse_plain(r, QI_WHY_TASK_TYPE);
        else if (task > 0) f->self = p->types[task - 1];
    }
    uint32_t yields = read_u(r);
    if (!r->failed && (yields > p->ntypes || (yields > 0 && p->types[yields - 1]->kind != QI_T_COROUTINE))) {
        refuse_plain(r, QI_WHY_COROUTINE_TYPE);
    }
    if (!r->failed && yields > 0) f->yields = p->types[yields - 1];
    f->nregs = read_u(r);
    if (!r->failed && (f->nregs > MAX_REGISTERS || f->nregs < f->nparams + (f->kind == QI_FUNC_CLOSURE))) {
        refuse_number(r, QI_WHY_REGISTER_COUNT, f->nregs);
    }
    if (r->failed) return;
    make_entry_map(r, f);
    read_code(r, f);
    read_maps(r, f);
    read_ranges(r, f);
    read_lines(r, f);
}

#define QI_OWNER_STEP 16u

/* One array for all code, so that a pc finds its function: that of the sixteenth instruction before it, or one that begins since. */
static void join_code(Reader *r, QiProgram *p) {
    size_t total = 0;
    for (uint32_t i = 0; i < p->nfunctions; i++) total += p->functions[i].ncode;
    if (total > 0x7FFFFFFF) {
        refuse_plain(r, QI_WHY_CODE_LARGE);
        return;
    }
    p->code = take(r, total, sizeof *p->code);
    p->code_start = take(r, (size_t)p->nfunctions + 1, sizeof *p->code_start);
    p->code_owner = take(r, total / QI_OWNER_STEP + 1, sizeof *p->code_owner);
    p->entries = take(r, p->nfunctions, sizeof *p->entries);
    if (r->failed) return;
    uint32_t at = 0, owned = 0;
    for (uint32_t i = 0; i < p->nfunctions; i++) {
        QiFunction *f = &p->functions[i];
        if (f->ncode > 0) memcpy(p->code + at, f->code, f->ncode * sizeof *f->code);
        f->code = p->code + at;
        p->code_start[i] = at;
        at += f->ncode;
        for (; owned * QI_OWNER_STEP < at; owned++) p->code_owner[owned] = (uint16_t)i;
        p->entries[i] = (QiFuncEntry){.code = f->code, .nregs = (uint16_t)f->nregs, .nparams = (uint16_t)f->nlocals};
        size_t handle = qi_handle_size(f->nlocals) / QI_ALLOC_GRANULE;
        if (handle < QI_ALLOC_CLASSES) p->entries[i].handle = (uint16_t)handle;
        if (f->self != NULL) p->entries[i].type = f->self->index;
    }
    p->code_start[p->nfunctions] = at;
}

static void read_functions(Reader *r, QiProgram *p) {
    p->nfiles = read_count(r, 0x7FFFFFFF, 1, QI_WHY_FILES);
    p->files = take(r, p->nfiles, sizeof *p->files);
    for (uint32_t i = 0; i < p->nfiles && !r->failed; i++) p->files[i] = read_name(r);
    p->nfunctions = read_count(r, MAX_INDEX, 12, QI_WHY_FUNCTIONS);
    p->functions = take(r, p->nfunctions, sizeof *p->functions);
    if (r->failed) return;
    memset(p->functions, 0, p->nfunctions * sizeof *p->functions);
    for (uint32_t i = 0; i < p->nfunctions && !r->failed; i++) read_function(r, p, &p->functions[i]);
    p->main = read_index(r, p->nfunctions, QI_WHY_FUNCTIONS);
    if (r->failed) return;
    if (!qi_function_is_entry(&p->functions[p->main])) {
        refuse_plain(r, QI_WHY_ENTRY_TYPE);
    }
    join_code(r, p);
}

QiProgram *qi_program_load(const uint8_t *bytes, size_t len, QiLoadError *error) {
    *error = (QiLoadError){.code = 0};
    QiArena *arena = qi_arena_new();
    QiProgram *p = arena != NULL ? qi_arena_alloc(arena, 1, sizeof *p) : NULL;
    if (p == NULL) {
        qi_arena_free(arena);
        error->code = 7007;
        return NULL;
    }
    memset(p, 0, sizeof *p);
    p->arena = arena;
    Reader r = {.at = bytes, .start = bytes, .end = bytes + len, .arena = arena, .error = error};
    void (*const sections[])(Reader *, QiProgram *) = {read_data, read_types, read_globals, read_imports, read_functions};
    read_header(&r, len);
    for (size_t i = 0; i < sizeof sections / sizeof sections[0] && !r.failed; i++) sections[i](&r, p);
    if (!r.failed && r.at != r.end) refuse_number(&r, QI_WHY_TRAILING, (uint64_t)(r.end - r.at));
    if (r.failed || !qi_verify(p, error)) {
        qi_program_free(p);
        return NULL;
    }
    return p;
}

/* The values of variants without payload, where values are references. */
static bool make_units(QiType *t, QiHeap *heap) {
    for (uint32_t i = 0; t->is_ref && i < t->nvariants; i++) {
        if (t->variants[i].count > 0) continue;
        QiEnum *e = qi_enum_new(heap, t, i, true);
        if (e == NULL) return false;
        t->variants[i].unit = qi_from_ref(e);
    }
    return true;
}

bool qi_program_bind(QiProgram *p, QiHeap *heap) {
    heap->types = (const QiType *const *)p->types;
    heap->ntypes = p->ntypes;
    for (uint32_t i = 0; i < p->ntypes; i++) {
        if (!make_units(p->types[i], heap)) return false;
    }
    for (uint32_t i = 0; i < p->nstrings; i++) {
        p->strings[i] = qi_string_create_permanent(heap, p->string_data[i].text, p->string_data[i].len);
        if (p->strings[i] == NULL) return false;
    }
    return true;
}

void qi_program_free(QiProgram *p) {
    if (p != NULL) qi_arena_free(p->arena);
}

const QiFunction *qi_program_function_at(const QiProgram *p, const QiInsn *pc) {
    if (pc < p->code || pc >= p->code + p->code_start[p->nfunctions]) return NULL;
    const uint32_t at = (uint32_t)(pc - p->code);
    uint32_t i = p->code_owner[at / QI_OWNER_STEP];
    while (p->code_start[i + 1] <= at) i++;
    return &p->functions[i];
}

bool qi_program_place(const QiFunction *f, const QiInsn *pc, uint32_t *line, uint32_t *column) {
    uint32_t at = (uint32_t)(pc - f->code), low = 0, high = f->nlines;
    if (high == 0) return false;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (f->lines[middle].pc <= at) low = middle;
        else high = middle;
    }
    *line = f->lines[low].line;
    *column = f->lines[low].column;
    return true;
}
