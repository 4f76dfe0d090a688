/* Comments under articles. */
#include "store/comment.h"

#include <sodium.h>

#include "sql.h"
#include "base/limits.h"
#include "base/must.h"
#include "base/banned.h"

static void cover(crypto_generichash_state *h, str s)
{
	uint64_t n = s.n;
	crypto_generichash_update(h, (const unsigned char *)&n, sizeof n);
	crypto_generichash_update(h, (const unsigned char *)s.p, s.n);
}

void comment_hash(const struct comment_draft *d, char out[ARTICLE_HASH])
{
	crypto_generichash_state h;
	crypto_generichash_init(&h, NULL, 0, ARTICLE_HASH);
	cover(&h, (str){ (const char *)&d->article, sizeof d->article });
	cover(&h, d->title);
	cover(&h, d->author);
	cover(&h, d->body);
	crypto_generichash_final(&h, (unsigned char *)out, ARTICLE_HASH);
}

err comment_prepare(struct cx *cx, struct reader *reader, const struct comment_draft *d, struct comment_ready *out)
{
	comment_hash(d, out->content_hash);
	out->draft = d;
	str prefix = str_fmt(cx, "c" STR_FMT "-", STR_ARG(str_hex(cx, out->content_hash, 4)));
	TRY(reader_render(cx, reader, d->format, d->body, prefix, &out->body));
	if (out->body.s.n > LIMIT_COMMENT_HTML) return cx_fail(cx, LIMIT, NULL, "becomes too long when it is made HTML");
	return OK;
}

static void key_hash_of(const char link[COMMENT_LINK], char out[ARTICLE_HASH])
{
	crypto_generichash((unsigned char *)out, ARTICLE_HASH, (const unsigned char *)link + 8, COMMENT_KEY, NULL, 0);
}

static void put_number(struct comment_post *p, id number)
{
	p->out = number;
	for (int i = 0; i < 8; i++) p->link[i] = (char)(unsigned char)((uint64_t)number >> (56 - 8 * i));
}

err comment_by_link(struct cx *cx, struct db *db, const char link[COMMENT_LINK], struct sql_comment_by_key **out)
{
	char hash[ARTICLE_HASH];
	uint64_t number = 0;
	for (int i = 0; i < 8; i++) number = number << 8 | (unsigned char)link[i];
	key_hash_of(link, hash);
	*out = NULL;
	if (number == 0 || number > INT64_MAX) return OK;
	return sql_comment_by_key(cx, db, (id)number, (str){ hash, sizeof hash }, out);
}

/* In one query, which most need no more than; done stays false where the long way has to tell what is different. */
static err post_usual(struct cx *cx, struct db *db, struct comment_post *p, int64_t now, bool *done)
{
	const struct comment_draft *d = p->ready->draft;
	struct sql_comment_insert_usual *made;
	char key_hash[ARTICLE_HASH];
	*done = false;
	if (d->origin.n || p->files_n) return OK;
	key_hash_of(p->link, key_hash);
	TRY(sql_comment_insert_usual(cx, db, d->article, d->title, d->author, d->email, d->person, d->body, d->format, p->ready->body.s,
	    d->posted ? clock_minute(d->posted) : now, d->precision, d->status, (str){ p->ready->content_hash, ARTICLE_HASH }, now - HOUR, LIMIT_COMMENTS_SHOWN,
	    (str){ key_hash, ARTICLE_HASH }, &made));
	if (!made) return OK;
	*done = true;
	put_number(p, made->id);
	p->slug = made->slug;
	p->standing = made->standing;
	return OK;
}

err comment_post(struct cx *cx, struct db *db, void *arg)
{
	struct comment_post *p = arg;
	const struct comment_draft *d = p->ready->draft;
	int64_t now = cx_minute(cx), posted = !d->posted ? now : d->origin.n ? d->posted : clock_minute(d->posted);
	str hash = { p->ready->content_hash, ARTICLE_HASH };
	bool done;
	p->again = false;
	rnd_bytes(cx->rnd, p->link + 8, COMMENT_KEY);
	TRY(post_usual(cx, db, p, now, &done));
	if (done) return visible_listed(d->status) ? sql_article_count_comments(cx, db, d->article, 1) : OK;
	if (d->origin.n) {
		struct sql_comment_by_origin *known;
		TRY(sql_comment_by_origin(cx, db, d->origin, &known));
		if (known) return p->again = true, p->out = known->id, OK;
	}
	struct sql_comment_admit *under;
	TRY(sql_comment_admit(cx, db, d->article, hash, d->origin.n ? INT64_MAX : now - HOUR, LIMIT_COMMENTS_SHOWN, &under));
	if (!under) return cx_fail(cx, NOTFOUND, NULL, "There is no such article.");
	p->slug = under->slug;
	p->standing = under->standing;
	if (under->same) return p->again = true, p->out = under->same, OK;
	if (!visible_text((enum status)under->status)) return cx_fail(cx, NOTFOUND, NULL, "There is no such article.");
	if (under->locked && !d->origin.n) return cx_fail(cx, DENIED, NULL, "Comments on this article are closed.");
	struct sql_comment_insert *made;
	char key_hash[ARTICLE_HASH];
	key_hash_of(p->link, key_hash);
	TRY(sql_comment_insert(cx, db, d->article, d->title, d->author, d->email, d->person, d->body, d->format, p->ready->body.s,
	    posted, d->precision, d->status, hash, d->origin.n ? d->origin : (str){ 0 },
	    d->origin.n ? (str){ 0 } : (str){ key_hash, ARTICLE_HASH }, &made));
	put_number(p, made->id);
	if (p->files_n) TRY(file_attach(cx, db, d->article, made->id, under->posted, p->files, p->files_n));
	if (!visible_listed(d->status)) return OK;
	return sql_article_count_comments(cx, db, d->article, 1);
}

/* May its author correct it, as they read it? */
static err check_correction(struct cx *cx, const struct comment_correct *c, const struct sql_comment_before_correction *was)
{
	if (!visible_correctable((enum status)was->status))
		return cx_fail(cx, CONFLICT, NULL, "This comment is not shown any more, so it cannot be corrected. Write to the editors instead.");
	if (c->has_seen && c->seen != was->version)
		return cx_fail(cx, CONFLICT, "seen", "This comment was corrected since you opened this page.");
	return OK;
}

err comment_correct(struct cx *cx, struct db *db, void *arg)
{
	struct comment_correct *c = arg;
	const struct comment_draft *d = c->ready->draft;
	struct sql_comment_before_correction *was;
	int64_t changed, now = cx_minute(cx);
	TRY(sql_comment_before_correction(cx, db, c->number, &was));
	if (!was) return cx_fail(cx, NOTFOUND, NULL, "There is no such comment.");
	TRY(check_correction(cx, c, was));
	int64_t before = was->modified ? was->modified : was->posted;
	if (now <= before) now = before + MINUTE; /* each edition's minute is later than that of the one before */
	enum status to = c->watched ? STATUS_HELD : (enum status)was->status;
	c->article = was->article;
	TRY(sql_comment_revision_insert(cx, db, c->number, now, was->title, was->body, was->format));
	TRY(sql_comment_correct(cx, db, c->number, d->title, d->author, d->email, d->body, d->format, c->ready->body.s, now,
	    (str){ c->ready->content_hash, ARTICLE_HASH }, to, &changed));
	int more = visible_listed(to) - visible_listed((enum status)was->status);
	return more ? sql_article_count_comments(cx, db, was->article, more) : OK;
}
