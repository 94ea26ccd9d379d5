/*
 * inspector.c — the program's side of the inspector (frontend/inspector): lists and shows coroutines, counts, and starts, resumes or
 * cancels them.
 *
 * A request is a line of words separated by blanks, an answer one line of JSON:
 *
 *     numbers                            metrics
 *     functions                          the functions of the program that can be started
 *     list AFTER LIMIT STATES KINDS      coroutines with numbers above AFTER, at most LIMIT; STATES, KINDS: bits of State and Kind
 *     get NUMBER                         one, with its stack and what it waits for
 *     create FUNCTION VALUE…             i-5 f1.5 b1 s<hex of UTF-8>: one for each parameter
 *     resume NUMBER | cancel NUMBER
 *
 * {"refused":"…"} says in one word why something was not done. frontend/inspector/machine.ts is the other side, and checks what people send;
 * here only what could hurt the program is checked.
 *
 * Invariants
 * - 入口 is number 0, as everywhere where people read numbers.
 * - Bounded answers, whatever the program does; linear in the number of coroutines.
 * - Those that ended are known while they are among the QI_ENDED_MAX newest ones, or among the QI_ENDED_OWN_MAX newest that were made from outside.
 *
 * Rejected: JSON requests. The machine would need a reader of JSON outside the natives for five words.
 */
#include "inspector.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../base/platform.h"
#include "../heap/format.h"
#include "../sched/observe.h"
#include "../sched/scope.h"

#define NEIGHBOURS 64u      /* coroutines named as waiting or waited for */
#define CHAIN_MAX 32u
#define LIST_MAX 1000u
#define VALUE_MAX 4096u     /* bytes of a value's text */
#define QUEUE_MAX 1000000u
#define SAFE_MAX 9007199254740991

/* Bits of `list`, in the order of frontend/inspector/machine.ts. */
typedef enum State { CREATED, HELD, READY, RUNNING, WAITING, SUSPENDED, COMPLETED, FAILED, CANCELLED } State;
static const char *const state_words[] = {"created", "held", "ready", "running", "waiting", "suspended", "completed", "failed", "cancelled"};
typedef enum Kind { TASK, GENERATOR } Kind;

static const char *const priority_words[] = {"low", "normal", "high", "urgent"};

/* One coroutine, of which the handle or what is remembered is there. */
typedef struct Seen {
    uint32_t number;
    const QiHandle *h;
    const QiEnded *ended;
} Seen;

typedef QiReport Report;

static void refuse(Report *r, const char *why) { qi_report_add(r, "{\"refused\":\"%s\"}\n", why); }

static State state_of_task(const QiCoroutine *task) {
    switch (qi_co_state(task)) {
    case QI_CO_PARKED: return WAITING;
    case QI_CO_RUNNING: return RUNNING;
    case QI_CO_READY: return READY;
    default: return HELD;
    }
}

static State state_of(const Seen *it) {
    switch (it->ended != NULL ? (QiCoroutineState)(it->ended->aux & QI_CO_STATE_MASK) : qi_handle_state(it->h)) {
    case QI_CO_DONE: return COMPLETED;
    case QI_CO_FAILED: return FAILED;
    case QI_CO_CANCELLED: return CANCELLED;
    case QI_CO_SUSPENDED: return SUSPENDED;
    case QI_CO_CREATED: break;
    default: return state_of_task((it->h->future.head.aux & QI_CO_GENERATOR) != 0 ? it->h->co->innermost : it->h->co);
    }
    const QiCoroutine *co = qi_handle_co(it->h);
    return co != NULL && (it->h->future.head.aux & QI_CO_GENERATOR) == 0 && qi_scope_is_held(co) ? HELD : CREATED;
}

static uint32_t aux_of(const Seen *it) { return it->ended != NULL ? it->ended->aux : it->h->future.head.aux; }
static Kind kind_of(const Seen *it) { return (aux_of(it) & QI_CO_GENERATOR) != 0 ? GENERATOR : TASK; }

/* --- all of them --------------------------------------------------------------------- */

