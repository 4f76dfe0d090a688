/* The real read program, but as if a stranger's text had taken it over: the text's first word is what the child, locked as ever, then tries; or what it
 * answers in place of the text. Linked with --wrap=render_html. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys/role.h"
#include "text/render.h"
#include "base/banned.h"

err __real_render_html(struct cx *cx, enum format f, str source, str id_prefix, html *out); /* the linker's names */
err __wrap_render_html(struct cx *cx, enum format f, str source, str id_prefix, html *out);

static void try_open(void) { (void)!open("/etc/passwd", O_RDONLY | O_CLOEXEC); }
static void try_create(void) { (void)!open("/tmp/broadside-intruder", O_WRONLY | O_CREAT | O_CLOEXEC, 0600); }
static void try_socket(void) { (void)!socket(AF_INET, SOCK_STREAM, 0); }
static void try_fork(void) { (void)!fork(); }
static void try_exec(void) { (void)!execl("/bin/true", "true", (char *)NULL); }
static void try_kill(void) { (void)!kill(getppid(), SIGTERM); }

static void try_connect(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(80), .sin_addr = { htonl(INADDR_LOOPBACK) } };
	(void)!connect(ROLE_SOCKET, (struct sockaddr *)&to, sizeof to);
}

/* What is merely refused: so nothing can come of it. */
static void try_program(void)
{
	if (mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED) raise(SIGKILL);
}

static void *idle(void *unused) { return unused; }

static void try_thread(void)
{
	pthread_t t;
	if (pthread_create(&t, NULL, idle, NULL) != 0) raise(SIGKILL);
}

static void try_memory(void)
{
	for (size_t i = 0; i < 4096; i++)
		if (mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0) == MAP_FAILED) raise(SIGKILL);
}

err __wrap_render_html(struct cx *cx, enum format f, str source, str id_prefix, html *out)
{
	static const struct {
		const char *word;
		void (*act)(void);
	} acts[] = { { "open", try_open }, { "create", try_create }, { "socket", try_socket }, { "fork", try_fork }, { "connect", try_connect },
		{ "exec", try_exec }, { "kill", try_kill }, { "program", try_program }, { "thread", try_thread }, { "memory", try_memory } };
	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
		if (str_starts(source, str_of(acts[i].word))) acts[i].act();
	if (!str_starts(source, S("answer "))) return __real_render_html(cx, f, source, id_prefix, out);
	*out = (html){ str_sub(source, 7, source.n) };
	return OK;
}
