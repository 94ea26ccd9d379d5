/*
 * dump.h — all tasks of a living program as text or JSON. See dump.c.
 */
#ifndef QI_INTERP_DUMP_H
#define QI_INTERP_DUMP_H

#include "report.h"

/* Adds the dump to out->text, in the language of `out`. The world stands still. */
void qi_dump(QiReport *out, QiVm *vm, bool json);

#endif
