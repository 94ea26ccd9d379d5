/*
 * output.h — the program's buffered standard output.
 *
 * Invariants
 * - One write call of the program lands in the buffer whole: output of
 *   coroutines never interleaves within a line.
 * - When the reader is gone the rest is dropped, `failed` is set, and the program
 *   is asked to stop; the process gets no SIGPIPE and the exit code is not 0.
 */
#ifndef QI_INTERP_OUTPUT_H
#define QI_INTERP_OUTPUT_H

#include "vm.h"

/* false: out of memory. */
bool qi_output_init(QiVm *vm);
/* Appends; flushes as needed. false: it cannot be written. */
bool qi_output_write(QiVm *vm, const char *bytes, size_t len);
/* As above, and a line end after it, with nothing of another worker's between. */
bool qi_output_write_line(QiVm *vm, const char *bytes, size_t len);
/* false: some of it could not be written, now or before. */
bool qi_output_flush(QiVm *vm);
/* Writes to standard error, after what standard output still holds. */
void qi_output_error(QiVm *vm, const char *bytes, size_t len);
void qi_output_free(QiVm *vm);

#endif
