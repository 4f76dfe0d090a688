/* What editors may do to what, and what stays of it: every act in every state, at once with others, and purged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>

#include "db/query.h"
#include "store/log.h"
#include "store/forget.h"
#include "store/search.h"
#include "store_stage.h"
#include "base/banned.h"

static int64_t log_rows(struct stage *s)
{
	struct sql_log_last *last;
	assert_int_equal(sql_log_last(s->cx, s->db, &last), OK);
	return last ? last->id : 0;
}

static struct sql_row_logged *last_row(struct stage *s)
{
	struct sql_row_logged *rows;
	size_t n;
	assert_int_equal(sql_log_list(s->cx, s->db, INT64_MAX, 1, &rows, &n), OK);
	assert_int_equal(n, 1);
	return rows;
}

static void put_status(struct stage *s, id number, enum status status)
{
	int64_t changed;
	assert_int_equal(sql_article_set_status(s->cx, s->db, number, status, 0, S(""), 0, &changed), OK);
}

static err by_author(struct stage *s, enum act act, id number, bool comment)
{
	struct act_on op = { .act = act, .number = number };
	return db_transaction(s->cx, s->db, comment ? comment_act : article_act, &op);
}

static err withdraw(struct stage *s, id number) { return by_author(s, ACT_WITHDRAW, number, false); }

/* The status each act leads to from each; -1: refused. Where it stays what it was, the act sets a mark. */
static const struct {
	enum status from;
	int to[ACTS];
} states[] = {
	{ STATUS_SHOWN, { [ACT_FEATURE] = 0, [ACT_UNFEATURE] = -1, [ACT_PROMOTE] = 0, [ACT_DEMOTE] = -1, [ACT_HIDE] = STATUS_HIDDEN, [ACT_UNHIDE] = -1,
	    [ACT_LOCK] = 0, [ACT_UNLOCK] = -1, [ACT_APPROVE] = -1, [ACT_PURGE] = STATUS_PURGED, [ACT_WITHDRAW] = STATUS_WITHDRAWN,
	    [ACT_ERASE] = STATUS_PURGED, [ACT_EXPIRE] = STATUS_PURGED } },
	{ STATUS_HIDDEN, { [ACT_FEATURE] = -1, [ACT_UNFEATURE] = -1, [ACT_PROMOTE] = -1, [ACT_DEMOTE] = -1, [ACT_HIDE] = -1, [ACT_UNHIDE] = STATUS_SHOWN,
	    [ACT_LOCK] = STATUS_HIDDEN, [ACT_UNLOCK] = -1, [ACT_APPROVE] = -1, [ACT_PURGE] = STATUS_PURGED, [ACT_WITHDRAW] = STATUS_WITHDRAWN,
	    [ACT_ERASE] = -1, [ACT_EXPIRE] = STATUS_PURGED } },
	{ STATUS_HELD, { [ACT_FEATURE] = -1, [ACT_UNFEATURE] = -1, [ACT_PROMOTE] = STATUS_HELD, [ACT_DEMOTE] = -1, [ACT_HIDE] = STATUS_REFUSED,
	    [ACT_UNHIDE] = -1, [ACT_LOCK] = STATUS_HELD, [ACT_UNLOCK] = -1, [ACT_APPROVE] = STATUS_SHOWN, [ACT_PURGE] = STATUS_PURGED,
	    [ACT_WITHDRAW] = STATUS_WITHDRAWN,
	    [ACT_ERASE] = -1, [ACT_EXPIRE] = STATUS_PURGED } },
	{ STATUS_WITHDRAWN, { [ACT_FEATURE] = -1, [ACT_UNFEATURE] = -1, [ACT_PROMOTE] = -1, [ACT_DEMOTE] = -1, [ACT_HIDE] = -1, [ACT_UNHIDE] = -1,
	    [ACT_LOCK] = -1, [ACT_UNLOCK] = -1, [ACT_APPROVE] = -1, [ACT_PURGE] = STATUS_PURGED, [ACT_WITHDRAW] = -1,
	    [ACT_ERASE] = STATUS_PURGED, [ACT_EXPIRE] = STATUS_PURGED } },
	{ STATUS_REFUSED, { [ACT_FEATURE] = -1, [ACT_UNFEATURE] = -1, [ACT_PROMOTE] = -1, [ACT_DEMOTE] = -1, [ACT_HIDE] = -1, [ACT_UNHIDE] = STATUS_HELD,
	    [ACT_LOCK] = STATUS_REFUSED, [ACT_UNLOCK] = -1, [ACT_APPROVE] = -1, [ACT_PURGE] = STATUS_PURGED, [ACT_WITHDRAW] = STATUS_WITHDRAWN,
	    [ACT_ERASE] = -1, [ACT_EXPIRE] = STATUS_PURGED } },
	{ STATUS_COMING, { [ACT_FEATURE] = -1, [ACT_UNFEATURE] = -1, [ACT_PROMOTE] = STATUS_COMING, [ACT_DEMOTE] = -1, [ACT_HIDE] = STATUS_REFUSED,
	    [ACT_UNHIDE] = -1, [ACT_LOCK] = STATUS_COMING, [ACT_UNLOCK] = -1, [ACT_APPROVE] = -1, [ACT_PURGE] = STATUS_PURGED, [ACT_WITHDRAW] = STATUS_WITHDRAWN,
	    [ACT_ERASE] = STATUS_PURGED, [ACT_EXPIRE] = STATUS_PURGED } },
	{ STATUS_PURGED, { -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1 } },
};

