/* What `check` looks at for the sake of those who read and post: settings and files that are all in order, and would still tell of them. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "cli/check_privacy.h"
#include "text/url.h"
#include "base/banned.h"

#define LOG_MOST (80 * MIB) /* SQLite's log is begun anew from 64 MiB on, as soon as nobody reads what is in it */

struct privacy {
	struct cx *cx;
	const struct site *site;
	void (*fault)(void *, str);
	void *arg;
};

static void fault(const struct privacy *p, str sentence) { p->fault(p->arg, sentence); }

/* What may well be meant so. */
static void hint(str sentence) { printf("hint: " STR_FMT "\n", STR_ARG(sentence)); }

/* The folder first: who cannot enter it reads nothing in it. What lies in it is looked at all the same, since folders are copied and packed. */
static void look_at_files(const struct privacy *p)
{
	static const char *const closed[] = { "", "/site.conf", "/site.db", "/site.db-wal", "/site.db-shm", "/media/" };
	struct stat st;
	for (size_t i = 0; i < sizeof closed / sizeof *closed; i++) {
		const char *path = str_c(p->cx, str_fmt(p->cx, "%s%s", p->site->dir, closed[i]));
		if (stat(path, &st) != 0 || !(st.st_mode & S_IRWXO)) continue;
		const char *how = S_ISDIR(st.st_mode) ? "entered" : "read";
		fault(p, str_fmt(p->cx, "%s can be %s by every account on this machine: chmod o= %s", closed[i][0] ? closed[i] + 1 : "the site's folder", how, path));
	}
}

static void look_at_log(const struct privacy *p)
{
	struct stat st;
	if (stat(str_c(p->cx, str_fmt(p->cx, "%s/site.db-wal", p->site->dir)), &st) != 0 || st.st_size <= (off_t)LOG_MOST) return;
	fault(p, str_fmt(p->cx, "site.db-wal holds %" PRId64 " MB of what was written, also of what was removed since: something reads the database without end. "
	                        "End it, or stop the server and start it again; then the file becomes short",
	             (int64_t)st.st_size / 1000000));
}

static str host_without_port(str host)
{
	ptrdiff_t colon = host.n && host.p[0] == '[' ? str_find(host, S("]:"), 0) + 1 : str_find_char(host, ':', 0);
	return colon > 0 ? str_sub(host, 0, (size_t)colon) : host;
}

static bool is_here(str host)
{
	host = host_without_port(host);
	return str_starts(host, S("127.")) || str_eq(host, S("localhost")) || str_eq(host, S("[::1]"));
}

static void look_at_proxy(const struct privacy *p)
{
	const struct conf *c = &p->site->conf;
	str host = url_host((url){ c->url });
	bool unix_socket = str_starts(c->listen, S("unix:")), inside = unix_socket || is_here(c->listen), onion = str_ends(host_without_port(host), S(".onion"));
	bool https = str_starts(c->url, S("https://"));
	if (c->behind_proxy && !inside)
		fault(p, str_fmt(p->cx, "[listen] address is " STR_FMT ", which others reach past the proxy that [listen] behind_proxy tells of: what the proxy does for "
		                        "them, encryption too, is not done then. Set address = 127.0.0.1:PORT or unix:PATH",
		             STR_ARG(c->listen)));
	if (is_here(host) || onion) return; /* nobody comes from elsewhere, or nobody has an address */
	if (!c->behind_proxy && inside)
		hint(str_fmt(p->cx, "[listen] behind_proxy is no, so all who come to " STR_FMT " through the proxy share the limits of one visitor. If it sets "
		                    "X-Forwarded-For and X-Forwarded-Proto, say behind_proxy = yes",
		    STR_ARG(host)));
	if (!https)
		hint(str_fmt(p->cx, "[site] url begins with http: whoever carries the traffic can read what is posted, private links and passwords. With a proxy that "
		                    "encrypts in front, say url = https://" STR_FMT,
		    STR_ARG(host)));
	if (https && !inside && !c->behind_proxy)
		hint(str_fmt(p->cx, "[site] url begins with https, and [listen] address is " STR_FMT ", where this server speaks without encryption to whoever comes. "
		                    "Set address = 127.0.0.1:PORT and put a proxy that encrypts in front",
		    STR_ARG(c->listen)));
}

static void look_at_process(const struct privacy *p)
{
	struct rlimit core;
	if (p->site->conf.sandbox_off)
		fault(p, S("[sandbox] mode is off: a mistake in what reads strangers' files and forms reaches everything on this machine that this account does. "
		           "Take the line out; `broadside version` says what the kernel lacks, if it lacks something"));
	if (getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur > 0)
		hint(S("this session lets programs that crash leave what they held in memory on the disk: ulimit -c 0. (What reads strangers' requests and files does not, whatever is said here.)"));
}

void check_privacy(struct cx *cx, const struct site *site, void (*report)(void *, str), void *arg)
{
	const struct privacy p = { cx, site, report, arg };
	look_at_files(&p);
	look_at_log(&p);
	look_at_proxy(&p);
	look_at_process(&p);
}
