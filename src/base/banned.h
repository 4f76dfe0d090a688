/* banned: functions that make bugs, turned into compile errors. It is the last #include of every .c file of ours
 * (tools/checkdeps fails the build where it is not), so that system headers may still mention the names. */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

/* In fortified builds clang's headers make macros of some of them. */
#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef sprintf
#undef vsprintf
#undef stpcpy
#undef asprintf
#undef vasprintf

/* Each has a better home: str and buf for text, the cx's clock and randomness, sys/proc for children. */
#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok strtok_r gets stpcpy
#pragma GCC poison atoi atol atoll rand srand random srandom drand48 tmpnam tempnam mktemp
#pragma GCC poison system popen vfork
#pragma GCC poison localtime gmtime ctime asctime

#ifndef OWNS_MEMORY /* defined by the few files that may: arena, cx, and the edges to libraries that demand it */
#pragma GCC poison malloc calloc realloc free strdup strndup asprintf vasprintf
#endif

#endif
