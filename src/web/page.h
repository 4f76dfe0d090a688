/* page: one request on its way through a handler. The guard has filled it: who asks, the parts of the address, the route row. A handler reads,
 * writes through the store, and answers through respond.h; it returns the err of what went wrong, and the dispatcher makes the page of it. */
#ifndef WEB_PAGE_H
#define WEB_PAGE_H

#include "feed/feed.h"
#include "store/file.h"
#include "store/person.h"
#include "web/app.h"

struct route;
struct view_block;

struct page {
	struct cx *cx;
	struct app *app;
	struct worker *worker;
	struct db *db; /* for reading */
	bool reading;  /* its snapshot is open */
	const struct request *req;
	struct response *res;
	const struct route *route;
	id number;      /* {id} */
	str slug;       /* {slug} */
	str key;        /* {key}: hexadecimal */
	str name;       /* {name}: anything */
	int year, month;
	enum feed_form feed; /* {feed}: "feed.rss", "feed.atom" or "feed.json" */
	bool has_session;
	bool clear_session;  /* the cookie is nobody's: the answer takes it away */
	bool personal;       /* the page holds what is for this visitor alone: it is kept nowhere */
	bool script;         /* the page has our script: it may run */
	bool crowded;        /* what is posted waits for an editor, since so much else came (guard.h) */
	bool proven;         /* the form's anti-spam number was right: its token is spent */
	int64_t retry_after; /* seconds, for an answer of 429 or 503; 0: respond.h's own guess */
	char session[SESSION_KEY];
	struct who who;
	struct view_block *latest_comments; /* once a block has asked for them */
};

/* Declares what the answer depends on, before it is read. */
void page_depends(struct page *p, enum depends kind, id number);

/* To be called after page_write said OK, before answering, so that whoever wrote sees what was written. An article, or a comment on one, was added;
 * or an act (which the log tells) changed or took back what pages show of an article or its comments. */
void page_added_article(struct page *p, id article);
void page_added_comment(struct page *p, id article);
void page_changed_act(struct page *p, id article);

/* After a write let go of files: their bytes, unless something else names them. What fails here is found by the sweep. */
void page_swept(struct page *p, const struct file_gone *gone);

/* db_write with the page's writer. */
CHECKED err page_write(struct page *p, err (*fn)(struct cx *, struct db *, void *), void *arg);

#endif
