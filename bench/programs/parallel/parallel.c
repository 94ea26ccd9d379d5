/*
 * parallel.c — counting the primes below three million by trial division, in three hundred shares that threads take
 * from a counter. Usage: parallel THREADS
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { SHARES = 300, SHARE = 10000 };

static atomic_int next_share;
static atomic_llong total;

static int64_t count_primes(int64_t from, int64_t to) {
    int64_t count = 0;
    for (int64_t n = from; n < to; n++) {
        int prime = n > 1;
        for (int64_t d = 2; d * d <= n; d++) {
            if (n % d == 0) {
                prime = 0;
                break;
            }
        }
        count += prime;
    }
    return count;
}

static void *work(void *unused) {
    (void)unused;
    for (int share; (share = atomic_fetch_add(&next_share, 1)) < SHARES;) {
        atomic_fetch_add(&total, count_primes((int64_t)share * SHARE, (int64_t)(share + 1) * SHARE));
    }
    return NULL;
}

int main(int argc, char **argv) {
    const int threads = argc > 1 ? atoi(argv[1]) : 1;
    pthread_t others[64];
    if (threads < 1 || threads > 64) return 64;
    for (int i = 1; i < threads; i++) {
        if (pthread_create(&others[i], NULL, work, NULL) != 0) return 1;
    }
    work(NULL);
    for (int i = 1; i < threads; i++) pthread_join(others[i], NULL);
    printf("%lld\n", (long long)total);
    return 0;
}
