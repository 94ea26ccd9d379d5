/*
 * load_test.c — the container: headers, lengths, indices, names; and that no
 * damage to a good module is read past its end.
 */
#include "../base/test.h"
#include "module_builder.h"
#include "program.h"
#include "test_refusal.h"

typedef void (*Change)(QbModule *m, QbFunction *f);

/* A small good module with a bit of everything, changed. */
static uint8_t *sample(Change change, size_t *len) {
    QbModule *m = malloc(sizeof *m);
    if (m == NULL) abort();
    qb_begin(m);
    qb_constant(m, 42);
    qb_string(m, "你好");
    qb_global(m, m->t_int, "计数");
    qb_native(m, "print_line", 1, &m->t_string, m->t_unit);
    QbFunction *f = qb_main(m, 3);
    qb_op32(f, QI_OP_LDSTR, 1, 0);
    qb_op(f, QI_OP_NATIVE, 2, 1, 0);
    qb_op(f, QI_OP_RET0, 0, 0, 0);
    f->nlines = 2;
    if (change != NULL) change(m, f);
    uint8_t *bytes = qb_finish(m, len);
    free(m);
    return bytes;
}

/* Loads and frees; the code of the refusal, 0 when accepted. */
static int load(const uint8_t *bytes, size_t len, QiLoadError *error) {
    QiProgram *p = qi_program_load(bytes, len, error);
    int code = p != NULL ? 0 : error->code;
    qi_program_free(p);
    return code;
}

static void expect(QiTest *t, const char *what, Change change, const char *text) {
    size_t len;
    uint8_t *bytes = sample(change, &len);
    QiLoadError error;
    int code = load(bytes, len, &error);
    bool ok = text == NULL ? code == 0 : code == 9010 && says(&error, text);
    if (!ok) show(what, &error);
    QI_CHECK(t, ok);
    free(bytes);
}

static void good_module_loads(QiTest *t) {
    size_t len;
    uint8_t *bytes = sample(NULL, &len);
    QiLoadError error;
    QiProgram *p = qi_program_load(bytes, len, &error);
    QI_CHECK(t, p != NULL);
    if (p != NULL) {
        QI_CHECK_INT(t, p->nconstants, 1);
        QI_CHECK_INT(t, p->constants[0], 42);
        QI_CHECK_TEXT(t, p->string_data[0].text, p->string_data[0].len, "你好");
        QI_CHECK_TEXT(t, p->global_names[0].text, p->global_names[0].len, "计数");
        QI_CHECK_INT(t, p->nfunctions, 1);
        const QiFunction *f = &p->functions[p->main];
        QI_CHECK_INT(t, f->ncode, 3);
        QI_CHECK(t, qi_program_function_at(p, f->code + 2) == f);
        QI_CHECK(t, qi_program_function_at(p, f->code + 3) == NULL);
        uint32_t line, column;
        QI_CHECK(t, qi_program_place(f, f->code, &line, &column));
        QI_CHECK_INT(t, line, 2);
        QI_CHECK(t, qi_program_place(f, f->code + 2, &line, &column));
        QI_CHECK_INT(t, line, 3);
        QI_CHECK_INT(t, column, 1);
        size_t text_len;
        char *text = qi_disassemble(p, false, &text_len);
        QI_CHECK(t, text != NULL);
        if (text != NULL) {
            char *terminated = calloc(text_len + 1, 1);
            memcpy(terminated, text, text_len);
            QI_CHECK(t, strstr(terminated, "LDSTR       r1, \"你好\"") != NULL);
            QI_CHECK(t, strstr(terminated, "print_line(字符串): 空") != NULL);
            QI_CHECK(t, strstr(terminated, "; 第 3 行第 1 列") != NULL);
            free(terminated);
        }
        free(text);
    }
    qi_program_free(p);
    free(bytes);
}

/* --- the header ----------------------------------------------------------------- */

