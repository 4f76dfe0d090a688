/* embed: writes the named files as C arrays, with a table of their names (src/view/theme.h). A tool of the build.
 *
 *     embed OUT.c FILE... */
#define OWNS_MEMORY
#include <stdio.h>
#include <string.h>

static int write_bytes(FILE *out, const char *path, int number)
{
	FILE *in = fopen(path, "rb");
	if (!in) return perror(path), 1;
	/* Never empty, so that no array is of size 0; the table states the length. */
	fprintf(out, "static const unsigned char bytes_%d[] = {", number);
	size_t n = 0;
	for (int c; (c = getc(in)) != EOF; n++) fprintf(out, "%s%d,", n % 24 ? "" : "\n", c);
	fprintf(out, "\n0 };\n");
	int failed = ferror(in);
	fclose(in);
	if (failed) return fprintf(stderr, "%s: cannot be read\n", path), 1;
	return 0;
}

int main(int argc, char **argv)
{
	if (argc < 2) return fprintf(stderr, "usage: embed OUT.c FILE...\n"), 2;
	FILE *out = fopen(argv[1], "w");
	if (!out) return perror(argv[1]), 1;
	fprintf(out, "/* Written by tools/embed. */\n#include \"view/theme.h\"\n\n");
	for (int i = 2; i < argc; i++) {
		if (write_bytes(out, argv[i], i)) return 1;
	}
	fprintf(out, "\nconst struct theme_entry theme_entries[] = {\n");
	for (int i = 2; i < argc; i++) {
		const char *slash = strrchr(argv[i], '/');
		fprintf(out, "\t{ \"%s\", bytes_%d, sizeof bytes_%d - 1 },\n", slash ? slash + 1 : argv[i], i, i);
	}
	fprintf(out, "\t{ 0 },\n};\n");
	if (fclose(out)) return perror(argv[1]), 1;
	return 0;
}
