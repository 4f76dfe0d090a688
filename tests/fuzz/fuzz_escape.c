/* esc_url_undo, and the escapers whose output must hold none of what they escape. */
#include <stdint.h>

#include "base/cx.h"
#include "base/must.h"
#include "base/utf8.h"
#include "text/esc.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cx *cx = cx_new();
	str s = { (const char *)data, size }, back;
	struct buf b = buf_new(cx, 3 * size + 1), x = buf_new(cx, 6 * size + 1);
	if (esc_url_undo(cx, s, true, &back)) MUST(back.n <= s.n);
	if (esc_url_undo(cx, s, false, &back)) MUST(back.n <= s.n);
	esc_url(&b, s);
	MUST(!b.full && esc_url_undo(cx, buf_view(&b), true, &back) && str_eq(back, s));
	esc_xml(&x, s);
	MUST(!x.full && utf8_valid(buf_view(&x)) && str_find_char(buf_view(&x), '<', 0) < 0);
	MUST(str_find_char(esc_html_str(cx, s), '"', 0) < 0);
	cx_end(cx);
	return 0;
}
