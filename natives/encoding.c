/*
 * encoding.c — 标准库.编码: Base64, hexadecimal and percent encoding of the UTF-8 bytes of a text (RFC 4648, RFC 3986).
 *
 * Invariants: decoding is strict (alphabet, padding, spare bits of Base64) and gives text or raises E7010; it never
 * guesses. Rejected: ignoring line breaks and missing padding, as mail readers do; replace them first.
 */
#include "qi/native.h"

static const char ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char HEX[] = "0123456789ABCDEF";

static QiStatus finish(QiContext *cx, QiString *s, QiValue *result) {
    (void)cx;
    qi_string_finish(s);
    *result = qi_from_ref(s);
    return QI_OK;
}

QiStatus qi_native_base64_encode(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    const unsigned char *in = (const unsigned char *)s->bytes;
    QiString *out = qi_string_alloc(cx, ((size_t)s->len + 2) / 3 * 4);
    if (out == NULL) return qi_throw_memory(cx);
    char *p = out->bytes;
    for (size_t i = 0; i < s->len; i += 3) {
        size_t rest = s->len - i;
        uint32_t bits = (uint32_t)in[i] << 16 | (rest > 1 ? (uint32_t)in[i + 1] << 8 : 0) | (rest > 2 ? in[i + 2] : 0);
        *p++ = ALPHABET[bits >> 18];
        *p++ = ALPHABET[bits >> 12 & 63];
        *p++ = rest > 1 ? ALPHABET[bits >> 6 & 63] : '=';
        *p++ = rest > 2 ? ALPHABET[bits & 63] : '=';
    }
    return finish(cx, out, result);
}

static int base64_digit(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

QiStatus qi_native_base64_decode(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    size_t len = s->len, padding = 0;
    if (len % 4 != 0) return qi_throw_text(cx, 7010, "说明", "Base64 的长度不是 4 的倍数");
    while (padding < 2 && padding < len && s->bytes[len - 1 - padding] == '=') padding++;
    QiString *out = qi_string_alloc(cx, len / 4 * 3 - padding);
    if (out == NULL) return qi_throw_memory(cx);
    size_t n = 0;
    for (size_t i = 0; i < len; i += 4) {
        uint32_t bits = 0;
        for (size_t k = 0; k < 4; k++) {
            bool pad = i + k >= len - padding;
            int digit = pad ? 0 : base64_digit(s->bytes[i + k]);
            if (digit < 0) return qi_throw_text(cx, 7010, "说明", "不是 Base64 的字符");
            bits = bits << 6 | (uint32_t)digit;
        }
        for (int shift = 16; shift >= 0; shift -= 8) {
            if (n < out->len) out->bytes[n++] = (char)(bits >> shift);
            else if ((bits >> shift & 255) != 0) return qi_throw_text(cx, 7010, "说明", "Base64 的末尾多出了位");
        }
    }
    if (!qi_utf8_valid(out->bytes, out->len)) return qi_throw_text(cx, 7010, "说明", "解码的结果不是 UTF-8 文本");
    return finish(cx, out, result);
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

QiStatus qi_native_hex_encode(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    QiString *out = qi_string_alloc(cx, 2 * (size_t)s->len);
    if (out == NULL) return qi_throw_memory(cx);
    for (size_t i = 0; i < s->len; i++) {
        unsigned char c = (unsigned char)s->bytes[i];
        out->bytes[2 * i] = "0123456789abcdef"[c >> 4];
        out->bytes[2 * i + 1] = "0123456789abcdef"[c & 15];
    }
    return finish(cx, out, result);
}

QiStatus qi_native_hex_decode(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    if (s->len % 2 != 0) return qi_throw_text(cx, 7010, "说明", "十六进制的长度不是偶数");
    QiString *out = qi_string_alloc(cx, s->len / 2);
    if (out == NULL) return qi_throw_memory(cx);
    for (size_t i = 0; i < out->len; i++) {
        int high = hex_digit(s->bytes[2 * i]), low = hex_digit(s->bytes[2 * i + 1]);
        if (high < 0 || low < 0) return qi_throw_text(cx, 7010, "说明", "不是十六进制的字符");
        out->bytes[i] = (char)(high << 4 | low);
    }
    if (!qi_utf8_valid(out->bytes, out->len)) return qi_throw_text(cx, 7010, "说明", "解码的结果不是 UTF-8 文本");
    return finish(cx, out, result);
}

/* What RFC 3986 calls unreserved. */
static bool is_plain(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

QiStatus qi_native_url_encode(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    size_t len = 0;
    for (size_t i = 0; i < s->len; i++) len += is_plain(s->bytes[i]) ? 1 : 3;
    QiString *out = qi_string_alloc(cx, len);
    if (out == NULL) return qi_throw_memory(cx);
    char *p = out->bytes;
    for (size_t i = 0; i < s->len; i++) {
        unsigned char c = (unsigned char)s->bytes[i];
        if (is_plain((char)c)) *p++ = (char)c;
        else {
            *p++ = '%';
            *p++ = HEX[c >> 4];
            *p++ = HEX[c & 15];
        }
    }
    return finish(cx, out, result);
}

QiStatus qi_native_url_decode(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    size_t len = s->len;
    for (size_t i = 0; i < s->len; i++) {
        if (s->bytes[i] != '%') continue;
        if (i + 2 >= s->len || hex_digit(s->bytes[i + 1]) < 0 || hex_digit(s->bytes[i + 2]) < 0) {
            return qi_throw_text(cx, 7010, "说明", "% 之后应为两个十六进制数字");
        }
        len -= 2;
        i += 2;
    }
    QiString *out = qi_string_alloc(cx, len);
    if (out == NULL) return qi_throw_memory(cx);
    char *p = out->bytes;
    for (size_t i = 0; i < s->len; i++) {
        if (s->bytes[i] != '%') *p++ = s->bytes[i];
        else {
            *p++ = (char)(hex_digit(s->bytes[i + 1]) << 4 | hex_digit(s->bytes[i + 2]));
            i += 2;
        }
    }
    if (!qi_utf8_valid(out->bytes, out->len)) return qi_throw_text(cx, 7010, "说明", "解码的结果不是 UTF-8 文本");
    return finish(cx, out, result);
}
