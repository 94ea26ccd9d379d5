/**
 * Writes realistic Qi programs of a given length: the same seed and length give the same text on every machine.
 *
 *   tsx bench/generate.ts [lines] [seed] > 程序.qi             one file
 *   tsx bench/generate.ts --project FOLDER [lines] [seed]     a file for each 333 lines, in packages; starts at 主.qi
 *
 * A program is a row of blocks (blocks.ts); 入口 calls every one, so nothing is dead code. It is valid, ends quickly and
 * prints one number, so what was compiled can be proved to run.
 *
 * A project has ten files to a package, in a folder of its own; files see their siblings' names, and import earlier
 * packages whole or by name, as real programs do.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { arithmetic, BLOCKS, randomSource, type Random } from './blocks.js';

const LINES_PER_FILE = 333;
const FILES_PER_PACKAGE = 10;

interface Written {
  readonly text: string;
  readonly lines: number;
  /** Numbers of the blocks. */
  readonly blocks: readonly number[];
}

/** Blocks from number `first` on until there are `lines` lines, at most one block more. `leaf` may be called once there is one. */
function writeBlocks(first: number, lines: number, random: Random, leaf: (own: readonly number[]) => string): Written {
  const leaves: number[] = [];
  const blocks: number[] = [];
  let text = '';
  let written = 0;
  // A call of each block stands somewhere, too.
  while (written + blocks.length < lines) {
    const block = BLOCKS[blocks.length % BLOCKS.length]!;
    const n = first + blocks.length;
    const source = block(n, random, () => leaf(leaves));
    if (block === arithmetic) leaves.push(n);
    text += source;
    written += source.split('\n').length - 1;
    blocks.push(n);
  }
  return { text, lines: written, blocks };
}

const sumOf = (calls: readonly string[]): string => calls.map((call) => `    总数 = 总数 + ${call}();\n`).join('');

/** A program of one file with at least `lines` lines, at most one block longer. */
export function generateProgram(lines: number, seed: number): string {
  const random = randomSource(seed);
  const around = 6; // the comment and 入口 without its calls
  const { text, blocks } = writeBlocks(0, lines - around, random, (own) => `校验${own[random(own.length)]!}`);
  return `// 由 bench/generate.ts 生成：${lines} 行，种子 ${seed}。\n${text}
函数 入口() {\n    变量 总数 = 0;\n${sumOf(blocks.map((n) => `检验${n}`))}    打印行(总数);\n}\n`;
}

/** A program of one file for each 333 lines, by path; it starts at 主.qi. */
export function generateProject(lines: number, seed: number): Map<string, string> {
  const random = randomSource(seed);
  const files = new Map<string, string>();
  const count = Math.max(FILES_PER_PACKAGE, Math.round(lines / LINES_PER_FILE));
  const packages = Math.ceil(count / FILES_PER_PACKAGE);
  const perFile = Math.ceil(lines / count);
  /** Leaves of the packages so far: the name of the package, that of the function. */
  const others: { readonly pack: string; readonly name: string }[][] = [];
  let next = 0;
  for (let p = 0; p < packages; p++) {
    const pack = `模块${p}`;
    const inPackage = Math.min(FILES_PER_PACKAGE, count - p * FILES_PER_PACKAGE);
    const leaves: { readonly pack: string; readonly name: string }[] = [];
    const volumes: string[] = [];
    for (let v = 0; v < inPackage; v++) {
      const imported = new Map<string, Set<string>>();
      const whole = v % 2 === 0;
      const around = 9;
      const written = writeBlocks(next, perFile - around, random, (own) => {
        const theirs = others[random(Math.max(1, others.length))];
        if (theirs === undefined || random(3) > 0) return `校验${own[random(own.length)]!}`;
        const leaf = theirs[random(theirs.length)]!;
        const names = imported.get(leaf.pack) ?? new Set();
        imported.set(leaf.pack, names.add(leaf.name));
        return whole ? `${leaf.pack}.${leaf.name}` : leaf.name;
      });
      next += written.blocks.length;
      const imports = [...imported].map(([from, names]) => `导入 ../${from}${whole ? '' : ` { ${[...names].join(', ')} }`};\n`).join('');
      const volume = `${pack}卷${v}`;
      volumes.push(volume);
      // The file named like its folder is the package's face: it has what others see, and calls its siblings.
      const isFace = v === inPackage - 1;
      const face = isFace ? `\n公开 函数 总${pack}(): 整数 {\n    变量 总数 = 0;\n${sumOf(volumes.map((name) => `检验${name}`))}    返回 总数;\n}\n` : '';
      const check = `\n函数 检验${volume}(): 整数 {\n    变量 总数 = 0;\n${sumOf(written.blocks.map((n) => `检验${n}`))}    返回 总数;\n}\n`;
      files.set(`${pack}/${isFace ? pack : `卷${v}`}.qi`, `包 ${pack};\n${imports}${written.text}${check}${face}`);
      if (isFace) for (const n of written.blocks) if (BLOCKS[(n - written.blocks[0]!) % BLOCKS.length] === arithmetic) leaves.push({ pack, name: `校验${n}` });
    }
    others.push(leaves);
  }
  const names = others.map((_, p) => `模块${p}`);
  files.set('主.qi', `包 主程序;\n${names.map((name) => `导入 ${name};\n`).join('')}
函数 入口() {\n    变量 总数 = 0;\n${sumOf(names.map((name) => `${name}.总${name}`))}    打印行(总数);\n}\n`);
  return files;
}

/** Writes a project into a folder and gives the path of its first file. */
export function writeProject(folder: string, files: ReadonlyMap<string, string>): string {
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return join(folder, '主.qi');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const args = process.argv.slice(2);
  const folder = args[0] === '--project' ? args.splice(0, 2)[1] : undefined;
  const [lines = 10_000, seed = 1] = args.map(Number);
  if (folder !== undefined) writeProject(folder, generateProject(lines, seed));
  else process.stdout.write(generateProgram(lines, seed));
}
