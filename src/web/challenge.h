/* challenge: the anti-spam number. A visitor gets a picture of a number (or a sum in words) and a cookie with a token; the answer is right
 * when it makes the token's authenticator. Nothing is kept per visitor: a token is {when issued, nonce, MAC over these and the
 * number} under a key of this process. Each works once (used nonces are remembered until they expire) and for an hour. */
#ifndef WEB_CHALLENGE_H
#define WEB_CHALLENGE_H

#include "base/cx.h"

struct challenges;

#define CHALLENGE_LIFE (60 * MINUTE)
#define CHALLENGE_HANDFUL 64

struct challenges *challenges_new(struct cx *cx);
void challenges_free(struct challenges *c);

/* Pictures drawn ahead, put in by the ticker. wanting: how many more would be taken now. */
size_t challenges_wanting(struct challenges *c);
void challenges_put(struct challenges *c, str number, str png);

/* A picture nobody has seen, or, when drawing cannot keep up, one of the latest again. BUSY when there is none at all. */
CHECKED err challenge_picture(struct cx *cx, struct challenges *c, str *png, str *token);

/* A sum in words: "seven plus twelve". */
str challenge_sum(struct cx *cx, struct challenges *c, str *token);

/* Does the answer fit a token of the list (a cookie's value: tokens parted by dots)? Says how long ago it was issued, in seconds. INVALID with a sentence for the
 * field "answer" otherwise. take: false only looks; true makes it used. */
CHECKED err challenge_check(struct cx *cx, struct challenges *c, str tokens, str answer, bool take, int64_t *seconds);

/* The cookie's next value: the new token first, then the latest of the old ones (people open several forms). */
str challenge_cookie(struct cx *cx, str old, str token);

#endif
