/* Runs a fuzz target over every file of its corpus folder, so that what a fuzzer once found stays found on every build. */
#define OWNS_MEMORY
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
	FILE *f = fopen(path, "rb");
	if (!f) return 0;
	uint8_t *data = malloc(1 << 20);
	size_t n = data ? fread(data, 1, 1 << 20, f) : 0;
	fclose(f);
	LLVMFuzzerTestOneInput(data, n);
	free(data);
	return 1;
}

int main(int argc, char **argv)
{
	if (argc != 2) return 2;
	DIR *dir = opendir(argv[1]);
	if (!dir) {
		fprintf(stderr, "%s: cannot be opened\n", argv[1]);
		return 1;
	}
	int count = 0;
	for (struct dirent *e; (e = readdir(dir));) {
		char path[4096];
		if (e->d_name[0] == '.') continue;
		snprintf(path, sizeof path, "%s/%s", argv[1], e->d_name);
		count += replay(path);
	}
	closedir(dir);
	printf("%d inputs replayed\n", count);
	return count > 0 ? 0 : 1; /* an empty corpus proves nothing */
}
