/* who: who may do what. One table from role to capabilities; a page's capability stands in its route row. Pure. */
#ifndef RULES_WHO_H
#define RULES_WHO_H

#include <stdbool.h>

#include "base/str.h"

enum person_role { PERSON_NOBODY = 0, PERSON_CONTRIBUTOR = 1, PERSON_EDITOR = 2, PERSON_ADMIN = 3 };

enum capability {
	CAP_READ,    /* everybody */
	CAP_PUBLISH, /* everybody: no account is ever needed */
	CAP_ACCOUNT, /* whoever is logged in */
	CAP_EDIT,    /* feature, promote, hide, lock, correct */
	CAP_PURGE,   /* empty what is unlawful to keep */
	CAP_ADMIN,   /* settings, accounts */
	CAP_OPERATE, /* no account: whoever reaches an operators' listener (the guard sees to it) */
};

struct who {
	id person;               /* 0: nobody is logged in */
	str name;
	enum person_role role;
};

bool who_may(const struct who *who, enum capability cap);

bool who_parse_role(str word, enum person_role *out); /* "contributor", "editor", "admin" */
str who_role_name(enum person_role role);
str who_capability_name(enum capability cap);

#endif
