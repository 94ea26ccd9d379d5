/*
 * library.c — what the modules of 标准库 that are written in Qi need of the runtime: coded errors, clocks, words of chance,
 * display width, standard error, time zones.
 *
 * Invariants: nothing here depends on the locale; in deterministic mode clocks and chance are the scheduler's, and only
 * the time zones come from the machine.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "qi/native.h"

/* Codes whose message is one 说明; another is E7000. */
static bool has_explanation(int64_t code) { return code == 7009 || code == 7010 || code == 7021 || code == 7024 || code == 7025; }

/* 库错误(码, 说明): an error to be thrown. */
QiStatus qi_native_error_coded(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[1]);
    bool known = has_explanation((int64_t)args[0]);
    const QiErrorArg arg = {.name = known ? "说明" : "消息", .text = s->bytes, .len = s->len};
    *result = qi_from_ref(qi_error_make(qi_native_heap(cx), known ? (int)args[0] : 7000, &arg, 1));
    return QI_OK;
}

/* 呈现(值): its text as inside a collection, so that "1" and 1 differ. */
QiStatus qi_native_shown(QiContext *cx, const QiValue *args, QiValue *result) {
    QiString *s = qi_format(cx, qi_native_arg_type(cx, 0), args[0], true);
    if (s == NULL) return qi_throw_memory(cx);
    *result = qi_from_ref(s);
    return QI_OK;
}

QiStatus qi_native_write_error(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    qi_write_stderr(cx, s->bytes, s->len);
    *result = 0;
    return QI_OK;
}

QiStatus qi_native_random_word(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)args;
    *result = qi_random_u64(cx);
    return QI_OK;
}

QiStatus qi_native_wall_clock(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)args;
    *result = (QiValue)qi_wall_ns(cx);
    return QI_OK;
}

QiStatus qi_native_monotonic_clock(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)args;
    *result = (QiValue)qi_monotonic_ns(cx);
    return QI_OK;
}

/* --- display width ------------------------------------------------------------------------ */

typedef struct Range { uint32_t first, last; } Range;

static bool in_ranges(const Range *ranges, size_t n, uint32_t c) {
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (c > ranges[middle].last) low = middle + 1;
        else high = middle;
    }
    return low < n && c >= ranges[low].first;
}

/* East Asian Wide and Full-width, and the emoji that terminals show as wide. */
static const Range wide[] = {
    {0x1100, 0x115F}, {0x231A, 0x231B}, {0x23E9, 0x23EC}, {0x23F0, 0x23F0}, {0x23F3, 0x23F3}, {0x25FD, 0x25FE}, {0x2614, 0x2615},
    {0x2648, 0x2653}, {0x267F, 0x267F}, {0x2693, 0x2693}, {0x26A1, 0x26A1}, {0x26AA, 0x26AB}, {0x26BD, 0x26BE}, {0x26C4, 0x26C5},
    {0x26CE, 0x26CE}, {0x26D4, 0x26D4}, {0x26EA, 0x26EA}, {0x26F2, 0x26F3}, {0x26F5, 0x26F5}, {0x26FA, 0x26FA}, {0x26FD, 0x26FD},
    {0x2705, 0x2705}, {0x270A, 0x270B}, {0x2728, 0x2728}, {0x274C, 0x274C}, {0x274E, 0x274E}, {0x2753, 0x2755}, {0x2757, 0x2757},
    {0x2795, 0x2797}, {0x27B0, 0x27B0}, {0x27BF, 0x27BF}, {0x2B1B, 0x2B1C}, {0x2B50, 0x2B50}, {0x2B55, 0x2B55}, {0x2E80, 0x303E},
    {0x3041, 0x3247}, {0x3250, 0x4DBF}, {0x4E00, 0xA4CF}, {0xA960, 0xA97F}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF}, {0xFE10, 0xFE19},
    {0xFE30, 0xFE6F}, {0xFF01, 0xFF60}, {0xFFE0, 0xFFE6}, {0x16FE0, 0x18CFF}, {0x1AFF0, 0x1B2FF}, {0x1F004, 0x1F004}, {0x1F0CF, 0x1F0CF},
    {0x1F18E, 0x1F18E}, {0x1F191, 0x1F19A}, {0x1F200, 0x1F320}, {0x1F32D, 0x1F335}, {0x1F337, 0x1F37C}, {0x1F37E, 0x1F393},
    {0x1F3A0, 0x1F3CA}, {0x1F3CF, 0x1F3D3}, {0x1F3E0, 0x1F3F0}, {0x1F3F4, 0x1F3F4}, {0x1F3F8, 0x1F43E}, {0x1F440, 0x1F440},
    {0x1F442, 0x1F4FC}, {0x1F4FF, 0x1F53D}, {0x1F54B, 0x1F54E}, {0x1F550, 0x1F567}, {0x1F57A, 0x1F57A}, {0x1F595, 0x1F596},
    {0x1F5A4, 0x1F5A4}, {0x1F5FB, 0x1F64F}, {0x1F680, 0x1F6C5}, {0x1F6CC, 0x1F6CC}, {0x1F6D0, 0x1F6D2}, {0x1F6D5, 0x1F6DF},
    {0x1F6EB, 0x1F6EC}, {0x1F6F4, 0x1F6FC}, {0x1F7E0, 0x1F7EB}, {0x1F90C, 0x1F93A}, {0x1F93C, 0x1F945}, {0x1F947, 0x1F9FF},
    {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD},
};

