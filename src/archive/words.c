/* The tables a page is read by. New words go here; the parser knows none itself. */
#include "archive/words.h"

#include <string.h>

#include "base/banned.h"

struct meaning {
	str word, means;
};

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

bool words_ascii_letter(char c) { return lower(c) >= 'a' && lower(c) <= 'z'; }

str words_trim(str s)
{
	for (;;) {
		str t = str_trim(s);
		if (str_starts(t, S("\xC2\xA0"))) t = str_sub(t, 2, t.n);
		if (str_ends(t, S("\xC2\xA0"))) t.n -= 2;
		if (t.n == s.n) return t;
		s = t;
	}
}

bool words_start(str s, str word) { return s.n >= word.n && str_eq_ascii_ci(str_sub(s, 0, word.n), word); }

bool words_have(str s, str word)
{
	for (size_t i = 0; i + word.n <= s.n; i++)
		if (lower(s.p[i]) == lower(word.p[0]) && words_start((str){ s.p + i, s.n - i }, word)) return true;
	return false;
}

static str meaning_of(const struct meaning *table, size_t n, str word)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_ascii_ci(table[i].word, word)) return table[i].means;
	return S("");
}
#define MEANING(table, word) meaning_of(table, sizeof(table) / sizeof(table)[0], word)

#define NEWS S_INIT("news")
#define COMMENTARY S_INIT("commentary")
#define ANNOUNCEMENT S_INIT("announcement")
#define REVIEW S_INIT("review")
#define INTERVIEW S_INIT("interview")
static const struct meaning types[] = {
	{ S_INIT("News"), NEWS }, { S_INIT("Not\xC3\xAD" "cies"), NEWS }, { S_INIT("Not\xC3\xAD" "cia"), NEWS }, { S_INIT("Noticias"), NEWS },
	{ S_INIT("Noticia"), NEWS }, { S_INIT("Nouvelles"), NEWS }, { S_INIT("Nachrichten"), NEWS }, { S_INIT("Notizie"), NEWS },
	{ S_INIT("Not\xC3\xAD" "cias"), NEWS },
	{ S_INIT("Commentary"), COMMENTARY }, { S_INIT("Comentari"), COMMENTARY }, { S_INIT("Comentaris"), COMMENTARY }, { S_INIT("Comentario"), COMMENTARY },
	{ S_INIT("Opinion"), COMMENTARY }, { S_INIT("Opini\xC3\xB3"), COMMENTARY }, { S_INIT("Opini\xC3\xB3n"), COMMENTARY },
	{ S_INIT("Commentaire"), COMMENTARY }, { S_INIT("Kommentar"), COMMENTARY }, { S_INIT("Commento"), COMMENTARY },
	{ S_INIT("Announcement"), ANNOUNCEMENT }, { S_INIT("Announcements"), ANNOUNCEMENT }, { S_INIT("Anunci"), ANNOUNCEMENT }, { S_INIT("Anuncis"), ANNOUNCEMENT },
	{ S_INIT("Anuncio"), ANNOUNCEMENT }, { S_INIT("Convocat\xC3\xB2ria"), ANNOUNCEMENT }, { S_INIT("Convocat\xC3\xB2ries"), ANNOUNCEMENT },
	{ S_INIT("Convocatoria"), ANNOUNCEMENT }, { S_INIT("Annonce"), ANNOUNCEMENT }, { S_INIT("Ank\xC3\xBCndigung"), ANNOUNCEMENT },
	{ S_INIT("Review"), REVIEW }, { S_INIT("Reviews"), REVIEW }, { S_INIT("Ressenya"), REVIEW }, { S_INIT("Ressenyes"), REVIEW },
	{ S_INIT("Rese\xC3\xB1" "a"), REVIEW }, { S_INIT("Critique"), REVIEW }, { S_INIT("Rezension"), REVIEW },
	{ S_INIT("Interview"), INTERVIEW }, { S_INIT("Interviews"), INTERVIEW }, { S_INIT("Entrevista"), INTERVIEW }, { S_INIT("Entrevistes"), INTERVIEW },
	{ S_INIT("Entretien"), INTERVIEW }, { S_INIT("Intervista"), INTERVIEW },
};

