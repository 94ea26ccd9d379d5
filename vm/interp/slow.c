/*
 * slow.c — out-of-line parts of the instructions. See slow.h.
 *
 * Invariant: a function here that moves the running coroutine (resume, back,
 * call) leaves pc, fp and safepoint of w->current as the truth; run.c reloads.
 */
#include "slow.h"

#include <math.h>
#include <stdio.h>

#include "../heap/equal.h"

/* The end of the running segment, or NULL while a poll is due, so that calls look. */
static void set_limit(QiWorker *w) {
    QiValue *end = qi_segment_end(w->current->segment);
    bool due = atomic_load_explicit(&w->poll, memory_order_relaxed) != 0;
    atomic_store_explicit(&w->limit, due ? NULL : end, memory_order_relaxed);
}

bool qi_slow_resume(QiWorker *w) {
    QiCoroutine *co;
    while ((co = w->current) != NULL && QI_UNLIKELY(co->wake_error != NULL)) {
        w->error = co->wake_error;
        co->wake_error = NULL;
        qi_unwind(w);
    }
    if (co == NULL) return false;
    if (QI_UNLIKELY(atomic_load_explicit(&w->poll, memory_order_relaxed) & QI_POLL_MODE)) qi_sched_settle(w);
    set_limit(w);
    return true;
}

void qi_slow_back(QiWorker *w, const QiInsn *pc, const QiInsn *target, QiValue *fp) {
    QiCoroutine *co = w->current;
    co->pc = target;
    co->fp = fp;
    co->safepoint = pc;
    qi_worker_poll(w); /* a back-edge never throws: no handler expects it to */
}

QiStatus qi_slow_call(QiWorker *w, const QiFuncEntry *entry, QiValue *frame, const QiInsn *pc, QiValue *fp) {
    QiCoroutine *co = w->current;
    co->pc = pc + 1;
    co->fp = fp;
    co->safepoint = pc;
    if (frame + entry->nregs <= qi_segment_end(co->segment)) {
        frame[-1] = qi_from_ref(fp);
        frame[-2] = qi_from_ref(pc + 1);
    } else {
        bool too_deep;
        QiSegment *s = qi_segment_acquire(w, co->segment, entry->nregs, w->stack_limit, &too_deep);
        if (QI_UNLIKELY(s == NULL)) return qi_throw_simple(w, too_deep ? 7004 : 7007);
        s->return_pc = pc + 1;
        s->return_fp = fp;
        s->result = 0;
        QiValue *fresh = qi_segment_base(s) + 2;
        fresh[-1] = qi_from_ref(&s->result);
        fresh[-2] = qi_from_ref(&qi_stub_segret[1]);
        for (uint32_t i = 0; i < entry->nparams; i++) fresh[i] = frame[i];
        co->segment = s;
        frame = fresh;
    }
    co->pc = entry->code;
    co->fp = frame;
    co->safepoint = NULL;
    if (atomic_load_explicit(&w->poll, memory_order_relaxed) != 0) qi_worker_poll(w);
    return QI_OK;
}

QiReturn qi_slow_segment_return(QiWorker *w, QiValue *fp) {
    QiSegment *s = QI_CONTAINER_OF(fp, QiSegment, result);
    QiCoroutine *co = w->current;
    const QiInsn *pc = s->return_pc;
    QiValue *caller = s->return_fp;
    caller[pc[-1].a] = s->result;
    co->segment = s->prev;
    qi_segment_release(w, s);
    set_limit(w);
    return (QiReturn){.pc = pc, .fp = caller};
}

/* --- values ------------------------------------------------------------------- */

double qi_slow_fmod(double a, double b) { return fmod(a, b); }

bool qi_slow_deep_equal(QiWorker *w, QiValue a, QiValue b) {
    return qi_equal_refs(w->heap, qi_as_ref(a), qi_as_ref(b)) > 0;
}

QiValue qi_slow_length(const QiObject *o) {
    if (o->kind == QI_K_STRING) return ((const QiString *)o)->chars;
    return ((const QiDict *)o)->count;
}

