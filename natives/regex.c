/*
 * regex.c — what 标准库.正则 (natives/标准库/正则.qi) is made of: searching with PCRE2, and cutting texts at bytes.
 *
 * A pattern is named by its text and flags; compiled ones are kept in a cache of their worker, most recently used first.
 * Searching says where matches are, both in scalar values (what programs see) and in bytes (so that cutting a text needs
 * no counting), and where the next search goes on.
 *
 * Invariants
 * - One call is bounded: by a number of matches, by how many steps PCRE2 may take from one start (E7021), and by how far
 *   the start may move. What is left is the next call's, so a search over a long text can be preempted and cancelled.
 * - A search that takes several calls is bounded by the processor time of all of them (正则.qi adds it up): PCRE2 counts steps
 *   of backtracking, not the characters a repetition runs over, and `a*b` runs over all letters from every start.
 * - Byte positions that come from outside are checked to stand between scalar values of the text; PCRE2 is then told
 *   that the text is valid.
 *
 * Rejected: a native object that owns its compiled code (it would need a finaliser and memory the heap does not see);
 * PCRE2's just-in-time compiler (executable memory, and its limits are not exact); its substitution (no functions).
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <time.h>

#include "qi/native.h"

/* Flags of a pattern, as 正则.qi gives them, and of a search. */
enum { IGNORE_CASE = 1, MULTI_LINE = 2, DOT_ALL = 4, EXTENDED = 8, PATTERN_FLAGS = 15, WHOLE_TEXT = 16 };

enum { CACHE_SIZE = 32, STEPS = 1000000, STEPS_PER_BYTE = 20, HEAP_KIB = 1024, LARGE_TEXT = 65536 };
/* Bytes looked at from all starts of one call, roughly. */
#define SCAN_BUDGET ((size_t)256 << 20)
#define STARTS_MIN 1024u

typedef struct Compiled {
    char *pattern;
    size_t len;
    uint32_t flags, groups;
    pcre2_code *code;
    pcre2_match_data *data;
} Compiled;

typedef struct Cache {
    Compiled entries[CACHE_SIZE]; /* most recently used first */
    unsigned count;
    pcre2_match_context *limits;
} Cache;

static void drop(Compiled *c) {
    pcre2_match_data_free(c->data);
    pcre2_code_free(c->code);
    free(c->pattern);
}

static void free_cache(void *p) {
    Cache *cache = p;
    for (unsigned i = 0; i < cache->count; i++) drop(&cache->entries[i]);
    pcre2_match_context_free(cache->limits);
    free(cache);
}

static Cache *cache_of(QiContext *cx) {
    void **place = qi_worker_cache(cx, free_cache);
    if (*place != NULL) return *place;
    Cache *cache = calloc(1, sizeof *cache);
    if (cache == NULL) return NULL;
    cache->limits = pcre2_match_context_create(NULL);
    if (cache->limits == NULL) {
        free(cache);
        return NULL;
    }
    return *place = cache;
}

/* --- compiling ---------------------------------------------------------------------- */

typedef struct Reason { int code; const char *text; } Reason;

/* The mistakes people make; others are said in PCRE2's words. */
static const Reason reasons[] = {
    {101, "模式以 \\ 结尾"},
    {103, "\\ 之后不是已知的转义"},
    {104, "{} 里的次数次序颠倒"},
    {105, "{} 里的次数太大"},
    {106, "字符类缺少 ]"},
    {107, "字符类里的转义无效"},
    {108, "字符类里的范围次序颠倒"},
    {109, "量词之前没有可重复的内容"},
    {111, "(? 之后的字符无法识别"},
    {112, "POSIX 字符类只能写在 [] 里"},
    {114, "缺少 )"},
    {115, "引用了不存在的组"},
    {118, "(?# 的注释没有结束"},
    {119, "括号嵌套太深"},
    {120, "模式太大"},
    {122, "多余的 )"},
    {124, "(?< 之后的字符无法识别"},
    {125, "后行断言的长度不固定"},
    {130, "未知的 POSIX 字符类"},
    {134, "码点太大"},
    {142, "组名没有结束"},
    {143, "组名重复"},
    {144, "组名要以字母或 _ 开头"},
    {146, "\\P 或 \\p 的写法有误"},
    {147, "\\P 或 \\p 之后的属性未知"},
    {148, "组名太长"},
    {150, "字符类里的范围无效"},
    {162, "缺少组名"},
    {167, "\\x{} 里不是十六进制数字"},
    {173, "码点是代理项"},
    {183, "\\C 不可用：文本按字符匹配"},
};

