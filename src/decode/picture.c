/* One decoding for everything: the pixels are brought into memory once, and the cleaned file and all sizes are made from there. Nothing of the file
 * but its pixels, and a moving picture's delays, ever reaches an encoder: fields are removed one by one until none is left. */
#include "decode/picture.h"

#include <string.h>

#include "base/limits.h"
#include "base/must.h"
#include "decode/jpeg_head.h"
#include "decode/pixels.h"
#include "decode/quality.h"
#include "decode/traces.h"
#include "base/banned.h"

#define FILE_MOST (256 * MIB)
#define WEBP_SIDE_MOST 16000 /* the format ends at 16383 */
#define QUALITY_WHOLE 90 /* of a cleaned lossy WebP; a JPEG's is found (quality.h) */
#define QUALITY_SIZE 80  /* of the sizes */

/* How a file is written. */
struct coding {
	enum media_kind kind;
	bool lossless, halved, roomy; /* halved: colours; roomy: there is memory for a second look at what is coded */
	int quality;
};

static void drop(void *image) { g_object_unref(image); }

/* What a step made: the arena's end lets it go. */
static VipsImage *held(struct job *job, VipsImage *image)
{
	cx_defer(job->cx, drop, image);
	return image;
}

static err damaged(struct job *job)
{
	vips_error_clear();
	return job_refuse(job, MEDIA_REFUSED_DAMAGED);
}

/* opening */

static int load(enum media_kind kind, str file, int pages, VipsImage **out)
{
	void *p = (void *)(uintptr_t)file.p;
	switch (kind) {
	case MEDIA_JPEG: return vips_jpegload_buffer(p, file.n, out, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_TRUNCATED, NULL);
	case MEDIA_PNG: return vips_pngload_buffer(p, file.n, out, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_TRUNCATED, NULL);
	case MEDIA_GIF:
		return vips_gifload_buffer(p, file.n, out, "n", pages, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_TRUNCATED, NULL);
	case MEDIA_WEBP:
		return vips_webpload_buffer(p, file.n, out, "n", pages, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_TRUNCATED, NULL);
	default: return vips_heifload_buffer(p, file.n, out, "access", VIPS_ACCESS_SEQUENTIAL, NULL);
	}
}

/* Only headers have been read so far: what is too large is refused before it is decoded. */
static err open_picture(struct job *job, enum media_kind kind, str file, VipsImage **out)
{
	bool may_move = kind == MEDIA_GIF || kind == MEDIA_WEBP;
	VipsImage *image = NULL;
	if (load(kind, file, 1, &image) != 0) return damaged(job);
	held(job, image);
	int frames = may_move ? vips_image_get_n_pages(image) : 1;
	if (frames > job->limits.pages) return job_refuse(job, MEDIA_REFUSED_PAGES);
	if ((int64_t)image->Xsize * image->Ysize > job->limits.pixels / frames) return job_refuse(job, MEDIA_REFUSED_PIXELS);
	if (frames > 1) {
		if (load(kind, file, -1, &image) != 0) return damaged(job);
		held(job, image);
	}
	if ((int64_t)image->Xsize * image->Ysize > job->limits.pixels) return job_refuse(job, MEDIA_REFUSED_PIXELS);
	job->result.pages = frames;
	*out = image;
	return OK;
}

/* what is taken out */

static uint32_t of_blob(VipsImage *image, const char *name)
{
	const void *p;
	size_t n;
	if (vips_image_get_typeof(image, name) == 0) return 0;
	if (strcmp(name, VIPS_META_XMP_NAME) == 0 && vips_image_get_blob(image, name, &p, &n) == 0) return traces_in_xmp((str){ p, n });
	return MEDIA_OTHER;
}

