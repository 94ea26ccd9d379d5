/**
 * Writes a realistic Qi program of a given length: the same seed and length give the same text on every machine.
 *
 *   tsx bench/generate.ts [lines] [seed] > 程序.qi
 *
 * Every block is one of the things real programs are made of (arithmetic, structs with methods, text, lists and
 * dictionaries, closures, tasks, 协程, channels, errors) with a `检验` function that uses it; 入口 calls every one, so
 * nothing is dead code. The program is valid, ends quickly and prints one number: blocks call only helpers that
 * call nothing, so the work grows with the length alone.
 *
 * Rejected: repeating one block, which makes every cache and every inference easy; random token soup, which measures
 * the error paths.
 */
import { fileURLToPath } from 'node:url';

/** mulberry32: small, and enough to vary numbers. Gives integers from 0 to limit-1. */
function randomSource(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

type Random = (limit: number) => number;
/** Source lines of one block. It must define `检验<n>(): 整数`, and may call `校验<leaf>` for a leaf that exists. */
type Block = (n: number, random: Random, leaf: () => number) => string;

const WORDS = ['春江', '秋月', '山川', '书卷', '灯火', '渡口', '长亭', '归帆', '晴雪', '松风'];

const arithmetic: Block = (n, random) => `
/// 第 ${n} 号校验：只用整数运算。
函数 校验${n}(甲: 整数, 乙: 整数): 整数 {
    变量 结果 = 甲 * ${3 + random(90)} + 乙;
    对于 i 从 1 到 ${2 + random(7)} {
        如果 结果 % 3 == 0 {
            结果 = 结果 + i * ${1 + random(50)};
        } 否则 如果 结果 % 3 == 1 && 乙 > i {
            结果 = 结果 - 乙 % ${2 + random(9)};
        } 否则 {
            结果 = (结果 * 2 + ${random(1000)}) % 1000003;
        }
    }
    返回 结果 % 1000003;
}

函数 检验${n}(): 整数 {
    返回 校验${n}(${random(1000)}, ${random(1000)});
}
`;

const struct: Block = (n, random, leaf) => `
类型 账户${n} {
    整数 编号;
    字符串 户主;
    整数 余额;
    浮点数 利率;
}

函数 (变量 自身 账户${n}) 存入(金额: 整数): 整数 {
    如果 金额 <= 0 {
        返回 0;
    }
    自身.余额 = 自身.余额 + 金额;
    返回 自身.余额;
}

函数 (自身 账户${n}) 说明(): 字符串 {
    返回 $"{自身.户主}（{自身.编号}）余额 {自身.余额}";
}

函数 检验${n}(): 整数 {
    变量 户 = 账户${n} { 编号: ${n}, 户主: "${WORDS[random(10)]}", 余额: ${random(5000)}, 利率: ${1 + random(4)}.${1 + random(8)}5 };
    户.存入(校验${leaf()}(户.编号, ${random(100)}) % 97 + 1);
    // 利息只取整数部分。
    变量 倍率 = 户.利率 * 2.0;
    如果 倍率 > 4.0 && 户.余额 > 100 {
        户.存入(${1 + random(9)});
    }
    返回 户.余额 + 户.说明().长度();
}
`;

const text: Block = (n, random) => `
函数 标题${n}(章: 整数, 名: 字符串): 字符串 {
    变量 前缀 = "";
    当 前缀.长度() < 章 {
        前缀 = 前缀 + "${'＊◆·※'[random(4)]}";
    }
    返回 $"{前缀} 第{章}章：{名}\\n";
}

函数 检验${n}(): 整数 {
    变量 名单: [字符串] = ["${WORDS[random(10)]}", "${WORDS[random(10)]}", "${WORDS[random(10)]}"];
    变量 总长 = 0;
    变量 章 = 1;
    对于 名 在 名单 {
        变量 题 = 标题${n}(章, 名);
        如果 题.包含("${WORDS[random(10)]}") || 题 > "山" {
            总长 = 总长 + 题.长度();
        }
        章 = 章 + 1;
    }
    返回 总长;
}
`;

const collections: Block = (n, random, leaf) => `
函数 统计${n}(数据: [整数]): 字典<整数, 整数> {
    变量 次数: 字典<整数, 整数> = {};
    对于 值 在 数据 {
        变量 键 = 值 % ${3 + random(5)};
        如果 次数.包含键(键) {
            次数[键] = 次数[键] + 1;
        } 否则 {
            次数[键] = 1;
        }
    }
    返回 次数;
}

函数 检验${n}(): 整数 {
    变量 数据: [整数] = [];
    变量 值 = ${random(100)};
    对于 i 从 0 到 ${5 + random(10)} {
        值 = (值 * 37 + 校验${leaf()}(i, 值)) % 1009;
        数据.添加(值);
    }
    数据[0] = 数据[数据.长度() - 1];
    变量 和 = 0;
    对于 键, 次 在 统计${n}(数据) {
        和 = 和 + 键 * 次;
    }
    返回 和;
}
`;

const closures: Block = (n, random) => `
函数 应用${n}(数据: [整数], 变换: 函数(整数): 整数): 整数 {
    变量 和 = 0;
    对于 x 在 数据 {
        和 = 和 + 变换(x);
    }
    返回 和;
}

函数 检验${n}(): 整数 {
    变量 倍数 = ${2 + random(9)};
    变量 计数 = 0;
    变量 和 = 应用${n}([${random(50)}, ${random(50)}, ${random(50)}, ${random(50)}], 函数(x: 整数): 整数 {
        计数 = 计数 + 1;
        返回 x * 倍数;
    });
    返回 和 + 计数;
}
`;

const tasks: Block = (n, random, leaf) => `
异步 函数 取数${n}(键: 整数): 整数 {
    变量 初值 = 校验${leaf()}(键, ${random(100)});
    等待 延迟(0);
    返回 初值 % 1000;
}

函数 求值${n}(键: 整数): 整数 {
    返回 等待 取数${n}(键) + 1;
}

函数 检验${n}(): 整数 {
    变量 先 = 取数${n}(${random(100)});
    变量 后 = 创建 求值${n}(${random(100)});
    变量 甲 = 等待 先;
    变量 乙 = 等待 后;
    返回 甲 + 乙;
}
`;

const generators: Block = (n, random) => `
协程 数列${n}(首项: 整数, 个数: 整数) {
    变量 值 = 首项;
    对于 i 从 1 到 个数 {
        挂起 值;
        值 = (值 * ${2 + random(5)} + i) % 9973;
    }
}

函数 检验${n}(): 整数 {
    变量 和 = 0;
    对于 值 在 协程 数列${n}(${1 + random(100)}, ${2 + random(6)}) {
        如果 值 % 2 == 0 {
            继续;
        }
        和 = 和 + 值;
    }
    返回 和;
}
`;

const channels: Block = (n, random) => `
函数 生产${n}(出口: 通道<整数>, 个数: 整数) {
    对于 i 从 1 到 个数 {
        出口 <- i * ${1 + random(20)};
    }
    出口.关闭();
}

函数 检验${n}(): 整数 {
    变量 管道 = 通道<整数>(${random(4)});
    启动 生产${n}(管道, ${2 + random(6)});
    变量 和 = 0;
    对于 值 在 管道 {
        和 = 和 + 值;
    }
    返回 和;
}
`;

const errors: Block = (n, random, leaf) => `
函数 平均${n}(总数: 整数, 份数: 整数): 整数 {
    如果 份数 == 0 {
        抛出 错误("份数不能为零");
    }
    返回 总数 / 份数;
}

函数 检验${n}(): 整数 {
    变量 和 = 0;
    对于 份数 从 0 到 ${2 + random(4)} {
        尝试 {
            和 = 和 + 平均${n}(校验${leaf()}(份数, ${random(100)}), 份数);
        } 捕获 e {
            和 = 和 + e.消息.长度();
        } 最终 {
            和 = 和 + 1;
        }
    }
    返回 和;
}
`;

/** Arithmetic is there twice: the most common kind of code, and the helpers of the others. */
const BLOCKS: readonly Block[] = [arithmetic, struct, text, collections, closures, arithmetic, tasks, generators, channels, errors];

/** A program of at least `lines` lines, at most one block longer. */
export function generateProgram(lines: number, seed: number): string {
  const random = randomSource(seed);
  const leaves: number[] = [];
  let body = `// 由 bench/generate.ts 生成：${lines} 行，种子 ${seed}。\n`;
  let written = 1;
  let blocks = 0;
  const lastLines = 5; // 入口 without its calls
  while (written + blocks + lastLines < lines) {
    const block = BLOCKS[blocks % BLOCKS.length]!;
    const source = block(blocks, random, () => leaves[random(leaves.length)]!);
    if (block === arithmetic) leaves.push(blocks);
    body += source;
    written += source.split('\n').length - 1;
    blocks++;
  }
  const calls = Array.from({ length: blocks }, (_, n) => `    总数 = 总数 + 检验${n}();\n`).join('');
  return `${body}\n函数 入口() {\n    变量 总数 = 0;\n${calls}    打印行(总数);\n}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [lines = 10_000, seed = 1] = process.argv.slice(2).map(Number);
  process.stdout.write(generateProgram(lines, seed));
}
