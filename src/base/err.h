/* err: the handful of words in which an expected failure is told.
 *
 * A function that can fail in an expected way returns err, and has told the cx which field (if any)
 * and which sentence go with it (cx_fail in cx.h). Bugs do not travel as err: they end in MUST. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

typedef enum err {
	OK = 0,
	INVALID,  /* what was given is wrong: the person can mend it */
	DENIED,   /* may not */
	NOTFOUND, /* is not there */
	CONFLICT, /* somebody or something was first */
	LIMIT,    /* too much, too large, too often */
	BUSY,     /* not now: try again shortly */
	FAILED,   /* the machine, the disk or a peer let us down */
} err;

#define CHECKED __attribute__((warn_unused_result))

/* Passes an error up: its sentence is already in the cx. */
#define TRY(call) \
	do { \
		err try_err_ = (call); \
		if (try_err_ != OK) return try_err_; \
	} while (0)

/* "invalid", "denied", ...: lower case, for logs and tests. */
const char *err_name(err e);

/* The one table from err to an HTTP status (RFC 9110 15) and to a command's exit code. */
int err_http_status(err e);
int err_exit_code(err e);

#endif