/* IIM 4.2: 0x1c 2 number: the numbers that newsrooms fill in. */
static uint32_t of_iptc(VipsImage *image)
{
	const void *blob;
	size_t n;
	uint32_t found = 0;
	if (vips_image_get_typeof(image, VIPS_META_IPTC_NAME) == 0 || vips_image_get_blob(image, VIPS_META_IPTC_NAME, &blob, &n) != 0) return 0;
	const unsigned char *p = blob;
	for (size_t i = 0; i + 3 <= n; i++) {
		if (p[i] != 0x1c || p[i + 1] != 2) continue;
		unsigned number = p[i + 2];
		if (number == 80 || number == 85 || number == 116) found |= MEDIA_AUTHOR;
		else if (number >= 90 && number <= 101) found |= MEDIA_PLACE;
		else if (number >= 55 && number <= 63) found |= MEDIA_DATE;
		else if (number == 120 || number == 105) found |= MEDIA_COMMENT;
		else if (number == 25 || number == 5 || number == 15) found |= MEDIA_TAGS;
		else if (number == 65) found |= MEDIA_SOFTWARE;
	}
	return found ? found : MEDIA_OTHER;
}

/* "exif-ifd0-Make": fields that every JPEG's writer fills in by itself are not told. */
static uint32_t of_exif(const char *field)
{
	static const char *const plain[] = { "XResolution", "YResolution", "ResolutionUnit", "Orientation", "YCbCrPositioning", "ExifVersion",
		"FlashpixVersion", "FlashPixVersion", "ColorSpace", "ComponentsConfiguration", "PixelXDimension", "PixelYDimension",
		"Compression", "InteroperabilityIndex", "InteroperabilityVersion" };
	const char *name = strrchr(field, '-') + 1;
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		if (strcmp(name, plain[i]) == 0) return 0;
	if (strncmp(field, "exif-ifd3-", 10) == 0) return MEDIA_PLACE;
	if (strncmp(field, "exif-ifd1-", 10) == 0) return MEDIA_THUMBNAIL;
	return traces_of_name(str_of(name));
}

static uint32_t traces(VipsImage *image, enum media_kind kind, str file)
{
	uint32_t found = of_blob(image, VIPS_META_XMP_NAME) | of_iptc(image);
	char **fields = vips_image_get_fields(image);
	for (size_t i = 0; fields && fields[i]; i++) {
		const char *name = fields[i];
		if (strncmp(name, "exif-ifd", 8) == 0) found |= of_exif(name);
		else if (strcmp(name, "gif-comment") == 0) found |= MEDIA_COMMENT;
		else if (strcmp(name, "jpeg-thumbnail-data") == 0) found |= MEDIA_THUMBNAIL;
		else if (strncmp(name, "png-comment-", 12) == 0 && kind != MEDIA_PNG) found |= MEDIA_COMMENT;
	}
	g_strfreev(fields);
	if (kind == MEDIA_JPEG) found |= traces_in_jpeg(file);
	if (kind == MEDIA_PNG) found |= traces_in_png(file);
	return found;
}

/* pixels */

/* A plain copy of image with no field left but those that say how a moving picture moves, at 72 pixels an inch. */
static err strip(struct job *job, VipsImage *image, bool moves, VipsImage **out)
{
	VipsImage *copy;
	if (vips_copy(image, &copy, "xres", 72 / 25.4, "yres", 72 / 25.4, NULL) != 0) return damaged(job);
	held(job, copy);
	char **fields = vips_image_get_fields(copy);
	static const char *const kept[] = { "page-height", "n-pages", "delay", "loop" };
	for (size_t i = 0; fields && fields[i]; i++) {
		bool keep = false;
		for (size_t k = 0; moves && k < sizeof kept / sizeof *kept; k++) keep = keep || strcmp(fields[i], kept[k]) == 0;
		if (!keep) vips_image_remove(copy, fields[i]); /* those of the image itself (width, bands, ...) stay */
	}
	g_strfreev(fields);
	*out = copy;
	return OK;
}

