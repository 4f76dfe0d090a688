/* A cache of four ways: a row's newest entry pushes out its oldest, so that a flood of made-up cookies forgets others' and nothing worse. Somebody's
 * and nobody's have rows of their own, or the flood would make real sessions unseen. */
#define OWNS_MEMORY
#include "web/sessions.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "base/banned.h"

#define ROWS 4096
#define WAYS 4

struct sessions {
	pthread_mutex_t lock;
	unsigned char key[crypto_shorthash_KEYBYTES];
	uint64_t seen[2][ROWS][WAYS]; /* nobody's, somebody's; 0: empty */
};

struct sessions *sessions_new(struct cx *cx)
{
	struct sessions *s = calloc(1, sizeof *s);
	MUST(s != NULL && pthread_mutex_init(&s->lock, NULL) == 0);
	rnd_bytes(cx->rnd, s->key, sizeof s->key);
	return s;
}

void sessions_free(struct sessions *s)
{
	if (!s) return;
	pthread_mutex_destroy(&s->lock);
	free(s);
}

static uint64_t hash_of(const struct sessions *s, const char key[SESSION_KEY])
{
	uint64_t h;
	unsigned char out[crypto_shorthash_BYTES];
	_Static_assert(sizeof h == sizeof out, "a short hash is a number");
	crypto_shorthash(out, (const unsigned char *)key, SESSION_KEY, s->key);
	memcpy(&h, out, sizeof h);
	return h ? h : 1;
}

static int way_of(const uint64_t row[WAYS], uint64_t h)
{
	for (int i = 0; i < WAYS; i++)
		if (row[i] == h) return i;
	return -1;
}

enum session_seen sessions_seen(struct sessions *s, const char key[SESSION_KEY])
{
	uint64_t h = hash_of(s, key);
	pthread_mutex_lock(&s->lock);
	enum session_seen seen = way_of(s->seen[0][h % ROWS], h) >= 0   ? SESSION_NOBODYS
	                         : way_of(s->seen[1][h % ROWS], h) >= 0 ? SESSION_SOMEBODYS
	                                                                : SESSION_UNSEEN;
	pthread_mutex_unlock(&s->lock);
	return seen;
}

void sessions_remember(struct sessions *s, const char key[SESSION_KEY], enum session_seen seen)
{
	uint64_t h = hash_of(s, key);
	MUST(seen == SESSION_NOBODYS || seen == SESSION_SOMEBODYS);
	pthread_mutex_lock(&s->lock);
	uint64_t *row = s->seen[seen == SESSION_SOMEBODYS][h % ROWS];
	if (way_of(row, h) < 0) {
		memmove(row + 1, row, (WAYS - 1) * sizeof *row);
		row[0] = h;
	}
	pthread_mutex_unlock(&s->lock);
}

bool sessions_parse(str cookie, char key[SESSION_KEY]) { return cookie.n == 2 * SESSION_KEY && str_unhex(cookie, key, SESSION_KEY); }
