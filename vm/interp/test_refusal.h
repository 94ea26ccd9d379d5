/*
 * test_refusal.h — for unit tests: what a refusal says.
 */
#ifndef QI_INTERP_TEST_REFUSAL_H
#define QI_INTERP_TEST_REFUSAL_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "refusal.h"

/* What E9010 says of the error, terminated; the caller frees it. */
QI_INLINE char *text_of(const QiLoadError *error, bool english) {
    QiText text = {0};
    qi_refusal_text(&text, error, english);
    qi_text_add(&text, "", 1);
    return text.bytes;
}

QI_INLINE bool says(const QiLoadError *error, const char *part) {
    char *text = text_of(error, false);
    bool found = strstr(text, part) != NULL;
    free(text);
    return found;
}

QI_INLINE void show(const char *what, const QiLoadError *error) {
    char *text = text_of(error, false);
    printf("%s: %d %s\n", what, error->code, text);
    free(text);
}

#endif
