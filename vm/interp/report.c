/*
 * report.c — errors, stacks and deadlocks as text on standard error.
 *
 *     错误 [E7001]: 除数为零
 *       --> 文件.qi:10:15
 *     调用栈:
 *       在 算 (文件.qi:10:15)
 *     由 入口 创建:
 *       在 派发 (文件.qi:14:12)
 *     起因: 错误 [E7000]: …
 *     一起的还有 1 个失败:
 *       错误 [E7000]: …
 *
 * Invariants
 * - A report is built whole and written at once, after standard output was
 *   flushed, so it never tears and stands behind what the program said before.
 * - Bounded, whatever the program did: long recursion is folded, of many waiters
 *   the first are shown and the rest counted, and so are failures; of many 起因 the last ones and the first of all.
 * - Works without memory to spare: a report that cannot be built is cut short.
 */
#include <stdarg.h>
#include <stdio.h>

#include "../sched/netpoll.h"
#include "../sched/observe.h"
#include "../sched/pool.h"
#include "../sched/scope.h"
#include "../sched/select.h"
#include "../sched/trace.h"
#include "io_reason.h"
#include "output.h"
#include "report.h"

#define HOLDERS_MAX 8       /* tasks named for one thing waited for */
#define FOLD_PERIOD_MAX 8u  /* frames of a repeating pattern */
#define FOLD_REPEATS_MIN 3u

typedef QiReport Report;

void qi_report_add(Report *r, const char *format, ...) {
    char buffer[512];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(buffer, sizeof buffer, format, args);
    va_end(args);
    if (n > 0) qi_text_add(&r->text, buffer, (size_t)n < sizeof buffer ? (size_t)n : sizeof buffer - 1);
}

void qi_report_say(Report *r, const char *words) { qi_text_add(&r->text, words, strlen(words)); }

void qi_report_number_text(Report *r, uint32_t number) {
    char digits[10];
    size_t at = sizeof digits;
    do digits[--at] = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    qi_text_add(&r->text, digits + at, sizeof digits - at);
}

static void add_bytes(Report *r, const char *bytes, size_t len) { qi_text_add(&r->text, bytes, len); }

/* zh or en, as the VM speaks. */
#define SAY(r, zh, en) ((r)->english ? (en) : (zh))

/* --- places -------------------------------------------------------------------- */

/* 文件.qi:10:15; false (and nothing) when the module was stripped of it. */
static bool add_place(Report *r, const QiInsn *at) {
    const QiFunction *f = qi_program_function_at(r->vm->program, at);
    uint32_t line, column;
    if (f == NULL || !qi_program_place(f, at, &line, &column)) return false;
    const QiName *file = &r->vm->program->files[f->file];
    add_bytes(r, file->text, file->len);
    add_bytes(r, ":", 1);
    qi_report_number_text(r, line);
    add_bytes(r, ":", 1);
    qi_report_number_text(r, column);
    return true;
}

static void add_frame(Report *r, const char *indent, const QiInsn *at) {
    const QiFunction *f = qi_program_function_at(r->vm->program, at);
    qi_report_add(r, "%s%s ", indent, SAY(r, "在", "at"));
    if (f != NULL) add_bytes(r, f->name.text, f->name.len);
    add_bytes(r, " (", 2);
    if (!add_place(r, at)) qi_report_add(r, "%s", SAY(r, "位置未知", "place unknown"));
    add_bytes(r, ")\n", 2);
}

/* How often the `period` frames at the start of `at` follow each other. */
static uint32_t repeats(const QiInsn *const *at, uint32_t n, uint32_t period) {
    uint32_t times = 1;
    while ((times + 1) * period <= n && memcmp(at, at + times * period, period * sizeof *at) == 0) times++;
    return times;
}

static void add_frames(Report *r, const char *indent, const QiInsn *const *at, uint32_t n) {
    for (uint32_t i = 0; i < n;) {
        uint32_t period = 1, times = 1;
        for (uint32_t p = 1; p <= FOLD_PERIOD_MAX && times < FOLD_REPEATS_MIN; p++) {
            times = repeats(at + i, n - i, p);
            period = p;
        }
        if (times < FOLD_REPEATS_MIN) period = times = 1;
        for (uint32_t k = 0; k < period; k++) add_frame(r, indent, at[i + k]);
        if (times > 1 && period == 1) qi_report_add(r, SAY(r, "%s… 重复 %u 次\n", "%s… repeated %u times\n"), indent, times - 1);
        else if (times > 1) qi_report_add(r, SAY(r, "%s… 以上 %u 层重复 %u 次\n", "%s… these %u repeated %u times\n"), indent, period, times - 1);
        i += period * times;
    }
}

static void add_task_name(Report *r, uint32_t id) {
    qi_report_say(r, id == 0 ? "入口" : SAY(r, "任务 ", "task "));
    if (id != 0) qi_report_number_text(r, id);
}

/* The frames of a trace and its chain of creation. */
static void add_trace(Report *r, const QiTrace *t) {
    add_frames(r, "  ", t->places, t->nhead);
    if (t->skipped == QI_TRACE_UNCOUNTED) qi_report_add(r, "%s", SAY(r, "  … 省略一万层以上\n", "  … more than ten thousand left out\n"));
    else if (t->skipped > 0) qi_report_add(r, SAY(r, "  … 省略 %llu 层\n", "  … %llu left out\n"), (unsigned long long)t->skipped);
    add_frames(r, "  ", t->places + t->nhead, t->ntail);
    const uint32_t *ids = qi_trace_creator_ids(t);
    const QiInsn *const *created = t->places + t->nhead + t->ntail;
    for (uint32_t i = 0; i < t->ncreators; i++) {
        qi_report_add(r, "%s", SAY(r, "由 ", "created by "));
        add_task_name(r, ids[i]);
        qi_report_add(r, "%s", SAY(r, " 创建:\n", ":\n"));
        if (created[i] != NULL) add_frame(r, "  ", created[i]);
    }
}

