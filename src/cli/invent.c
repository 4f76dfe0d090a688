/* Words are syllables put together, sentences are words picked so that few are frequent and most are rare, and paragraphs are made and rendered
 * once: an article is some of them, so that a million articles cost a million copies and not a million renderings. */
#include "cli/invent.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/must.h"
#include "text/plain.h"
#include "text/slug.h"
#include "base/banned.h"

#define WORDS 4000
#define PARAGRAPHS 500
#define PARAGRAPHS_MOST 9
#define AUTHORS 3000
#define SYLLABLES 32
#define TEXT_MAX (64 * 1024)

struct script {
	const char *language, *syllables;
	unsigned share; /* of 100 articles */
};

static const struct script scripts[] = {
	{ "en", "ba bre cal den dor el fen gar hol in kes lor mar nel os pra quil ren sol tam und vor wen yar zim ost ith ran bel cor mun tir", 44 },
	{ "es", "ba ca do es fa gue ha ia lla mi no ña or pe que ro sa ta un va xi ya zo bri cla fron gra len mer pol rin tos", 16 },
	{ "de", "ba dü el fach ge hö in kau lich mä nen ober pfe qua rü schl tä um vor wei zu berg dorf hain kamp lund mark nau stein tal ung wald", 10 },
	{ "fr", "bé ca dou é fra gue hi in jou ler mon né oi pré qui rou sé tier u vau ze char brin fleu gno lai moi rê sou trin vê yon", 8 },
	{ "el", "α βο γε δι ε ζα η θυ ι κο λα με νι ξε ο πα ρου σι τε υ φα χο ψι ω κρα στε μπο ντα γγι τρι πλε σφα", 4 },
	{ "ru", "ба во гра де е жи зо ин ка ло мы не ор пре ра сто ту у фе хо ца че ша эл ю яр бор лен мир ров стан цев", 6 },
	{ "ar", "با تا جو حم خي دا را زي سو شم صا طو عا غي فا قو كي لا مو ني ها وا يا بر تم در سل عب قر مش نج هل", 8 },
	{ "he", "א בו גי דה הר ול זי חם טו יר כל לא מי נו סע עם פי צו קר רי שו תא בר גל דן הל ים כר מן נב שם תל", 4 },
};
#define SCRIPTS (sizeof scripts / sizeof *scripts)

struct paragraph {
	str text, html;
};

struct speech {
	str word[WORDS];
	struct paragraph whole[PARAGRAPHS];
	str author[AUTHORS / 8];
	size_t authors_n;
};

struct invention {
	uint64_t seed;
	struct speech *speech; /* by script */
	uint64_t comments_below[INVENT_COMMENTS_MOST + 1], comments_all;
};