static void header_is_checked(QiTest *t) {
    size_t len;
    uint8_t *bytes = sample(NULL, &len);
    QiLoadError error;
    const struct { size_t at; int code; const char *text; } cases[] = {
        {0, 9010, "这不是"}, {3, 9010, "这不是"}, {4, 9011, ""}, {8, 9011, ""}, {16, 9010, "文件应有"}, {20, 9010, "校验和"}, {QB_HEADER, 9010, "校验和"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bytes[cases[i].at] ^= 1;
        QI_CHECK_INT(t, load(bytes, len, &error), cases[i].code);
        QI_CHECK(t, says(&error, cases[i].text));
        bytes[cases[i].at] ^= 1;
    }
    QI_CHECK_INT(t, load(bytes, len, &error), 0);
    QI_CHECK_INT(t, load((const uint8_t *)"", 0, &error), 9010);
    free(bytes);
}

/* Every prefix, with its length and checksum made right, ends too early. */
static void truncation_is_found(QiTest *t) {
    size_t len;
    uint8_t *bytes = sample(NULL, &len);
    QiLoadError error;
    for (size_t n = 0; n < len; n++) {
        uint8_t *cut = malloc(n + (n == 0));
        memcpy(cut, bytes, n);
        QI_CHECK_INT(t, load(cut, n, &error), 9010);
        qb_seal(cut, n);
        QI_CHECK_INT(t, load(cut, n, &error), 9010);
        free(cut);
    }
    uint8_t *longer = malloc(len + 1);
    memcpy(longer, bytes, len);
    longer[len] = 0;
    qb_seal(longer, len + 1);
    QI_CHECK_INT(t, load(longer, len + 1, &error), 9010);
    QI_CHECK(t, says(&error, "模块之后"));
    free(longer);
    free(bytes);
}

/* Every single flipped bit is found by the checksum; with the checksum repaired it is refused or harmless. */
static void flipped_bits_are_found(QiTest *t) {
    size_t len;
    uint8_t *bytes = sample(NULL, &len);
    QiLoadError error;
    for (size_t bit = 0; bit < len * 8; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        /* Flags of the header carry no meaning for the loader. */
        if (bit / 8 != 6 && bit / 8 != 7) QI_CHECK(t, load(bytes, len, &error) != 0);
        if (bit / 8 >= QB_HEADER) {
            qb_seal(bytes, len);
            load(bytes, len, &error);
        }
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        qb_seal(bytes, len);
    }
    QI_CHECK_INT(t, load(bytes, len, &error), 0);
    free(bytes);
}

/* --- tables ------------------------------------------------------------------------ */

static void many_constants(QbModule *m, QbFunction *f) { (void)f; m->nconstants = 0x7FFFFFFF; }
static void many_types(QbModule *m, QbFunction *f) { (void)f; m->ntypes = 70000; }
static void bad_kind(QbModule *m, QbFunction *f) { (void)f; qb_type(m, QI_T_KIND_COUNT); }
static void type_of_no_type(QbModule *m, QbFunction *f) { (void)f; qb_type1(m, QI_T_LIST, 99); }
static void float_key(QbModule *m, QbFunction *f) { (void)f; qb_type2(m, QI_T_DICT, m->t_float, m->t_int); }
static void string_key(QbModule *m, QbFunction *f) { (void)f; qb_type2(m, QI_T_DICT, m->t_string, m->t_int); }
static void list_of_cells(QbModule *m, QbFunction *f) { (void)f; qb_type1(m, QI_T_LIST, qb_type1(m, QI_T_CELL, m->t_int)); }
static void env_of_cells(QbModule *m, QbFunction *f) {
    (void)f;
    uint32_t cell = qb_type1(m, QI_T_CELL, m->t_int);
    qb_env(m, 1, &cell);
}
static void struct_of_cells(QbModule *m, QbFunction *f) {
    (void)f;
    uint32_t cell = qb_type1(m, QI_T_CELL, m->t_int);
    qb_struct(m, "点", 1, &cell);
}
static void env_of_envs(QbModule *m, QbFunction *f) {
    (void)f;
    uint32_t env = qb_env(m, 0, NULL);
    qb_env(m, 1, &env);
}
static void function_of_cells(QbModule *m, QbFunction *f) {
    (void)f;
    uint32_t cell = qb_type1(m, QI_T_CELL, m->t_int);
    qb_func_type(m, 1, &cell, m->t_int);
}
static void list_of_itself(QbModule *m, QbFunction *f) { (void)f; qb_type1(m, QI_T_LIST, m->ntypes); }
static void bad_text(QbModule *m, QbFunction *f) { (void)f; qb_string(m, "\xFF"); }
static void half_character(QbModule *m, QbFunction *f) { (void)f; qb_global(m, m->t_int, "\xE4\xBD"); }
static void global_without_type(QbModule *m, QbFunction *f) { (void)f; qb_global(m, 99, "甲"); }

static void tables_are_checked(QiTest *t) {
    expect(t, "constants", many_constants, "超出了文件");
    expect(t, "types", many_types, "超出了文件");
    expect(t, "kind", bad_kind, "未知的类型种类");
    expect(t, "type", type_of_no_type, "类型编号 99 超出范围");
    expect(t, "float key", float_key, "键不能用作");
    expect(t, "string key", string_key, NULL);
    expect(t, "list of cells", list_of_cells, "内部类型");
    expect(t, "env of cells", env_of_cells, NULL);
    expect(t, "struct of cells", struct_of_cells, "内部类型");
    expect(t, "env of envs", env_of_envs, "内部类型");
    expect(t, "function of cells", function_of_cells, "内部类型");
    expect(t, "list of itself", list_of_itself, NULL);
    expect(t, "text", bad_text, "UTF-8");
    expect(t, "half a character", half_character, "UTF-8");
    expect(t, "global", global_without_type, "类型编号 99 超出范围");
}

/* --- natives ------------------------------------------------------------------------- */

static void native_wrong_param(QbModule *m, QbFunction *f) { (void)f; qb_native(m, "print_line", 1, &m->t_int, m->t_unit); }
static void native_wrong_count(QbModule *m, QbFunction *f) { (void)f; qb_native(m, "print_line", 0, NULL, m->t_unit); }
static void native_wrong_result(QbModule *m, QbFunction *f) { (void)f; qb_native(m, "print_line", 1, &m->t_string, m->t_int); }
static void native_variables(QbModule *m, QbFunction *f) {
    (void)f;
    uint32_t list = qb_type1(m, QI_T_LIST, m->t_string);
    qb_native(m, "list_contains", 2, (uint32_t[]){list, m->t_string}, m->t_bool);
}
static void native_variables_differ(QbModule *m, QbFunction *f) {
    (void)f;
    uint32_t list = qb_type1(m, QI_T_LIST, m->t_string);
    qb_native(m, "list_contains", 2, (uint32_t[]){list, m->t_int}, m->t_bool);
}
static void native_unordered(QbModule *m, QbFunction *f) {
    (void)f;
    uint32_t list = qb_type1(m, QI_T_LIST, qb_type1(m, QI_T_LIST, m->t_int));
    qb_native(m, "list_sort", 2, (uint32_t[]){list, m->t_bool}, m->t_unit);
}
static uint32_t tuple_of(QbModule *m, unsigned n, const uint32_t *parts) {
    qb_u8(&m->types, QI_T_TUPLE);
    qb_u(&m->types, n);
    for (unsigned i = 0; i < n; i++) qb_u(&m->types, parts[i]);
    return m->ntypes++;
}
static void native_orders_tuples(QbModule *m, QbFunction *f) {
    (void)f;
    uint32_t list = qb_type1(m, QI_T_LIST, tuple_of(m, 2, (uint32_t[]){m->t_int, m->t_string}));
    qb_native(m, "list_sort", 2, (uint32_t[]){list, m->t_bool}, m->t_unit);
}
/* A tuple that contains itself has no order to find. */
static void native_endless_tuple(QbModule *m, QbFunction *f) {
    (void)f;
    uint32_t self = m->ntypes, list = qb_type1(m, QI_T_LIST, tuple_of(m, 1, &self));
    qb_native(m, "list_sort", 2, (uint32_t[]){list, m->t_bool}, m->t_unit);
}
static void native_sum(QbModule *m, QbFunction *f) {
    (void)f;
    uint32_t list = qb_type1(m, QI_T_LIST, m->t_int);
    qb_native(m, "list_sum", 1, &list, m->t_int);
}
static void native_sum_of_strings(QbModule *m, QbFunction *f) {
    (void)f;
    uint32_t list = qb_type1(m, QI_T_LIST, m->t_string);
    qb_native(m, "list_sum", 1, &list, m->t_string);
}
static void native_sequence(QbModule *m, QbFunction *f) {
    (void)f;
    uint32_t array = qb_type2(m, QI_T_ARRAY, m->t_int, 3), any = qb_type2(m, QI_T_ARRAY, m->t_int, QI_ANY_LENGTH);
    qb_native(m, "list_copy", 1, &array, any);
}
static void native_sequences_differ(QbModule *m, QbFunction *f) {
    (void)f;
    uint32_t array = qb_type2(m, QI_T_ARRAY, m->t_int, 3), list = qb_type1(m, QI_T_LIST, m->t_int);
    qb_native(m, "list_copy", 1, &array, list);
}
static void native_no_sequence(QbModule *m, QbFunction *f) { (void)f; qb_native(m, "list_reverse", 1, &m->t_string, m->t_unit); }
static void native_cell(QbModule *m, QbFunction *f) {
    (void)f;
    uint32_t cell = qb_type1(m, QI_T_CELL, m->t_int);
    qb_native(m, "clone", 1, &cell, cell);
}
static void native_number(QbModule *m, QbFunction *f) {
    (void)f;
    qb_u(&m->natives, 60000);
    qb_u(&m->natives, 0);
    qb_u(&m->natives, 0);
    m->nnatives++;
}

static void natives_are_checked(QiTest *t) {
    expect(t, "parameter", native_wrong_param, "类型不符");
    expect(t, "count", native_wrong_count, "类型不符");
    expect(t, "result", native_wrong_result, "类型不符");
    expect(t, "variables", native_variables, NULL);
    expect(t, "variables differ", native_variables_differ, "类型不符");
    expect(t, "bound", native_unordered, "类型不符");
    expect(t, "tuples are ordered", native_orders_tuples, NULL);
    expect(t, "tuple of itself", native_endless_tuple, "类型不符");
    expect(t, "numbers", native_sum, NULL);
    expect(t, "no numbers", native_sum_of_strings, "类型不符");
    expect(t, "sequence", native_sequence, NULL);
    expect(t, "sequences differ", native_sequences_differ, "类型不符");
    expect(t, "no sequence", native_no_sequence, "类型不符");
    expect(t, "cell", native_cell, "类型不符");
    expect(t, "number", native_number, "内建函数编号");
}

/* --- functions -------------------------------------------------------------------------- */

static void file_number(QbModule *m, QbFunction *f) { (void)m; f->file = 1; }
static void bad_function_kind(QbModule *m, QbFunction *f) { (void)m; f->kind = 3; }
static void too_many_registers(QbModule *m, QbFunction *f) { (void)m; f->nregs = 60001; }
static void too_few_registers(QbModule *m, QbFunction *f) {
    (void)f;
    QbFunction *g = qb_function(m, "乙", 0, 1, m->t_int);
    qb_param(g, m->t_int);
    qb_param(g, m->t_int);
    qb_op(g, QI_OP_RET, 0, 0, 0);
}
static void result_of_main(QbModule *m, QbFunction *f) { f->result = m->t_string; }
static void main_with_parameters(QbModule *m, QbFunction *f) { qb_param(f, m->t_int); }
static void main_without_task(QbModule *m, QbFunction *f) { (void)m; f->self[0] = 0; }
static void main_number(QbModule *m, QbFunction *f) { (void)f; m->main = 7; }
static void task_is_no_task(QbModule *m, QbFunction *f) { f->self[0] = 1 + m->t_int; }
static void yields_no_coroutine(QbModule *m, QbFunction *f) { f->yields = 1 + m->t_int; }
static void closure_without_env(QbModule *m, QbFunction *f) {
    (void)f;
    QbFunction *g = qb_function(m, "乙", QI_FUNC_CLOSURE, 1, m->t_unit);
    g->nself = 2;
    g->self[0] = qb_func_type(m, 0, NULL, m->t_unit);
    g->self[1] = m->t_int;
    qb_op(g, QI_OP_RET0, 0, 0, 0);
}
static void handler_outside(QbModule *m, QbFunction *f) { (void)m; qb_handler(f, 0, 9, 2); }
static void handler_empty(QbModule *m, QbFunction *f) { (void)m; qb_handler(f, 1, 1, 2); }
static void masked_outside(QbModule *m, QbFunction *f) {
    (void)m;
    f->masked[0][1] = 9;
    f->nmasked = 1;
}
static void map_beyond_registers(QbModule *m, QbFunction *f) {
    (void)m;
    f->has_map[1] = true;
    f->map[1] = 0x80;
}
static void lines_outside(QbModule *m, QbFunction *f) { (void)m; f->nlines = 9; }

static void functions_are_checked(QiTest *t) {
    expect(t, "file", file_number, "文件编号");
    expect(t, "kind", bad_function_kind, "未知的函数种类");
    expect(t, "many registers", too_many_registers, "寄存器数");
    expect(t, "few registers", too_few_registers, "寄存器数");
    expect(t, "result of main", result_of_main, "入口函数");
    expect(t, "main with parameters", main_with_parameters, "入口函数");
    expect(t, "main without task", main_without_task, "入口函数");
    expect(t, "main number", main_number, "函数编号");
    expect(t, "task", task_is_no_task, "任务类型");
    expect(t, "yields", yields_no_coroutine, "协程类型");
    expect(t, "closure", closure_without_env, "类型描述");
    expect(t, "handler outside", handler_outside, "处理段的范围");
    expect(t, "handler empty", handler_empty, "处理段的范围");
    expect(t, "masked", masked_outside, "屏蔽段");
    expect(t, "map", map_beyond_registers, "不存在的寄存器");
    expect(t, "lines", lines_outside, "行号");
}

int main(void) {
    QiTest t = {0};
    QI_RUN(&t, good_module_loads);
    QI_RUN(&t, header_is_checked);
    QI_RUN(&t, truncation_is_found);
    QI_RUN(&t, flipped_bits_are_found);
    QI_RUN(&t, tables_are_checked);
    QI_RUN(&t, natives_are_checked);
    QI_RUN(&t, functions_are_checked);
    return qi_test_end(&t);
}
