/*
 * crypto.c — 标准库.加密: hashes and HMAC of texts (as lower-case hexadecimal) and of bytes, and bytes nobody can guess.
 *
 * The hashes are OpenSSL's, linked statically: their three-call interface is 50 KB of code without start-up work, while
 * its newer EVP interface brings 4 MB and several milliseconds to every start of a program. HMAC is
 * RFC 2104. Rejected: hash functions of our own.
 *
 * Invariant: nothing is allocated but the result, and no key outlives its call on the stack.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/md5.h>
#include <openssl/sha.h>

#include "qi/native.h"

/* Hash algorithms, numbered as 标准库/加密.qi numbers them. */
typedef enum Algorithm { MD5_HASH, SHA1_HASH, SHA224_HASH, SHA256_HASH, SHA384_HASH, SHA512_HASH, ALGORITHMS } Algorithm;

typedef union HashState { MD5_CTX md5; SHA_CTX sha1; SHA256_CTX sha256; SHA512_CTX sha512; } HashState;

static const struct { size_t digest, block; } sizes[ALGORITHMS] = {
    {MD5_DIGEST_LENGTH, MD5_CBLOCK},       {SHA_DIGEST_LENGTH, SHA_CBLOCK},       {SHA224_DIGEST_LENGTH, SHA256_CBLOCK},
    {SHA256_DIGEST_LENGTH, SHA256_CBLOCK}, {SHA384_DIGEST_LENGTH, SHA512_CBLOCK}, {SHA512_DIGEST_LENGTH, SHA512_CBLOCK},
};

static void begin(Algorithm a, HashState *h) {
    switch (a) {
    case MD5_HASH: MD5_Init(&h->md5); break;
    case SHA1_HASH: SHA1_Init(&h->sha1); break;
    case SHA224_HASH: SHA224_Init(&h->sha256); break;
    case SHA256_HASH: SHA256_Init(&h->sha256); break;
    case SHA384_HASH: SHA384_Init(&h->sha512); break;
    default: SHA512_Init(&h->sha512); break;
    }
}

static void update(Algorithm a, HashState *h, const void *bytes, size_t len) {
    switch (a) {
    case MD5_HASH: MD5_Update(&h->md5, bytes, len); break;
    case SHA1_HASH: SHA1_Update(&h->sha1, bytes, len); break;
    case SHA224_HASH: SHA224_Update(&h->sha256, bytes, len); break;
    case SHA256_HASH: SHA256_Update(&h->sha256, bytes, len); break;
    case SHA384_HASH: SHA384_Update(&h->sha512, bytes, len); break;
    default: SHA512_Update(&h->sha512, bytes, len); break;
    }
}

static void end(Algorithm a, HashState *h, unsigned char *digest) {
    switch (a) {
    case MD5_HASH: MD5_Final(digest, &h->md5); break;
    case SHA1_HASH: SHA1_Final(digest, &h->sha1); break;
    case SHA224_HASH: SHA224_Final(digest, &h->sha256); break;
    case SHA256_HASH: SHA256_Final(digest, &h->sha256); break;
    case SHA384_HASH: SHA384_Final(digest, &h->sha512); break;
    default: SHA512_Final(digest, &h->sha512); break;
    }
}

/* The hash of a and then b. */
static void hash(Algorithm algorithm, const void *a, size_t na, const void *b, size_t nb, unsigned char *digest) {
    HashState h;
    begin(algorithm, &h);
    update(algorithm, &h, a, na);
    update(algorithm, &h, b, nb);
    end(algorithm, &h, digest);
    OPENSSL_cleanse(&h, sizeof h);
}

static void hmac(Algorithm a, const QiString *message, const QiString *key, unsigned char *digest) {
    unsigned char inner[SHA512_CBLOCK] = {0}, outer[SHA512_CBLOCK];
    size_t block = sizes[a].block;
    /* A key longer than a block is replaced by its hash. */
    if (key->len > block) hash(a, key->bytes, key->len, "", 0, inner);
    else memcpy(inner, key->bytes, key->len);
    for (size_t i = 0; i < block; i++) {
        outer[i] = inner[i] ^ 0x5c;
        inner[i] ^= 0x36;
    }
    hash(a, inner, block, message->bytes, message->len, digest);
    hash(a, outer, block, digest, sizes[a].digest, digest);
    OPENSSL_cleanse(inner, sizeof inner);
    OPENSSL_cleanse(outer, sizeof outer);
}

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

