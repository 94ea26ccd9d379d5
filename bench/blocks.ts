/**
 * The blocks bench/generate.ts makes programs of: each is one of the things real programs consist of, with a `检验`
 * function that uses it and gives a number. Blocks call leaves only, which call nothing, so the work of a program grows
 * with its length alone; what a block declares carries its number, so that blocks never clash.
 *
 * Rejected: repeating one block, which makes every cache and every inference easy; random token soup, which measures
 * the error paths.
 */

/** mulberry32: small, and enough to vary numbers. Gives integers from 0 to limit-1. */
export function randomSource(seed: number): Random {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

export type Random = (limit: number) => number;
/**
 * Source lines of block `n`. It defines `检验<n>(): 整数`, and `leaf` gives the name of a function
 * `(整数, 整数): 整数` it may call.
 */
export type Block = (n: number, random: Random, leaf: () => string) => string;

const WORDS = ['春江', '秋月', '山川', '书卷', '灯火', '渡口', '长亭', '归帆', '晴雪', '松风'];

/** The only block that also defines a leaf: `校验<n>`. */
export const arithmetic: Block = (n, random) => `
/// 第 ${n} 号校验：只用整数运算。
公开 函数 校验${n}(甲: 整数, 乙: 整数): 整数 {
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
    户.存入(${leaf()}(户.编号, ${random(100)}) % 97 + 1);
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
        值 = (值 * 37 + ${leaf()}(i, 值)) % 1009;
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
    变量 初值 = ${leaf()}(键, ${random(100)});
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
            和 = 和 + 平均${n}(${leaf()}(份数, ${random(100)}), 份数);
        } 捕获 e {
            和 = 和 + e.消息.长度();
        } 最终 {
            和 = 和 + 1;
        }
    }
    返回 和;
}
`;

const enums: Block = (n, random, leaf) => `
枚举 指令${n} {
    停,
    走(整数),
    跳(整数 高, 字符串 原因),
    重复(整数, 布尔),
}

函数 解释${n}(令: 指令${n}, 步: 整数): 整数 {
    返回 匹配 令 {
        停 => 0
        走(0) => 步
        走(远) 如果 远 > ${5 + random(20)} => 远 - 步
        走(远) => 远 + 步
        跳(高, 原因) => 高 * 2 + 原因.长度()
        重复(次, 真) => 次 * 步
        重复(次, 假) => 次
    };
}

函数 检验${n}(): 整数 {
    变量 程序: [指令${n}] = [走(${random(40)}), 指令${n}::跳(${random(9)}, "${WORDS[random(10)]}"), 重复(${random(9)}, 真), 停];
    变量 和 = 0;
    对于 步, 令 在 程序 {
        和 += 解释${n}(令, 步);
    }
    匹配 ${leaf()}(和, ${random(100)}) % 10 {
        0 | 1 => 和 += 1
        2..=5 => { 和 += 2; }
        _ => 和 += 3
    }
    返回 和;
}
`;

const generics: Block = (n, random) => `
类型 栈${n}<T> {
    项: [T]
    整数 最深;
}

方法 栈${n}<T> {
    静态 函数 新建(): 栈${n}<T> {
        返回 栈${n} { 项: [], 最深: 0 };
    }

    函数 压入(值: T) {
        自身.项.添加(值);
        如果 自身.项.长度() > 自身.最深 {
            自身.最深 = 自身.项.长度();
        }
    }

    函数 弹出(): 选项<T> {
        返回 自身.项.弹出();
    }
}

函数<T: 可比较> 较大${n}(甲: T, 乙: T): T {
    如果 甲 > 乙 { 返回 甲; }
    返回 乙;
}

函数 检验${n}(): 整数 {
    变量 数栈 = 栈${n}<整数>::新建();
    数栈.压入(${random(100)});
    数栈.压入(较大${n}(${random(100)}, ${random(100)}));
    变量 文栈: 栈${n}<字符串> = 栈${n}::新建();
    文栈.压入(较大${n}("${WORDS[random(10)]}", "${WORDS[random(10)]}"));
    变量 顶 = 数栈.弹出().或(0);
    返回 顶 + 数栈.最深 + 文栈.弹出().取出().长度();
}
`;

const traits: Block = (n, random) => `
特性 图形${n} {
    函数 面积(): 整数;
    函数 介绍(): 字符串 { 返回 $"面积 {自身.面积()}"; }
}

结构体 方${n} { 边: 整数, }
结构体 矩${n} { 长: 整数, 宽: 整数, }

实现 图形${n} 对于 方${n} {
    函数 面积(): 整数 { 返回 自身.边 * 自身.边; }
}

实现 图形${n} 对于 矩${n} {
    函数 面积(): 整数 { 返回 自身.长 * 自身.宽; }
    函数 介绍(): 字符串 { 返回 "矩形 " + 自身.长 + "×" + 自身.宽; }
}

函数<T: 图形${n}> 双倍${n}(形: T): 整数 {
    返回 形.面积() * 2;
}

函数 检验${n}(): 整数 {
    变量 图: [图形${n}] = [方${n} { 边: ${1 + random(20)} }, 矩${n} { 长: ${1 + random(20)}, 宽: ${1 + random(20)} }];
    变量 和 = 双倍${n}(方${n} { 边: ${1 + random(9)} });
    对于 形 在 图 {
        和 += 形.面积() + 形.介绍().长度();
    }
    返回 和;
}
`;

/** In the spelling of the async guide: no semicolons, arrows, assignment declares. */
const parsing: Block = (n, random, leaf) => `
函数 读数${n}(文: 字符串) -> 选项<整数> {
    数 = 尝试 文.去空格().转整数()
    如果 数 小于 0 { 返回 无 }
    返回 有(数 % ${50 + random(50)})
}

函数 拆分${n}(行: 字符串) -> 结果<(字符串, 整数), 字符串> {
    部分 = 行.分割("=")
    如果 部分.长度() 不等于 2 { 返回 失败("不是键值：" + 行) }
    返回 匹配 读数${n}(部分[1]) {
        有(值) => 成功((部分[0].去空格(), 值))
        无 => 失败("不是数：" + 部分[1])
    }
}

函数 检验${n}() -> 整数 {
    和 = ${leaf()}(${random(100)}, ${random(100)}) % 100
    见过 = 集合<字符串>()
    对于 行 在 ["宽 = ${random(99)}", "高=${random(99)}", "${WORDS[random(10)]}", "深 = 无"] {
        匹配 拆分${n}(行) {
            成功((名, 值)) => {
                见过.添加(名)
                和 += 值
            }
            失败(信息) => { 和 += 信息.长度() }
        }
    }
    返回 和 + 见过.长度()
}
`;

const pipelines: Block = (n, random) => `
函数 检验${n}(): 整数 {
    变量 数据 = [${Array.from({ length: 5 }, () => random(100)).join(', ')}];
    变量 偶数 = 数据.过滤((x) => x % 2 == 0).映射((x) => x * ${2 + random(5)} + 1);
    变量 和 = 偶数.归约(0, (甲, 乙) => 甲 + 乙);
    变量 名册 = ["${WORDS[random(10)]}", "${WORDS[random(10)]}", "${WORDS[random(10)]}"];
    名册.排序按((名) => 名.长度());
    变量 各组 = 名册.分组按((名) => 名.长度());
    对于 长, 组 在 各组 {
        和 += 长 * 组.长度();
    }
    变量 低, 高 = (数据.最小().或(0), 数据.最大().或(0));
    低, 高 = 高, 低;
    如果 名册.任一((名) => 名 == "渡口") 与 非 (低 小于 高) {
        和 += 名册.连接("、").长度();
    }
    返回 和 + 低 - 高;
}
`;

const supervision: Block = (n, random, leaf) => `
函数 工作${n}(锁: 互斥锁, 账: [整数], 编号: 整数) {
    锁.加锁();
    延后 锁.解锁();
    账.添加(${leaf()}(编号, ${random(100)}) % 10);
}

函数 检验${n}(): 整数 {
    变量 锁 = 创建互斥锁();
    变量 账: [整数] = [];
    并发 {
        对于 编号 从 1 到 ${2 + random(3)} {
            创建 工作${n}(锁, 账, 编号);
        }
    }
    变量 消息 = 通道<整数>(1);
    消息 <- 账.长度();
    变量 和 = 0;
    选择 {
        情况 收到 := <-消息: 和 = 收到;
        情况 超时(1000): 和 = -1;
    }
    对于 值 在 账 {
        和 += 值;
    }
    返回 和;
}
`;

/** Arithmetic is there three times: the most common kind of code, and the helpers of the others. */
export const BLOCKS: readonly Block[] = [
  arithmetic, struct, text, enums, collections, generics, arithmetic, closures, parsing, tasks, traits,
  generators, arithmetic, pipelines, channels, errors, supervision,
];
