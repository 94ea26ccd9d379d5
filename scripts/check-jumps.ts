/*
 * Counts the indirect jumps of the compiled dispatch loop. Each opcode must end in its own: when the compiler merges
 * them (gcc does without the flags in scripts/native.mjs), branch prediction fails and programs run at half speed,
 * with no test noticing. Reads the object file that the addon and qivm are linked from.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { OPCODES } from '../frontend/generated/opcodes.js';
import { ROOT, runCommand } from './run-command.js';

const OBJECT = 'build/Release/obj.target/qi_loop/vm/interp/run.o';

/** Indirect jumps in the output of objdump -d: `jmp *%rax` on x86-64, `br x3` on arm64. */
export function countIndirectJumps(disassembly: string): number {
  return disassembly.match(/\t(?:notrack )?jmp\s+\*|\tbr\tx\d+/g)?.length ?? 0;
}

if (!existsSync(join(ROOT, OBJECT))) {
  console.error(`${OBJECT} is missing, run npm run build:native`);
  process.exitCode = 1;
} else {
  const { code, stdout, stderr } = await runCommand('objdump', ['-d', '--no-show-raw-insn', OBJECT]);
  const jumps = countIndirectJumps(stdout);
  const opcodes = Object.keys(OPCODES).length;
  if (code !== 0) console.error(stderr);
  console.log(`${jumps} indirect jumps for ${opcodes} opcodes`);
  process.exitCode = code === 0 && jumps >= opcodes ? 0 : 1;
}
