/* Counts of who is inside and of who waits, by rank, and the names of those without a proof. Waiting goes by the clock that nobody sets. */
#define OWNS_MEMORY
#include "web/lane.h"

#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/must.h"
#include "base/banned.h"

#define INSIDE_MOST 2
#define NAMES 32 /* no more than half of the workers, of which there are 64 at most */
#define OF_ONE_NAME 2 /* one may wait while the one before is looked at: somebody who presses twice, or is in two rooms */

struct lane {
	pthread_mutex_t lock;
	pthread_cond_t left;
	int most, inside_all, inside[LANE_RANKS], waiting_all, waiting[LANE_RANKS];
	int room[LANE_RANKS]; /* how many may be here, inside or waiting, when one of that rank has come */
	uint64_t name[NAMES]; /* of those of LANE_ANY who are inside or wait; 0: none */
};

static int least(int a, int b) { return a < b ? a : b; }

/* Half of the workers at most are here; of a few, all but one. Those without a proof cannot take the last places, and for one that is known there is a place
 * when all others are taken: its wait is short, since it comes first. */
struct lane *lane_new(int workers)
{
	struct lane *l = calloc(1, sizeof *l);
	MUST(l != NULL && pthread_mutex_init(&l->lock, NULL) == 0 && pthread_cond_init(&l->left, NULL) == 0);
	l->most = workers >= 4 * INSIDE_MOST ? INSIDE_MOST : 1;
	int all = workers > 6 ? workers / 2 : workers > 4 ? 3 : workers > 1 ? workers - 1 : 1;
	l->room[LANE_ANY] = (all * 5 + 7) / 8;
	l->room[LANE_PROVEN] = least(all, l->room[LANE_ANY] + 1 + all / 8);
	l->room[LANE_KNOWN] = least(workers, l->room[LANE_PROVEN] + 1);
	return l;
}

void lane_free(struct lane *l)
{
	if (!l) return;
	pthread_cond_destroy(&l->left);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

static uint64_t hash_of(str name)
{
	uint64_t h;
	crypto_generichash((unsigned char *)&h, sizeof h, (const unsigned char *)name.p, name.n, NULL, 0);
	return h ? h : 1;
}

/* Puts a name down; false: it is there often enough, or there is no room. */
static bool take_name(struct lane *l, uint64_t h)
{
	int free_at = -1, before = 0;
	for (int i = 0; i < NAMES; i++) {
		before += l->name[i] == h;
		if (!l->name[i]) free_at = i;
	}
	if (free_at < 0 || before == OF_ONE_NAME) return false;
	l->name[free_at] = h;
	return true;
}

static void drop_name(struct lane *l, uint64_t h)
{
	int i = 0;
	while (i < NAMES && l->name[i] != h) i++;
	MUST(i < NAMES);
	l->name[i] = 0;
}

/* Is it rank's turn, if nobody of its own waited? Of two places one is kept for those with a proof. */
static bool has_place(const struct lane *l, enum lane_rank rank)
{
	for (int above = (int)rank + 1; above < LANE_RANKS; above++)
		if (l->waiting[above]) return false;
	if (rank == LANE_ANY && l->most > 1 && l->inside[LANE_ANY] >= l->most - 1) return false;
	return l->inside_all < l->most;
}

static bool wait_for_turn(struct lane *l, enum lane_rank rank, int seconds)
{
	struct timespec until;
	bool in_time = true;
	if (!l->waiting[rank] && has_place(l, rank)) return true;
	if (l->inside_all + l->waiting_all >= l->room[rank]) return false;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += seconds;
	l->waiting[rank]++;
	l->waiting_all++;
	while (in_time && !has_place(l, rank)) in_time = pthread_cond_clockwait(&l->left, &l->lock, CLOCK_MONOTONIC, &until) != ETIMEDOUT;
	l->waiting[rank]--;
	l->waiting_all--;
	if (!in_time) pthread_cond_broadcast(&l->left); /* those below it may have waited for it alone */
	return in_time;
}

bool lane_enter(struct lane *l, enum lane_rank rank, str name, int seconds)
{
	uint64_t h = hash_of(name);
	MUST((int)rank >= LANE_ANY && rank < LANE_RANKS);
	pthread_mutex_lock(&l->lock);
	bool named = rank == LANE_ANY && take_name(l, h);
	bool in = (named || rank != LANE_ANY) && wait_for_turn(l, rank, seconds);
	if (named && !in) drop_name(l, h);
	l->inside[rank] += in;
	l->inside_all += in;
	pthread_mutex_unlock(&l->lock);
	return in;
}

void lane_leave(struct lane *l, enum lane_rank rank, str name)
{
	pthread_mutex_lock(&l->lock);
	MUST(l->inside[rank] > 0);
	l->inside[rank]--;
	l->inside_all--;
	if (rank == LANE_ANY) drop_name(l, hash_of(name));
	pthread_cond_broadcast(&l->left);
	pthread_mutex_unlock(&l->lock);
}

int lane_waiting(struct lane *l)
{
	pthread_mutex_lock(&l->lock);
	int n = l->waiting_all;
	pthread_mutex_unlock(&l->lock);
	return n;
}
