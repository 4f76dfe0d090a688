/* Fields come in the files' order: alt and caption of the received ones first, then one of each for every place in which a file could be chosen, chosen or not. */
#include "web/files_form.h"

#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/utf8.h"
#include "text/slug.h"
#include "text/url.h"
#include "web/present.h"
#include "web/respond.h"
#include "base/banned.h"

#define SLOTS 3          /* places that are not folded away */
#define ORDER_OF_NEW 100 /* behind all that have a number */
#define TEXT_MOST 4000   /* bytes of an alt or caption, which the form holds to 1000 characters */

/* What the form says of its files, as it came. */
struct said {
	struct fields *f;
	str received[LIMIT_FORM_FIELDS], alt[LIMIT_FORM_FIELDS], caption[LIMIT_FORM_FIELDS], order[LIMIT_FORM_FIELDS], removed[LIMIT_FORM_FIELDS], keep[LIMIT_FORM_FIELDS];
	size_t received_n, alt_n, caption_n, order_n, removed_n, keep_n;
};

static void listen(struct fields *f, struct said *s)
{
	s->f = f;
	s->received_n = fields_raw_all(f, "received", s->received, LIMIT_FORM_FIELDS);
	s->alt_n = fields_raw_all(f, "alt", s->alt, LIMIT_FORM_FIELDS);
	s->caption_n = fields_raw_all(f, "caption", s->caption, LIMIT_FORM_FIELDS);
	s->order_n = fields_raw_all(f, "order", s->order, LIMIT_FORM_FIELDS);
	s->removed_n = fields_raw_all(f, "remove", s->removed, LIMIT_FORM_FIELDS);
	s->keep_n = fields_raw_all(f, "keep", s->keep, LIMIT_FORM_FIELDS);
}

static bool holds(const str *all, size_t n, str one)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(all[i], one)) return true;
	return false;
}

/* One line, cleaned, cut where the form's own bound would have. */
static str line_of(struct page *p, const str *all, size_t n, size_t i)
{
	if (i >= n) return S("");
	str s = text_normalise(p->cx, all[i]);
	char *line = arena_bytes(p->cx->arena, s.n);
	for (size_t k = 0; k < s.n; k++) line[k] = s.p[k] == '\n' || s.p[k] == '\t' ? ' ' : s.p[k];
	return utf8_clip(str_trim((str){ line, s.n }), TEXT_MOST);
}

/* What the person called it: without the folders that some browsers send. */
static str base_name(struct page *p, str filename)
{
	size_t at = filename.n;
	while (at > 0 && filename.p[at - 1] != '/' && filename.p[at - 1] != '\\') at--;
	str s = str_trim(text_normalise(p->cx, str_sub(filename, at, filename.n)));
	return utf8_clip(s, FILE_NAME);
}

/* A kept name ends as its kind does, so that nobody's machine takes it for another. */
static str kept_name(struct page *p, str name, enum media_kind kind)
{
	str end = str_fmt(p->cx, ".%s", media_suffix(kind));
	if (str_ends(str_lower_ascii(p->cx, name), end)) return name;
	size_t dot = name.n;
	while (dot > 0 && name.p[dot - 1] != '.') dot--;
	str stem = dot > 1 && name.n - dot <= 5 ? str_sub(name, 0, dot - 1) : name;
	return str_join(p->cx, utf8_clip(stem, FILE_NAME - end.n), end);
}

static void add(struct page *p, struct form_files *out, struct form_file *file, const struct said *s, size_t i)
{
	int64_t order;
	file->place.alt = file->shown.alt = line_of(p, s->alt, s->alt_n, i);
	file->place.caption = file->shown.caption = line_of(p, s->caption, s->caption_n, i);
	file->order = i < s->order_n && str_to_int(str_trim(s->order[i]), 0, 99, &order) ? order : ORDER_OF_NEW;
	file->place.name = file->shown.name;
	vec_push(p->cx, &out->at, *file);
}

static struct form_file standing_file(struct page *p, const struct sql_row_attached *row, str proof)
{
	struct form_file file = { .handle = str_fmt(p->cx, "at%" PRId64, row->id), .shown = figures_of_row(row), .standing = true, .order = row->position };
	file.place = (struct file_place){ .file = row->file, .media = (enum media_group)row->media, .alt = row->alt, .caption = row->caption, .name = row->name };
	file.shown.proof = proof;
	return file;
}

static bool take_standing(struct said *s, size_t i, const struct sql_row_attached *rows, size_t n, str proof, struct form_files *out)
{
	struct page *p = s->f->page;
	for (size_t k = 0; k < n; k++) {
		struct form_file file = standing_file(p, &rows[k], proof);
		if (!str_eq(file.handle, s->received[i])) continue;
		add(p, out, &file, s, i);
		return true;
	}
	return false;
}