typedef void Visit(void *user, const Seen *it);
typedef struct Unbegun { Visit *visit; void *user; } Unbegun;

static void visit_handle(Visit *visit, void *user, const QiHandle *h) { visit(user, &(Seen){.number = qi_report_number(h), .h = h}); }

static void visit_unbegun(void *user, const QiHandle *h) {
    const Unbegun *u = user;
    visit_handle(u->visit, u->user, h);
}

static void each(QiVm *vm, Visit *visit, void *user) {
    for (const QiCoroutine *t = qi_sched_first_task(vm->sched); t != NULL; t = qi_sched_next_task(vm->sched, t)) visit_handle(visit, user, t->handle);
    qi_sched_each_unbegun(vm->sched, visit_unbegun, &(Unbegun){visit, user});
    const QiObserver *o = vm->observer;
    for (uint32_t i = 0; i < o->ngenerators; i++) {
        if (!qi_coroutine_is_over(o->generators[i])) visit_handle(visit, user, o->generators[i]);
    }
    const QiEnded *e;
    for (uint32_t i = 0; (e = qi_observe_ended(o, i)) != NULL; i++) {
        visit(user, &(Seen){.number = (e->aux & QI_CO_MAIN) != 0 ? 0 : e->id, .ended = e});
    }
}

typedef struct Search { uint32_t number; Seen found; } Search;

static void compare(void *user, const Seen *it) {
    Search *s = user;
    if (it->number == s->number) s->found = *it;
}

static bool find(QiVm *vm, uint32_t number, Seen *out) {
    Search s = {.number = number};
    each(vm, compare, &s);
    *out = s.found;
    return s.found.h != NULL || s.found.ended != NULL;
}

/* --- one as JSON ------------------------------------------------------------------------ */

static const char *truth(bool b) { return b ? "true" : "false"; }

/* Members every view has, without the braces. */
static void add_summary(Report *r, const Seen *it) {
    const uint32_t aux = aux_of(it), func = it->ended != NULL ? it->ended->func : it->h->func;
    const QiCoroutine *co = it->ended != NULL ? NULL : qi_handle_co(it->h);
    const QiName *name = &r->vm->program->functions[func].name;
    qi_report_add(r, "\"id\":%u,\"kind\":\"%s\",\"state\":\"%s\",\"function\":", it->number, kind_of(it) == GENERATOR ? "generator" : "task", state_words[state_of(it)]);
    if ((aux & QI_CO_HOST) != 0) qi_report_add(r, "null");
    else qi_report_string_json(&r->text, name->text, name->len);
    qi_report_add(r, ",\"main\":%s,\"detached\":%s,\"inspector\":%s,\"leak\":%s,\"priority\":\"%s\"", truth((aux & QI_CO_MAIN) != 0), truth((aux & QI_CO_DETACHED) != 0),
        truth((aux & QI_CO_OWN) != 0), truth(co != NULL && (co->flags & QI_CO_LEAKED) != 0), priority_words[qi_priority_of(aux)]);
    if (it->ended == NULL) qi_report_created_json(r, it->h);
    else qi_report_creation_json(r, it->ended->by, it->ended->created_at);
}

static void add_list_item(Report *r, const Seen *it) {
    qi_report_add(r, "{");
    add_summary(r, it);
    qi_report_add(r, "}");
}

static void add_numbers(Report *r, const char *name, const QiHandle *const *handles, uint32_t n) {
    qi_report_add(r, ",\"%s\":[", name);
    for (uint32_t i = 0; i < n; i++) qi_report_add(r, i == 0 ? "%u" : ",%u", qi_report_number(handles[i]));
    qi_report_add(r, "]");
}

static void add_chain(Report *r, const QiHandle *h) {
    qi_report_add(r, ",\"chain\":[");
    for (uint32_t n = 0; h->creator != NULL && n < CHAIN_MAX; h = h->creator, n++) {
        if (n > 0) qi_report_add(r, ",");
        qi_report_creator_json(r, qi_report_number(h->creator), h->created_at);
    }
    qi_report_add(r, "]");
}

