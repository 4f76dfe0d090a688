/* Accounts. A password is read from the terminal (without echo) or from standard input, never from the command line, where others could see it. */
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/limits.h"
#include "cli/cli.h"
#include "sql.h"
#include "store/person.h"
#include "text/slug.h"
#include "base/banned.h"

static err read_password(struct cx *cx, str *out)
{
	char line[LIMIT_PASSWORD + 2];
	struct termios was, quiet;
	bool terminal = tcgetattr(0, &was) == 0;
	if (terminal) {
		fputs("Password: ", stderr);
		quiet = was;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(0, TCSANOW, &quiet);
	}
	char *got = fgets(line, sizeof line, stdin);
	if (terminal) {
		tcsetattr(0, TCSANOW, &was);
		fputc('\n', stderr);
	}
	if (!got) return cx_fail(cx, INVALID, NULL, "no password came from standard input");
	line[strcspn(line, "\r\n")] = 0;
	return person_hash_password(cx, str_of(line), out);
}

static err list(struct cx *cx, struct db *db)
{
	struct sql_row_person *rows;
	size_t n;
	TRY(sql_person_list(cx, db, 10000, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		str role = who_role_name((enum person_role)rows[i].role);
		printf(STR_FMT "\t" STR_FMT "%s\n", STR_ARG(rows[i].name), STR_ARG(role), rows[i].disabled ? "\tdisabled" : "");
	}
	return OK;
}

/* What a user command takes after SITE: "password NAME". */
static err parse_alter(struct cx *cx, const struct args *a, struct person_alter *out)
{
	const char *what = a->at[1];
	out->name = str_of(a->n > 2 ? a->at[2] : "");
	if (strcmp(what, "password") == 0 && a->n == 3) return out->what = PERSON_PASSWORD, OK;
	if (strcmp(what, "disable") == 0 && a->n == 3) return out->what = PERSON_DISABLE, OK;
	if (strcmp(what, "enable") == 0 && a->n == 3) return out->what = PERSON_ENABLE, OK;
	out->what = PERSON_ROLE;
	if (strcmp(what, "role") == 0 && a->n == 4 && who_parse_role(str_of(a->at[3]), &out->role)) return OK;
	return args_usage(cx);
}

err command_user(struct cx *cx, struct args *a)
{
	struct site site;
	struct db *db;
	struct person_alter alter = { 0 };
	struct person_add new = { .role = PERSON_EDITOR };
	str role = args_option(a, "--role");
	if (a->n < 2) return args_usage(cx);
	bool adds = strcmp(a->at[1], "add") == 0, lists = strcmp(a->at[1], "list") == 0 && a->n == 2;
	if (role.p && (!adds || !who_parse_role(role, &new.role))) return args_usage(cx);
	if (adds) TRY(args_done(cx, a, 3, 3));
	else if (!lists) TRY(parse_alter(cx, a, &alter));
	TRY(site_open(cx, a->at[0], true, &site));
	TRY(site_db(cx, &site, DB_WRITE, &db));
	if (lists) return list(cx, db);
	if (adds) {
		new.name = text_normalise(cx, str_of(a->at[2]));
		TRY(read_password(cx, &new.password_hash));
		return db_transaction(cx, db, person_add, &new);
	}
	if (alter.what == PERSON_PASSWORD) TRY(read_password(cx, &alter.password_hash));
	return db_transaction(cx, db, person_alter, &alter);
}
