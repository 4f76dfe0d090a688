/* media: what an uploaded file can be, what was taken out of it, why one is refused, and what a decode child says about it.
 *
 * Kinds are closed: a file is one of these by its content, or it is refused. Sizes are bytes, pictures are measured in pixels as a person sees
 * them (turned upright), times are milliseconds. A result that came from a decode child is believed only after media_take_result
 * and media_check have agreed to it; the texts for people (types, sentences, words) are made here and never by the child. */
#ifndef SYS_MEDIA_H
#define SYS_MEDIA_H

#include "sys/msg.h"

enum media_kind {
	MEDIA_NONE,
	MEDIA_JPEG, MEDIA_PNG, MEDIA_GIF, MEDIA_WEBP,
	MEDIA_AVIF, MEDIA_HEIC, /* come in, and are kept as JPEG, or as PNG where something shows through */
	MEDIA_MP3, MEDIA_OGG, MEDIA_FLAC, MEDIA_M4A, MEDIA_WAV,
	MEDIA_MP4, MEDIA_WEBM, MEDIA_OGV,
	MEDIA_PDF, MEDIA_TEXT,
	MEDIA_KINDS,
};

enum media_group { MEDIA_GROUP_NONE, MEDIA_PICTURE, MEDIA_SOUND, MEDIA_VIDEO, MEDIA_DOCUMENT };

#define MEDIA_BIT(kind) (1U << (kind))
#define MEDIA_ALL (MEDIA_BIT(MEDIA_KINDS) - 2) /* every kind but MEDIA_NONE */

const char *media_name(enum media_kind k);   /* "JPEG", "Ogg", "plain text": for sentences */
str media_mime(enum media_kind k);           /* what it is served as: "image/jpeg" */
const char *media_suffix(enum media_kind k); /* "jpg", without the dot */
enum media_group media_group(enum media_kind k);
bool media_is_kept(enum media_kind k); /* whether a cleaned file can be of this kind */

/* Kinds of data that were taken out; a set of bits. Never what they said. */
enum media_removed {
	MEDIA_PLACE = 1 << 0, MEDIA_CAMERA = 1 << 1, MEDIA_DATE = 1 << 2, MEDIA_AUTHOR = 1 << 3, MEDIA_SOFTWARE = 1 << 4,
	MEDIA_COMMENT = 1 << 5, MEDIA_THUMBNAIL = 1 << 6, MEDIA_ATTACHED = 1 << 7, MEDIA_SCRIPT = 1 << 8, MEDIA_TAGS = 1 << 9,
	MEDIA_COVER = 1 << 10, MEDIA_OTHER = 1 << 11,
	MEDIA_GONE_ALL = (1 << 12) - 1,
	/* and of data that stayed, since without it something would be missing, although nobody can say what hides in it */
	MEDIA_UNSURE_TYPEFACE = 1 << 12, /* letters that a document brings along */
	MEDIA_UNSURE_UNSEEN = 1 << 13,   /* words that are drawn by no ink, as programs lay them under a scanned page */
	MEDIA_UNSURE_CUT = 1 << 14,      /* parts of pages that were cropped away */
	MEDIA_UNSURE_LAYERS = 1 << 15,   /* layers that are not shown at first */
	MEDIA_UNSURE_CODED = 1 << 16,    /* pictures in a code that is not looked into */
	MEDIA_UNSURE_STREAM = 1 << 17,   /* sound and video as an encoder wrote them */
	MEDIA_REMOVED_ALL = (1 << 18) - 1,
};

/* "place, camera, date", in the arena; empty where nothing was taken out. media_removed_word gives one bit's word, NULL behind the last. */
str media_removed_words(struct cx *cx, uint32_t removed);
const char *media_removed_word(size_t bit);
/* "typefaces, cropped parts of pages": what stayed unlooked into. */
str media_unsure_words(struct cx *cx, uint32_t removed);

