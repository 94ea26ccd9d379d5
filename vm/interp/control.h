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
/* This worker can give now what was asked for: one of QI_ASK_… but QI_ASK_CANCEL. */
void qi_control_answer(QiVm *vm, QiWorker *w, uint32_t what);

#endif