/* SplitMix64, by itself: what is invented must not change when randomness elsewhere does. */
static uint64_t next(struct invention *v)
{
	uint64_t z = (v->seed += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

uint64_t invent_below(struct invention *v, uint64_t below)
{
	MUST(below > 0 && below <= UINT32_MAX);
	return (next(v) >> 32) * below >> 32;
}

/* Low numbers come often, high ones seldom: the cube of an even chance. */
static size_t skewed(struct invention *v, size_t below)
{
	uint64_t u = next(v) >> 44; /* 20 bits */
	return (size_t)((u * u >> 20) * u * below >> 40);
}

static str make_word(struct cx *cx, struct invention *v, const str *syllables, size_t n)
{
	struct buf b = buf_new(cx, 100);
	for (size_t left = 1 + invent_below(v, 2) + invent_below(v, 3); left; left--) buf_str(&b, syllables[invent_below(v, n)]);
	return buf_view(&b);
}

static void capital(struct buf *b, str word)
{
	bool ascii = word.n && word.p[0] >= 'a' && word.p[0] <= 'z';
	if (!ascii) return buf_str(b, word);
	buf_char(b, (char)(word.p[0] - 'a' + 'A'));
	buf_str(b, str_sub(word, 1, word.n));
}

static void add_words(struct buf *b, struct invention *v, const struct speech *s, size_t n)
{
	capital(b, s->word[skewed(v, WORDS)]);
	for (size_t i = 1; i < n; i++) {
		buf_char(b, ' ');
		buf_str(b, s->word[skewed(v, WORDS)]);
	}
}

static str words(struct cx *cx, struct invention *v, const struct speech *s, size_t n)
{
	struct buf b = buf_new(cx, TEXT_MAX);
	add_words(&b, v, s, n);
	return buf_view(&b);
}

static err make_paragraph(struct cx *cx, struct invention *v, const struct speech *s, struct paragraph *out)
{
	struct buf b = buf_new(cx, TEXT_MAX);
	html rendered;
	for (uint64_t sentences = 1 + invent_below(v, 5); sentences; sentences--) {
		add_words(&b, v, s, 4 + invent_below(v, 14));
		buf_str(&b, sentences > 1 ? S(". ") : S("."));
	}
	out->text = buf_view(&b);
	TRY(plain_to_html(cx, out->text, &rendered));
	out->html = rendered.s;
	return OK;
}

static err make_speech(struct cx *cx, struct invention *v, const struct script *script, struct speech *s)
{
	str syllables[SYLLABLES], rest = str_of(script->syllables);
	size_t n = 0;
	while (rest.n && n < SYLLABLES) syllables[n++] = str_cut(rest, ' ', &rest);
	for (size_t i = 0; i < WORDS; i++) s->word[i] = make_word(cx, v, syllables, n);
	for (size_t i = 0; i < PARAGRAPHS; i++) TRY(make_paragraph(cx, v, s, &s->whole[i]));
	s->authors_n = sizeof s->author / sizeof *s->author;
	for (size_t i = 0; i < s->authors_n; i++) s->author[i] = words(cx, v, s, 1 + invent_below(v, 2));
	return OK;
}

/* How many comments an article has: a chance that falls with the third power of their number and 6.2, which gives 5 on average under this bound. In
 * whole numbers, so that no machine's arithmetic differs. */
static void spread_comments(struct invention *v)
{
	for (uint64_t k = 0; k <= INVENT_COMMENTS_MOST; k++) {
		uint64_t n = 10 * k + 62;
		v->comments_all += UINT64_C(1000000000000000) / (n * n * n);
		v->comments_below[k] = v->comments_all;
	}
}

err invent_new(struct cx *cx, uint64_t seed, struct invention **out)
{
	struct invention *v = cx_new_of(cx, struct invention);
	v->seed = seed;
	v->speech = cx_array_of(cx, struct speech, SCRIPTS);
	for (size_t i = 0; i < SCRIPTS; i++) TRY(make_speech(cx, v, &scripts[i], &v->speech[i]));
	spread_comments(v);
	*out = v;
	return OK;
}

void invent_term(struct cx *cx, const char *kind, int number, str *slug, str *name)
{
	struct invention v = { .seed = (uint64_t)number * 2 + (kind[0] == 't') };
	str syllables[SYLLABLES], rest = str_of(scripts[0].syllables);
	size_t n = 0;
	while (rest.n && n < SYLLABLES) syllables[n++] = str_cut(rest, ' ', &rest);
	struct buf b = buf_new(cx, 100);
	capital(&b, make_word(cx, &v, syllables, n));
	buf_fmt(&b, " %c%d", kind[0], number + 1);
	*name = buf_view(&b);
	*slug = str_fmt(cx, "%s-%d", kind, number + 1);
}

static int pick_comments(struct invention *v)
{
	uint64_t at = next(v) % v->comments_all;
	int k = 0;
	while (v->comments_below[k] <= at) k++;
	return k;
}

static size_t pick_script(struct invention *v)
{
	uint64_t at = invent_below(v, 100);
	size_t i = 0;
	for (uint64_t below = scripts[0].share; at >= below && i + 1 < SCRIPTS; below += scripts[++i].share) {}
	return i;
}

static void add_paragraphs(struct cx *cx, struct invention *v, const struct speech *s, struct invented *out)
{
	struct buf text = buf_new(cx, TEXT_MAX), rendered = buf_new(cx, TEXT_MAX);
	size_t n = 1 + skewed(v, PARAGRAPHS_MOST);
	for (size_t i = 0; i < n; i++) {
		const struct paragraph *p = &s->whole[invent_below(v, PARAGRAPHS)];
		if (i) buf_lit(&text, "\n\n");
		buf_str(&text, p->text);
		buf_str(&rendered, p->html);
	}
	out->body = buf_view(&text);
	out->html = buf_view(&rendered);
}

void invent_article(struct cx *cx, struct invention *v, struct invented *out)
{
	size_t script = pick_script(v);
	const struct speech *s = &v->speech[script];
	*out = (struct invented){ .language = str_of(scripts[script].language), .title = words(cx, v, s, 3 + invent_below(v, 7)) };
	if (invent_below(v, 3)) out->summary = words(cx, v, s, 8 + invent_below(v, 20));
	if (invent_below(v, 5)) out->author = s->author[skewed(v, s->authors_n)];
	add_paragraphs(cx, v, s, out);
	for (uint64_t n = invent_below(v, 4); n; n--) {
		int topic = (int)skewed(v, INVENT_TOPICS);
		bool known = false;
		for (int i = 0; i < out->topics_n; i++) known |= out->topics[i] == topic;
		if (!known) out->topics[out->topics_n++] = topic;
	}
	out->region = (int)invent_below(v, INVENT_REGIONS * 2) - INVENT_REGIONS;
	if (out->region < 0) out->region = -1;
	out->type = (int)skewed(v, 64);
	out->comments = pick_comments(v);
	out->local = invent_below(v, 4) == 0;
	out->featured = invent_below(v, 100) == 0;
	out->hidden = !out->featured && invent_below(v, 150) == 0;
	out->locked = invent_below(v, 1000) == 0;
}

void invent_comment(struct cx *cx, struct invention *v, const struct invented *under, struct invented_comment *out)
{
	size_t script = 0;
	while (script + 1 < SCRIPTS && !str_eq(str_of(scripts[script].language), under->language)) script++;
	const struct speech *s = &v->speech[script];
	const struct paragraph *p = &s->whole[skewed(v, PARAGRAPHS)];
	*out = (struct invented_comment){ .title = words(cx, v, s, 1 + invent_below(v, 5)), .body = p->text, .html = p->html };
	if (invent_below(v, 4)) out->author = s->author[skewed(v, s->authors_n)];
	out->after = (1 + (int64_t)skewed(v, 3 * 24 * 3600)) * SECOND;
	out->hidden = invent_below(v, 200) == 0;
}
