/* entry: the proof that a log-in was sent from our own form, so that no other site logs a visitor in under an account of its choice, under whose name what the
 * visitor writes would stand. The form's token belongs to a cookie that the form's page sets, and both come back. Nothing is kept here: the token is the
 * cookie's hash. A browser that says where the form came from is taken at its word. */
#ifndef WEB_ENTRY_H
#define WEB_ENTRY_H

#include "web/page.h"

/* The token for the form of the page that is being made; its cookie goes with the answer. Forms that are open beside each other share it. */
str entry_token(struct page *p);

/* Was this sent from our form? Yes also for what no page can drive: programs, and text browsers that name no other site's page. */
bool entry_proven(struct page *p);

#endif
