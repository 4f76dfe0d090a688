/* embed: writes the named files as C arrays, with a table of their names (src/view/theme.h). A tool of the build.
 *
 *     embed OUT.c FILE...
 *     embed --table HEADER STRUCT NAME OUT.c FILE...   another table, whose names keep the files' last folder */
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

/* What follows the path's last slash but `folders`. */
static const char *name_of(const char *path, int folders)
{
	const char *p = path + strlen(path);
	for (; p > path; p--)
		if (p[-1] == '/' && folders-- == 0) break;
	return p;
}

int main(int argc, char **argv)
{
	const char *header = "view/theme.h", *type = "theme_entry", *table = "theme_entries";
	int folders = 0;
	if (argc > 5 && strcmp(argv[1], "--table") == 0) {
		header = argv[2], type = argv[3], table = argv[4], folders = 1;
		argc -= 4, argv += 4;
	}
	if (argc < 2) return fprintf(stderr, "usage: embed [--table HEADER STRUCT NAME] OUT.c FILE...\n"), 2;
	FILE *out = fopen(argv[1], "w");
	if (!out) return perror(argv[1]), 1;
	fprintf(out, "/* Written by tools/embed. */\n#include \"%s\"\n\n", header);
	for (int i = 2; i < argc; i++) {
		if (write_bytes(out, argv[i], i)) return 1;
	}
	fprintf(out, "\nconst struct %s %s[] = {\n", type, table);
	for (int i = 2; i < argc; i++) fprintf(out, "\t{ \"%s\", bytes_%d, sizeof bytes_%d - 1 },\n", name_of(argv[i], folders), i, i);
	fprintf(out, "\t{ 0 },\n};\n");
	if (fclose(out)) return perror(argv[1]), 1;
	return 0;
}