/* To sRGB, or grey, of 8 bits, or of 16 where the file had them. A profile that cannot be used counts as none. */
static VipsImage *in_srgb(struct job *job, VipsImage *image)
{
	VipsImage *out;
	bool deep = image->BandFmt == VIPS_FORMAT_USHORT;
	VipsInterpretation is = image->Type;
	if (vips_image_get_typeof(image, VIPS_META_ICC_NAME) &&
	    vips_icc_transform(image, &out, "srgb", "embedded", TRUE, "intent", VIPS_INTENT_RELATIVE, "depth", deep ? 16 : 8, NULL) == 0)
		return held(job, out);
	vips_error_clear();
	if (is == VIPS_INTERPRETATION_sRGB || is == VIPS_INTERPRETATION_B_W || is == VIPS_INTERPRETATION_RGB16 || is == VIPS_INTERPRETATION_GREY16)
		return image;
	if (vips_colourspace(image, &out, VIPS_INTERPRETATION_sRGB, NULL) != 0) return NULL;
	return held(job, out);
}

/* Into memory: from here on no byte of the file is looked at. */
static err in_memory(struct job *job, VipsImage *image, VipsImage **out)
{
	*out = vips_image_copy_memory(image);
	if (!*out) return damaged(job);
	held(job, *out);
	return OK;
}

/* writing */

struct sink {
	struct job *job;
	struct media_output *to;
	int64_t at;
};

static gint64 sink_write(VipsTargetCustom *target, const void *bytes, gint64 n, struct sink *s)
{
	(void)target;
	if (n < 0 || !job_write(s->job, s->to, s->at, bytes, (size_t)n)) return -1;
	s->at += n;
	return n;
}

/* A WebP file (RFC 9649) without its chunks of metadata: libvips 8.14 writes an Exif of its own, asked to or not. */
static size_t without_metadata(unsigned char *p, size_t n)
{
	enum { HEAD = 12, CHUNK = 8, FLAGS = HEAD + CHUNK, FLAG_EXIF = 8, FLAG_XMP = 4 };
	size_t to = HEAD;
	if (n < FLAGS + 1) return n;
	for (size_t at = HEAD, whole; at + CHUNK <= n; at += whole) {
		size_t size = p[at + 4] | (size_t)p[at + 5] << 8 | (size_t)p[at + 6] << 16 | (size_t)p[at + 7] << 24;
		whole = CHUNK + size + size % 2;
		if (whole > n - at) whole = n - at;
		if (memcmp(p + at, "EXIF", 4) == 0 || memcmp(p + at, "XMP ", 4) == 0) continue;
		memmove(p + to, p + at, whole);
		to += whole;
	}
	if (memcmp(p + HEAD, "VP8X", 4) == 0) p[FLAGS] &= (unsigned char)~(FLAG_EXIF | FLAG_XMP);
	for (int i = 0; i < 4; i++) p[4 + i] = (unsigned char)((to - CHUNK) >> 8 * i);
	return to;
}

static int encode_webp(VipsImage *image, bool lossless, int quality, VipsTarget *target)
{
	void *bytes;
	size_t n;
	if (vips_webpsave_buffer(image, &bytes, &n, "Q", lossless ? 75 : quality, "lossless", lossless, "effort", 2, "strip", TRUE, NULL) != 0) return -1;
	int bad = vips_target_write(target, bytes, without_metadata(bytes, n));
	bad |= vips_target_end(target);
	g_free(bytes);
	return bad;
}

static int encode(VipsImage *image, const struct coding *c, VipsTarget *target)
{
	switch (c->kind) {
	case MEDIA_JPEG:
		return vips_jpegsave_target(image, target, "Q", c->quality, "optimize_coding", c->roomy, "subsample_mode",
		    c->halved ? VIPS_FOREIGN_SUBSAMPLE_ON : VIPS_FOREIGN_SUBSAMPLE_OFF, "strip", TRUE, NULL);
	case MEDIA_PNG: return vips_pngsave_target(image, target, "compression", 6, "strip", TRUE, NULL);
	case MEDIA_GIF: return vips_gifsave_target(image, target, "dither", 0.0, "effort", 7, "interpalette_maxerror", 0.0, "strip", TRUE, NULL);
	default: return encode_webp(image, c->lossless, c->quality, target);
	}
}

