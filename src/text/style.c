/* No parser of CSS: declarations parted by semicolons, each a name and a plain word or number. */
#include "text/style.h"

#include "base/banned.h"

static unsigned weight_of(str value)
{
	int64_t number;
	if (str_eq_ascii_ci(value, S("bold")) || str_eq_ascii_ci(value, S("bolder"))) return STYLE_BOLD;
	if (str_eq_ascii_ci(value, S("normal")) || str_eq_ascii_ci(value, S("lighter"))) return STYLE_NOT_BOLD;
	if (!str_to_int(value, 1, 1000, &number)) return 0; /* CSS Fonts 4, 2.2 */
	return number >= 600 ? STYLE_BOLD : STYLE_NOT_BOLD;
}

static unsigned slant_of(str value)
{
	if (str_eq_ascii_ci(value, S("italic")) || str_eq_ascii_ci(value, S("oblique"))) return STYLE_ITALIC;
	return str_eq_ascii_ci(value, S("normal")) ? STYLE_NOT_ITALIC : 0;
}

static unsigned place_of(str value)
{
	if (str_eq_ascii_ci(value, S("super"))) return STYLE_RAISED;
	return str_eq_ascii_ci(value, S("sub")) ? STYLE_LOWERED : 0;
}

unsigned style_read(str style)
{
	unsigned said = 0;
	while (style.n) {
		str value, name = str_trim(str_cut(str_cut(style, ';', &style), ':', &value)), important;
		value = str_trim(str_cut(value, '!', &important));
		if (str_eq_ascii_ci(name, S("font-weight"))) said = (said & ~(unsigned)(STYLE_BOLD | STYLE_NOT_BOLD)) | weight_of(value);
		if (str_eq_ascii_ci(name, S("font-style"))) said = (said & ~(unsigned)(STYLE_ITALIC | STYLE_NOT_ITALIC)) | slant_of(value);
		if (str_eq_ascii_ci(name, S("vertical-align"))) said = (said & ~(unsigned)(STYLE_RAISED | STYLE_LOWERED)) | place_of(value);
		if (str_eq_ascii_ci(name, S("text-decoration")) || str_eq_ascii_ci(name, S("text-decoration-line")))
			said = (said & ~(unsigned)STYLE_STRUCK) | (str_contains(value, S("line-through")) ? STYLE_STRUCK : 0);
	}
	return said;
}
