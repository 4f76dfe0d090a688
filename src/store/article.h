/* article: publishing, correcting and acting upon articles. Functions with a void *arg fit db_write; what is costly (rendering) is done before, by
 * article_prepare, so that the writer only writes rows. */
#ifndef STORE_ARTICLE_H
#define STORE_ARTICLE_H

#include "base/limits.h"
#include "db/db.h"
#include "store/file.h"
#include "read/reader.h"
#include "rules/retain.h"
#include "rules/visible.h"
#include "rules/who.h"
#include "text/date.h"
#include "text/format.h"

#define ARTICLE_KEY 24  /* random bytes of the author's private key; 48 hexadecimal digits in its address */
#define ARTICLE_HASH 32

struct article_draft {
	str title, summary, body;
	enum format format;
	id type, region, licence; /* term ids; region and licence may be 0 */
	id topics[LIMIT_TOPICS];
	size_t topics_n;
	bool local;
	str author, email;
	bool email_public;
	id person;                /* who stands behind the name; 0: nobody */
	str source;
	int64_t source_date;      /* a day, or 0 */
	str source_url;           /* checked by url_check, or empty */
	str related[LIMIT_RELATED]; /* likewise */
	size_t related_n;
	str language;
	int64_t posted;           /* 0: now; stored by its minute, but for what an import brings as it was told there */
	enum precision precision;
	int64_t modified;         /* by whoever had it before an import, or 0 */
	enum precision modified_precision;
	enum status status;
	str origin;               /* where an import found it; empty for what people post */
};

/* A draft made ready: rendered, hashed, its slug found. */
struct article_ready {
	const struct article_draft *draft;
	html body;
	str slug, author_slug, topics, related;
	char content_hash[ARTICLE_HASH];
};

/* Checks nothing but sizes: the form (or the importer) has checked the fields. */
CHECKED err article_describe(struct cx *cx, const struct article_draft *draft, struct article_ready *out); /* all but the rendering: body is left to the caller */
/* Rendered by the reader, with its errors. */
CHECKED err article_prepare(struct cx *cx, struct reader *reader, const struct article_draft *draft, struct article_ready *out);

struct article_publish {
	const struct article_ready *ready;
	const struct file_place *files; /* received, in their order */
	size_t files_n;
	id out;
	str slug;               /* of out */
	bool again;             /* the same content was posted within the hour (or this origin was imported before): out is the first one, and there is no key */
	char key[ARTICLE_KEY];  /* the author's private key: shown once, only its hash is stored */
};
CHECKED err article_publish(struct cx *cx, struct db *db, void *arg);

struct article_correct {
	id number;
	const struct article_ready *ready;
	struct who who;         /* person 0: the author */
	str note;
	bool has_files;         /* the article's files become these; else they stay as they are */
	const struct file_place *files;
	size_t files_n;
	struct file_gone gone;  /* out: what stands nowhere any more, for file_sweep_blobs after the commit */
	bool watched;           /* editors approve here: an author's correction of what they approved is shown, and put before them again */
	bool has_seen;          /* CONFLICT unless the article still is of this edition: what was corrected is what was read */
	int64_t seen;
};
/* What a correction at that time is stored as: the minute (an editor's: the hour), but always later than the edition before it, so that no two editions
 * of an article say the same; with each correction it may run ahead of the clock by a minute. */
int64_t article_modified(const struct sql_row_article *was, int64_t now, bool editor);

/* Keeps what it said as a revision; an editor's correction is logged. NOTFOUND; CONFLICT when it may not be corrected any more. */
CHECKED err article_correct(struct cx *cx, struct db *db, void *arg);

/* What editors do, and authors with what is theirs; a closed list, in one table with the words of the form. ACT_EXPIRE is erasing by the site, of what was
 * withdrawn and has had its days. */
enum act { ACT_FEATURE, ACT_UNFEATURE, ACT_PROMOTE, ACT_DEMOTE, ACT_HIDE, ACT_UNHIDE, ACT_LOCK, ACT_UNLOCK, ACT_APPROVE, ACT_PURGE, ACT_WITHDRAW, ACT_ERASE, ACT_EXPIRE,
	ACTS };
bool act_parse(str word, enum act *out); /* an editor's: not withdraw and what follows it */
str act_name(enum act a);
bool act_needs_reason(enum act a);
bool act_vouches(enum act a); /* says that the text is good, and so is about the text that was read */
enum capability act_capability(enum act a);

struct act_on {
	enum act act;
	id number;
	struct who who;
	id reason;        /* term; 0 where none is needed */
	str reason_slug;
	str note;
	bool has_seen;    /* as in article_correct; for acts that vouch */
	int64_t seen;
	id article;       /* out: whose page shows it now otherwise */
	struct file_gone gone; /* out: of what is emptied, for file_sweep_blobs after the commit */
};
/* CONFLICT with a sentence when it already is so, or cannot be in its present state; erasing also while rules/retain.h says no. Both write the log row in
 * the same transaction. Purging and erasing leave no word of the article or comment, its revisions, letters and comments, nor of what the log said about
 * them, and ask for the rest to be forgotten (store/forget.h). Of what an author erased the reason is 0. */
CHECKED err article_act(struct cx *cx, struct db *db, void *arg);
CHECKED err comment_act(struct cx *cx, struct db *db, void *arg);

/* Why it cannot be erased now, as a sentence to its author; empty when it can. */
str act_bar_sentence(enum retain_bar bar);

/* The hash under which an author's key is stored. */
void article_key_hash(const char key[ARTICLE_KEY], char out[ARTICLE_HASH]);

#endif
