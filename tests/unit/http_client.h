/* A client that says exactly the bytes it is given, and reads answers as RFC 9112 frames them. For tests only. */
#ifndef TEST_HTTP_CLIENT_H
#define TEST_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

struct client {
	int fd;
	char *buffer; /* received, not yet taken */
	size_t n, cap;
};

struct answer {
	int status; /* 0: the connection ended without one */
	char *head; /* NUL-ended, with its empty line */
	char *body;
	size_t body_n;
};

struct client client_open(int port);
void client_close(struct client *c);
void client_send(struct client *c, const void *bytes, size_t n);
void client_say(struct client *c, const char *text);
struct answer client_hear(struct client *c, bool head); /* head: no body follows */
bool client_is_closed(struct client *c);                /* waits for the other side to close; false when it sends or waits on */
void client_hear_end(struct client *c);                  /* whatever still comes, until the other side closes */
void answer_free(struct answer *a);

/* A header's value (static storage, good until the next call) or NULL. */
const char *answer_header(const struct answer *a, const char *name);

/* One connection, one request, one answer. */
struct answer client_ask(int port, const char *text);

#endif
