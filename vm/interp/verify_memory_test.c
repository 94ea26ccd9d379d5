/*
 * verify_memory_test.c — a verifier that gets no memory says so: the module is not called invalid.
 *
 * verify.c is compiled into this test with an allocator that fails when asked to; its object file in the library is then
 * not linked.
 */
#include <stdlib.h>

static unsigned allocations_left;

static void *scarce_malloc(size_t size) { return allocations_left == 0 ? NULL : (allocations_left--, malloc(size)); }
static void *scarce_calloc(size_t count, size_t size) { return allocations_left == 0 ? NULL : (allocations_left--, calloc(count, size)); }

#define malloc(size) scarce_malloc(size)
#define calloc(count, size) scarce_calloc(count, size)
#include "verify.c"
#undef malloc
#undef calloc

#include "../base/test.h"
#include "module_builder.h"

static uint8_t *small_module(size_t *len) {
    QbModule *m = malloc(sizeof *m);
    if (m == NULL) abort();
    qb_begin(m);
    QbFunction *f = qb_main(m, 2);
    qb_op32(f, QI_OP_LDI, 0, 1);
    qb_op(f, QI_OP_RET0, 0, 0, 0);
    uint8_t *bytes = qb_finish(m, len);
    free(m);
    return bytes;
}

static void every_failed_allocation_is_e7007(QiTest *t) {
    size_t len;
    uint8_t *bytes = small_module(&len);
    unsigned n = 0;
    for (;; n++) {
        QiLoadError error = {0};
        allocations_left = n;
        QiProgram *p = qi_program_load(bytes, len, &error);
        if (p != NULL) {
            qi_program_free(p);
            break;
        }
        QI_CHECK_INT(t, error.code, 7007);
        QI_CHECK_INT(t, error.why, QI_WHY_NONE);
        if (error.code != 7007) break;
    }
    QI_CHECK(t, n >= 8); /* seven tables of a function, and a state */
    free(bytes);
}

int main(void) {
    QiTest t = {0};
    QI_RUN(&t, every_failed_allocation_is_e7007);
    return qi_test_end(&t);
}