enum media_refusal {
	MEDIA_NOT_REFUSED,
	MEDIA_REFUSED_EMPTY,
	MEDIA_REFUSED_UNKNOWN,   /* none of the kinds */
	MEDIA_REFUSED_UNWANTED,  /* a kind that is not wanted here */
	MEDIA_REFUSED_DAMAGED,
	MEDIA_REFUSED_PIXELS,
	MEDIA_REFUSED_DURATION,
	MEDIA_REFUSED_PAGES,     /* pages of a document, frames of a moving picture */
	MEDIA_REFUSED_BYTES,     /* what it came as, or what it would become */
	MEDIA_REFUSED_ENCRYPTED,
	MEDIA_REFUSED_VIDEO,     /* a codec that browsers do not play */
	MEDIA_REFUSED_SOUND,
	MEDIA_REFUSED_NOTHING,   /* neither picture nor sound in it */
	MEDIA_REFUSED_TEXT,      /* neither a known kind nor plain text in UTF-8 */
	MEDIA_REFUSED_ROOM,      /* the disk is full: nobody's fault who sent it */
	MEDIA_REFUSED_MEMORY,    /* it would take more memory than one file may */
	MEDIA_REFUSED_LAST = MEDIA_REFUSED_MEMORY,
	/* not said by a child, but about it: */
	MEDIA_REFUSED_TIME,      /* it took too long */
	MEDIA_REFUSED_ENDED,     /* it ended, or said what makes no sense */
	MEDIA_REFUSALS,
};

/* The sentence, completing the name of a file: "is damaged and cannot be read". */
const char *media_refusal_sentence(enum media_refusal r);

/* What is asked of a child. Each must be positive and not above its ceiling. */
struct media_limits {
	int64_t pixels;      /* width times height, of a moving picture times its frames */
	int64_t duration;    /* of sound and video */
	int64_t pages;       /* of a document; frames of a moving picture */
	int64_t bytes;       /* of each file that comes out */
};
#define MEDIA_PIXELS_MOST   INT64_C(200000000)
#define MEDIA_DURATION_MOST (INT64_C(24) * 3600 * 1000)
#define MEDIA_PAGES_MOST    INT64_C(10000)
#define MEDIA_BYTES_MOST    (INT64_C(8) << 30)
extern const struct media_limits media_limits_usual; /* 64 million pixels, 6 hours, 2000 pages, 2 GiB */
bool media_limits_fit(const struct media_limits *l);

/* A picture is also made at these widths, below its own, each as WebP and as JPEG (PNG where something shows through, or the picture is a PNG or a
 * GIF). A moving picture's are of its first frame. A video or document has one still of at most MEDIA_POSTER_WIDTH, as WebP and JPEG. */
#define MEDIA_WIDTHS { 1920, 1280, 960, 640, 320 }
#define MEDIA_WIDTHS_N 5
#define MEDIA_POSTER_WIDTH 1280
#define MEDIA_OUTPUTS_MOST (1 + 2 * MEDIA_WIDTHS_N)

/* What one decode child takes of the machine's memory at most, whatever file it is given; files at once follow from it ([upload] memory_mb). */
#define MEDIA_MEMORY_MB 400

struct media_output {
	enum media_kind kind;
	int width, height; /* 0 for what has none */
	int64_t bytes;
	int fd;            /* the caller's, -1 in a child's answer; outputs stand in the order of the files that were given for them */
};

struct media_result {
	enum media_kind found;  /* what came */
	enum media_kind kind;   /* what it is kept as: the kind of outputs[0] */
	int width, height;      /* of pictures and videos */
	int64_t duration;       /* of sound and video */
	int pages;              /* pages of a document, frames of a picture; else 0 */
	uint32_t removed;
	size_t n;
	struct media_output outputs[MEDIA_OUTPUTS_MOST]; /* the cleaned file, then what was made of it */
};

/* A result as the body of a message. Taking it checks every field against its range; INVALID with a sentence otherwise. */
void media_put_result(struct buf *b, const struct media_result *r);
CHECKED err media_take_result(struct cx *cx, struct msg *m, struct media_result *out);

/* Whether a child may say this about a file that was to become one of kinds within limits: kinds agree with each other, sizes are those that are
 * asked for, nothing is larger than allowed. INVALID with a sentence for the log. What the outputs' first bytes are is media_starts_as's to say. */
CHECKED err media_check(struct cx *cx, const struct media_result *r, uint32_t kinds, const struct media_limits *limits);
/* The same for the stills of a video or document: WebP and JPEG of one size. r->kind must be kind. */
CHECKED err media_check_stills(struct cx *cx, const struct media_result *r, enum media_kind kind, const struct media_limits *limits);

/* Whether a file that begins so can be one of kind k: the last door before it is kept and served under that type. head holds the file's first
 * MEDIA_HEAD bytes, or all of a shorter one. */
#define MEDIA_HEAD 64
bool media_starts_as(enum media_kind k, str head);

#endif
