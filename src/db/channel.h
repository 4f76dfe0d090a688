/* channel: how processes that serve one database tell each other what changed, so that none shows an old page. An engine that is a server carries the
 * words itself (PostgreSQL: LISTEN and NOTIFY); one that is a file (SQLite) has a single server, and there is no channel.
 *
 * Each telling counts up the setting "changed" in the same transaction, so that the count says how much was told: who finds it further on than what
 * was heard has missed something, and takes everything for changed. Commands only count up. */
#ifndef DB_CHANNEL_H
#define DB_CHANNEL_H

#include "db/db.h"

struct db_channel;

/* words: what one telling was about, separated by spaces; "*": anything. Empty: something may have been missed, as after every new connection.
 * Called on the channel's thread. */
typedef void db_channel_heard(void *arg, str words);

/* *out is NULL where there is no channel. Tells others at once that anything may have changed: this process may have ended before it could say what. */
CHECKED err db_channel_start(struct cx *cx, str url, db_channel_heard *heard, void *arg, struct db_channel **out);
void db_channel_stop(struct db_channel *c);

/* Tells the others soon; any thread, never blocks. word: letters, digits, ':', '+' and '-', at most 40 bytes. c may be NULL. To be called after the commit. */
void db_channel_tell(struct db_channel *c, str word);

#endif
