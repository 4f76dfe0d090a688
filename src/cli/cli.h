/* cli: the commands. A command is a function that takes its arguments after the command's name and gives an err; main prints the cx's
 * sentence and exits as err_exit_code says. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "db/db.h"
#include "sys/conf.h"

struct args {
	char **at;
	int n;
};

/* INVALID from a command whose arguments are off: main shows its usage and exits 2. */
#define CLI_USAGE "usage"

struct command {
	const char *name, *usage, *does;
	err (*run)(struct cx *cx, struct args *args);
};
extern const struct command commands[];
extern const size_t commands_n;

/* Takes "--name VALUE" (or "--name=VALUE") out of the arguments; the empty str with p == NULL when it is not there. flag: "--name" alone. */
str args_option(struct args *a, const char *name);
bool args_flag(struct args *a, const char *name);
CHECKED err args_done(struct cx *cx, const struct args *a, int least, int most); /* no option left, and so many words */
CHECKED err args_usage(struct cx *cx);

/* A site folder. */
struct site {
	const char *dir; /* absolute */
	struct conf conf;       /* database as reach.url */
	struct db_reach reach;
};
/* Reads site.conf, sets the time zone. migrate: brings the schema up. FAILED with what to do when the database file was emptied. */
CHECKED err site_open(struct cx *cx, const char *path, bool migrate, struct site *out);
CHECKED err site_make(struct cx *cx, const char *path, struct site *out); /* the same for a site that is new: an empty file is what an init that failed has left */
CHECKED err site_db(struct cx *cx, const struct site *s, enum db_mode mode, struct db **out); /* closed with the cx */

/* The program that reads markup. FAILED with a sentence where it is missing. */
CHECKED err site_read_program(struct cx *cx, const char **out);

/* What makes html of what people wrote; freed with the cx. */
struct reader;
CHECKED err site_reader(struct cx *cx, const struct site *s, struct reader **out);

/* Copies of the database that upgrades have kept: tells each path. They hold exact times of before, and what was taken back since. */
void site_kept_copies(struct cx *cx, const struct site *s, void (*tell)(void *arg, str path), void *arg);

/* For db_transaction, last in a command's writes: tells a running server that something changed. */
CHECKED err site_changed(struct cx *cx, struct db *db, void *unused);

err command_init(struct cx *cx, struct args *a);
err command_serve(struct cx *cx, struct args *a);
err command_user(struct cx *cx, struct args *a);
err command_import(struct cx *cx, struct args *a);
err command_check(struct cx *cx, struct args *a);
err command_log(struct cx *cx, struct args *a);
err command_config(struct cx *cx, struct args *a);
err command_routes(struct cx *cx, struct args *a);
err command_top(struct cx *cx, struct args *a);
err command_migrate(struct cx *cx, struct args *a);
err command_bench(struct cx *cx, struct args *a);
err command_version(struct cx *cx, struct args *a);
err command_help(struct cx *cx, struct args *a);

/* Invented content for a new site, and the name and line that go with it. */
CHECKED err demo_site(struct cx *cx, str *title, str *tagline);
CHECKED err demo_fill(struct cx *cx, struct db *db, void *site); /* site: const struct site * */
struct demo_article;
struct file_place;
/* The picture of a, which has one, received. On a machine where none can be cleaned it says so on standard error, and out->file is 0. */
CHECKED err demo_picture(struct cx *cx, struct db *db, const struct site *site, const struct demo_article *a, struct file_place *out);

/* The children's entry: "role web DIR" and the like, on descriptor 3. */
CHECKED err role_run(struct cx *cx, struct args *a);

#endif
