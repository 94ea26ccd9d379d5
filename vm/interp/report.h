/*
 * report.h — what report.c (text for people) and report_json.c (objects for tools) share.
 */
#ifndef QI_INTERP_REPORT_H
#define QI_INTERP_REPORT_H

#include "../heap/error.h"
#include "../heap/format.h"
#include "vm.h"
#include "wakers.h"

#define QI_REPORT_CAUSES 16   /* 起因 of one another that a report tells; further ones are counted, and the first of all is told */
#define QI_REPORT_OTHERS 16   /* later failures of blocks that one report tells; further ones are counted */
#define QI_REPORT_WAITERS 20  /* shown in a deadlock */
#define QI_REPORT_FRAMES 8    /* of each of them */

/* A text being built for a VM. */
typedef struct QiReport {
    const QiVm *vm;
    QiText text;
    bool english;
    unsigned others; /* later failures told so far */
} QiReport;

/* The 起因 of e to be told so deep in a report; NULL: none. *left: how many before it, or at all, are not. */
const QiError *qi_report_cause(const QiError *e, int depth, uint32_t *left);
/* The later failures of e, the oldest first, as many as this report has room for (they count as told), and how many more there are (*left). */
uint32_t qi_report_others(QiReport *r, const QiError *e, const QiError *others[QI_REPORT_OTHERS], uint32_t *left);

/* Adds formatted text; more than 511 bytes at a time are cut. */
__attribute__((format(printf, 2, 3))) void qi_report_add(QiReport *r, const char *format, ...);
/* Adds words and numbers as they are: at a tenth of the cost, for what programs do often (cancelled.c). */
void qi_report_say(QiReport *r, const char *words);
void qi_report_number_text(QiReport *r, uint32_t number);

/* Tasks that wait at the same place for the same kind of thing and were made at the same one: the oldest of them. */
typedef struct QiWaiting { const QiCoroutine *task; uint32_t count; } QiWaiting;

/* What a report of waiting tasks is about: the oldest, who could wake them, how many others there are. */
typedef struct QiWaitReport {
    QiWaiting waiting[QI_REPORT_WAITERS];
    uint32_t shown, more;
    QiWakers wakers;
} QiWaitReport;

#define QI_REPORT_CYCLE 32 /* tasks of a circle of waits */
/* Tasks of which each waits for the next (for its end, or for what it holds) and the last for the first, from the smallest number on;
 * 0: none was found. */
uint32_t qi_report_cycle(const QiWaitReport *about, const QiHandle *cycle[QI_REPORT_CYCLE]);

/* Adds what the text says about one of them, as lines indented once. */
void qi_report_waiter(QiReport *r, const QiWaiting *waiting, const QiWakers *wakers);

/* What a parked task waits for, and who could wake it. */
void qi_report_reason(QiReport *r, const QiCoroutine *task);
/* Pieces of texts: 入口 or a task's number; file, line and column (false: nothing, they are not known); frames, each on a line; who created
 * a task, indented. */
void qi_report_task_name(QiReport *r, uint32_t number);
bool qi_report_place(QiReport *r, const QiInsn *at);
void qi_report_frames(QiReport *r, const char *indent, const QiInsn *const *places, uint32_t n);
void qi_report_created(QiReport *r, const QiHandle *h);
/* The same as JSON: a string, null when it is empty; members "stack" and "cut"; member "created"; the last two with a comma in front. */
void qi_report_string_json(QiText *out, const char *bytes, size_t len);
void qi_report_stack_json(QiReport *r, const QiInsn *const *places, uint32_t n, bool cut);
void qi_report_created_json(QiReport *r, const QiHandle *h);
/* The same by the number of the creator (at NULL: it is not known), and the object alone. */
void qi_report_creation_json(QiReport *r, uint32_t by, const QiInsn *at);
void qi_report_creator_json(QiReport *r, uint32_t by, const QiInsn *at);
/* Who could wake a task, and who could have and ended, as lines indented twice; as members "wakers" and "wakersCut"; as members "ended" and
 * "endedMore", with a comma in front. */
void qi_report_wakers(QiReport *r, const QiWakers *wakers, const QiCoroutine *task);
void qi_report_wakers_json(QiReport *r, const QiWakers *wakers, const QiCoroutine *task);
void qi_report_ended_json(QiReport *r, const QiWakers *wakers, const QiCoroutine *task);
/* The newest frames of a task, through the 协程 it runs; *cut: there are more. */
uint32_t qi_report_places(const QiCoroutine *task, const QiInsn *places[QI_REPORT_FRAMES], bool *cut);
/* The same of one whose innermost coroutine is known from elsewhere. */
uint32_t qi_report_places_from(const QiCoroutine *innermost, const QiCoroutine *task, const QiInsn *places[QI_REPORT_FRAMES], bool *cut);
/* The hint of an error that was thrown, or "". Those with placeholders speak of source text, which is gone. */
const char *qi_report_hint(const QiError *e, bool english);
/* The task of which a 取消错误 speaks; NULL for other errors. */
const QiHandle *qi_report_cancelled_task(const QiError *e);
/* The number people know a task by; 0: 入口. */
uint32_t qi_report_number(const QiHandle *h);

/* One line of JSON with everything the text says. */
void qi_report_error_json(QiReport *r, const QiError *e, const QiHandle *task);
/* code: 6006 or 6007. */
void qi_report_waiting_json(QiReport *r, int code, const QiWaitReport *about);
/* A message without a place: code, severity, message, hint. */
void qi_report_message_json(QiText *out, int code, bool english, const QiErrorArg *args, size_t nargs);

#endif
