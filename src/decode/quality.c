/* One quality for all pictures is too coarse for grain and too fine for fog. What is tried is a mosaic of places all over the picture, each on the raster of
 * the blocks that a JPEG is made of, since coding the same blocks as finely as before loses next to nothing. */
#include "decode/quality.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"

#define TILE    64          /* a multiple of the raster of halved colours */
#define TILES   16          /* in each direction */
#define WHOLE   (1600 * 1200) /* pixels: a picture of fewer is tried as it is */
#define MARGIN  0.4         /* decibels, for what the mosaic does not show */
#define FINEST  100

/* 0 when it cannot be made: then it is tried as it is. */
static VipsImage *mosaic(VipsImage *image, VipsPel **pixels)
{
	size_t pel = VIPS_IMAGE_SIZEOF_PEL(image), line = pel * TILE;
	int columns = image->Xsize / TILE < TILES ? image->Xsize / TILE : TILES, rows = image->Ysize / TILE < TILES ? image->Ysize / TILE : TILES;
	if ((int64_t)image->Xsize * image->Ysize <= WHOLE || columns < 1 || rows < 1) return NULL;
	*pixels = g_malloc(line * TILE * (size_t)columns * (size_t)rows);
	for (int r = 0; r < rows; r++)
		for (int c = 0; c < columns; c++) {
			int x = (int)((int64_t)(image->Xsize - TILE) * c / (columns > 1 ? columns - 1 : 1)) / 16 * 16;
			int y = (int)((int64_t)(image->Ysize - TILE) * r / (rows > 1 ? rows - 1 : 1)) / 16 * 16;
			for (int i = 0; i < TILE; i++)
				memcpy(*pixels + (((size_t)r * TILE + (size_t)i) * (size_t)columns + (size_t)c) * line, VIPS_IMAGE_ADDR(image, x, y + i), line);
		}
	VipsImage *made = vips_image_new_from_memory(*pixels, line * TILE * (size_t)columns * (size_t)rows, columns * TILE, rows * TILE, image->Bands, VIPS_FORMAT_UCHAR);
	if (made) made->Type = image->Type;
	return made;
}

static double noise_between(const VipsPel *a, const VipsPel *b, size_t n)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < n; i++) {
		int d = a[i] - b[i];
		sum += (uint64_t)(d * d);
	}
	return sum ? 10 * log10(255.0 * 255.0 * (double)n / (double)sum) : 99;
}

/* Decibels of this coding; 0 when it fails. */
static double tried(VipsImage *sample, struct quality q)
{
	void *bytes = NULL;
	size_t n = 0;
	double reached = 0;
	VipsImage *back = NULL, *memory = NULL;
	if (vips_jpegsave_buffer(sample, &bytes, &n, "Q", q.q, "subsample_mode", q.halved ? VIPS_FOREIGN_SUBSAMPLE_ON : VIPS_FOREIGN_SUBSAMPLE_OFF, "strip", TRUE, NULL) == 0 &&
	    vips_jpegload_buffer(bytes, n, &back, NULL) == 0 && (memory = vips_image_copy_memory(back)) != NULL && memory->Bands == sample->Bands)
		reached = noise_between((const VipsPel *)VIPS_IMAGE_ADDR(sample, 0, 0), (const VipsPel *)VIPS_IMAGE_ADDR(memory, 0, 0), VIPS_IMAGE_SIZEOF_IMAGE(sample));
	if (memory) g_object_unref(memory);
	if (back) g_object_unref(back);
	g_free(bytes);
	vips_error_clear();
	return reached;
}

/* The least from `from` on that is good, halving what is between. */
static int least(VipsImage *sample, int from)
{
	int low = from, high = FINEST; /* high is good, or as good as it gets */
	while (low < high) {
		int middle = (low + high) / 2;
		if (tried(sample, (struct quality){ middle, false }) >= QUALITY_REACHED + MARGIN) high = middle;
		else low = middle + 1;
	}
	return high;
}

struct quality quality_for(VipsImage *image, const struct jpeg_head *came)
{
	VipsPel *pixels = NULL;
	VipsImage *made = mosaic(image, &pixels), *sample = made ? made : image;
	struct quality as_before = { came->quality, came->halved }, q = { 90, false };
	bool worth = came->quality >= 50 && came->quality <= 98;
	if (worth && tried(sample, as_before) >= QUALITY_REACHED + MARGIN) q = as_before;
	else q.q = least(sample, 85);
	if (made) g_object_unref(made);
	g_free(pixels);
	return q;
}
