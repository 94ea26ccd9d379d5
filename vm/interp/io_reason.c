/*
 * io_reason.c — the rows of io_reasons.def by errno. A handful, looked up only when something failed: no index.
 */
#include "io_reason.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

static const struct { int error; const char *zh, *en; } REASONS[] = {
#define QI_IO_REASON(error, zh, en) {error, zh, en},
#include "../include/qi/io_reasons.def"
#undef QI_IO_REASON
};

const char *qi_io_reason(bool english, int error) {
    for (size_t i = 0; i < sizeof REASONS / sizeof *REASONS; i++) {
        if (REASONS[i].error == error) return english ? REASONS[i].en : REASONS[i].zh;
    }
    return strerror(error);
}
