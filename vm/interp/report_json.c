/*
 * report_json.c — what report.c says, as one line of JSON for tools.
 *
 *     {"code":"E7001","severity":"error","kind":null,"message":"除数为零","file":"文件.qi","start":{"line":10,"column":15},"hint":…,
 *      "task":0,"note":null,"stack":[{"function":"算","file":"文件.qi","line":10,"column":15}],"skipped":0,
 *      "created":[{"by":0,"at":{…}}],"cause":null}
 *
 * A 取消错误 has "cancelled":{"task":2,"function":"做"} behind `note`; a failure of a block with others after it has "others":[{…}],"othersLeft":0 at the end. The first members are those of compile errors (frontend/diagnostics.ts). A deadlock has `waiting` instead of `stack`.
 *
 * Invariants: one line and valid JSON whatever the program is called or throws; null for what is not known; bounded as the
 * text is. When memory is short the text is cut, and nothing is printed rather than half an object.
 */
#include <stdio.h>
#include <string.h>

#include "report.h"
#include "../sched/observe.h"
#include "../sched/trace.h"

static void add(QiText *out, const char *text) { qi_text_add(out, text, strlen(text)); }

static void add_number(QiText *out, uint64_t n) {
    char digits[24];
    snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
    add(out, digits);
}

/* Strings of the machine are valid UTF-8 already. */
static void add_string(QiText *out, const char *bytes, size_t len) {
    qi_text_add(out, "\"", 1);
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c == '"' || c == '\\') {
            qi_text_add(out, "\\", 1);
            qi_text_add(out, bytes + i, 1);
        } else if (c < 0x20) {
            char escape[8];
            snprintf(escape, sizeof escape, "\\u%04x", c);
            add(out, escape);
        } else {
            qi_text_add(out, bytes + i, 1);
        }
    }
    qi_text_add(out, "\"", 1);
}

static void add_string_or_null(QiText *out, const char *bytes, size_t len) {
    if (len == 0) add(out, "null");
    else add_string(out, bytes, len);
}

/* After these the program goes on, or ends as it would have. */
static const char *severity(int code) { return code == 6007 || code == 6022 ? ",\"severity\":\"warning\"" : ",\"severity\":\"error\""; }

static void add_head(QiText *out, const char *code, size_t len, const char *how) {
    add(out, "{\"code\":");
    add_string(out, code, len);
    add(out, how);
}

static void add_hint(QiText *out, const char *hint) {
    add(out, ",\"hint\":");
    add_string_or_null(out, hint, strlen(hint));
}

/* Members of a place: "file", then `line` and `column` behind what `open` says, `close`. */
static void add_place(QiReport *r, const QiInsn *at, const char *open, const char *close, const char *unknown) {
    const QiProgram *p = r->vm->program;
    const QiFunction *f = at == NULL ? NULL : qi_program_function_at(p, at);
    uint32_t line, column;
    if (f == NULL || !qi_program_place(f, at, &line, &column)) {
        add(&r->text, unknown);
        return;
    }
    add(&r->text, "\"file\":");
    add_string(&r->text, p->files[f->file].text, p->files[f->file].len);
    add(&r->text, open);
    add(&r->text, "\"line\":");
    add_number(&r->text, line);
    add(&r->text, ",\"column\":");
    add_number(&r->text, column);
    add(&r->text, close);
}

static void add_frame(QiReport *r, const QiInsn *at) {
    if (at == NULL) {
        add(&r->text, "null");
        return;
    }
    const QiFunction *f = qi_program_function_at(r->vm->program, at);
    add(&r->text, "{\"function\":");
    add_string_or_null(&r->text, f != NULL ? f->name.text : "", f != NULL ? f->name.len : 0);
    add(&r->text, ",");
    add_place(r, at, ",", "}", "\"file\":null,\"line\":null,\"column\":null}");
}

static void add_frames(QiReport *r, const QiInsn *const *at, uint32_t n, bool first) {
    for (uint32_t i = 0; i < n; i++, first = false) {
        if (!first) add(&r->text, ",");
        add_frame(r, at[i]);
    }
}

