/*
 * verify_test.c — each rule of the verifier with a module that keeps it and one
 * that breaks it.
 *
 * A case fills in 入口 (and what else it needs); `why` is NULL when the module must be
 * accepted, otherwise a part of the refusal's text.
 */
#include "../base/test.h"
#include "module_builder.h"
#include "program.h"
#include "test_refusal.h"

#define TYPES "操作数的类型不符"
#define RAW "需要一个非引用的寄存器"
#define REF "需要一个引用寄存器"
#define UNSET "读了没有值的寄存器"
#define RANGE "寄存器编号超出范围"

typedef struct Case {
    const char *name;
    void (*fill)(QbModule *m, QbFunction *f);
    const char *why;
} Case;

static void run_cases(QiTest *t, const Case *cases, size_t n) {
    QbModule *m = malloc(sizeof *m);
    if (m == NULL) abort();
    for (size_t i = 0; i < n; i++) {
        qb_begin(m);
        qb_string(m, "文");
        qb_constant(m, 1);
        QbFunction *f = qb_main(m, 10);
        cases[i].fill(m, f);
        size_t len;
        uint8_t *bytes = qb_finish(m, &len);
        QiLoadError error;
        QiProgram *p = qi_program_load(bytes, len, &error);
        bool ok = cases[i].why == NULL ? p != NULL : p == NULL && error.code == 9010 && says(&error, cases[i].why);
        if (!ok && p != NULL) printf("case '%s': accepted\n", cases[i].name);
        else if (!ok) show(cases[i].name, &error);
        QI_CHECK(t, ok);
        qi_program_free(p);
        free(bytes);
    }
    free(m);
}

#define RUN_CASES(t, cases) run_cases(t, cases, sizeof(cases) / sizeof(cases)[0])
/* A case body with m and f. */
#define BODY(name) static void name(QbModule *m, QbFunction *f)
#define END() qb_op(f, QI_OP_RET0, 0, 0, 0)
#define UNUSED() ((void)m, (void)f)

/* Often needed values in registers. */
static void load_int(QbFunction *f, uint32_t r) { qb_op32(f, QI_OP_LDI, r, 1); }
static void load_string(QbFunction *f, uint32_t r) { qb_op32(f, QI_OP_LDSTR, r, 0); }
static uint32_t load_list(QbModule *m, QbFunction *f, uint32_t r) {
    uint32_t list = qb_type1(m, QI_T_LIST, m->t_int);
    qb_op(f, QI_OP_NEWLIST, r, 0, list);
    return list;
}
static uint32_t load_channel(QbModule *m, QbFunction *f, uint32_t r, uint32_t elem) {
    uint32_t channel = qb_type1(m, QI_T_CHANNEL, elem);
    load_int(f, r);
    qb_op(f, QI_OP_NEWCHAN, r, r, channel);
    return channel;
}

/* --- roles and flow --------------------------------------------------------------- */

BODY(raw_of_raw) { UNUSED(); load_int(f, 0); qb_op(f, QI_OP_ADD, 1, 0, 0); END(); }
BODY(raw_of_unset) { UNUSED(); qb_op(f, QI_OP_ADD, 1, 0, 0); END(); }
BODY(raw_of_ref) { UNUSED(); load_string(f, 0); qb_op(f, QI_OP_ADD, 1, 0, 0); END(); }
BODY(ref_of_raw) { UNUSED(); load_int(f, 0); qb_op(f, QI_OP_LEN, 1, 0, 0); END(); }
BODY(move_unset) { UNUSED(); qb_op(f, QI_OP_MOV, 1, 0, 0); END(); }
BODY(move_keeps_type) { UNUSED(); load_string(f, 0); qb_op(f, QI_OP_MOV, 1, 0, 0); qb_op(f, QI_OP_LEN, 2, 1, 0); END(); }
BODY(source_outside) { UNUSED(); qb_op(f, QI_OP_NEG, 0, 10, 0); END(); }
BODY(destination_outside) { UNUSED(); load_int(f, 10); END(); }
BODY(spare_operand) { UNUSED(); load_int(f, 0); qb_op(f, QI_OP_MOV, 1, 0, 1); END(); }
BODY(constant_outside) { UNUSED(); qb_op32(f, QI_OP_LDK, 0, 1); END(); }
BODY(string_outside) { UNUSED(); qb_op32(f, QI_OP_LDSTR, 0, -1); END(); }
BODY(global_outside) { UNUSED(); qb_op32(f, QI_OP_LDGLOBAL, 0, 0); END(); }
BODY(type_outside) { UNUSED(); qb_op(f, QI_OP_NEWDICT, 0, 0, 99); END(); }
BODY(function_outside) { UNUSED(); qb_op(f, QI_OP_CALL, 0, 2, 9); END(); }
BODY(native_outside) { UNUSED(); qb_op(f, QI_OP_NATIVE, 0, 2, 0); END(); }
BODY(unknown_op) { UNUSED(); qb_op(f, (QiOp)(QI_OP_COUNT + 5), 0, 0, 0); END(); }
BODY(stub_op) { UNUSED(); qb_op(f, QI_OP_COROEND, 0, 0, 0); END(); }
BODY(runs_off) { UNUSED(); load_int(f, 0); }
BODY(no_code) { UNUSED(); }
BODY(unreachable_nonsense) { UNUSED(); END(); qb_op(f, QI_OP_ADD, 900, 900, 900); }
BODY(jump_forward) { UNUSED(); qb_op32(f, QI_OP_JMP, 0, 0); END(); }
BODY(jump_outside) { UNUSED(); qb_op32(f, QI_OP_JMP, 0, 5); END(); }
BODY(jump_far_back) { UNUSED(); qb_op32(f, QI_OP_LOOP, 0, -9); qb_live(f, 0); END(); }
BODY(jump_back) { UNUSED(); qb_op32(f, QI_OP_JMP, 0, -1); END(); }
BODY(loop_back) { UNUSED(); qb_op32(f, QI_OP_LOOP, 0, -1); qb_live(f, 0); }
BODY(branch_back) { UNUSED(); load_int(f, 0); qb_op(f, QI_OP_JEQ, 0, 0, 0xFFFF); END(); }
BODY(ways_agree) {
    UNUSED(); load_int(f, 0);
    qb_op32(f, QI_OP_JT, 0, 2); load_string(f, 1); qb_op32(f, QI_OP_JMP, 0, 1);
    load_string(f, 1); qb_op(f, QI_OP_LEN, 2, 1, 0); END();
}
BODY(ways_differ) {
    UNUSED(); load_int(f, 0);
    qb_op32(f, QI_OP_JT, 0, 2); load_string(f, 1); qb_op32(f, QI_OP_JMP, 0, 1);
    load_int(f, 1); qb_op(f, QI_OP_LEN, 2, 1, 0); END();
}
/* Raw at first; a reference when the loop comes round. */
BODY(loop_changes_type) {
    UNUSED(); load_int(f, 0); load_int(f, 1);
    qb_op(f, QI_OP_NEG, 1, 0, 0); load_string(f, 0); qb_op32(f, QI_OP_LOOP, 0, -3); qb_live(f, 1);
}
BODY(division_by_constant) { UNUSED(); load_int(f, 0); qb_op(f, QI_OP_DIVI, 0, 0, 2); END(); }
BODY(division_by_zero) { UNUSED(); load_int(f, 0); qb_op(f, QI_OP_DIVI, 0, 0, 0); END(); }
BODY(remainder_by_minus_one) { UNUSED(); load_int(f, 0); qb_op(f, QI_OP_REMI, 0, 0, 0xFFFF); END(); }

