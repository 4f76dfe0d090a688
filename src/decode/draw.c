/* Digits are taken from the machine's typefaces once, before the process is locked, as small masks; turning, bending and crossing them is a
 * few sums over a canvas of 160 by 48, so nothing but the PNG encoder is needed afterwards. */
#include "decode/draw.h"

#include <math.h>
#include <string.h>
#include <vips/vips.h>

#include "base/arena.h"
#include "base/must.h"
#include "sys/decode_msg.h"
#include "base/banned.h"

#define W DECODE_WIDTH
#define H DECODE_HEIGHT
#define FACES 3
#define INK 2.0f /* of 16 shades */
#define PAPER 14.0f

struct mask {
	int w, h;
	const unsigned char *at;
};

struct draw_fonts {
	struct mask digit[FACES][10];
};

struct canvas {
	float ink[H][W]; /* 0: paper, 1: ink */
};

static err take_mask(struct cx *cx, const char *face, int digit, struct mask *out)
{
	char text[2] = { (char)('0' + digit), 0 };
	VipsImage *image = NULL;
	if (vips_text(&image, text, "font", face, "dpi", 72, NULL) != 0)
		return cx_fail(cx, FAILED, NULL, "no typeface can be read (fonts-dejavu-core is one)");
	size_t n;
	void *bytes = image->Bands == 1 ? vips_image_write_to_memory(image, &n) : NULL;
	*out = (struct mask){ image->Xsize, image->Ysize, NULL };
	g_object_unref(image);
	if (!bytes || n != (size_t)out->w * (size_t)out->h || out->w < 4 || out->h < 8 || out->w > W || out->h > 2 * H) {
		g_free(bytes);
		return cx_fail(cx, FAILED, NULL, "the typeface %s has no digits that can be used", face);
	}
	char *kept = arena_bytes(cx->arena, n);
	memcpy(kept, bytes, n);
	g_free(bytes);
	out->at = (const unsigned char *)kept;
	return OK;
}

err draw_open(struct cx *cx, struct draw_fonts **out)
{
	static const char *const faces[FACES] = { "Sans Bold 40", "Serif Bold 40", "Monospace Bold 40" };
	struct draw_fonts *fonts = cx_new_of(cx, struct draw_fonts);
	for (int f = 0; f < FACES; f++)
		for (int d = 0; d < 10; d++) TRY(take_mask(cx, faces[f], d, &fonts->digit[f][d]));
	*out = fonts;
	return OK;
}

/* Uniform in [from, to]. */
static float between(struct cx *cx, float from, float to)
{
	return from + (to - from) * (float)rnd_below(cx->rnd, 10001) / 10000.0f;
}

static float mask_value(const struct mask *m, int x, int y)
{
	if (x < 0 || y < 0 || x >= m->w || y >= m->h) return 0;
	return (float)m->at[y * m->w + x] / 255.0f;
}

/* What is between four points of a mask. */
static float mask_sample(const struct mask *m, float x, float y)
{
	float left = floorf(x), top = floorf(y), fx = x - left, fy = y - top;
	int ix = (int)left, iy = (int)top;
	float upper = mask_value(m, ix, iy) * (1 - fx) + mask_value(m, ix + 1, iy) * fx;
	float lower = mask_value(m, ix, iy + 1) * (1 - fx) + mask_value(m, ix + 1, iy + 1) * fx;
	return upper * (1 - fy) + lower * fy;
}

/* One digit, its middle at (cx_, cy_): turned, slanted and scaled to a height of about 28 pixels. */
static void put_digit(struct cx *cx, struct canvas *c, const struct mask *m, float middle_x, float middle_y, float width)
{
	float angle = between(cx, -0.3f, 0.3f), slant = between(cx, -0.18f, 0.18f);
	float scale = (float)m->h / between(cx, 25.0f, 31.0f);
	float widest = (float)m->w / (width * 0.95f); /* many digits are narrow ones */
	float scale_x = scale > widest ? scale : widest;
	float cosine = cosf(angle), sine = sinf(angle);
	for (int y = 0; y < H; y++) {
		for (int x = 0; x < W; x++) {
			float dx = (float)x - middle_x, dy = (float)y - middle_y;
			if (dx * dx + dy * dy > 30.0f * 30.0f) continue;
			float u = dx * cosine + dy * sine, v = dy * cosine - dx * sine;
			float ink = mask_sample(m, (u + slant * v) * scale_x + (float)m->w / 2, v * scale + (float)m->h / 2);
			if (ink > c->ink[y][x]) c->ink[y][x] = ink;
		}
	}
}

