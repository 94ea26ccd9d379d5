/** Mutants of §1 text and tokens, §2 keywords and §7 diagnostics. */
import { mutantsOf, type SourceMutant } from './source-mutants.js';

const lex = mutantsOf('frontend/1-lex/lex.ts');
const strings = mutantsOf('frontend/1-lex/strings.ts');
const numbers = mutantsOf('frontend/1-lex/numbers.ts');
const chars = mutantsOf('frontend/1-lex/chars.ts');
const decode = mutantsOf('frontend/1-lex/decode.ts');
const expressions = mutantsOf('frontend/2-parse/expressions.ts');
const statements = mutantsOf('frontend/2-parse/statements.ts');
const cursor = mutantsOf('frontend/2-parse/cursor.ts');
const loops = mutantsOf('frontend/2-parse/loops.ts');
const hints = mutantsOf('frontend/2-parse/hints.ts');
const english = mutantsOf('frontend/2-parse/english.ts');
const source = mutantsOf('frontend/source.ts');
const diagnostics = mutantsOf('frontend/diagnostics.ts');
const undefinedName = mutantsOf('frontend/3-check/undefined-name.ts');
const token = mutantsOf('frontend/1-lex/token.ts');
const nearest = mutantsOf('frontend/nearest.ts');
const suggest = mutantsOf('frontend/3-check/suggest.ts');

