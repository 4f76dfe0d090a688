/* Publishing: the form, the preview, the receipt. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "text/url.h"
#include "web/article_form.h"
#include "web/files_form.h"
#include "web/guard.h"
#include "web/pages.h"
#include "web/receipts.h"
#include "web/respond.h"
#include "base/banned.h"

static err show_form(struct page *p, int status, struct view_article_form *form)
{
	struct view_publish v = { .form = form };
	v.site = present_site(p);
	v.page = present_head(p, S("Publish"), S("Publish your news: no account is needed, and no address is kept."), url_path(p->cx, "/publish"));
	return respond_page(p, status, PAGE_PUBLISH, &v);
}

err page_publish_form(struct page *p)
{
	struct view_article_form *form = article_form_empty(p, url_path(p->cx, "/publish"));
	form->uploads = files_form_show(p, NULL, S(""), true);
	return show_form(p, 200, form);
}

/* Sent twice? Then the first is the answer, whatever the anti-spam number says now. */
static err find_same(struct page *p, const struct article_ready *ready, struct sql_article_same **out)
{
	return sql_article_same(p->cx, p->db, (str){ ready->content_hash, ARTICLE_HASH }, cx_minute(p->cx) - HOUR, out);
}

/* Sent twice, where the first is not to be seen yet. */
static err tell_coming(struct page *p)
{
	str soon = str_fmt(p->cx, "It appears by itself, within %" PRId64 " minutes. Please do not send it again: its private link was shown when it came.", p->app->conf.delay_minutes);
	return respond_notice(p, S("Your article is here already"), soon, (struct view_link){ .text = S("To the newswire"), .href = url_path(p->cx, "/newswire") });
}

static err publish(struct page *p, const struct article_ready *ready, const struct form_files *files)
{
	struct article_publish op = { .ready = ready, .files = files_form_places(p, files), .files_n = files->at.n };
	char token[RECEIPT_TOKEN];
	TRY(page_write(p, article_publish, &op));
	if (!op.again) guard_count_written(p);
	if (ready->draft->status != STATUS_COMING) page_added_article(p, op.out); /* else no page has changed, and none may take longer than before */
	if (op.again) {
		struct sql_row_article *first;
		TRY(sql_article_by_id(p->cx, p->db, op.out, &first));
		return first && first->status == STATUS_COMING ? tell_coming(p) : respond_see_other(p, present_article_url(p->cx, op.out, op.slug));
	}
	struct receipt r = { .article = op.out, .slug = op.slug, .held = ready->draft->status == STATUS_HELD, .coming = ready->draft->status == STATUS_COMING };
	memcpy(r.key, op.key, ARTICLE_KEY);
	snprintf(r.cleaned, sizeof r.cleaned, STR_FMT, STR_ARG(files_form_cleaned(p->cx, files)));
	receipts_put(p->cx, p->app->receipts, &r, token);
	return respond_see_other(p, url_path(p->cx, "/receipt/" STR_FMT, STR_ARG(str_hex(p->cx, token, sizeof token))));
}

err page_publish(struct page *p)
{
	struct fields f = fields_of(p);
	struct form_files files;
	TRY(files_form_read(&f, NULL, 0, S(""), &files));
	struct article_draft draft = article_form_read(&f);
	struct article_ready ready;
	bool preview = !str_eq(fields_raw(&f, "action"), S("publish"));
	article_form_prepare(&f, &draft, &ready);
	if (fields_good(&f) && !preview) {
		struct sql_article_same *same;
		TRY(find_same(p, &ready, &same));
		if (same && same->status == STATUS_COMING) return tell_coming(p);
		if (same) return respond_see_other(p, present_article_url(p->cx, same->id, same->slug));
	}
	if (!preview) TRY(fields_person(&f));
	if (fields_good(&f) && !preview) {
		err e = publish(p, &ready, &files);
		if (e == OK) return OK;
		TRY(files_form_refused(&f, e));
	}
	struct view_article_form *form = article_form_filled(&f, url_path(p->cx, "/publish"));
	form->uploads = files_form_show(p, &files, fields_error_of(&f, "files"), true);
	if (fields_good(&f)) form->preview = article_form_preview(p, &ready);
	if (form->preview) figures_into_article(p, files_form_shown(p, &files), files.at.n, form->preview);
	return show_form(p, fields_good(&f) ? 200 : f.status, form);
}

err page_receipt(struct page *p)
{
	char token[RECEIPT_TOKEN];
	struct receipt r;
	struct sql_row_article *a;
	if (!str_unhex(p->key, token, sizeof token)) return cx_fail(p->cx, NOTFOUND, NULL, "There is no such receipt.");
	TRY(receipts_take(p->cx, p->app->receipts, token, &r));
	TRY(sql_article_by_id(p->cx, p->db, r.article, &a));
	if (!a) return cx_fail(p->cx, NOTFOUND, NULL, "There is no such article.");
	struct view_receipt v = { .article = present_article_row(p, a), .held = r.held, .coming = r.coming ? p->app->conf.delay_minutes : 0, .cleaned = str_of(r.cleaned),
		.why_held = present_why_held(p->app->conf.wire == WIRE_HELD) };
	v.edit_href = url_path(p->cx, "/edit/" STR_FMT, STR_ARG(str_hex(p->cx, r.key, ARTICLE_KEY)));
	v.edit_text = url_absolute(p->cx, v.edit_href, p->app->conf.url).s;
	v.article_text = url_absolute(p->cx, v.article->url, p->app->conf.url).s;
	v.site = present_site(p);
	v.page = present_head_unlisted(p, S("Published"));
	return respond_page(p, 200, PAGE_RECEIPT, &v);
}
