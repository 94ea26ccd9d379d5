/*
 * native.h — all that a native function may include.
 *
 * A native is `QiStatus qi_native_<symbol>(QiContext *cx, const QiValue *args,
 * QiValue *result)`, one row of natives/natives.def. It reads its arguments
 * (static types are guaranteed by the verifier), writes *result and returns
 * QI_OK; or returns qi_throw…(…); or, if its row says SUSPENDS, registers with
 * the scheduler through the functions below and returns what they return.
 *
 * Invariants
 * - The collector cannot run while a native runs, so references in C variables
 *   are safe until it returns.
 * - A native never calls back into Qi and never blocks the thread for long: what would, it hands over (qi_offload).
 * - `result` may alias an argument: write it last. A native that throws has not written it (a handler may still read the
 *   register), unless its row says SUSPENDS.
 */
#ifndef QI_NATIVE_H
#define QI_NATIVE_H

#include "../../heap/dict.h"
#include "../../heap/equal.h"
#include "../../heap/error.h"
#include "../../heap/format.h"
#include "../../heap/list.h"
#include "../../heap/order.h"
#include "../../heap/string.h"
#include "../../heap/value.h"

/* The worker that runs the native; opaque here. */
typedef struct QiWorker QiContext;

typedef QiStatus (*QiNativeFn)(QiContext *cx, const QiValue *args, QiValue *result);

#define QI_N_NONE 0u
#define QI_N_SUSPENDS 1u
#define QI_N_INTERNAL 2u
#define QI_N_GLOBAL 4u
#define QI_N_IO 8u
#define QI_N_POOL 16u
#define QI_N_OWN 32u

#define QI_NATIVE(symbol, name_, receiver_, params_, result_, flags_) \
    QiStatus qi_native_##symbol(QiContext *cx, const QiValue *args, QiValue *result);
#include "../../../natives/natives.def"
#undef QI_NATIVE

/* --- types of the call site ------------------------------------------------ */
/* Type of argument i / of the result at this call (types are instantiated per call site). */
const QiType *qi_native_arg_type(QiContext *cx, unsigned i);
const QiType *qi_native_result_type(QiContext *cx);

/* The heap, for the functions of vm/heap. */
QiHeap *qi_native_heap(QiContext *cx);

/* --- errors ------------------------------------------------------------------ */
/* Throws code (7003 for E7003); fills {名} placeholders of its errors.def text from args. Always returns QI_THROW. */
QiStatus qi_throw_code(QiContext *cx, int code, const QiErrorArg *args, size_t nargs);
QiStatus qi_throw_simple(QiContext *cx, int code);
QiStatus qi_throw_index(QiContext *cx, int64_t index, int64_t length);       /* E7003 */
/* E7003 of a slice that ends before it begins. */
QiStatus qi_throw_slice(QiContext *cx, int64_t start, int64_t end, int64_t length);
QiStatus qi_throw_memory(QiContext *cx);                                      /* E7007 */
QiStatus qi_throw_text(QiContext *cx, int code, const char *name, const char *text); /* one placeholder */
/* natives/string.c: Unicode White_Space. */
bool qi_is_space(uint32_t c);
/* natives/number.c. The nearest 浮点数 of digits with `-`, point and exponent where they may be. false: out of memory. */
bool qi_decimal_value(const char *bytes, size_t len, double *out);
/* natives/number.c. E7010: this text is not a `what`. */
QiStatus qi_throw_not_a(QiContext *cx, const QiString *s, const char *what);

/* --- strings ------------------------------------------------------------------ */
/* NULL: out of memory (then return qi_throw_memory). bytes must be valid UTF-8. */
QiString *qi_string_new(QiContext *cx, const char *bytes, size_t len);
/* Uninitialised bytes and unset counts: fill, then call qi_string_finish. */
QiString *qi_string_alloc(QiContext *cx, size_t len);
void qi_string_finish(QiString *s);

/* --- lists, options, formatting --------------------------------------------------- */
/* Empty list of the given LIST type with room for cap elements; NULL: out of memory. */
QiList *qi_list_new(QiContext *cx, const QiType *type, size_t cap);
/* false: out of memory or too long. */
bool qi_list_push(QiContext *cx, QiList *l, QiValue v);
QiValue qi_list_get(const QiList *l, const QiType *type, size_t i);
void qi_list_set(QiList *l, const QiType *type, size_t i, QiValue v);
/* Stores 有(v) of OPTION type t into *out. false: out of memory. */
bool qi_option_some(QiContext *cx, const QiType *t, QiValue v, QiValue *out);
#define QI_OPTION_NONE ((QiValue)0)
/* The value inside a 有 (o is not 无). */
QiValue qi_option_value(const QiType *t, QiValue o);
/* 打印's text of v; quoted: strings and characters as inside a collection. NULL: out of memory. */
QiString *qi_format(QiContext *cx, const QiType *t, QiValue v, bool quoted);

