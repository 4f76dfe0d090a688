/* sandbox_parts: the two locks of sandbox.c, a file each. Both fail closed. */
#ifndef SYS_SANDBOX_PARTS_H
#define SYS_SANDBOX_PARTS_H

#include "sys/sandbox.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANDBOX_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SANDBOX_SANITIZED 1
#endif
#endif
#ifndef SANDBOX_SANITIZED
#define SANDBOX_SANITIZED 0
#endif

/* Landlock: which files, and that no TCP port is bound or (web, decode) connected to but those of paths. */
CHECKED err sandbox_lock_files(struct cx *cx, enum role role, const struct sandbox_paths *paths);
bool sandbox_files_available(struct cx *cx, str *why_not);

/* seccomp-bpf: which system calls, on all threads. paths may be NULL: it connects nowhere. */
CHECKED err sandbox_lock_calls(struct cx *cx, enum role role, const struct sandbox_paths *paths);
bool sandbox_calls_available(struct cx *cx, str *why_not);

#endif
