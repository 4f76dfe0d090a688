/* What a decode child says is a picture of a number. */
#include <stdint.h>

#include "work/draw.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	(void)draw_png_fits((str){ (const char *)data, size });
	return 0;
}
