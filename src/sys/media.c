/* One table of kinds, one of words, one of sentences, and the door through which a child's answer must pass: the process that wrote it has read
 * a stranger's file, so it is taken for the stranger's own words. */
#include "sys/media.h"

#include <string.h>

#include "base/cx.h"
#include "base/must.h"
#include "base/banned.h"

static const struct kind {
	const char *name, *suffix;
	str mime;
	enum media_group group;
	bool kept;
} kinds[MEDIA_KINDS] = {
	[MEDIA_NONE] = { "unknown", "bin", S_INIT("application/octet-stream"), MEDIA_GROUP_NONE, false },
	[MEDIA_JPEG] = { "JPEG", "jpg", S_INIT("image/jpeg"), MEDIA_PICTURE, true },
	[MEDIA_PNG] = { "PNG", "png", S_INIT("image/png"), MEDIA_PICTURE, true },
	[MEDIA_GIF] = { "GIF", "gif", S_INIT("image/gif"), MEDIA_PICTURE, true },
	[MEDIA_WEBP] = { "WebP", "webp", S_INIT("image/webp"), MEDIA_PICTURE, true },
	[MEDIA_AVIF] = { "AVIF", "avif", S_INIT("image/avif"), MEDIA_PICTURE, false },
	[MEDIA_HEIC] = { "HEIC", "heic", S_INIT("image/heic"), MEDIA_PICTURE, false },
	[MEDIA_MP3] = { "MP3", "mp3", S_INIT("audio/mpeg"), MEDIA_SOUND, true },
	[MEDIA_OGG] = { "Ogg", "ogg", S_INIT("audio/ogg"), MEDIA_SOUND, true },
	[MEDIA_FLAC] = { "FLAC", "flac", S_INIT("audio/flac"), MEDIA_SOUND, true },
	[MEDIA_M4A] = { "M4A", "m4a", S_INIT("audio/mp4"), MEDIA_SOUND, true },
	[MEDIA_WAV] = { "WAV", "wav", S_INIT("audio/wav"), MEDIA_SOUND, true },
	[MEDIA_MP4] = { "MP4", "mp4", S_INIT("video/mp4"), MEDIA_VIDEO, true },
	[MEDIA_WEBM] = { "WebM", "webm", S_INIT("video/webm"), MEDIA_VIDEO, true },
	[MEDIA_OGV] = { "Ogg video", "ogv", S_INIT("video/ogg"), MEDIA_VIDEO, true },
	[MEDIA_PDF] = { "PDF", "pdf", S_INIT("application/pdf"), MEDIA_DOCUMENT, true },
	[MEDIA_TEXT] = { "plain text", "txt", S_INIT("text/plain; charset=utf-8"), MEDIA_DOCUMENT, true },
};

const struct media_limits media_limits_usual = { 64000000, INT64_C(6) * 3600 * 1000, 2000, INT64_C(2) << 30 };

static const struct kind *kind_of(enum media_kind k)
{
	MUST(k >= MEDIA_NONE && k < MEDIA_KINDS);
	return &kinds[k];
}

const char *media_name(enum media_kind k) { return kind_of(k)->name; }
str media_mime(enum media_kind k) { return kind_of(k)->mime; }
const char *media_suffix(enum media_kind k) { return kind_of(k)->suffix; }
enum media_group media_group(enum media_kind k) { return kind_of(k)->group; }
bool media_is_kept(enum media_kind k) { return kind_of(k)->kept; }

const char *media_removed_word(size_t bit)
{
	static const char *const words[] = { "place", "camera", "date", "author", "software", "comment", "thumbnail", "embedded files", "script",
		"tags", "cover art", "other data" };
	return bit < sizeof words / sizeof *words ? words[bit] : NULL;
}

str media_unsure_words(struct cx *cx, uint32_t removed)
{
	static const char *const words[] = { "typefaces", "words that are not drawn", "parts of pages that were cropped away", "layers that are not shown at first",
		"pictures in fax code", "sound and video as they were encoded" };
	struct buf b = buf_new(cx, 256);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (removed & ((uint32_t)MEDIA_UNSURE_TYPEFACE << i)) buf_fmt(&b, "%s%s", b.n ? ", " : "", words[i]);
	return buf_view(&b);
}

