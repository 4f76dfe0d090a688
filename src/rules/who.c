/* The least role that has a capability. */
#include "rules/who.h"

#include "base/must.h"
#include "base/banned.h"

static const struct {
	int least;
	str name;
} table[] = {
	[CAP_READ] = { PERSON_NOBODY, S_INIT("read") },
	[CAP_PUBLISH] = { PERSON_NOBODY, S_INIT("publish") },
	[CAP_ACCOUNT] = { PERSON_CONTRIBUTOR, S_INIT("account") },
	[CAP_EDIT] = { PERSON_EDITOR, S_INIT("edit") },
	[CAP_PURGE] = { PERSON_ADMIN, S_INIT("purge") },
	[CAP_ADMIN] = { PERSON_ADMIN, S_INIT("admin") },
	[CAP_OPERATE] = { PERSON_ADMIN + 1, S_INIT("operate") }, /* no role's */
};

static const str roles[] = { S_INIT("nobody"), S_INIT("contributor"), S_INIT("editor"), S_INIT("admin") };

bool who_may(const struct who *who, enum capability cap)
{
	MUST((int)cap >= CAP_READ && (int)cap <= CAP_OPERATE);
	return (int)who->role >= table[cap].least;
}

bool who_parse_role(str word, enum person_role *out)
{
	for (int i = PERSON_CONTRIBUTOR; i <= PERSON_ADMIN; i++)
		if (str_eq(word, roles[i])) return *out = (enum person_role)i, true;
	return false;
}

str who_role_name(enum person_role role)
{
	MUST((int)role >= PERSON_NOBODY && (int)role <= PERSON_ADMIN);
	return roles[role];
}

str who_capability_name(enum capability cap)
{
	MUST((int)cap >= CAP_READ && (int)cap <= CAP_OPERATE);
	return table[cap].name;
}
