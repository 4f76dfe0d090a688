/* fields: reads the fields of a form, checks each, and gathers what is wrong so that the form can be shown again with every field as it was typed and
 * each fault named. Texts come out normalised (text/slug.h). */
#ifndef WEB_FIELDS_H
#define WEB_FIELDS_H

#include "base/vec.h"
#include "text/format.h"
#include "view/views.h"
#include "web/page.h"

struct fields {
	struct page *page;
	VEC(struct view_form_error) errors;
	int status; /* of the answer that shows the form again with its errors: 422, or what fields_refused made it */
};

struct fields fields_of(struct page *p);

/* One line of text: at most max characters (and bytes of a bound above it), no line ends. label completes sentences: "The title". */
str fields_line(struct fields *f, const char *name, const char *label, size_t max, bool required);
str fields_text(struct fields *f, const char *name, const char *label, size_t max_bytes, bool required); /* with line ends */
/* What has nothing in it that can be seen counts as missing; and so, once it is made HTML, does a body of which nothing can be read. e: of the reader, which
 * made body of the field "body"; what was wrong becomes that field's error, and the status. */
void fields_rendered(struct fields *f, err e, html body);
bool fields_flag(struct fields *f, const char *name);
enum format fields_format(struct fields *f);
id fields_term(struct fields *f, const char *name, const char *label, enum term_kind kind, bool required);
size_t fields_terms(struct fields *f, const char *name, const char *label, enum term_kind kind, id *out, size_t max);
str fields_url(struct fields *f, const char *name, const char *label);
size_t fields_urls(struct fields *f, const char *name, const char *label, str *out, size_t max);
str fields_email(struct fields *f, const char *name, const char *label);
int64_t fields_day(struct fields *f, const char *name, const char *label);

/* What was typed, for showing the form again. */
str fields_raw(const struct fields *f, const char *name);
size_t fields_raw_all(const struct fields *f, const char *name, str *out, size_t max);

void fields_error(struct fields *f, const char *name, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* The sentence about a field, or empty. */
str fields_error_of(const struct fields *f, const char *name);
bool fields_good(const struct fields *f);

/* Whether a person sends this, and not too often: the trap, the client's hour, then the anti-spam number, so that what is refused for another reason
 * costs no number. Called last; does nothing on a form that has faults already, whose number is drawn anew anyway. */
CHECKED err fields_person(struct fields *f);

/* Is a number asked for, of whoever sends a form to be published? */
bool fields_asks_number(const struct page *p);

/* Whether the form's number is right. Once it was, it is for the whole request; its token is spent once. INVALID or LIMIT with a sentence about
 * the field "answer". */
CHECKED err fields_prove(struct page *p);

/* What the whole form was refused for after its fields were found good: too often, not now, our fault. Told in the form, so that nothing typed is
 * lost: OK, and status is set. Another err is none of a form's, and is given back. */
CHECKED err fields_refused(struct fields *f, err e);

#endif