static void add_created(QiReport *r, const char *separator, uint32_t by, const QiInsn *at) {
    add(&r->text, separator);
    add(&r->text, "{\"by\":");
    add_number(&r->text, by);
    add(&r->text, ",\"at\":");
    add_frame(r, at);
    add(&r->text, "}");
}

static void add_trace(QiReport *r, const QiTrace *t) {
    QiText *out = &r->text;
    add(out, ",\"stack\":[");
    uint32_t frames = t == NULL ? 0 : t->nhead;
    if (frames > 0) {
        add_frames(r, t->places, t->nhead, true);
        add_frames(r, t->places + t->nhead, t->ntail, false);
    }
    add(out, "],\"skipped\":");
    /* Too many to count. */
    if (t != NULL && t->skipped == QI_TRACE_UNCOUNTED) add(out, "null");
    else add_number(out, t == NULL ? 0 : t->skipped);
    add(out, ",\"created\":[");
    for (uint32_t i = 0; t != NULL && i < t->ncreators; i++) {
        add_created(r, i == 0 ? "" : ",", qi_trace_creator_ids(t)[i], t->places[t->nhead + t->ntail + i]);
    }
    add(out, "]");
}

static void add_error(QiReport *r, const QiError *e, const char *note, int depth) {
    QiText *out = &r->text;
    if (e->code != NULL) {
        add_head(out, e->code->bytes, e->code->len, severity(0));
    } else {
        char code[8];
        snprintf(code, sizeof code, "E%04u", (unsigned)e->head.aux);
        add_head(out, code, strlen(code), severity(0));
    }
    bool named = e->kind != NULL && e->kind->name.text != NULL;
    add(out, ",\"kind\":");
    add_string_or_null(out, named ? e->kind->name.text : "", named ? e->kind->name.len : 0);
    add(out, ",\"message\":");
    add_string(out, e->message != NULL ? e->message->bytes : "", e->message != NULL ? e->message->len : 0);
    add(out, ",");
    const QiTrace *t = e->trace;
    add_place(r, t != NULL && t->nhead > 0 ? t->places[0] : NULL, ",\"start\":{", "}", "\"file\":null,\"start\":null");
    add_hint(out, qi_report_hint(e, r->english));
    add(out, ",\"task\":");
    add_number(out, t != NULL ? t->task : 0);
    add(out, ",\"note\":");
    add_string_or_null(out, note, strlen(note));
    const QiHandle *cancelled = qi_report_cancelled_task(e);
    if (cancelled != NULL) {
        const QiName *name = &r->vm->program->functions[cancelled->func].name;
        add(out, ",\"cancelled\":{\"task\":");
        add_number(out, qi_report_number(cancelled));
        add(out, ",\"function\":");
        add_string_or_null(out, name->text, name->len);
        add(out, "}");
    }
    add_trace(r, t);
    add(out, ",\"cause\":");
    uint32_t causes_left;
    const QiError *cause = qi_report_cause(e, depth, &causes_left);
    if (cause != NULL) add_error(r, cause, "", depth + 1);
    else add(out, "null");
    if (causes_left != 0) {
        add(out, ",\"causesLeft\":");
        add_number(out, causes_left);
    }
    if (e->others != NULL) {
        const QiError *others[QI_REPORT_OTHERS];
        uint32_t left, shown = qi_report_others(r, e, others, &left);
        add(out, ",\"others\":[");
        for (uint32_t i = 0; i < shown; i++) {
            if (i > 0) add(out, ",");
            add_error(r, others[i], "", depth + 1);
        }
        add(out, "],\"othersLeft\":");
        add_number(out, left);
    }
    add(out, "}");
}

void qi_report_error_json(QiReport *r, const QiError *e, const QiHandle *task) {
    uint32_t aux = task != NULL ? task->future.head.aux : QI_CO_MAIN;
    const char *note = "";
    if (task != NULL && !qi_coroutine_is_over(task)) note = "unthrown";
    else if (aux & QI_CO_DETACHED) note = "detached";
    else if ((aux & QI_CO_MAIN) == 0) note = "unobserved";
    add_error(r, e, note, 0);
    add(&r->text, "\n");
}