static QiStatus give_bytes(QiContext *cx, const unsigned char *bytes, size_t n, QiValue *result) {
    QiString *s = qi_string_alloc(cx, n);
    if (s == NULL) return qi_throw_memory(cx);
    memcpy(s->bytes, bytes, n);
    s->chars = s->len;
    *result = qi_from_ref(s);
    return QI_OK;
}

/* --- texts: the six functions every program sees ------------------------------------------------ */

static QiStatus hash_text(QiContext *cx, Algorithm a, QiValue text, QiValue *result) {
    const QiString *s = qi_as_ref(text);
    unsigned char digest[SHA512_DIGEST_LENGTH];
    hash(a, s->bytes, s->len, "", 0, digest);
    return give_hex(cx, digest, sizes[a].digest, result);
}

QiStatus qi_native_md5(QiContext *cx, const QiValue *args, QiValue *result) { return hash_text(cx, MD5_HASH, args[0], result); }
QiStatus qi_native_sha256(QiContext *cx, const QiValue *args, QiValue *result) { return hash_text(cx, SHA256_HASH, args[0], result); }
QiStatus qi_native_sha512(QiContext *cx, const QiValue *args, QiValue *result) { return hash_text(cx, SHA512_HASH, args[0], result); }

QiStatus qi_native_hmac_sha256(QiContext *cx, const QiValue *args, QiValue *result) {
    unsigned char digest[SHA512_DIGEST_LENGTH];
    hmac(SHA256_HASH, qi_as_ref(args[0]), qi_as_ref(args[1]), digest);
    return give_hex(cx, digest, SHA256_DIGEST_LENGTH, result);
}

/* --- bytes ------------------------------------------------------------------------------------------ */

static bool is_algorithm(QiValue number) { return number < ALGORITHMS; }

/* 摘要(算法, 串) */
QiStatus qi_native_digest_bytes(QiContext *cx, const QiValue *args, QiValue *result) {
    if (!is_algorithm(args[0])) return qi_throw_text(cx, 7025, "说明", "没有这个算法");
    const QiString *s = qi_as_ref(args[1]);
    unsigned char digest[SHA512_DIGEST_LENGTH];
    hash((Algorithm)args[0], s->bytes, s->len, "", 0, digest);
    return give_bytes(cx, digest, sizes[args[0]].digest, result);
}

/* 密钥摘要(算法, 消息, 密钥) */
QiStatus qi_native_hmac_bytes(QiContext *cx, const QiValue *args, QiValue *result) {
    if (!is_algorithm(args[0])) return qi_throw_text(cx, 7025, "说明", "没有这个算法");
    unsigned char digest[SHA512_DIGEST_LENGTH];
    hmac((Algorithm)args[0], qi_as_ref(args[1]), qi_as_ref(args[2]), digest);
    return give_bytes(cx, digest, sizes[args[0]].digest, result);
}

/* 机密(长): at most a MiB, so that the call stays short. */
QiStatus qi_native_secret_bytes(QiContext *cx, const QiValue *args, QiValue *result) {
    if (args[0] > 1048576) return qi_throw_text(cx, 7025, "说明", "随机字节的个数是 0 到 1048576");
    QiString *s = qi_string_alloc(cx, (size_t)args[0]);
    if (s == NULL) return qi_throw_memory(cx);
    if (!qi_secret_bytes(cx, s->bytes, s->len)) return qi_throw_text(cx, 7000, "消息", "系统没有给出随机字节");
    s->chars = s->len;
    *result = qi_from_ref(s);
    return QI_OK;
}

/* 同样(甲, 乙): the time depends on the length only. */
QiStatus qi_native_bytes_same(QiContext *cx, const QiValue *args, QiValue *result) {
    (void)cx;
    const QiString *a = qi_as_ref(args[0]), *b = qi_as_ref(args[1]);
    *result = a->len == b->len && CRYPTO_memcmp(a->bytes, b->bytes, a->len) == 0;
    return QI_OK;
}