/* What a coroutine that is not over waits for. task: the one it runs on; NULL: none. */
static void add_waiting(Report *r, QiVm *vm, const QiCoroutine *task) {
    const bool waits = task != NULL && qi_co_state(task) == QI_CO_PARKED;
    qi_report_add(r, ",\"waiting\":");
    if (!waits) {
        qi_report_add(r, "null");
        return;
    }
    Report reason = {.vm = r->vm, .english = r->english};
    qi_report_reason(&reason, task);
    qi_report_add(r, "{\"reason\":");
    qi_report_string_json(&r->text, reason.text.bytes, reason.text.len);
    qi_text_free(&reason.text);
    const int64_t since = qi_observe_since(r->vm->observer, task);
    if (since == 0) qi_report_add(r, ",\"sinceMs\":null");
    else qi_report_add(r, ",\"sinceMs\":%lld", (long long)((qi_clock_monotonic_ns() - since) / 1000000));
    int64_t ms;
    if (qi_sched_wakes_ms(r->vm->sched, task, &ms)) qi_report_add(r, ",\"wakesInMs\":%lld", (long long)ms);
    else qi_report_add(r, ",\"wakesInMs\":null");
    /* Others may be woken yet. */
    QiWakers wakers = {0};
    if (task->flags & QI_CO_LEAKED) qi_wakers_want_of(&wakers, task);
    if (wakers.n > 0) qi_ended_find(&wakers, vm);
    qi_report_ended_json(r, &wakers, task);
    qi_report_add(r, "}");
}

static void add_living(Report *r, QiVm *vm, const QiHandle *h) {
    const QiCoroutine *co = qi_handle_co(h), *task = co;
    const bool generator = (h->future.head.aux & QI_CO_GENERATOR) != 0;
    /* A 协程 has a task only while it runs, and then its own frames are the first of it. */
    if (generator) task = qi_handle_state(h) == QI_CO_RUNNING ? co->innermost : NULL;
    const QiInsn *places[QI_REPORT_FRAMES] = {NULL};
    bool cut = false;
    uint32_t n = 0;
    const QiCoroutine *innermost = co == NULL ? NULL : generator ? co : qi_sched_innermost(r->vm->sched, co);
    if (innermost != NULL) n = qi_report_places_from(innermost, generator ? innermost : co, places, &cut);
    qi_report_stack_json(r, places, n, cut);
    add_waiting(r, vm, task);
    int64_t ms;
    if (task != NULL && qi_sched_deadline_ms(r->vm->sched, task, &ms)) qi_report_add(r, ",\"deadlineInMs\":%lld", (long long)ms);
    else qi_report_add(r, ",\"deadlineInMs\":null");
    const QiHandle *others[NEIGHBOURS];
    add_numbers(r, "waitsFor", others, task == NULL ? 0 : qi_sched_waits_for(task, others, NEIGHBOURS));
    add_numbers(r, "awaitedBy", others, qi_sched_awaited_by(h, others, NEIGHBOURS));
    add_chain(r, h);
}

static void add_ended(Report *r, const QiEnded *e) {
    qi_report_stack_json(r, NULL, 0, false);
    qi_report_add(r, ",\"waiting\":null,\"deadlineInMs\":null,\"waitsFor\":[],\"awaitedBy\":[],\"chain\":[");
    if (e->created_at != NULL) qi_report_creator_json(r, e->by, e->created_at);
    qi_report_add(r, "],\"endedMsAgo\":%lld,\"outcome\":", (long long)((qi_clock_monotonic_ns() - e->ended_ns) / 1000000));
    if (e->outcome == NULL) qi_report_add(r, "null");
    else qi_text_add(&r->text, e->outcome, strlen(e->outcome));
}

static void get(Report *r, QiVm *vm, uint32_t number) {
    Seen it;
    if (!find(vm, number, &it)) {
        refuse(r, "unknown");
        return;
    }
    qi_report_add(r, "{");
    add_summary(r, &it);
    if (it.ended != NULL) {
        add_ended(r, it.ended);
    } else {
        add_living(r, vm, it.h);
        qi_report_add(r, ",\"endedMsAgo\":null,\"outcome\":null");
    }
    qi_report_add(r, "}\n");
}

