/* check_privacy: the part of `broadside check` that is about what a site could betray of people, by who may read its files, by its settings and by
 * what this machine does when programs crash. Each fault is told to report, in a sentence that says what to do. What may be meant so is no fault: it is printed,
 * behind "hint: ". */
#ifndef CLI_CHECK_PRIVACY_H
#define CLI_CHECK_PRIVACY_H

#include "cli/cli.h"

void check_privacy(struct cx *cx, const struct site *site, void (*report)(void *, str), void *arg);

#endif