QiValue qi_slow_string_at(const QiString *s, QiValue i) {
    QiValue c = 0;
    qi_string_at(s, (int64_t)i, &c);
    return c;
}

void qi_slow_string_next(const QiString *s, QiValue *r) {
    /* A position inside a character comes only from hostile bytecode: it must not read past the end. */
    if (((uint8_t)s->bytes[r[1]] & 0xC0) == 0x80) {
        r[1]++;
        r[2] = 0xFFFD;
    } else {
        qi_string_next(s, &r[1], &r[2]);
    }
}

QiObject *qi_slow_closure(QiWorker *w, uint32_t func, const QiValue *captures) {
    const QiType *env = w->vm->program->functions[func].env;
    QiClosure *c = qi_closure_new(w->heap, env, func);
    if (QI_UNLIKELY(c == NULL)) return NULL;
    for (uint32_t i = 0; i < env->nfields; i++) c->captures[i] = captures[i];
    return &c->head;
}

QiList *qi_slow_list(QiWorker *w, uint16_t type, const QiValue *elems, uint32_t n) {
    QiList *l = qi_list_create(w->heap, w->heap->types[type], n);
    if (QI_UNLIKELY(l == NULL)) return NULL;
    for (uint32_t i = 0; i < n; i++) qi_list_put(l, i, elems[i]);
    l->len = n;
    return l;
}

QiStatus qi_slow_fill(QiWorker *w, uint16_t type, const QiValue *args, QiValue *out) {
    int64_t n = (int64_t)args[0];
    QiValue v = args[1];
    if (n < 0) return qi_throw_text(w, 7025, "说明", "重复的个数不能为负");
    QiList *l = qi_list_create(w->heap, w->heap->types[type], (size_t)n);
    if (l == NULL) return qi_throw_memory(w);
    if (qi_list_is_bytes(l)) {
        if (n > 0) memset(l->items.bytes, (int)v, (size_t)n);
    } else {
        for (int64_t i = 0; i < n; i++) l->items.words[i] = v;
    }
    l->len = (uint32_t)n;
    *out = qi_from_ref(l);
    return QI_OK;
}

QiStatus qi_slow_dict_find(QiWorker *w, const QiDict *d, QiValue key, QiValue *out) {
    QiValue v;
    if (!qi_dict_find(d, key, &v)) {
        *out = QI_OPTION_NONE;
        return QI_OK;
    }
    const QiProgram *p = w->vm->program;
    const QiType *option = p->option_of[p->types[d->head.type]->b->index];
    if (!qi_option_make(w->heap, option, v, out)) return qi_throw_memory(w);
    return QI_OK;
}

bool qi_slow_cell_unset(QiWorker *w, const QiCell *cell) {
    const QiType *elem = w->heap->types[cell->head.type]->a;
    return elem->is_ref && !qi_type_has_null(elem);
}

bool qi_slow_global_unset(QiWorker *w, uint32_t global) {
    const QiType *t = w->vm->program->global_types[global];
    return t->is_ref && !qi_type_has_null(t);
}

/* --- pointers -------------------------------------------------------------------- */

static const QiType *target_type(const QiWorker *w, QiPlace place, const QiObject *base, uint64_t index) {
    if (place == QI_PLACE_GLOBAL) return w->vm->program->global_types[index];
    const QiType *t = w->heap->types[base->type];
    return place == QI_PLACE_FIELD ? t->fields[index] : t->a;
}

QiStatus qi_slow_point(QiWorker *w, QiPlace place, QiObject *base, uint64_t index, QiValue *out) {
    if (place == QI_PLACE_ELEMENT && index >= ((const QiList *)(void *)base)->len) {
        return qi_throw_index(w, (int64_t)index, ((const QiList *)(void *)base)->len);
    }
    const QiType *t = w->vm->program->pointer_of[target_type(w, place, base, index)->index];
    QiPointer *p = qi_pointer_new(w->heap, t, place, base, index);
    if (p == NULL) return qi_throw_memory(w);
    *out = qi_from_ref(p);
    return QI_OK;
}

