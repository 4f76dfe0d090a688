/* request: what a handler sees of a request. It has been checked against RFC 9110 and 9112 by the server: method known, target
 * origin-form and decoded to valid UTF-8 without NUL, query and form parsed within the limits. All of it lives until the response is sent. */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include "base/cx.h"

enum method { METHOD_GET, METHOD_HEAD, METHOD_POST, METHOD_OPTIONS, METHOD_OTHER /* known to HTTP, used by no route */ };

struct param {
	str name, value;
};

struct params {
	struct param *at;
	size_t n;
};

/* One uploaded file: a small one in memory, since making a file costs more than sending many of a byte; a larger one in the spool. */
enum upload_fault { UPLOAD_WHOLE, UPLOAD_TOO_LARGE, UPLOAD_NO_ROOM /* the spool's disk did not take it */ };
struct upload {
	str field;    /* form field name */
	str filename; /* as the client called it: untrusted, never used as a path */
	str bytes;    /* all of it, where fd is -1 */
	int fd;       /* unlinked spool file, at offset 0; closed with the request. form_file gives one in either case */
	int64_t size; /* as it came, even where it was not kept */
	size_t place; /* which of the form's parts for files it is, counting those in which nothing was chosen: from 0 */
	enum upload_fault fault; /* where limits say keep_on: its bytes are not there, and the rest of the form is */
};

struct form {
	struct params fields; /* in the order sent; values valid UTF-8 without NUL, line ends as \n */
	struct upload *files;
	size_t files_n;
	str broken; /* name of a field whose text was not valid UTF-8 or held NUL (its value is "" then), or empty */
};

struct request {
	enum method method;
	str path;             /* decoded, starts with '/', no "." or ".." segments (those are refused) */
	str target;           /* as sent: path and query, for redirects to self */
	struct params query;
	struct params cookies;
	struct params headers; /* names lower case; as received */
	struct form form;      /* POST only */
	uint64_t peer;         /* the client address, hashed under an in-memory key that is wiped every few hours; the address itself is not to be had */
	bool shared;           /* peer is everybody's who comes the same way: a local connection (an onion service, a proxy) that tells no client */
	bool secure;           /* came over TLS, as the trusted proxy says */
	bool operators;        /* came over one of the operators' listeners, which nobody else reaches */
};

str param_get(const struct params *p, str name);           /* first value, or the empty str with p == NULL */
bool param_has(const struct params *p, str name);
str request_header(const struct request *r, str lower_name);
str request_cookie(const struct request *r, str name);
str request_field(const struct request *r, str name);      /* form field */
str request_query(const struct request *r, str name);

#endif
