/*
 * base.h — the few macros and types every C file of the VM uses.
 *
 * Invariants: nothing here allocates, locks or knows about the language.
 */
#ifndef QI_BASE_BASE_H
#define QI_BASE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define QI_LIKELY(x) __builtin_expect(!!(x), 1)
#define QI_UNLIKELY(x) __builtin_expect(!!(x), 0)
/* Slow paths: kept out of line so that they cost the fast path no registers. */
#define QI_COLD __attribute__((noinline, cold))
/* Inside a loop that waits for another processor. */
#if defined(__x86_64__) || defined(__i386__)
#define QI_CPU_RELAX() __builtin_ia32_pause()
#elif defined(__aarch64__)
#define QI_CPU_RELAX() __asm__ volatile("yield")
#else
#define QI_CPU_RELAX() ((void)0)
#endif
#define QI_NOINLINE __attribute__((noinline))
#define QI_INLINE static inline __attribute__((always_inline))
#define QI_CONTAINER_OF(ptr, type, member) ((type *)(void *)((char *)(ptr) - offsetof(type, member)))

/* A register, element or field: a raw word or a reference; static types say which. */
typedef uint64_t QiValue;

/* A 浮点数 travels as its bits. memcpy compiles to one move. */
QI_INLINE double qi_as_float(QiValue v) {
    double d;
    memcpy(&d, &v, sizeof d);
    return d;
}

QI_INLINE QiValue qi_from_float(double d) {
    QiValue v;
    memcpy(&v, &d, sizeof v);
    return v;
}

QI_INLINE void *qi_as_ref(QiValue v) { return (void *)(uintptr_t)v; }
QI_INLINE QiValue qi_from_ref(const void *p) { return (QiValue)(uintptr_t)p; }

/* How an operation of the runtime ended. */
typedef enum QiStatus {
    QI_OK = 0,
    /* The error is in the worker's `error`; the interpreter unwinds. */
    QI_THROW,
    /* The running coroutine was parked; nothing of it may be touched any more. */
    QI_PARKED,
} QiStatus;

#endif