static err try_act(struct stage *s, enum act a, id number) { return a >= ACT_WITHDRAW ? by_author(s, a, number, false) : stage_act(s, a, number, false); }

static void every_act_in_every_state(void **state)
{
	struct stage *s = *state;
	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		for (int a = 0; a < ACTS; a++) {
			id number = stage_publish(s, str_fmt(s->cx, "State %zu, act %d", i, a), S("")).out;
			if (states[i].from == STATUS_PURGED) assert_int_equal(stage_act(s, ACT_PURGE, number, false), OK);
			else put_status(s, number, states[i].from);
			int64_t before = log_rows(s);
			int to = states[i].to[a];
			assert_int_equal(try_act(s, (enum act)a, number), to < 0 ? CONFLICT : OK);
			if (to < 0) assert_true(s->cx->fault.sentence.n > 20);
			assert_int_equal(log_rows(s), before + (to >= 0));
			assert_int_equal(stage_get(s, number)->status, to < 0 ? (int)states[i].from : to);
			before = log_rows(s); /* and once more is never right */
			assert_int_equal(try_act(s, (enum act)a, number), CONFLICT);
			assert_int_equal(log_rows(s), before);
		}
	assert_int_equal(stage_act(s, ACT_FEATURE, 999999, false), NOTFOUND);
	assert_int_equal(stage_act(s, ACT_HIDE, 999999, true), NOTFOUND);
}

static void comments_go_the_same_ways(void **state)
{
	struct stage *s = *state;
	id article = stage_publish(s, S("Much discussed"), S("")).out, number = stage_comment(s, article, S("A first word."), OK);
	static const struct {
		enum act act;
		err due;
	} steps[] = { { ACT_APPROVE, CONFLICT }, { ACT_UNHIDE, CONFLICT }, { ACT_FEATURE, INVALID }, { ACT_HIDE, OK }, { ACT_HIDE, CONFLICT },
		{ ACT_UNHIDE, OK }, { ACT_UNHIDE, CONFLICT }, { ACT_PURGE, OK }, { ACT_PURGE, CONFLICT }, { ACT_HIDE, CONFLICT }, { ACT_UNHIDE, CONFLICT } };
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		int64_t before = log_rows(s);
		assert_int_equal(stage_act(s, steps[i].act, number, true), steps[i].due);
		assert_int_equal(log_rows(s), before + (steps[i].due == OK));
	}
	assert_int_equal(stage_get(s, article)->comments, 0);
	int64_t changed;
	id held = stage_comment(s, article, S("A word that waits."), OK);
	struct sql_row_comment *c;
	assert_int_equal(sql_article_count_comments(s->cx, s->db, article, -1), OK);
	assert_int_equal(sql_comment_set_status(s->cx, s->db, held, STATUS_HELD, 0, S(""), 0, &changed), OK);
	assert_int_equal(stage_act(s, ACT_HIDE, held, true), OK);
	assert_int_equal(sql_comment_by_id(s->cx, s->db, held, &c), OK);
	assert_int_equal(c->status, STATUS_REFUSED);
	assert_int_equal(stage_act(s, ACT_UNHIDE, held, true), OK);
	assert_int_equal(stage_act(s, ACT_APPROVE, held, true), OK);
	assert_int_equal(stage_get(s, article)->comments, 1);
}