static QiStatus throw_pattern(QiContext *cx, const QiString *pattern, int code, size_t offset) {
    char english[128];
    const char *text = NULL;
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if (reasons[i].code == code) text = reasons[i].text;
    }
    if (text == NULL) {
        pcre2_get_error_message(code, (PCRE2_UCHAR *)english, sizeof english);
        text = english;
    }
    if (offset > pattern->len) offset = pattern->len;
    const QiErrorArg args[] = {
        {.name = "位置", .number = (int64_t)qi_utf8_count(pattern->bytes, offset)},
        {.name = "说明", .text = text, .len = strlen(text)},
    };
    return qi_throw_code(cx, 7020, args, 2);
}

static pcre2_code *compile(const QiString *pattern, uint32_t flags, int *error, size_t *offset) {
    uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_NO_UTF_CHECK | PCRE2_NEVER_BACKSLASH_C | PCRE2_USE_OFFSET_LIMIT;
    if (flags & IGNORE_CASE) options |= PCRE2_CASELESS;
    if (flags & MULTI_LINE) options |= PCRE2_MULTILINE;
    if (flags & DOT_ALL) options |= PCRE2_DOTALL;
    if (flags & EXTENDED) options |= PCRE2_EXTENDED;
    return pcre2_compile((PCRE2_SPTR)pattern->bytes, pattern->len, options, error, offset, NULL);
}

static bool fill(Compiled *c, pcre2_code *code, const QiString *pattern, uint32_t flags) {
    *c = (Compiled){.pattern = malloc((size_t)pattern->len + 1), .len = pattern->len, .flags = flags, .code = code};
    c->data = pcre2_match_data_create_from_pattern(code, NULL);
    if (c->pattern == NULL || c->data == NULL) {
        drop(c);
        return false;
    }
    memcpy(c->pattern, pattern->bytes, pattern->len);
    pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &c->groups);
    return true;
}

/* The compiled pattern, which is then first in the cache. */
static QiStatus lookup(QiContext *cx, const QiString *pattern, uint32_t flags, Compiled **out) {
    Cache *cache = cache_of(cx);
    if (cache == NULL) return qi_throw_memory(cx);
    Compiled found;
    unsigned at = 0;
    for (; at < cache->count; at++) {
        found = cache->entries[at];
        if (found.len == pattern->len && found.flags == flags && memcmp(found.pattern, pattern->bytes, found.len) == 0) break;
    }
    if (at == cache->count) {
        int error;
        size_t offset;
        pcre2_code *code = compile(pattern, flags, &error, &offset);
        if (code == NULL) return error == 121 ? qi_throw_memory(cx) : throw_pattern(cx, pattern, error, offset);
        if (!fill(&found, code, pattern, flags)) return qi_throw_memory(cx);
        if (cache->count < CACHE_SIZE) cache->count++;
        else drop(&cache->entries[--at]);
    }
    memmove(&cache->entries[1], &cache->entries[0], at * sizeof found);
    cache->entries[0] = found;
    *out = &cache->entries[0];
    return QI_OK;
}

/* --- searching ------------------------------------------------------------------------ */

/* Scalar values before a byte, counted from a place where the number is known. */
typedef struct Counter { const QiString *text; size_t byte; int64_t chars; } Counter;

static int64_t chars_at(const Counter *c, size_t byte) {
    if (qi_string_is_ascii(c->text)) return c->chars + ((int64_t)byte - (int64_t)c->byte);
    if (byte >= c->byte) return c->chars + (int64_t)qi_utf8_count(c->text->bytes + c->byte, byte - c->byte);
    return c->chars - (int64_t)qi_utf8_count(c->text->bytes + byte, c->byte - byte);
}

static void move_to(Counter *c, size_t byte) {
    c->chars = chars_at(c, byte);
    c->byte = byte;
}

static bool is_boundary(const QiString *s, int64_t byte) {
    return byte >= 0 && byte <= (int64_t)s->len && (byte == (int64_t)s->len || ((uint8_t)s->bytes[byte] & 0xC0) != 0x80);
}

static QiStatus throw_match(QiContext *cx, int code) {
    switch (code) {
    case PCRE2_ERROR_NOMEMORY: return qi_throw_memory(cx);
    case PCRE2_ERROR_MATCHLIMIT: return qi_throw_text(cx, 7021, "说明", "回溯的步数太多");
    case PCRE2_ERROR_HEAPLIMIT: case PCRE2_ERROR_DEPTHLIMIT: return qi_throw_text(cx, 7021, "说明", "回溯要记住的太多");
    default: {
        char english[128];
        pcre2_get_error_message(code, (PCRE2_UCHAR *)english, sizeof english);
        return qi_throw_text(cx, 7021, "说明", english);
    }
    }
}