/* --- errors ----------------------------------------------------------------------- */

const char *qi_report_hint(const QiError *e, bool english) {
    const QiErrorText *text = qi_error_text((int)e->head.aux);
    const char *hint = text == NULL ? "" : english ? text->hint_en : text->hint_zh;
    return strchr(hint, '{') == NULL ? hint : "";
}

const QiHandle *qi_report_cancelled_task(const QiError *e) {
    if (e->head.aux != 6101 || e->subject == NULL || e->subject->kind != QI_K_COROUTINE) return NULL;
    const QiHandle *h = (const QiHandle *)e->subject;
    return (h->future.head.aux & QI_CO_HOST) != 0 ? NULL : h;
}

uint32_t qi_report_others(Report *r, const QiError *e, const QiError *others[QI_REPORT_OTHERS], uint32_t *left) {
    uint32_t n = 0;
    for (const QiError *record = e->others; record != NULL; record = record->others) n++;
    const uint32_t room = QI_REPORT_OTHERS - r->others, shown = n < room ? n : room;
    r->others += shown;
    *left = n - shown;
    uint32_t at = n;
    for (const QiError *record = e->others; record != NULL; record = record->others) {
        if (--at < shown) others[at] = record->cause;
    }
    return shown;
}

/* Moves what was added since `from`, whole lines, in by two spaces. */
static void indent(Report *r, size_t from) {
    QiText *t = &r->text;
    const size_t end = t->len;
    size_t to = end;
    for (size_t i = from; i < end; i++) to += t->bytes[i] == '\n' ? 2 : 0;
    while (t->len < to && !t->failed) qi_text_add(t, "  ", 2);
    if (t->len != to) return;
    for (size_t i = end; i > from;) {
        t->bytes[--to] = t->bytes[--i];
        if (i > from && t->bytes[i - 1] != '\n') continue;
        t->bytes[--to] = ' ';
        t->bytes[--to] = ' ';
    }
}

const QiError *qi_report_cause(const QiError *e, int depth, uint32_t *left) {
    *left = 0;
    const QiError *cause = e->cause;
    if (depth < QI_REPORT_CAUSES) return cause;
    for (; cause != NULL && cause->cause != NULL; cause = cause->cause) ++*left;
    if (depth == QI_REPORT_CAUSES) return cause;
    *left += cause != NULL;
    return NULL;
}

static void add_error(Report *r, const QiError *e, int depth);

/* The failures that came after e. */
static void add_others(Report *r, const QiError *e, int depth) {
    const QiError *others[QI_REPORT_OTHERS];
    uint32_t left, shown = qi_report_others(r, e, others, &left);
    if (shown + left == 0) return;
    qi_report_add(r, SAY(r, "一起的还有 %u 个失败", "%u more failures came with it"), shown + left);
    if (left != 0 && shown != 0) qi_report_add(r, SAY(r, "，这里说 %u 个", ", %u of them here"), shown);
    qi_report_add(r, shown != 0 ? ":\n" : "\n");
    for (uint32_t i = 0; i < shown; i++) {
        const size_t from = r->text.len;
        add_error(r, others[i], depth + 1);
        indent(r, from);
    }
}

static void add_error(Report *r, const QiError *e, int depth) {
    qi_report_add(r, "%s [", SAY(r, "错误", "error"));
    if (e->code != NULL) add_bytes(r, e->code->bytes, e->code->len);
    else qi_report_add(r, "E%04u", e->head.aux);
    qi_report_add(r, "]: ");
    if (e->kind != NULL && e->kind->name.text != NULL) {
        add_bytes(r, e->kind->name.text, e->kind->name.len);
        qi_report_add(r, ": ");
    }
    if (e->message != NULL) add_bytes(r, e->message->bytes, e->message->len);
    qi_report_add(r, "\n");
    if (e->trace != NULL && e->trace->nhead > 0) {
        qi_report_add(r, "  --> ");
        if (!add_place(r, e->trace->places[0])) qi_report_add(r, "%s", SAY(r, "位置未知", "place unknown"));
        qi_report_add(r, "\n%s\n", SAY(r, "调用栈:", "stack:"));
        add_trace(r, e->trace);
    }
    const QiHandle *cancelled = qi_report_cancelled_task(e);
    if (cancelled != NULL) {
        const QiName *name = &r->vm->program->functions[cancelled->func].name;
        qi_report_add(r, "%s", SAY(r, "说明: 被取消的是 ", "note: cancelled was "));
        add_task_name(r, qi_report_number(cancelled));
        if (qi_report_number(cancelled) != 0) qi_report_add(r, SAY(r, "（%.*s）", " (%.*s)"), (int)name->len, name->text);
        qi_report_add(r, "\n");
    }
    const char *hint = qi_report_hint(e, r->english);
    if (*hint != 0) qi_report_add(r, "%s %s\n", SAY(r, "提示:", "hint:"), hint);
    uint32_t left;
    const QiError *cause = qi_report_cause(e, depth, &left);
    if (cause != NULL) {
        if (left != 0) qi_report_add(r, SAY(r, "起因（略去 %u 个，这是最初的）: ", "caused by (%u left out; this is the first of all): "), left);
        else qi_report_add(r, "%s ", SAY(r, "起因:", "caused by:"));
        add_error(r, cause, depth + 1);
    } else if (left != 0) {
        qi_report_add(r, SAY(r, "起因: 还有 %u 个\n", "caused by: %u more\n"), left);
    }
    add_others(r, e, depth);
}

