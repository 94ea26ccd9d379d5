/*
 * crypto.c — 标准库.加密: hashes and HMAC of texts (as lower-case hexadecimal) and of bytes, keys derived from passwords, and bytes nobody
 * can guess.
 *
 * The hashes are OpenSSL's, linked statically: their three-call interface is 50 KB of code without start-up work, while
 * its newer EVP interface brings 4 MB and several milliseconds to every start of a program. HMAC is
 * RFC 2104, derived keys are PBKDF2 of RFC 8018. Rejected: hash functions of our own.
 *
 * What takes long, deriving keys and hashing a MiB or more, is done by a thread of the pool on a copy of its input; hashing less
 * costs about as much as handing it over, so the worker does it.
 *
 * Invariant: nothing is allocated but the result and the copies for threads, and no key or password outlives its call.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/md5.h>
#include <openssl/sha.h>

#include <stdlib.h>

#include "qi/native.h"

/* From this many bytes on a thread does it. */
#define LONG_INPUT ((size_t)1 << 20)
#define DERIVED_MAX 1024u
/* Rounds for all blocks of a derived key together: a few seconds, so that what nobody waits for any more ends. */
#define ROUNDS_MAX 10000000u

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

/* HMAC with one key, begun: what every message's begins from; and one that goes on. */
typedef struct Keyed { HashState inner, outer, now; } Keyed;

static void keyed_begin(Algorithm a, Keyed *k, const void *key, size_t len) {
    unsigned char inner[SHA512_CBLOCK] = {0}, outer[SHA512_CBLOCK];
    size_t block = sizes[a].block;
    /* A key longer than a block is replaced by its hash. */
    if (len > block) hash(a, key, len, "", 0, inner);
    else memcpy(inner, key, len);
    for (size_t i = 0; i < block; i++) {
        outer[i] = inner[i] ^ 0x5c;
        inner[i] ^= 0x36;
    }
    begin(a, &k->inner);
    update(a, &k->inner, inner, block);
    begin(a, &k->outer);
    update(a, &k->outer, outer, block);
    OPENSSL_cleanse(inner, sizeof inner);
    OPENSSL_cleanse(outer, sizeof outer);
}

/* The HMAC of x and then y; digest may be x. */
static void keyed_hash(Algorithm a, Keyed *k, const void *x, size_t nx, const void *y, size_t ny, unsigned char *digest) {
    k->now = k->inner;
    update(a, &k->now, x, nx);
    update(a, &k->now, y, ny);
    end(a, &k->now, digest);
    k->now = k->outer;
    update(a, &k->now, digest, sizes[a].digest);
    end(a, &k->now, digest);
}

static void hmac(Algorithm a, const void *message, size_t n, const void *key, size_t nkey, unsigned char *digest) {
    Keyed k;
    keyed_begin(a, &k, key, nkey);
    keyed_hash(a, &k, message, n, "", 0, digest);
    OPENSSL_cleanse(&k, sizeof k);
}