static void hiding_what_waits_shows_it_to_nobody(void **state)
{
	struct stage *s = *state;
	id number = stage_publish(s, S("Never shown"), S("")).out;
	put_status(s, number, STATUS_HELD);
	assert_int_equal(stage_act(s, ACT_HIDE, number, false), OK);
	struct sql_row_article *a = stage_get(s, number);
	assert_false(visible_text((enum status)a->status) || visible_listed((enum status)a->status));
	assert_int_equal(a->reason, s->reason);
	stage_comment(s, number, S("Nothing to comment on."), NOTFOUND);
	struct sql_row_listed *hidden;
	size_t n;
	assert_int_equal(sql_list_hidden(s->cx, s->db, INT64_MAX, INT64_MAX, 1, &hidden, &n), OK);
	assert_true(n == 1 && hidden[0].id == number);
}

static void a_withdrawal_keeps_why_it_was_hidden(void **state)
{
	struct stage *s = *state;
	id number = stage_publish(s, S("Hidden, then withdrawn"), S("")).out;
	struct act_on hide = { .act = ACT_HIDE, .number = number, .who = { 1, S("Ada"), PERSON_EDITOR }, .reason = s->reason, .reason_slug = S("spam"),
		.note = S("As was told.") };
	assert_int_equal(db_transaction(s->cx, s->db, article_act, &hide), OK);
	assert_int_equal(withdraw(s, number), OK);
	struct sql_row_logged *row = last_row(s);
	assert_true(str_eq(row->actor, S("author")) && str_eq(row->action, S("withdraw")) && str_eq(row->reason, S("spam")));
	assert_int_equal(row->article_status, STATUS_WITHDRAWN);
	struct sql_row_article *a = stage_get(s, number);
	assert_true(a->reason == s->reason && str_eq(a->note, S("As was told.")));
	number = stage_publish(s, S("Only withdrawn"), S("")).out;
	assert_int_equal(withdraw(s, number), OK);
	assert_int_equal(last_row(s)->reason.n, 0);
}

static err correct(struct stage *s, struct article_correct op, str title)
{
	struct article_draft d = { .title = title, .body = S("Other words."), .type = s->type, .language = S("en"), .email = S("me@example.org") };
	struct article_ready r;
	assert_int_equal(article_prepare(s->cx, NULL, &d, &r), OK);
	op.ready = &r;
	return db_transaction(s->cx, s->db, article_correct, &op);
}

static const struct who ada = { 1, S_INIT("Ada"), PERSON_EDITOR };

static bool waits_for_a_look(struct stage *s, id number)
{
	struct sql_row_listed *rows;
	size_t n;
	assert_int_equal(sql_list_corrected(s->cx, s->db, 100, &rows, &n), OK);
	for (size_t i = 0; i < n; i++)
		if (rows[i].id == number) return true;
	return false;
}

