/*
 * The `qi` command: understands the command line, does one thing, sets the exit code. Every failure ends as a coded
 * message; a defect of Qi itself is E9005 and exit code 70, with the JavaScript stack when QI_DEBUG is set.
 */
import { check, compileFile, disassemble, explain, run } from './commands.js';
import { helpText } from './help.js';
import { CommandError, EXIT, printMessage } from './messages.js';
import { parseArguments, type Invocation } from './options.js';
import { STDERR, STDOUT, write } from './terminal.js';

function execute(invocation: Invocation): number {
  const { options } = invocation;
  switch (invocation.kind) {
    case 'help':
      return write(STDOUT, helpText(options.language)) ? EXIT.ok : EXIT.failed;
    case 'version':
      return write(STDOUT, `qi ${typeof QI_VERSION === 'string' ? QI_VERSION : 'dev'}\n`) ? EXIT.ok : EXIT.failed;
    case 'usage':
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
  }
}

function main(argv: readonly string[]): number {
  const invocation = parseArguments(argv, process.env['QI_LANG']);
  const { language, json } = invocation.options;
  try {
    return execute(invocation);
  } catch (error) {
    if (error instanceof CommandError) {
      printMessage(error, language, json);
      return error.exit;
    }
    const 说明 = error instanceof Error ? error.message : String(error);
    printMessage(new CommandError('E9005', { 说明 }), language, json);
    if (process.env['QI_DEBUG'] && error instanceof Error) write(STDERR, `${error.stack ?? ''}\n`);
    return EXIT.internal;
  }
}

process.exitCode = main(process.argv.slice(2));
