/*
 * The one list of C sources and compiler flags. binding.gyp (what users get), vm/Makefile (variants for
 * development: sanitizers, coverage, clang) and the C unit-test stage all ask this script; none keeps its own.
 *
 *   node scripts/native.mjs <what>      prints a list, one item per line, paths relative to the repository
 *     runtime     C files of libqirt.a: base, heap, sched, interp (without the loop), natives
 *     loop        the dispatch loop, built with its own flags
 *     main        the file with main() of qivm
 *     mains       every file with a main(): vm/interp/<name>_main.c becomes the executable <name>
 *     tests       C unit tests, one executable each (files named …_test.c)
 *     includes    include directories
 *     warnings    diagnostics, all of them errors
 *     cflags      what every C file is compiled with, apart from optimisation and warnings
 *     loop-flags  what the dispatch loop needs in addition, for gcc
 *     libs        system libraries
 *     libraries   those from outside the C library: name|package|flag|a program that needs it, its line ends as \n
 *
 * New C files join by being there. Plain JavaScript without dependencies, because it runs before npm has
 * installed anything (node-gyp reads binding.gyp first).
 *
 * Rejected: listing the files in binding.gyp and again in the Makefile; they drift apart.
 */
import { readdirSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** In import order: each may include the ones before it (scripts/check-imports.ts enforces it). */
const RUNTIME_DIRS = ['vm/base', 'vm/heap', 'vm/sched', 'vm/interp', 'natives'];
const LOOP = 'vm/interp/run.c';
const MAIN = 'vm/interp/qivm_main.c';

function cFiles(dir) {
  const full = join(ROOT, dir);
  if (!existsSync(full)) return [];
  return readdirSync(full)
    .filter((name) => name.endsWith('.c'))
    .sort()
    .map((name) => `${dir}/${name}`);
}

const isTest = (path) => path.endsWith('_test.c');
const isMain = (path) => path.endsWith('_main.c');
const present = (path) => existsSync(join(ROOT, path));

/** What `libs` needs from outside the C library: a program that compiles and links only where it is installed. */
export const LIBRARIES = [
  {
    library: 'libcrypto',
    package: 'libssl-dev',
    link: '-l:libcrypto.a',
    probe: '#include <openssl/sha.h>\nint main(void) { SHA256_CTX c; return SHA256_Init(&c) != 1; }\n',
  },
  {
    library: 'libpcre2-8',
    package: 'libpcre2-dev',
    link: '-l:libpcre2-8.a',
    probe: '#define PCRE2_CODE_UNIT_WIDTH 8\n#include <pcre2.h>\nint main(void) { return pcre2_config(PCRE2_CONFIG_UNICODE, 0) < 0; }\n',
  },
  {
    library: 'libutf8proc',
    package: 'libutf8proc-dev',
    link: '-l:libutf8proc.a',
    probe: '#include <utf8proc.h>\nint main(void) { return utf8proc_toupper(97) != 65; }\n',
  },
];

const lists = {
  runtime: () => RUNTIME_DIRS.flatMap(cFiles).filter((p) => !isTest(p) && p !== LOOP && !isMain(p)),
  loop: () => [LOOP].filter(present),
  main: () => [MAIN].filter(present),
  mains: () => RUNTIME_DIRS.flatMap(cFiles).filter(isMain),
  tests: () => RUNTIME_DIRS.flatMap(cFiles).filter(isTest),
  includes: () => ['vm/include', 'vm', '.'],
  warnings: () => ['-Wall', '-Wextra', '-Werror'],
  // _GNU_SOURCE: clocks, epoll and mmap in base/. Hidden symbols: the addon exports only its Node-API entry.
  // No vectorising of straight-line code: two neighbouring fields are not worth a trip through a vector register.
  // No contraction: a product and a sum round twice on every machine and engine.
  // No strict aliasing: registers and heap slots are read as integers, floats and pointers.
  cflags: () => ['-std=c11', '-D_GNU_SOURCE', '-fvisibility=hidden', '-fno-strict-aliasing', '-ffp-contract=off', '-fno-tree-slp-vectorize', '-pthread'],
  // Without these gcc merges the indirect jumps of the opcodes into one, which the branch predictor cannot follow.
  'loop-flags': () => ['-fno-crossjumping', '-fno-gcse', '-fomit-frame-pointer', '-falign-labels=32'],
  // Libraries statically: they need no start-up work, and a program must not depend on another machine's.
  libs: () => [...LIBRARIES.map(({ link }) => link), '-lm', '-lpthread'],
  libraries: () => LIBRARIES.map((l) => [l.library, l.package, l.link, l.probe.replaceAll('\n', '\\n')].join('|')),
};

/** The named list. Throws when there is no such list. */
export function nativeList(what) {
  const list = lists[what];
  if (list === undefined) throw new Error(`native.mjs: no list named ${what} (one of ${Object.keys(lists).join(' ')})`);
  return list();
}

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === process.argv[1]) {
  process.stdout.write(process.argv.slice(2).flatMap(nativeList).join('\n') + '\n');
}