static void send(Report *r, QiVm *vm) {
    if (r->text.len > 0) qi_output_error(vm, r->text.bytes, r->text.len);
    qi_text_free(&r->text);
}

void qi_report_error(QiVm *vm, QiError *e, const QiHandle *task) {
    Report r = {.vm = vm, .english = vm->config.english};
    if (vm->config.json) {
        qi_report_error_json(&r, e, task);
        send(&r, vm);
        return;
    }
    add_error(&r, e, 0);
    uint32_t aux = task != NULL ? task->future.head.aux : QI_CO_MAIN;
    if (task != NULL && !qi_coroutine_is_over(task)) {
        qi_report_add(&r, "%s", SAY(&r, "说明: ", "note: the program ended before "));
        add_task_name(&r, qi_report_number(task));
        qi_report_add(&r, "%s\n", SAY(&r, " 还没有抛出它，程序就结束了", " threw it"));
    } else if (aux & QI_CO_DETACHED) {
        qi_report_add(&r, SAY(&r, "说明: 启动 的任务 %u 失败，程序继续\n", "note: detached task %u failed, the program goes on\n"), task->id);
    } else if ((aux & QI_CO_MAIN) == 0) {
        qi_report_add(&r, SAY(&r, "说明: 任务 %u 的失败没有被等待过\n", "note: nobody awaited the failure of task %u\n"), task->id);
    }
    send(&r, vm);
}

QiString *qi_error_stack(QiContext *cx, const QiError *e) {
    QiVm *vm = cx->vm;
    Report r = {.vm = vm, .english = vm->config.english};
    if (e->trace != NULL) add_trace(&r, e->trace);
    return qi_text_finish(vm->heap, &r.text);
}

/* --- deadlock ------------------------------------------------------------------------- */

uint32_t qi_report_number(const QiHandle *h) { return (h->future.head.aux & QI_CO_MAIN) != 0 ? 0 : h->id; }

static void add_channel(Report *r, const QiChannel *c) {
    qi_report_add(r, SAY(r, "通道 #%u（容量 %u", "channel #%u (capacity %u"), c->id, c->capacity);
    if (c->created_at != NULL) {
        qi_report_add(r, "%s", SAY(r, "，创建于 ", ", made at "));
        add_place(r, c->created_at);
    }
    qi_report_add(r, "%s", SAY(r, "）", ")"));
}

static void add_future(Report *r, const QiFuture *f) {
    if (f->head.kind != QI_K_COROUTINE) {
        if ((f->head.flags & QI_FUTURE_STOPPED) != 0) qi_report_add(r, "%s", SAY(r, "已停止的定时器", "a timer that was stopped"));
        else if ((f->head.flags & QI_FUTURE_TIMED) != 0) qi_report_add(r, "%s", SAY(r, "定时器", "a timer"));
        else qi_report_add(r, "%s", SAY(r, "一个 未来", "a future"));
        return;
    }
    add_task_name(r, qi_report_number((const QiHandle *)f));
}

/* One thing waited for; kind: QI_WAIT_SEND, QI_WAIT_RECEIVE or QI_WAIT_FUTURE. */
static void add_wait(Report *r, unsigned kind, const QiObject *object) {
    switch (kind) {
    case QI_WAIT_SEND:
        qi_report_add(r, "%s", SAY(r, "发送到 ", "sending to "));
        add_channel(r, (const QiChannel *)object);
        break;
    case QI_WAIT_RECEIVE:
        qi_report_add(r, "%s", SAY(r, "接收自 ", "receiving from "));
        add_channel(r, (const QiChannel *)object);
        break;
    default:
        qi_report_add(r, "%s", SAY(r, "等待 ", "awaiting "));
        add_future(r, (const QiFuture *)object);
        break;
    }
}

/* A task other than `task`, which waits for it; `at`: where it took what it holds, or NULL. */
static void add_holder(Report *r, const QiCoroutine *task, const QiHandle *holder, const QiInsn *at) {
    if (holder == task->handle) qi_report_add(r, "%s", SAY(r, "自己", "itself"));
    else add_task_name(r, qi_report_number(holder));
    if (at != NULL) {
        qi_report_add(r, "%s", SAY(r, "（取得于 ", " (since "));
        add_place(r, at);
        qi_report_add(r, "%s", SAY(r, "）", ")"));
    }
    if (qi_coroutine_is_over(holder)) qi_report_add(r, "%s", SAY(r, "，它已结束而没有解锁", ", which ended without unlocking"));
}

/* Others have not to be the caller's: only what cannot change while the lock is held is read of them. */
static void add_owner(Report *r, const QiHandle *owner, const QiInsn *at) {
    if (owner == NULL) {
        qi_report_add(r, "%s", SAY(r, "，没有上锁", " is not locked"));
        return;
    }
    qi_report_add(r, "%s", SAY(r, "，持有者是 ", " is held by "));
    add_task_name(r, qi_report_number(owner));
    if (at == NULL) return;
    qi_report_add(r, "%s", SAY(r, "（取得于 ", " (since "));
    add_place(r, at);
    qi_report_add(r, "%s", SAY(r, "）", ")"));
}

static void add_rwlock_holders(Report *r, const QiCoroutine *task, const QiRwLock *l) {
    if (l->writer != NULL) {
        qi_report_add(r, "%s", SAY(r, "，正在写的是 ", ", written by "));
        add_holder(r, task, l->writer, l->locked_at);
        return;
    }
    uint32_t n = 0;
    for (const QiHold *hold = l->readers; hold != NULL; hold = hold->next, n++) {
        if (n == HOLDERS_MAX) {
            qi_report_add(r, "%s", SAY(r, " 等", " and others"));
            return;
        }
        qi_report_add(r, "%s", n == 0 ? SAY(r, "，正在读的是 ", ", read by ") : SAY(r, "、", ", "));
        add_holder(r, task, hold->task, hold->locked_at);
    }
}

