/*
 * refusal.h — why a module was refused: a value while it is loaded, a text when somebody reads it.
 *
 * Invariant: a QiLoadError owns nothing and points to nothing, so that it outlives the program that was refused.
 * Rejected: formatting at once. The loader does not know the reader's language, and need not.
 */
#ifndef QI_INTERP_REFUSAL_H
#define QI_INTERP_REFUSAL_H

#include <stdint.h>

#include "../heap/format.h"

typedef enum QiWhy {
    QI_WHY_NONE,
#define QI_REFUSAL(name, zh, en) QI_WHY_##name,
#include "refusals.def"
#undef QI_REFUSAL
} QiWhy;

/* Bytes of a function's name that are kept. */
#define QI_REFUSAL_NAME 64

typedef struct QiLoadError {
    int code;                       /* of errors.def; 0: none */
    QiWhy why, what;                /* for E9010; what: a noun of the text, or NONE */
    uint64_t n, m;                  /* numbers of the text */
    bool in_code;                   /* the place that follows is known */
    char function[QI_REFUSAL_NAME];
    uint32_t pc;
    uint16_t op;
} QiLoadError;

/* Appends what E9010 says of the error in one of the languages. */
void qi_refusal_text(QiText *out, const QiLoadError *error, bool english);

#endif