static void corrections_are_put_before_editors_where_they_approve(void **state)
{
	struct stage *s = *state;
	id number = stage_publish(s, S("Watched"), S("")).out;
	assert_int_equal(correct(s, (struct article_correct){ .number = number }, S("On an open site")), OK);
	assert_false(waits_for_a_look(s, number));
	assert_int_equal(correct(s, (struct article_correct){ .number = number, .watched = true }, S("On a held one")), OK);
	assert_true(waits_for_a_look(s, number));
	struct sql_row_article *a = stage_get(s, number);
	assert_int_equal(a->status, STATUS_SHOWN);
	/* An editor who looked before the author corrected it once more has not approved of that. */
	struct act_on approve = { .act = ACT_APPROVE, .number = number, .who = ada, .has_seen = true, .seen = a->edition };
	assert_int_equal(correct(s, (struct article_correct){ .number = number, .watched = true }, S("And once more")), OK);
	int64_t before = log_rows(s);
	assert_int_equal(db_transaction(s->cx, s->db, article_act, &approve), CONFLICT);
	assert_int_equal(log_rows(s), before);
	approve.seen = stage_get(s, number)->edition;
	assert_int_equal(db_transaction(s->cx, s->db, article_act, &approve), OK);
	assert_int_equal(log_rows(s), before + 1);
	assert_false(waits_for_a_look(s, number));
	assert_int_equal(db_transaction(s->cx, s->db, article_act, &approve), CONFLICT);
	/* An editor's own correction needs no look. */
	assert_int_equal(correct(s, (struct article_correct){ .number = number, .watched = true }, S("Again")), OK);
	assert_int_equal(correct(s, (struct article_correct){ .number = number, .who = ada, .watched = true }, S("By an editor")), OK);
	assert_false(waits_for_a_look(s, number));
	/* What waits for its first reading does so still. */
	put_status(s, number, STATUS_HELD);
	assert_int_equal(correct(s, (struct article_correct){ .number = number, .watched = true }, S("While held")), OK);
	assert_int_equal(stage_get(s, number)->corrected, 0);
}

static void a_correction_is_of_what_was_read(void **state)
{
	struct stage *s = *state;
	struct sql_revision_list *kept;
	size_t n;
	id number = stage_publish(s, S("Read by two"), S("")).out;
	assert_int_equal(correct(s, (struct article_correct){ .number = number, .who = ada, .has_seen = true, .seen = 1 }, S("The first")), OK);
	int64_t before = log_rows(s);
	assert_int_equal(correct(s, (struct article_correct){ .number = number, .who = ada, .has_seen = true, .seen = 1 }, S("The second")), CONFLICT);
	assert_true(str_eq(stage_get(s, number)->title, S("The first")) && log_rows(s) == before);
	assert_int_equal(correct(s, (struct article_correct){ .number = number, .who = ada, .has_seen = true, .seen = stage_get(s, number)->edition }, S("The third")), OK);
	assert_int_equal(sql_revision_list(s->cx, s->db, number, 10, &kept, &n), OK);
	assert_true(n == 2 && kept[0].number == 2 && kept[1].number == 1);
	assert_int_equal(withdraw(s, number), OK);
	assert_int_equal(correct(s, (struct article_correct){ .number = number, .who = ada }, S("Too late")), CONFLICT);
	assert_int_equal(correct(s, (struct article_correct){ .number = number }, S("Too late")), CONFLICT);
	assert_int_equal(correct(s, (struct article_correct){ .number = 999999 }, S("Nowhere")), NOTFOUND);
}

#define EDITORS 8
struct editor {
	struct db_writer *writer;
	id number;
	err did[3];
};

static void *edits(void *arg)
{
	struct editor *e = arg;
	struct cx *cx = cx_new();
	static const enum act acts[] = { ACT_FEATURE, ACT_LOCK, ACT_HIDE };
	for (size_t i = 0; i < 3; i++) {
		struct act_on op = { .act = acts[i], .number = e->number, .who = { 1, S("An editor"), PERSON_EDITOR } };
		e->did[i] = db_write(cx, e->writer, article_act, &op);
	}
	cx_end(cx);
	return NULL;
}

