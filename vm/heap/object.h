/*
 * object.h — layouts of the heap objects that belong to the heap room.
 * (Coroutines, futures, channels and locks are laid out in sched/.)
 *
 * Invariants
 * - Every object starts with QiObject. `type` indexes the program's type
 *   table; `kind` says which C layout this is and never changes.
 * - Objects never move. Sizes are multiples of 16.
 * - A list's length and storage change together (one struct, replaced by its
 *   owner only); element slots are written with relaxed stores, so a racing
 *   reader sees some written value.
 * - Strings, boxes and closures are immutable after creation.
 */
#ifndef QI_HEAP_OBJECT_H
#define QI_HEAP_OBJECT_H

#include "type.h"

/* C layouts. Several types may share one (list and array; all boxes). */
typedef enum QiKind {
    QI_K_FREE = 0,
    QI_K_STRING, QI_K_LIST, QI_K_DICT, QI_K_STRUCT, QI_K_BOX, QI_K_CLOSURE,
    QI_K_CELL, QI_K_ERROR, QI_K_ENUM, QI_K_INT128, QI_K_RANGE, QI_K_POINTER,
    /* laid out, traced and finalised by sched/ (see QiKindOps in heap.h) */
    QI_K_FUTURE, QI_K_COROUTINE, QI_K_CHANNEL, QI_K_NATIVE,
    QI_K_COUNT,
} QiKind;

typedef struct QiObject {
    uint16_t type;   /* index into the type table; 0xFFFF for objects without one (errors made by the VM use the ERROR type) */
    uint8_t kind;    /* QiKind */
    uint8_t flags;   /* meaning is the kind's */
    uint32_t aux;    /* meaning is the kind's */
} QiObject;

/* 字符串: aux is unused; ASCII-only text has chars == len and O(1) indexing. A 字节串 has the same layout with any bytes and
 * chars == len; only the static type tells the two apart. */
typedef struct QiString {
    QiObject head;
    uint32_t len;    /* bytes; at most 2^31-1 */
    uint32_t chars;  /* Unicode scalar values */
    uint64_t hash;   /* 0: not computed yet (written with a relaxed store) */
    char bytes[];    /* UTF-8, not terminated */
} QiString;

/* 列表 and 数组. Elements are QiValue, or one byte for 布尔. aux counts structural changes (E7008). */
typedef struct QiList {
    QiObject head;
    uint32_t len;
    uint32_t cap;
    union { QiValue *words; uint8_t *bytes; void *data; } items; /* malloc'ed through the heap's accounting; freed by its finaliser */
} QiList;

/* 结构体 and 元组: fields in declaration order. */
typedef struct QiStruct { QiObject head; QiValue fields[]; } QiStruct;

/* A value of an enum with payloads, immutable. aux: tag in the low half, the variant's first flat field in the high
 * half; flags: number of fields. So one load of the header is enough to test a variant and to find a field. */
typedef struct QiEnum { QiObject head; QiValue fields[]; } QiEnum;
#define QI_ENUM_PAYLOAD_MAX 255u

/* 长整数, immutable. */
typedef struct QiInt128 { QiObject head; uint64_t low; int64_t high; } QiInt128;

/* 范围, immutable; flags: 1 when the end is included. */
typedef struct QiInterval { QiObject head; int64_t start, end; } QiInterval;

/* 指针, immutable; flags say what it points to. No pointer is the null word. */
typedef enum QiPlace { QI_PLACE_CELL, QI_PLACE_FIELD, QI_PLACE_ELEMENT, QI_PLACE_GLOBAL } QiPlace;
typedef struct QiPointer { QiObject head; QiObject *base; uint64_t index; } QiPointer;

/* 有(v) of a boxed option. */
typedef struct QiBox { QiObject head; QiValue value; } QiBox;

/* A captured variable shared by reference. */
typedef struct QiCell { QiObject head; QiValue value; } QiCell;

/* 函数 value; head.aux is the function number, head.type the function's ENV type (types of the captures). */
typedef struct QiClosure { QiObject head; QiValue captures[]; } QiClosure;

/* 错误. `trace` is a malloc'ed array the finaliser frees (layout in sched/trace.h). */
typedef struct QiError {
    QiObject head;            /* aux: numeric code, e.g. 7001 */
    QiString *message;
    struct QiError *cause;    /* 起因 or NULL */
    QiObject *subject;        /* 取消错误: the task it speaks of; a copy (sched/failure.c): the error it is one of; else NULL */
    /* What a program threw that implements 特性 错误; `kind` is its type, NULL for the language's own errors. */
    const struct QiType *kind;
    QiValue value;
    QiString *code;           /* 代码 when the program gave one; else NULL: that of head.aux */
    struct QiTrace *trace;    /* NULL until thrown */
    /* 其余: failures of the same block that came later, newest first (sched/failure.c). Each is the `cause` of a record, an error without message. */
    struct QiError *others;
} QiError;

#endif