/* --- lists --------------------------------------------------------------------------------- */

/* The `limit` smallest numbers above `after`: a heap with the largest on top. */
typedef struct Page {
    Seen *items;
    uint32_t n, limit, states, kinds, total, more;
    int64_t after;
} Page;

static void sink(Page *p, uint32_t at) {
    for (;;) {
        uint32_t child = at * 2 + 1;
        if (child >= p->n) return;
        if (child + 1 < p->n && p->items[child + 1].number > p->items[child].number) child++;
        if (p->items[at].number >= p->items[child].number) return;
        const Seen moved = p->items[at];
        p->items[at] = p->items[child];
        p->items[child] = moved;
        at = child;
    }
}

static void put(void *user, const Seen *it) {
    Page *p = user;
    if ((p->states >> state_of(it) & 1) == 0 || (p->kinds >> kind_of(it) & 1) == 0) return;
    p->total++;
    if ((int64_t)it->number <= p->after) return;
    if (p->n == p->limit) {
        p->more++;
        if (it->number > p->items[0].number) return;
        p->items[0] = *it;
        sink(p, 0);
        return;
    }
    uint32_t at = p->n++;
    p->items[at] = *it;
    for (; at > 0 && p->items[(at - 1) / 2].number < p->items[at].number; at = (at - 1) / 2) {
        const Seen moved = p->items[at];
        p->items[at] = p->items[(at - 1) / 2];
        p->items[(at - 1) / 2] = moved;
    }
}

static int by_number(const void *a, const void *b) {
    uint32_t x = ((const Seen *)a)->number, y = ((const Seen *)b)->number;
    return (x > y) - (x < y);
}

static void list(Report *r, QiVm *vm, int64_t after, uint32_t limit, uint32_t states, uint32_t kinds) {
    Page p = {.limit = limit, .states = states, .kinds = kinds, .after = after, .items = calloc(limit, sizeof *p.items)};
    if (p.items == NULL) {
        refuse(r, "memory");
        return;
    }
    each(vm, put, &p);
    qsort(p.items, p.n, sizeof *p.items, by_number);
    qi_report_add(r, "{\"total\":%u,\"more\":%s,\"items\":[", p.total, truth(p.more > 0));
    for (uint32_t i = 0; i < p.n; i++) {
        if (i > 0) qi_report_add(r, ",");
        add_list_item(r, &p.items[i]);
    }
    qi_report_add(r, "]}\n");
    free(p.items);
}

/* --- numbers --------------------------------------------------------------------------------- */

static void numbers(Report *r, QiVm *vm) {
    const QiObserver *o = vm->observer;
    const QiSchedStats s = qi_sched_stats(vm->sched);
    const QiHeapStats h = qi_heap_stats(vm->heap);
    qi_report_add(r, "{\"process\":%ld,\"workers\":%u,\"created\":%u,\"active\":%llu,\"creation\":{\"samples\":%llu,\"meanNs\":", (long)getpid(),
        qi_sched_running(vm->sched), s.created, (unsigned long long)(s.created > o->over ? s.created - o->over : 0), (unsigned long long)o->samples);
    if (o->samples == 0) qi_report_add(r, "null");
    else qi_report_add(r, "%.1f", (double)o->sample_ns / (double)o->samples);
    qi_report_add(r, "},\"switches\":%llu,\"io\":%llu,\"timers\":%u,\"queues\":[", (unsigned long long)o->switches,
        (unsigned long long)atomic_load_explicit(&o->io, memory_order_relaxed), s.timers);
    for (uint32_t i = 0; i < qi_sched_running(vm->sched); i++) qi_report_add(r, i == 0 ? "%u" : ",%u", qi_sched_queue_length(vm->sched, i, QUEUE_MAX));
    qi_report_add(r, "],\"heap\":{\"bytes\":%llu,\"limit\":", (unsigned long long)h.bytes_live);
    if (h.bytes_limit == 0) qi_report_add(r, "null");
    else qi_report_add(r, "%llu", (unsigned long long)h.bytes_limit);
    qi_report_add(r, "},\"pauses\":{\"collections\":%llu,\"count\":%llu,\"together\":%llu,", (unsigned long long)h.collections, (unsigned long long)h.npauses,
        (unsigned long long)h.npauses_together);
    qi_report_add(r, "\"totalNs\":%llu,\"p50Ns\":%llu,\"p99Ns\":%llu,\"maxNs\":%llu}}\n", (unsigned long long)h.pause_ns_total,
        (unsigned long long)qi_heap_pause(&h, 50), (unsigned long long)qi_heap_pause(&h, 99), (unsigned long long)h.pause_ns_max);
}

