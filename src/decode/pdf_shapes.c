/* The list of what a document keeps, by the chapters of ISO 32000-1. A key that is not here is not kept, whatever stands under it; the manual
 * (broadside-files(5)) tells the same list in words. Names are listed where a key takes one of a few: a name of somebody's own could say anything. */
#include "decode/pdf_parts.h"

#include "base/banned.h"

#define INT(k)            { k, copy_int, SHAPE_NONE, NULL }
#define NUMBER(k)         { k, copy_number, SHAPE_NONE, NULL }
#define NUMBERS(k)        { k, copy_numbers, SHAPE_NONE, NULL }
#define BOOL(k)           { k, copy_bool, SHAPE_NONE, NULL }
#define WORDS(k)          { k, copy_words, SHAPE_NONE, NULL }
#define NAME(k, ...)      { k, copy_name, SHAPE_NONE, __VA_ARGS__ }
#define ONE(k, shape)     { k, copy_shape, shape, NULL }
#define EACH(k, shape)    { k, copy_each, shape, NULL }
#define BY(k, fn)         { k, fn, SHAPE_NONE, NULL }
#define ROWS(r)           .rules = (r), .n = sizeof(r) / sizeof *(r)

#define BLENDS "Normal Compatible Multiply Screen Overlay Darken Lighten ColorDodge ColorBurn HardLight SoftLight Difference Exclusion Hue Saturation Color Luminosity "
#define INTENTS "AbsoluteColorimetric RelativeColorimetric Saturation Perceptual "

/* 7.7 */
static const struct rule catalog[] = { ONE("/Outlines", SHAPE_OUTLINE), BY("/PageLabels", copy_label_tree),
	NAME("/PageMode", "UseNone UseOutlines UseThumbs FullScreen UseOC "), NAME("/PageLayout", "SinglePage OneColumn TwoColumnLeft TwoColumnRight TwoPageLeft TwoPageRight "),
	BY("/Lang", copy_language), ONE("/OCProperties", SHAPE_LAYERS), ONE("/MarkInfo", SHAPE_MARKED), ONE("/StructTreeRoot", SHAPE_TREE) };
static const struct rule page[] = { NUMBERS("/MediaBox"), NUMBERS("/CropBox"), INT("/Rotate"), NUMBER("/UserUnit"), ONE("/Group", SHAPE_GROUP), INT("/StructParents"),
	NAME("/Tabs", "R C S "), BY("/Annots", copy_annotations) };
static const struct rule marked[] = { BOOL("/Marked") };

/* 8: what is drawn */
static const struct rule group[] = { NAME("/S", "Transparency "), BY("/CS", copy_colour), BOOL("/I"), BOOL("/K") };
static const struct rule form[] = { NAME("/Subtype", "Form "), NUMBERS("/BBox"), NUMBERS("/Matrix"), ONE("/Group", SHAPE_GROUP), INT("/StructParents"), ONE("/OC", SHAPE_LAYER) };
static const struct rule image[] = { NAME("/Subtype", "Image "), INT("/Width"), INT("/Height"), BY("/ColorSpace", copy_colour), INT("/BitsPerComponent"), NAME("/Intent", INTENTS),
	BOOL("/ImageMask"), BY("/Mask", copy_mask), NUMBERS("/Decode"), BOOL("/Interpolate"), ONE("/SMask", SHAPE_IMAGE), INT("/SMaskInData"), NUMBERS("/Matte"),
	ONE("/OC", SHAPE_LAYER) };
static const struct rule tiling[] = { INT("/PatternType"), INT("/PaintType"), INT("/TilingType"), NUMBERS("/BBox"), NUMBER("/XStep"), NUMBER("/YStep"), NUMBERS("/Matrix") };
static const struct rule shaded[] = { INT("/PatternType"), ONE("/Shading", SHAPE_SHADING), NUMBERS("/Matrix"), ONE("/ExtGState", SHAPE_STATE) };
static const struct rule shading[] = { INT("/ShadingType"), BY("/ColorSpace", copy_colour), NUMBERS("/Background"), NUMBERS("/BBox"), BOOL("/AntiAlias"), NUMBERS("/Domain"),
	NUMBERS("/Matrix"), BY("/Function", copy_function), NUMBERS("/Coords"), { "/Extend", copy_mixed, SHAPE_NONE, NULL }, INT("/BitsPerCoordinate"), INT("/BitsPerComponent"),
	INT("/BitsPerFlag"), NUMBERS("/Decode"), INT("/VerticesPerRow") };
