/* Enough of BCP 47 to mark a text; whether a subtag is registered is not checked, since the registry grows. */
#include "text/lang.h"

#include "base/banned.h"

struct language {
	str tag, name;
};

/* Sorted by the name people look for; many who publish write in one of the first. */
static const struct language known[] = {
	{ S_INIT("en"), S_INIT("English") },
	{ S_INIT("es"), S_INIT("Español") },
	{ S_INIT("fr"), S_INIT("Français") },
	{ S_INIT("de"), S_INIT("Deutsch") },
	{ S_INIT("it"), S_INIT("Italiano") },
	{ S_INIT("pt"), S_INIT("Português") },
	{ S_INIT("af"), S_INIT("Afrikaans") },
	{ S_INIT("ar"), S_INIT("العربية") },
	{ S_INIT("bg"), S_INIT("Български") },
	{ S_INIT("bn"), S_INIT("বাংলা") },
	{ S_INIT("ca"), S_INIT("Català") },
	{ S_INIT("cs"), S_INIT("Čeština") },
	{ S_INIT("cy"), S_INIT("Cymraeg") },
	{ S_INIT("da"), S_INIT("Dansk") },
	{ S_INIT("el"), S_INIT("Ελληνικά") },
	{ S_INIT("eo"), S_INIT("Esperanto") },
	{ S_INIT("eu"), S_INIT("Euskara") },
	{ S_INIT("fa"), S_INIT("فارسی") },
	{ S_INIT("fi"), S_INIT("Suomi") },
	{ S_INIT("ga"), S_INIT("Gaeilge") },
	{ S_INIT("gl"), S_INIT("Galego") },
	{ S_INIT("he"), S_INIT("עברית") },
	{ S_INIT("hi"), S_INIT("हिन्दी") },
	{ S_INIT("hr"), S_INIT("Hrvatski") },
	{ S_INIT("ht"), S_INIT("Kreyòl ayisyen") },
	{ S_INIT("hu"), S_INIT("Magyar") },
	{ S_INIT("id"), S_INIT("Bahasa Indonesia") },
	{ S_INIT("ja"), S_INIT("日本語") },
	{ S_INIT("ko"), S_INIT("한국어") },
	{ S_INIT("ku"), S_INIT("Kurdî") },
	{ S_INIT("nb"), S_INIT("Norsk bokmål") },
	{ S_INIT("nl"), S_INIT("Nederlands") },
	{ S_INIT("pl"), S_INIT("Polski") },
	{ S_INIT("qu"), S_INIT("Runa Simi") },
	{ S_INIT("ro"), S_INIT("Română") },
	{ S_INIT("ru"), S_INIT("Русский") },
	{ S_INIT("sr"), S_INIT("Српски") },
	{ S_INIT("sv"), S_INIT("Svenska") },
	{ S_INIT("sw"), S_INIT("Kiswahili") },
	{ S_INIT("tr"), S_INIT("Türkçe") },
	{ S_INIT("uk"), S_INIT("Українська") },
	{ S_INIT("ur"), S_INIT("اردو") },
	{ S_INIT("vi"), S_INIT("Tiếng Việt") },
	{ S_INIT("zh"), S_INIT("中文") },
};
#define KNOWN (sizeof known / sizeof *known)

static bool alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool digit(char c) { return c >= '0' && c <= '9'; }

static bool all(str s, bool letters, bool digits)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(letters && alpha(s.p[i])) && !(digits && digit(s.p[i]))) return false;
	return true;
}

static bool is_script(str s) { return s.n == 4 && all(s, true, false); }
static bool is_region(str s) { return (s.n == 2 && all(s, true, false)) || (s.n == 3 && all(s, false, true)); }
static bool is_variant(str s)
{
	return all(s, true, true) && ((s.n >= 5 && s.n <= 8) || (s.n == 4 && digit(s.p[0])));
}

bool lang_valid(str tag)
{
	if (tag.n > 35 || str_ends(tag, S("-"))) return false;
	str rest, part = str_cut(tag, '-', &rest);
	if (part.n < 2 || part.n > 3 || !all(part, true, false)) return false;
	part = str_cut(rest, '-', &rest);
	if (is_script(part)) part = str_cut(rest, '-', &rest);
	if (is_region(part)) part = str_cut(rest, '-', &rest);
	while (is_variant(part)) part = str_cut(rest, '-', &rest);
	return part.n == 0 && rest.n == 0;
}

static bool listed(str s, const str *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_ascii_ci(s, list[i])) return true;
	return false;
}

str lang_dir(str tag)
{
	static const str scripts[] = { S_INIT("Adlm"), S_INIT("Arab"), S_INIT("Hebr"), S_INIT("Mand"), S_INIT("Mend"),
		S_INIT("Nkoo"), S_INIT("Rohg"), S_INIT("Samr"), S_INIT("Syrc"), S_INIT("Thaa") };
	static const str languages[] = { S_INIT("ar"), S_INIT("arc"), S_INIT("ckb"), S_INIT("dv"), S_INIT("fa"), S_INIT("he"),
		S_INIT("ks"), S_INIT("nqo"), S_INIT("pnb"), S_INIT("ps"), S_INIT("sd"), S_INIT("syr"), S_INIT("ug"), S_INIT("ur"),
		S_INIT("yi") };
	str rest, language = str_cut(tag, '-', &rest), script = str_cut(rest, '-', &rest);
	bool rtl = is_script(script) ? listed(script, scripts, sizeof scripts / sizeof *scripts)
	                             : listed(language, languages, sizeof languages / sizeof *languages);
	return rtl ? S("rtl") : S("ltr");
}

str lang_name(str tag)
{
	str rest, language = str_cut(tag, '-', &rest);
	for (size_t i = 0; i < KNOWN; i++)
		if (str_eq_ascii_ci(language, known[i].tag)) return known[i].name;
	return tag;
}

const str *lang_offered(void)
{
	static const str tags[KNOWN + 1] = {
		S_INIT("en"), S_INIT("es"), S_INIT("fr"), S_INIT("de"), S_INIT("it"), S_INIT("pt"), S_INIT("af"), S_INIT("ar"),
		S_INIT("bg"), S_INIT("bn"), S_INIT("ca"), S_INIT("cs"), S_INIT("cy"), S_INIT("da"), S_INIT("el"), S_INIT("eo"),
		S_INIT("eu"), S_INIT("fa"), S_INIT("fi"), S_INIT("ga"), S_INIT("gl"), S_INIT("he"), S_INIT("hi"), S_INIT("hr"),
		S_INIT("ht"), S_INIT("hu"), S_INIT("id"), S_INIT("ja"), S_INIT("ko"), S_INIT("ku"), S_INIT("nb"), S_INIT("nl"),
		S_INIT("pl"), S_INIT("qu"), S_INIT("ro"), S_INIT("ru"), S_INIT("sr"), S_INIT("sv"), S_INIT("sw"), S_INIT("tr"),
		S_INIT("uk"), S_INIT("ur"), S_INIT("vi"), S_INIT("zh"), { 0 },
	};
	return tags;
}
