/*
 * cancelled.c — why a task was cancelled, as the message of its 取消错误 says it.
 *
 *     任务已取消：由 入口 取消（程序.qi:5:3）
 *     任务已取消：随 任务 2 一起由 检查器 取消
 *     任务已取消：截止 的时间到了（程序.qi:7:5）
 *
 * Of a function of the library that cancels (带超时, 竞速 …) its name is said, and the place in the program that called it.
 */
#include "../sched/cancelled.h"
#include "report.h"

#define SAY(r, zh, en) ((r)->english ? (en) : (zh))

/* Names of the library's files stand in angle brackets. */
static bool is_library(const QiReport *r, const QiFunction *f) {
    const QiName *file = &r->vm->program->files[f->file];
    return file->len > 0 && file->text[0] == '<';
}

static const QiFunction *function_at(const QiReport *r, const QiInsn *at) { return at != NULL ? qi_program_function_at(r->vm->program, at) : NULL; }

static void add_place(QiReport *r, const QiInsn *at) {
    if (at == NULL) return;
    qi_report_say(r, SAY(r, "（", " ("));
    qi_report_place(r, at);
    qi_report_say(r, SAY(r, "）", ")"));
}

/* The running task, which cancels: by the place in the program where it does. */
static void add_caller(QiReport *r, const QiWorker *w) {
    const QiHandle *task = qi_co_task(w->current)->handle;
    const QiFunction *tool = NULL;
    const QiInsn *at = NULL;
    for (const QiCoroutine *co = w->current; co != NULL && at == NULL; co = qi_co_is_generator(co) ? co->resumer : NULL) {
        QiFrame frame;
        for (bool more = qi_frame_first(co, &frame); more && at == NULL; more = qi_frame_next(&frame)) {
            const QiInsn *here = frame.safepoint != NULL ? frame.safepoint : frame.pc;
            const QiFunction *f = function_at(r, here);
            if (f != NULL && is_library(r, f)) tool = f;
            else at = here;
        }
    }
    qi_report_say(r, SAY(r, "由 ", "by "));
    if (tool != NULL) qi_report_add(r, "%.*s", (int)tool->name.len, tool->name.text);
    else qi_report_task_name(r, qi_report_number(task));
    qi_report_say(r, SAY(r, " 取消", ""));
    add_place(r, at != NULL ? at : task->created_at);
}

/* A block that was cancelled because one of its children, or it itself, failed. */
static void add_failure(QiReport *r, const QiCancelCause *cause) {
    const QiFunction *f = function_at(r, cause->at);
    const bool library = f != NULL && is_library(r, f);
    if (r->english && cause->failed != 0) qi_report_add(r, "task %u of the same ", cause->failed);
    else qi_report_say(r, SAY(r, cause->failed != 0 ? "同一个" : "", "the "));
    if (library) qi_report_add(r, SAY(r, " %.*s ", "%.*s"), (int)f->name.len, f->name.text);
    else qi_report_say(r, SAY(r, "块", "block"));
    if (!library) add_place(r, cause->at);
    if (r->english) qi_report_add(r, cause->failed != 0 ? " failed" : " failed itself");
    else if (cause->failed != 0) qi_report_add(r, "里的 任务 %u 失败了", cause->failed);
    else qi_report_add(r, "自己失败了");
}

QiString *qi_report_cancelled(QiWorker *w, const QiCancelCause *cause) {
    QiReport r = {.vm = w->vm, .english = w->vm->config.english};
    qi_report_say(&r, SAY(&r, "：", ": "));
    if (cause->above != NULL) {
        qi_report_say(&r, SAY(&r, "随 ", "with "));
        qi_report_task_name(&r, qi_report_number(cause->above));
        qi_report_say(&r, SAY(&r, " 一起", ", "));
    }
    switch (cause->kind) {
    case QI_CANCEL_CALL: add_caller(&r, w); break;
    case QI_CANCEL_FAILURE: add_failure(&r, cause); break;
    case QI_CANCEL_LEFT:
        qi_report_say(&r, SAY(&r, "它的 协程 半途停下，外面的块结束了", "its 协程 was left half way, and the block around it ended"));
        add_place(&r, cause->at);
        break;
    case QI_CANCEL_DEADLINE:
        qi_report_say(&r, SAY(&r, "截止 的时间到了", "the time of 截止 is over"));
        add_place(&r, cause->at);
        break;
    case QI_CANCEL_END: qi_report_say(&r, SAY(&r, "入口 已结束", "入口 has ended")); break;
    case QI_CANCEL_INTERRUPT: qi_report_say(&r, SAY(&r, "收到了 Ctrl-C", "Ctrl-C")); break;
    case QI_CANCEL_VISITOR: qi_report_say(&r, SAY(&r, "由 检查器 取消", "by the inspector")); break;
    }
    QiString *message = qi_error_message(w->heap, 6101, &(QiErrorArg){.name = "原因", .text = r.text.bytes, .len = r.text.len}, 1);
    qi_text_free(&r.text);
    return message;
}
