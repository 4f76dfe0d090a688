/* known: the mark by which an account knows a browser in which somebody has logged in to it: when strangers try passwords by the hundred, that browser has a
 * place of its own (web/lane.h) and is not made to wait for what they did (web/logins.h).
 *
 * A mark is random bytes and their authenticator under a key made of the account's stored password: nobody else can make one, nothing of it is kept here,
 * it tells nobody whose account it is, two accounts' marks have nothing in common, and a new password makes all of an account's worthless. It logs
 * nobody in. The cookie holds those of the last few accounts, is sent to the log-in page alone, and stays when its owner logs out. */
#ifndef WEB_KNOWN_H
#define WEB_KNOWN_H

#include "base/cx.h"

#define KNOWN_COOKIE "known"
#define KNOWN_PATH "/login"
#define KNOWN_LIFE (180 * DAY)
#define KNOWN_MOST 4  /* accounts */
#define KNOWN_MARK 64 /* hexadecimal digits */

/* The account's mark in a cookie; empty when there is none. password: as it is stored. */
str known_find(struct cx *cx, str cookie, str password);

/* The cookie with a new mark of the account in front, or with the one that it has; with forget, without any. */
str known_cookie(struct cx *cx, str cookie, str password, bool forget);

/* Could there be a mark in it? */
bool known_any(str cookie);

#endif