str media_removed_words(struct cx *cx, uint32_t removed)
{
	struct buf b = buf_new(cx, 256);
	const char *word;
	for (size_t bit = 0; (word = media_removed_word(bit)); bit++)
		if (removed & (1U << bit)) buf_fmt(&b, "%s%s", b.n ? ", " : "", word);
	return buf_view(&b);
}

const char *media_refusal_sentence(enum media_refusal r)
{
	static const char *const sentences[MEDIA_REFUSALS] = {
		[MEDIA_NOT_REFUSED] = "is fine",
		[MEDIA_REFUSED_EMPTY] = "is empty",
		[MEDIA_REFUSED_UNKNOWN] = ("is not of a kind that can be published here: pictures (JPEG, PNG, GIF, WebP, AVIF, HEIC), sound (MP3, Ogg, FLAC, "
		                          "M4A, WAV), video (MP4, WebM, OGV), PDF and plain text can"),
		[MEDIA_REFUSED_UNWANTED] = "is of a kind that is not wanted here",
		[MEDIA_REFUSED_DAMAGED] = "is damaged and cannot be read",
		[MEDIA_REFUSED_PIXELS] = "has more pixels than are allowed",
		[MEDIA_REFUSED_DURATION] = "lasts longer than is allowed",
		[MEDIA_REFUSED_PAGES] = "has more pages or frames than are allowed",
		[MEDIA_REFUSED_BYTES] = "is larger than is allowed",
		[MEDIA_REFUSED_ENCRYPTED] = "opens only with a password, so it cannot be cleaned: save it without one and send it again",
		[MEDIA_REFUSED_VIDEO] = "holds video that browsers do not play: they play H.264 (in MP4), VP8, VP9 and AV1 (in WebM), and Theora",
		[MEDIA_REFUSED_SOUND] = "holds sound that browsers do not play: they play MP3, AAC (in MP4), Opus, Vorbis and FLAC",
		[MEDIA_REFUSED_NOTHING] = "holds nothing that can be seen or heard",
		[MEDIA_REFUSED_TEXT] = "is neither of a kind that can be published here nor plain text in UTF-8",
		[MEDIA_REFUSED_ROOM] = "cannot be kept: the disk is full",
		[MEDIA_REFUSED_MEMORY] = ("is too large to be cleaned in the memory that this server gives to one file: make it smaller (fewer pixels, a "
		                         "document in parts) and send it again"),
		[MEDIA_REFUSED_TIME] = "takes too long to be read",
		[MEDIA_REFUSED_ENDED] = "cannot be read safely",
	};
	MUST(r >= MEDIA_NOT_REFUSED && r < MEDIA_REFUSALS);
	return sentences[r];
}

bool media_limits_fit(const struct media_limits *l)
{
	return l->pixels > 0 && l->pixels <= MEDIA_PIXELS_MOST && l->duration > 0 && l->duration <= MEDIA_DURATION_MOST && l->pages > 0 &&
	    l->pages <= MEDIA_PAGES_MOST && l->bytes > 0 && l->bytes <= MEDIA_BYTES_MOST;
}

/* results */

#define SIDE_MOST 65535 /* no format that we keep has a longer side */

void media_put_result(struct buf *b, const struct media_result *r)
{
	MUST(r->n <= MEDIA_OUTPUTS_MOST);
	const int64_t head[] = { r->found, r->kind, r->width, r->height, r->duration, r->pages, r->removed, (int64_t)r->n };
	for (size_t i = 0; i < sizeof head / sizeof *head; i++) msg_put_int(b, head[i]);
	for (size_t i = 0; i < r->n; i++) {
		const struct media_output *o = &r->outputs[i];
		const int64_t line[] = { o->kind, o->width, o->height, o->bytes };
		for (size_t k = 0; k < sizeof line / sizeof *line; k++) msg_put_int(b, line[k]);
	}
}