str words_type_slug(str name) { return MEANING(types, words_trim(name)); }

static const struct meaning languages[] = {
	{ S_INIT("english"), S_INIT("en") }, { S_INIT("angl\xC3\xA8s"), S_INIT("en") }, { S_INIT("ingl\xC3\xA9s"), S_INIT("en") },
	{ S_INIT("spanish"), S_INIT("es") }, { S_INIT("espa\xC3\xB1ol"), S_INIT("es") }, { S_INIT("espanol"), S_INIT("es") },
	{ S_INIT("castellano"), S_INIT("es") }, { S_INIT("castell\xC3\xA0"), S_INIT("es") }, { S_INIT("catalan"), S_INIT("ca") },
	{ S_INIT("catal\xC3\xA0"), S_INIT("ca") }, { S_INIT("catala"), S_INIT("ca") }, { S_INIT("french"), S_INIT("fr") },
	{ S_INIT("fran\xC3\xA7" "ais"), S_INIT("fr") }, { S_INIT("francais"), S_INIT("fr") }, { S_INIT("german"), S_INIT("de") },
	{ S_INIT("deutsch"), S_INIT("de") }, { S_INIT("italian"), S_INIT("it") }, { S_INIT("italiano"), S_INIT("it") },
	{ S_INIT("portuguese"), S_INIT("pt") }, { S_INIT("portugu\xC3\xAAs"), S_INIT("pt") }, { S_INIT("portugues"), S_INIT("pt") },
	{ S_INIT("galego"), S_INIT("gl") }, { S_INIT("euskara"), S_INIT("eu") }, { S_INIT("dutch"), S_INIT("nl") }, { S_INIT("nederlands"), S_INIT("nl") },
	{ S_INIT("greek"), S_INIT("el") }, { S_INIT("turkish"), S_INIT("tr") }, { S_INIT("arabic"), S_INIT("ar") }, { S_INIT("hebrew"), S_INIT("he") },
	{ S_INIT("russian"), S_INIT("ru") }, { S_INIT("polish"), S_INIT("pl") }, { S_INIT("swedish"), S_INIT("sv") }, { S_INIT("esperanto"), S_INIT("eo") },
};

str words_language(str name) { return MEANING(languages, words_trim(name)); }

/* The Creative Commons licences differ by their conditions, which sentences spell out or shorten. */
static str creative_commons(str s)
{
	bool nc = words_have(s, S("noncommercial")) || words_have(s, S("non-commercial")) || words_have(s, S("by-nc")) || words_have(s, S("by nc"));
	bool sa = words_have(s, S("sharealike")) || words_have(s, S("share-alike")) || words_have(s, S("share alike")) || words_have(s, S("-sa"));
	bool nd = words_have(s, S("noderiv")) || words_have(s, S("no-deriv")) || words_have(s, S("no deriv")) || words_have(s, S("-nd"));
	if (nc) return nd ? S("cc-by-nc-nd") : sa ? S("cc-by-nc-sa") : S("cc-by-nc");
	return nd ? S("cc-by-nd") : sa ? S("cc-by-sa") : S("cc-by");
}

str words_licence_slug(str s)
{
	if (words_have(s, S("cc0")) || words_have(s, S("cc zero"))) return S("cc0");
	if (words_have(s, S("creative commons")) || words_have(s, S("cc by")) || words_have(s, S("cc-by"))) return creative_commons(s);
	if (words_have(s, S("public domain")) || words_have(s, S("domini p\xC3\xBA" "blic")) || words_have(s, S("dominio p\xC3\xBA" "blico")))
		return S("public-domain");
	if (words_have(s, S("free documentation licen"))) return S("gfdl");
	if (words_have(s, S("free art licen")) || words_have(s, S("licence art libre"))) return S("free-art");
	if (words_have(s, S("non-commercial")) || words_have(s, S("noncommercial")) || words_have(s, S("not for profit")) ||
	    words_have(s, S("non-profit")) || words_have(s, S("no comercial")))
		return S("non-commercial");
	if (words_have(s, S("copyleft"))) return S("copyleft");
	if (words_have(s, S("all rights reserved")) || words_have(s, S("copyright")) || words_have(s, S("\xC2\xA9"))) return S("all-rights-reserved");
	return S("");
}
