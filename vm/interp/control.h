/*
 * control.h — how a running program is spoken to from outside: Ctrl-C, and those who want to look. See control.c.
 */
#ifndef QI_INTERP_CONTROL_H
#define QI_INTERP_CONTROL_H

#include "vm.h"

/* Listens for signals until qi_control_stop. NULL: not wanted by the configuration, or the system has no means left, or another
 * VM of this process listens; the program runs all the same. */
struct QiControl *qi_control_start(QiVm *vm);
/* After the program ended. NULL is allowed. */
void qi_control_stop(struct QiControl *c);
/* A worker can give now what was asked for: QI_ASK_DUMP or QI_ASK_STATS. */
void qi_control_answer(QiVm *vm, uint32_t what);

#endif
