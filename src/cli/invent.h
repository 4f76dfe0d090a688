/* invent: articles and comments that nobody wrote, in words that no language has, for filling a site as large as one likes. The same seed gives the same
 * texts, wherever and whenever. Scripts, lengths, languages and how often a word is used vary as they do among people; right-to-left too. */
#ifndef CLI_INVENT_H
#define CLI_INVENT_H

#include "base/cx.h"
#include "text/format.h"

#define INVENT_TOPICS 24
#define INVENT_REGIONS 16
#define INVENT_COMMENTS_MOST 240

struct invention;

/* Vocabulary and paragraphs, made once and kept in the cx: some 8 MB. */
CHECKED err invent_new(struct cx *cx, uint64_t seed, struct invention **out);

/* Names for lists, the same for every seed. */
void invent_term(struct cx *cx, const char *kind, int number, str *slug, str *name);

/* What one article is to be like; texts live in the cx. The next call invents the next one. */
struct invented {
	str title, summary, author, language, body;
	str html; /* what plain_to_html makes of body */
	int topics[3], topics_n, region; /* 0-based; region -1: none */
	int type;                        /* any number; the caller takes it modulo its types */
	int comments;                    /* how many: 5 on average, most have few */
	bool local, featured, hidden, locked;
};
void invent_article(struct cx *cx, struct invention *v, struct invented *out);

struct invented_comment {
	str title, author, body, html;
	int64_t after; /* microseconds after the article or the comment before */
	bool hidden;
};
void invent_comment(struct cx *cx, struct invention *v, const struct invented *under, struct invented_comment *out);

uint64_t invent_below(struct invention *v, uint64_t below);

#endif
