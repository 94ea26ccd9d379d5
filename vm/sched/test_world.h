/*
 * test_world.h — a scheduler without an interpreter, for the unit tests: tasks
 * whose one frame is plain memory, moved by the test itself.
 *
 * The test plays the interpreter: what it calls acts as the running coroutine
 * (world.w->current), and after QI_PARKED that is another one. Time is virtual.
 */
#ifndef QI_SCHED_TEST_WORLD_H
#define QI_SCHED_TEST_WORLD_H

#include "../base/test.h"
#include "internal.h"
#include "select.h"

enum {
    T_INT, T_UNIT, T_STRING, T_MAYBE_INT, T_MAYBE_MAYBE, T_FUTURE, T_TASK, T_CHANNEL, T_MAYBE_CHANNEL, T_GENERATOR, T_ECHO, T_NATIVE,
    T_TEST_COUNT,
};

#define WORLD_REGS 16

typedef struct World {
    QiType types[T_TEST_COUNT];
    const QiType *table[T_TEST_COUNT];
    QiInsn code[64];
    QiFuncEntry entry;
    QiHeap *heap;
    QiSched *sched;
    QiWorker *w;
    int failures, deadlocks;
    bool masked;              /* answer of the masked() hook */
    void (*roots)(struct World *, QiMarker *); /* what a test keeps besides; may be NULL */
} World;

static inline void world_roots(void *user, QiMarker *m) {
    World *world = user;
    qi_sched_mark_roots(world->sched, m);
    if (world->roots != NULL) world->roots(world, m);
}
static inline void world_request(void *user) {
    QiSched *s = ((World *)user)->sched;
    for (uint32_t i = 0; i < qi_sched_workers(s); i++) qi_worker_request(qi_sched_worker(s, i), QI_POLL_GC);
}
static inline void world_failure(void *user, QiHandle *task, QiError *e) {
    (void)task;
    (void)e;
    ((World *)user)->failures++;
}
static inline void world_deadlock(void *user) { ((World *)user)->deadlocks++; }
static inline bool world_masked(void *user, const QiCoroutine *co, const struct QiScope *scope) {
    (void)co;
    (void)scope;
    return ((World *)user)->masked;
}
/* Every register of a test frame may hold anything; nothing but what the scheduler keeps is alive. */
static inline const uint8_t *world_map(void *user, const QiInsn *pc, uint32_t *nbytes) {
    (void)user;
    (void)pc;
    *nbytes = 0;
    return NULL;
}

/* What the interpreter does between two instructions. */
static inline void world_poll(QiWorker *w) {
    if (w->current != NULL && atomic_load_explicit(&w->poll, memory_order_relaxed) != 0) qi_worker_poll(w);
    if (atomic_load_explicit(&w->poll, memory_order_relaxed) & QI_POLL_MODE) qi_sched_settle(w);
}

/* Plays the interpreter on one of several workers until the program is over: `step` does one instruction of w->current. */
static inline void world_interpret(QiWorker *w, void (*step)(QiWorker *w)) {
    while (w->current != NULL) {
        qi_sched_enter(w);
        step(w);
        qi_sched_leave(w);
        world_poll(w);
    }
}

static inline QiCoroutine *world_new_task(World *world, bool generator, int type) {
    static const QiValue zero[WORLD_REGS];
    world->entry.type = (uint16_t)type;
    return qi_coroutine_new(world->w, 0, zero, generator, NULL);
}