static void roles_and_flow(QiTest *t) {
    static const Case cases[] = {
        {"raw of raw", raw_of_raw, NULL}, {"raw of unset", raw_of_unset, RAW}, {"raw of a reference", raw_of_ref, RAW},
        {"reference of raw", ref_of_raw, REF}, {"move unset", move_unset, UNSET}, {"move keeps the type", move_keeps_type, NULL},
        {"source outside", source_outside, RAW}, {"destination outside", destination_outside, RANGE},
        {"spare operand", spare_operand, "多余的操作数"}, {"constant outside", constant_outside, "常量编号"},
        {"string outside", string_outside, "字符串编号"}, {"global outside", global_outside, "变量编号"},
        {"type outside", type_outside, "类型编号"}, {"function outside", function_outside, "函数编号"},
        {"native outside", native_outside, "内建函数编号"}, {"unknown opcode", unknown_op, "未知的指令"},
        {"opcode of the VM", stub_op, "未知的指令"}, {"runs off its end", runs_off, "代码没有结束"}, {"no code", no_code, "没有代码"},
        {"unreachable nonsense", unreachable_nonsense, NULL}, {"jump forward", jump_forward, NULL},
        {"jump outside", jump_outside, "代码之外"}, {"jump far back", jump_far_back, "代码之外"}, {"jump back", jump_back, "向回跳转"},
        {"loop back", loop_back, NULL}, {"branch back", branch_back, "向回跳转"}, {"ways agree", ways_agree, NULL},
        {"ways differ", ways_differ, REF}, {"loop changes a type", loop_changes_type, RAW},
        {"division by a constant", division_by_constant, NULL}, {"division by 0", division_by_zero, "除数"},
        {"remainder by -1", remainder_by_minus_one, "除数"},
    };
    RUN_CASES(t, cases);
}

/* --- safepoints -------------------------------------------------------------------------- */

BODY(live_is_kept) { UNUSED(); load_string(f, 0); qb_op(f, QI_OP_RESCHED, 0, 0, 0); qb_live(f, 1); qb_op(f, QI_OP_LEN, 1, 0, 0); END(); }
BODY(dead_is_forgotten) { UNUSED(); load_string(f, 0); qb_op(f, QI_OP_RESCHED, 0, 0, 0); qb_live(f, 0); qb_op(f, QI_OP_LEN, 1, 0, 0); END(); }
BODY(raw_in_map) { UNUSED(); load_int(f, 0); qb_op(f, QI_OP_RESCHED, 0, 0, 0); qb_live(f, 1); END(); }
BODY(unset_in_map) { UNUSED(); qb_op(f, QI_OP_RESCHED, 0, 0, 0); qb_live(f, 1); END(); }
BODY(no_map) { UNUSED(); qb_op(f, QI_OP_RESCHED, 0, 0, 0); END(); }
BODY(raw_survives) { UNUSED(); load_int(f, 0); qb_op(f, QI_OP_RESCHED, 0, 0, 0); qb_live(f, 0); qb_op(f, QI_OP_NEG, 1, 0, 0); END(); }
BODY(edge_forgets) {
    UNUSED(); load_string(f, 0); load_int(f, 1);
    qb_op(f, QI_OP_LEN, 2, 0, 0); qb_op(f, QI_OP_LJLTI, 1, 0, (uint16_t)-2); qb_live(f, 0); END();
}
BODY(fall_through_keeps) {
    UNUSED(); load_string(f, 0); load_int(f, 1);
    qb_op(f, QI_OP_LJLTI, 1, 0, 1); qb_live(f, 0); qb_op(f, QI_OP_LEN, 2, 0, 0); END();
}

/* Parked instructions: what they read stays alive, what they get changes nothing of the map. */
BODY(receive) { load_channel(m, f, 0, m->t_int); qb_op(f, QI_OP_RECV, 1, 0, 0); qb_live(f, 1); END(); }
BODY(receive_unkept) { load_channel(m, f, 0, m->t_int); qb_op(f, QI_OP_RECV, 1, 0, 0); qb_live(f, 0); END(); }
BODY(receive_over_channel) { load_channel(m, f, 0, m->t_int); qb_op(f, QI_OP_RECV, 0, 0, 0); qb_live(f, 1); END(); }
BODY(receive_over_same_type) {
    load_channel(m, f, 0, m->t_string); load_string(f, 1); qb_op(f, QI_OP_RECV, 1, 0, 0); qb_live(f, 3); END();
}
BODY(receive_over_other_type) {
    load_channel(m, f, 0, m->t_string); load_list(m, f, 1); qb_op(f, QI_OP_RECV, 1, 0, 0); qb_live(f, 3); END();
}
BODY(flag_over_live) {
    load_channel(m, f, 0, m->t_int); load_string(f, 2); qb_op(f, QI_OP_RECVOK, 1, 0, 0); qb_live(f, 5); END();
}
BODY(send) { load_channel(m, f, 0, m->t_string); load_string(f, 1); qb_op(f, QI_OP_SEND, 0, 1, 0); qb_live(f, 3); END(); }
BODY(send_unkept) { load_channel(m, f, 0, m->t_string); load_string(f, 1); qb_op(f, QI_OP_SEND, 0, 1, 0); qb_live(f, 1); END(); }
BODY(send_other) { load_channel(m, f, 0, m->t_string); load_int(f, 1); qb_op(f, QI_OP_SEND, 0, 1, 0); qb_live(f, 1); END(); }
BODY(pair_needs_option) { load_channel(m, f, 0, m->t_string); qb_op(f, QI_OP_RECVOK, 1, 0, 0); qb_live(f, 1); END(); }
BODY(pair_gives_option) {
    load_channel(m, f, 0, m->t_string); qb_type1(m, QI_T_OPTION, m->t_string);
    qb_op(f, QI_OP_RECVOK, 1, 0, 0); qb_live(f, 1); qb_op(f, QI_OP_UNWRAP, 3, 1, 0); qb_op(f, QI_OP_LEN, 3, 3, 0); END();
}
BODY(await_task) {
    QbFunction *g = qb_function(m, "乙", 0, 1, m->t_unit);
    g->self[0] = 1 + m->t_unit_task;
    qb_op(g, QI_OP_RET0, 0, 0, 0);
    qb_op(f, QI_OP_SPAWN, 0, 2, 1); qb_op(f, QI_OP_AWAIT, 1, 0, 0); qb_live(f, 1); END();
}
BODY(await_unkept) {
    QbFunction *g = qb_function(m, "乙", 0, 1, m->t_unit);
    g->self[0] = 1 + m->t_unit_task;
    qb_op(g, QI_OP_RET0, 0, 0, 0);
    qb_op(f, QI_OP_SPAWN, 0, 2, 1); qb_op(f, QI_OP_AWAIT, 1, 0, 0); qb_live(f, 0); END();
}
BODY(await_string) { UNUSED(); load_string(f, 0); qb_op(f, QI_OP_AWAIT, 1, 0, 0); qb_live(f, 1); END(); }

