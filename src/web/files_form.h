/* files_form: the part of a form that holds files: those that stand in the article already, those that came with the form before, those that come now. Whatever
 * becomes of the form, a file that was received is not asked for again. */
#ifndef WEB_FILES_FORM_H
#define WEB_FILES_FORM_H

#include "base/vec.h"
#include "web/fields.h"
#include "web/figures.h"
#include "web/uploads.h"

struct form_file {
	str handle;
	struct shown_file shown;
	struct file_place place;
	uint32_t removed;
	int64_t order;
	bool standing;
};

/* A file that was refused: the place it was chosen in, and why. */
struct form_refusal {
	size_t place;
	str sentence, alt, caption;
};

struct form_files {
	bool sent;  /* the form has this part: without it an article keeps what it has */
	VEC(struct form_file) at;
	VEC(struct form_refusal) refused;
};

/* Reads it, receives what is new, names each fault under "files". standing: what the article has now; proof: why its author may see it. Closes the page's snapshot and opens a new one when
 * something is received. */
CHECKED err files_form_read(struct fields *f, const struct sql_row_attached *standing, size_t n, str proof, struct form_files *out);

/* For a form that nobody has filled yet. */
void files_form_stand(struct page *p, const struct sql_row_attached *standing, size_t n, str proof, struct form_files *out);

/* fields_refused, and OK also where a received file was gone when the form was posted: the form's errors say so. */
CHECKED err files_form_refused(struct fields *f, err e);

/* What the store is to write. */
struct file_place *files_form_places(struct page *p, const struct form_files *files);

/* All kinds of data that were taken out of what the form brought, as a sentence; empty when nothing was. */
str files_form_cleaned(struct cx *cx, const struct form_files *files);

/* The same where a page of its own says that the form is done: what belongs behind that page's address, and there, sentence with the other behind it. */
str files_form_query(struct cx *cx, const struct form_files *files);
str files_form_done(struct page *p, str sentence);

/* The form's part as a page shows it; NULL where no files are taken. placing: marks in the text put files where they are to stand. */
struct view_uploads *files_form_show(struct page *p, const struct form_files *files, str error, bool placing);

/* The files as a preview shows them. */
struct shown_file *files_form_shown(struct page *p, const struct form_files *files);

#endif
