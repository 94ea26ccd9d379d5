/*
 * peer.h — a local process that wants to look at this one, and waits for us: `qi 转储`, `qi 监视`.
 *
 * Who wants to look listens on <tmp>/qi-<uid>/<our process number>.sock and sends SIGQUIT; we connect to it. So nothing is open, and no file is
 * there, before somebody asks; and as the folder must be ours and closed to all others, only the same user can ask, and only the same
 * user answers.
 *
 * Rejected: a socket of each running program (system calls at every start, files left behind by those that are killed); signals
 * with files for requests and answers (half-written ones).
 */
#ifndef QI_BASE_PEER_H
#define QI_BASE_PEER_H

#include "base.h"

/* The connection to who listens for us; -1: nobody, or the folder is not private. Reading from it does not block. */
int qi_peer_connect(void);
void qi_peer_close(int peer);
/* All of it, within some seconds. false: the peer does not take it. */
bool qi_peer_send(int peer, const char *bytes, size_t len);
/* What is there; 0: nothing yet; -1: the peer is gone. */
ptrdiff_t qi_peer_receive(int peer, char *bytes, size_t cap);

#endif