static void safepoints(QiTest *t) {
    static const Case cases[] = {
        {"live is kept", live_is_kept, NULL}, {"dead is forgotten", dead_is_forgotten, REF}, {"raw in map", raw_in_map, "存活表指到了"},
        {"unset in map", unset_in_map, "存活表指到了"}, {"no map", no_map, "没有存活表"}, {"raw survives", raw_survives, NULL},
        {"taken edge forgets", edge_forgets, REF}, {"falling through keeps", fall_through_keeps, NULL},
        {"receive", receive, NULL}, {"receive, channel not kept", receive_unkept, "等待时使用的引用"},
        {"receive over the channel", receive_over_channel, "等待的结果会改变"}, {"receive over the same type", receive_over_same_type, NULL},
        {"receive over another type", receive_over_other_type, "等待的结果会改变"}, {"flag over a live register", flag_over_live, "等待的结果会改变"},
        {"send", send, NULL}, {"send, value not kept", send_unkept, "等待时使用的引用"}, {"send another type", send_other, TYPES},
        {"pair needs its option", pair_needs_option, "选项类型"}, {"pair gives an option", pair_gives_option, NULL},
        {"await", await_task, NULL}, {"await, task not kept", await_unkept, "等待时使用的引用"}, {"await a string", await_string, TYPES},
    };
    RUN_CASES(t, cases);
}

/* --- calls ---------------------------------------------------------------------------------- */

static QbFunction *callee(QbModule *m) {
    QbFunction *g = qb_function(m, "乙", QI_FUNC_PLAIN, 2, m->t_string);
    g->nself = 1;
    qb_param(g, m->t_string);
    qb_op(g, QI_OP_RET, 0, 0, 0);
    return g;
}
BODY(call) { callee(m); load_string(f, 4); qb_op(f, QI_OP_CALL, 0, 4, 1); qb_live(f, 0); qb_op(f, QI_OP_LEN, 1, 0, 0); END(); }
BODY(call_wrong_argument) { callee(m); load_int(f, 4); qb_op(f, QI_OP_CALL, 0, 4, 1); qb_live(f, 0); END(); }
BODY(call_without_link) { callee(m); load_string(f, 1); qb_op(f, QI_OP_CALL, 0, 1, 1); qb_live(f, 0); END(); }
BODY(call_past_registers) { callee(m); qb_op(f, QI_OP_CALL, 0, 10, 1); qb_live(f, 0); END(); }
BODY(call_loses_window) { callee(m); load_int(f, 3); load_string(f, 4); qb_op(f, QI_OP_CALL, 0, 4, 1); qb_live(f, 0); qb_op(f, QI_OP_NEG, 1, 3, 0); END(); }
BODY(call_link_is_lost) { callee(m); load_string(f, 2); load_string(f, 4); qb_op(f, QI_OP_CALL, 0, 4, 1); qb_live(f, 4); END(); }
BODY(call_keeps_below) { callee(m); load_string(f, 1); load_string(f, 4); qb_op(f, QI_OP_CALL, 0, 4, 1); qb_live(f, 2); qb_op(f, QI_OP_LEN, 2, 1, 0); END(); }
BODY(call_coroutine) { callee(m)->kind = QI_FUNC_COROUTINE; m->functions[1].self[0] = qb_coroutine(m, m->t_int, m->t_unit, m->t_string); load_string(f, 4); qb_op(f, QI_OP_CALL, 0, 4, 1); qb_live(f, 0); END(); }
BODY(return_wrong) { UNUSED(); load_int(f, 0); qb_op(f, QI_OP_RET, 0, 0, 0); f->result = m->t_unit; }
BODY(return_string_as_unit) { UNUSED(); load_string(f, 0); qb_op(f, QI_OP_RET, 0, 0, 0); }
BODY(return_nothing_as_string) { QbFunction *g = callee(m); g->ncode = 0; qb_op(g, QI_OP_RET0, 0, 0, 0); END(); }
BODY(closure) {
    QbFunction *g = qb_function(m, "闭包", QI_FUNC_CLOSURE, 3, m->t_int);
    g->nself = 2;
    g->self[0] = qb_func_type(m, 1, &m->t_int, m->t_int);
    g->self[1] = qb_env(m, 1, &m->t_string);
    qb_param(g, m->t_int);
    qb_op(g, QI_OP_LDCAP, 2, 0, 0); qb_op(g, QI_OP_LEN, 2, 2, 0); qb_op(g, QI_OP_RET, 2, 0, 0);
    load_string(f, 0); qb_op(f, QI_OP_CLOSURE, 4, 0, 1); load_int(f, 5); qb_op(f, QI_OP_CALLC, 0, 4, 1); qb_live(f, 0); END();
}
BODY(closure_other_capture) { closure(m, f); f->code[0] = (QiInsn){.op = QI_OP_LDI, .a = 0}; }
BODY(closure_argument_count) { closure(m, f); f->code[3].c = 0; }
BODY(closure_of_plain_function) { callee(m); load_string(f, 0); qb_op(f, QI_OP_CLOSURE, 4, 0, 1); END(); }
BODY(capture_outside) { closure(m, f); m->functions[1].code[0].c = 1; }
BODY(closure_descriptor) { closure(m, f); m->functions[1].params[0] = m->t_string; }
BODY(call_string) { UNUSED(); load_string(f, 4); qb_op(f, QI_OP_CALLC, 0, 4, 0); qb_live(f, 0); END(); }
BODY(native) { qb_native(m, "print_line", 1, &m->t_string, m->t_unit); load_string(f, 0); qb_op(f, QI_OP_NATIVE, 0, 0, 0); END(); }
BODY(native_argument) { qb_native(m, "print_line", 1, &m->t_string, m->t_unit); load_int(f, 0); qb_op(f, QI_OP_NATIVE, 0, 0, 0); END(); }
BODY(native_parks) {
    uint32_t mutex = qb_class(m, QI_CLASS_MUTEX);
    qb_native(m, "mutex_new", 0, NULL, mutex); qb_native(m, "mutex_lock_method", 1, &mutex, m->t_unit);
    qb_op(f, QI_OP_PARKNATIVE, 0, 2, 0); qb_live(f, 0); qb_op(f, QI_OP_PARKNATIVE, 1, 0, 1); qb_live(f, 1); END();
}
BODY(native_parks_unkept) { native_parks(m, f); f->map[1] = 0; }
BODY(native_parks_over_live) { native_parks(m, f); f->code[1].a = 0; }
BODY(native_parks_as_plain) { native_parks(m, f); f->code[1].op = QI_OP_NATIVE; }