static err take_received(struct said *s, size_t i, struct form_files *out)
{
	struct page *p = s->f->page;
	struct form_file file = { .handle = s->received[i] };
	struct sql_upload_get *u = NULL;
	for (size_t k = 0; k < i; k++)
		if (str_eq(s->received[k], s->received[i])) return OK; /* twice in one form */
	if (str_unhex(s->received[i], file.place.token, FILE_TOKEN)) TRY(file_received(p->cx, p->db, file.place.token, &u));
	if (!u) {
		fields_error(s->f, "files", "A file that was received is not kept any more: please choose it again.");
		return OK;
	}
	struct shown_file shown = SHOWN_FILE(u);
	file.shown = shown;
	file.shown.name = u->name;
	file.shown.proof = str_fmt(p->cx, "t=" STR_FMT, STR_ARG(s->received[i]));
	file.removed = (uint32_t)u->removed;
	file.place.has_token = true;
	file.place.file = u->file;
	file.place.media = (enum media_group)u->media;
	add(p, out, &file, s, i);
	return OK;
}

struct discard {
	char hash[BLOB_HASH];
	id file;
	struct file_gone gone;
};

static err discard(struct cx *cx, struct db *db, void *arg)
{
	struct discard *d = arg;
	int64_t changed;
	TRY(sql_upload_delete(cx, db, (str){ d->hash, sizeof d->hash }, &changed));
	return file_let_go(cx, db, &d->file, 1, &d->gone);
}

/* Taken back by whoever sent it: gone at once, not when it would expire. */
static err take_back(struct page *p, str handle)
{
	char token[FILE_TOKEN];
	struct discard d = { 0 };
	struct sql_upload_get *u;
	if (!str_unhex(handle, token, FILE_TOKEN)) return OK;
	TRY(file_received(p->cx, p->db, token, &u));
	if (!u) return OK;
	file_token_hash(token, d.hash);
	d.file = u->file;
	TRY(page_write(p, discard, &d));
	return file_sweep_blobs(p->cx, p->db, p->app->media, &d.gone);
}

static void refuse(struct said *s, struct form_files *out, const struct upload *u, str name, err e)
{
	struct page *p = s->f->page;
	str sentence = str_fmt(p->cx, "“" STR_FMT "” " STR_FMT ".", STR_ARG(name), STR_ARG(p->cx->fault.sentence));
	struct form_refusal r = { u->place, sentence, line_of(p, s->alt, s->alt_n, s->received_n + u->place),
		line_of(p, s->caption, s->caption_n, s->received_n + u->place) };
	vec_push(p->cx, &out->refused, r);
	fields_error(s->f, "files", STR_FMT, STR_ARG(sentence));
	if (e == BUSY) s->f->status = 503;
	if (e == LIMIT) s->f->status = 429;
	p->cx->fault = (struct fault){ 0 };
}

static void receive(struct said *s, const struct upload *u, struct form_files *out)
{
	struct page *p = s->f->page;
	struct media_result result;
	struct file_in in;
	str came_as = base_name(p, u->filename), shown_name = came_as.n ? came_as : S("The file");
	bool keep = came_as.n && holds(s->keep, s->keep_n, str_fmt(p->cx, "%zu", s->received_n + u->place + 1));
	err e = uploads_receive(p, u, keep ? came_as : S(""), &result, &in);
	if (e != OK) return refuse(s, out, u, shown_name, e);
	struct form_file file = { .handle = str_hex(p->cx, in.token, FILE_TOKEN), .removed = result.removed };
	struct sql_upload_get *row = NULL;
	e = file_received(p->cx, p->db, in.token, &row);
	if (e == OK && !row) e = cx_fail(p->cx, BUSY, NULL, "could not be kept");
	if (e != OK) return refuse(s, out, u, shown_name, e);
	struct shown_file shown = SHOWN_FILE(row);
	file.shown = shown;
	file.shown.name = row->name.n ? kept_name(p, row->name, (enum media_kind)row->kind) : S("");
	file.shown.proof = str_fmt(p->cx, "t=" STR_FMT, STR_ARG(file.handle));
	file.place.has_token = true;
	file.place.file = row->file;
	file.place.media = (enum media_group)row->media;
	memcpy(file.place.token, in.token, FILE_TOKEN);
	add(p, out, &file, s, s->received_n + u->place);
}

