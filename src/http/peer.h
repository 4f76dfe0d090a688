/* peer: who is at the other end, without knowing who it is. An address goes in and a number comes out, made under a random key that lives only
 * in memory kept out of core dumps and is wiped every few hours; IPv6 counts by its /64. Also how many connections each number has open. Thread-safe. */
#ifndef HTTP_PEER_H
#define HTTP_PEER_H

#include <sys/socket.h>

#include "base/str.h"

struct peers;

struct peers *peers_new(size_t connections_max);
void peers_free(struct peers *p);
void peers_forget(struct peers *p);

uint64_t peers_hash(struct peers *p, const struct sockaddr *address);
uint64_t peers_hash_text(struct peers *p, str address); /* an element of X-Forwarded-For */

bool peer_is_local(const struct sockaddr *address); /* loopback or a unix socket */

unsigned peers_count(struct peers *p, uint64_t hash);
void peers_opened(struct peers *p, uint64_t hash);
void peers_closed(struct peers *p, uint64_t hash);

#endif
