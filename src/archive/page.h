/* page: reads one saved article page of a dadaIMC site as text. Pages that outlived their sites are mostly text extractions: the
 * tags are gone, so the parser goes by landmarks (the tool bar, the "Type :: Topic" line, a date, "See also:", the licence
 * sentence, the comment form) and by their order. Only the type line and the date after it must be there; everything else may be
 * missing, and what is not there is left empty.
 *
 * Pure: bytes in, struct out, in time and memory linear in the bytes. All texts are valid UTF-8 without control characters but
 * line feeds and tabs, live in the cx's arena, and are as long as the page has them: the site's limits (LIMIT_TITLE, LIMIT_TOPICS ...) are
 * the importer's affair. Days are microseconds at noon UTC (PRECISION_DAY); 0 is none. */
#ifndef ARCHIVE_PAGE_H
#define ARCHIVE_PAGE_H

#include "archive/encoding.h"
#include "base/cx.h"
#include "base/limits.h"

#define ARCHIVED_PAGE_MAX (8 * MIB) /* the largest page seen elsewhere is well under one */
#define ARCHIVED_LINES_MAX 250000

struct archived_strs {
	str *at;
	size_t n;
};

/* A link of the page. The extraction lost where it led: url is empty unless the text itself says so. */
struct archived_link {
	str text;
	str url;
};

struct archived_show {
	str name;
	str when;        /* as the page has it: "FRI (alt) at 5:30 pm" */
	unsigned days;   /* bit 0 Sunday ... bit 6 Saturday; 0 when not understood */
	bool alternate;  /* every other week */
	int minute;      /* of the day, 0-1439; -1 when not understood */
};

struct archived_station {
	str name; /* "WMBR 88.1 FM" */
	struct archived_show *shows;
	size_t shows_n;
};

enum archived_block_kind {
	ARCHIVED_PROMOTION,
	ARCHIVED_LINKS,
	ARCHIVED_RADIO,
	ARCHIVED_TEXT, /* events of the day and the like: good for that day only */
};

struct archived_block {
	enum archived_block_kind kind;
	str title; /* may be empty */
	struct archived_link *links; /* promotion, links, text: its lines */
	size_t links_n;
	struct archived_station *stations; /* radio */
	size_t stations_n;
};

/* Who wrote it, as the byline has it: "by NAME Email: user (nospam) host (unverified!) Address: PLACE". */
struct archived_byline {
	str author;
	str email; /* put together again: user@host */
	str phone;
	str address;
	bool unverified;
};

struct archived_comment {
	str title; /* may be empty */
	int64_t day;
	struct archived_byline by;
	str body;
};

struct archived_page {
	enum archive_encoding encoding;

	/* the page's furniture */
	str site_name; /* "Boston IMC", from "Printed from ..." */
	str site_url;
	struct archived_link *network;
	size_t network_n;
	struct archived_block *blocks;
	size_t blocks_n;

	/* the article */
	bool feature;   /* its tool bar says "Comment on this feature" */
	bool hidden;
	str hidden_code; /* "Other" */
	str type_name;  /* "Commentary", without LOCAL */
	str type_slug;  /* ours for it, or empty when the word is not known */
	bool local;
	struct archived_strs topics;
	str title;         /* without the language mark */
	str language_mark; /* "english", as it stood in the title's brackets; empty when there was none */
	str language;      /* BCP 47, from the mark */
	struct archived_byline by;
	int64_t day;
	int64_t modified_day;
	str summary; /* one paragraph; empty when the text has only one, which then is the body (of a feature: the summary) */
	str body;    /* all lines from after the summary up to the end landmarks, verbatim but for line ends; still begins with the source line */
	str source_name; /* offered when the body's first line reads like a credit: "Stratfor Intelligence Brief" */
	int64_t source_day;
	struct archived_strs see_also;
	str licence_slug; /* or empty */
	str licence_sentence;

	struct archived_comment *comments;
	size_t comments_n;
};

/* INVALID, with a sentence that says which landmark is missing, when this is not such a page; LIMIT past ARCHIVED_PAGE_MAX. */
CHECKED err page_parse(struct cx *cx, str bytes, struct archived_page *out);

#endif
