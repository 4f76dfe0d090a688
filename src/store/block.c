/* Blocks are few and on every page: a reader loads all of them at once and keeps them. */
#include "store/block.h"

#include "sql.h"
#include "text/format.h"
#include "text/vet.h"
#include "base/banned.h"

err blocks_load(struct cx *cx, struct db *db, struct blocks *out)
{
	struct sql_block_all *rows;
	struct sql_block_links *links;
	size_t n, links_n;
	TRY(sql_block_all(cx, db, BLOCKS_MAX, &rows, &n));
	TRY(sql_block_links(cx, db, BLOCK_LINKS_MAX, &links, &links_n));
	struct block_link *all = cx_array_of(cx, struct block_link, links_n);
	for (size_t i = 0; i < links_n; i++) all[i] = (struct block_link){ links[i].text, links[i].url, links[i].detail, links[i].heading != 0 };
	*out = (struct blocks){ cx_array_of(cx, struct block, n), n };
	for (size_t i = 0; i < n; i++) {
		struct block *b = &out->at[i];
		*b = (struct block){ rows[i].id, (enum block_kind)rows[i].kind, (enum block_place)rows[i].place, rows[i].title,
			html_trusted(rows[i].html), NULL, 0 };
		for (size_t k = 0; k < links_n; k++) {
			if (links[k].block != b->id) continue;
			if (!b->links) b->links = &all[k];
			b->links_n++;
		}
	}
	return OK;
}

err block_add(struct cx *cx, struct db *db, void *arg)
{
	struct block_add *a = arg;
	a->again = false;
	if (a->origin.n) {
		struct sql_block_by_origin *known;
		TRY(sql_block_by_origin(cx, db, a->origin, &known));
		if (known) return a->again = true, OK;
	}
	html text = { 0 };
	struct sql_block_insert *made;
	TRY(reader_render(cx, a->reader, FORMAT_MARKDOWN, a->text, S("b-"), &text));
	TRY(sql_block_insert(cx, db, a->kind, a->place, a->position, a->title, a->text, text.s, a->origin.n ? a->origin : (str){ 0 }, &made));
	for (size_t i = 0; i < a->links_n; i++)
		TRY(sql_block_link_insert(cx, db, made->id, (int64_t)i, a->links[i].text, a->links[i].url, a->links[i].detail,
		    a->links[i].heading));
	return OK;
}

err page_put(struct cx *cx, struct db *db, void *arg)
{
	struct page_put *p = arg;
	html body;
	TRY(reader_render(cx, p->reader, FORMAT_MARKDOWN, p->body, S("p-"), &body));
	return sql_page_put(cx, db, p->slug, p->title, p->body, FORMAT_MARKDOWN, body.s, cx_minute(cx));
}
