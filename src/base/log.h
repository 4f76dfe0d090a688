/* log: one logfmt line an event, on standard error. No line ever holds a client's address, a cookie, a key,
 * a form value or a query string; what a stranger chose is logged as its length at most. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/cx.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* Names this process in its lines ("web"); called once at start. */
void log_open(const char *role, enum log_level least);

/* From here on lines go there and not to standard error; called before a second thread starts. */
void log_to(int fd);
int log_where(void);

/* cx may be NULL when there is no request. The message is quoted and control characters are escaped. */
void log_line(const struct cx *cx, enum log_level level, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#define log_info(cx, ...) log_line(cx, LOG_INFO, __VA_ARGS__)
#define log_warn(cx, ...) log_line(cx, LOG_WARN, __VA_ARGS__)
#define log_error(cx, ...) log_line(cx, LOG_ERROR, __VA_ARGS__)

#endif
