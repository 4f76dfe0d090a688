/* One table says what each status means to a reader. */
#include "rules/visible.h"

#include "base/must.h"
#include "base/banned.h"

static const struct {
	bool text, listed;
	str word;
} table[] = {
	[STATUS_SHOWN] = { true, true, S_INIT("shown") },
	[STATUS_HIDDEN] = { true, false, S_INIT("hidden") },
	[STATUS_HELD] = { false, false, S_INIT("held") },
	[STATUS_WITHDRAWN] = { false, false, S_INIT("withdrawn") },
	[STATUS_PURGED] = { false, false, S_INIT("removed") },
	[STATUS_REFUSED] = { false, false, S_INIT("refused") },
	[STATUS_COMING] = { false, false, S_INIT("on its way") },
};

static int checked(enum status s)
{
	MUST((int)s >= STATUS_SHOWN && (int)s <= STATUS_COMING);
	return (int)s;
}

bool visible_text(enum status s) { return table[checked(s)].text; }
bool visible_text_to(enum status s, const struct who *who) { return visible_text(s) || who_may(who, CAP_EDIT); }
enum status visible_first(bool held, const struct who *author) { return held && !who_may(author, CAP_EDIT) ? STATUS_HELD : STATUS_SHOWN; }
bool visible_correctable(enum status s) { return s == STATUS_SHOWN || s == STATUS_HELD || s == STATUS_COMING; }
bool visible_listed(enum status s) { return table[checked(s)].listed; }
str visible_word(enum status s) { return table[checked(s)].word; }