/* --- values ------------------------------------------------------------------------------------ */

/* Members of a value: JSON where it has that form, and what 打印 shows. */
static void add_value(Report *r, const QiVm *vm, const QiType *t, QiValue v) {
    QiText text = {.max = VALUE_MAX};
    qi_format_append(vm->heap, &text, t, v, false);
    qi_report_add(r, "\"value\":");
    switch (t->kind) {
    case QI_T_INT: case QI_T_INT32: case QI_T_BYTE:
        /* Readers of JSON take numbers for doubles: what those cannot hold is text. */
        qi_report_add(r, (int64_t)v > SAFE_MAX || (int64_t)v < -SAFE_MAX ? "\"%lld\"" : "%lld", (long long)(int64_t)v);
        break;
    case QI_T_BOOL: qi_report_add(r, "%s", truth(v != 0)); break;
    case QI_T_FLOAT: case QI_T_FLOAT32: {
        double d = qi_as_float(v);
        if (d - d == 0) qi_report_add(r, "%.17g", d);
        else qi_report_add(r, "null"); /* 无穷 and 非数 have no form */
        break;
    }
    case QI_T_STRING:
        if (text.failed || text.len == 0) qi_report_add(r, text.failed ? "null" : "\"\"");
        else qi_report_string_json(&r->text, text.bytes, text.len);
        break;
    default: qi_report_add(r, "null"); break;
    }
    qi_report_add(r, ",\"text\":");
    if (text.failed) qi_report_add(r, "null"); /* it is too long */
    else if (text.len == 0) qi_report_add(r, "\"\"");
    else qi_report_string_json(&r->text, text.bytes, text.len);
    qi_text_free(&text);
}

/* The text as C keeps it; NULL: out of memory. */
static char *keep(QiText *text) {
    qi_text_add(text, "", 1);
    if (!text->failed) return text->bytes;
    qi_text_free(text);
    return NULL;
}

void qi_inspector_returned(QiWorker *w, const QiCoroutine *co, QiValue *fp) {
    QiVm *vm = w->vm;
    const QiHandle *h = co->handle;
    Report r = {.vm = vm};
    if ((h->future.head.aux & QI_CO_HOST) != 0) {
        const bool yielded = fp[1] != 0;
        qi_report_add(&r, "{\"yielded\":%s", truth(yielded));
        if (yielded) {
            qi_report_add(&r, ",");
            add_value(&r, vm, vm->program->types[fp[2]]->a, fp[0]);
        }
        qi_report_add(&r, "}");
        fp[0] = 0; /* its own result is nothing */
    } else if ((h->future.head.aux & QI_CO_OWN) != 0) {
        qi_report_add(&r, "{");
        add_value(&r, vm, vm->program->functions[h->func].result, *fp);
        qi_report_add(&r, "}");
    }
    qi_observe_end(vm->observer, h, QI_CO_DONE, r.text.len > 0 ? keep(&r.text) : NULL);
}