static err receive_all(struct said *s, struct form_files *out)
{
	struct page *p = s->f->page;
	const struct form *form = &p->req->form;
	bool trapped = fields_raw(s->f, "website").n > 0; /* a robot's files are not worth a look */
	db_read_end(p->db);
	p->reading = false;
	for (size_t i = 0; i < s->removed_n; i++) TRY(take_back(p, s->removed[i]));
	for (size_t i = 0; i < form->files_n && !trapped; i++) {
		if (!str_eq(form->files[i].field, S("files"))) continue;
		if ((int64_t)out->at.n >= p->app->conf.max_files) {
			(void)!cx_fail(p->cx, INVALID, NULL, "is one too many: a post takes %" PRId64 " files", p->app->conf.max_files);
			refuse(s, out, &form->files[i], base_name(p, form->files[i].filename), INVALID);
		} else {
			receive(s, &form->files[i], out);
		}
	}
	TRY(db_read_begin(p->cx, p->db));
	p->reading = true;
	return OK;
}

/* By the numbers that the person gave, otherwise as they came. */
static void sort(struct form_files *out)
{
	for (size_t i = 1; i < out->at.n; i++) {
		struct form_file one = out->at.at[i];
		size_t k = i;
		for (; k > 0 && out->at.at[k - 1].order > one.order; k--) out->at.at[k] = out->at.at[k - 1];
		out->at.at[k] = one;
	}
	for (size_t i = 0; i < out->at.n; i++) out->at.at[i].shown.number = (int64_t)i + 1;
}

err files_form_read(struct fields *f, const struct sql_row_attached *standing, size_t n, str proof, struct form_files *out)
{
	struct page *p = f->page;
	str first;
	bool sent = fields_flag(f, "with_files") || p->req->form.files_n > 0 || fields_raw_all(f, "received", &first, 1) > 0;
	if (!sent) return files_form_stand(p, standing, n, proof, out), OK;
	struct said *s = cx_new_of(p->cx, struct said);
	*out = (struct form_files){ .sent = true };
	listen(f, s);
	for (size_t i = 0; i < s->received_n; i++) {
		if (holds(s->removed, s->removed_n, s->received[i])) continue;
		if (!take_standing(s, i, standing, n, proof, out)) TRY(take_received(s, i, out));
	}
	if (p->req->form.files_n || s->removed_n) TRY(receive_all(s, out));
	sort(out);
	return OK;
}

void files_form_stand(struct page *p, const struct sql_row_attached *standing, size_t n, str proof, struct form_files *out)
{
	*out = (struct form_files){ 0 };
	for (size_t i = 0; i < n; i++) vec_push(p->cx, &out->at, standing_file(p, &standing[i], proof));
	sort(out);
}

err files_form_refused(struct fields *f, err e)
{
	struct fault *fault = &f->page->cx->fault;
	if (e != CONFLICT || !str_eq(fault->field, S("files"))) return fields_refused(f, e);
	fields_error(f, "files", STR_FMT, STR_ARG(fault->sentence));
	*fault = (struct fault){ 0 };
	return OK;
}

struct file_place *files_form_places(struct page *p, const struct form_files *files)
{
	struct file_place *places = cx_array_of(p->cx, struct file_place, files->at.n);
	for (size_t i = 0; i < files->at.n; i++) places[i] = files->at.at[i].place;
	return places;
}

struct shown_file *files_form_shown(struct page *p, const struct form_files *files)
{
	struct shown_file *shown = cx_array_of(p->cx, struct shown_file, files->at.n);
	for (size_t i = 0; i < files->at.n; i++) shown[i] = files->at.at[i].shown;
	return shown;
}

static bool removed_of(const struct form_files *files, uint32_t *removed)
{
	size_t n = 0;
	*removed = 0;
	for (size_t i = 0; i < files->at.n; i++) *removed |= files->at.at[i].removed, n += files->at.at[i].place.has_token;
	return n > 0;
}

static str told(struct cx *cx, uint32_t removed)
{
	str gone = media_removed_words(cx, removed), unsure = media_unsure_words(cx, removed), rest = S("");
	if (unsure.n) rest = str_fmt(cx, " Kept as they came, so that nobody can say what may be hidden in them: " STR_FMT ".", STR_ARG(unsure));
	if (!gone.n) return str_join(cx, S("Nothing was found in the files that had to be taken out."), rest);
	return str_fmt(cx, "Taken out of the files: " STR_FMT "." STR_FMT, STR_ARG(gone), STR_ARG(rest));
}

str files_form_cleaned(struct cx *cx, const struct form_files *files)
{
	uint32_t removed;
	return removed_of(files, &removed) ? told(cx, removed) : S("");
}

str files_form_query(struct cx *cx, const struct form_files *files)
{
	uint32_t removed;
	return removed_of(files, &removed) ? str_fmt(cx, "&cleaned=%" PRIu32, removed) : S("");
}