static const struct rule state[] = { NUMBER("/LW"), INT("/LC"), INT("/LJ"), NUMBER("/ML"), { "/D", copy_mixed, SHAPE_NONE, NULL }, NAME("/RI", INTENTS),
	{ "/Font", copy_mixed, SHAPE_FONT, NULL }, BOOL("/OP"), BOOL("/op"), INT("/OPM"), NUMBER("/FL"), NUMBER("/SM"), BOOL("/SA"), { "/BM", copy_mixed, SHAPE_NONE, BLENDS },
	{ "/SMask", copy_mixed, SHAPE_SOFT_MASK, "None " }, NUMBER("/CA"), NUMBER("/ca"), BOOL("/AIS"), BOOL("/TK") };
static const struct rule soft_mask[] = { NAME("/S", "Alpha Luminosity "), ONE("/G", SHAPE_FORM), NUMBERS("/BC"), BY("/TR", copy_transfer) };
static const struct rule function[] = { INT("/FunctionType"), NUMBERS("/Domain"), NUMBERS("/Range"), NUMBERS("/Size"), INT("/BitsPerSample"), INT("/Order"), NUMBERS("/Encode"),
	NUMBERS("/Decode"), NUMBERS("/C0"), NUMBERS("/C1"), NUMBER("/N"), BY("/Functions", copy_function), NUMBERS("/Bounds") };
static const struct rule lab[] = { NUMBERS("/WhitePoint"), NUMBERS("/Range") };

/* 9: what is written */
#define FONT_KEYS INT("/FirstChar"), INT("/LastChar"), NUMBERS("/Widths"), BY("/Encoding", copy_encoding), ONE("/ToUnicode", SHAPE_CMAP), ONE("/FontDescriptor", SHAPE_DESCRIPTOR)
static const struct rule simple_font[] = { NAME("/Subtype", "Type1 MMType1 TrueType "), FONT_KEYS };
static const struct rule type3[] = { NAME("/Subtype", "Type3 "), FONT_KEYS, NUMBERS("/FontBBox"), NUMBERS("/FontMatrix") };
static const struct rule type0[] = { NAME("/Subtype", "Type0 "), BY("/Encoding", copy_encoding), ONE("/ToUnicode", SHAPE_CMAP), BY("/DescendantFonts", copy_descendants) };
static const struct rule cid_font[] = { NAME("/Subtype", "CIDFontType0 CIDFontType2 "), ONE("/CIDSystemInfo", SHAPE_SYSTEM), ONE("/FontDescriptor", SHAPE_DESCRIPTOR), NUMBER("/DW"),
	{ "/W", copy_mixed, SHAPE_NONE, NULL }, NUMBERS("/DW2"), { "/W2", copy_mixed, SHAPE_NONE, NULL }, BY("/CIDToGIDMap", copy_glyph_map) };
static const struct rule system_info[] = { INT("/Supplement") };
static const struct rule descriptor[] = { INT("/Flags"), NUMBERS("/FontBBox"), NUMBER("/ItalicAngle"), NUMBER("/Ascent"), NUMBER("/Descent"), NUMBER("/Leading"), NUMBER("/CapHeight"),
	NUMBER("/XHeight"), NUMBER("/StemV"), NUMBER("/StemH"), NUMBER("/AvgWidth"), NUMBER("/MaxWidth"), NUMBER("/MissingWidth"), NUMBER("/FontWeight"),
	NAME("/FontStretch", "UltraCondensed ExtraCondensed Condensed SemiCondensed Normal SemiExpanded Expanded ExtraExpanded UltraExpanded "), ONE("/FontFile", SHAPE_TYPE1_FILE),
	ONE("/FontFile2", SHAPE_TRUETYPE_FILE), ONE("/FontFile3", SHAPE_TYPE3_FILE) };
static const struct rule type3_file[] = { NAME("/Subtype", "Type1C CIDFontType0C OpenType ") };
static const struct rule encoding[] = { NAME("/BaseEncoding", "MacRomanEncoding MacExpertEncoding WinAnsiEncoding StandardEncoding "), BY("/Differences", copy_encoding) };
static const struct rule cmap[] = { INT("/WMode") };

