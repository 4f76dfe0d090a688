/* A small application on a real server on a free port of the loopback, for tests of src/http. */
#ifndef TEST_HTTP_APP_H
#define TEST_HTTP_APP_H

#include <pthread.h>
#include <stdatomic.h>

#include "http/server.h"

struct gate { /* handlers of /gate wait here until it opens */
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	int waiting;
	bool open;
	int steps; /* so many may pass while it is closed */
};

struct test_site {
	struct cx *cx;
	struct cache *cache;
	struct http_server *server;
	int port;
	atomic_int renders; /* of /page and /gated-page */
	struct gate gate;
};

/* workers, queue and so on as given; listeners, cache and spool are filled in. */
struct test_site *site_start(struct http_config config, int listeners);
void site_stop(struct test_site *s, int grace);

void gate_await(struct gate *g, int waiting); /* until so many handlers wait */
void gate_set(struct gate *g, bool open);
void gate_step(struct gate *g); /* lets one of those who wait through, and returns when it is */

/* What /echo tells of a file of more than 16 bytes, byte by byte, from 0 on. */
uint32_t sum_add(uint32_t sum, const char *p, size_t n);

#define SITE_PAGE_KEY cache_key(1, 7) /* what /page and /gated-page depend on */
#define SITE_ASIDE_KEY cache_key(2, 7) /* what /gated-page shows beside it */

#endif
