/*
 * The texts of --help. Kept apart from the parser so that reading a program never loads them.
 */
import type { Language } from '../diagnostics.js';

const ZH = `气 (Qi)：全中文的编程语言

用法：qi <命令> [选项] <文件> [参数…]

命令：
  run, 运行        文件 [参数…]   运行程序（.qi 或 .qic；- 表示标准输入）
  编译, compile    文件 [-o 输出] 编译成字节码（默认写到同名的 .qic）
  check, 检查      文件或文件夹   只检查，列出错误和警告
  反汇编, disasm   文件           显示字节码
  test, 测试       [文件或文件夹] 运行 测试 "名称" { … }（默认是当前文件夹）
  解释, explain    代码           解释一个错误代码，如 E3001
  转储, dump       进程号         打印正在运行的程序的全部任务（--json）
  监视, top        进程号         每秒显示正在运行的程序的任务、队列、堆和停顿

选项：
  --语言 zh|en       诊断信息的语言（也可用环境变量 QI_LANG；英文写法 --lang）
  --json             以 JSON 输出诊断信息，每行一个
  --警告             run 和 编译 也显示警告（--warnings）
  --颜色 是|否|自动  错误和警告用颜色显示（--color；自动：在终端上，没有设 NO_COLOR 时）
  --种子 N           确定性模式：单线程、虚拟时钟、按种子选择（--seed；用于 run 和 test）
  --检查器[=端口]    run：在 127.0.0.1 上用 HTTP 查看和控制协程与任务，见 docs/检查器.md（--inspector）
  --工作线程 N       run：用 N 个线程运行；不写则按处理器数，任务要等时才启动；有 --种子 时总是 1（--workers）
  -o 文件            输出文件（--输出；只用于 编译）
  --虚拟时间         test：睡眠不花时间（--virtual-time）
  --泄漏             test：结束时还有再也醒不来的任务就不通过（--leaks）
  --探索 N           test：每个测试用 N 个种子各运行一次（--explore）
  --只 文字          test：只运行名称含有这些字的测试（--only）
  --超时 毫秒        test：一次运行的时限，默认 60000（--timeout）
  -h, --help         显示帮助
  -V, --version      显示版本

退出码：
  0 成功（入口 返回整数时就是那个整数）  1 编译错误、未捕获的错误或读写失败
  2 死锁  64 用法错误  130 被 Ctrl-C 取消  70 Qi 的内部错误
`;

const EN = `Qi (气): a programming language in Chinese

Usage: qi <command> [options] <file> [arguments…]

Commands:
  run, 运行        FILE [ARGS…]   run a program (.qi or .qic; - is standard input)
  compile, 编译    FILE [-o OUT]  compile to bytecode (by default beside the source, as .qic)
  check, 检查      FILE or FOLDER check only, list errors and warnings
  disasm, 反汇编   FILE           show the bytecode
  test, 测试       [FILE or FOLDER] run 测试 "name" { … } (by default of this folder)
  explain, 解释    CODE           explain a diagnostic, such as E3001
  dump, 转储       PROCESS        print all tasks of a running program (--json)
  top, 监视        PROCESS        show tasks, queues, heap and pauses of a running program each second

Options:
  --lang zh|en       language of diagnostics (also QI_LANG; in Chinese --语言)
  --json             diagnostics as JSON, one per line
  --warnings         run and compile show warnings too (--警告)
  --color WHEN       colours in diagnostics: always, never or auto, on terminals unless NO_COLOR is set (--颜色)
  --seed N           deterministic mode: one thread, virtual clock, seeded choices (--种子; run and test)
  --inspector[=PORT] run: look at and control coroutines and tasks by HTTP on 127.0.0.1, see docs/检查器.md (--检查器)
  --workers N        run: run on N threads; unless given as many as processors, started when tasks wait; always 1 with --seed (--工作线程)
  -o FILE            output file (--output, --输出; compile only)
  --virtual-time     test: sleeping costs no time (--虚拟时间)
  --leaks            test: tasks that nothing can wake any more fail it (--泄漏)
  --explore N        test: run each test under N seeds (--探索)
  --only TEXT        test: only tests whose name contains this (--只)
  --timeout MS       test: limit of a single run, 60000 by default (--超时)
  -h, --help         show this help
  -V, --version      show the version

Exit codes:
  0 success (when 入口 returns an integer, that integer)  1 compile error, uncaught error or failed I/O
  2 deadlock  64 usage error  130 cancelled by Ctrl-C  70 internal error of Qi
`;

export function helpText(language: Language): string {
  return language === 'zh' ? ZH : EN;
}