char *qi_inspector_failure(void *user, const QiError *e) {
    Report r = {.vm = user};
    qi_report_add(&r, "{\"error\":{\"code\":");
    if (e->code != NULL) qi_report_string_json(&r.text, e->code->bytes, e->code->len);
    else qi_report_add(&r, "\"E%04u\"", e->head.aux);
    qi_report_add(&r, ",\"message\":");
    if (e->message != NULL && e->message->len > 0 && e->message->len <= VALUE_MAX) qi_report_string_json(&r.text, e->message->bytes, e->message->len);
    else qi_report_add(&r, "\"\"");
    qi_report_add(&r, "}}");
    return keep(&r.text);
}

/* --- doing something ------------------------------------------------------------------------------- */

static bool is_simple(const QiType *t) { return t->kind == QI_T_INT || t->kind == QI_T_FLOAT || t->kind == QI_T_BOOL || t->kind == QI_T_STRING; }

static bool is_named(const QiFunction *f, const char *name) { return f->name.len == strlen(name) && memcmp(f->name.text, name, f->name.len) == 0; }

/* Of the program, not of the library; a function, not a part of one; made so that a task can run it. */
static bool can_create(const QiProgram *p, uint32_t i) {
    const QiFunction *f = &p->functions[i];
    const QiName *file = &p->files[f->file];
    if (f->kind != QI_FUNC_PLAIN || f->self == NULL || i == p->main || f->name.len == 0) return false;
    if (file->len >= 4 && memcmp(file->text, "<标", 4) == 0) return false;
    /* The blocks behind 启动 and 创建. */
    if (is_named(f, "启动块") || is_named(f, "创建块")) return false;
    for (uint32_t k = 0; k < f->nparams; k++) {
        if (f->params[k]->kind == QI_T_CELL) return false;
    }
    return memchr(f->name.text, '.', f->name.len) == NULL && memchr(f->name.text, ' ', f->name.len) == NULL;
}

static const char *parameter_word(const QiType *t) {
    switch (t->kind) {
    case QI_T_INT: return "整数";
    case QI_T_FLOAT: return "浮点数";
    case QI_T_BOOL: return "布尔";
    case QI_T_STRING: return "字符串";
    default: return "?";
    }
}

static void functions(Report *r, const QiProgram *p) {
    qi_report_add(r, "{\"functions\":[");
    bool any = false;
    for (uint32_t i = 0; i < p->nfunctions; i++) {
        if (!can_create(p, i)) continue;
        const QiFunction *f = &p->functions[i];
        qi_report_add(r, any ? ",{\"number\":%u,\"name\":" : "{\"number\":%u,\"name\":", i);
        any = true;
        qi_report_string_json(&r->text, f->name.text, f->name.len);
        qi_report_add(r, ",\"parameters\":[");
        for (uint32_t k = 0; k < f->nparams; k++) qi_report_add(r, k == 0 ? "\"%s\"" : ",\"%s\"", parameter_word(f->params[k]));
        qi_report_add(r, "]}");
    }
    qi_report_add(r, "]}\n");
}

static int digit(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }

static QiString *string_from_hex(QiHeap *h, const char *hex, size_t len) {
    if (len % 2 != 0) return NULL;
    QiString *s = qi_string_reserve(h, len / 2);
    if (s == NULL) return NULL;
    for (size_t i = 0; i < len / 2; i++) {
        int high = digit(hex[i * 2]), low = digit(hex[i * 2 + 1]);
        if (high < 0 || low < 0) return NULL; /* nobody has it yet: the collector takes it */
        s->bytes[i] = (char)(high << 4 | low);
    }
    qi_string_finish(s);
    return s;
}

/* Reads a word of `len` bytes as a value of type t. */
static bool read_value(QiHeap *h, const QiType *t, const char *word, size_t len, QiValue *out) {
    char number[40], *end;
    if (len < 2 && !(t->kind == QI_T_STRING && len == 1)) return false;
    if (t->kind == QI_T_STRING) {
        QiString *s = *word == 's' ? string_from_hex(h, word + 1, len - 1) : NULL;
        *out = qi_from_ref(s);
        return s != NULL;
    }
    if (len >= sizeof number) return false;
    memcpy(number, word + 1, len - 1);
    number[len - 1] = 0;
    errno = 0;
    switch (t->kind) {
    case QI_T_INT: *out = (QiValue)strtoll(number, &end, 10); return *word == 'i' && *end == 0 && errno == 0;
    case QI_T_FLOAT: *out = qi_from_float(strtod(number, &end)); return *word == 'f' && *end == 0;
    case QI_T_BOOL: *out = number[0] == '1'; return *word == 'b' && len == 2;
    default: return false;
    }
}