static void add_native_name(Report *r, const QiNative *o) {
    qi_report_add(r, "%s #%u", qi_class_name(o->head.aux, r->english), o->id);
    if (o->created_at == NULL) return;
    qi_report_add(r, "%s", SAY(r, "（创建于 ", " (made at "));
    add_place(r, o->created_at);
    qi_report_add(r, "%s", SAY(r, "）", ")"));
}

/* What a task waits for in a native object, and who could wake it. */
static void add_native(Report *r, const QiCoroutine *task) {
    const QiNative *o = (const QiNative *)task->wait_object;
    switch (o->head.aux) {
    case QI_CLASS_MUTEX: {
        const QiMutex *m = (const QiMutex *)o;
        qi_report_add(r, "%s", SAY(r, "加锁 ", "locking "));
        add_native_name(r, o);
        if (m->owner == NULL) break;
        qi_report_add(r, "%s", SAY(r, "，持有者是 ", ", held by "));
        add_holder(r, task, m->owner, m->locked_at);
        break;
    }
    case QI_CLASS_RWLOCK:
        qi_report_add(r, "%s", task->wait.index == QI_RW_WRITE ? SAY(r, "写加锁 ", "locking for writing ") : SAY(r, "读加锁 ", "locking for reading "));
        add_native_name(r, o);
        add_rwlock_holders(r, task, (const QiRwLock *)o);
        break;
    case QI_CLASS_CONDITION:
        qi_report_add(r, "%s", SAY(r, "等待 ", "waiting for "));
        add_native_name(r, o);
        qi_report_add(r, "%s", SAY(r, " 被唤醒", " to be woken"));
        break;
    case QI_CLASS_WAITGROUP:
        qi_report_add(r, "%s", SAY(r, "等待 ", "waiting for "));
        add_native_name(r, o);
        qi_report_add(r, SAY(r, " 归零，还差 %lld", ", %lld to go"), (long long)((const QiWaitGroup *)o)->count);
        break;
    case QI_CLASS_ONCE:
        qi_report_add(r, "%s", SAY(r, "等待 ", "waiting for "));
        add_native_name(r, o);
        qi_report_add(r, "%s", SAY(r, "，执行者是 ", ", run by "));
        add_holder(r, task, ((const QiOnce *)o)->runner, NULL);
        break;
    case QI_CLASS_SEMAPHORE:
        qi_report_add(r, "%s", SAY(r, "获取 ", "acquiring "));
        add_native_name(r, o);
        qi_report_add(r, SAY(r, " 的 %lld 个许可，只剩 %lld 个", ": %lld permits wanted, %lld left"), (long long)task->u.wanted,
            (long long)((const QiSemaphore *)o)->available);
        break;
    case QI_CLASS_BARRIER: {
        const QiBarrier *b = (const QiBarrier *)o;
        qi_report_add(r, "%s", SAY(r, "等待 ", "waiting at "));
        add_native_name(r, o);
        qi_report_add(r, SAY(r, "，到了 %lld 个，共要 %lld 个", ": %lld of %lld came"), (long long)b->waiting, (long long)b->parties);
        break;
    }
    default: break;
    }
}

/* The tasks a block joins; those held back have not begun. */
static void add_members(Report *r, const QiScope *scope) {
    qi_report_add(r, SAY(r, "块末尾等待 %llu 个子任务", "joining %llu children at the end of a block"), (unsigned long long)scope->nmembers);
    uint32_t shown = 0, begun = 0, held = 0;
    const QiTreeNode *node = scope->members;
    while (node != NULL && node->next != NULL) node = node->next;
    /* The list begins with the newest. */
    for (; node != NULL; node = node->prev) {
        if (node->held) held++;
        else if (++begun <= HOLDERS_MAX) {
            qi_report_add(r, "%s", shown++ == 0 ? ": " : SAY(r, "、", ", "));
            add_task_name(r, qi_report_number(node->co->handle));
        }
    }
    if (begun > HOLDERS_MAX) qi_report_add(r, "%s", SAY(r, " 等", " and others"));
    if (held > 0) qi_report_add(r, SAY(r, "；其中 %u 个因上限等着开始", "; %u of them are held back by the limit"), held);
}

