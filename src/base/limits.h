/* limits: every number that bounds what a stranger can make us do, in one place.
 * Sizes are bytes, counts are counts, times are microseconds unless the name says otherwise.
 * A limit that an operator may change is a setting (src/cli/conf.c); the numbers here are the
 * ceilings those settings cannot pass. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#define KIB 1024L
#define MIB (1024L * 1024L)

/* memory */
#define LIMIT_ARENA          (256 * MIB) /* one request or job; more is a bug or an attack */
#define LIMIT_ARENA_KEEP     (1 * MIB)   /* what an arena keeps between two requests */

/* database */
#define LIMIT_DB_VALUE       (64 * MIB)  /* one text, blob or row */
#define LIMIT_WRITE_QUEUE    1024        /* writes waiting for the writer */

/* HTTP */
#define LIMIT_TARGET         (8 * KIB)   /* request target, RFC 9112 3 recommends 8000 at least */
#define LIMIT_HEADERS        (32 * KIB)  /* whole header section */
#define LIMIT_QUERY_PARAMS   64
#define LIMIT_FORM_FIELDS    256
#define LIMIT_FORM_FILES     32
#define LIMIT_FIELD_NAME     64
#define LIMIT_COOKIES        32
#define LIMIT_BODY_MEMORY    (256 * KIB) /* a request body beyond this goes to a spool file */
#define LIMIT_PAGE           (8 * MIB)   /* one rendered page */

/* what people write */
#define LIMIT_TITLE          300
#define LIMIT_SUMMARY        (4 * KIB)
#define LIMIT_BODY           (512 * KIB)
#define LIMIT_COMMENT_BODY   (64 * KIB)
#define LIMIT_COMMENT_HTML   (512 * KIB) /* sanitised output of one comment */
#define LIMIT_NAME           120
#define LIMIT_EMAIL          254         /* RFC 5321 4.5.3.1.3 less the brackets */
#define LIMIT_URL            2000
#define LIMIT_NOTE           1000
#define LIMIT_TOPICS         8
#define LIMIT_RELATED        10
#define LIMIT_SLUG           80
#define LIMIT_PASSWORD       1024
#define LIMIT_HTML           (4 * MIB)   /* sanitised output of one body */
#define LIMIT_HTML_DEPTH     200
#define LIMIT_IMPORT_FILE    (64 * MIB)

/* templates */
#define LIMIT_TEMPLATE       (256 * KIB)
#define LIMIT_ASSET          (512 * KIB) /* a site's own style sheet, icon or logo */
#define LIMIT_TEMPLATE_DEPTH 32
#define LIMIT_TEMPLATE_WHOLE (4 * MIB)   /* one template with all its partials in place */

/* lists */
#define LIMIT_PAGE_ROWS      30
#define LIMIT_COMMENTS_SHOWN 200
#define LIMIT_ATTACHED       2000        /* files on one page */
#define LIMIT_COMMENTS_BYTES (3 * MIB)   /* of comments on one page; the rest stands on the next */

#endif