static err take_within(struct cx *cx, struct msg *m, int64_t least, int64_t most, int64_t *out)
{
	TRY(msg_take_int(cx, m, out));
	if (*out >= least && *out <= most) return OK;
	return cx_fail(cx, INVALID, NULL, "message %u says %lld where %lld to %lld may stand", m->type, (long long)*out, (long long)least,
	    (long long)most);
}

static err take_output(struct cx *cx, struct msg *m, struct media_output *out)
{
	int64_t kind, width, height;
	TRY(take_within(cx, m, MEDIA_NONE + 1, MEDIA_KINDS - 1, &kind));
	TRY(take_within(cx, m, 0, SIDE_MOST, &width));
	TRY(take_within(cx, m, 0, SIDE_MOST, &height));
	TRY(take_within(cx, m, 1, MEDIA_BYTES_MOST, &out->bytes));
	*out = (struct media_output){ (enum media_kind)kind, (int)width, (int)height, out->bytes, -1 };
	return OK;
}

err media_take_result(struct cx *cx, struct msg *m, struct media_result *out)
{
	int64_t found, kind, width, height, pages, removed, n;
	*out = (struct media_result){ 0 };
	TRY(take_within(cx, m, MEDIA_NONE + 1, MEDIA_KINDS - 1, &found));
	TRY(take_within(cx, m, MEDIA_NONE + 1, MEDIA_KINDS - 1, &kind));
	TRY(take_within(cx, m, 0, SIDE_MOST, &width));
	TRY(take_within(cx, m, 0, SIDE_MOST, &height));
	TRY(take_within(cx, m, 0, MEDIA_DURATION_MOST, &out->duration));
	TRY(take_within(cx, m, 0, MEDIA_PAGES_MOST, &pages));
	TRY(take_within(cx, m, 0, MEDIA_REMOVED_ALL, &removed));
	TRY(take_within(cx, m, 1, MEDIA_OUTPUTS_MOST, &n));
	for (int64_t i = 0; i < n; i++) TRY(take_output(cx, m, &out->outputs[i]));
	TRY(msg_end(cx, m));
	out->found = (enum media_kind)found;
	out->kind = (enum media_kind)kind;
	out->width = (int)width;
	out->height = (int)height;
	out->pages = (int)pages;
	out->removed = (uint32_t)removed;
	out->n = (size_t)n;
	return OK;
}

/* Whether a file that came as found may be kept as kept. */
static bool may_become(enum media_kind found, enum media_kind kept)
{
	if (!media_is_kept(kept)) return false;
	if (found == MEDIA_AVIF || found == MEDIA_HEIC) return kept == MEDIA_JPEG || kept == MEDIA_PNG;
	if (found == MEDIA_WEBM) return kept == MEDIA_WEBM || kept == MEDIA_MP4 || kept == MEDIA_M4A; /* Matroska may hold what WebM may not */
	return found == kept;
}

static bool has_measure(const struct media_output *o, int64_t pixels)
{
	return o->width > 0 && o->height > 0 && (int64_t)o->width * o->height <= pixels;
}

/* The sizes of a picture: in pairs, WebP and then another of the same measure; widths from the list, descending, below its own. */
static bool sizes_fit(const struct media_result *r)
{
	static const int widths[] = MEDIA_WIDTHS;
	size_t next = 0;
	if (r->n % 2 != 1) return false;
	for (size_t i = 1; i < r->n; i += 2) {
		const struct media_output *a = &r->outputs[i], *b = &r->outputs[i + 1];
		while (next < MEDIA_WIDTHS_N && widths[next] != a->width) next++;
		if (next++ == MEDIA_WIDTHS_N || a->width >= r->width) return false;
		if (a->kind != MEDIA_WEBP || (b->kind != MEDIA_JPEG && b->kind != MEDIA_PNG)) return false;
		if (a->height <= 0 || a->height > r->height || b->width != a->width || b->height != a->height) return false;
	}
	return true;
}