void qi_report_string_json(QiText *out, const char *bytes, size_t len) { add_string_or_null(out, bytes, len); }

void qi_report_stack_json(QiReport *r, const QiInsn *const *places, uint32_t n, bool cut) {
    add(&r->text, ",\"stack\":[");
    add_frames(r, places, n, true);
    add(&r->text, cut ? "],\"cut\":true" : "],\"cut\":false");
}

void qi_report_created_json(QiReport *r, const QiHandle *h) {
    qi_report_creation_json(r, h->creator != NULL ? qi_report_number(h->creator) : 0, h->creator != NULL ? h->created_at : NULL);
}

void qi_report_creation_json(QiReport *r, uint32_t by, const QiInsn *at) {
    if (at != NULL) add_created(r, ",\"created\":", by, at);
    else add(&r->text, ",\"created\":null");
}

void qi_report_creator_json(QiReport *r, uint32_t by, const QiInsn *at) { add_created(r, "", by, at); }

static void add_waker(QiText *out, const QiHandle *h, bool *any) {
    if (*any) add(out, ",");
    *any = true;
    add_number(out, qi_report_number(h));
}

/* The tasks that could wake it, as far as they are known: those that hold or are what it waits for, and those that could do to it
 * what is waited for. */
void qi_report_wakers_json(QiReport *r, const QiWakers *wakers, const QiCoroutine *task) {
    QiText *out = &r->text;
    QiWakers own = {0};
    qi_wakers_want_of(&own, task);
    bool any = false, cut = !wakers->complete;
    add(out, ",\"wakers\":[");
    for (uint32_t i = 0; i < own.n; i++) {
        const QiHolders *holders = qi_wakers_of(wakers, own.of[i].object, own.of[i].deed);
        if (holders == NULL) {
            cut = true;
            continue;
        }
        cut = cut || holders->n > QI_WAKERS_NAMED;
        for (uint32_t k = 0; k < holders->n && k < QI_WAKERS_NAMED; k++) {
            if (holders->tasks[k] != task) add_waker(out, holders->tasks[k]->handle, &any);
        }
    }
    const QiHandle *awaited[QI_WAKERS_NAMED + 1];
    const uint32_t n = qi_sched_waits_for(task, awaited, QI_WAKERS_NAMED + 1);
    cut = cut || n > QI_WAKERS_NAMED;
    for (uint32_t i = 0; i < n && i < QI_WAKERS_NAMED; i++) {
        if (awaited[i] != task->handle && !qi_coroutine_is_over(awaited[i])) add_waker(out, awaited[i], &any);
    }
    add(out, cut ? "],\"wakersCut\":true" : "],\"wakersCut\":false");
}

/* A task that could have woken it, or holds it, and ended. */
static void add_ended(QiReport *r, const QiHandle *h, bool first) {
    QiText *out = &r->text;
    const uint32_t state = h->future.head.aux & QI_CO_STATE_MASK;
    const QiInsn *places[QI_ENDED_PLACES];
    const uint32_t n = qi_ended_places(r->vm, h, places);
    const QiError *e = qi_ended_error(r->vm, h);
    const QiHandle *by = qi_ended_creator(r->vm, h);
    const QiName *name = &r->vm->program->functions[h->func].name;
    add(out, first ? "{\"task\":" : ",{\"task\":");
    add_number(out, h->id);
    add(out, ",\"function\":");
    add_string_or_null(out, name->text, name->len);
    add(out, state == QI_CO_DONE ? ",\"outcome\":\"returned\"" : state == QI_CO_FAILED ? ",\"outcome\":\"failed\"" : ",\"outcome\":\"cancelled\"");
    add(out, ",\"error\":");
    char code[8] = "";
    if (e != NULL) snprintf(code, sizeof code, "E%04u", (unsigned)e->head.aux);
    if (e != NULL && e->code != NULL) add_string(out, e->code->bytes, e->code->len);
    else add_string_or_null(out, code, strlen(code));
    add(out, ",\"at\":[");
    add_frames(r, places, n, true);
    add(out, "],\"created\":");
    if (by != NULL) add_created(r, "", qi_report_number(by), h->created_at);
    else add(out, "null");
    add(out, "}");
}