static void calls(QiTest *t) {
    static const Case cases[] = {
        {"call", call, NULL}, {"wrong argument", call_wrong_argument, TYPES}, {"no room for the link", call_without_link, "链接"},
        {"window past the registers", call_past_registers, "参数超出了寄存器"}, {"the window is lost", call_loses_window, RAW},
        {"the link is lost", call_link_is_lost, "存活表指到了"}, {"below it is kept", call_keeps_below, NULL},
        {"call of a 协程", call_coroutine, TYPES}, {"raw as 空", return_wrong, NULL}, {"string as 空", return_string_as_unit, TYPES},
        {"nothing as string", return_nothing_as_string, TYPES}, {"closure", closure, NULL}, {"another capture", closure_other_capture, TYPES},
        {"number of arguments", closure_argument_count, "参数个数"}, {"closure of a plain function", closure_of_plain_function, TYPES},
        {"capture outside", capture_outside, "字段编号"}, {"closure's descriptors", closure_descriptor, "前后不一"}, {"call of a string", call_string, TYPES},
        {"native", native, NULL}, {"native's argument", native_argument, TYPES}, {"native that parks", native_parks, NULL},
        {"native that parks, argument not kept", native_parks_unkept, "等待时使用的引用"}, {"native that parks, result over its argument", native_parks_over_live, "等待的结果会改变"},
        {"native that parks called as one that does not", native_parks_as_plain, "内建函数"},
    };
    RUN_CASES(t, cases);
}

/* --- handlers ---------------------------------------------------------------------------------- */

BODY(handler) {
    UNUSED(); load_int(f, 0); qb_op(f, QI_OP_ADD, 1, 0, 0); END();
    qb_op(f, QI_OP_CAUGHT, 2, 0, 0); qb_op(f, QI_OP_THROW, 2, 0, 0); qb_handler(f, 0, 2, 3);
}
BODY(handler_sees_no_result) { handler(m, f); f->code[4] = (QiInsn){.op = QI_OP_NEG, .a = 1, .b = 1}; END(); }
BODY(handler_sees_before) { handler(m, f); f->code[4] = (QiInsn){.op = QI_OP_NEG, .a = 1, .b = 0}; END(); }
BODY(handler_without_caught) { handler(m, f); f->code[3].op = QI_OP_NOP; f->code[3].a = 0; }
BODY(caught_without_handler) { handler(m, f); f->nhandlers = 0; f->code[2] = (QiInsn){.op = QI_OP_JMP}; }
BODY(caught_fallen_into) { handler(m, f); f->code[2] = (QiInsn){.op = QI_OP_NOP}; }
BODY(caught_at_entry) { UNUSED(); qb_op(f, QI_OP_CAUGHT, 0, 0, 0); END(); }
BODY(handler_in_range) { handler(m, f); f->handlers[0][1] = 5; }
BODY(throw_string) { UNUSED(); load_string(f, 0); qb_op(f, QI_OP_THROW, 0, 0, 0); }

static void handlers(QiTest *t) {
    static const Case cases[] = {
        {"handler", handler, NULL}, {"a handler sees no result", handler_sees_no_result, RAW}, {"a handler sees what was before", handler_sees_before, NULL},
        {"handler without CAUGHT", handler_without_caught, "CAUGHT"}, {"CAUGHT jumped to", caught_without_handler, "CAUGHT"},
        {"CAUGHT fallen into", caught_fallen_into, "CAUGHT"}, {"CAUGHT at entry", caught_at_entry, "CAUGHT"},
        {"handler inside its range", handler_in_range, "范围之后"}, {"throw a string", throw_string, TYPES},
    };
    RUN_CASES(t, cases);
}

/* --- values -------------------------------------------------------------------------------------- */

