/* Articles, from the draft that a form or an importer made to the row, and every act upon it. */
#include "store/article.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "sql.h"
#include "base/buf.h"
#include "base/must.h"
#include "store/log.h"
#include "text/slug.h"
#include "base/banned.h"

#define AGAIN_WITHIN HOUR

static void cover(crypto_generichash_state *h, str s)
{
	uint64_t n = s.n;
	crypto_generichash_update(h, (const unsigned char *)&n, sizeof n);
	crypto_generichash_update(h, (const unsigned char *)s.p, s.n);
}

err article_describe(struct cx *cx, const struct article_draft *d, struct article_ready *out)
{
	MUST(d->title.n <= 4 * LIMIT_TITLE && d->topics_n <= LIMIT_TOPICS && d->related_n <= LIMIT_RELATED);
	crypto_generichash_state h;
	crypto_generichash_init(&h, NULL, 0, ARTICLE_HASH);
	cover(&h, d->title);
	cover(&h, d->summary);
	cover(&h, d->body);
	cover(&h, d->author);
	crypto_generichash_final(&h, (unsigned char *)out->content_hash, ARTICLE_HASH);

	out->draft = d;
	out->slug = slug_make(cx, d->title);
	out->author_slug = d->author.n ? slug_make(cx, d->author) : S("");
	struct buf topics = buf_new(cx, 32 * LIMIT_TOPICS), related = buf_new(cx, LIMIT_RELATED * (LIMIT_URL + 1));
	for (size_t i = 0; i < d->topics_n; i++) buf_fmt(&topics, "%s%" PRId64, i ? " " : "", d->topics[i]);
	for (size_t i = 0; i < d->related_n; i++) {
		if (i) buf_char(&related, '\n');
		buf_str(&related, d->related[i]);
	}
	out->topics = buf_view(&topics);
	return buf_done(cx, &related, &out->related);
}

err article_prepare(struct cx *cx, struct reader *reader, const struct article_draft *d, struct article_ready *out)
{
	TRY(article_describe(cx, d, out));
	str prefix = str_fmt(cx, "a" STR_FMT "-", STR_ARG(str_hex(cx, out->content_hash, 4)));
	return reader_render(cx, reader, d->format, d->body, prefix, &out->body);
}

static err put_topics(struct cx *cx, struct db *db, id number, int64_t posted, const struct article_draft *d)
{
	for (size_t i = 0; i < d->topics_n; i++) TRY(sql_article_topic_insert(cx, db, d->topics[i], posted, number));
	return OK;
}

/* Was it here before? Then out is that one. */
static err find_again(struct cx *cx, struct db *db, struct article_publish *p, int64_t now)
{
	const struct article_draft *d = p->ready->draft;
	if (d->origin.n) {
		struct sql_article_by_origin *known;
		TRY(sql_article_by_origin(cx, db, d->origin, &known));
		if (known) p->again = true, p->out = known->id;
		return OK;
	}
	struct sql_article_same *same;
	TRY(sql_article_same(cx, db, (str){ p->ready->content_hash, ARTICLE_HASH }, now - AGAIN_WITHIN, &same));
	if (same) p->again = true, p->out = same->id, p->slug = same->slug;
	return OK;
}

void article_key_hash(const char key[ARTICLE_KEY], char out[ARTICLE_HASH])
{
	crypto_generichash((unsigned char *)out, ARTICLE_HASH, (const unsigned char *)key, ARTICLE_KEY, NULL, 0);
}

err article_publish(struct cx *cx, struct db *db, void *arg)
{
	struct article_publish *p = arg;
	const struct article_ready *r = p->ready;
	const struct article_draft *d = r->draft;
	int64_t now = cx_minute(cx), posted = !d->posted ? now : d->origin.n ? d->posted : clock_minute(d->posted);
	p->again = false;
	p->slug = r->slug;
	TRY(find_again(cx, db, p, now));
	if (p->again) return OK;

	char key_hash[ARTICLE_HASH];
	rnd_bytes(cx->rnd, p->key, sizeof p->key);
	article_key_hash(p->key, key_hash);
	struct sql_article_insert *made;
	TRY(sql_article_insert(cx, db, r->slug, d->title, d->summary, d->body, d->format, r->body.s, d->type, d->region, r->topics,
	    d->local, d->author, r->author_slug, d->email, d->email_public, d->person, d->source, d->source_date, d->source_url,
	    r->related, d->licence, d->language, posted, d->precision, d->modified, d->modified ? d->modified_precision : PRECISION_MINUTE, d->status,
	    d->origin.n ? (str){ 0 } : (str){ key_hash, ARTICLE_HASH }, (str){ r->content_hash, ARTICLE_HASH },
	    d->origin.n ? d->origin : (str){ 0 }, &made));
	p->out = made->id;
	if (p->files_n) TRY(file_attach(cx, db, made->id, 0, posted, p->files, p->files_n));
	return put_topics(cx, db, made->id, posted, d);
}

