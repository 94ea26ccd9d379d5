/*
 * measure <program> [arguments…] — runs a program and writes what it used to descriptor 3, as one line of JSON:
 *
 *   {"wallNs":…,"cpuNs":…,"maxRssKb":…,"exit":…,"signal":…}
 *
 * wallNs runs from just before fork to the end of wait4; cpuNs is user and system time of the child and of what it
 * waited for; maxRssKb is its peak resident set. Standard streams are the child's. Exit code 0 whenever the child
 * was started and waited for, whatever became of it; 2 when it could not be started.
 *
 * Why a helper: Node does not tell the usage of one child, only the sum of all; and Linux counts the resident set
 * of the process that called exec as the first peak of the new one, so a child of Node would never seem smaller
 * than Node. This process is smaller than anything it measures.
 *
 * Rejected: /usr/bin/time, which is not always installed and rounds to 10 ms.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

enum { REPORT_FD = 3 };

static long long now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static long long ns_of(struct timeval t) {
    return t.tv_sec * 1000000000LL + t.tv_usec * 1000LL;
}

static long max_rss_kb(const struct rusage *usage) {
#ifdef __APPLE__
    return usage->ru_maxrss / 1024; /* bytes there, KiB everywhere else */
#else
    return usage->ru_maxrss;
#endif
}

/* Never returns. Tells the parent through `failure` (close-on-exec) when the program cannot be started. */
static void run_child(char **argv, int failure) {
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a runner that gives up kills this helper; the child must not live on */
#endif
    execvp(argv[0], argv);
    int reason = errno;
    ssize_t written = write(failure, &reason, sizeof reason);
    _exit(written == (ssize_t)sizeof reason ? 127 : 126);
}

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: measure <program> [arguments...]   (report on descriptor %d)\n", REPORT_FD);
        return 2;
    }
    int failure[2];
    if (fcntl(REPORT_FD, F_SETFD, FD_CLOEXEC) != 0 || pipe(failure) != 0 ||
        fcntl(failure[0], F_SETFD, FD_CLOEXEC) != 0 || fcntl(failure[1], F_SETFD, FD_CLOEXEC) != 0) {
        perror("measure: descriptors");
        return 2;
    }

    long long start = now_ns();
    pid_t child = fork();
    if (child < 0) {
        perror("measure: fork");
        return 2;
    }
    if (child == 0) run_child(argv + 1, failure[1]);

    int status = 0;
    struct rusage usage;
    while (wait4(child, &status, 0, &usage) < 0) {
        if (errno == EINTR) continue;
        perror("measure: wait4");
        return 2;
    }
    long long wall = now_ns() - start;

    close(failure[1]);
    int reason = 0;
    if (read(failure[0], &reason, sizeof reason) == (ssize_t)sizeof reason) {
        fprintf(stderr, "measure: %s: %s\n", argv[1], strerror(reason));
        return 2;
    }
    int length = dprintf(REPORT_FD, "{\"wallNs\":%lld,\"cpuNs\":%lld,\"maxRssKb\":%ld,\"exit\":%d,\"signal\":%d}\n", wall,
                         ns_of(usage.ru_utime) + ns_of(usage.ru_stime), max_rss_kb(&usage),
                         WIFEXITED(status) ? WEXITSTATUS(status) : -1, WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    return length > 0 ? 0 : 2;
}
