/* reader: what strangers wrote becomes html here. Plain text is written by text/plain, in this process; Markdown and
 * HTML go to a small pool of children (broadside-read) that are started ahead, know nothing and may die: of what they
 * answer only what text/vet agrees to is believed.
 *
 * A text whose child dies over it, or takes too long, is refused with a sentence; the next child is asked for at
 * once. Short texts have children of their own, so that they never wait for long ones. Thread-safe; but a reader that
 * starts its children itself (from->parent is -1) is for threads that stay as long as it does, since a child dies
 * with the thread that started it. */
#ifndef READ_READER_H
#define READ_READER_H

#include "sys/role.h"
#include "text/format.h"

#define READER_SHORT (32L * 1024) /* bytes: a text up to this size is a short one */
#define READER_CHILDREN 2         /* for short texts, and as many for long ones */
#define READER_PATIENCE_MS 20000  /* from asking a child to the end of its answer */
#define READER_QUEUE_MS 10000     /* until a child is free */

struct reader;

/* from: where children come from (sys/role.h); it must outlive the reader. ahead: they are started now, not when the
 * first text comes. most_long: so many long texts may be read or wait at a time, whoever comes with one more is sent
 * away; short ones wait for READER_QUEUE_MS at most. */
struct reader *reader_new(const struct role_source *from, bool ahead, int most_long);
void reader_free(struct reader *r);

/* As render_html says, and out is safe whatever became of the child. Input is valid UTF-8 without NUL of at most
 * LIMIT_BODY bytes (else LIMIT); id_prefix of at most READ_PREFIX_MOST. The sentences complete "The text ...":
 * INVALID: the child died over it; LIMIT: it is marked up too densely, or becomes too long. BUSY: no child was free
 * in time, answered in time or could be started: another try may work. */
CHECKED err reader_render(struct cx *cx, struct reader *r, enum format f, str source, str id_prefix, html *out);

#endif