static err write_picture(struct job *job, VipsImage *image, const struct coding *c)
{
	int height = vips_image_get_page_height(image);
	struct sink sink = { job, job_begin(job, c->kind, image->Xsize, height), 0 };
	if (!sink.to) return OK; /* nobody wants it */
	VipsTargetCustom *target = vips_target_custom_new();
	g_signal_connect(target, "write", G_CALLBACK(sink_write), &sink);
	int bad = encode(image, c, VIPS_TARGET(target));
	g_object_unref(target);
	if (job->refusal != MEDIA_NOT_REFUSED) return job_refuse(job, job->refusal);
	return bad ? damaged(job) : OK;
}

static err write_size(struct job *job, VipsImage *image, enum media_kind kind)
{
	return write_picture(job, image, &(struct coding){ .kind = kind, .halved = true, .roomy = true, .quality = QUALITY_SIZE });
}

/* RGB or grey of 8 bits, for the sizes. */
static err shallow(struct job *job, VipsImage *image, VipsImage **out)
{
	*out = image;
	if (image->BandFmt == VIPS_FORMAT_UCHAR) return OK;
	VipsImage *made;
	bool grey = image->Bands < 3;
	if (vips_colourspace(image, &made, grey ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB, NULL) != 0) return damaged(job);
	return in_memory(job, held(job, made), out);
}

/* Each size from the smallest one made before that is at least twice as wide: as good as from the whole, and far cheaper. */
static err write_sizes(struct job *job, VipsImage *whole, enum media_kind second)
{
	static const int widths[] = MEDIA_WIDTHS;
	VipsImage *made[MEDIA_WIDTHS_N + 1] = { whole };
	size_t n = 1;
	for (size_t i = 0; i < MEDIA_WIDTHS_N; i++) {
		if (widths[i] >= whole->Xsize || (int64_t)whole->Ysize * widths[i] / whole->Xsize > WEBP_SIDE_MOST) continue;
		size_t from = n - 1;
		while (from > 0 && made[from]->Xsize < 2 * widths[i]) from--;
		VipsImage *small;
		if (vips_thumbnail_image(made[from], &small, widths[i], "height", 10000000, "size", VIPS_SIZE_DOWN, "no_rotate", TRUE, NULL) != 0)
			return damaged(job);
		held(job, small);
		TRY(in_memory(job, small, &small));
		if (small->Xsize != widths[i]) return damaged(job);
		made[n++] = small;
		TRY(strip(job, small, false, &small));
		TRY(write_size(job, small, MEDIA_WEBP));
		TRY(write_size(job, small, second));
	}
	return OK;
}

static err first_frame(struct job *job, VipsImage *image, VipsImage **out)
{
	*out = image;
	if (job->result.pages <= 1) return OK;
	if (vips_crop(image, out, 0, 0, image->Xsize, vips_image_get_page_height(image), NULL) != 0) return damaged(job);
	held(job, *out);
	return strip(job, *out, false, out);
}

/* RFC 9649 2.7: a lossless picture is a VP8L chunk, in its frames when it moves; that one that says so before any other is enough. */
static bool is_lossless(enum media_kind kind, str file)
{
	if (kind != MEDIA_WEBP) return kind == MEDIA_PNG || kind == MEDIA_GIF;
	for (size_t i = 12; i + 8 <= file.n;) {
		str name = str_sub(file, i, 4);
		const unsigned char *p = (const unsigned char *)file.p + i + 4;
		size_t n = (size_t)p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 | (size_t)p[3] << 24;
		if (str_eq(name, S("VP8L"))) return true;
		if (str_eq(name, S("VP8 "))) return false;
		i += str_eq(name, S("ANMF")) ? 8 + 16 : 8 + n + (n & 1);
	}
	return false;
}