BODY(list_get) { load_list(m, f, 0); load_int(f, 1); qb_op(f, QI_OP_LGET, 2, 0, 1); qb_op(f, QI_OP_NEG, 2, 2, 0); END(); }
BODY(list_get_bytes) { load_list(m, f, 0); load_int(f, 1); qb_op(f, QI_OP_LGETB, 2, 0, 1); END(); }
BODY(bool_list_get_words) { qb_op(f, QI_OP_NEWLIST, 0, 0, qb_type1(m, QI_T_LIST, m->t_bool)); load_int(f, 1); qb_op(f, QI_OP_LGET, 2, 0, 1); END(); }
BODY(bool_list) { qb_op(f, QI_OP_NEWLIST, 0, 0, qb_type1(m, QI_T_LIST, m->t_bool)); load_int(f, 1); qb_op(f, QI_OP_LGETB, 2, 0, 1); qb_op(f, QI_OP_LSETB, 0, 1, 2); END(); }
BODY(list_set_other) { load_list(m, f, 0); load_int(f, 1); load_string(f, 2); qb_op(f, QI_OP_LSET, 0, 1, 2); END(); }
BODY(push_other) { load_list(m, f, 0); load_string(f, 1); qb_op(f, QI_OP_PUSH, 0, 1, 0); END(); }
BODY(push_to_array) { uint32_t a = qb_type2(m, QI_T_ARRAY, m->t_int, 1); load_int(f, 0); qb_op(f, QI_OP_NEWLIST, 0, 1, a); load_int(f, 1); qb_op(f, QI_OP_PUSH, 0, 1, 0); END(); }
BODY(array_length) { uint32_t a = qb_type2(m, QI_T_ARRAY, m->t_int, 2); load_int(f, 0); qb_op(f, QI_OP_NEWLIST, 0, 1, a); END(); }
BODY(list_past_registers) { load_int(f, 9); qb_op(f, QI_OP_NEWLIST, 9, 2, qb_type1(m, QI_T_LIST, m->t_int)); END(); }
BODY(list_of_others) { load_string(f, 0); qb_op(f, QI_OP_NEWLIST, 0, 1, qb_type1(m, QI_T_LIST, m->t_int)); END(); }
BODY(fill) { load_int(f, 0); load_string(f, 1); qb_op(f, QI_OP_FILLLIST, 2, 0, qb_type1(m, QI_T_LIST, m->t_string)); END(); }
BODY(fill_other) { load_int(f, 0); load_string(f, 1); qb_op(f, QI_OP_FILLLIST, 2, 0, qb_type1(m, QI_T_LIST, m->t_int)); END(); }
BODY(fill_past_registers) { load_int(f, 9); qb_op(f, QI_OP_FILLLIST, 2, 9, qb_type1(m, QI_T_LIST, m->t_int)); END(); }
BODY(list_next) {
    uint32_t list = qb_type1(m, QI_T_LIST, m->t_string);
    qb_op(f, QI_OP_NEWLIST, 0, 0, list); qb_op(f, QI_OP_ITER, 0, 0, 0); qb_op32(f, QI_OP_JMP, 0, 1);
    qb_op(f, QI_OP_LEN, 4, 3, 0); qb_op32(f, QI_OP_LISTNEXT, 0, -2); qb_live(f, 9); END();
}
BODY(list_next_unlisted) { list_next(m, f); f->map[4] = 1; }
BODY(list_next_falls_through) { list_next(m, f); f->code[5] = (QiInsn){.op = QI_OP_LEN, .a = 4, .b = 3}; END(); }
BODY(list_next_without_iter) { list_next(m, f); f->code[1].op = QI_OP_NOP; }
BODY(list_next_of_string) { load_string(f, 0); load_int(f, 1); load_int(f, 2); (void)m; qb_op32(f, QI_OP_LISTNEXT, 0, 0); qb_live(f, 0); END(); }
BODY(string_next) { UNUSED(); load_string(f, 0); load_int(f, 1); qb_op32(f, QI_OP_STRNEXT, 0, -1); qb_live(f, 1); END(); }
BODY(string_next_ref) { UNUSED(); load_string(f, 0); load_string(f, 1); qb_op32(f, QI_OP_STRNEXT, 0, -1); qb_live(f, 1); END(); }
BODY(loop_past_registers) { UNUSED(); load_int(f, 9); qb_op32(f, QI_OP_FORLOOP, 9, -1); qb_live(f, 0); END(); }
BODY(dict) {
    uint32_t d = qb_type2(m, QI_T_DICT, m->t_string, m->t_string), o = qb_type1(m, QI_T_OPTION, m->t_string);
    (void)o;
    qb_op(f, QI_OP_NEWDICT, 0, 0, d); load_string(f, 1); qb_op(f, QI_OP_DSET, 0, 1, 1); qb_op(f, QI_OP_DGET, 2, 0, 1);
    qb_op(f, QI_OP_DFIND, 3, 0, 1); qb_op(f, QI_OP_UNWRAP, 3, 3, 0); qb_op(f, QI_OP_STREQ, 4, 2, 3); END();
}
BODY(dict_key) { dict(m, f); f->code[1].op = QI_OP_LDI; }
BODY(dict_without_option) {
    uint32_t d = qb_type2(m, QI_T_DICT, m->t_int, m->t_string);
    qb_op(f, QI_OP_NEWDICT, 0, 0, d); load_int(f, 1); qb_op(f, QI_OP_DFIND, 3, 0, 1); END();
}
BODY(dict_of_list) { load_list(m, f, 0); load_int(f, 1); qb_op(f, QI_OP_DGET, 2, 0, 1); END(); }
BODY(structure) {
    uint32_t s = qb_struct(m, "点", 2, (uint32_t[]){m->t_int, m->t_string});
    load_int(f, 0); load_string(f, 1); qb_op(f, QI_OP_NEWSTRUCT, 2, 0, s); qb_op(f, QI_OP_GETF, 3, 2, 1); qb_op(f, QI_OP_SETF, 2, 0, 0); qb_op(f, QI_OP_LEN, 4, 3, 0); END();
}
BODY(structure_swapped) { structure(m, f); f->code[0].op = QI_OP_LDSTR; f->code[0].b = 0; }
BODY(field_outside) { structure(m, f); f->code[3].c = 2; }
BODY(field_other_type) { structure(m, f); f->code[4].b = 1; }
BODY(option) { uint32_t o = qb_type1(m, QI_T_OPTION, m->t_int); load_int(f, 0); qb_op(f, QI_OP_SOME, 1, 0, o); qb_op(f, QI_OP_UNWRAP, 2, 1, 0); qb_op(f, QI_OP_NEG, 2, 2, 0); qb_op32(f, QI_OP_JNONE, 1, 0); END(); }
BODY(option_unwrapped_once) {
    uint32_t o = qb_type1(m, QI_T_OPTION, m->t_int), oo = qb_type1(m, QI_T_OPTION, o);
    qb_op(f, QI_OP_NONE, 0, 0, o); qb_op(f, QI_OP_SOME, 1, 0, oo); qb_op(f, QI_OP_UNWRAP, 2, 1, 0); qb_op(f, QI_OP_NEG, 3, 2, 0); END();
}
BODY(some_other) { uint32_t o = qb_type1(m, QI_T_OPTION, m->t_int); load_string(f, 0); qb_op(f, QI_OP_SOME, 1, 0, o); END(); }
BODY(unwrap_string) { UNUSED(); load_string(f, 0); qb_op(f, QI_OP_UNWRAP, 1, 0, 0); END(); }
BODY(cell) { uint32_t c = qb_type1(m, QI_T_CELL, m->t_string); qb_op(f, QI_OP_EMPTYCELL, 0, 0, c); load_string(f, 1); qb_op(f, QI_OP_STCELL, 0, 1, 0); qb_op(f, QI_OP_LDCELL, 2, 0, 0); qb_op(f, QI_OP_LEN, 2, 2, 0); END(); }
BODY(cell_other) { cell(m, f); f->code[1].op = QI_OP_LDI; }
BODY(cells_compared) { cell(m, f); f->code[4] = (QiInsn){.op = QI_OP_DEEPEQ, .a = 2, .b = 0, .c = 0}; }
BODY(cell_formatted) { cell(m, f); f->code[4] = (QiInsn){.op = QI_OP_FORMAT, .a = 2, .b = 0, .c = (uint16_t)(m->ntypes - 1)}; }
BODY(global) { qb_global(m, m->t_string, "甲"); load_string(f, 0); qb_op32(f, QI_OP_STGLOBAL, 0, 0); qb_op32(f, QI_OP_LDGLOBAL, 1, 0); qb_op(f, QI_OP_LEN, 1, 1, 0); END(); }
BODY(global_other) { global(m, f); f->code[0].op = QI_OP_LDI; }
BODY(concat) { UNUSED(); load_string(f, 0); load_string(f, 1); qb_op(f, QI_OP_CONCAT, 0, 2, 0); END(); }
BODY(concat_nothing) { UNUSED(); load_string(f, 0); qb_op(f, QI_OP_CONCAT, 0, 0, 0); END(); }
BODY(concat_raw) { UNUSED(); load_string(f, 0); load_int(f, 1); qb_op(f, QI_OP_CONCAT, 0, 2, 0); END(); }
BODY(format_other) { load_string(f, 0); qb_op(f, QI_OP_FORMAT, 1, 0, m->t_int); END(); }
BODY(compare_types) { load_string(f, 0); load_list(m, f, 1); qb_op(f, QI_OP_DEEPEQ, 2, 0, 1); END(); }
BODY(length_of_task) { await_task(m, f); f->code[2] = (QiInsn){.op = QI_OP_LEN, .a = 1, .b = 0}; END(); }

