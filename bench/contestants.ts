/**
 * Who takes part, and how each turns a program into a command: Qi, LuaJIT without its compiler, Lua 5.4, Go.
 *
 * Invariant: whatever is missing (a peer, the engine, a program that does not compile) is an `Unavailable` with the
 * reason, which the table prints; nothing is left out silently. All building happens here, before anything is timed.
 *
 * Qi runs as `qivm <module>`, the module compiled beforehand, as Go is: what is compared is the engine. What the
 * compiler costs stands in the rows startup and compile.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BENCH, OUT, ROOT, firstLines, isStale, type Command } from './measure.js';
import type { ContestantId, PeerId } from './rows.js';

export interface Unavailable {
  readonly unavailable: string;
}
export type Prepared = Command | Unavailable;

export function isAvailable(prepared: Prepared): prepared is Command {
  return 'file' in prepared;
}

export const LABELS: Readonly<Record<ContestantId, string>> = { qi: 'Qi', luajit: 'LuaJIT', lua: 'Lua 5.4', go: 'Go' };

/** Debian's package, the executable it brings, and how to ask its version. */
const PEERS: Readonly<Record<PeerId, { package: string; executable: string; version: string }>> = {
  luajit: { package: 'luajit', executable: 'luajit', version: '-v' },
  lua: { package: 'lua5.4', executable: 'lua5.4', version: '-v' },
  go: { package: 'golang-go', executable: 'go', version: 'version' },
};

/** Builds without the network and without the user's Go settings. */
const GO_ENVIRONMENT = {
  GO111MODULE: 'off',
  GOFLAGS: '',
  GOPROXY: 'off',
  GOENV: 'off',
  GOCACHE: join(OUT, 'go-cache'),
};

/** The first line a tool prints about its version, or undefined when it cannot be run. */
function versionOf(executable: string, flag: string): string | undefined {
  const run = spawnSync(executable, [flag], { encoding: 'utf8' });
  // Without the copyright that the Luas add.
  return run.status === 0 ? firstLines(run.stdout + run.stderr, 1).replace(/\s+(-- )?Copyright.*/, '') : undefined;
}

export interface Toolbox {
  /** One line a contestant for the head of the report. */
  readonly versions: Readonly<Record<ContestantId, string>>;
  /** Reasons why contestants cannot take part at all. */
  readonly missing: Partial<Readonly<Record<ContestantId, string>>>;
  /** The one Qi front end command: `node <bin>`; undefined when it is not built. */
  readonly qi: Command | undefined;
  readonly qivm: string | undefined;
}

/** Looks for everything; builds Qi and installs peers where it may. `log` tells what takes long. */
export function openToolbox(options: { build: boolean; install: boolean; log: (line: string) => void }): Toolbox {
  mkdirSync(OUT, { recursive: true });
  const missing: Partial<Record<ContestantId, string>> = {};
  const buildFailure = options.build ? buildQi(options.log) : undefined;
  const qi = findQi();
  const qivm = findQivm();
  if (qi === undefined || qivm === undefined) {
    const what = qi === undefined ? 'the qi command (dist/)' : 'qivm (build/Release)';
    missing.qi = `${what} 未构建 is not built${buildFailure === undefined ? ': npm run build' : `: ${buildFailure}`}`;
  }
  if (options.install) installPeers(options.log);
  const qiVersion = qivm === undefined ? '—' : `${packageJson().version} (${qivm})`;
  const versions: Record<ContestantId, string> = { qi: qiVersion, luajit: '—', lua: '—', go: '—' };
  for (const [id, peer] of Object.entries(PEERS) as [PeerId, (typeof PEERS)[PeerId]][]) {
    const version = versionOf(peer.executable, peer.version);
    if (version === undefined) missing[id] = `未安装 not installed: apt-get install ${peer.package}`;
    else versions[id] = id === 'luajit' ? `${version}, -joff (its interpreter)` : version;
  }
  return { versions, missing, qi, qivm };
}

function packageJson(): { version: string; bin: { qi: string } } {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
}

/** The default build, so that what is measured is what the sources say. Gives the reason when it fails. */
function buildQi(log: (line: string) => void): string | undefined {
  log('npm run build');
  const run = spawnSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, encoding: 'utf8' });
  return run.status === 0 ? undefined : `npm run build failed: ${firstLines(run.stderr + run.stdout)}`;
}

function findQi(): Command | undefined {
  const bin = join(ROOT, packageJson().bin.qi);
  return existsSync(bin) ? { file: process.execPath, args: [bin] } : undefined;
}

/** The default build, or the development build of vm/Makefile; the report says which. */
function findQivm(): string | undefined {
  return ['build/Release/qivm', 'build/release/qivm'].find((path) => existsSync(join(ROOT, path)));
}