/* Bends the whole ground along two waves. */
static void bend(struct cx *cx, struct canvas *c)
{
	struct canvas flat = *c;
	float ax = between(cx, 1.0f, 2.2f), ay = between(cx, 1.2f, 2.6f);
	float px = between(cx, 0, 6.28f), py = between(cx, 0, 6.28f);
	float wx = 6.28f / between(cx, 22, 40), wy = 6.28f / between(cx, 40, 80);
	for (int y = 0; y < H; y++) {
		for (int x = 0; x < W; x++) {
			float sx = (float)x + ax * sinf((float)y * wx + px), sy = (float)y + ay * sinf((float)x * wy + py);
			int ix = (int)floorf(sx), iy = (int)floorf(sy);
			if (ix < 0 || iy < 0 || ix + 1 >= W || iy + 1 >= H) {
				c->ink[y][x] = 0;
				continue;
			}
			float fx = sx - (float)ix, fy = sy - (float)iy;
			c->ink[y][x] = (flat.ink[iy][ix] * (1 - fx) + flat.ink[iy][ix + 1] * fx) * (1 - fy) +
			    (flat.ink[iy + 1][ix] * (1 - fx) + flat.ink[iy + 1][ix + 1] * fx) * fy;
		}
	}
}

/* A thin wave across, as strong as the digits, so that it cannot be told from them by its shade. */
static void cross(struct cx *cx, struct canvas *c)
{
	float from = between(cx, 8, H - 8), to = between(cx, 8, H - 8), high = between(cx, 3, 8);
	float phase = between(cx, 0, 6.28f), wave = 6.28f / between(cx, 60, 120), half = between(cx, 0.5f, 0.8f);
	for (int x = 0; x < W; x++) {
		float middle = from + (to - from) * (float)x / W + high * sinf((float)x * wave + phase);
		for (int y = 0; y < H; y++) {
			float ink = half + 0.5f - fabsf((float)y - middle);
			if (ink > 1) ink = 1;
			if (ink > c->ink[y][x]) c->ink[y][x] = ink;
		}
	}
}

static void speckle(struct cx *cx, struct canvas *c)
{
	for (int i = 0; i < 40; i++) {
		size_t x = rnd_below(cx->rnd, W - 1), y = rnd_below(cx->rnd, H - 1);
		float ink = between(cx, 0.3f, 0.9f);
		if (ink > c->ink[y][x]) c->ink[y][x] = c->ink[y][x + 1] = ink;
	}
}

static err encode(struct cx *cx, const struct canvas *c, str *png)
{
	unsigned char *pixels = cx_alloc(cx, (size_t)W * H);
	for (int y = 0; y < H; y++) /* a shade times 17 reads the same in its upper and its lower four bits, whichever the encoder keeps */
		for (int x = 0; x < W; x++)
			pixels[y * W + x] = (unsigned char)(17 * (int)(PAPER - (PAPER - INK) * c->ink[y][x] + 0.5f));
	VipsImage *image = vips_image_new_from_memory(pixels, (size_t)W * H, W, H, 1, VIPS_FORMAT_UCHAR);
	void *bytes = NULL;
	size_t n = 0;
	int bad = !image || vips_pngsave_buffer(image, &bytes, &n, "compression", 9, "bitdepth", 4, "strip", TRUE, NULL) != 0;
	if (image) g_object_unref(image);
	if (bad || n > DECODE_PNG_MOST) {
		g_free(bytes);
		return cx_fail(cx, FAILED, NULL, "a number cannot be drawn");
	}
	*png = str_copy(cx, (str){ bytes, n });
	g_free(bytes);
	return OK;
}

err draw_number(struct cx *cx, const struct draw_fonts *fonts, str digits, str *png)
{
	if (digits.n < DECODE_DIGITS_LEAST || digits.n > DECODE_DIGITS_MOST)
		return cx_fail(cx, INVALID, NULL, "a number has %d to %d digits", DECODE_DIGITS_LEAST, DECODE_DIGITS_MOST);
	struct canvas *c = cx_new_of(cx, struct canvas);
	float step = (W - 16.0f) / (float)digits.n;
	for (size_t i = 0; i < digits.n; i++) {
		if (digits.p[i] < '0' || digits.p[i] > '9') return cx_fail(cx, INVALID, NULL, "a number has digits only");
		const struct mask *m = &fonts->digit[rnd_below(cx->rnd, FACES)][digits.p[i] - '0'];
		float x = 8 + ((float)i + 0.5f) * step + between(cx, -1.5f, 1.5f);
		put_digit(cx, c, m, x, H / 2 + between(cx, -4, 4), step);
	}
	bend(cx, c);
	cross(cx, c);
	cross(cx, c);
	speckle(cx, c);
	return encode(cx, c, png);
}
