/*
 * dump.c — all tasks of a living program, those with the same stack as one: SIGQUIT and `qi 转储`.
 *
 *     转储: 进程 4711，1000002 个任务，1 个工作线程
 *     入口 运行中
 *         在 算 (文件.qi:10:15)
 *     任务 2（和另外 999999 个一样的） 在接收自 通道 #1（容量 0，创建于 文件.qi:3:14）
 *         在 收 (文件.qi:1:32)
 *         由 入口 创建: 在 入口 (文件.qi:5:9)
 *
 * As JSON one line: {"process":4711,"workers":1,"tasks":1000002,"groups":[{"count":…,"tasks":[2,3,…],"state":"waiting","reason":…,
 * "wakesInMs":null,"deadlineInMs":null,"leak":false,"function":…,"stack":[…],"cut":false,"created":{…}}],"more":0}; `more`: tasks in
 * groups that are not listed. A leak has "wakers" and "ended", too, as in report_json.c. The times are those of the oldest of a group.
 *
 * Invariants
 * - Groups stand in the order of their oldest task; a group is a state, a kind of waiting, a place of creation and the newest frames.
 * - Bounded: GROUPS_MAX groups of FRAMES frames, whatever the program does. Linear in the number of tasks.
 */
#include "dump.h"

#include <stdlib.h>
#include <unistd.h>

#include "../sched/observe.h"

#define GROUPS_MAX 512u
#define TABLE (GROUPS_MAX * 4)
#define TASKS_LISTED 8u

typedef struct Group {
    const QiHandle *oldest;
    const QiCoroutine *task;       /* of the oldest; NULL: it has not begun */
    const QiInsn *places[QI_REPORT_FRAMES];
    uint32_t nplaces;
    bool cut;
    uint64_t hash;
    uint32_t count, listed[TASKS_LISTED];
} Group;

typedef struct Dump {
    QiVm *vm;
    Group *groups;
    uint16_t *table;               /* number of a group + 1, by hash; open addressing */
    uint32_t n, tasks, more;
    QiWakers wakers;               /* of the leaks */
} Dump;

static uint64_t mix(uint64_t hash, uint64_t value) { return (hash ^ value) * 0x9E3779B97F4A7C15u ^ hash >> 29; }

static bool is_alike(const Group *a, const Group *b) {
    return a->hash == b->hash && a->nplaces == b->nplaces && a->oldest->created_at == b->oldest->created_at &&
           (a->task == NULL) == (b->task == NULL) && memcmp(a->places, b->places, a->nplaces * sizeof *a->places) == 0;
}

static void add_to_group(Dump *d, const Group *one) {
    d->tasks++;
    uint32_t at = (uint32_t)(one->hash % TABLE);
    for (; d->table[at] != 0; at = (at + 1) % TABLE) {
        Group *g = &d->groups[d->table[at] - 1];
        if (!is_alike(g, one)) continue;
        if (g->count < TASKS_LISTED) g->listed[g->count] = qi_report_number(one->oldest);
        g->count++;
        if (one->oldest->id >= g->oldest->id) return;
        g->oldest = one->oldest;
        g->task = one->task;
        return;
    }
    if (d->n == GROUPS_MAX) {
        d->more++;
        return;
    }
    Group *g = &d->groups[d->n++];
    *g = *one;
    g->count = 1;
    g->listed[0] = qi_report_number(one->oldest);
    d->table[at] = (uint16_t)d->n;
}

static void add_task(Dump *d, const QiCoroutine *task) {
    Group one = {.oldest = task->handle, .task = task};
    uint32_t state = qi_co_state(task), reason = state == QI_CO_PARKED ? (uint32_t)qi_co_reason(task) : 0;
    const QiCoroutine *innermost = qi_sched_innermost(d->vm->sched, task);
    if (innermost != NULL) one.nplaces = qi_report_places_from(innermost, task, one.places, &one.cut);
    one.hash = mix(mix(state << 8 | reason, (uintptr_t)task->handle->created_at), (task->flags & QI_CO_LEAKED) != 0);
    for (uint32_t i = 0; i < one.nplaces; i++) one.hash = mix(one.hash, (uintptr_t)one.places[i]);
    add_to_group(d, &one);
}

static void add_unbegun(void *user, const QiHandle *h) {
    Group one = {.oldest = h, .hash = mix(mix(1, (uintptr_t)h->created_at), h->func)};
    add_to_group(user, &one);
}

static bool is_leak(const Group *g) { return g->task != NULL && (g->task->flags & QI_CO_LEAKED) != 0; }

static int by_age(const void *a, const void *b) {
    uint32_t x = ((const Group *)a)->oldest->id, y = ((const Group *)b)->oldest->id;
    return (x > y) - (x < y);
}

/* --- as text -------------------------------------------------------------------- */

