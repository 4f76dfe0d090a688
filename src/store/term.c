/* Types, topics, regions, licences and reasons share one table, because they share every habit: a slug, a name, an order. */
#include "store/term.h"

#include "sql.h"
#include "base/banned.h"

err terms_load(struct cx *cx, struct db *db, struct terms *out)
{
	struct sql_term_all *rows;
	size_t n;
	TRY(sql_term_all(cx, db, TERMS_MAX, &rows, &n));
	*out = (struct terms){ cx_array_of(cx, struct term, n), n };
	for (size_t i = 0; i < n; i++)
		out->at[i] = (struct term){ rows[i].id, (enum term_kind)rows[i].kind, rows[i].slug, rows[i].name, rows[i].detail,
			rows[i].url };
	return OK;
}

const struct term *term_by_id(const struct terms *t, id number)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->at[i].id == number) return &t->at[i];
	return NULL;
}

const struct term *term_by_slug(const struct terms *t, enum term_kind kind, str slug)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->at[i].kind == kind && str_eq(t->at[i].slug, slug)) return &t->at[i];
	return NULL;
}

const struct term *term_by_name(const struct terms *t, enum term_kind kind, str name)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->at[i].kind == kind && str_eq_ascii_ci(t->at[i].name, name)) return &t->at[i];
	return NULL;
}

err term_put(struct cx *cx, struct db *db, void *arg)
{
	struct term_put *p = arg;
	struct sql_term_insert *made;
	TRY(sql_term_insert(cx, db, p->kind, p->slug, p->name, p->detail, p->url, p->position, &made));
	p->out = made->id;
	return OK;
}