static void create(Report *r, QiVm *vm, QiWorker *w, const char *words) {
    char *at;
    const unsigned long number = strtoul(words, &at, 10);
    if (number >= vm->program->nfunctions || !can_create(vm->program, (uint32_t)number)) {
        refuse(r, "function");
        return;
    }
    const QiFunction *f = &vm->program->functions[number];
    QiValue *args = calloc((size_t)f->nparams + 1, sizeof *args);
    bool fits = args != NULL;
    for (uint32_t i = 0; fits && i < f->nparams; i++) {
        while (*at == ' ') at++;
        const size_t len = strcspn(at, " \n");
        fits = is_simple(f->params[i]) && read_value(w->heap, f->params[i], at, len, &args[i]);
        at += len;
    }
    if (!fits || (*at != '\n' && *at != 0)) {
        refuse(r, "arguments");
    } else {
        const QiHandle *h = qi_visitor_create(w, (uint32_t)number, args);
        if (h == NULL) refuse(r, "memory");
        else qi_report_add(r, "{\"id\":%u}\n", h->id);
    }
    free(args);
}

/* The handle of one that is not over; NULL, and why it was refused: there is none. */
static QiHandle *living(Report *r, QiVm *vm, uint32_t number) {
    Seen it;
    if (!find(vm, number, &it)) refuse(r, "unknown");
    else if (it.h == NULL) refuse(r, "over");
    else return (QiHandle *)it.h;
    return NULL;
}

static void resume(Report *r, QiVm *vm, QiWorker *w, uint32_t number) {
    QiHandle *h = living(r, vm, number);
    if (h == NULL) return;
    const QiCoroutineState state = qi_handle_state(h);
    if ((h->future.head.aux & QI_CO_GENERATOR) == 0) refuse(r, "task");
    else if (state != QI_CO_CREATED && state != QI_CO_SUSPENDED) refuse(r, "running");
    else if (state == QI_CO_SUSPENDED && (h->co->flags & QI_CO_WANTS_SENT) != 0) refuse(r, "value");
    else {
        const QiHandle *host = qi_visitor_resume(w, h, vm->program->main);
        if (host == NULL) refuse(r, "memory");
        else qi_report_add(r, "{\"id\":%u}\n", host->id);
    }
}

static void cancel(Report *r, QiVm *vm, QiWorker *w, uint32_t number) {
    QiHandle *h = living(r, vm, number);
    if (h == NULL) return;
    if (qi_visitor_cancel(w, h, vm->program->main)) qi_report_add(r, "{\"id\":%u}\n", number);
    else refuse(r, "running");
}

/* --- requests ---------------------------------------------------------------------------------------- */

bool qi_inspector_wants_numbers(const char *request) { return strncmp(request, "numbers", 7) == 0; }

void qi_inspector_answer(QiReport *out, QiVm *vm, QiWorker *w, const char *request) {
    uint32_t number, limit, states, kinds;
    long long after;
    if (qi_inspector_wants_numbers(request)) numbers(out, vm);
    else if (strncmp(request, "functions", 9) == 0) functions(out, vm->program);
    else if (sscanf(request, "list %lld %u %u %u", &after, &limit, &states, &kinds) == 4 && limit >= 1 && limit <= LIST_MAX) list(out, vm, after, limit, states, kinds);
    else if (sscanf(request, "get %u", &number) == 1) get(out, vm, number);
    else if (sscanf(request, "resume %u", &number) == 1) resume(out, vm, w, number);
    else if (sscanf(request, "cancel %u", &number) == 1) cancel(out, vm, w, number);
    else if (strncmp(request, "create ", 7) == 0) create(out, vm, w, request + 7);
    else refuse(out, "request");
}