/* Controls, combining marks, joiners, variation selectors. */
static const Range narrow_none[] = {
    {0x0000, 0x001F}, {0x007F, 0x009F}, {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A}, {0x064B, 0x065F},
    {0x0670, 0x0670}, {0x06D6, 0x06DC}, {0x0900, 0x0902}, {0x093C, 0x093C}, {0x0941, 0x0948}, {0x094D, 0x094D}, {0x0E31, 0x0E31},
    {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x2064},
    {0x20D0, 0x20F0}, {0x302A, 0x302D}, {0x3099, 0x309A}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}, {0x1F3FB, 0x1F3FF},
    {0xE0001, 0xE01EF},
};

static int64_t width_of(uint32_t c) {
    if (c >= 0x20 && c < 0x7F) return 1;
    if (in_ranges(narrow_none, sizeof narrow_none / sizeof *narrow_none, c)) return 0;
    return in_ranges(wide, sizeof wide / sizeof *wide, c) ? 2 : 1;
}

/* 显示宽度(文): columns in a terminal. */
QiStatus qi_native_display_width(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    const QiString *s = qi_as_ref(args[0]);
    int64_t width = 0;
    QiValue at = 0, c;
    while (qi_string_next(s, &at, &c)) width += width_of((uint32_t)c);
    *result = (QiValue)width;
    return QI_OK;
}

/* --- time zones ------------------------------------------------------------------------------ */

/* 本地偏移(秒): how many seconds the local time is ahead of UTC at this moment. */
QiStatus qi_native_local_offset(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    time_t at = (time_t)(int64_t)args[0];
    struct tm local;
    *result = localtime_r(&at, &local) == NULL ? 0 : (QiValue)(int64_t)local.tm_gmtoff;
    return QI_OK;
}

/* A name such as Asia/Shanghai: no absolute path, no way upwards. */
static bool zone_name_is_plain(const QiString *s) {
    if (s->len == 0 || s->len > 100 || s->bytes[0] == '/') return false;
    for (uint32_t i = 0; i < s->len; i++) {
        char c = s->bytes[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!letter && c != '_' && c != '+' && c != '-' && c != '/') return false;
    }
    return true;
}

/* 时区文件(名称): the contents of the zone's file in the system's database (RFC 9636), empty when there is none. */
QiStatus qi_native_zone_file(QiContext *cx, const QiValue *args, QiValue *result) {
    static const char folder[] = "/usr/share/zoneinfo/";
    enum { LARGEST = 65536 };
    const QiString *name = qi_as_ref(args[0]);
    char path[sizeof folder + 101], *bytes = NULL;
    size_t len = 0;
    if (zone_name_is_plain(name)) {
        snprintf(path, sizeof path, "%s%.*s", folder, (int)name->len, name->bytes);
        FILE *file = fopen(path, "rbe");
        bytes = file == NULL ? NULL : malloc(LARGEST);
        if (bytes != NULL) len = fread(bytes, 1, LARGEST, file);
        if (file != NULL) fclose(file);
        if (file != NULL && bytes == NULL) return qi_throw_memory(cx);
    }
    QiString *s = qi_string_alloc(cx, len);
    if (s != NULL && len > 0) memcpy(s->bytes, bytes, len);
    free(bytes);
    if (s == NULL) return qi_throw_memory(cx);
    s->chars = s->len;
    *result = qi_from_ref(s);
    return QI_OK;
}
