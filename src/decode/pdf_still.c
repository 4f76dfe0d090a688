/* Poppler reads its own settings and the list of typefaces when it first draws: a page of ours is drawn before any of a stranger's. */
#include "decode/pdf.h"

#include "base/limits.h"
#include "base/log.h"
#include "decode/faces.h"
#include "decode/picture.h"
#include "base/banned.h"

#define FILE_MOST (256 * MIB)

void pdf_prepare_still(struct cx *cx)
{
	static const char page_of_ours[] =
	    "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
	    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 50 50]/Contents 4 0 R/Resources<</Font<<"
	    "/A<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n"
	    "4 0 obj<</Length 30>>stream\nBT /A 10 Tf 9 9 Td (abc) Tj ET\nendstream endobj trailer<</Root 1 0 R>>\n";
	VipsImage *page; /* stays open: poppler forgets what it has read when it has no document */
	size_t n;
	void *pixels = NULL;
	if (vips_pdfload_buffer((void *)(uintptr_t)page_of_ours, sizeof page_of_ours - 1, &page, NULL) == 0) pixels = vips_image_write_to_memory(page, &n);
	if (!pixels) log_warn(cx, "typefaces for stills cannot be got ready");
	g_free(pixels);
	vips_error_clear();
	faces_open(cx);
}

err pdf_still(struct job *job)
{
	str file;
	VipsImage *page, *white_page;
	TRY(job_map(job, FILE_MOST, &file));
	void *p = (void *)(uintptr_t)file.p;
	if (vips_pdfload_buffer(p, file.n, &page, "dpi", 72.0, NULL) != 0) return job_refuse(job, MEDIA_REFUSED_DAMAGED);
	int w = page->Xsize, h = page->Ysize;
	g_object_unref(page);
	/* As wide as a still, or as high where it is a tall page. */
	double scale = (double)MEDIA_POSTER_WIDTH / (w > h ? w : h);
	if (w < 1 || h < 1 || scale > 20) return job_refuse(job, MEDIA_REFUSED_DAMAGED);
	VipsArrayDouble *white = vips_array_double_newv(4, 255.0, 255.0, 255.0, 255.0);
	int bad = vips_pdfload_buffer(p, file.n, &page, "dpi", 72.0, "scale", scale, "background", white, NULL);
	vips_area_unref(VIPS_AREA(white));
	if (bad) return job_refuse(job, MEDIA_REFUSED_DAMAGED);
	if ((int64_t)page->Xsize * page->Ysize > job->limits.pixels || vips_colourspace(page, &white_page, VIPS_INTERPRETATION_sRGB, NULL) != 0) {
		g_object_unref(page);
		return job_refuse(job, MEDIA_REFUSED_PIXELS);
	}
	g_object_unref(page);
	return picture_still(job, white_page);
}
