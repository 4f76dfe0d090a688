/* The largest part of a child's memory is the picture, so there is one of it: rows are put where they belong as they are decoded, instead of being turned
 * when all are there. */
#include "decode/pixels.h"

#include <string.h>

#include "base/limits.h"
#include "decode/jpeg_head.h"
#include "base/banned.h"

#define BASE  (80 * MIB) /* libraries, the sizes that are made, what is read ahead */
#define STRIP 32         /* rows at a time */

static int64_t count_of(const VipsImage *image) { return (int64_t)image->Xsize * image->Ysize; }

/* In sixteenths of a byte a pixel, beside the picture itself. */
static int64_t beside(VipsImage *image, enum media_kind kind, str file)
{
	int64_t pel = (int64_t)VIPS_IMAGE_SIZEOF_PEL(image);
	struct jpeg_head head;
	switch (kind) {
	case MEDIA_JPEG:
		head = jpeg_head(file);
		return head.progressive ? 8 * head.samples : 0; /* two bytes a sample */
	case MEDIA_PNG: return file.n > 28 && file.p[28] ? 16 * pel : 8; /* interlaced: all of it is there before any is given away */
	case MEDIA_GIF: return 24;
	case MEDIA_WEBP: return vips_image_get_n_pages(image) > 1 ? 16 * pel : 16 * 12;
	default: return 16 * 10; /* as video, as pixels */
	}
}

bool pixels_fit(VipsImage *image, enum media_kind kind, str file)
{
	int64_t pel = (int64_t)VIPS_IMAGE_SIZEOF_PEL(image);
	return BASE + count_of(image) * pel + count_of(image) * beside(image, kind, file) / 16 <= MEDIA_MEMORY_MB * MIB;
}

bool pixels_leave_room(VipsImage *image)
{
	return BASE + count_of(image) * ((int64_t)VIPS_IMAGE_SIZEOF_PEL(image) + 2 * image->Bands) <= MEDIA_MEMORY_MB * MIB;
}

/* TIFF 6.0, orientation: whether rows become columns, and whether what is counted is counted from the other end. */
struct turn {
	bool across, from_right, from_below;
};

static struct turn turn_of(VipsImage *image)
{
	static const struct turn turns[9] = { [2] = { false, true, false }, [3] = { false, true, true }, [4] = { false, false, true }, [5] = { true, false, false },
		[6] = { true, true, false }, [7] = { true, true, true }, [8] = { true, false, true } };
	int orientation = vips_image_get_orientation(image);
	return turns[orientation >= 1 && orientation <= 8 ? orientation : 1];
}

struct into {
	VipsPel *pixels;
	size_t pel;
	int width, height;
	struct turn turn;
};

static VipsPel *place_of(const struct into *to, int x, int y)
{
	if (to->turn.from_right) x = to->width - 1 - x;
	if (to->turn.from_below) y = to->height - 1 - y;
	return to->pixels + ((size_t)y * (size_t)to->width + (size_t)x) * to->pel;
}

static void put_rows(const struct into *to, VipsRegion *region, const VipsRect *rows)
{
	if (!to->turn.across && !to->turn.from_right) {
		for (int y = rows->top; y < rows->top + rows->height; y++) {
			int at = to->turn.from_below ? to->height - 1 - y : y;
			memcpy(to->pixels + (size_t)at * (size_t)to->width * to->pel, VIPS_REGION_ADDR(region, 0, y), (size_t)to->width * to->pel);
		}
		return;
	}
	for (int x = 0; x < rows->width; x++)
		for (int y = rows->top; y < rows->top + rows->height; y++)
			memcpy(to->turn.across ? place_of(to, y, x) : place_of(to, x, y), VIPS_REGION_ADDR(region, x, y), to->pel);
}

static bool read_rows(VipsImage *image, const struct into *to)
{
	VipsRegion *region = vips_region_new(image);
	bool good = region != NULL;
	for (int y = 0; good && y < image->Ysize; y += STRIP) {
		VipsRect rows = { 0, y, image->Xsize, y + STRIP > image->Ysize ? image->Ysize - y : STRIP };
		good = vips_region_prepare(region, &rows) == 0;
		if (good) put_rows(to, region, &rows);
	}
	if (region) g_object_unref(region);
	return good;
}

/* What an eraser in a drawing program took away is often still there, and only not seen. */
static void blacken(VipsImage *image)
{
	bool deep = image->BandFmt == VIPS_FORMAT_USHORT;
	int bands = image->Bands;
	if (!vips_image_hasalpha(image) || (!deep && image->BandFmt != VIPS_FORMAT_UCHAR)) return;
	VipsPel *p = VIPS_IMAGE_ADDR(image, 0, 0);
	size_t size = deep ? 2 : 1, pel = size * (size_t)bands;
	for (int64_t i = count_of(image); i > 0; i--, p += pel) {
		bool unseen = p[pel - 1] == 0 && (!deep || p[pel - 2] == 0);
		if (unseen) memset(p, 0, pel - size);
	}
}

static void drop(void *image) { g_object_unref(image); }

static err give(struct job *job, VipsImage *image, VipsImage **out)
{
	if (!image) {
		vips_error_clear();
		return job_refuse(job, MEDIA_REFUSED_DAMAGED);
	}
	cx_defer(job->cx, drop, image);
	blacken(image);
	*out = image;
	return OK;
}

err pixels_read(struct job *job, VipsImage *image, bool moves, VipsImage **out)
{
	if (moves) return give(job, vips_image_copy_memory(image), out);
	struct into to = { .pel = VIPS_IMAGE_SIZEOF_PEL(image), .turn = turn_of(image) };
	to.width = to.turn.across ? image->Ysize : image->Xsize;
	to.height = to.turn.across ? image->Xsize : image->Ysize;
	size_t n = to.pel * (size_t)to.width * (size_t)to.height;
	to.pixels = g_try_malloc(n);
	if (!to.pixels) return job_refuse(job, MEDIA_REFUSED_MEMORY);
	cx_defer(job->cx, g_free, to.pixels);
	VipsImage *made = read_rows(image, &to) ? vips_image_new_from_memory(to.pixels, n, to.width, to.height, image->Bands, image->BandFmt) : NULL;
	if (made) made->Type = image->Type;
	return give(job, made, out);
}
