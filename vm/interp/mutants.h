/*
 * mutants.h — choosing one deliberately wrong instruction, in the build variant `mutant` (QI_MUTATION) only.
 *
 * mutants.inc holds the wrong bodies. The environment variable QI_MUTANT names the one that takes the place of its
 * instruction in the dispatch table; without it the VM is the true one, and QI_MUTANT=? prints the names. scripts/mutants.ts
 * runs the specification against each.
 *
 * Invariant: release builds contain nothing of this; run.c includes it under QI_MUTATION.
 *
 * Rejected: one build per mutant (the loop takes ten seconds to compile); rewriting bytecode at load (a wrong body says
 * more than a wrong operand, and the stubs of the VM itself are never loaded).
 */
#ifndef QI_INTERP_MUTANTS_H
#define QI_INTERP_MUTANTS_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "slow.h"

typedef struct QiMutant {
    const char *name;    /* "ADD.wraps" */
    QiOp at;             /* the entry of the dispatch table it replaces */
    const void *body;
} QiMutant;

/* Puts the body that QI_MUTANT names into the table. Ends the process when there is none of that name: a run without
 * its mutant would prove nothing. */
static void qi_mutant_install(const QiMutant *mutants, size_t n, const void **table) {
    const char *name = getenv("QI_MUTANT");
    if (name == NULL) return;
    bool list = strcmp(name, "?") == 0;
    for (size_t i = 0; i < n; i++) {
        if (list) {
            puts(mutants[i].name);
        } else if (strcmp(mutants[i].name, name) == 0) {
            table[mutants[i].at] = mutants[i].body;
            return;
        }
    }
    if (!list) fprintf(stderr, "no mutant named %s\n", name);
    exit(list ? 0 : 64);
}

/* Another function of the same kind and signature, so that calling it instead is wrong but safe; `func` when there is none. */
static inline uint32_t qi_mutant_sibling(const QiWorker *w, uint32_t func) {
    const QiProgram *p = w->vm->program;
    const QiFunction *f = &p->functions[func];
    for (uint32_t i = 0; i < p->nfunctions; i++) {
        const QiFunction *g = &p->functions[i];
        bool same = g != f && g->kind == f->kind && g->nparams == f->nparams && g->result == f->result && g->self == f->self && g->env == f->env &&
                    g->yields == f->yields;
        for (uint32_t k = 0; same && k < f->nparams; k++) same = g->params[k] == f->params[k];
        if (same) return i;
    }
    return func;
}

/* Makes a creating instruction name the sibling of its function: each time another, so every first one is wrong. */
static inline void qi_mutant_redirect(const QiWorker *w, const QiInsn *pc) {
    ((QiInsn *)(uintptr_t)pc)->c = (uint16_t)qi_mutant_sibling(w, pc->c);
}

/* Quotient towards minus infinity, for y other than 0 and -1. */
static inline int64_t qi_mutant_floor_div(int64_t x, int64_t y) {
    int64_t q = x / y;
    return x % y != 0 && (x % y < 0) != (y < 0) ? q - 1 : q;
}

/* The word of a SELECT that control was given to, or NULL when it parked or that word is of another kind. */
static inline const QiInsn *qi_mutant_chosen(const QiWorker *w, const QiInsn *select, QiOp kind) {
    for (uint32_t i = 1; i <= select->a; i++) {
        const QiInsn *word = select + i;
        if (word->op == kind && w->current->pc == word + 1 + (int16_t)word->c) return word;
    }
    return NULL;
}

#endif