/* --- waiting for descriptors ------------------------------------------------------------ */
#define QI_IO_READ 1u
#define QI_IO_WRITE 2u
/*
 * Tries an operation and never blocks. QI_OK: *result, a value of `type`, is written; QI_PARKED: not yet; QI_THROW: as usual. It may run on any worker, long
 * after the native returned; operations on one descriptor are tried one at a time.
 */
typedef QiStatus (*QiReadyFn)(QiContext *cx, void *data, const QiType *type, QiValue *result);
typedef struct QiIoOperation {
    int fd;            /* stays open until the operation is done */
    uint32_t what;     /* QI_IO_READ, QI_IO_WRITE: what to wait for when it cannot go on */
    const char *name;  /* what errors call the descriptor; a constant */
    QiReadyFn try;
    void *data;        /* for `try`; lives until the operation is done */
    const QiType *type; /* of the result: qi_native_result_type */
} QiIoOperation;
/*
 * Does an operation, parking the coroutine whenever it cannot go on; the native returns what this returns. Operations on one descriptor are done in the order
 * they came. QI_THROW: what the operation threw, a cancellation (the operation did not happen), E7007, or E8001 when the system cannot wait for fd.
 */
QiStatus qi_io_wait(QiContext *cx, const QiIoOperation *operation, QiValue *result);

/* --- work that takes long --------------------------------------------------------------- */
/*
 * Work for a thread of the pool, and what becomes of it. `data` belongs to the call from the moment it is made, whatever it returns.
 *
 *   work     on some thread, while the program goes on and even after its end: it touches data and what data owns, allocated by malloc, and nothing
 *            else. No context, no object of the heap (copy the bytes of strings), no global state. It cannot fail: it notes in data
 *            what went wrong, for `done` to throw.
 *   done     on a worker, as a native is called: writes a value of `type` to *result and returns QI_OK, or throws. It may make objects; it parks
 *            nobody and keeps nothing of data. Not called when nobody waits any more.
 *   release  once, last, on any thread: frees data.
 */
typedef struct QiOffload {
    const char *name;   /* what reports call the work: the native's name in Qi; a constant */
    void (*work)(void *data);
    QiStatus (*done)(QiContext *cx, void *data, const QiType *type, QiValue *result);
    void (*release)(void *data);
    void *data;
    const QiType *type; /* of the result: qi_native_result_type */
} QiOffload;
/*
 * Does the work on a thread of the pool while the coroutine is parked; the native returns what this returns. QI_THROW: what `done` threw, or
 * a cancellation: then the work never began, or it ends unheard. The row of such a native says SUSPENDS | POOL, and it waits for nothing else;
 * it may do what is short itself and return, for handing over costs some tens of microseconds.
 */
QiStatus qi_offload(QiContext *cx, const QiOffload *offload, QiValue *result);

/* --- program -------------------------------------------------------------------------- */
/* Appends to the program's buffered standard output; one call is written atomically. */
QiStatus qi_write_stdout(QiContext *cx, const char *bytes, size_t len);
/* The same and a line end. */
QiStatus qi_write_line(QiContext *cx, const char *bytes, size_t len);
/* For a QiReadyFn on descriptor 0: the next line of standard input without its end, NULL at the end of input. QI_PARKED: not all of it is there. QI_THROW: E8001, E7007. */
QiStatus qi_stdin_line(QiContext *cx, QiString **line);
/* The stack an error was thrown with, as text; empty when it was not thrown. NULL: out of memory. */
QiString *qi_error_stack(QiContext *cx, const QiError *e);
/* argv as the program sees it. */
int qi_program_argc(QiContext *cx);
const char *qi_program_arg(QiContext *cx, int i);
/* Flushes and ends the program with this code; returns QI_PARKED. */
QiStatus qi_program_exit(QiContext *cx, int code);
/* What runs is a function of the module other than 入口, such as a test. */
bool qi_program_is_part(QiContext *cx);
/* Milliseconds of the wall clock (of the virtual clock in deterministic mode). */
int64_t qi_now_ms(QiContext *cx);
/* Nanoseconds of the wall clock since 1970, and of a clock that never goes back (of the virtual clock in deterministic mode). */
int64_t qi_wall_ns(QiContext *cx);
int64_t qi_monotonic_ns(QiContext *cx);
/* Uniform in [0, 2^64), seeded in deterministic mode. */
uint64_t qi_random_u64(QiContext *cx);
/* Bytes nobody can guess; in deterministic mode those of the seed. false: the system has none to give. */
bool qi_secret_bytes(QiContext *cx, void *bytes, size_t len);
/* Appends to standard error, after what standard output still holds. */
void qi_write_stderr(QiContext *cx, const char *bytes, size_t len);
/* One place of this worker for what natives keep between calls: no other thread sees it. What *place holds at the end of
 * the worker is given to `release`, which is always the same function. */
void **qi_worker_cache(QiContext *cx, void (*release)(void *kept));

#endif