void qi_report_reason(QiReport *r, const QiCoroutine *task) {
    QiWaitReason reason = qi_co_reason(task);
    switch (reason) {
    case QI_WAIT_FUTURE:
        if (task->wait_object == &task->handle->future.head) {
            qi_report_add(r, "%s", SAY(r, "等待 自己", "awaiting itself"));
            return;
        }
        add_wait(r, reason, task->wait_object);
        return;
    case QI_WAIT_SEND:
    case QI_WAIT_RECEIVE:
        add_wait(r, reason, task->wait_object);
        return;
    case QI_WAIT_SELECT: {
        const QiSelect *sel = task->u.select;
        qi_report_add(r, "%s", SAY(r, "选择: ", "选择: "));
        if (sel->n == 0) qi_report_add(r, "%s", SAY(r, "没有情况", "no cases"));
        for (uint32_t i = 0; i < sel->n && i < QI_REPORT_WAITERS; i++) {
            if (i > 0) qi_report_add(r, "%s", SAY(r, "；", "; "));
            add_wait(r, sel->cases[i].waiter.kind, sel->cases[i].object);
        }
        return;
    }
    case QI_WAIT_NATIVE:
    case QI_WAIT_CONDITION:
    case QI_WAIT_RELOCK:
        add_native(r, task);
        return;
    case QI_WAIT_CHILD:
        qi_report_add(r, "%s", SAY(r, "等所启动的 ", "waiting for the first suspension of "));
        add_future(r, (const QiFuture *)task->wait_object);
        qi_report_add(r, "%s", SAY(r, " 首次挂起", ""));
        return;
    case QI_WAIT_SCOPE:
        add_members(r, qi_scope_waited_for(task));
        return;
    case QI_WAIT_GATHER: {
        const QiGather *g = task->u.gather;
        static const char *const modes[][2] = {
            [QI_GATHER_ALL] = {"等待全部: ", "awaiting all of: "},
            [QI_GATHER_ANY] = {"等待最先成功的: ", "awaiting the first success of: "},
            [QI_GATHER_FIRST] = {"等待最先有结果的: ", "awaiting the first settled of: "},
            [QI_GATHER_SETTLED] = {"等待都结束: ", "awaiting the end of: "},
        };
        qi_report_add(r, "%s", modes[g->mode][r->english]);
        for (uint32_t i = 0, shown = 0; i < g->n && shown < QI_REPORT_WAITERS; i++) {
            if (!g->parts[i].waiter.queued) continue;
            if (shown++ > 0) qi_report_add(r, "%s", SAY(r, "、", ", "));
            add_future(r, g->parts[i].future);
        }
        return;
    }
    case QI_WAIT_IO:
        qi_report_add(r, task->u.io->operation.what == QI_IO_READ ? SAY(r, "等待输入: %s", "waiting to read %s") : SAY(r, "等待 %s 就绪", "waiting for %s"), task->u.io->operation.name);
        return;
    case QI_WAIT_POOL:
        qi_report_add(r, SAY(r, "等线程池: %s", "waiting for the thread pool: %s"), task->u.work->offload.name);
        return;
    case QI_WAIT_SLEEP:
    case QI_WAIT_NONE:
        break;
    }
    qi_report_add(r, "%s", SAY(r, "睡眠", "sleeping"));
}

uint32_t qi_report_places(const QiCoroutine *task, const QiInsn *places[QI_REPORT_FRAMES], bool *cut) {
    return qi_report_places_from(task->innermost, task, places, cut);
}

uint32_t qi_report_places_from(const QiCoroutine *innermost, const QiCoroutine *task, const QiInsn *places[QI_REPORT_FRAMES], bool *cut) {
    uint32_t n = 0;
    *cut = false;
    for (const QiCoroutine *co = innermost; co != NULL && !*cut; co = co == task ? NULL : co->resumer) {
        QiFrame frame;
        for (bool more = qi_frame_first(co, &frame); more && !*cut; more = qi_frame_next(&frame)) {
            *cut = n == QI_REPORT_FRAMES;
            if (!*cut) places[n++] = frame.safepoint != NULL ? frame.safepoint : frame.pc;
        }
    }
    return n;
}

/* --- who could wake it ------------------------------------------------------------------ */

/* What tasks can do to an object that is waited for, and what those that ended could. NONE: the reason itself names who. */
static const struct { const char *can, *could_en; } deed_words[QI_DEEDS] = {
    [QI_DEED_SEND] = {"能向它发送", "send to it"},
    [QI_DEED_RECEIVE] = {"能从它接收", "receive from it"},
    [QI_DEED_WAKE] = {"能唤醒它", "wake it"},
    [QI_DEED_COUNT] = {"能使它归零", "bring it to zero"},
    [QI_DEED_RELEASE] = {"能归还它的许可", "give permits back"},
    [QI_DEED_ARRIVE] = {"能到达它", "come to it"},
};

static void add_number_of_channel(Report *r, const QiObject *o) { qi_report_add(r, SAY(r, "通道 #%u：", "channel #%u: "), ((const QiChannel *)o)->id); }

/* How a task ended, where, and who made it. */
static void add_end(Report *r, const QiHandle *h) {
    const QiFunction *f = &r->vm->program->functions[h->func];
    const QiInsn *places[QI_ENDED_PLACES];
    const QiError *e = qi_ended_error(r->vm, h);
    const uint32_t n = qi_ended_places(r->vm, h, places), state = h->future.head.aux & QI_CO_STATE_MASK;
    const char *how = state == QI_CO_DONE ? SAY(r, "返回", "returned") : state == QI_CO_FAILED ? SAY(r, "失败", "failed") : SAY(r, "被取消", "was cancelled");
    const QiFunction *in = n == 1 ? qi_program_function_at(r->vm->program, places[0]) : f;
    if (r->english) qi_report_add(r, "%s in ", how);
    else qi_report_add(r, "在 ");
    add_bytes(r, in->name.text, in->name.len);
    for (uint32_t i = 0; i < n; i++) {
        qi_report_add(r, "%s", i == 0 ? " (" : SAY(r, " 或 ", " or "));
        if (!add_place(r, places[i])) qi_report_add(r, "%s", SAY(r, "位置未知", "place unknown"));
    }
    if (n > 0) qi_report_add(r, ")");
    if (!r->english) qi_report_add(r, " %s", how);
    if (e != NULL && e->code != NULL) qi_report_add(r, " [%.*s]", (int)e->code->len, e->code->bytes);
    else if (e != NULL) qi_report_add(r, " [E%04u]", e->head.aux);
    const QiHandle *by = qi_ended_creator(r->vm, h);
    qi_report_add(r, "%s", SAY(r, "；", "; "));
    if (by == NULL) {
        qi_report_add(r, "%s", SAY(r, "创建: ", "created: "));
    } else {
        qi_report_add(r, "%s", SAY(r, "由 ", "created by "));
        add_task_name(r, qi_report_number(by));
        qi_report_add(r, "%s", SAY(r, " 创建: ", ": "));
    }
    add_frame(r, "", h->created_at);
}

