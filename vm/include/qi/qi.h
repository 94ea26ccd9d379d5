/*
 * qi.h — embedding Qi in a C program.
 *
 *     QiVm *vm = qi_vm_new(&(QiConfig){ .argc = argc, .argv = argv });
 *     if (vm != NULL && qi_vm_load(vm, bytes, len)) code = qi_vm_run(vm);
 *     qi_vm_free(vm);
 *
 * A QiVm is a value: several may live in one process, each used by one thread
 * at a time; it starts further threads when asked for several workers, and joins them. Nothing here exits the process; only `signals` makes it
 * install signal handlers, for the time of a run.
 */
#ifndef QI_QI_H
#define QI_QI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define QI_VERSION "0.1.0"

#define QI_WORKERS_MAX 1024

typedef struct QiVm QiVm;

typedef struct QiConfig {
    int argc;                    /* arguments the program sees; borrowed until qi_vm_free */
    const char *const *argv;
    bool english;                /* language of messages */
    bool json;                   /* messages as one JSON object a line, for tools */
    unsigned workers;            /* threads that run the program, with the caller's; 0: as many as there are processors, started when
                                    tasks first wait for one that computes. With deterministic always 1 */
    bool spread;                 /* all workers stay at work, whether it pays or not (tests) */
    bool deterministic;          /* seeded choices, virtual clock */
    uint64_t seed;
    bool real_clock;             /* in deterministic mode: time passes as it does outside */
    size_t heap_limit_bytes;     /* 0: none */
    size_t stack_limit_bytes;    /* per coroutine; 0: 1 GiB */
    bool gc_stress;              /* collect at every safepoint (tests) */
    bool gc_slices;              /* a slice of a few objects at every safepoint (tests) */
    bool no_leaks;               /* do not look for tasks that nobody can wake (E6007) */
    bool leaks_fail;             /* look for them once more at the end; any found make the exit code QI_EXIT_ERROR */
    bool signals;                /* SIGINT and SIGQUIT are the program's while it runs: the first SIGINT cancels 入口, the second ends the
                                    process. For one VM of a process at a time; another then runs without */
    /* Who may look closer and change what tasks there are: descriptor + 1 of a connected local socket, which belongs to the VM from the run on; 0: nobody. Without
       `signals` it is heard, too. What it says: vm/interp/inspector.c */
    int inspector;
    /* Output; NULL: file descriptors 1 and 2. Returns false when it cannot be written (the program then ends). Called by one
       thread at a time, which with several workers need not be the caller's. */
    bool (*write)(void *user, int fd, const char *bytes, size_t len);
    void *user;
} QiConfig;

/* Exit codes of qi_vm_run, beside the program's own. */
#define QI_EXIT_ERROR 1      /* uncaught error, or a failure nobody observed */
#define QI_EXIT_DEADLOCK 2
#define QI_EXIT_INTERRUPTED 130 /* Ctrl-C cancelled 入口 */

/* NULL: out of memory. config is copied, what it points to is not. */
QiVm *qi_vm_new(const QiConfig *config);
/* Loads and verifies a .qic module (bytes are not kept). false: refused; see qi_vm_error. Once per VM. */
bool qi_vm_load(QiVm *vm, const uint8_t *bytes, size_t len);
/* Runs the program to its end; returns the exit code 0–255. Once per VM. */
int qi_vm_run(QiVm *vm);
/* As qi_vm_run, but begins with function `func` of the module (such as a test), which takes nothing and gives 空 or 整数. When the
 * module has no such function, prints E9010 to standard error and returns QI_EXIT_ERROR. */
int qi_vm_run_function(QiVm *vm, uint32_t func);
/* Text of the last refusal (JSON when the configuration says so), coded, in the VM's language; valid until the next call. */
const char *qi_vm_error(const QiVm *vm);
/* The loaded module as text in the language of the VM; the caller frees it with qi_free. NULL: out of memory. */
char *qi_vm_disassemble(const QiVm *vm, size_t *len);
void qi_free(void *p);
void qi_vm_free(QiVm *vm);

#ifdef __cplusplus
}
#endif

#endif