/* 12: what leads on, and what stands on a page beside its contents */
static const struct rule annotation[] = { NAME("/Subtype", "Link FreeText Line Square Circle Polygon PolyLine Highlight Underline Squiggly StrikeOut Stamp Caret Ink Watermark Redact Widget "),
	NUMBERS("/Rect"), INT("/F"), NUMBERS("/Border"), ONE("/BS", SHAPE_BORDER), NUMBERS("/C"), NUMBERS("/IC"), NUMBERS("/QuadPoints"), NUMBER("/CA"),
	NUMBERS("/L"), NUMBERS("/Vertices"), { "/InkList", copy_mixed, SHAPE_NONE, NULL }, NAME("/H", "N I O P "), BY("/Dest", copy_place), BY("/A", copy_action),
	INT("/StructParent"), ONE("/OC", SHAPE_LAYER) };
static const struct rule border[] = { NUMBER("/W"), NAME("/S", "S D B I U "), NUMBERS("/D") };
static const struct rule action[] = { NAME("/S", "GoTo URI Named "), BY("/D", copy_place), BY("/URI", copy_uri), NAME("/N", "NextPage PrevPage FirstPage LastPage ") };
static const struct rule outline[] = { WORDS("/Title"), ONE("/Parent", SHAPE_OUTLINE), ONE("/Prev", SHAPE_OUTLINE), ONE("/Next", SHAPE_OUTLINE), ONE("/First", SHAPE_OUTLINE),
	ONE("/Last", SHAPE_OUTLINE), INT("/Count"), BY("/Dest", copy_place), BY("/A", copy_action), NUMBERS("/C"), INT("/F") };
static const struct rule label[] = { NAME("/S", "D R r A a "), WORDS("/P"), INT("/St") };

/* 8.11 */
static const struct rule layers[] = { EACH("/OCGs", SHAPE_LAYER), ONE("/D", SHAPE_LAYER_SET) };
static const struct rule layer_set[] = { NAME("/BaseState", "ON OFF Unchanged "), EACH("/ON", SHAPE_LAYER), EACH("/OFF", SHAPE_LAYER), BY("/Order", copy_order),
	NAME("/ListMode", "AllPages VisiblePages "), EACH("/Locked", SHAPE_LAYER), BY("/RBGroups", copy_order), EACH("/AS", SHAPE_LAYER_AUTO) };
static const struct rule layer[] = { ONE("/Usage", SHAPE_LAYER_USE), NAME("/Intent", "View Design ") };
static const struct rule layer_use[] = { ONE("/View", SHAPE_LAYER_VIEW), ONE("/Print", SHAPE_LAYER_VIEW), ONE("/Export", SHAPE_LAYER_VIEW), ONE("/Zoom", SHAPE_LAYER_VIEW) };
static const struct rule layer_view[] = { NAME("/ViewState", "ON OFF "), NAME("/PrintState", "ON OFF "), NAME("/ExportState", "ON OFF "), NUMBER("/min"), NUMBER("/max") };
static const struct rule layer_auto[] = { NAME("/Event", "View Print Export "), EACH("/OCGs", SHAPE_LAYER), { "/Category", copy_mixed, SHAPE_NONE, "View Print Export Zoom " } };
static const struct rule membership[] = { EACH("/OCGs", SHAPE_LAYER), NAME("/P", "AllOn AnyOn AnyOff AllOff "), BY("/VE", copy_condition) };

/* 14: what reads aloud by */
static const struct rule tree[] = { BY("/K", copy_children), ONE("/ParentTree", SHAPE_PARENTS), INT("/ParentTreeNextKey") };
static const struct rule element[] = { ONE("/P", SHAPE_ELEMENT), BY("/Pg", copy_page), BY("/K", copy_children), BY("/A", copy_attributes), BY("/Lang", copy_language), WORDS("/Alt"),
	WORDS("/ActualText"), WORDS("/E"), INT("/MCID"), { "/Stm", copy_shape, SHAPE_FORM, NULL } };
static const struct rule parents[] = { EACH("/Kids", SHAPE_PARENTS), BY("/Nums", copy_parent_values), NUMBERS("/Limits") };
static const struct rule attributes[] = { NAME("/O", "Table List Layout "), INT("/RowSpan"), INT("/ColSpan"), NAME("/Scope", "Row Column Both "),
	NAME("/ListNumbering", "None Disc Circle Square Decimal UpperRoman LowerRoman UpperAlpha LowerAlpha "), NAME("/Placement", "Block Inline Before Start End "), NUMBERS("/BBox"),
	NUMBER("/Width"), NUMBER("/Height") };
