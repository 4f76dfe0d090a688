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

static err add(struct cx *cx, struct db *db, struct args *a, str role)
{
	struct person_add p = { .role = PERSON_EDITOR };
	TRY(args_done(cx, a, 3, 3));
	if (role.p && !who_parse_role(role, &p.role)) return args_usage(cx);
	p.name = text_normalise(cx, str_of(a->at[2]));
	TRY(read_password(cx, &p.password_hash));
	return db_transaction(cx, db, person_add, &p);
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

err command_user(struct cx *cx, struct args *a)
{
	struct site site;
	struct db *db;
	str role = args_option(a, "--role");
	if (a->n < 2) return args_usage(cx);
	TRY(site_open(cx, a->at[0], true, &site));
	TRY(site_db(cx, &site, DB_WRITE, &db));
	const char *what = a->at[1];
	struct person_alter alter = { .name = str_of(a->n > 2 ? a->at[2] : "") };
	if (strcmp(what, "add") == 0) return add(cx, db, a, role);
	if (role.p) return args_usage(cx);
	if (strcmp(what, "list") == 0 && a->n == 2) return list(cx, db);
	if (strcmp(what, "password") == 0 && a->n == 3) {
		alter.what = PERSON_PASSWORD;
		TRY(read_password(cx, &alter.password_hash));
	} else if (strcmp(what, "role") == 0 && a->n == 4) {
		alter.what = PERSON_ROLE;
		if (!who_parse_role(str_of(a->at[3]), &alter.role)) return args_usage(cx);
	} else if (strcmp(what, "disable") == 0 && a->n == 3) {
		alter.what = PERSON_DISABLE;
	} else if (strcmp(what, "enable") == 0 && a->n == 3) {
		alter.what = PERSON_ENABLE;
	} else {
		return args_usage(cx);
	}
	return db_transaction(cx, db, person_alter, &alter);
}
