/* challenge: the anti-spam number. A visitor gets a picture of a number, or a sentence with a number in words, and a cookie with a token; the answer
 * is right when it makes the token's authenticator. Nothing is kept per visitor: a token is {when issued, under a mask, nonce, MAC over these, MAC
 * over these and the number} under a key of this process: nobody else reads the time in it. It is good for an hour and for one answer, right or wrong: spent nonces
 * are remembered until they expire. Thread-safe.
 *
 * What guessing is worth. A picture holds one of 100,000 numbers. A wrong answer spends every token that came with it, so each guess costs its guesser the
 * fetching of a new one, and bringing several at once costs several: 1 in 100,000 for each fetch, however it is arranged. Who fetches and guesses 200
 * times a second is right once in 500 s, or 7 times an hour; against that stands the limit of what is shown in an hour to those who cannot be told
 * apart (12 articles or 60 comments, times shared_factor). A program made to read the sentences, or pictures, needs no guesses: what holds it are the
 * limits. Nobody is kept from answering by such a storm: where drawing cannot keep up, pictures are shown again, each time under a token of its own, and
 * sentences need no drawing. */
#ifndef WEB_CHALLENGE_H
#define WEB_CHALLENGE_H

#include "base/cx.h"

struct challenges;

#define CHALLENGE_LIFE (60 * MINUTE)
#define CHALLENGE_HANDFUL 64
#define CHALLENGE_PICTURE "number" /* the cookies' names */
#define CHALLENGE_WORDS "words"

struct challenges *challenges_new(struct cx *cx);
void challenges_free(struct challenges *c);

/* Pictures drawn ahead, put in by the ticker. wanting: how many more would be taken now. */
size_t challenges_wanting(struct challenges *c);
void challenges_put(struct challenges *c, str number, str png);

/* A picture nobody has seen, or, when drawing cannot keep up, one of the latest again. BUSY when there is none at all. */
CHECKED err challenge_picture(struct cx *cx, struct challenges *c, str *png, str *token);

/* A number of five or six digits in words, in a sentence, for those who do not see the picture: to be answered in digits. */
str challenge_words(struct cx *cx, struct challenges *c, str *token);

/* Takes an answer to one of the tokens (two cookies' values, each of tokens parted by dots). INVALID with a sentence for the field "answer" otherwise;
 * then wrong tells whether it was a guess that missed, which spends all of the tokens: an empty answer, or one quicker than least_seconds after its
 * token was issued, spends none. */
CHECKED err challenge_answer(struct cx *cx, struct challenges *c, str picture_tokens, str word_tokens, str answer, int64_t least_seconds,
    bool *wrong);

/* The cookie's next value: the new token first, then the latest of the old ones (people open several forms). */
str challenge_cookie(struct cx *cx, str old, str token);

#endif
