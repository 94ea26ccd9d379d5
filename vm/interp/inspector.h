/*
 * inspector.h — what the inspector asks a running program, and what it does to it. See inspector.c.
 */
#ifndef QI_INTERP_INSPECTOR_H
#define QI_INTERP_INSPECTOR_H

#include "report.h"

/* Longest request, in bytes. */
#define QI_INSPECTOR_LINE_MAX 65536u

/* Whether the request wants numbers only, which can be had without the world standing still. */
bool qi_inspector_wants_numbers(const char *request);
/* Adds the answer to one request, a line of JSON. By worker w at a safepoint, inside the scheduler's lock; but for numbers the world
 * stands still, and a collection was just done. */
void qi_inspector_answer(QiReport *out, QiVm *vm, QiWorker *w, const char *request);

/* With an observer: co is about to end by returning, fp as at COROEND. */
void qi_inspector_returned(QiWorker *w, const QiCoroutine *co, QiValue *fp);
/* How something failed, as JSON (malloc'ed); NULL: out of memory. */
char *qi_inspector_failure(void *vm, const QiError *e);

#endif