static enum media_kind kept_as(enum media_kind kind, VipsImage *image)
{
	if (kind == MEDIA_AVIF || kind == MEDIA_HEIC) return vips_image_hasalpha(image) ? MEDIA_PNG : MEDIA_JPEG;
	return kind;
}

/* The cleaned file, as good as what came. */
static err write_whole(struct job *job, VipsImage *image, VipsImage *pixels, enum media_kind came, str file)
{
	struct coding c = { .kind = job->result.kind, .lossless = is_lossless(came, file), .quality = QUALITY_WHOLE, .roomy = pixels_leave_room(image) };
	if (c.kind == MEDIA_JPEG && image->BandFmt == VIPS_FORMAT_UCHAR) {
		struct jpeg_head head = came == MEDIA_JPEG ? jpeg_head(file) : (struct jpeg_head){ 0 };
		struct quality q = quality_for(pixels, &head);
		c.quality = q.q;
		c.halved = q.halved;
	}
	return write_picture(job, image, &c);
}

/* From here on no byte of the file is looked at but for how it was coded, and its decoder is gone. */
static err read_pixels(struct job *job, enum media_kind kind, str file, bool *moves, VipsImage **out)
{
	struct cx *outer = job->cx, *inner = cx_new();
	VipsImage *image = NULL;
	job->cx = inner;
	err e = open_picture(job, kind, file, &image);
	*moves = job->result.pages > 1;
	if (e == OK && !pixels_fit(image, kind, file)) e = job_refuse(job, MEDIA_REFUSED_MEMORY);
	if (e == OK) {
		job->result.removed |= traces(image, kind, file);
		image = in_srgb(job, image);
		if (!image) e = damaged(job);
	}
	job->cx = outer;
	if (e == OK) e = pixels_read(job, image, *moves, out);
	else e = job->refusal != MEDIA_NOT_REFUSED ? job_refuse(job, job->refusal) : cx_fail(outer, e, NULL, "a picture cannot be opened");
	cx_end(inner);
	return e;
}

err picture_clean(struct job *job, enum media_kind kind)
{
	str file;
	bool moves;
	VipsImage *pixels = NULL, *image, *still;
	TRY(job_map(job, FILE_MOST, &file));
	TRY(read_pixels(job, kind, file, &moves, &pixels));
	TRY(strip(job, pixels, moves, &image));
	job->result.found = kind;
	job->result.kind = kept_as(kind, image);
	job->result.width = image->Xsize;
	job->result.height = vips_image_get_page_height(image);
	TRY(write_whole(job, image, pixels, kind, file));
	if (job->outputs_n < 2) return OK;
	TRY(first_frame(job, image, &still));
	TRY(shallow(job, still, &still));
	bool flat = !vips_image_hasalpha(still) && job->result.kind != MEDIA_PNG && job->result.kind != MEDIA_GIF;
	return write_sizes(job, still, flat ? MEDIA_JPEG : MEDIA_PNG);
}

err picture_still(struct job *job, VipsImage *image)
{
	held(job, image);
	VipsImage *flat = image;
	if (vips_image_hasalpha(image)) {
		VipsArrayDouble *white = vips_array_double_newv(1, 255.0);
		int bad = vips_flatten(image, &flat, "background", white, NULL);
		vips_area_unref(VIPS_AREA(white));
		if (bad) return damaged(job);
		held(job, flat);
	}
	if (image->Xsize > MEDIA_POSTER_WIDTH) {
		if (vips_thumbnail_image(flat, &flat, MEDIA_POSTER_WIDTH, "height", 10000000, "size", VIPS_SIZE_DOWN, "no_rotate", TRUE, NULL) != 0)
			return damaged(job);
		held(job, flat);
	}
	TRY(in_memory(job, flat, &flat));
	TRY(strip(job, flat, false, &flat));
	TRY(write_size(job, flat, MEDIA_WEBP));
	return write_size(job, flat, MEDIA_JPEG);
}
