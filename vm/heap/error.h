/*
 * error.h — 错误 objects and the texts of errors.def.
 *
 * A message is made when the error is: placeholders are filled then, so an
 * error holds no reference to what caused it.
 */
#ifndef QI_HEAP_ERROR_H
#define QI_HEAP_ERROR_H

#include "format.h"
#include "heap.h"

/* A placeholder's value: text (len bytes), or an integer when text is NULL. */
typedef struct QiErrorArg {
    const char *name; /* without braces */
    const char *text;
    size_t len;
    int64_t number;
} QiErrorArg;

/* One row of errors.def. */
typedef struct QiErrorText {
    const char *id;   /* "E7003" */
    const char *zh, *en, *hint_zh, *hint_en;
} QiErrorText;

/* The row of a numeric code, e.g. 7003. NULL: no such code. Warnings are not listed. */
const QiErrorText *qi_error_text(int code);
/* Appends a text of a row, placeholders filled. */
void qi_error_fill(QiText *out, const char *text, const QiErrorArg *args, size_t nargs);
/* The language of messages made in h. */
bool qi_error_is_english(const QiHeap *h);
/* Appends `错误 [E7003]: …`, and with `hint` a line `  提示: …` when the row has one, placeholders filled; without a line end. */
void qi_error_describe(QiText *out, int code, bool english, bool hint, const QiErrorArg *args, size_t nargs);
/* Error kinds of ISERROR (numbers: docs/字节码.md). */
bool qi_error_is_kind(const QiError *e, uint32_t kind);
/* An error without cause, task and trace. NULL: out of memory. */
QiError *qi_error_create(QiHeap *h, int code, QiString *message);
/* The same with the text of errors.def, placeholders filled. Never NULL: when memory is short it is the heap's
 * spare E7007 error, made in advance. */
QiError *qi_error_make(QiHeap *h, int code, const QiErrorArg *args, size_t nargs);
/* A record of e for the list of another error (QiError.others). NULL: out of memory. */
QiError *qi_error_record(QiHeap *h, QiError *e);
/* In two steps, for several errors with one message: the message (NULL: out of memory), and an error with it, made as well as that can be. */
QiString *qi_error_message(QiHeap *h, int code, const QiErrorArg *args, size_t nargs);
QiError *qi_error_saying(QiHeap *h, int code, QiString *message);
/* E6102; cause: what the deadline broke off, NULL: nothing. */
QiError *qi_error_timeout(QiHeap *h, QiError *cause);
/* E7007 without allocating. */
QiError *qi_error_out_of_memory(QiHeap *h);

/* True for that error. It is shared and permanent: it takes no stack. */
bool qi_error_is_spare(const QiHeap *h, const QiError *e);
/* For qi_heap_new: the permanent E7007 error. NULL: out of memory. */
QiError *qi_error_spare(QiHeap *h);
/* Finaliser. */
void qi_error_finalize(QiHeap *h, QiObject *o);

#endif
