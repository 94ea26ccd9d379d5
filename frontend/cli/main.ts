/*
 * The `qi` command: understands the command line, does one thing, sets the exit code. Every failure ends as a coded
 * message; a defect of Qi itself is E9005 and exit code 70, with the JavaScript stack when QI_DEBUG is set.
 */
import { check, compileFile, disassemble, run } from './commands.js';
import { explain } from './explain.js';
import { helpText } from './help.js';
import { CommandError, EXIT } from './command-error.js';
import { printMessage } from './messages.js';
import { test } from './test-command.js';
import { parseArguments, type Invocation, type Options } from './options.js';
import { inOwnProcess, isOutOfMemory, NeedsProcess, outOfMemory } from './own-process.js';
import { STDERR, STDOUT, write } from './terminal.js';
import { leave } from './tuning.js';

function execute(invocation: Invocation): number | Promise<number> {
  const { options } = invocation;
  switch (invocation.kind) {
    case 'help':
      return write(STDOUT, helpText(options.language)) ? EXIT.ok : EXIT.failed;
    case 'version':
      return write(STDOUT, `qi ${typeof QI_VERSION === 'string' ? QI_VERSION : 'dev'}\n`) ? EXIT.ok : EXIT.failed;
    case 'usage':
      if (invocation.help && !options.json) write(STDERR, `${helpText(options.language)}\n`);
      throw new CommandError('E9001', { 说明: { zh: invocation.zh, en: invocation.en } }, EXIT.usage);
    case 'planned':
      throw new CommandError('E9002', { 功能: invocation.name }, EXIT.usage);
    case 'run':
      return run(invocation.operand, invocation.args, options);
    case 'compile':
      return compileFile(invocation.operand, options);
    case 'check':
      return check(invocation.operand, options);
    case 'disasm':
      return disassemble(invocation.operand, options);
    case 'explain':
      return explain(invocation.operand, options);
    case 'dump':
    case 'watch':
      return living(invocation.kind, invocation.operand, options);
    case 'test':
      return test(invocation.operand, options);
  }
}

/** Loaded only here: other commands should not pay for sockets. */
async function living(kind: 'dump' | 'watch', operand: string, options: Options): Promise<number> {
  const commands = await import('./living.js');
  return commands[kind](operand, options);
}

const operandOf = (invocation: Invocation): string => ('operand' in invocation ? invocation.operand : '');

function fail(thrown: unknown, invocation: Invocation): number {
  const { language, json } = invocation.options;
  let error = isOutOfMemory(thrown) ? outOfMemory(operandOf(invocation)) : thrown;
  // The machine had no memory to begin with.
  if (error instanceof Error && (error as NodeJS.ErrnoException).code === 'E7007') error = new CommandError('E7007', {});
  if (error instanceof CommandError) {
    printMessage(error, language, json);
    return error.exit;
  }
  const 说明 = error instanceof Error ? error.message : String(error);
  printMessage(new CommandError('E9005', { 说明 }), language, json);
  if (process.env['QI_DEBUG'] && error instanceof Error) write(STDERR, `${error.stack ?? ''}\n`);
  return EXIT.internal;
}

/** What became of work that ended by throwing: a message, or the same command again in a process of its own. */
function recover(thrown: unknown, invocation: Invocation, argv: readonly string[]): number {
  if (!(thrown instanceof NeedsProcess)) return fail(thrown, invocation);
  try {
    return inOwnProcess(argv, operandOf(invocation), 'passed', thrown.input).code;
  } catch (error) {
    return fail(error, invocation);
  }
}

function main(argv: readonly string[]): void {
  const invocation = parseArguments(argv, process.env['QI_LANG']);
  try {
    const code = execute(invocation);
    if (typeof code === 'number') leave(code);
    else code.then(leave, (error: unknown) => leave(recover(error, invocation, argv)));
  } catch (error) {
    leave(recover(error, invocation, argv));
  }
}

main(process.argv.slice(2));