static void values(QiTest *t) {
    static const Case cases[] = {
        {"element", list_get, NULL}, {"word as byte", list_get_bytes, TYPES}, {"byte as word", bool_list_get_words, TYPES}, {"bytes", bool_list, NULL},
        {"store another type", list_set_other, TYPES}, {"push another type", push_other, TYPES}, {"push to an array", push_to_array, TYPES},
        {"array's length", array_length, TYPES}, {"list past the registers", list_past_registers, "元素超出了寄存器"}, {"list of others", list_of_others, TYPES},
        {"fill", fill, NULL}, {"fill with another type", fill_other, TYPES}, {"fill past the registers", fill_past_registers, "参数超出了寄存器"},
        {"iterate", list_next, NULL}, {"element not in the map", list_next_unlisted, REF}, {"element after the loop", list_next_falls_through, REF},
        {"iterate without ITER", list_next_without_iter, TYPES}, {"iterate a string as a list", list_next_of_string, TYPES},
        {"characters", string_next, NULL}, {"characters from a reference", string_next_ref, TYPES}, {"loop past the registers", loop_past_registers, RANGE},
        {"dictionary", dict, NULL}, {"another key", dict_key, TYPES}, {"DFIND without option type", dict_without_option, "选项类型"}, {"list as dictionary", dict_of_list, TYPES},
        {"struct", structure, NULL}, {"fields swapped", structure_swapped, TYPES}, {"field outside", field_outside, "字段编号"}, {"field of another type", field_other_type, TYPES},
        {"option", option, NULL}, {"option of option unwrapped once", option_unwrapped_once, RAW}, {"option of another type", some_other, TYPES}, {"unwrap a string", unwrap_string, TYPES},
        {"cell", cell, NULL}, {"cell of another type", cell_other, TYPES}, {"cells are not compared", cells_compared, TYPES}, {"cells are not formatted", cell_formatted, TYPES},
        {"global", global, NULL}, {"global of another type", global_other, TYPES},
        {"join", concat, NULL}, {"join nothing", concat_nothing, "字符串超出了寄存器"}, {"join raw", concat_raw, TYPES}, {"format another type", format_other, TYPES},
        {"compare two types", compare_types, TYPES}, {"length of a task", length_of_task, TYPES},
    };
    RUN_CASES(t, cases);
}

/* --- tuples, enums, jump tables ------------------------------------------------------------------- */

/* 枚举 { 无物, 两个(整数, 字符串) } */
static uint32_t shape(QbModule *m) {
    qb_u8(&m->types, QI_T_ENUM);
    qb_str(&m->types, "形");
    qb_u(&m->types, 2);
    qb_str(&m->types, "无物");
    qb_u(&m->types, 0);
    qb_str(&m->types, "两个");
    qb_u(&m->types, 2);
    qb_u(&m->types, m->t_int);
    qb_u(&m->types, m->t_string);
    return m->ntypes++;
}
BODY(variant) {
    uint32_t e = shape(m);
    load_int(f, 0); load_string(f, 1); qb_op(f, QI_OP_NEWENUM, 0, 1, e); qb_op(f, QI_OP_ENUMTAG, 2, 0, 0);
    qb_op(f, QI_OP_GETV, 3, 0, 1); qb_op(f, QI_OP_LEN, 4, 3, 0); END();
}
BODY(variant_without_payload) { qb_op(f, QI_OP_NEWENUM, 0, 0, shape(m)); qb_op(f, QI_OP_GETV, 3, 0, 0); END(); }
BODY(variant_outside) { variant(m, f); f->code[2].b = 2; }
BODY(variant_other_payload) { variant(m, f); f->code[1] = (QiInsn){.op = QI_OP_LDI, .a = 1}; }
BODY(variant_past_registers) { load_int(f, 9); qb_op(f, QI_OP_NEWENUM, 9, 1, shape(m)); END(); }
BODY(variant_field_outside) { variant(m, f); f->code[4].c = 2; }
BODY(variant_field_type) { variant(m, f); f->code[4].c = 0; }
BODY(tag_of_string) { UNUSED(); load_string(f, 0); qb_op(f, QI_OP_ENUMTAG, 1, 0, 0); END(); }
BODY(raw_enum) {
    qb_u8(&m->types, QI_T_ENUM); qb_str(&m->types, "色"); qb_u(&m->types, 1); qb_str(&m->types, "红"); qb_u(&m->types, 0);
    qb_op(f, QI_OP_NEWENUM, 0, 0, m->ntypes++); END();
}
BODY(tuple) {
    qb_u8(&m->types, QI_T_TUPLE); qb_u(&m->types, 2); qb_u(&m->types, m->t_int); qb_u(&m->types, m->t_string);
    load_int(f, 0); load_string(f, 1); qb_op(f, QI_OP_NEWSTRUCT, 2, 0, m->ntypes++); qb_op(f, QI_OP_GETF, 3, 2, 1); qb_op(f, QI_OP_LEN, 3, 3, 0); END();
}
BODY(tuple_is_fixed) { tuple(m, f); f->code[3] = (QiInsn){.op = QI_OP_SETF, .a = 2, .b = 0, .c = 0}; f->code[4] = (QiInsn){.op = QI_OP_NOP}; }
BODY(table) { UNUSED(); load_int(f, 0); qb_op(f, QI_OP_SWITCH, 0, 2, 0); qb_op32(f, QI_OP_JMP, 0, 1); qb_op32(f, QI_OP_JMP, 0, 1); END(); END(); }
BODY(table_of_others) { table(m, f); f->code[3] = (QiInsn){.op = QI_OP_NOP}; }
BODY(table_past_end) { table(m, f); f->code[1].b = 4; }
BODY(table_back) { table(m, f); f->code[2].b = 0xFFFD; f->code[2].c = 0xFFFF; }
BODY(table_by_string) { table(m, f); f->code[0].op = QI_OP_LDSTR; f->code[0].b = 0; }

static void enums(QiTest *t) {
    static const Case cases[] = {
        {"variant", variant, NULL}, {"variant without payload", variant_without_payload, NULL}, {"variant outside", variant_outside, "变体编号"},
        {"another payload", variant_other_payload, TYPES}, {"payload past the registers", variant_past_registers, "参数超出了寄存器"},
        {"field outside", variant_field_outside, "字段编号"}, {"field's type", variant_field_type, REF}, {"tag of a string", tag_of_string, TYPES},
        {"enum of raw tags", raw_enum, "变体编号"}, {"tuple", tuple, NULL}, {"a tuple does not change", tuple_is_fixed, TYPES},
        {"jump table", table, NULL}, {"table of other words", table_of_others, "不是 JMP"}, {"table past the end", table_past_end, "跳转表超出了代码"},
        {"table back", table_back, "向回跳转"}, {"table by a string", table_by_string, RAW},
    };
    RUN_CASES(t, cases);
}

/* --- coroutines ---------------------------------------------------------------------------------- */

