/*
 * report.h — what report.c (text for people) and report_json.c (objects for tools) share.
 */
#ifndef QI_INTERP_REPORT_H
#define QI_INTERP_REPORT_H

#include "../heap/error.h"
#include "../heap/format.h"
#include "vm.h"

#define QI_REPORT_CAUSES 16   /* 起因 may form a circle */
#define QI_REPORT_WAITERS 20  /* shown in a deadlock */
#define QI_REPORT_FRAMES 8    /* of each of them */

/* A text being built for a VM. */
typedef struct QiReport {
    const QiVm *vm;
    QiText text;
    bool english;
} QiReport;

/* What a parked task waits for, and who could wake it. */
void qi_report_reason(QiReport *r, const QiCoroutine *task);
/* The oldest parked tasks, oldest first; *more: how many others there are. */
uint32_t qi_report_oldest(QiVm *vm, const QiCoroutine *oldest[QI_REPORT_WAITERS], uint32_t *more);
/* The newest frames of a task, through the 协程 it runs; *cut: there are more. */
uint32_t qi_report_places(const QiCoroutine *task, const QiInsn *places[QI_REPORT_FRAMES], bool *cut);
/* The hint of an error that was thrown, or "". Those with placeholders speak of source text, which is gone. */
const char *qi_report_hint(const QiError *e, bool english);
/* The number people know a task by; 0: 入口. */
uint32_t qi_report_number(const QiHandle *h);

/* One line of JSON with everything the text says. */
void qi_report_error_json(QiReport *r, const QiError *e, const QiHandle *task);
void qi_report_deadlock_json(QiReport *r, QiVm *vm);
/* A message without a place: code, severity, message, hint. */
void qi_report_message_json(QiText *out, int code, bool english, const QiErrorArg *args, size_t nargs);

#endif