void qi_report_ended_json(QiReport *r, const QiWakers *wakers, const QiCoroutine *task) {
    QiText *out = &r->text;
    QiWakers own = {0};
    qi_wakers_want_of(&own, task);
    bool first = true;
    uint32_t more = 0;
    add(out, ",\"ended\":[");
    for (uint32_t i = 0; i < own.n; i++) {
        const QiHolders *holders = qi_wakers_of(wakers, own.of[i].object, own.of[i].deed);
        for (uint32_t k = 0; holders != NULL && k < holders->nended; k++) {
            if (k >= QI_ENDED_NAMED) more++;
            else add_ended(r, holders->ended[k], first);
            first = false;
        }
    }
    const QiHandle *lock[QI_WAKERS_NAMED];
    const bool locks = qi_co_reason(task) == QI_WAIT_NATIVE || qi_co_reason(task) == QI_WAIT_RELOCK;
    const uint32_t n = locks ? qi_sched_waits_for(task, lock, QI_WAKERS_NAMED) : 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!qi_coroutine_is_over(lock[i])) continue;
        add_ended(r, lock[i], first);
        first = false;
    }
    add(out, "],\"endedMore\":");
    add_number(out, more);
}

static void add_waiter(QiReport *r, const QiWaiting *waiting, const QiWakers *wakers) {
    QiText *out = &r->text;
    const QiCoroutine *task = waiting->task;
    add(out, "{\"task\":");
    add_number(out, qi_report_number(task->handle));
    add(out, ",\"count\":");
    add_number(out, waiting->count);
    add(out, ",\"reason\":");
    QiReport reason = {.vm = r->vm, .english = r->english};
    qi_report_reason(&reason, task);
    add_string_or_null(out, reason.text.bytes, reason.text.len);
    qi_text_free(&reason.text);
    const QiInsn *places[QI_REPORT_FRAMES];
    bool cut;
    uint32_t n = qi_report_places(task, places, &cut);
    qi_report_stack_json(r, places, n, cut);
    qi_report_wakers_json(r, wakers, task);
    qi_report_ended_json(r, wakers, task);
    qi_report_created_json(r, task->handle);
    add(out, "}");
}

void qi_report_waiting_json(QiReport *r, int code, const QiWaitReport *about) {
    QiText *out = &r->text;
    const QiErrorText *text = qi_error_text(code);
    const char *message = r->english ? text->en : text->zh;
    add(out, "{\"code\":");
    add_string(out, text->id, strlen(text->id));
    add(out, severity(code));
    add(out, ",\"kind\":null,\"message\":");
    add_string(out, message, strlen(message));
    add(out, ",\"file\":null,\"start\":null");
    add_hint(out, r->english ? text->hint_en : text->hint_zh);
    add(out, ",\"waiting\":[");
    for (uint32_t i = 0; i < about->shown; i++) {
        if (i > 0) add(out, ",");
        add_waiter(r, &about->waiting[i], &about->wakers);
    }
    add(out, "],\"more\":");
    add_number(out, about->more);
    const QiHandle *cycle[QI_REPORT_CYCLE];
    const uint32_t n = qi_report_cycle(about, cycle);
    add(out, ",\"cycle\":[");
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0) add(out, ",");
        add_number(out, qi_report_number(cycle[i]));
    }
    add(out, "]}\n");
}

void qi_report_message_json(QiText *out, int code, bool english, const QiErrorArg *args, size_t nargs) {
    const QiErrorText *text = qi_error_text(code);
    if (text == NULL) return;
    QiText message = {0}, hint = {0};
    qi_error_fill(&message, english ? text->en : text->zh, args, nargs);
    qi_error_fill(&hint, english ? text->hint_en : text->hint_zh, args, nargs);
    add_head(out, text->id, strlen(text->id), severity(code));
    add(out, ",\"message\":");
    add_string(out, message.bytes, message.len);
    add(out, ",\"hint\":");
    add_string_or_null(out, hint.bytes, hint.len);
    add(out, "}");
    qi_text_free(&message);
    qi_text_free(&hint);
}
