/*
 * encoding.c — 标准库.编码: Base64, hexadecimal and percent encoding of the UTF-8 bytes of a text (RFC 4648, RFC 3986).
 *
 * Invariants: decoding is strict (alphabet, padding, spare bits of Base64) and gives text or raises E7010; it never
 * guesses. Rejected: ignoring line breaks and missing padding, as mail readers do; replace them first.
 */
#include "qi/native.h"

static const char ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char URL_ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char HEX[] = "0123456789ABCDEF";

static QiStatus finish(QiContext *cx, QiString *s, QiValue *result) {
    (void)cx;
    qi_string_finish(s);
    *result = qi_from_ref(s);
    return QI_OK;
}

static QiStatus finish_text(QiContext *cx, QiString *s, QiValue *result) {
    if (!qi_utf8_valid(s->bytes, s->len)) return qi_throw_text(cx, 7010, "说明", "解码的结果不是 UTF-8 文本");
    return finish(cx, s, result);
}

/* --- Base64: of texts and of bytes, which have one layout ------------------------------------ */

static QiStatus encode64(QiContext *cx, const QiString *s, bool url, QiValue *result) {
    const char *alphabet = url ? URL_ALPHABET : ALPHABET;
    const unsigned char *in = (const unsigned char *)s->bytes;
    size_t len = s->len, padding = url ? (3 - len % 3) % 3 : 0;
    QiString *out = qi_string_alloc(cx, (len + 2) / 3 * 4 - padding);
    if (out == NULL) return qi_throw_memory(cx);
    char *p = out->bytes;
    for (size_t i = 0; i < len; i += 3) {
        size_t rest = len - i;
        uint32_t bits = (uint32_t)in[i] << 16 | (rest > 1 ? (uint32_t)in[i + 1] << 8 : 0) | (rest > 2 ? in[i + 2] : 0);
        *p++ = alphabet[bits >> 18];
        *p++ = alphabet[bits >> 12 & 63];
        if (rest > 1 || !url) *p++ = rest > 1 ? alphabet[bits >> 6 & 63] : '=';
        if (rest > 2 || !url) *p++ = rest > 2 ? alphabet[bits & 63] : '=';
    }
    return finish(cx, out, result);
}

static int base64_digit(char c, bool url) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == (url ? '-' : '+') ? 62 : c == (url ? '_' : '/') ? 63 : -1;
}

/* The bytes a Base64 text stands for, NULL after a throw. */
static QiString *decode64(QiContext *cx, const QiString *s, bool url, QiStatus *status) {
    size_t len = s->len, padding = 0;
    if (len % 4 != 0 && (!url || len % 4 == 1)) {
        *status = qi_throw_text(cx, 7010, "说明", url ? "Base64 的长度不对" : "Base64 的长度不是 4 的倍数");
        return NULL;
    }
    if (len % 4 == 0) {
        while (padding < 2 && padding < len && s->bytes[len - 1 - padding] == '=') padding++;
    }
    size_t digits = len - padding;
    QiString *out = qi_string_alloc(cx, digits / 4 * 3 + (digits % 4 != 0 ? digits % 4 - 1 : 0));
    if (out == NULL) {
        *status = qi_throw_memory(cx);
        return NULL;
    }
    size_t n = 0;
    for (size_t i = 0; i < digits; i += 4) {
        uint32_t bits = 0;
        for (size_t k = 0; k < 4; k++) {
            int digit = i + k >= digits ? 0 : base64_digit(s->bytes[i + k], url);
            if (digit < 0) {
                *status = qi_throw_text(cx, 7010, "说明", "不是 Base64 的字符");
                return NULL;
            }
            bits = bits << 6 | (uint32_t)digit;
        }
        for (int shift = 16; shift >= 0; shift -= 8) {
            if (n < out->len) {
                out->bytes[n++] = (char)(bits >> shift);
            } else if ((bits >> shift & 255) != 0) {
                *status = qi_throw_text(cx, 7010, "说明", "Base64 的末尾多出了位");
                return NULL;
            }
        }
    }
    return out;
}

QiStatus qi_native_base64_encode(QiContext *cx, const QiValue *args, QiValue *result) {
    return encode64(cx, qi_as_ref(args[0]), false, result);
}

QiStatus qi_native_base64_decode(QiContext *cx, const QiValue *args, QiValue *result) {
    QiStatus status = QI_OK;
    QiString *out = decode64(cx, qi_as_ref(args[0]), false, &status);
    return out == NULL ? status : finish_text(cx, out, result);
}

/* 编码64(串, 网址): with the alphabet for URLs and without padding, or as above. */
QiStatus qi_native_base64_encode_bytes(QiContext *cx, const QiValue *args, QiValue *result) {
    return encode64(cx, qi_as_ref(args[0]), args[1] != 0, result);
}

QiStatus qi_native_base64_decode_bytes(QiContext *cx, const QiValue *args, QiValue *result) {
    QiStatus status = QI_OK;
    QiString *out = decode64(cx, qi_as_ref(args[0]), args[1] != 0, &status);
    if (out == NULL) return status;
    out->chars = out->len;
    *result = qi_from_ref(out);
    return QI_OK;
}

/* --- hexadecimal and percent encoding ------------------------------------------------------------ */

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
    return finish_text(cx, out, result);
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
    return finish_text(cx, out, result);
}

/* --- checksum --------------------------------------------------------------------------------------- */

/* CRC-32 of IEEE 802.3, half a byte at a time: a table of 64 bytes. */
QiStatus qi_native_crc32(QiContext *cx, const QiValue *args, QiValue *result) {
    static const uint32_t table[16] = {
        0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
        0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C, 0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C,
    };
    (void)cx;
    const QiString *s = qi_as_ref(args[0]);
    uint32_t crc = 0xFFFFFFFF;
    for (uint32_t i = 0; i < s->len; i++) {
        crc ^= (uint8_t)s->bytes[i];
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    *result = crc ^ 0xFFFFFFFF;
    return QI_OK;
}