/* May it be corrected, by who does it, as they read it? */
static err check_correction(struct cx *cx, const struct article_correct *c, const struct sql_row_article *was)
{
	enum status now = (enum status)was->status;
	if (now == STATUS_PURGED || now == STATUS_WITHDRAWN)
		return cx_fail(cx, CONFLICT, NULL, "This article is not there any more, so it cannot be corrected.");
	if (!c->who.person && !visible_correctable(now)) /* an editor may have been quicker than the page it was sent from */
		return cx_fail(cx, CONFLICT, NULL, "This article is not shown any more, so it cannot be corrected. Write to the editors instead.");
	if (c->has_seen && c->seen != was->edition)
		return cx_fail(cx, CONFLICT, "seen", "Somebody else has changed this article since you opened it.");
	return OK;
}

/* What the article had and has no longer goes, unless it stands elsewhere. */
static err put_files(struct cx *cx, struct db *db, struct article_correct *c, const struct sql_row_article *was)
{
	struct sql_row_attached *had;
	size_t n;
	TRY(sql_attachment_in(cx, db, was->id, 0, LIMIT_FORM_FILES, &had, &n));
	id *files = cx_array_of(cx, id, n);
	for (size_t i = 0; i < n; i++) files[i] = had[i].file;
	TRY(file_attach(cx, db, was->id, 0, was->posted, c->files, c->files_n));
	return file_let_go(cx, db, files, n, &c->gone);
}

int64_t article_modified(const struct sql_row_article *was, int64_t now, bool editor)
{
	int64_t at = editor ? clock_hour(now) : clock_minute(now), before = clock_minute(was->modified ? was->modified : was->posted);
	return at > before ? at : before + MINUTE;
}

err article_correct(struct cx *cx, struct db *db, void *arg)
{
	struct article_correct *c = arg;
	const struct article_ready *r = c->ready;
	const struct article_draft *d = r->draft;
	struct sql_row_article *was;
	TRY(sql_article_by_id(cx, db, c->number, &was));
	if (!was) return cx_fail(cx, NOTFOUND, NULL, "There is no such article.");
	TRY(check_correction(cx, c, was));
	int64_t now = article_modified(was, cx_now(cx), c->who.person), changed, corrected = 0;
	if (!c->who.person && was->status == STATUS_SHOWN) corrected = was->corrected ? was->corrected : c->watched ? cx_minute(cx) : 0;
	/* What may be known of the author is the author's to say, and to take back; an editor's form leaves it. */
	str email = c->who.person ? was->email : d->email;
	bool email_public = c->who.person ? was->email_public != 0 : d->email_public;
	TRY(sql_revision_insert(cx, db, was->id, now, c->who.person, was->title, was->summary, was->body, was->format));
	TRY(sql_article_correct(cx, db, was->id, r->slug, d->title, d->summary, d->body, d->format, r->body.s, d->type, d->region,
	    r->topics, d->author, r->author_slug, email, email_public, d->source, d->source_date, d->source_url, r->related, d->licence, d->language, now,
	    (str){ r->content_hash, ARTICLE_HASH }, corrected, &changed));
	TRY(sql_article_topic_clear(cx, db, was->id));
	TRY(put_topics(cx, db, was->id, was->posted, d));
	if (c->has_files) TRY(put_files(cx, db, c, was));
	if (!c->who.person) return OK;
	return log_append(cx, db, &(struct log_entry){ c->who.name, S("edit"), S("article"), was->id, was->id, d->title, S(""), c->note });
}

