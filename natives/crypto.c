/*
 * crypto.c — 标准库.加密: hashes of the UTF-8 bytes of a text as lower-case hexadecimal, and HMAC.
 *
 * The hashes are OpenSSL's, linked statically: their three-call interface is 50 KB of code without start-up work, while
 * its newer EVP interface brings 4 MB and several milliseconds to every start of a program. HMAC is RFC 2104 over
 * SHA-256. Rejected: hash functions of our own.
 *
 * Invariant: nothing is allocated but the result, and no key outlives its call on the stack.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/md5.h>
#include <openssl/sha.h>

#include "qi/native.h"

static QiStatus give_hex(QiContext *cx, const unsigned char *digest, size_t n, QiValue *result) {
    static const char DIGITS[] = "0123456789abcdef";
    char text[2 * SHA512_DIGEST_LENGTH];
    for (size_t i = 0; i < n; i++) {
        text[2 * i] = DIGITS[digest[i] >> 4];
        text[2 * i + 1] = DIGITS[digest[i] & 15];
    }
    QiString *s = qi_string_new(cx, text, 2 * n);
    if (s == NULL) return qi_throw_memory(cx);
    *result = qi_from_ref(s);
    return QI_OK;
}

QiStatus qi_native_md5(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    unsigned char digest[MD5_DIGEST_LENGTH];
    MD5_CTX md;
    MD5_Init(&md);
    MD5_Update(&md, s->bytes, s->len);
    MD5_Final(digest, &md);
    return give_hex(cx, digest, sizeof digest, result);
}

static void sha256(const void *a, size_t na, const void *b, size_t nb, unsigned char *digest) {
    SHA256_CTX md;
    SHA256_Init(&md);
    SHA256_Update(&md, a, na);
    SHA256_Update(&md, b, nb);
    SHA256_Final(digest, &md);
}

QiStatus qi_native_sha256(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    unsigned char digest[SHA256_DIGEST_LENGTH];
    sha256(s->bytes, s->len, "", 0, digest);
    return give_hex(cx, digest, sizeof digest, result);
}

QiStatus qi_native_sha512(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *s = qi_as_ref(args[0]);
    unsigned char digest[SHA512_DIGEST_LENGTH];
    SHA512_CTX md;
    SHA512_Init(&md);
    SHA512_Update(&md, s->bytes, s->len);
    SHA512_Final(digest, &md);
    return give_hex(cx, digest, sizeof digest, result);
}

QiStatus qi_native_hmac_sha256(QiContext *cx, const QiValue *args, QiValue *result) {
    const QiString *message = qi_as_ref(args[0]), *key = qi_as_ref(args[1]);
    unsigned char inner[SHA256_CBLOCK] = {0}, outer[SHA256_CBLOCK], digest[SHA256_DIGEST_LENGTH];
    /* A key longer than a block is replaced by its hash. */
    if (key->len > sizeof inner) sha256(key->bytes, key->len, "", 0, inner);
    else memcpy(inner, key->bytes, key->len);
    for (size_t i = 0; i < sizeof inner; i++) {
        outer[i] = inner[i] ^ 0x5c;
        inner[i] ^= 0x36;
    }
    sha256(inner, sizeof inner, message->bytes, message->len, digest);
    sha256(outer, sizeof outer, digest, sizeof digest, digest);
    OPENSSL_cleanse(inner, sizeof inner);
    OPENSSL_cleanse(outer, sizeof outer);
    return give_hex(cx, digest, sizeof digest, result);
}
