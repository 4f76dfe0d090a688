/* comment: posting comments. Like articles: rendered before, written in one transaction with the article's count. */
#ifndef STORE_COMMENT_H
#define STORE_COMMENT_H

#include "db/db.h"
#include "rules/visible.h"
#include "store/article.h"

struct comment_draft {
	id article;
	str title, author, email, body;
	enum format format;
	id person;
	int64_t posted; /* as an article's */
	enum precision precision;
	enum status status;
	str origin;
};

/* What a comment's private address holds, as long as an article's: its number, which finds it (an index of keys would be one more thing for each comment to write),
 * and 16 random bytes. Only the hash of these is stored. */
#define COMMENT_LINK ARTICLE_KEY
#define COMMENT_KEY (COMMENT_LINK - 8)

/* The comment that it opens; *out is NULL where there is none. */
struct sql_comment_by_key;
CHECKED err comment_by_link(struct cx *cx, struct db *db, const char link[COMMENT_LINK], struct sql_comment_by_key **out);

struct comment_ready {
	const struct comment_draft *draft;
	html body;
	char content_hash[ARTICLE_HASH];
};

/* What makes two comments the same. */
void comment_hash(const struct comment_draft *d, char out[ARTICLE_HASH]);
CHECKED err comment_prepare(struct cx *cx, struct reader *reader, const struct comment_draft *draft, struct comment_ready *out);

struct comment_post {
	const struct comment_ready *ready;
	const struct file_place *files; /* received, in their order */
	size_t files_n;
	id out;
	bool again;       /* a double post: out is the first */
	str slug;         /* the article's; as standing, not told of one that an import had brought before */
	char link[COMMENT_LINK]; /* its author's private link; none for a double post and for what an import brings */
	int64_t standing; /* about how many comments it has, whatever their status, LIMIT_COMMENTS_SHOWN at most */
};
/* DENIED when comments on the article are closed, NOTFOUND when it is not there to be read. */
CHECKED err comment_post(struct cx *cx, struct db *db, void *arg);

/* A correction by its author: title, name, mail address and text; files stay. What it said is kept as an earlier version. */
struct comment_correct {
	id number;
	const struct comment_ready *ready;
	bool watched;   /* editors see comments before they are shown here: it waits for them again */
	bool has_seen;  /* CONFLICT unless it is still the outcome of so many corrections: what was corrected is what was read */
	int64_t seen;
	id article;     /* out: under which it stands */
};
/* NOTFOUND; CONFLICT when it may not be corrected any more. */
CHECKED err comment_correct(struct cx *cx, struct db *db, void *arg);

#endif
