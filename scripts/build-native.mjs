/*
 * Builds binding.gyp: libqirt.a, qivm and the Node addon, into build/Release.
 *
 *   node scripts/build-native.mjs             configure and build what changed
 *   node scripts/build-native.mjs --verbose   show the compiler commands
 *
 * node-gyp gets --nodedir, the prefix of the running Node, so it uses the headers installed beside that Node and
 * downloads nothing. Output is shown only when the build fails.
 *
 * Plain JavaScript without dependencies: it is also the `install` script of the published package, where only
 * npm's own node-gyp is there.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { coded } from './coded.mjs';
import { LIBRARIES, nativeList } from './native.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const verbose = process.argv.includes('--verbose');

function fail(code, args) {
  console.error(coded(code, args));
  process.exit(1);
}

function nodePrefix() {
  const prefix = dirname(dirname(process.execPath));
  if (existsSync(join(prefix, 'include/node/node_api.h'))) return prefix;
  return fail('E9902', { 路径: join(prefix, 'include/node') });
}

/** Our own node-gyp in a clone; the one npm brings when the published package is installed. */
function nodeGyp() {
  try {
    return createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js');
  } catch {
    const fromNpm = process.env.npm_config_node_gyp;
    if (fromNpm !== undefined && existsSync(fromNpm)) return fromNpm;
    return fail('E9901');
  }
}

/** gyp writes makefiles once; they must be written again when the lists they came from change. */
function configurationKey() {
  const lists = ['runtime', 'loop', 'main', 'includes', 'warnings', 'cflags', 'loop-flags', 'libs'];
  return JSON.stringify([
    process.execPath,
    process.version,
    process.env.CC ?? 'cc',
    readFileSync(join(ROOT, 'binding.gyp'), 'utf8'),
    lists.map(nativeList),
  ]);
}

function gyp(commands) {
  const args = [nodeGyp(), ...commands, '--nodedir', nodePrefix(), '--jobs', String(availableParallelism()), '--loglevel', verbose ? 'info' : 'error'];
  if (verbose) args.push('--verbose');
  // The user's own npm settings must not redirect the headers or the build.
  const env = { ...process.env };
  for (const name of Object.keys(env)) {
    if (/^npm_config_(nodedir|disturl|target|runtime|devdir)$/i.test(name)) delete env[name];
  }
  // gyp links with the C++ compiler; there is no C++ here, so do not require one.
  env.CC ??= 'cc';
  env.CXX = env.CC;
  const result = spawnSync(process.execPath, args, {
    cwd: ROOT,
    env,
    encoding: 'utf8',
    stdio: verbose ? 'inherit' : 'pipe',
    maxBuffer: 1 << 28,
  });
  if (result.status === 0) return;
  if (!verbose) process.stderr.write((result.stdout ?? '') + (result.stderr ?? ''));
  fail('E9903');
}

/** Says which library is missing before a compiler says it in its own words. */
function needLibraries() {
  for (const { library, package: 软件包, link, probe } of LIBRARIES) {
    const args = ['-Wno-deprecated-declarations', '-x', 'c', '-', '-x', 'none', '-o', '/dev/null', link, '-lpthread'];
    const result = spawnSync(process.env.CC ?? 'cc', args, { input: probe, encoding: 'utf8' });
    // A compiler that ends before it read everything (EPIPE) has still answered; one that is not there is the build's to report.
    if (result.error?.code !== 'ENOENT' && result.status !== 0) fail('E9906', { 库: library, 软件包 });
  }
}

const keyFile = join(ROOT, 'build/configuration.json');
const key = configurationKey();
const configured =
  existsSync(join(ROOT, 'build/Makefile')) && existsSync(keyFile) && readFileSync(keyFile, 'utf8') === key;
if (!configured) needLibraries();
gyp(configured ? ['build'] : ['configure', 'build']);
mkdirSync(dirname(keyFile), { recursive: true });
writeFileSync(keyFile, key);
