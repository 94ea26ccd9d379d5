/*
 * peer_posix.c — peer.h for POSIX systems. frontend/cli/living.ts is the other side, and knows the same path.
 */
#include "peer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define SEND_SECONDS 5

/* Is the folder ours, and closed to others? */
static bool is_private(const char *folder) {
    struct stat st;
    return lstat(folder, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid() && (st.st_mode & 077) == 0;
}

int qi_peer_connect(void) {
    char folder[64];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(folder, sizeof folder, "/tmp/qi-%lu", (unsigned long)geteuid());
    if (!is_private(folder)) return -1;
    snprintf(address.sun_path, sizeof address.sun_path, "%s/%ld.sock", folder, (long)getpid());
    int peer = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (peer < 0) return -1;
    const struct timeval limit = {.tv_sec = SEND_SECONDS};
    if (connect(peer, (struct sockaddr *)&address, sizeof address) == 0 && setsockopt(peer, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0) return peer;
    close(peer);
    return -1;
}

void qi_peer_close(int peer) { close(peer); }

bool qi_peer_send(int peer, const char *bytes, size_t len) {
    while (len > 0) {
        ssize_t n = send(peer, bytes, len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

ptrdiff_t qi_peer_receive(int peer, char *bytes, size_t cap) {
    ssize_t n = recv(peer, bytes, cap, MSG_DONTWAIT);
    if (n > 0) return n;
    return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) ? 0 : -1;
}