export const text: readonly SourceMutant[] = [
  // --- §1
  lex('§1 句号', 'if (raw === 0x3002 && this.#endsLine(pos + 1)) return', 'if (raw === 0x3002 && pos < 0) return', '行末的 。 不结束语句'),
  lex('§1 换行', 'const counts = top === undefined || this.#kinds[top] === T.LBrace;', 'const counts = top === undefined || top >= 0;', '圆括号里的换行也算'),
  lex('§1 注释', 'depth++;', 'depth += 0;', '块注释不嵌套'),
  lex('§1 注释', 'if (newline) this.#newline();', '', '块注释里的换行不算'),
  lex('§1 名称', 'const name = plain ? spelling : canonicalName(spelling);', 'const name = spelling;', '标识符不作规范化'),
  lex('§1 复合记号', "this.at(this.pos + 1) === 0x3d && this.at(this.pos + 2) !== 0x3d", 'this.at(this.pos + 1) === 0x3d', '`+==` 读成 `+=`'),
  strings('§1 转义', String.raw`n: '\n', t: '\t'`, String.raw`n: '\t', t: '\n'`, String.raw`\n 与 \t 交换`),
  strings('§1 转义', '{1,6}', '{1,4}', String.raw`\u{…} 只有四位`),
  strings('§1 转义', 'code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)', 'code <= 0x10ffff', '转义可以是代理码'),
  strings('§1 转义', 'Number.parseInt(digits[0], 16)', 'Number.parseInt(digits[0], 10)', String.raw`\xNN 读成十进制`),
  strings('§1 多行字符串', 'const width = margin?.length ?? 0;', 'const width = 0 * (margin?.length ?? 0);', '不去掉共同缩进'),
  strings('§1 多行字符串', 'const dropLast = lines.length > 1 && last.begins && isBlank(last);', 'const dropLast = lines.length < 1 && last.begins && isBlank(last);', '末尾的空行留下'),
  strings('§1 原始字符串', 'if (raw) return text.slice(range.start, range.end);', '', '原始字符串里转义有效'),
  strings('§1 插值', '(text.charCodeAt(at + 1) === c ? 2 : 1)', '1', '{{ 成为两个花括号'),
  strings('§1 字符', 'return value.length === 2 && value.codePointAt(0)! > 0xffff;', 'return false;', '表情符号不是字符'),
  strings('§1 引号', 'return opening === 0x300c ? 0x300d : opening;', 'return opening;', '「 由 「 结束'),
  numbers('§1 整数', 'return 8;', 'return 10;', '0o 不是八进制'),
  numbers('§1 整数', "text.slice(2).replaceAll('_', '')", "text.slice(2).replace(/_.*/u, '')", '下划线之后的数字丢失'),
  numbers('§1 整数', "const digits = text.replaceAll('_', '');", "const digits = text.replace(/_.*/u, '');", '十进制下划线之后的数字丢失'),
  numbers('§1 浮点数', 'next === 0x2b || next === 0x2d', 'next === 0x2b', '负指数不算指数'),
  numbers('§1 数', 'if (rest > end) invalid', 'if (rest < end) invalid', '数字后面可以紧跟文字'),
  chars('§1 全角', 'if (code >= 0xff01 && code <= 0xff5e) return code - 0xfee0;', 'if (code >= 0xff01 && code < 0xff10) return code - 0xfee0;', '全角数字与全角字母记号不等价'),
  chars('§1 顿号', 'return 0x2c;', 'return 0x3b;', '、 是分号'),
  chars('§1 全角空格', '    case 0x3000:\n', '', '全角空格不是空格'),
  chars('§1 书名号', 'return 0x3c;', 'return 0x3e;', '《 是大于号'),
  decode('§1 源文件', "if (c === 0) refuse('E1004', i);", 'if (c === 0) continue;', '接受空字符'),
  decode('§1 源文件', "for (const at of open) refuse('E1005', at);", '', '接受不成对的方向控制符'),
  decode('§1 源文件', "report(diagnostic('E1003', file, { start, end: start + 1 }, { 偏移: offset }));", '', '接受无效的 UTF-8'),
  expressions('§1 语句在哪里结束', "return p.newline || isStep(p, kind) ? undefined : '-';", "return isStep(p, kind) ? undefined : '-';", '以 - 开头的行接上一行'),
  expressions('§1 语句在哪里结束', 'if (p.newline || (expr.span.start === start && !isCallable(p, expr))) return expr;', 'if (expr.span.start === start && !isCallable(p, expr)) return expr;', '以圆括号开头的行是调用'),
  expressions('§1 语句在哪里结束', 'if (p.lineBreak()) return undefined;\n    if (p.word >= W.FirstOther)', 'if (p.word >= W.FirstOther)', '以运算词开头的行接上一行'),
  statements('§1 语句在哪里结束', 'if (p.newline) return exprStatement(p, start, first);', '', '以 <- 开头的行是发送'),
  statements('§1 语句在哪里结束', 'if (p.lineBreak() || !startsOperand(p)) {', 'if (!startsOperand(p)) {', '返回取下一行的值'),
  cursor('§1 语句在哪里结束', "this.fail('E2003', this.span(), {}, hint === undefined ? {} : { hint });", 'return;', '一行可以有两个语句'),

  // --- §2
  lex('§2 上下文关键字', 'id < RESERVED.length && last !== T.Dot && last !== T.ColonColon', 'id < RESERVED.length', '点号之后的关键字不是名字'),
  expressions('§2 运算符词', "[W.Rem, '%']", "[W.Rem, '/']", '取余 是除法'),
  expressions('§2 运算符词', "[W.GreaterEqual, '>=']", "[W.GreaterEqual, '>']", '大于等于 是大于'),
  expressions('§2 运算符词', "[W.And, '&&'], [W.Or, '||']", "[W.And, '||'], [W.Or, '&&']", '与 和 或 交换'),
  expressions('§2 运算符词', "if (p.atWord(W.Not) && notIsOperator(p)) return prefix(p, '!');", "if (p.atWord(W.Not) && notIsOperator(p)) return prefix(p, '~');", '非 是按位取反'),
  statements('§2 同义词', '    case T.Interrupt:\n', '', '中断 不是 跳出'),
  loops('§2 同义词', 'p.atWord(W.Finally) || p.atWord(W.Lastly)', 'p.atWord(W.Finally)', '终于 不是 最终'),
  mutantsOf('frontend/2-parse/literals.ts')('§2 英文写法', "p.warn('W2001', span", "p.warn.bind(p, 'W2001', span", 'true 没有警告'),

  token('§2 保留字', "'真', '假', '空'", "'假', '真', '空'", '真 与 假 交换'),
  // --- §7
  source('§7 位置', 'const step = isPairAt(this.text, at) ? 2 : 1;', 'const step = 1;', '列按代码单元计'),
  source('§7 位置', 'if (feed === turn + 1) end = feed;', '', '回车换行算两行'),
  source('§7 样子', 'return isWide(code) ? 2 : 1;', 'return isWide(code) ? 1 : 1;', '汉字的显示宽度是一'),
  diagnostics('§7 次序', 'a.span.start - b.span.start ||', 'b.span.start - a.span.start ||', '诊断从后往前'),
  diagnostics('§7 代码', 'if (own !== undefined) return own[language];', '', '没有具体的提示'),
  diagnostics('§7 代码', "excerpt(lines, place.file, place.span, place.label[language], '-', gutter, (text) => paint(text, Colour.Cyan))", 'void place', '没有相关的位置'),
  nearest('§7 你是不是想写', "if (likeness === 'same') return HOMOPHONE;", '', '同音的名字不比别的更近'),
  english('§7 你是不是想写', 'return ENGLISH.get(name) ?? EVERYDAY.get(name) ?? misspelt(name, HEADS);', 'return ENGLISH.get(name);', '写错的关键字没有建议'),
  lex('§7 你是不是想写', 'if (this.#closesWrongly(kind, depth, start)) return this.#closeAnyway(kind, start);', '', '不配对的括号报告两次'),
  lex('§7 你是不是想写', 'this.#pending |= Flag.Space | Flag.Damaged;', 'this.#pending |= Flag.Space;', '无法识别的字符之后再报告语法错误'),
  strings('§7 你是不是想写', 'if (!triple) giveBack(l, bodyStart);', '', '没有结束的字符串吞掉右括号'),
  cursor('§7 你是不是想写', 'if (missed.length > 0 && missed[0]! <= span.start) missed.shift();', 'if (false) missed.shift();', '缺少左花括号时又报告右花括号'),
  undefinedName('§7 你是不是想写', 'if (near !== undefined) return didYouMean(near);', '', '不建议相近的名字'),
  undefinedName('§7 你是不是想写', 'return glued === undefined ? undefined : missingSpace(glued);', 'return glued === undefined ? missingSpace({ keyword: name, rest: name }) : undefined;', '不提示漏了空格'),
  undefinedName('§7 初学者', 'if (Object.hasOwn(LIBRARY, `标准库.${name}`)) return', 'if (name === "") return', '没有导入的模块没有提示'),
  hints('§7 初学者', "return { zh: '块写在 { } 里', en", "return { zh: '', en", '没有花括号没有提示'),
  undefinedName('§7 不连锁', 'b.root.declare(name, silent);', 'void silent;', '未知的名字每次都报告'),
  cursor('§7 一处错误', '    if (this.panic) return;\n    this.panic = true;', '    this.panic = true;', '一个语句报告许多语法错误'),
  cursor('§7 继续分析', 'while (!this.atStatementEnd) this.skipToken();', 'while (!this.at(T.End)) this.skipToken();', '语法错误之后不再分析'),
  nearest('§7 名称与类型', 'if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost', 'if (i < 0) cost', '相邻两字的交换不算一处'),
  nearest('§7 名称与类型', 'if (rank > limit) continue;', 'if (distance >= limit) continue;', '差一处的名字不提示'),
  suggest('§7 名称与类型', "'不可变', '变量',", "'不可变',", '变量 之后缺少的空格不提示'),
];