/* Those who could have done it, and have ended. */
static void add_ended(Report *r, const QiHolders *holders, bool named) {
    const char *can = deed_words[holders->deed].can, *could = deed_words[holders->deed].could_en;
    for (uint32_t i = 0; i < holders->nended && i < QI_ENDED_NAMED; i++) {
        qi_report_add(r, "    ");
        if (named) add_number_of_channel(r, holders->object);
        if (r->english) qi_report_add(r, "task %u, which could %s, has ended: ", holders->ended[i]->id, could);
        else qi_report_add(r, "曾%s的 任务 %u 已结束: ", can, holders->ended[i]->id);
        add_end(r, holders->ended[i]);
    }
    if (holders->nended <= QI_ENDED_NAMED) return;
    if (r->english) qi_report_add(r, "    … %u more that could have ended\n", holders->nended - QI_ENDED_NAMED);
    else qi_report_add(r, "    … 还有 %u 个曾%s的已结束\n", holders->nended - QI_ENDED_NAMED, can);
}

static void add_wakers(Report *r, const QiWakers *wakers, const QiCoroutine *task, unsigned kind, const QiObject *o, bool named) {
    const QiDeed deed = qi_deed_wanted(kind, o);
    const QiHolders *holders = o == NULL || deed == QI_DEED_NONE ? NULL : qi_wakers_of(wakers, o, deed);
    if (holders == NULL) return;
    const char *can = deed_words[deed].can, *can_en = deed_words[deed].could_en;
    const uint32_t named_tasks = holders->n < QI_WAKERS_NAMED ? holders->n : QI_WAKERS_NAMED;
    uint32_t others = 0;
    for (uint32_t i = 0; i < named_tasks; i++) others += holders->tasks[i] != task;
    if (others == 0 && (!wakers->complete || holders->n > named_tasks)) {
        add_ended(r, holders, named);
        return;
    }
    qi_report_add(r, "    ");
    if (named) add_number_of_channel(r, o);
    if (others == 0) {
        if (r->english) qi_report_add(r, "no other task can %s\n", can_en);
        else qi_report_add(r, "没有别的任务%s\n", can);
        add_ended(r, holders, named);
        return;
    }
    if (!r->english) qi_report_add(r, "%s的: ", can);
    for (uint32_t i = 0, n = 0; i < named_tasks; i++) {
        if (holders->tasks[i] == task) continue;
        if (n++ > 0) qi_report_add(r, "%s", SAY(r, "、", ", "));
        add_task_name(r, qi_report_number(holders->tasks[i]->handle));
        if (qi_co_state(holders->tasks[i]) == QI_CO_PARKED) qi_report_add(r, "%s", SAY(r, "（也在等待）", " (waits, too)"));
    }
    if (holders->n > named_tasks || !wakers->complete) qi_report_add(r, "%s", SAY(r, " 等", " and others"));
    if (r->english) qi_report_add(r, " can %s", can_en);
    qi_report_add(r, "\n");
    add_ended(r, holders, named);
}

/* Those who hold a lock and ended without giving it back. */
static void add_holders_ended(Report *r, const QiCoroutine *task) {
    const QiHandle *holders[HOLDERS_MAX];
    const uint32_t n = qi_sched_waits_for(task, holders, HOLDERS_MAX);
    for (uint32_t i = 0; i < n; i++) {
        if (!qi_coroutine_is_over(holders[i])) continue;
        qi_report_add(r, SAY(r, "    任务 %u 已结束: ", "    task %u has ended: "), holders[i]->id);
        add_end(r, holders[i]);
    }
}

void qi_report_wakers(Report *r, const QiWakers *wakers, const QiCoroutine *task) {
    if (qi_co_reason(task) != QI_WAIT_SELECT) {
        add_wakers(r, wakers, task, qi_co_reason(task), task->wait_object, false);
        if (qi_co_reason(task) == QI_WAIT_NATIVE || qi_co_reason(task) == QI_WAIT_RELOCK) add_holders_ended(r, task);
        return;
    }
    const QiSelect *sel = task->u.select;
    for (uint32_t i = 0; i < sel->n && i < QI_REPORT_WAITERS; i++) {
        if (sel->cases[i].object->kind == QI_K_CHANNEL) add_wakers(r, wakers, task, sel->cases[i].waiter.kind, sel->cases[i].object, true);
    }
}

void qi_report_task_name(Report *r, uint32_t number) { add_task_name(r, number); }

bool qi_report_place(Report *r, const QiInsn *at) { return add_place(r, at); }

void qi_report_frames(Report *r, const char *indent, const QiInsn *const *places, uint32_t n) { add_frames(r, indent, places, n); }

void qi_report_created(Report *r, const QiHandle *h) {
    if (h->creator == NULL || h->created_at == NULL) return;
    qi_report_add(r, "%s", SAY(r, "    由 ", "    created by "));
    add_task_name(r, qi_report_number(h->creator));
    qi_report_add(r, "%s", SAY(r, " 创建: ", ": "));
    add_frame(r, "", h->created_at);
}

/* --- tasks that wait ------------------------------------------------------------------------ */

void qi_report_waiter(Report *r, const QiWaiting *waiting, const QiWakers *wakers) {
    const QiCoroutine *task = waiting->task;
    qi_report_add(r, "  ");
    add_task_name(r, qi_report_number(task->handle));
    if (waiting->count > 1) qi_report_add(r, SAY(r, "（和另外 %u 个一样的）", " (and %u more like it)"), waiting->count - 1);
    qi_report_add(r, "%s", SAY(r, " 在", ": "));
    qi_report_reason(r, task);
    qi_report_add(r, "\n");
    const QiInsn *places[QI_REPORT_FRAMES];
    bool cut;
    add_frames(r, "    ", places, qi_report_places(task, places, &cut));
    if (cut) qi_report_add(r, "    …\n");
    qi_report_wakers(r, wakers, task);
    qi_report_created(r, task->handle);
}