static void of_editors_at_once_one_is_first(void **state)
{
	struct stage *s = *state;
	struct editor e[EDITORS];
	pthread_t threads[EDITORS];
	struct db_writer *writer;
	assert_int_equal(db_writer_start(s->cx, s->site->place, &writer), OK);
	for (int round = 0; round < 20; round++) {
		id number = stage_publish(s, str_fmt(s->cx, "Wanted by many %d", round), S("")).out;
		int64_t before = log_rows(s);
		for (int i = 0; i < EDITORS; i++) {
			e[i] = (struct editor){ .writer = writer, .number = number };
			assert_int_equal(pthread_create(&threads[i], NULL, edits, &e[i]), 0);
		}
		int done[3] = { 0 };
		for (int i = 0; i < EDITORS; i++) {
			pthread_join(threads[i], NULL);
			for (int k = 0; k < 3; k++) {
				assert_true(e[i].did[k] == OK || e[i].did[k] == CONFLICT);
				done[k] += e[i].did[k] == OK;
			}
		}
		assert_true(done[0] == 1 && done[1] == 1 && done[2] == 1);
		assert_int_equal(log_rows(s), before + 3);
	}
	db_writer_stop(writer);
}

/* ---- purging ---- */

/* In how many rows of PostgreSQL's tables, of which files hold what was until they are vacuumed. */
static int in_tables(struct stage *s, const char *word)
{
	static const char *const tables[] = { "article", "article_text", "article_topic", "comment", "letter", "log", "revision", "setting" };
	int found = 0;
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		found += (int)site_raw(s->site, str_c(s->cx, str_fmt(s->cx, "SELECT count(*) FROM %s t WHERE t::text ILIKE '%%%s%%'", tables[i], word)));
	return found;
}

/* How often word stands in the database's files, in ASCII letters of either case. */
static int in_files(struct stage *s, const char *word)
{
	static const char *const names[] = { "site.db", "site.db-wal" };
	int found = 0;
	size_t length = strlen(word);
	if (site_on_postgres()) return in_tables(s, word);
	for (size_t i = 0; i < 2; i++) {
		FILE *f = fopen(site_path(s->site, names[i]), "rb");
		if (!f) continue;
		fseek(f, 0, SEEK_END);
		size_t n = (size_t)ftell(f);
		char *bytes = cx_alloc(s->cx, n + 1);
		rewind(f);
		assert_int_equal(fread(bytes, 1, n, f), n);
		fclose(f);
		for (size_t k = 0; k + length <= n; k++) found += strncasecmp(bytes + k, word, length) == 0;
	}
	return found;
}

/* The parts of words, since the index keeps of a word only what differs from the one before it. */
static const char *const words[] = { "qwtitlexq", "qwsummaryxq", "qwbodyxq", "qwauthorxq", "qwmailxq", "qwsourcexq", "qwrelatedxq", "qwoldxq", "qwnotexq", "qwletterxq",
	"qwcommentxq", "qwsignedxq", "qwcommentnotexq" };
#define WORDS (sizeof words / sizeof *words)

static id publish_all_words(struct stage *s, char key_hash[ARTICLE_HASH])
{
	struct article_draft d = { .title = S("About qwtitlexq"), .summary = S("The qwsummaryxq of it."), .body = S("Its qwoldxq body."), .type = s->type, .topics = { s->topic },
		.topics_n = 1, .author = S("Qwauthorxq"), .email = S("qwmailxq@example.org"), .source = S("The qwsourcexq"), .source_url = S("https://qwsourcexq.example/"),
		.related = { S("https://qwrelatedxq.example/") }, .related_n = 1, .language = S("en"), .precision = PRECISION_MINUTE };
	struct article_ready r;
	struct article_publish op = { .ready = &r };
	assert_int_equal(article_prepare(s->cx, NULL, &d, &r), OK);
	assert_int_equal(db_transaction(s->cx, s->db, article_publish, &op), OK);
	article_key_hash(op.key, key_hash);
	d.body = S("Its qwbodyxq.");
	struct article_correct c = { .number = op.out, .ready = &r };
	assert_int_equal(article_prepare(s->cx, NULL, &d, &r), OK);
	assert_int_equal(db_transaction(s->cx, s->db, article_correct, &c), OK);
	assert_int_equal(sql_letter_insert(s->cx, s->db, op.out, 0, 1, S(""), S("A qwletterxq.")), OK);
	return op.out;
}