/* The word a pointer stands for. NULL: one byte of a list, in *byte; or nothing any more. */
static QiValue *pointer_word(const QiWorker *w, const QiPointer *p, uint8_t **byte) {
    *byte = NULL;
    switch ((QiPlace)p->head.flags) {
    case QI_PLACE_CELL: return &((QiCell *)(void *)p->base)->value;
    case QI_PLACE_FIELD: return &((QiStruct *)(void *)p->base)->fields[p->index];
    case QI_PLACE_GLOBAL: return &w->globals[p->index];
    case QI_PLACE_ELEMENT: break;
    }
    QiList *l = (QiList *)(void *)p->base;
    if (p->index >= qi_list_length(l)) return NULL;
    if (!qi_list_is_bytes(l)) return &l->items.words[p->index];
    *byte = &l->items.bytes[p->index];
    return NULL;
}

QiStatus qi_slow_pointer_load(QiWorker *w, const QiPointer *p, QiValue *out) {
    uint8_t *byte = NULL;
    const QiValue *word = p != NULL ? pointer_word(w, p, &byte) : NULL;
    if (word == NULL && byte == NULL) return qi_throw_simple(w, 5001);
    QiValue v = word != NULL ? __atomic_load_n(word, __ATOMIC_RELAXED) : __atomic_load_n(byte, __ATOMIC_RELAXED);
    if (v == 0) {
        const QiType *t = w->heap->types[p->head.type]->a;
        if (t->is_ref && !qi_type_has_null(t)) return qi_throw_simple(w, 7011);
    }
    *out = v;
    return QI_OK;
}

QiStatus qi_slow_pointer_store(QiWorker *w, const QiPointer *p, QiValue v) {
    uint8_t *byte = NULL;
    QiValue *word = p != NULL ? pointer_word(w, p, &byte) : NULL;
    if (word != NULL) __atomic_store_n(word, v, __ATOMIC_RELAXED);
    else if (byte != NULL) __atomic_store_n(byte, (uint8_t)v, __ATOMIC_RELAXED);
    else return qi_throw_simple(w, 5001);
    return QI_OK;
}

/* --- coroutines ------------------------------------------------------------------ */

QiFuture *qi_slow_ready(QiWorker *w, uint16_t type, QiValue value) {
    QiFuture *f = qi_future_new(w, type);
    if (QI_LIKELY(f != NULL)) qi_future_settle(w, f, QI_FUTURE_READY, value);
    return f;
}

/* --- errors -------------------------------------------------------------------------- */

void qi_slow_throw_char(QiWorker *w, int64_t value) {
    char text[64];
    int n = snprintf(text, sizeof text, "%lld 不是 Unicode 字符", (long long)value);
    qi_throw_code(w, 7010, &(QiErrorArg){.name = "说明", .text = text, .len = (size_t)n}, 1);
}

void qi_slow_throw_key(QiWorker *w, const QiDict *d, QiValue key) {
    QiString *s = qi_format(w, w->heap->types[d->head.type]->a, key, true);
    if (s == NULL) qi_throw_memory(w);
    else qi_throw_code(w, 7005, &(QiErrorArg){.name = "键", .text = s->bytes, .len = s->len}, 1);
}

void qi_slow_throw_global(QiWorker *w, uint32_t global) {
    QiName name = w->vm->program->global_names[global];
    qi_throw_code(w, 7011, &(QiErrorArg){.name = "名称", .text = name.text, .len = name.len}, 1);
}

void qi_slow_throw_variant(QiWorker *w, const QiEnum *e, uint32_t field) {
    const QiType *t = w->heap->types[e->head.type];
    const QiVariant *wanted = t->variants;
    while (field - wanted->first >= wanted->count) wanted++;
    QiString *s = qi_format(w, t, qi_from_ref(e), true);
    if (s == NULL) {
        qi_throw_memory(w);
        return;
    }
    const QiErrorArg args[] = {
        {.name = "期望", .text = wanted->name.text, .len = wanted->name.len},
        {.name = "实际", .text = s->bytes, .len = s->len},
    };
    qi_throw_code(w, 7013, args, 2);
}
