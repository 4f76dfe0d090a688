/* A message whose body a hostile child wrote, taken in an order that the first byte chooses. */
#include <stdint.h>
#include <stdlib.h>

#include "base/cx.h"
#include "sys/msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0) return 0;
	struct cx *cx = cx_new();
	struct msg m = { .type = 1, .body = { (const char *)data + 1, size - 1 }, .fd = -1 };
	for (unsigned order = data[0], i = 0; i < 64; i++, order = order >> 1 | order << 7) {
		int64_t v;
		str s;
		size_t before = m.at;
		err e = order & 1 ? msg_take_int(cx, &m, &v) : msg_take_str(cx, &m, &s);
		if (m.at > m.body.n || (e != OK && m.at != before) || (e == OK && m.at <= before)) abort();
		if (e != OK) break;
	}
	if ((msg_end(cx, &m) == OK) != (m.at == m.body.n)) abort();
	cx_end(cx);
	return 0;
}