static id comment_all_words(struct stage *s, id article)
{
	struct comment_draft d = { .article = article, .title = S("On qwtitlexq"), .body = S("A qwcommentxq."), .author = S("Qwsignedxq"), .email = S("qwsignedxq@example.org") };
	struct comment_ready r;
	struct comment_post op = { .ready = &r };
	assert_int_equal(comment_prepare(s->cx, NULL, &d, &r), OK);
	assert_int_equal(db_transaction(s->cx, s->db, comment_post, &op), OK);
	struct act_on hide = { .act = ACT_HIDE, .number = op.out, .who = ada, .reason = s->reason, .reason_slug = S("spam"), .note = S("Of qwcommentnotexq.") };
	assert_int_equal(db_transaction(s->cx, s->db, comment_act, &hide), OK);
	return op.out;
}

static void forget(struct stage *s)
{
	struct search_merge m = { 0 };
	int steps = 0;
	do assert_int_equal(db_transaction(s->cx, s->db, search_merge, &m), OK);
	while (m.more && ++steps < 10000);
	assert_int_equal(forget_end(s->cx, s->db), OK);
}

static void is_empty_after_purge(struct stage *s, id number)
{
	struct sql_row_article *a = stage_get(s, number);
	const str texts[] = { a->title, a->summary, a->body, a->body_html, a->topics, a->author, a->author_slug, a->email, a->source, a->source_url, a->related, a->note };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) assert_int_equal(texts[i].n, 0);
	assert_true(a->status == STATUS_PURGED && a->comments == 0 && a->person == 0 && a->source_date == 0);
	const char *left = str_c(s->cx, str_fmt(s->cx,
	    "SELECT (SELECT count(*) FROM article_topic WHERE article = %d) + (SELECT count(*) FROM revision WHERE article = %d)"
	    " + (SELECT count(*) FROM letter WHERE article = %d) + (SELECT count(*) FROM comment WHERE article = %d AND (status <> 4 OR length(content_hash) > 0))"
	    " + (SELECT count(*) FROM article WHERE id = %d AND (length(content_hash) > 0 OR key_hash IS NOT NULL))",
	    (int)number, (int)number, (int)number, (int)number, (int)number));
	assert_int_equal(site_raw(s->site, left), 0);
}

/* Enough others that the index is in many parts, on a level of their own each. */
static void fill(struct stage *s, const char *what, int n)
{
	for (int i = 0; i < n; i++) stage_publish(s, str_fmt(s->cx, "%s number %d, of qw%d", what, i, i), S(""));
}

static void a_purge_leaves_no_word(void **state)
{
	struct stage *s = *state;
	char key_hash[ARTICLE_HASH];
	fill(s, "Before", 150);
	id number = publish_all_words(s, key_hash), other = stage_publish(s, S("A neighbour stays"), S("")).out;
	(void)comment_all_words(s, number);
	fill(s, "After", 150);
	struct act_on hide = { .act = ACT_HIDE, .number = number, .who = ada, .reason = s->reason, .reason_slug = S("spam"), .note = S("A qwnotexq.") };
	assert_int_equal(db_transaction(s->cx, s->db, article_act, &hide), OK);
	(void)site_raw(s->site, "PRAGMA wal_checkpoint(TRUNCATE)");
	for (size_t i = 0; i < WORDS; i++) assert_true(in_files(s, words[i]) > 0);
	assert_int_equal(stage_act(s, ACT_PURGE, number, false), OK);
	assert_int_equal(stage_get(s, number)->status, STATUS_PURGED);
	is_empty_after_purge(s, number);
	forget(s);
	for (size_t i = 0; i < WORDS; i++) {
		int n = in_files(s, words[i]) + in_files(s, words[i] + 1);
		if (n) fail_msg("%s is still there, %d times", words[i], n);
	}
	assert_true(in_files(s, "A neighbour stays") > 0 && stage_get(s, other)->title.n > 0);
	struct told said = { 0 };
	int64_t rows;
	struct sql_row_listed *found;
	size_t n;
	assert_int_equal(log_verify(s->cx, s->db, stage_tell, &said, &rows), OK);
	assert_int_equal(sql_search_articles(s->cx, s->db, S("\"neighbour\""), INT64_MAX, INT64_MAX, 10, &found, &n), OK);
	assert_true(n == 1 && found[0].id == other);
	assert_int_equal(search_verify(s->cx, s->db, stage_tell, &said), OK);
	struct sql_row_article *a;
	assert_int_equal(sql_article_by_key(s->cx, s->db, (str){ key_hash, ARTICLE_HASH }, &a), OK);
	assert_null(a);
}

