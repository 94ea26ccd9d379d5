/*
 * type_text.h — a type as Qi writes it, for listings and messages.
 */
#ifndef QI_INTERP_TYPE_TEXT_H
#define QI_INTERP_TYPE_TEXT_H

#include "../heap/format.h"
#include "../heap/type.h"

/* Longer names are cut there. */
#define QI_TYPE_NAME_SHOWN 120u

/* Appends the text of t. Types may be nested in themselves: below a few levels, or after a few dozen names, `…` stands. */
void qi_type_text(QiText *out, const QiType *t);

#endif
