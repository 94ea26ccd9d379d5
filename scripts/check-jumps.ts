/*
 * Compares the indirect jumps of the compiled dispatch loop with the dispatches in its source. Each instruction must end in
 * its own jump: when the compiler merges them (gcc does without the flags in scripts/native.mjs), branch prediction fails and
 * programs run at half speed, with no test noticing. Reads the object file that the addon and qivm are linked from.
 *
 * What is expected is exact: a dispatch for every way out of every instruction, counted in the preprocessed source. Fewer jumps
 * mean that some were merged, and none may be. A few more are allowed: gcc copies the tail of a block into its branches where
 * that saves a jump (2% with gcc 12); many more would be code that does not fit the cache.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OPCODES } from '../frontend/generated/opcodes.js';
import { ROOT, runCommand } from './run-command.js';
import { endWith, ScriptError } from './script-error.js';

const OBJECT = 'build/Release/obj.target/qi_loop/vm/interp/run.o';
const SOURCE = 'vm/interp/run.c';

/** More jumps than dispatches, as a part of the dispatches. */
const COPIED = 0.05;

/** Indirect jumps in the output of objdump -d: `jmp *%rax` on x86-64, `br x3` on arm64. */
export function countIndirectJumps(disassembly: string): number {
  return disassembly.match(/\t(?:notrack )?jmp\s+\*|\tbr\tx\d+/g)?.length ?? 0;
}

/** Dispatches in preprocessed source. */
export function countDispatches(source: string): number {
  return source.match(/\bgoto\s*\*\s*handlers\s*\[/g)?.length ?? 0;
}

/** Is each dispatch a jump of its own? `opcodes`: there cannot be fewer dispatches. */
export function fits(jumps: number, dispatches: number, opcodes: number): boolean {
  return dispatches >= opcodes && jumps >= dispatches && jumps <= dispatches * (1 + COPIED);
}

async function output(command: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommand(command, args);
  if (code !== 0) throw new ScriptError('E9909', { 命令: `${command} ${args.join(' ')}`, 原因: stderr.trim() });
  return stdout;
}

async function main(): Promise<number> {
  if (!existsSync(join(ROOT, OBJECT))) throw new ScriptError('E9908', { 路径: OBJECT });
  const jumps = countIndirectJumps(await output('objdump', '-d', '--no-show-raw-insn', OBJECT));
  const flags = (await output(process.execPath, 'scripts/native.mjs', 'cflags')).trim().split(/\s+/);
  const dispatches = countDispatches(await output(process.env['CC'] ?? 'cc', ...flags, '-E', '-P', SOURCE));
  const opcodes = Object.keys(OPCODES).length;
  console.log(`${jumps} indirect jumps for ${dispatches} dispatches of ${opcodes} opcodes`);
  return fits(jumps, dispatches, opcodes) ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await endWith(main);