str files_form_done(struct page *p, str sentence)
{
	int64_t removed;
	if (!str_to_int(request_query(p->req, S("cleaned")), 0, UINT32_MAX, &removed)) return sentence;
	return str_fmt(p->cx, STR_FMT " " STR_FMT, STR_ARG(sentence), STR_ARG(told(p->cx, (uint32_t)removed)));
}

/* What a file may be beside its bytes. */
static str measure_of(struct cx *cx, enum media_group group)
{
	const struct media_limits *l = &media_limits_usual;
	switch (group) {
	case MEDIA_PICTURE: return str_fmt(cx, "%" PRId64 " megapixels", l->pixels / 1000000);
	case MEDIA_DOCUMENT: return str_fmt(cx, "%" PRId64 " pages", l->pages);
	default: return str_fmt(cx, "%" PRId64 " hours", l->duration / 3600000);
	}
}

/* "Up to 8 files, each up to 50 MB: pictures (JPEG, …; up to 64 megapixels, 30 MB), …" */
static str limits_of(struct page *p)
{
	const struct conf *c = &p->app->conf;
	static const struct {
		enum media_group group;
		const char *many, *kinds;
	} groups[] = { { MEDIA_PICTURE, "pictures", "JPEG, PNG, GIF, WebP, AVIF, HEIC" }, { MEDIA_SOUND, "sound", "MP3, Ogg, FLAC, M4A, WAV" },
		{ MEDIA_VIDEO, "video", "MP4, WebM, OGV" }, { MEDIA_DOCUMENT, "documents", "PDF, plain text" } };
	struct buf b = buf_new(p->cx, 2048);
	buf_fmt(&b, "Up to " STR_FMT ", each up to %" PRId64 " MB:", STR_ARG(present_count(p->cx, c->max_files, "file", "files")), c->max_file_mb);
	bool first = true;
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
		int64_t most = uploads_most(c, groups[i].group) / MIB;
		if (most == 0) continue;
		buf_fmt(&b, "%s %s (%s; up to " STR_FMT, first ? "" : ",", groups[i].many, groups[i].kinds, STR_ARG(measure_of(p->cx, groups[i].group)));
		if (most < c->max_file_mb) buf_fmt(&b, ", %" PRId64 " MB", most);
		buf_lit(&b, ")");
		first = false;
	}
	buf_fmt(&b, ". None are taken while less than %" PRId64 " MB are free on the server’s disk.", c->keep_free_mb);
	return buf_view(&b);
}

static void show_received(struct page *p, const struct form_files *files, struct view_uploads *v)
{
	v->received = cx_array_of(p->cx, struct view_received, files->at.n);
	for (size_t i = 0; i < files->at.n; i++) {
		const struct form_file *file = &files->at.at[i];
		v->received[v->received_n++] = (struct view_received){ .number = (int64_t)i + 1, .handle = file->handle, .name = file->shown.name,
			.kind = str_of(media_name(file->shown.kind)), .size = figures_bytes(p->cx, file->shown.bytes), .alt = file->place.alt,
			.caption = file->place.caption, .thumb = figures_thumb(p, &file->shown), .standing = file->standing,
			.removed = media_removed_words(p->cx, file->removed) };
	}
}

struct view_uploads *files_form_show(struct page *p, const struct form_files *files, str error, bool placing)
{
	const struct conf *c = &p->app->conf;
	size_t have = files ? files->at.n : 0, refused = files ? files->refused.n : 0;
	if (!uploads_taken(c)) return NULL;
	struct view_uploads *v = cx_new_of(p->cx, struct view_uploads);
	*v = (struct view_uploads){ .limits = limits_of(p), .most = c->max_files, .bytes = c->max_file_mb * MIB, .placing = placing,
		.script = p->app->assets.at[ASSET_SCRIPT].address };
	p->script = true;
	if (refused == 0) v->error = error;
	if (files) show_received(p, files, v);
	size_t left = have < (size_t)c->max_files ? (size_t)c->max_files - have : 0;
	size_t open = refused > SLOTS ? refused : SLOTS;
	v->slots = cx_array_of(p->cx, struct view_slot, left);
	v->more = cx_array_of(p->cx, struct view_slot, left);
	for (size_t i = 0; i < left; i++) {
		struct view_slot *slot = i < open ? &v->slots[v->slots_n++] : &v->more[v->more_n++];
		slot->number = (int64_t)(have + i + 1);
		if (i >= refused) continue;
		const struct form_refusal *r = &files->refused.at[i];
		slot->alt = r->alt;
		slot->caption = r->caption;
		slot->error = r->sentence;
	}
	return v;
}