static const QiInsn *place_of(const QiCoroutine *task) { return task->innermost->safepoint; }

typedef enum Fold { FOLD_NONE, FOLD_SAME_OBJECT, FOLD_ALIKE } Fold;

static bool is_alike(const QiCoroutine *a, const QiCoroutine *b, Fold fold) {
    if (place_of(a) != place_of(b) || a->handle->created_at != b->handle->created_at || qi_co_reason(a) != qi_co_reason(b)) return false;
    return fold == FOLD_ALIKE || a->wait_object == b->wait_object;
}

/* Keeps the oldest QI_REPORT_WAITERS, oldest first: people look for what began it. fold: which of them stand as one. */
static void collect(QiWaitReport *about, const QiCoroutine *task, Fold fold) {
    for (uint32_t i = 0; fold != FOLD_NONE && i < about->shown; i++) {
        QiWaiting w = about->waiting[i];
        if (!is_alike(w.task, task, fold)) continue;
        if (task->handle->id < w.task->handle->id) w.task = task;
        w.count++;
        for (; i > 0 && about->waiting[i - 1].task->handle->id > w.task->handle->id; i--) about->waiting[i] = about->waiting[i - 1];
        about->waiting[i] = w;
        return;
    }
    uint32_t at = about->shown;
    if (at == QI_REPORT_WAITERS) {
        const QiWaiting *last = &about->waiting[at - 1];
        if (last->task->handle->id < task->handle->id) {
            about->more++;
            return;
        }
        about->more += last->count;
        at--;
    } else {
        about->shown++;
    }
    for (; at > 0 && about->waiting[at - 1].task->handle->id > task->handle->id; at--) about->waiting[at] = about->waiting[at - 1];
    about->waiting[at] = (QiWaiting){.task = task, .count = 1};
}

/* Follows the first thing each task waits for: who waits for several is no certain part of a circle, and is not asked. */
static uint32_t follow(const QiCoroutine *task, const QiHandle *path[QI_REPORT_CYCLE], uint32_t *from) {
    for (uint32_t n = 0; n < QI_REPORT_CYCLE && task != NULL; n++) {
        for (uint32_t i = 0; i < n; i++) {
            if (path[i] != task->handle) continue;
            *from = i;
            return n;
        }
        path[n] = task->handle;
        const QiHandle *next[2];
        task = qi_sched_waits_for(task, next, 2) == 1 ? qi_handle_co(next[0]) : NULL;
    }
    return 0;
}

uint32_t qi_report_cycle(const QiWaitReport *about, const QiHandle *cycle[QI_REPORT_CYCLE]) {
    for (uint32_t i = 0; i < about->shown; i++) {
        const QiHandle *path[QI_REPORT_CYCLE];
        uint32_t from = 0;
        const uint32_t end = follow(about->waiting[i].task, path, &from), n = end - from;
        /* One that waits for itself says so. */
        if (end == 0 || n < 2) continue;
        uint32_t first = from;
        for (uint32_t k = from; k < end; k++) first = qi_report_number(path[k]) < qi_report_number(path[first]) ? k : first;
        for (uint32_t k = 0; k < n; k++) cycle[k] = path[from + (first - from + k) % n];
        return n;
    }
    return 0;
}

static void add_cycle(Report *r, const QiWaitReport *about) {
    const QiHandle *cycle[QI_REPORT_CYCLE];
    const uint32_t n = qi_report_cycle(about, cycle);
    if (n == 0) return;
    qi_report_add(r, "%s", SAY(r, "  循环等待: ", "  a circle of waits: "));
    for (uint32_t i = 0; i <= n; i++) {
        if (i > 0) qi_report_add(r, " → ");
        add_task_name(r, qi_report_number(cycle[i % n]));
    }
    qi_report_add(r, "\n");
}

static void report_waiting(QiVm *vm, int code, const char *severity, QiWaitReport *about) {
    Report r = {.vm = vm, .english = vm->config.english};
    for (uint32_t i = 0; i < about->shown; i++) qi_wakers_want_of(&about->wakers, about->waiting[i].task);
    qi_wakers_find(&about->wakers, vm);
    if (vm->config.json) {
        qi_report_waiting_json(&r, code, about);
        send(&r, vm);
        return;
    }
    const QiErrorText *text = qi_error_text(code);
    qi_report_add(&r, "%s [%s]: %s\n", severity, text->id, SAY(&r, text->zh, text->en));
    for (uint32_t i = 0; i < about->shown; i++) qi_report_waiter(&r, &about->waiting[i], &about->wakers);
    if (about->more > 0) qi_report_add(&r, SAY(&r, "  … 还有 %u 个任务在等待\n", "  … %u more tasks wait\n"), about->more);
    add_cycle(&r, about);
    const char *hint = SAY(&r, text->hint_zh, text->hint_en);
    if (*hint != 0) qi_report_add(&r, "  %s %s\n", SAY(&r, "提示:", "hint:"), hint);
    send(&r, vm);
}

static void add_closed(Report *r, const QiChannel *c) {
    const QiInsn *at = qi_channel_closed_at(c);
    add_channel(r, c);
    if (at == NULL) return;
    qi_report_add(r, "%s", SAY(r, "，关闭于 ", ", closed at "));
    add_place(r, at);
}