/* PBKDF2. */
static void derive(Algorithm a, const void *password, size_t npassword, const void *salt, size_t nsalt, uint32_t rounds, unsigned char *key, size_t len) {
    Keyed k;
    keyed_begin(a, &k, password, npassword);
    const size_t size = sizes[a].digest;
    unsigned char u[SHA512_DIGEST_LENGTH], sum[SHA512_DIGEST_LENGTH];
    for (uint32_t block = 1; len > 0; block++) {
        const unsigned char number[4] = {(unsigned char)(block >> 24), (unsigned char)(block >> 16), (unsigned char)(block >> 8), (unsigned char)block};
        keyed_hash(a, &k, salt, nsalt, number, sizeof number, u);
        memcpy(sum, u, size);
        for (uint32_t i = 1; i < rounds; i++) {
            keyed_hash(a, &k, u, size, "", 0, u);
            for (size_t j = 0; j < size; j++) sum[j] ^= u[j];
        }
        const size_t part = len < size ? len : size;
        memcpy(key, sum, part);
        key += part;
        len -= part;
    }
    OPENSSL_cleanse(&k, sizeof k);
    OPENSSL_cleanse(u, sizeof u);
    OPENSSL_cleanse(sum, sizeof sum);
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

/* --- what a thread does ---------------------------------------------------------------------------- */

typedef enum Task { HASH, HMAC, DERIVE } Task;

typedef struct Order {
    Task task;
    Algorithm algorithm;
    bool hex;                  /* the result is a text */
    uint32_t rounds;           /* DERIVE */
    size_t nout;               /* bytes of the result */
} Order;

/* An order with the bytes to work on and what comes of them. For DERIVE: password and salt. */
typedef struct Work {
    Order order;
    size_t nmessage, nkey;
    unsigned char out[DERIVED_MAX];
    unsigned char bytes[];     /* message, then key; password, then salt */
} Work;

static void do_work(void *data) {
    Work *k = data;
    const Order *o = &k->order;
    const unsigned char *second = k->bytes + k->nmessage;
    switch (o->task) {
    case HASH: hash(o->algorithm, k->bytes, k->nmessage, "", 0, k->out); break;
    case HMAC: hmac(o->algorithm, k->bytes, k->nmessage, second, k->nkey, k->out); break;
    default: derive(o->algorithm, k->bytes, k->nmessage, second, k->nkey, o->rounds, k->out, o->nout); break;
    }
}

static QiStatus work_done(QiContext *cx, void *data, const QiType *type, QiValue *result) {
    (void)type;
    const Work *k = data;
    return k->order.hex ? give_hex(cx, k->out, k->order.nout, result) : give_bytes(cx, k->out, k->order.nout, result);
}

static void release_work(void *data) {
    Work *k = data;
    if (k->order.task != HASH) OPENSSL_cleanse(k->bytes, k->nmessage + k->nkey);
    OPENSSL_cleanse(k->out, sizeof k->out);
    free(k);
}

/* Hands work over. second: NULL for HASH. */
static QiStatus hand_over(QiContext *cx, const char *name, const Order *order, const QiString *message, const QiString *second, QiValue *result) {
    const size_t nkey = second != NULL ? second->len : 0;
    Work *k = malloc(sizeof *k + message->len + nkey);
    if (k == NULL) return qi_throw_memory(cx);
    k->order = *order;
    k->nmessage = message->len;
    k->nkey = nkey;
    memcpy(k->bytes, message->bytes, message->len);
    if (nkey != 0) memcpy(k->bytes + message->len, second->bytes, nkey);
    const QiOffload offload = {.name = name, .work = do_work, .done = work_done, .release = release_work, .data = k, .type = qi_native_result_type(cx)};
    return qi_offload(cx, &offload, result);
}

/* The hash of a message, or with a key its HMAC: at once when it is short. */
static QiStatus hash_message(QiContext *cx, const char *name, Algorithm a, bool hex, const QiString *message, const QiString *key, QiValue *result) {
    const Order order = {.task = key != NULL ? HMAC : HASH, .algorithm = a, .hex = hex, .nout = sizes[a].digest};
    if (message->len >= LONG_INPUT || (key != NULL && key->len >= LONG_INPUT)) return hand_over(cx, name, &order, message, key, result);
    unsigned char digest[SHA512_DIGEST_LENGTH];
    if (key != NULL) hmac(a, message->bytes, message->len, key->bytes, key->len, digest);
    else hash(a, message->bytes, message->len, "", 0, digest);
    return hex ? give_hex(cx, digest, sizes[a].digest, result) : give_bytes(cx, digest, sizes[a].digest, result);
}

/* --- texts: the six functions every program sees ------------------------------------------------ */

QiStatus qi_native_md5(QiContext *cx, const QiValue *args, QiValue *result) {
    return hash_message(cx, "MD5哈希", MD5_HASH, true, qi_as_ref(args[0]), NULL, result);
}
QiStatus qi_native_sha256(QiContext *cx, const QiValue *args, QiValue *result) {
    return hash_message(cx, "SHA256哈希", SHA256_HASH, true, qi_as_ref(args[0]), NULL, result);
}
QiStatus qi_native_sha512(QiContext *cx, const QiValue *args, QiValue *result) {
    return hash_message(cx, "SHA512哈希", SHA512_HASH, true, qi_as_ref(args[0]), NULL, result);
}
QiStatus qi_native_hmac_sha256(QiContext *cx, const QiValue *args, QiValue *result) {
    return hash_message(cx, "HMAC_SHA256", SHA256_HASH, true, qi_as_ref(args[0]), qi_as_ref(args[1]), result);
}

/* --- bytes ------------------------------------------------------------------------------------------ */

static bool is_algorithm(QiValue number) { return number < ALGORITHMS; }

/* 摘要(算法, 串) */
QiStatus qi_native_digest_bytes(QiContext *cx, const QiValue *args, QiValue *result) {
    if (!is_algorithm(args[0])) return qi_throw_text(cx, 7025, "说明", "没有这个算法");
    return hash_message(cx, "哈希", (Algorithm)args[0], false, qi_as_ref(args[1]), NULL, result);
}

/* 密钥摘要(算法, 消息, 密钥) */
QiStatus qi_native_hmac_bytes(QiContext *cx, const QiValue *args, QiValue *result) {
    if (!is_algorithm(args[0])) return qi_throw_text(cx, 7025, "说明", "没有这个算法");
    return hash_message(cx, "HMAC", (Algorithm)args[0], false, qi_as_ref(args[1]), qi_as_ref(args[2]), result);
}

/* 派生(算法, 密码, 盐, 次数, 长) */
QiStatus qi_native_derive_bytes(QiContext *cx, const QiValue *args, QiValue *result) {
    if (!is_algorithm(args[0])) return qi_throw_text(cx, 7025, "说明", "没有这个算法");
    const int64_t rounds = (int64_t)args[3], len = (int64_t)args[4];
    if (len < 1 || len > (int64_t)DERIVED_MAX) return qi_throw_text(cx, 7025, "说明", "密钥的长度是 1 到 1024 个字节");
    const int64_t size = (int64_t)sizes[args[0]].digest, blocks = (len + size - 1) / size;
    if (rounds < 1 || rounds > (int64_t)ROUNDS_MAX / blocks) return qi_throw_text(cx, 7025, "说明", "次数是 1 到 10000000，密钥比哈希长时相应地少");
    const Order order = {.task = DERIVE, .algorithm = (Algorithm)args[0], .rounds = (uint32_t)rounds, .nout = (size_t)len};
    return hand_over(cx, "密钥派生", &order, qi_as_ref(args[1]), qi_as_ref(args[2]), result);
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
