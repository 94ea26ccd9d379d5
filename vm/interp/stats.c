/*
 * stats.c — how a living program is doing, in numbers: what `qi 监视` shows.
 *
 *     {"process":4711,"counted":true,"tasks":12,"running":1,"ready":2,"sleeping":3,"channels":4,"others":2,"created":1024,"timers":3,
 *      "queues":[0,2],"heap":1048576,"limit":0,"collections":7,"pauses":{"p50":1024,"p99":65536,"max":70211},"slow":{"ns":0,"at":null}}
 *
 * Totals since the start; who asks twice gets rates by subtraction. Times are nanoseconds.
 *
 * Invariants: nothing is counted while the program runs that was not counted before, but pauses and late polls, which are rare. of tasks that
 * have begun at most COUNT_MAX are looked at (then `counted` is false), so that watching a million does not stop them for long.
 */
#include "stats.h"

#include <unistd.h>

#define COUNT_MAX 100000u

typedef struct Counts { uint32_t tasks, running, ready, sleeping, channels, others; } Counts;

static void count(Counts *k, const QiCoroutine *task) {
    k->tasks++;
    switch (qi_co_state(task)) {
    case QI_CO_RUNNING: k->running++; return;
    case QI_CO_PARKED: break;
    default: k->ready++; return;
    }
    switch (qi_co_reason(task)) {
    case QI_WAIT_SLEEP: k->sleeping++; break;
    case QI_WAIT_SEND: case QI_WAIT_RECEIVE: case QI_WAIT_SELECT: k->channels++; break;
    default: k->others++; break;
    }
}

static void count_unbegun(void *user, const QiHandle *h) {
    Counts *k = user;
    (void)h;
    k->tasks++;
    k->ready++;
}

void qi_stats(QiReport *out, QiVm *vm) {
    Counts k = {0};
    for (const QiCoroutine *t = qi_sched_first_task(vm->sched); t != NULL && k.tasks < COUNT_MAX; t = qi_sched_next_task(vm->sched, t)) count(&k, t);
    const bool all = k.tasks < COUNT_MAX;
    qi_sched_each_unbegun(vm->sched, count_unbegun, &k);
    const QiSchedStats s = qi_sched_stats(vm->sched);
    const QiHeapStats h = qi_heap_stats(vm->heap);
    qi_report_add(out, "{\"process\":%ld,\"counted\":%s,\"tasks\":%u,\"running\":%u,\"ready\":%u,\"sleeping\":%u,\"channels\":%u,\"others\":%u", (long)getpid(),
        all ? "true" : "false", k.tasks, k.running, k.ready, k.sleeping, k.channels, k.others);
    qi_report_add(out, ",\"created\":%u,\"timers\":%u,\"queues\":[", s.created, s.timers);
    for (uint32_t i = 0; i < qi_sched_running(vm->sched); i++) qi_report_add(out, i == 0 ? "%u" : ",%u", qi_sched_queue_length(vm->sched, i, COUNT_MAX));
    qi_report_add(out, "],\"heap\":%llu,\"limit\":%llu,\"collections\":%llu", (unsigned long long)h.bytes_live, (unsigned long long)h.bytes_limit,
        (unsigned long long)h.collections);
    qi_report_add(out, ",\"pauses\":{\"p50\":%llu,\"p99\":%llu,\"max\":%llu}", (unsigned long long)qi_heap_pause(&h, 50), (unsigned long long)qi_heap_pause(&h, 99),
        (unsigned long long)h.pause_ns_max);
    qi_report_add(out, ",\"slow\":{\"ns\":%lld,\"at\":", (long long)s.slow_ns);
    QiReport at = {.vm = vm, .english = out->english};
    if (s.slow_at != NULL) qi_report_frames(&at, "", &s.slow_at, 1);
    qi_report_string_json(&out->text, at.text.bytes, at.text.len > 0 ? at.text.len - 1 : 0);
    qi_text_free(&at.text);
    qi_report_add(out, "}}\n");
}