static const struct rule properties[] = { INT("/MCID"), BY("/Lang", copy_language), WORDS("/Alt"), WORDS("/ActualText"), WORDS("/E") };

static const struct shape_rules shapes[SHAPES] = {
	[SHAPE_CATALOG] = { ROWS(catalog), .type = "/Catalog" },
	[SHAPE_PAGE] = { ROWS(page), .type = "/Page" },
	[SHAPE_MARKED] = { ROWS(marked) },
	[SHAPE_GROUP] = { ROWS(group) },
	[SHAPE_FORM] = { ROWS(form), .type = "/XObject", .stream = pdf_stream_content },
	[SHAPE_IMAGE] = { ROWS(image), .type = "/XObject", .stream = pdf_stream_picture },
	[SHAPE_TILING] = { ROWS(tiling), .stream = pdf_stream_content },
	[SHAPE_SHADED] = { ROWS(shaded) },
	[SHAPE_SHADING] = { ROWS(shading), .stream = pdf_stream_mesh, .plain_too = true },
	[SHAPE_STATE] = { ROWS(state) },
	[SHAPE_SOFT_MASK] = { ROWS(soft_mask) },
	[SHAPE_FUNCTION] = { ROWS(function), .stream = pdf_stream_function, .plain_too = true },
	[SHAPE_LAB] = { ROWS(lab) },
	[SHAPE_BYTES] = { .stream = pdf_stream_bytes },
	[SHAPE_SIMPLE_FONT] = { ROWS(simple_font), .type = "/Font", .finish = pdf_finish_font },
	[SHAPE_TYPE3] = { ROWS(type3), .type = "/Font", .finish = pdf_finish_type3 },
	[SHAPE_TYPE0] = { ROWS(type0), .type = "/Font", .finish = pdf_finish_type0 },
	[SHAPE_CID_FONT] = { ROWS(cid_font), .type = "/Font", .finish = pdf_finish_font },
	[SHAPE_SYSTEM] = { ROWS(system_info), .finish = pdf_finish_system },
	[SHAPE_DESCRIPTOR] = { ROWS(descriptor), .type = "/FontDescriptor", .finish = pdf_finish_descriptor },
	[SHAPE_TYPE1_FILE] = { .stream = pdf_stream_type1 },
	[SHAPE_TRUETYPE_FILE] = { .stream = pdf_stream_truetype },
	[SHAPE_TYPE3_FILE] = { ROWS(type3_file), .stream = pdf_stream_type3_file },
	[SHAPE_ENCODING] = { ROWS(encoding), .type = "/Encoding" },
	[SHAPE_CMAP] = { ROWS(cmap), .type = "/CMap", .stream = pdf_stream_cmap },
	[SHAPE_ANNOTATION] = { ROWS(annotation), .type = "/Annot", .finish = pdf_finish_annotation },
	[SHAPE_BORDER] = { ROWS(border) },
	[SHAPE_ACTION] = { ROWS(action) },
	[SHAPE_OUTLINE] = { ROWS(outline) },
	[SHAPE_LABEL] = { ROWS(label) },
	[SHAPE_LAYERS] = { ROWS(layers) },
	[SHAPE_LAYER_SET] = { ROWS(layer_set), .finish = pdf_finish_layer_set },
	[SHAPE_LAYER] = { ROWS(layer), .type = "/OCG", .finish = pdf_finish_layer },
	[SHAPE_LAYER_USE] = { ROWS(layer_use) },
	[SHAPE_LAYER_VIEW] = { ROWS(layer_view) },
	[SHAPE_LAYER_AUTO] = { ROWS(layer_auto) },
	[SHAPE_MEMBERSHIP] = { ROWS(membership), .type = "/OCMD" },
	[SHAPE_TREE] = { ROWS(tree), .type = "/StructTreeRoot" },
	[SHAPE_ELEMENT] = { ROWS(element), .finish = pdf_finish_element },
	[SHAPE_PARENTS] = { ROWS(parents) },
	[SHAPE_ATTRIBUTES] = { ROWS(attributes) },
	[SHAPE_PROPERTIES] = { ROWS(properties), .finish = NULL },
};

const struct shape_rules *pdf_rules(enum shape s) { return &shapes[s]; }
