/* What stands under a key is gone whether it is in these lists or not; they only say what the person is told about it. */
#define OWNS_MEMORY /* qpdf gives away what malloc gave it */
#include "decode/pdf_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "decode/traces.h"
#include "base/banned.h"

#define XMP_MOST (1 * MIB)

static const struct key {
	const char *name;
	uint32_t bit;
} known[] = {
	{ "/LastModified", MEDIA_DATE }, { "/M", MEDIA_DATE }, { "/CreationDate", MEDIA_DATE }, { "/RC", MEDIA_COMMENT },
	{ "/JavaScript", MEDIA_SCRIPT }, { "/JS", MEDIA_SCRIPT }, { "/AA", MEDIA_SCRIPT }, { "/OpenAction", MEDIA_SCRIPT }, { "/Next", MEDIA_SCRIPT }, { "/EmbeddedFiles", MEDIA_ATTACHED },
	{ "/EF", MEDIA_ATTACHED }, { "/AF", MEDIA_ATTACHED }, { "/Collection", MEDIA_ATTACHED }, { "/FS", MEDIA_ATTACHED }, { "/Thumb", MEDIA_THUMBNAIL }, { "/DSS", MEDIA_AUTHOR },
	{ "/CreatorInfo", MEDIA_SOFTWARE }, { "/VP", MEDIA_PLACE }, { "/Measure", MEDIA_PLACE }, { "/LGIDict", MEDIA_PLACE }, { "/PTEX.InfoDict", MEDIA_AUTHOR | MEDIA_DATE | MEDIA_SOFTWARE },
	{ "/Threads", MEDIA_AUTHOR },
};

/* What every writer writes, and says nothing; or is made anew, or read by who asks for it. */
static const char plain[] = "/Type /Subtype /ProcSet /Name /BaseFont /FontName /CharSet /CIDSet /FontFamily /Lang /Panose /Style /Length /Length1 /Length2 /Length3 /Filter /DecodeParms /DL /Parent /P "
	"/Pages /Resources /CharProcs /Contents /Version /Extensions /ViewerPreferences /AP /AS /MK /DA /Q /Ff /FT /DR /S /RoleMap /ClassMap /CIDToGIDMap /Registry /Ordering "
	"/ArtBox /BleedBox /TrimBox /HT /TR /TR2 /BG /BG2 /UCR /UCR2 /FormType /StructParent /DescendantFonts /CMapName /CIDSystemInfo /UseCMap /Names /Dests /PZ /Trans /Dur /Gamma "
	"/BlackPoint /Kids /Event /DW /IDTree /ParentTreeNextKey /NeedAppearances /UseBlackPtComp /RD /LE /T ";

static void tell_xmp(struct pdf *p, qpdf_oh stream)
{
	unsigned char *bytes = NULL;
	size_t n = 0;
	uint32_t found = MEDIA_OTHER;
	if (qpdf_oh_is_stream(p->q, stream) && !(qpdf_oh_get_stream_data(p->q, stream, qpdf_dl_generalized, NULL, &bytes, &n) & QPDF_ERRORS))
		found = traces_in_xmp((str){ (const char *)bytes, n > XMP_MOST ? XMP_MOST : n });
	free(bytes);
	REMOVED(p, found);
}

void pdf_tell_key(struct pdf *p, const char *key, qpdf_oh value)
{
	if (qpdf_oh_is_null(p->q, value)) return;
	if (strcmp(key, "/Metadata") == 0) tell_xmp(p, value);
	else if (strcmp(key, "/Names") == 0) {
		static const char *const files = "/EmbeddedFiles", *const scripts = "/JavaScript";
		if (qpdf_oh_is_dictionary(p->q, value) && qpdf_oh_has_key(p->q, value, files)) REMOVED(p, MEDIA_ATTACHED);
		if (qpdf_oh_is_dictionary(p->q, value) && qpdf_oh_has_key(p->q, value, scripts)) REMOVED(p, MEDIA_SCRIPT);
	} else {
		for (size_t i = 0; i < sizeof known / sizeof *known; i++)
			if (strcmp(key, known[i].name) == 0) {
				REMOVED(p, known[i].bit);
				return;
			}
		if (!pdf_is_listed(key, plain)) REMOVED(p, MEDIA_OTHER);
	}
}