/* How far the start of a match may move in one call. */
static size_t last_start(const QiString *text, size_t from) {
    size_t rest = text->len - from, starts = SCAN_BUDGET / (rest + 1);
    if (starts < STARTS_MIN) starts = STARTS_MIN;
    return starts >= rest ? text->len : from + starts;
}

/* A pattern that begins with one known byte: where it is next, so that starts in between cost nothing. */
static size_t skip_to_first(const Compiled *c, const QiString *text, size_t from) {
    uint32_t known = 0, first = 0;
    if (c->flags & IGNORE_CASE) return from;
    pcre2_pattern_info(c->code, PCRE2_INFO_FIRSTCODETYPE, &known);
    if (known != 1) return from;
    pcre2_pattern_info(c->code, PCRE2_INFO_FIRSTCODEUNIT, &first);
    if (first >= 0x80 || (first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z')) return from; /* (?i) inside */
    const char *p = memchr(text->bytes + from, (int)first, text->len - from);
    return p == NULL ? text->len : (size_t)(p - text->bytes);
}

typedef struct Search {
    Compiled *c;
    pcre2_match_context *limits;
    const QiString *text;
    Counter at;        /* where it goes on */
    bool whole, done;
} Search;

/* 1: found, 0: not from here (s->at moved, or s->done), less: PCRE2's error. */
static int search_once(Search *s) {
    const QiString *text = s->text;
    size_t from = s->whole ? s->at.byte : skip_to_first(s->c, text, s->at.byte), limit = last_start(text, from);
    pcre2_set_offset_limit(s->limits, limit);
    uint32_t options = PCRE2_NO_UTF_CHECK | (s->whole ? PCRE2_ANCHORED | PCRE2_ENDANCHORED : 0u);
    int found = pcre2_match(s->c->code, (PCRE2_SPTR)text->bytes, text->len, from, options, s->c->data, s->limits);
    if (found > 0) return 1;
    if (found != PCRE2_ERROR_NOMATCH) return found;
    if (s->whole || limit >= text->len) {
        s->done = true;
    } else {
        while (!is_boundary(text, (int64_t)++limit)) {}
        move_to(&s->at, limit);
    }
    return 0;
}

static bool push_position(QiContext *cx, QiList *list, int64_t n) { return qi_list_push(cx, list, (QiValue)n); }

/* Adds start and end of every group, in scalar values and in bytes, and goes behind the match. */
static bool push_match(QiContext *cx, Search *s, QiList *list) {
    const size_t *ends = pcre2_get_ovector_pointer(s->c->data);
    /* \K in an assertion could turn them round; PCRE2 refuses it, and no program of ours may depend on that. */
    if (ends[0] > ends[1]) return s->done = true;
    move_to(&s->at, ends[0]);
    for (uint32_t i = 0; i <= s->c->groups; i++) {
        bool set = ends[2 * i] != PCRE2_UNSET;
        int64_t start = set ? chars_at(&s->at, ends[2 * i]) : -1, end = set ? chars_at(&s->at, ends[2 * i + 1]) : -1;
        if (!push_position(cx, list, start) || !push_position(cx, list, end)) return false;
        if (!push_position(cx, list, set ? (int64_t)ends[2 * i] : -1)) return false;
        if (!push_position(cx, list, set ? (int64_t)ends[2 * i + 1] : -1)) return false;
    }
    size_t next = ends[1];
    if (ends[0] == ends[1]) { /* an empty match: the next one starts behind the following character */
        if (next == s->text->len) return s->done = true;
        while (!is_boundary(s->text, (int64_t)++next)) {}
    }
    move_to(&s->at, next);
    return true;
}

static QiStatus search(QiContext *cx, Search *s, int64_t wanted, QiList *list) {
    int64_t count = 0;
    for (size_t looked = 0; count < wanted && !s->done && looked < SCAN_BUDGET;) {
        size_t before = s->at.byte;
        int found = search_once(s);
        if (found < 0) return throw_match(cx, found);
        if (found == 0) break; /* a stretch without a match: let others run */
        if (!push_match(cx, s, list)) return qi_throw_memory(cx);
        looked += (s->at.byte - before + 1) * ((s->text->len - before) / 16 + 1);
        count++;
    }
    return QI_OK;
}

/* Under a sanitizer everything takes many times as long: what is bounded there is how much is done, as elsewhere. */
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define SLOWER 32
#else
#define SLOWER 1
#endif

static int64_t processor_ns(void) {
    struct timespec t;
    return clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) == 0 ? ((int64_t)t.tv_sec * 1000000000 + t.tv_nsec) / SLOWER : 0;
}

/* 找(模式, 标志, 文, 字节起, 字符起, 个数): [字节, 字符, 纳秒, …]: where to go on (-1: nowhere), the processor time this took, then
 * four numbers for each group of each match: 起 and 止 in scalar values, 起 and 止 in bytes; -1 for a group that took no part. */
QiStatus qi_native_regex_search(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *pattern = qi_as_ref(args[0]), *text = qi_as_ref(args[2]);
    uint32_t flags = (uint32_t)args[1];
    int64_t from = (int64_t)args[3];
    if (!is_boundary(text, from)) return qi_throw_index(cx, from, text->len);
    Compiled *c;
    QiStatus status = lookup(cx, pattern, flags & PATTERN_FLAGS, &c);
    if (status != QI_OK) return status;
    QiList *list = qi_list_new(cx, qi_native_result_type(cx), 8);
    if (list == NULL) return qi_throw_memory(cx);
    for (int i = 0; i < 3; i++) {
        if (!push_position(cx, list, -1)) return qi_throw_memory(cx);
    }
    int64_t began = processor_ns();

    Search s = {.c = c, .limits = cache_of(cx)->limits, .text = text, .whole = (flags & WHOLE_TEXT) != 0};
    s.at = (Counter){.text = text, .byte = (size_t)from, .chars = (int64_t)args[4]};
    uint64_t steps = STEPS + (uint64_t)STEPS_PER_BYTE * text->len;
    pcre2_set_match_limit(s.limits, steps < UINT32_MAX ? (uint32_t)steps : UINT32_MAX);
    pcre2_set_heap_limit(s.limits, HEAP_KIB + text->len / 2);
    status = search(cx, &s, (int64_t)args[5], list);
    /* What a large search took is not kept. */
    if (status != QI_OK || text->len > LARGE_TEXT) {
        pcre2_match_data *fresh = pcre2_match_data_create_from_pattern(c->code, NULL);
        if (fresh != NULL) {
            pcre2_match_data_free(c->data);
            c->data = fresh;
        }
    }
    if (status != QI_OK) return status;
    qi_list_set(list, qi_native_result_type(cx), 2, (QiValue)(processor_ns() - began));
    if (!s.done) {
        qi_list_set(list, qi_native_result_type(cx), 0, (QiValue)s.at.byte);
        qi_list_set(list, qi_native_result_type(cx), 1, (QiValue)s.at.chars);
    }
    *result = qi_from_ref(list);
    return QI_OK;
}

/* 组名表(模式, 标志): the name of every group from 0 on, "" for those without. Compiles the pattern: E7020. */
QiStatus qi_native_regex_names(QiContext *cx, const QiValue *args, QiValue *result) {
    Compiled *c;
    QiStatus status = lookup(cx, qi_as_ref(args[0]), (uint32_t)args[1] & PATTERN_FLAGS, &c);
    if (status != QI_OK) return status;
    const QiType *type = qi_native_result_type(cx);
    QiList *list = qi_list_new(cx, type, (size_t)c->groups + 1);
    QiString *none = qi_string_new(cx, "", 0);
    if (list == NULL || none == NULL) return qi_throw_memory(cx);
    for (uint32_t i = 0; i <= c->groups; i++) {
        if (!qi_list_push(cx, list, qi_from_ref(none))) return qi_throw_memory(cx);
    }
    uint32_t count = 0, size = 0;
    PCRE2_SPTR table = NULL;
    pcre2_pattern_info(c->code, PCRE2_INFO_NAMECOUNT, &count);
    pcre2_pattern_info(c->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
    pcre2_pattern_info(c->code, PCRE2_INFO_NAMETABLE, &table);
    for (uint32_t i = 0; i < count; i++, table += size) {
        const char *name = (const char *)table + 2;
        QiString *s = qi_string_new(cx, name, strlen(name));
        if (s == NULL) return qi_throw_memory(cx);
        qi_list_set(list, type, (size_t)(table[0] << 8 | table[1]), qi_from_ref(s));
    }
    *result = qi_from_ref(list);
    return QI_OK;
}

/* 截取(文, 字节起, 字节止): the text between two bytes that stand between scalar values. */
QiStatus qi_native_text_cut(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *text = qi_as_ref(args[0]);
    int64_t start = (int64_t)args[1], end = (int64_t)args[2];
    if (!is_boundary(text, end)) return qi_throw_index(cx, end, text->len);
    if (!is_boundary(text, start) || start > end) return qi_throw_index(cx, start, end);
    QiString *s = start == 0 && end == (int64_t)text->len ? qi_as_ref(args[0]) : qi_string_new(cx, text->bytes + start, (size_t)(end - start));
    if (s == NULL) return qi_throw_memory(cx);
    *result = qi_from_ref(s);
    return QI_OK;
}