static uint32_t generator(QbModule *m) {
    uint32_t type = qb_coroutine(m, m->t_int, m->t_string, m->t_int);
    QbFunction *g = qb_function(m, "生成", QI_FUNC_COROUTINE, 3, m->t_int);
    g->self[0] = type;
    load_int(g, 0); qb_op(g, QI_OP_YIELD, 1, 0, type); qb_live(g, 0); qb_op(g, QI_OP_LEN, 2, 1, 0); qb_op(g, QI_OP_RET, 2, 0, 0);
    return type;
}
BODY(coroutine) {
    generator(m); load_string(f, 1);
    qb_op(f, QI_OP_NEWCORO, 0, 4, 1); qb_op(f, QI_OP_SEND_RESUME, 2, 0, 1); qb_live(f, 3); qb_op(f, QI_OP_NEG, 2, 2, 0); qb_op(f, QI_OP_CORORESULT, 4, 0, 0); END();
}
BODY(send_wrong) { coroutine(m, f); f->code[0].op = QI_OP_LDI; f->map[2] = 1; }
BODY(send_resume_unkept) { coroutine(m, f); f->map[2] = 1; }
BODY(resume_unkept) { coroutine(m, f); f->map[2] = 2; }
BODY(resume_over_live) { coroutine(m, f); f->code[2].a = 0; }
BODY(yield_wrong) { coroutine(m, f); m->functions[1].code[0] = (QiInsn){.op = QI_OP_LDSTR, .a = 0}; m->functions[1].map[1] = 1; }
BODY(spawn_coroutine) { coroutine(m, f); f->code[1].op = QI_OP_SPAWN; }
BODY(spawn_without_task) { callee(m); load_string(f, 4); qb_op(f, QI_OP_SPAWN, 0, 4, 1); END(); }
BODY(task_descriptor) { await_task(m, f); m->functions[1].result = m->t_int; m->functions[1].code[0] = (QiInsn){.op = QI_OP_LDI}; qb_op(&m->functions[1], QI_OP_RET, 0, 0, 0); }
BODY(upcast) { await_task(m, f); f->code[1] = (QiInsn){.op = QI_OP_UPCAST, .a = 1, .b = 0, .c = (uint16_t)qb_type1(m, QI_T_FUTURE, m->t_unit)}; f->has_map[1] = false; }
BODY(upcast_other) { await_task(m, f); f->code[1] = (QiInsn){.op = QI_OP_UPCAST, .a = 1, .b = 0, .c = (uint16_t)qb_type1(m, QI_T_FUTURE, m->t_int)}; f->has_map[1] = false; }
BODY(ready) { uint32_t u = qb_type1(m, QI_T_FUTURE, m->t_string); load_string(f, 0); qb_op(f, QI_OP_READY, 1, 0, u); qb_op(f, QI_OP_AWAIT, 2, 1, 0); qb_live(f, 2); qb_op(f, QI_OP_LEN, 2, 2, 0); END(); }
BODY(ready_other) { ready(m, f); f->code[0].op = QI_OP_LDI; }
BODY(choose) {
    load_channel(m, f, 0, m->t_int); load_int(f, 1);
    qb_op(f, QI_OP_SELECT, 3, 0, 0); qb_live(f, 1);
    qb_op(f, QI_OP_SEL_RECV, 0, 2, 3); qb_op(f, QI_OP_SEL_SEND, 0, 1, 3); qb_op(f, QI_OP_SEL_TIMEOUT, 1, 0, 2);
    END(); qb_op(f, QI_OP_NEG, 2, 2, 0); END();
}
BODY(choose_result_elsewhere) { choose(m, f); f->code[5].c = 2; }
BODY(choose_unkept) { choose(m, f); f->map[3] = 0; }
BODY(choose_back) { choose(m, f); f->code[4].c = (uint16_t)-3; }
BODY(choose_into_data) { choose(m, f); f->code[4].c = 0; }
BODY(choose_too_few) { choose(m, f); f->code[3].a = 4; }
BODY(choose_none) { choose(m, f); f->code[3].a = 0; }
BODY(choose_over_channel) { choose(m, f); f->code[4].b = 0; }
BODY(choose_by_falling) { choose(m, f); f->code[3] = (QiInsn){.op = QI_OP_NOP}; }
BODY(choose_other_value) { choose(m, f); f->code[2].op = QI_OP_LDSTR; f->code[2].b = 0; f->map[3] = 3; }

static void coroutines(QiTest *t) {
    static const Case cases[] = {
        {"协程", coroutine, NULL}, {"send another type", send_wrong, TYPES}, {"sent value not kept", send_resume_unkept, "等待时使用的引用"},
        {"result over the 协程", resume_over_live, "等待的结果会改变"}, {"协程 not kept", resume_unkept, "等待时使用的引用"}, {"yield another type", yield_wrong, TYPES}, {"spawn a 协程", spawn_coroutine, TYPES},
        {"spawn without a task type", spawn_without_task, TYPES}, {"task's descriptor", task_descriptor, "前后不一"},
        {"任务 as 未来", upcast, NULL}, {"任务 as another 未来", upcast_other, TYPES}, {"ready", ready, NULL}, {"ready with another type", ready_other, TYPES},
        {"选择", choose, NULL}, {"result of another case", choose_result_elsewhere, RAW}, {"channel not kept", choose_unkept, "等待时使用的引用"},
        {"选择 back", choose_back, "向回跳转"}, {"选择 into data", choose_into_data, "跳转到了数据"}, {"too few cases", choose_too_few, TYPES},
        {"no cases", choose_none, "情况数"}, {"result over the channel", choose_over_channel, "等待的结果会改变"}, {"cases fallen into", choose_by_falling, "执行到了数据"},
        {"send another type in 选择", choose_other_value, TYPES},
    };
    RUN_CASES(t, cases);
}

/* A chain of joins that would cost 2^32 steps is refused, not walked. */
static void work_is_bounded(QiTest *t) {
    QbModule *m = malloc(sizeof *m);
    if (m == NULL) abort();
    qb_begin(m);
    QbFunction *f = qb_main(m, 60000);
    for (uint32_t i = 0; i < 50; i++) qb_op(f, QI_OP_JMP, 0, 0, 0);
    END();
    size_t len;
    uint8_t *bytes = qb_finish(m, &len);
    QiLoadError error;
    QiProgram *p = qi_program_load(bytes, len, &error);
    QI_CHECK(t, p != NULL); /* much, but within the budget */
    qi_program_free(p);
    free(bytes);
    free(m);
}

/* --- narrow numbers, sets, pointers -------------------------------------------------------------- */

