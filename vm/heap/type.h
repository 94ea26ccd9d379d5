/*
 * type.h — run-time type descriptors: layouts for the collector, the printer,
 * deep comparison and the verifier.
 *
 * A module's type table becomes an array of QiType; an object's header holds
 * the index. Descriptors are immutable once the loader has linked them and live
 * as long as the program.
 *
 * Rejected: a pointer in each object header. It costs 8 bytes an object and
 * gives hostile memory a pointer to aim at; the table is one load away.
 */
#ifndef QI_HEAP_TYPE_H
#define QI_HEAP_TYPE_H

#include "../base/base.h"
#include "native_class.h"

/* Numbers are those of the .qic type table (docs/字节码.md). */
typedef enum QiTypeKind {
    QI_T_INT = 0, QI_T_FLOAT, QI_T_BOOL, QI_T_CHAR, QI_T_UNIT,
    QI_T_STRING, QI_T_LIST, QI_T_ARRAY, QI_T_DICT, QI_T_OPTION, QI_T_STRUCT,
    QI_T_FUNC, QI_T_FUTURE, QI_T_TASK, QI_T_COROUTINE, QI_T_CHANNEL,
    QI_T_NATIVE, QI_T_NATIVE_OF, /* a class without and with a type argument */
    QI_T_ERROR, QI_T_CELL, QI_T_ENV,
    QI_T_TUPLE, QI_T_ENUM,
    QI_T_INT32, QI_T_BYTE, QI_T_FLOAT32, QI_T_INT128, QI_T_BYTES, QI_T_SET, QI_T_RANGE, QI_T_POINTER,
    QI_T_KIND_COUNT,
} QiTypeKind;

#define QI_ANY_LENGTH UINT32_MAX

typedef struct QiName { const char *text; uint32_t len; } QiName;

/* A variant of an enum: its payload is fields[first … first+count) of the type. */
typedef struct QiVariant {
    QiName name;
    uint32_t first, count;
    uint64_t unit; /* the one value of a variant without payload in an enum of references (QiValue); made by qi_program_bind */
} QiVariant;

typedef struct QiType QiType;
struct QiType {
    uint8_t kind;         /* QiTypeKind */
    bool is_ref;          /* a value of this type is a reference */
    bool option_boxed;    /* OPTION: 有(v) is a one-word box, not v itself */
    bool is_tuple;        /* STRUCT: fields print without names */
    bool hashable;        /* can be a key of a 字典 or 集合 */
    uint16_t index;       /* own position in the table */
    uint8_t elem_size;    /* LIST, ARRAY: bytes an element takes (1 or 8) */
    uint8_t native_class; /* NATIVE, NATIVE_OF: QiNativeClass */
    uint32_t nfields;     /* STRUCT fields, TUPLE elements, FUNC parameters, ENV captures, ENUM payload fields of all variants */
    uint32_t length;      /* ARRAY; QI_ANY_LENGTH: 数组<T> */
    /* LIST ARRAY OPTION FUTURE TASK CHANNEL NATIVE_OF CELL SET POINTER: a. DICT: a key, b value.
     * FUNC: b result. COROUTINE: a yields, b sends, c result. */
    const QiType *a, *b, *c;
    const QiType **fields;     /* nfields of them */
    const QiName *field_names; /* STRUCT */
    QiName name;               /* STRUCT, ENUM */
    uint32_t nvariants;        /* ENUM; without any payload its values are raw tags (is_ref is false) */
    QiVariant *variants;
};

/* 浮点数 and 单精度浮点 are both the bits of a double. */
QI_INLINE bool qi_type_is_float(const QiType *t) { return t->kind == QI_T_FLOAT || t->kind == QI_T_FLOAT32; }

/* Types of references that have the null word among their values: 无, and 空 of pointers. */
QI_INLINE bool qi_type_has_null(const QiType *t) { return t->kind == QI_T_OPTION || t->kind == QI_T_POINTER; }

/* True for a type whose values are compared and printed as 64-bit raw words. */

#endif