/* Makes a world whose 入口 runs. The hooks are the world's. */
static inline void world_init_with(World *world, QiSchedConfig config) {
    memset(world, 0, sizeof *world);
    QiType *t = world->types;
    for (int i = 0; i < T_TEST_COUNT; i++) {
        t[i].index = (uint16_t)i;
        t[i].is_ref = i >= T_STRING;
        t[i].a = t[i].b = t[i].c = &t[T_UNIT];
        world->table[i] = &t[i];
    }
    t[T_INT].kind = QI_T_INT;
    t[T_UNIT].kind = QI_T_UNIT;
    t[T_STRING].kind = QI_T_STRING;
    const struct { int type; QiTypeKind kind; int a; } made[] = {
        {T_MAYBE_INT, QI_T_OPTION, T_INT}, {T_MAYBE_MAYBE, QI_T_OPTION, T_MAYBE_INT}, {T_FUTURE, QI_T_FUTURE, T_INT},
        {T_TASK, QI_T_TASK, T_INT}, {T_CHANNEL, QI_T_CHANNEL, T_INT}, {T_MAYBE_CHANNEL, QI_T_CHANNEL, T_MAYBE_INT},
        {T_GENERATOR, QI_T_COROUTINE, T_INT}, {T_ECHO, QI_T_COROUTINE, T_INT}, {T_NATIVE, QI_T_NATIVE, T_UNIT},
    };
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
        t[made[i].type].kind = (uint8_t)made[i].kind;
        t[made[i].type].a = &t[made[i].a];
    }
    t[T_MAYBE_INT].option_boxed = t[T_MAYBE_MAYBE].option_boxed = true;
    t[T_ECHO].b = &t[T_INT];
    t[T_GENERATOR].c = t[T_ECHO].c = &t[T_INT];

    world->entry = (QiFuncEntry){.code = world->code, .nregs = WORLD_REGS, .nparams = WORLD_REGS};
    config.user = world;
    config.report_failure = world_failure;
    config.report_deadlock = world_deadlock;
    config.masked = world_masked;
    world->sched = qi_sched_new(&config);
    world->w = qi_sched_worker(world->sched, 0);
    QiHeapHooks hooks = {.user = world, .roots = world_roots, .request = world_request, .kind_user = world->sched};
    qi_sched_kind_ops(hooks.kinds);
    world->heap = qi_heap_new(&(QiHeapConfig){0}, &hooks);
    world->heap->types = world->table;
    world->heap->ntypes = T_TEST_COUNT;
    world->w->heap = world->heap;
    world->w->funcs = &world->entry;
    qi_sched_set_frame_maps(world->sched, &(QiFrameMaps){.at = world_map, .at_entry = world_map});
    qi_sched_start_main(world->w, world_new_task(world, false, T_TASK));
}

static inline void world_init(World *world, uint64_t seed) {
    world_init_with(world, (QiSchedConfig){.deterministic = true, .virtual_time = true, .seed = seed});
}

static inline void world_free(World *world) {
    qi_sched_drop_tasks(world->sched);
    qi_heap_free(world->heap);
    qi_sched_free(world->sched);
}

/* 创建: queued behind the running task. */
static inline QiCoroutine *world_spawn(World *world) {
    QiCoroutine *t = world_new_task(world, false, T_TASK);
    qi_task_enqueue(world->w, t);
    return t;
}

static inline QiCoroutine *world_current(World *world) { return world->w->current; }
/* A register of the coroutine that runs now. */
static inline QiValue *world_reg(World *world, int i) { return &world->w->current->fp[i]; }

/* Takes the error the running coroutine has to throw, as the interpreter would; 0: none. */
static inline int world_take_error(World *world) {
    QiCoroutine *co = world->w->current;
    if (co == NULL || co->wake_error == NULL) return 0;
    int code = (int)co->wake_error->head.aux;
    world->w->error = co->wake_error;
    co->wake_error = NULL;
    return code;
}

/* Code of what QI_THROW left. */
static inline int world_thrown(const World *world) { return (int)world->w->error->head.aux; }

/* Lets others run until `co` is the running one: those that come up meanwhile only yield. false: it never is. */
static inline bool world_run_until(World *world, const QiCoroutine *co) {
    for (int i = 0; i < 100000 && world->w->current != co; i++) {
        if (world->w->current == NULL) return false;
        qi_task_yield(world->w);
    }
    return world->w->current == co;
}

static inline QiChannel *world_channel(World *world, int capacity) {
    QiValue v = 0;
    qi_channel_new(world->w, capacity, T_CHANNEL, &v);
    return qi_as_ref(v);
}

#endif