function installPeers(log: (line: string) => void): void {
  const absent = Object.values(PEERS).filter((peer) => versionOf(peer.executable, peer.version) === undefined);
  if (absent.length === 0) return;
  const packages = absent.map((peer) => peer.package);
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) {
    log(`peers missing; install them as root: apt-get install ${packages.join(' ')}`);
    return;
  }
  log(`apt-get install ${packages.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = () => spawnSync('apt-get', ['install', '-y', '--no-install-recommends', ...packages], { env, encoding: 'utf8' });
  let run = install();
  if (run.status !== 0) {
    spawnSync('apt-get', ['update'], { env });
    run = install();
  }
  if (run.status !== 0) log(`apt-get install failed: ${firstLines(run.stderr)}`);
}

/**
 * The command that runs programs/<name> for a contestant, on so many threads where that is said and it has threads;
 * builds or compiles it where needed.
 */
export function prepare(toolbox: Toolbox, id: ContestantId, name: string, threads?: number): Prepared {
  const reason = toolbox.missing[id];
  if (reason !== undefined) return { unavailable: reason };
  const source = sourceOf(id, name);
  if (!existsSync(source)) return { unavailable: `没有程序 no program: ${source}` };
  switch (id) {
    case 'qi':
      return prepareQi(toolbox, source, name, threads);
    case 'luajit':
      return { file: PEERS.luajit.executable, args: ['-joff', source] };
    case 'lua':
      return { file: PEERS.lua.executable, args: [source] };
    case 'go':
      return prepareGo(source, name, threads);
  }
}

function sourceOf(id: ContestantId, name: string): string {
  const file = id === 'qi' ? '程序.qi' : `${name}.${id === 'go' ? 'go' : 'lua'}`;
  return join(BENCH, 'programs', name, file);
}

/** Compiles a Qi source to build/bench/<name>.qic, always: the compiler may have changed. */
export function prepareQi(toolbox: Toolbox, source: string, name: string, workers?: number): Prepared {
  if (toolbox.qi === undefined || toolbox.qivm === undefined) return { unavailable: toolbox.missing.qi ?? 'not built' };
  const module = join(OUT, `${name}.qic`);
  const args = [...toolbox.qi.args, 'compile', source, '-o', module];
  const run = spawnSync(toolbox.qi.file, args, { cwd: ROOT, encoding: 'utf8', timeout: 60_000 });
  if (run.status !== 0) return { unavailable: `无法编译 does not compile: ${firstLines(run.stderr + run.stdout)}` };
  return { file: join(ROOT, toolbox.qivm), args: [...(workers === undefined ? [] : ['--workers', `${workers}`]), module] };
}

function prepareGo(source: string, name: string, threads?: number): Prepared {
  const binary = join(OUT, `${name}.go.bin`);
  if (isStale(binary, [source])) {
    const env = { ...process.env, ...GO_ENVIRONMENT };
    const run = spawnSync(PEERS.go.executable, ['build', '-o', binary, source], { env, encoding: 'utf8' });
    if (run.status !== 0) return { unavailable: `无法构建 does not build: ${firstLines(run.stderr)}` };
  }
  return { file: binary, args: [], ...(threads === undefined ? {} : { env: { GOMAXPROCS: `${threads}` } }) };
}

/** programs/<name>/<name>.c as a user would ship it: -O2, POSIX threads. It takes the number of threads. */
export function prepareC(name: string, threads: number): Prepared {
  const source = join(BENCH, 'programs', name, `${name}.c`);
  const binary = join(OUT, `${name}.c.bin`);
  if (isStale(binary, [source])) {
    const run = spawnSync(process.env['CC'] ?? 'cc', ['-std=c11', '-O2', '-Wall', '-Wextra', '-Werror', '-pthread', '-o', binary, source], { encoding: 'utf8' });
    if (run.status !== 0) return { unavailable: `无法构建 does not build: ${run.error?.message ?? firstLines(run.stderr)}` };
  }
  return { file: binary, args: [`${threads}`] };
}

/** The `parked` program for one size. Peers take the size as an argument; in Qi it is a constant of the source. */
export function prepareParked(toolbox: Toolbox, id: ContestantId, size: number): Prepared {
  if (id !== 'qi') {
    const prepared = prepare(toolbox, id, 'parked', 1);
    return isAvailable(prepared) ? { ...prepared, args: [...prepared.args, String(size)] } : prepared;
  }
  const text = readFileSync(sourceOf('qi', 'parked'), 'utf8');
  const line = /^常量 个数 = \d+;$/m;
  if (!line.test(text)) throw new Error('bench/programs/parked/程序.qi no longer has a line 常量 个数 = …;');
  const source = join(OUT, `parked-${size}.qi`);
  writeFileSync(source, text.replace(line, `常量 个数 = ${size};`));
  return prepareQi(toolbox, source, `parked-${size}`);
}