static void a_purged_comment_leaves_no_word(void **state)
{
	struct stage *s = *state;
	id article = stage_publish(s, S("Only its comment goes"), S("")).out, number = comment_all_words(s, article);
	assert_true(in_files(s, "qwcommentnotexq") > 0);
	assert_int_equal(stage_act(s, ACT_PURGE, number, true), OK);
	assert_int_equal(forget_end(s->cx, s->db), OK);
	for (size_t i = 0; i < WORDS; i++) assert_int_equal(in_files(s, words[i]), 0);
	struct told said = { 0 };
	int64_t rows;
	assert_int_equal(log_verify(s->cx, s->db, stage_tell, &said, &rows), OK);
	assert_int_equal(search_verify(s->cx, s->db, stage_tell, &said), OK);
}

/* Erasing without a purge is no way to take back what was said. */
static void only_a_purge_may_erase(void **state)
{
	struct stage *s = *state;
	id number = stage_publish(s, S("Argued about"), S("")).out;
	struct told said = { 0 };
	int64_t rows;
	assert_int_equal(stage_act(s, ACT_FEATURE, number, false), OK);
	int64_t row = log_rows(s);
	assert_int_equal(stage_act(s, ACT_LOCK, number, false), OK);
	(void)site_raw(s->site, str_c(s->cx, str_fmt(s->cx, "UPDATE log SET title = '', note = '', salt = %s WHERE id = %d", site_on_postgres() ? "''" : "x''", (int)row)));
	assert_int_equal(log_verify(s->cx, s->db, stage_tell, &said, &rows), FAILED);
	assert_true(str_contains(str_of(said.text), str_fmt(s->cx, "row %d", (int)row)) && str_contains(str_of(said.text), S("erased")));
	assert_int_equal(stage_act(s, ACT_PURGE, number, false), OK);
	assert_int_equal(log_verify(s->cx, s->db, stage_tell, &said, &rows), OK);
	/* Nor may the purge's own row be emptied by half. */
	(void)site_raw(s->site, str_c(s->cx, str_fmt(s->cx, "UPDATE log SET note = 'other words' WHERE id = %d", (int)row)));
	assert_int_equal(log_verify(s->cx, s->db, stage_tell, &said, &rows), FAILED);
	(void)site_raw(s->site, str_c(s->cx, str_fmt(s->cx, "UPDATE log SET note = '' WHERE id = %d", (int)row)));
	assert_int_equal(log_verify(s->cx, s->db, stage_tell, &said, &rows), OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_act_in_every_state),
		cmocka_unit_test(comments_go_the_same_ways),
		cmocka_unit_test(hiding_what_waits_shows_it_to_nobody),
		cmocka_unit_test(a_withdrawal_keeps_why_it_was_hidden),
		cmocka_unit_test(corrections_are_put_before_editors_where_they_approve),
		cmocka_unit_test(a_correction_is_of_what_was_read),
		cmocka_unit_test(of_editors_at_once_one_is_first),
		cmocka_unit_test(a_purge_leaves_no_word),
		cmocka_unit_test(a_purged_comment_leaves_no_word),
		cmocka_unit_test(only_a_purge_may_erase),
	};
	return cmocka_run_group_tests(tests, stage_set_up, stage_tear_down);
}
