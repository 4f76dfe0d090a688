/* The real decode program, but as if a stranger's file had taken over its reader of plain text: the text's first word is what the child, locked as ever, then
 * tries. Linked with --wrap=sniff_is_text. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "decode/sniff.h"
#include "sys/role.h"
#include "base/banned.h"

bool __real_sniff_is_text(str whole); /* the linker's names */
bool __wrap_sniff_is_text(str whole);

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

static void try_program(void) /* machine code written at run time */
{
	(void)!mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	raise(SIGKILL); /* it was merely refused: so nothing can come of it */
}

bool __wrap_sniff_is_text(str whole)
{
	static const struct {
		const char *word;
		void (*act)(void);
	} acts[] = { { "open", try_open }, { "create", try_create }, { "socket", try_socket }, { "fork", try_fork }, { "connect", try_connect },
		{ "exec", try_exec }, { "kill", try_kill }, { "program", try_program } };
	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
		if (str_starts(whole, str_of(acts[i].word))) acts[i].act();
	return __real_sniff_is_text(whole);
}
