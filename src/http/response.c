/* What a handler fills in; the sending is in reply.c. */
#include "http/response.h"

#include <string.h>

#include "base/must.h"
#include "http/wire.h"
#include "base/banned.h"

void response_header(struct response *r, const char *name, str value)
{
	MUST(r->headers_n < sizeof r->headers / sizeof *r->headers);
	MUST(wire_is_token(str_of(name)));
	MUST(value.n == 0 || (memchr(value.p, '\r', value.n) == NULL && memchr(value.p, '\n', value.n) == NULL &&
	                         memchr(value.p, 0, value.n) == NULL));
	r->headers[r->headers_n++] = (struct response_header){ name, value };
}

void response_depends(struct response *r, struct cache *cache, uint64_t key, bool aside)
{
	struct cache_deps *d = &r->deps;
	if (!cache || d->overflow) return;
	uint32_t slot, forbidden, generation = cache_generation(cache, key, &slot, &forbidden);
	for (size_t i = 0; i < d->n; i++)
		if (d->at[i].slot == slot) {
			d->at[i].aside &= aside;
			return; /* the earlier reading is the safer one */
		}
	if (d->n == CACHE_DEPS_MAX) {
		d->overflow = true;
		return;
	}
	d->at[d->n].slot = slot;
	d->at[d->n].generation = generation;
	d->at[d->n].forbidden = forbidden;
	d->at[d->n].aside = aside;
	d->n++;
}