BODY(check32) { UNUSED(); load_int(f, 0); qb_op(f, QI_OP_CHK32, 1, 0, 0); qb_op(f, QI_OP_CHK8, 1, 1, 0); qb_op(f, QI_OP_FROUND32, 2, 0, 0); END(); }
BODY(check32_of_string) { UNUSED(); load_string(f, 0); qb_op(f, QI_OP_CHK32, 1, 0, 0); END(); }
BODY(check8_of_nothing) { UNUSED(); qb_op(f, QI_OP_CHK8, 1, 0, 0); END(); }
BODY(round32_of_string) { UNUSED(); load_string(f, 0); qb_op(f, QI_OP_FROUND32, 1, 0, 0); END(); }
BODY(set) {
    qb_op(f, QI_OP_NEWDICT, 0, 0, qb_type1(m, QI_T_SET, m->t_string)); qb_op(f, QI_OP_LEN, 5, 0, 0);
    qb_op(f, QI_OP_ITER, 0, 0, 0); qb_op32(f, QI_OP_JMP, 0, 1);
    qb_op(f, QI_OP_LEN, 5, 3, 0); qb_op32(f, QI_OP_DICTNEXT, 0, -2); qb_live(f, 9); END();
}
/* The place of a value is written, too: a reference there is gone. */
BODY(set_over_reference) { load_string(f, 4); set(m, f); f->code[5] = (QiInsn){.op = QI_OP_LEN, .a = 5, .b = 4}; }
BODY(set_stored_as_dict) { set(m, f); f->code[1] = (QiInsn){.op = QI_OP_DSET, .a = 0, .b = 0, .c = 0}; }
BODY(set_of_lists) { qb_op(f, QI_OP_NEWDICT, 0, 0, qb_type1(m, QI_T_SET, qb_type1(m, QI_T_LIST, m->t_int))); END(); }
BODY(set_of_longs) { qb_op(f, QI_OP_NEWDICT, 0, 0, qb_type1(m, QI_T_SET, qb_type(m, QI_T_INT128))); END(); }
BODY(pointer_to_cell) {
    uint32_t cell = qb_type1(m, QI_T_CELL, m->t_string);
    qb_type1(m, QI_T_POINTER, m->t_string);
    load_string(f, 0); qb_op(f, QI_OP_NEWCELL, 1, 0, cell); qb_op(f, QI_OP_PTRCELL, 2, 1, 0);
    qb_op(f, QI_OP_LDPTR, 3, 2, 0); qb_op(f, QI_OP_LEN, 4, 3, 0); qb_op(f, QI_OP_STPTR, 2, 3, 0); END();
}
BODY(pointer_unlisted) {
    uint32_t cell = qb_type1(m, QI_T_CELL, m->t_string);
    load_string(f, 0); qb_op(f, QI_OP_NEWCELL, 1, 0, cell); qb_op(f, QI_OP_PTRCELL, 2, 1, 0); END();
}
BODY(pointer_to_no_cell) { pointer_to_cell(m, f); f->code[2].b = 0; }
BODY(pointer_stores_other) { pointer_to_cell(m, f); f->code[5].b = 2; }
BODY(pointer_loads_raw) { pointer_to_cell(m, f); f->code[4] = (QiInsn){.op = QI_OP_NEG, .a = 4, .b = 3}; }
BODY(load_of_string) { pointer_to_cell(m, f); f->code[3].b = 0; }
BODY(store_to_string) { pointer_to_cell(m, f); f->code[5].a = 0; }
BODY(pointer_to_field) {
    uint32_t s = qb_struct(m, "点", 2, (uint32_t[]){m->t_int, m->t_string});
    qb_type1(m, QI_T_POINTER, m->t_string);
    load_int(f, 0); load_string(f, 1); qb_op(f, QI_OP_NEWSTRUCT, 2, 0, s); qb_op(f, QI_OP_PTRFIELD, 3, 2, 1); qb_op(f, QI_OP_LDPTR, 4, 3, 0); END();
}
BODY(pointer_field_outside) { pointer_to_field(m, f); f->code[3].c = 2; }
BODY(pointer_field_unlisted) { pointer_to_field(m, f); f->code[3].c = 0; }
BODY(pointer_field_of_string) { pointer_to_field(m, f); f->code[3].b = 1; }
BODY(pointer_to_element) {
    qb_type1(m, QI_T_POINTER, m->t_int);
    load_list(m, f, 0); load_int(f, 1); qb_op(f, QI_OP_PTRELEM, 2, 0, 1); qb_op(f, QI_OP_LDPTR, 3, 2, 0); qb_op(f, QI_OP_NEG, 3, 3, 0); END();
}
BODY(pointer_element_of_string) { pointer_to_element(m, f); f->code[0] = (QiInsn){.op = QI_OP_LDSTR, .a = 0}; }
BODY(pointer_element_index) { pointer_to_element(m, f); f->code[2].c = 0; }
BODY(pointer_null) {
    uint32_t p = qb_type1(m, QI_T_POINTER, m->t_int);
    qb_op(f, QI_OP_NONE, 0, 0, p); qb_op32(f, QI_OP_JNONE, 0, 0); qb_op32(f, QI_OP_JSOME, 0, 0); qb_op(f, QI_OP_LDPTR, 1, 0, 0); END();
}
BODY(none_of_list) { qb_op(f, QI_OP_NONE, 0, 0, qb_type1(m, QI_T_LIST, m->t_int)); END(); }
BODY(none_tested_on_string) { UNUSED(); load_string(f, 0); qb_op32(f, QI_OP_JNONE, 0, 0); END(); }
BODY(bytes_as_string) {
    uint32_t bytes = qb_type(m, QI_T_BYTES);
    qb_native(m, "bytes_empty", 0, NULL, bytes);
    qb_op(f, QI_OP_NATIVE, 0, 0, 0); qb_op(f, QI_OP_LEN, 1, 0, 0); qb_op(f, QI_OP_STRAT, 2, 0, 1); END();
}
BODY(array_of_any_length) { uint32_t a = qb_type2(m, QI_T_ARRAY, m->t_int, QI_ANY_LENGTH); load_int(f, 0); qb_op(f, QI_OP_NEWLIST, 0, 1, a); END(); }

static void new_types(QiTest *t) {
    static const Case cases[] = {
        {"CHK32 CHK8 FROUND32", check32, NULL}, {"CHK32 of a string", check32_of_string, RAW}, {"CHK8 of nothing", check8_of_nothing, RAW},
        {"FROUND32 of a string", round32_of_string, RAW}, {"集合", set, NULL}, {"a reference where a 集合 writes no value", set_over_reference, REF},
        {"DSET of a 集合", set_stored_as_dict, TYPES}, {"集合 of lists", set_of_lists, "不能用作字典的键"}, {"集合 of 长整数", set_of_longs, NULL},
        {"pointer to a cell", pointer_to_cell, NULL}, {"pointer type not in the module", pointer_unlisted, "缺少需要的指针类型"},
        {"PTRCELL of no cell", pointer_to_no_cell, TYPES}, {"STPTR of another type", pointer_stores_other, TYPES},
        {"LDPTR gives a reference", pointer_loads_raw, RAW}, {"LDPTR of a string", load_of_string, TYPES}, {"STPTR to a string", store_to_string, TYPES},
        {"pointer to a field", pointer_to_field, NULL}, {"PTRFIELD outside", pointer_field_outside, "字段编号"},
        {"PTRFIELD without its type", pointer_field_unlisted, "缺少需要的指针类型"}, {"PTRFIELD of a string", pointer_field_of_string, TYPES},
        {"pointer to an element", pointer_to_element, NULL}, {"PTRELEM of a string", pointer_element_of_string, TYPES},
        {"PTRELEM by a reference", pointer_element_index, RAW}, {"空", pointer_null, NULL}, {"NONE of a list", none_of_list, TYPES},
        {"JNONE of a string", none_tested_on_string, TYPES}, {"字节串 as 字符串", bytes_as_string, TYPES}, {"数组<T>", array_of_any_length, NULL},
    };
    RUN_CASES(t, cases);
}

int main(void) {
    QiTest t = {0};
    QI_RUN(&t, roles_and_flow);
    QI_RUN(&t, safepoints);
    QI_RUN(&t, calls);
    QI_RUN(&t, handlers);
    QI_RUN(&t, values);
    QI_RUN(&t, enums);
    QI_RUN(&t, coroutines);
    QI_RUN(&t, work_is_bounded);
    QI_RUN(&t, new_types);
    return qi_test_end(&t);
}
