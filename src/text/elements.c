/* One row an element; what old pages used is written as what took its place. Sorted by name. */
#include "text/elements.h"

#include "base/banned.h"

#define KEEP(name, may) { name, name, FATE_KEEP, may }
#define AS(name, as, may) { name, as, FATE_KEEP, may }
#define UNWRAP(name) { name, name, FATE_UNWRAP, 0 }
#define DROP(name) { name, name, FATE_DROP, 0 }

static const struct element elements[] = {
	{ "a", "a", FATE_KEEP, MAY_HREF | NEEDS_ANY },
	KEEP("abbr", 0),
	AS("acronym", "abbr", 0),
	AS("address", "div", 0),
	AS("article", "div", 0),
	AS("aside", "div", 0),
	{ "audio", "a", FATE_MEDIA, 0 },
	KEEP("b", 0),
	KEEP("bdi", 0),
	KEEP("bdo", NEEDS_DIR),
	UNWRAP("big"),
	UNWRAP("blink"),
	KEEP("blockquote", MAY_CITE),
	{ "br", "br", FATE_VOID, 0 },
	KEEP("caption", 0),
	AS("center", "div", 0),
	KEEP("cite", 0),
	KEEP("code", 0),
	DROP("datalist"),
	KEEP("dd", 0),
	KEEP("del", MAY_CITE | MAY_DATETIME),
	KEEP("details", MAY_OPEN),
	KEEP("dfn", 0),
	AS("dialog", "div", 0),
	AS("dir", "ul", 0),
	KEEP("div", 0),
	KEEP("dl", 0),
	KEEP("dt", 0),
	KEEP("em", 0),
	{ "embed", "a", FATE_FRAME, 0 },
	AS("fieldset", "div", 0),
	KEEP("figcaption", 0),
	KEEP("figure", 0),
	UNWRAP("font"),
	AS("footer", "div", 0),
	AS("form", "div", 0),
	{ "frame", "a", FATE_FRAME, 0 },
	DROP("frameset"),
	KEEP("h1", IS_HEADING),
	KEEP("h2", IS_HEADING),
	KEEP("h3", IS_HEADING),
	KEEP("h4", IS_HEADING),
	KEEP("h5", IS_HEADING),
	KEEP("h6", IS_HEADING),
	AS("header", "div", 0),
	AS("hgroup", "div", 0),
	{ "hr", "hr", FATE_VOID, 0 },
	KEEP("i", 0),
	{ "iframe", "a", FATE_FRAME, 0 },
	{ "image", "img", FATE_IMAGE, 0 },
	{ "img", "img", FATE_IMAGE, 0 },
	KEEP("ins", MAY_CITE | MAY_DATETIME),
	KEEP("kbd", 0),
	KEEP("li", MAY_VALUE),
	AS("listing", "pre", KEEPS_LINE_ENDS),
	AS("main", "div", 0),
	DROP("map"),
	KEEP("mark", 0),
	UNWRAP("marquee"),
	DROP("math"),
	AS("menu", "ul", 0),
	AS("nav", "div", 0),
	UNWRAP("nobr"),
	DROP("noembed"),
	DROP("noframes"),
	{ "object", "a", FATE_MEDIA, 0 },
	KEEP("ol", MAY_COUNT),
	KEEP("p", 0),
	AS("plaintext", "pre", KEEPS_LINE_ENDS),
	KEEP("pre", KEEPS_LINE_ENDS),
	KEEP("q", MAY_CITE),
	KEEP("rp", 0),
	KEEP("rt", 0),
	KEEP("ruby", 0),
	KEEP("s", 0),
	KEEP("samp", 0),
	DROP("script"),
	KEEP("section", 0),
	DROP("select"),
	KEEP("small", 0),
	{ "source", "a", FATE_FRAME, 0 },
	KEEP("span", NEEDS_ANY),
	AS("strike", "s", 0),
	KEEP("strong", 0),
	DROP("style"),
	KEEP("sub", 0),
	KEEP("summary", 0),
	KEEP("sup", 0),
	DROP("svg"),
	KEEP("table", 0),
	KEEP("tbody", 0),
	KEEP("td", MAY_SPAN_CELLS),
	DROP("template"),
	DROP("textarea"),
	KEEP("tfoot", 0),
	KEEP("th", MAY_SPAN_CELLS | MAY_SCOPE),
	KEEP("thead", 0),
	KEEP("time", MAY_DATETIME),
	DROP("title"),
	KEEP("tr", 0),
	AS("tt", "code", 0),
	KEEP("u", 0),
	KEEP("ul", 0),
	KEEP("var", 0),
	{ "video", "a", FATE_MEDIA, 0 },
	{ "wbr", "wbr", FATE_VOID, 0 },
	AS("xmp", "pre", KEEPS_LINE_ENDS),
};

const struct element *element_find(str name)
{
	static const struct element unknown = { "", "", FATE_UNWRAP, 0 };
	size_t low = 0, high = sizeof elements / sizeof *elements;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int c = str_cmp(name, str_of(elements[middle].name));
		if (c == 0) return &elements[middle];
		if (c < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return &unknown;
}
