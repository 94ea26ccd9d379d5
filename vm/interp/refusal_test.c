/*
 * refusal_test.c — every refusal has a text in both languages, with its numbers, noun and place filled in.
 */
#include "../base/test.h"
#include "test_refusal.h"

static bool has_han(const char *text) {
    for (; *text != 0; text++) {
        if ((unsigned char)*text >= 0xE3) return true;
    }
    return false;
}

static void every_text_is_filled_in(QiTest *t) {
    for (int why = QI_WHY_NONE + 1; why <= QI_WHY_WORK; why++) {
        QiLoadError error = {.code = 9010, .why = (QiWhy)why, .what = QI_WHY_TYPES, .n = 7, .m = 8};
        char *zh = text_of(&error, false), *en = text_of(&error, true);
        QI_CHECK(t, has_han(zh) && strchr(zh, '{') == NULL);
        QI_CHECK(t, *en != 0 && !has_han(en) && strchr(en, '{') == NULL);
        free(zh);
        free(en);
    }
}

static void a_place_in_code_is_named(QiTest *t) {
    QiLoadError error = {.code = 9010, .why = QI_WHY_OPERAND_TYPE, .in_code = true, .function = "加", .pc = 3, .op = 0xFFFF};
    char *zh = text_of(&error, false), *en = text_of(&error, true);
    QI_CHECK_TEXT(t, zh, strlen(zh), "函数 加，指令 3（?）：操作数的类型不符");
    QI_CHECK_TEXT(t, en, strlen(en), "function 加, instruction 3 (?): an operand of the wrong type");
    free(zh);
    free(en);
    QI_CHECK(t, !says(&error, "字段"));
}

static void numbers_and_nouns_are_named(QiTest *t) {
    QiLoadError error = {.code = 9010, .why = QI_WHY_INDEX_BEYOND, .what = QI_WHY_TYPES, .n = 5, .m = 3};
    char *zh = text_of(&error, false), *en = text_of(&error, true);
    QI_CHECK_TEXT(t, zh, strlen(zh), "类型编号 5 超出范围（共 3）");
    QI_CHECK_TEXT(t, en, strlen(en), "types: number 5 is out of range (there are 3)");
    free(zh);
    free(en);
}

int main(void) {
    QiTest t = {0};
    QI_RUN(&t, every_text_is_filled_in);
    QI_RUN(&t, a_place_in_code_is_named);
    QI_RUN(&t, numbers_and_nouns_are_named);
    return qi_test_end(&t);
}