static const struct {
	enum term_kind kind;
	str slug, name, detail, url;
} defaults[] = {
	{ TERM_TYPE, S_INIT("news"), S_INIT("News"), S_INIT(""), S_INIT("") },
	{ TERM_TYPE, S_INIT("commentary"), S_INIT("Commentary"), S_INIT(""), S_INIT("") },
	{ TERM_TYPE, S_INIT("announcement"), S_INIT("Announcement"), S_INIT(""), S_INIT("") },
	{ TERM_TYPE, S_INIT("review"), S_INIT("Review"), S_INIT(""), S_INIT("") },
	{ TERM_TYPE, S_INIT("interview"), S_INIT("Interview"), S_INIT(""), S_INIT("") },
	{ TERM_TOPIC, S_INIT("housing"), S_INIT("Housing"), S_INIT(""), S_INIT("") },
	{ TERM_TOPIC, S_INIT("labour"), S_INIT("Labour"), S_INIT(""), S_INIT("") },
	{ TERM_TOPIC, S_INIT("environment"), S_INIT("Environment"), S_INIT(""), S_INIT("") },
	{ TERM_TOPIC, S_INIT("education"), S_INIT("Education"), S_INIT(""), S_INIT("") },
	{ TERM_TOPIC, S_INIT("health"), S_INIT("Health"), S_INIT(""), S_INIT("") },
	{ TERM_TOPIC, S_INIT("transport"), S_INIT("Transport"), S_INIT(""), S_INIT("") },
	{ TERM_TOPIC, S_INIT("migration"), S_INIT("Migration"), S_INIT(""), S_INIT("") },
	{ TERM_TOPIC, S_INIT("civil-rights"), S_INIT("Civil Rights"), S_INIT(""), S_INIT("") },
	{ TERM_TOPIC, S_INIT("culture"), S_INIT("Culture"), S_INIT(""), S_INIT("") },
	{ TERM_TOPIC, S_INIT("media"), S_INIT("Media"), S_INIT(""), S_INIT("") },
	{ TERM_TOPIC, S_INIT("international"), S_INIT("International"), S_INIT(""), S_INIT("") },
	{ TERM_LICENCE, S_INIT("cc-by"), S_INIT("Creative Commons Attribution 4.0"),
	    S_INIT("This work may be shared and changed when its author is named."),
	    S_INIT("https://creativecommons.org/licenses/by/4.0/") },
	{ TERM_LICENCE, S_INIT("cc-by-sa"), S_INIT("Creative Commons Attribution-ShareAlike 4.0"),
	    S_INIT("This work may be shared and changed when its author is named and the result is shared alike."),
	    S_INIT("https://creativecommons.org/licenses/by-sa/4.0/") },
	{ TERM_LICENCE, S_INIT("cc-by-nc"), S_INIT("Creative Commons Attribution-NonCommercial 4.0"),
	    S_INIT("This work may be shared and changed for non-commercial ends when its author is named."),
	    S_INIT("https://creativecommons.org/licenses/by-nc/4.0/") },
	{ TERM_LICENCE, S_INIT("cc-by-nc-sa"), S_INIT("Creative Commons Attribution-NonCommercial-ShareAlike 4.0"),
	    S_INIT("This work may be shared and changed for non-commercial ends when its author is named and the result is shared alike."),
	    S_INIT("https://creativecommons.org/licenses/by-nc-sa/4.0/") },
	{ TERM_LICENCE, S_INIT("cc-by-nd"), S_INIT("Creative Commons Attribution-NoDerivatives 4.0"),
	    S_INIT("This work may be shared unchanged when its author is named."), S_INIT("https://creativecommons.org/licenses/by-nd/4.0/") },
	{ TERM_LICENCE, S_INIT("cc-by-nc-nd"), S_INIT("Creative Commons Attribution-NonCommercial-NoDerivatives 4.0"),
	    S_INIT("This work may be shared unchanged for non-commercial ends when its author is named."),
	    S_INIT("https://creativecommons.org/licenses/by-nc-nd/4.0/") },
	{ TERM_LICENCE, S_INIT("gfdl"), S_INIT("GNU Free Documentation License"),
	    S_INIT("This work may be shared and changed under the GNU Free Documentation License."), S_INIT("https://www.gnu.org/licenses/fdl-1.3.html") },
	{ TERM_LICENCE, S_INIT("free-art"), S_INIT("Free Art License"),
	    S_INIT("This work may be shared and changed when its author is named and the result stays as free."), S_INIT("https://artlibre.org/licence/lal/en/") },
	{ TERM_LICENCE, S_INIT("copyleft"), S_INIT("Copyleft"), S_INIT("This work may be shared and changed when the result is shared alike."), S_INIT("") },
	{ TERM_LICENCE, S_INIT("non-commercial"), S_INIT("Free for non-commercial use"),
	    S_INIT("This work may be shared for non-commercial ends."), S_INIT("") },
	{ TERM_LICENCE, S_INIT("public-domain"), S_INIT("Public domain"), S_INIT("This work is in the public domain."),
	    S_INIT("https://creativecommons.org/publicdomain/mark/1.0/") },
	{ TERM_LICENCE, S_INIT("cc0"), S_INIT("CC0: no rights reserved"), S_INIT("The author has waived all rights to this work."),
	    S_INIT("https://creativecommons.org/publicdomain/zero/1.0/") },
	{ TERM_LICENCE, S_INIT("all-rights-reserved"), S_INIT("All rights reserved"), S_INIT("All rights reserved by the author."), S_INIT("") },
	{ TERM_REASON, S_INIT("spam"), S_INIT("Spam or advertising"), S_INIT(""), S_INIT("") },
	{ TERM_REASON, S_INIT("double-post"), S_INIT("Posted twice"), S_INIT(""), S_INIT("") },
	{ TERM_REASON, S_INIT("hate"), S_INIT("Hatred or threats"), S_INIT(""), S_INIT("") },
	{ TERM_REASON, S_INIT("personal-data"), S_INIT("Exposes a person's private data"), S_INIT(""), S_INIT("") },
	{ TERM_REASON, S_INIT("false"), S_INIT("Shown to be false"), S_INIT(""), S_INIT("") },
	{ TERM_REASON, S_INIT("off-topic"), S_INIT("Outside what this site is for"), S_INIT(""), S_INIT("") },
	{ TERM_REASON, S_INIT("unlawful"), S_INIT("Unlawful to publish"), S_INIT(""), S_INIT("") },
	{ TERM_REASON, S_INIT("author"), S_INIT("Asked for by its author"), S_INIT(""), S_INIT("") },
	{ TERM_REASON, S_INIT("other"), S_INIT("Another reason, in the note"), S_INIT(""), S_INIT("") },
};

err terms_defaults(struct cx *cx, struct db *db, void *unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++) {
		struct term_put p = { defaults[i].kind, defaults[i].slug, defaults[i].name, defaults[i].detail, defaults[i].url,
			(int)i * 10, 0 };
		TRY(term_put(cx, db, &p));
	}
	return OK;
}