static void add_state(QiReport *r, Dump *d, const Group *g) {
    if (g->task == NULL) {
        const QiName *name = &d->vm->program->functions[g->oldest->func].name;
        qi_report_add(r, r->english ? " not begun: %.*s" : " 还没有开始: %.*s", (int)name->len, name->text);
        return;
    }
    int64_t ms;
    switch (qi_co_state(g->task)) {
    case QI_CO_PARKED:
        qi_report_add(r, "%s", r->english ? ": " : " 在");
        qi_report_reason(r, g->task);
        if (qi_sched_wakes_ms(d->vm->sched, g->task, &ms)) {
            const bool sleeps = qi_co_reason(g->task) == QI_WAIT_SLEEP;
            qi_report_add(r, sleeps ? (r->english ? ", %lld ms to go" : "，还有 %lld 毫秒") : (r->english ? ", time limit in %lld ms" : "，超时还有 %lld 毫秒"), (long long)ms);
        }
        if (qi_sched_deadline_ms(d->vm->sched, g->task, &ms)) qi_report_add(r, r->english ? ", deadline in %lld ms" : "，离期限还有 %lld 毫秒", (long long)ms);
        if (is_leak(g)) qi_report_add(r, "%s", r->english ? " [leak]" : " [泄漏]");
        break;
    case QI_CO_RUNNING: qi_report_add(r, "%s", r->english ? " runs" : " 运行中"); break;
    case QI_CO_READY: qi_report_add(r, "%s", r->english ? " is ready" : " 就绪"); break;
    default: qi_report_add(r, "%s", r->english ? " is held back" : " 等着开始"); break;
    }
}

static void as_text(QiReport *r, Dump *d) {
    qi_report_add(r, r->english ? "dump: process %ld, tasks: %u, workers: %u\n" : "转储: 进程 %ld，%u 个任务，%u 个工作线程\n", (long)getpid(), d->tasks,
        qi_sched_running(d->vm->sched));
    for (uint32_t i = 0; i < d->n; i++) {
        const Group *g = &d->groups[i];
        qi_report_task_name(r, qi_report_number(g->oldest));
        if (g->count > 1) qi_report_add(r, r->english ? " (and %u more like it)" : "（和另外 %u 个一样的）", g->count - 1);
        add_state(r, d, g);
        qi_report_add(r, "\n");
        qi_report_frames(r, "    ", g->places, g->nplaces);
        if (g->cut) qi_report_add(r, "    …\n");
        if (is_leak(g)) qi_report_wakers(r, &d->wakers, g->task);
        qi_report_created(r, g->oldest);
    }
    if (d->more > 0) qi_report_add(r, r->english ? "… and %u more tasks\n" : "… 还有 %u 个任务\n", d->more);
}

/* --- as JSON ------------------------------------------------------------------------ */

static const char *state_word(const Group *g) {
    if (g->task == NULL) return "created";
    switch (qi_co_state(g->task)) {
    case QI_CO_PARKED: return "waiting";
    case QI_CO_RUNNING: return "running";
    case QI_CO_READY: return "ready";
    default: return "held";
    }
}

static void group_as_json(QiReport *r, Dump *d, const Group *g) {
    qi_report_add(r, "{\"count\":%u,\"tasks\":[", g->count);
    for (uint32_t k = 0; k < g->count && k < TASKS_LISTED; k++) qi_report_add(r, k == 0 ? "%u" : ",%u", g->listed[k]);
    qi_report_add(r, "],\"state\":\"%s\",\"reason\":", state_word(g));
    const bool waits = g->task != NULL && qi_co_state(g->task) == QI_CO_PARKED;
    QiReport reason = {.vm = r->vm, .english = r->english};
    if (waits) qi_report_reason(&reason, g->task);
    qi_report_string_json(&r->text, reason.text.bytes, reason.text.len);
    qi_text_free(&reason.text);
    int64_t ms;
    if (waits && qi_sched_wakes_ms(d->vm->sched, g->task, &ms)) qi_report_add(r, ",\"wakesInMs\":%lld", (long long)ms);
    else qi_report_add(r, ",\"wakesInMs\":null");
    if (g->task != NULL && qi_sched_deadline_ms(d->vm->sched, g->task, &ms)) qi_report_add(r, ",\"deadlineInMs\":%lld", (long long)ms);
    else qi_report_add(r, ",\"deadlineInMs\":null");
    qi_report_add(r, ",\"leak\":%s,\"function\":", is_leak(g) ? "true" : "false");
    const QiName *name = &d->vm->program->functions[g->oldest->func].name;
    qi_report_string_json(&r->text, name->text, name->len);
    qi_report_stack_json(r, g->places, g->nplaces, g->cut);
    if (is_leak(g)) {
        qi_report_wakers_json(r, &d->wakers, g->task);
        qi_report_ended_json(r, &d->wakers, g->task);
    }
    qi_report_created_json(r, g->oldest);
    qi_report_add(r, "}");
}

static void as_json(QiReport *r, Dump *d) {
    qi_report_add(r, "{\"process\":%ld,\"workers\":%u,\"tasks\":%u,\"groups\":[", (long)getpid(), qi_sched_running(d->vm->sched), d->tasks);
    for (uint32_t i = 0; i < d->n; i++) {
        if (i > 0) qi_report_add(r, ",");
        group_as_json(r, d, &d->groups[i]);
    }
    qi_report_add(r, "],\"more\":%u}\n", d->more);
}

void qi_dump(QiReport *out, QiVm *vm, bool json) {
    Dump d = {.vm = vm, .groups = malloc(GROUPS_MAX * sizeof *d.groups), .table = calloc(TABLE, sizeof *d.table)};
    if (d.groups != NULL && d.table != NULL) {
        for (const QiCoroutine *t = qi_sched_first_task(vm->sched); t != NULL; t = qi_sched_next_task(vm->sched, t)) add_task(&d, t);
        qi_sched_each_unbegun(vm->sched, add_unbegun, &d);
        qsort(d.groups, d.n, sizeof *d.groups, by_age);
        for (uint32_t i = 0; i < d.n; i++) {
            if (is_leak(&d.groups[i])) qi_wakers_want_of(&d.wakers, d.groups[i].task);
        }
        qi_wakers_find(&d.wakers, vm);
        if (json) as_json(out, &d);
        else as_text(out, &d);
    }
    free(d.groups);
    free(d.table);
}
