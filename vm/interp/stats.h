/*
 * stats.h — how a living program is doing, in numbers. See stats.c.
 */
#ifndef QI_INTERP_STATS_H
#define QI_INTERP_STATS_H

#include "report.h"

/* Adds one line of JSON. By the worker that answers, at a safepoint, inside the scheduler's lock. */
void qi_stats(QiReport *out, QiVm *vm);

#endif