/* What an object has, where it cannot do what was asked of it; n: what code is about. */
static void add_refused(Report *r, int code, const QiNative *o, int64_t n) {
    switch (o->head.aux) {
    case QI_CLASS_MUTEX: {
        const QiMutex *m = (const QiMutex *)o;
        add_owner(r, m->owner, m->locked_at);
        break;
    }
    case QI_CLASS_RWLOCK: {
        const QiRwLock *l = (const QiRwLock *)o;
        if (l->writer != NULL || l->readers == NULL) add_owner(r, l->writer, l->locked_at);
        else add_owner(r, l->readers->task, l->readers->locked_at);
        break;
    }
    case QI_CLASS_SEMAPHORE: {
        const QiSemaphore *s = (const QiSemaphore *)o;
        if (s->limit != INT64_MAX) qi_report_add(r, SAY(r, "，共 %lld 个许可", ", %lld permits in all"), (long long)s->limit);
        if (code == 6005) qi_report_add(r, SAY(r, "，取走 %lld 个，归还 %lld 个", ", %lld taken, %lld given back"), (long long)(s->limit - s->available), (long long)n);
        break;
    }
    case QI_CLASS_WAITGROUP:
        qi_report_add(r, SAY(r, "，计数 %lld，加 %lld", ", count %lld, adding %lld"), (long long)((const QiWaitGroup *)o)->count, (long long)n);
        break;
    default: break;
    }
}

QiError *qi_report_about(QiWorker *w, int code, const QiObject *o, int64_t n) {
    Report r = {.vm = w->vm, .english = w->vm->config.english};
    qi_report_add(&r, "%s", SAY(&r, "：", ": "));
    if (o->kind == QI_K_CHANNEL) {
        add_closed(&r, (const QiChannel *)o);
    } else {
        add_native_name(&r, (const QiNative *)o);
        add_refused(&r, code, (const QiNative *)o, n);
    }
    const QiErrorArg args[] = {{.name = "对象", .text = r.text.bytes, .len = r.text.len}, {.name = "数量", .number = n}};
    QiError *e = qi_error_make(w->heap, code, args, 2);
    qi_text_free(&r.text);
    return e;
}

void qi_report_deadlock(QiVm *vm) {
    QiWaitReport about = {.more = 1};
    const QiCoroutine *first = qi_sched_first_task(vm->sched);
    /* A few are shown one by one. */
    for (Fold fold = FOLD_NONE; about.more > 0 && fold <= FOLD_SAME_OBJECT; fold++) {
        about = (QiWaitReport){0};
        for (const QiCoroutine *task = first; task != NULL; task = qi_sched_next_task(vm->sched, task)) {
            if (qi_co_state(task) == QI_CO_PARKED) collect(&about, task, fold);
        }
    }
    report_waiting(vm, 6006, vm->config.english ? "error" : "错误", &about);
}

void qi_report_leaks(QiVm *vm) {
    QiWaitReport about = {0};
    for (const QiCoroutine *task = qi_sched_first_task(vm->sched); task != NULL; task = qi_sched_next_task(vm->sched, task)) {
        if ((task->flags & QI_CO_LEAK_FRESH) != 0) collect(&about, task, FOLD_ALIKE);
    }
    report_waiting(vm, 6007, vm->config.english ? "warning" : "警告", &about);
}

/* Their stacks belong to whoever runs them: only what never changes is said. */
void qi_report_unended(QiVm *vm) {
    Report names = {.vm = vm, .english = vm->config.english}, r = names;
    uint32_t n = 0;
    for (const QiCoroutine *task = qi_sched_oldest_task(vm->sched); task != NULL; task = task->all_prev) {
        if ((task->flags & (QI_CO_DETACHED | QI_CO_MAIN)) != 0 || ++n > QI_REPORT_WAITERS) continue;
        const QiHandle *h = task->handle;
        const QiFunction *f = &vm->program->functions[h->func];
        if (n > 1) qi_report_add(&names, "%s", SAY(&r, "、", ", "));
        add_task_name(&names, qi_report_number(h));
        qi_report_add(&names, "%s", SAY(&r, "（", " ("));
        add_bytes(&names, f->name.text, f->name.len);
        if (h->created_at != NULL) {
            qi_report_add(&names, "%s", SAY(&r, "，创建于 ", ", made at "));
            add_place(&names, h->created_at);
        }
        qi_report_add(&names, "%s", SAY(&r, "）", ")"));
    }
    if (n > QI_REPORT_WAITERS) qi_report_add(&names, SAY(&r, "，还有 %u 个", " and %u more"), n - QI_REPORT_WAITERS);
    const QiErrorArg tasks = {.name = "任务", .text = names.text.bytes, .len = names.text.len};
    const QiErrorText *text = qi_error_text(6022);
    if (vm->config.json) {
        qi_report_message_json(&r.text, 6022, r.english, &tasks, 1);
        qi_report_add(&r, "\n");
    } else {
        qi_report_add(&r, "%s [%s]: ", SAY(&r, "警告", "warning"), text->id);
        qi_error_fill(&r.text, SAY(&r, text->zh, text->en), &tasks, 1);
        qi_report_add(&r, "\n  %s %s\n", SAY(&r, "提示:", "hint:"), SAY(&r, text->hint_zh, text->hint_en));
    }
    qi_text_free(&names.text);
    if (n > 0) send(&r, vm);
    else qi_text_free(&r.text);
}

void qi_report_unwritten(QiVm *vm, int error) {
    Report r = {.vm = vm, .english = vm->config.english};
    const char *path = SAY(&r, "标准输出", "standard output"), *reason = qi_io_reason(r.english, error);
    const QiErrorArg args[] = {{.name = "路径", .text = path, .len = strlen(path)}, {.name = "原因", .text = reason, .len = strlen(reason)}};
    if (vm->config.json) qi_report_message_json(&r.text, 8002, r.english, args, 2);
    else qi_error_describe(&r.text, 8002, r.english, false, args, 2);
    qi_text_add(&r.text, "\n", 1);
    send(&r, vm);
}
