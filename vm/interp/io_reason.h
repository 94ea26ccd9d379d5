/*
 * io_reason.h — why an operation on a file failed, in words for people.
 */
#ifndef QI_INTERP_IO_REASON_H
#define QI_INTERP_IO_REASON_H

#include <stdbool.h>

/* error: an errno. What the table io_reasons.def does not have is in the system's words. */
const char *qi_io_reason(bool english, int error);

#endif
