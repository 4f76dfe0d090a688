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
	int64_t standing; /* about how many comments it has, whatever their status, LIMIT_COMMENTS_SHOWN at most */
};
/* DENIED when comments on the article are closed, NOTFOUND when it is not there to be read. */
CHECKED err comment_post(struct cx *cx, struct db *db, void *arg);

#endif