static bool group_fits(const struct media_result *r, const struct media_limits *l)
{
	const struct media_output *whole = &r->outputs[0];
	bool same = whole->width == r->width && whole->height == r->height;
	switch (media_group(r->kind)) {
	case MEDIA_PICTURE: return same && has_measure(whole, l->pixels) && r->pages >= 1 && r->duration == 0 && sizes_fit(r);
	case MEDIA_VIDEO: return same && has_measure(whole, l->pixels) && r->pages == 0 && r->n == 1;
	case MEDIA_SOUND: return same && r->width == 0 && r->height == 0 && r->pages == 0 && r->n == 1;
	case MEDIA_DOCUMENT:
		return same && r->width == 0 && r->height == 0 && r->duration == 0 && r->n == 1 && (r->kind == MEDIA_PDF) == (r->pages > 0);
	case MEDIA_GROUP_NONE: break;
	}
	return false;
}

static bool limits_kept(const struct media_result *r, const struct media_limits *l)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->outputs[i].bytes > l->bytes) return false;
	return r->duration <= l->duration && r->pages <= l->pages;
}

err media_check(struct cx *cx, const struct media_result *r, uint32_t wanted, const struct media_limits *limits)
{
	if (!(MEDIA_BIT(r->found) & wanted) || !may_become(r->found, r->kind) || r->outputs[0].kind != r->kind)
		return cx_fail(cx, INVALID, NULL, "a decode child says that %s became %s", media_name(r->found), media_name(r->kind));
	if (!limits_kept(r, limits)) return cx_fail(cx, INVALID, NULL, "a decode child says that it made more than is allowed");
	if (!group_fits(r, limits)) return cx_fail(cx, INVALID, NULL, "a decode child's measures of %s make no sense", media_name(r->kind));
	return OK;
}

err media_check_stills(struct cx *cx, const struct media_result *r, enum media_kind kind, const struct media_limits *limits)
{
	const struct media_output *a = &r->outputs[0], *b = &r->outputs[1];
	bool fits = r->found == kind && r->kind == kind && r->n == 2 && a->kind == MEDIA_WEBP && b->kind == MEDIA_JPEG && a->width == b->width &&
	    a->height == b->height && a->width <= MEDIA_POSTER_WIDTH && has_measure(a, limits->pixels) && limits_kept(r, limits);
	return fits ? OK : cx_fail(cx, INVALID, NULL, "a decode child's stills of %s make no sense", media_name(kind));
}

/* first bytes */

static bool at(str head, size_t offset, str bytes) { return str_eq(str_sub(head, offset, bytes.n), bytes); }

bool media_starts_as(enum media_kind k, str head)
{
	switch (k) {
	case MEDIA_JPEG: return str_starts(head, S("\xff\xd8\xff"));
	case MEDIA_PNG: return str_starts(head, S("\x89PNG\r\n\x1a\n"));
	case MEDIA_GIF: return str_starts(head, S("GIF89a")) || str_starts(head, S("GIF87a"));
	case MEDIA_WEBP: return str_starts(head, S("RIFF")) && at(head, 8, S("WEBPVP8"));
	case MEDIA_MP3: return head.n >= 4 && (unsigned char)head.p[0] == 0xff && ((unsigned char)head.p[1] & 0xe6) == 0xe2;
	case MEDIA_OGG:
	case MEDIA_OGV: return str_starts(head, S("OggS\0\2"));
	case MEDIA_FLAC: return str_starts(head, S("fLaC"));
	case MEDIA_M4A: return at(head, 4, S("ftypM4A "));
	case MEDIA_MP4: return at(head, 4, S("ftypisom"));
	case MEDIA_WAV: return str_starts(head, S("RIFF")) && at(head, 8, S("WAVEfmt "));
	case MEDIA_WEBM: return str_starts(head, S("\x1a\x45\xdf\xa3")) && str_contains(head, S("webm"));
	case MEDIA_PDF: return str_starts(head, S("%PDF-1.")) || str_starts(head, S("%PDF-2."));
	case MEDIA_TEXT: /* a character may be cut at the end of the head */
		for (size_t i = 0; i < head.n; i++)
			if ((unsigned char)head.p[i] < 0x20 && !strchr("\t\n\r", head.p[i])) return false;
		return head.n > 0;
	case MEDIA_NONE:
	case MEDIA_AVIF:
	case MEDIA_HEIC:
	case MEDIA_KINDS: break;
	}
	return false;
}
