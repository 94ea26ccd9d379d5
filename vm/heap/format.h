/*
 * format.h — values as text: what 打印 shows, and format specifications.
 *
 * Independent of the locale. Works with an explicit stack, so depth is bounded
 * by memory and not by the C stack; a value inside itself prints as `…`.
 */
#ifndef QI_HEAP_FORMAT_H
#define QI_HEAP_FORMAT_H

#include "string.h"

/* A growing byte buffer outside the collected heap. `failed` sticks once memory ran out. Start from {0}.
 * max: it fails past so many bytes; 0: as long as a string can be. */
typedef struct QiText {
    char *bytes;
    size_t len, cap, max;
    bool failed;
} QiText;

void qi_text_add(QiText *t, const char *bytes, size_t len);
void qi_text_add_char(QiText *t, uint32_t c);
void qi_text_free(QiText *t);
/* The text as a string; frees the buffer. NULL: out of memory (then or earlier). */
QiString *qi_text_finish(QiHeap *h, QiText *t);

/* Text of a value of type t. quoted: strings and characters as inside a collection. NULL: out of memory. */
QiString *qi_format_value(QiHeap *h, const QiType *t, QiValue v, bool quoted);
/* The same, appended to a buffer, which from now on stays below what the limit of the heap leaves. h may be NULL. */
void qi_format_append(const QiHeap *h, QiText *out, const QiType *t, QiValue v, bool quoted);

#define QI_FLOAT_TEXT_MAX 32
#define QI_INT_TEXT_MAX 24
/* Shortest text that reads back as d, with a point or an exponent, or 无穷 -无穷 非数. Returns its length; not terminated. */
size_t qi_float_text(double d, char out[QI_FLOAT_TEXT_MAX]);
size_t qi_int_text(int64_t n, char out[QI_INT_TEXT_MAX]);
/* The same for a 单精度浮点: the shortest text that reads back as the float d is. */
size_t qi_float32_text(double d, char out[QI_FLOAT_TEXT_MAX]);
#define QI_INT128_TEXT_MAX 48
size_t qi_int128_text(uint64_t low, int64_t high, char out[QI_INT128_TEXT_MAX]);

typedef enum QiFormatResult { QI_FORMAT_OK, QI_FORMAT_BAD_SPEC, QI_FORMAT_NO_MEMORY } QiFormatResult;
/* {值:规格}: grammar in docs/语言规范.md. *out is written only for QI_FORMAT_OK. */
QiFormatResult qi_format_with_spec(QiHeap *h, const QiType *t, QiValue v, const QiString *spec, QiString **out);

#endif
