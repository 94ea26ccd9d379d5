/*
 * The inspector as a user meets it: real programs under `qi run --检查器`, every answer held against docs/检查器.openapi.json.
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, createServer } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { QI, qi, refuses, run } from '../cli/command.test-helper.js';
import { api, end, inspected, Program, seen, start, until, type Reply } from './program.test-helper.js';

const test = inspected('inspector');

const WAITS = `函数 入口(): 整数 { 打印行("就绪"); 变量 行 = 读取行(); 返回 3 }\n`;

// ------------------------------------------------------------------------------------------------- who may ask

test('without the right token nothing is told', async ({ space }) => {
  const program = await start(space, WAITS);
  assert.match(program.token, /^[0-9a-f]{64}$/);
  const paths = ['/coroutines', '/coroutines/0', '/tasks', '/tasks/0', '/metrics', '/functions', '/openapi.json', '/nothing'];
  const tokens = [undefined, '', 'Bearer', 'Bearer ', `Bearer ${program.token.slice(0, -1)}`, `Bearer ${program.token}0`, `Bearer ${program.token.toUpperCase()}x`, `Basic ${program.token}`, program.token];
  for (const path of paths) {
    for (const authorization of tokens) {
      const reply = await program.get(path, { headers: { authorization: authorization as string } });
      assert.is(reply.status, 401, `${path} ${authorization}`);
      assert.is(reply.headers['www-authenticate'], 'Bearer');
      assert.equal([reply.body.code, reply.body.message === '', reply.body.messageEn === ''], ['unauthorized', false, false]);
    }
  }
  for (const path of ['/coroutines', '/coroutines/0/cancel', '/coroutines/0/resume']) assert.is((await program.post(path, { function: '入口' }, { headers: { authorization: 'Bearer x' } })).status, 401);
  assert.is((await program.get('/metrics')).status, 200);
  assert.equal((await program.get('/openapi.json')).body, api);
  await end(program, 3);
});

test('the Host header has to name this machine', async ({ space }) => {
  const program = await start(space, WAITS);
  const { port } = program;
  for (const host of [`evil.example:${port}`, '127.0.0.1', `127.0.0.1:${port + 1}`, `127.0.0.1.evil.example:${port}`]) {
    const reply = await program.get('/metrics', { headers: { host } });
    assert.equal([reply.status, reply.body.code], [403, 'host'], host);
  }
  assert.is((await program.get('/metrics', { headers: { host: `localhost:${port}` } })).status, 200);
  await end(program, 3);
});

test('the token of the environment, which the program does not see', async ({ space }) => {
  const text = `函数 入口(): 整数 { 打印行(环境变量("QI_检查器令牌"), 环境变量("QI_INSPECTOR_TOKEN")); 变量 行 = 读取行(); 返回 3 }\n`;
  const program = await start(space, text, [], { QI_检查器令牌: 'abcdefghijklmnop', QI_INSPECTOR_TOKEN: 'not-this-one-here' });
  assert.is(program.token, '取自 QI_检查器令牌');
  await program.says('无 无\n');
  for (const [token, status] of [['abcdefghijklmnop', 200], ['not-this-one-here', 401], ['abcdefghijklmno', 401]] as const) {
    program.token = token;
    assert.is((await program.get('/metrics')).status, status, token);
  }
  await end(program, 3);
});

// ------------------------------------------------------------------------------------------------- what is no request

test('paths, methods, parameters and bodies that are wrong', async ({ space }) => {
  const program = await start(space, WAITS);
  const refused = async (expected: number, code: string, reply: Promise<Reply>): Promise<Reply> => {
    const got = await reply;
    assert.equal([got.status, got.body.code], [expected, code]);
    return got;
  };
  for (const path of ['', '/', '/coroutine', '/coroutines/', '/coroutines/x', '/coroutines/-1', '/coroutines/0/stop', '/tasks/0/cancel']) await refused(404, 'not_found', program.get(path));
  assert.is((await refused(405, 'method', program.call('/coroutines', { method: 'DELETE' }))).headers.allow, 'GET, POST');
  assert.is((await refused(405, 'method', program.post('/metrics'))).headers.allow, 'GET');
  assert.is((await refused(405, 'method', program.get('/coroutines/0/cancel'))).headers.allow, 'POST');
  for (const query of ['state=sleeping', 'kind=thread', 'limit=0', 'limit=1001', 'limit=x', 'after=-2', 'colour=red']) await refused(400, 'bad_request', program.get(`/coroutines?${query}`));
  for (const query of ['state=waiting', 'kind=task']) await refused(400, 'bad_request', program.get(`/tasks?${query}`));
  for (const raw of ['{', '\xff', '']) await refused(400, 'bad_body', program.post('/coroutines', undefined, { raw }));
  for (const body of [[], 'x', {}, { function: 1 }, { function: '入口', arguments: 1 }]) await refused(400, 'bad_body', program.post('/coroutines', body));
  const unknown = await refused(400, 'bad_body', program.post('/coroutines', { function: '入口', 参数: [] }));
  assert.is(unknown.body.message, '请求体里没有成员 参数');
  for (const body of [{ value: 1 }, [], 1, null]) {
    for (const verb of ['cancel', 'resume']) await refused(400, 'bad_body', program.post(`/coroutines/0/${verb}`, body));
  }
  for (const path of ['/coroutines/0', '/functions', '/tasks/0', '/metrics', '/openapi.json']) await refused(400, 'bad_request', program.get(`${path}?colour=red`));
  for (const path of ['/coroutines', '/coroutines/0/cancel', '/coroutines/0/resume']) await refused(400, 'bad_request', program.post(`${path}?force=1`));
  await refused(413, 'too_large', program.post('/coroutines', { function: 'x'.repeat(20_000) }));
  await refused(413, 'too_large', program.post('/coroutines', undefined, { raw: ' '.repeat(20_000), headers: { 'transfer-encoding': 'chunked' } }));
  for (const number of ['1', '99', '4294967295', '4294967296', '999999999999999']) {
    await refused(404, 'unknown', program.get(`/coroutines/${number}`));
    await refused(404, 'unknown', program.get(`/tasks/${number}`));
    await refused(404, 'unknown', program.post(`/coroutines/${number}/cancel`));
    await refused(404, 'unknown', program.post(`/coroutines/${number}/resume`));
  }
  await end(program, 3);
});

// ------------------------------------------------------------------------------------------------- looking

const FAMILY = `函数 久(毫秒: 整数): 整数 { 睡眠(毫秒); 返回 毫秒 }
函数 坏() { 抛出 错误("坏了") }
函数 等(t: 任务<整数>): 整数 { 返回 等待 t }
协程 数() { 挂起 1; 挂起 2 }
函数 入口(): 整数 {
    完 = 创建 久(0)
    等待 完
    败 = 创建 坏()
    尝试 { 等待 败 } 捕获 e { }
    睡 = 创建 久(600000)
    睡.优先级 = 高
    停 = 创建 久(600000)
    停.取消()
    候 = 创建 等(睡)
    生 = 协程 数()
    恢复 生
    尝试 {
        截止(600000) {
            内 = 创建 久(600000)
            并发(上限: 1) {
                创建 久(600000)
                创建 久(600001)
                打印行("就绪")
                变量 行 = 读取行()
                抛出 错误("够了")
            }
        }
    } 捕获 e { }
    恢复 生
    返回 4
}
`;

for (const options of [[], ['--工作线程', '4'], ['--种子', '7']]) {
  test(`coroutines and tasks of a program: ${options.join(' ') || 'one worker'}`, async ({ space }) => {
    const program = await start(space, FAMILY, options);
    if (options[0] !== '--种子') await program.says('就绪');
    const all = async (): Promise<any[]> => (await program.get('/coroutines')).body.items as any[];
    await until(async () => (await all()).some((c) => c.state === 'held'), 'a task held back');
    const items = await all();
    assert.equal(items.map((c) => c.id), items.map((c) => c.id).sort((a: number, b: number) => a - b));
    const states = (name: string): string[] => items.filter((c) => c.function === name).map((c) => c.state as string).sort();
    assert.equal(states('坏'), ['failed']);
    assert.equal(states('等').filter((s) => s !== 'created'), options[0] === '--种子' ? states('等').filter((s) => s !== 'created') : ['waiting']);
    assert.equal(states('数'), ['suspended']);
    assert.ok(states('久').includes('completed') && states('久').includes('cancelled') && states('久').includes('held'));
    const main = (await program.get('/coroutines/0')).body;
    assert.equal([main.function, main.main, main.kind], ['入口', true, 'task']);
    assert.ok(main.stack[0].file.endsWith('程序.qi') && main.stack[0].line === 24, JSON.stringify(main.stack));

    const tasks = (await program.get('/tasks')).body.items as any[];
    assert.equal([...new Set(tasks.map((t) => t.state as string))].sort(), ['cancelled', 'completed', 'failed', 'pending', 'running']);
    assert.not.ok(tasks.some((t) => t.function === '数'), 'a 协程 is no task');
    const failed = (await program.get('/tasks?state=failed')).body;
    assert.equal([failed.total, failed.items[0].function], [1, '坏']);
    const detail = (await program.get(`/tasks/${failed.items[0].id}`)).body;
    assert.equal(detail.outcome, { error: { code: 'E7000', message: '坏了' } });
    assert.ok(detail.endedMsAgo >= 0 && detail.parent === 0 && detail.created.at.line === 8);
    const urgent = tasks.find((t) => t.priority === 'high');
    assert.ok(urgent !== undefined && urgent.function === '久');
    const sleeper = (await program.get(`/tasks/${urgent.id}`)).body;
    if (options[0] !== '--种子') {
      const waiter = tasks.find((t) => t.function === '等');
      assert.equal(sleeper.dependents, [waiter.id]);
      assert.equal((await program.get(`/tasks/${waiter.id}`)).body.dependencies, [urgent.id]);
      assert.ok(sleeper.waiting.reason === '睡眠' && sleeper.waiting.sinceMs >= 0 && sleeper.waiting.sinceMs < 60_000 && sleeper.waiting.wakesInMs > 500_000, JSON.stringify(sleeper.waiting));
      assert.equal(sleeper.stack.map((f: any) => [f.function, f.line]), [['久', 1]]);
    }
    const inside = await Promise.all(tasks.filter((t) => t.function === '久' && ['waiting', 'held', 'created', 'ready'].includes(t.activity)).map(async (t) => (await program.get(`/tasks/${t.id}`)).body));
    assert.ok(inside.some((t) => t.deadlineInMs > 0 && t.deadlineInMs <= 600_000), 'a deadline');
    assert.ok(inside.every((t) => t.chain[0].by === 0));

    const first = (await program.get('/coroutines?limit=2')).body;
    assert.equal([first.items.length, first.total, first.next], [2, items.length, first.items[1].id]);
    const second = (await program.get(`/coroutines?limit=1000&after=${first.next}`)).body;
    assert.equal([...first.items, ...second.items].map((c: any) => c.id), items.map((c) => c.id));
    assert.is(second.next, null);
    assert.equal((await program.get('/coroutines?kind=generator')).body.items.map((c: any) => c.function), ['数']);
    assert.is((await program.get('/coroutines?state=running,suspended&kind=generator')).body.total, 1);
    const generator = (await program.get('/coroutines?kind=generator')).body.items[0];
    const shown = (await program.get(`/coroutines/${generator.id}`)).body;
    assert.equal([shown.stack.map((f: any) => [f.function, f.line]), shown.waiting], [[['数', 4]], null]);
    assert.is((await program.get(`/tasks/${generator.id}`)).status, 404);
    await end(program, 4);
  });
}

test('of a leak, who could have woken it and has ended', async ({ space }) => {
  const program = await start(space, `函数 收(c: 通道<整数>) { 打印行(<-c) }
函数 送(c: 通道<整数>) { 如果 长度("甲") > 1 { c <- 1 } }
函数 垃圾() { 变量 s = ""; 对于 i 在 0..300000 { s = "甲乙丙丁" + i } }
函数 做(): 任务<空> {
    c = 通道<整数>(0)
    启动 收(c)
    返回 创建 送(c)
}
函数 入口(): 整数 {
    t = 做()
    睡眠(1)
    垃圾()
    打印行("就绪")
    变量 行 = 读取行()
    返回 如果 t.已完成() { 3 } 否则 { 4 }
}
`);
  const leaks = ((await program.get('/tasks')).body.items as any[]).filter((t) => t.leak);
  assert.equal(leaks.map((t) => t.function), ['收']);
  const { waiting } = (await program.get(`/tasks/${leaks[0].id}`)).body;
  assert.equal(waiting.ended.map((e: any) => [e.task, e.function, e.outcome, e.error, e.at.map((p: any) => p.line), e.created.by, e.created.at.line]), [[leaks[0].id + 1, '送', 'returned', null, [2], 0, 7]]);
  assert.is(waiting.endedMore, 0);
  let main: any;
  // A machine that is busy may be late with an answer, which has no `waiting` then.
  await until(async () => (main = (await program.get('/tasks/0')).body).waiting?.ended !== undefined, '入口 waits');
  assert.equal([main.waiting.ended, main.waiting.endedMore], [[], 0]);
  await end(program, 3);
});

test('what a task depends on: tasks, children, who holds a lock', async ({ space }) => {
  const program = await start(space, `锁 = 创建互斥锁()
读写 = 创建读写锁()
函数 久() { 睡眠(600000) }
函数 拿() { 锁.加锁(); 读写.读加锁(); 睡眠(600000) }
函数 要() { 锁.加锁() }
函数 写() { 读写.写加锁() }
函数 都(t: 任务<空>, u: 任务<空>) { 等待 全部([t, u]) }
函数 挑(t: 任务<空>) { 选择 { 情况 等待 t: 打印行("t") 情况 超时(600000): 打印行("u") } }
函数 合() { 并发 { 创建 久(); 创建 久() } }
函数 入口() {
    甲 = 创建 拿()
    挂起
    创建 要()
    创建 写()
    乙 = 创建 久()
    创建 都(甲, 乙)
    创建 挑(乙)
    创建 合()
    变量 行 = 读取行()
}
`);
  const find = async (name: string): Promise<any> => {
    const [item] = ((await program.get('/tasks')).body.items as any[]).filter((t) => t.function === name);
    return (await program.get(`/tasks/${item.id}`)).body;
  };
  await until(async () => ((await program.get('/tasks?state=running')).body.items as any[]).filter((t) => t.activity === 'waiting').length === 10, 'all wait');
  const holder = (await find('拿')).id as number;
  for (const name of ['要', '写']) assert.equal((await find(name)).dependencies, [holder], name);
  const slow = await find('久');
  assert.equal((await find('都')).dependencies, [holder, slow.id]);
  assert.equal((await find('挑')).dependencies, [slow.id]);
  assert.equal(slow.dependents.length, 2);
  const joined = (await find('合')).dependencies as number[];
  assert.is(joined.length, 2);
  for (const id of joined) assert.equal((await program.get(`/tasks/${id}`)).body.function, '久');
  await end(program, 0);
});

// ------------------------------------------------------------------------------------------------- doing

test('functions are started with arguments that fit', async ({ space }) => {
  const program = await start(space, `函数 说(数: 整数, 浮: 浮点数, 真假: 布尔, 文: 字符串): 字符串 { 打印行(数, 浮, 真假, 文); 返回 文 }
函数 大(): 整数 { 返回 9223372036854775807 }
函数 败() { 抛出 错误("坏了") }
函数 列(x: [整数]) { 打印行(x) }
函数 泛<T>(x: T): T { 返回 x }
类型 点 { 整数 x }
函数 (自身 点) 移() { }
函数 没人用() { 打印行("终于") }
函数 入口(): 整数 { 打印行(泛(1), 泛("一")); 启动 { 睡眠(1) }; 创建 { 睡眠(1) }; 变量 行 = 读取行(); 返回 5 }
`);
  const made = async (name: string, ...args: unknown[]): Promise<any> => {
    const reply = await program.post('/coroutines', { function: name, arguments: args });
    assert.is(reply.status, 201, JSON.stringify(reply.body));
    let shown: any;
    await until(async () => ['completed', 'failed'].includes((shown = (await program.get(`/coroutines/${reply.body.id}`)).body).state), name);
    assert.equal([shown.inspector, shown.detached, shown.created, shown.function], [true, true, null, name]);
    return shown;
  };
  assert.equal((await made('说', 5, 1.5, true, '甲"\n')).outcome, { value: '甲"\n', text: '甲"\n' });
  assert.equal((await made('说', '-9223372036854775808', -0.1, false, '')).outcome, { value: '', text: '' });
  await program.says('5 1.5 真 甲"\n\n-9223372036854775808 -0.1 假 \n');
  assert.equal((await made('大')).outcome, { value: '9223372036854775807', text: '9223372036854775807' });
  assert.equal((await made('没人用')).outcome, { value: null, text: '空' });
  assert.equal((await made('败')).outcome, { error: { code: 'E7000', message: '坏了' } });
  const refused = async (status: number, code: string, name: string, ...args: unknown[]): Promise<void> => {
    const reply = await program.post('/coroutines', { function: name, arguments: args });
    assert.equal([reply.status, reply.body.code], [status, code], `${name} ${JSON.stringify(args)}`);
  };
  for (const wrong of [['5', 1, true], [5, 1, true, 'x', 1], [1.5, 1, true, 'x'], ['9223372036854775808', 1, true, 'x'], [1, '1', true, 'x'], [1, 1, 1, 'x'], [1, 1, true, 1], [1, 1, true, '\ud800']]) {
    await refused(400, 'arguments', '说', ...wrong);
  }
  await refused(409, 'function', '列', 1);
  await refused(409, 'function', '泛', 1);
  for (const name of ['入口', '启动块', '创建块', '点.移', '移', '没有', '打印行', '']) await refused(404, 'function', name);
  const { functions } = (await program.get('/functions')).body;
  assert.equal(functions.find((f: any) => f.name === '列').parameters, ['?']);
  assert.equal([...new Set(functions.map((f: any) => f.name))].sort(), ['列', '大', '败', '没人用', '泛', '说'].sort());
  await end(program, 5);
});

test('a 协程 is resumed, and says what it yields', async ({ space }) => {
  const program = await start(space, `枚举 色 { 红(整数) }
协程 数(n: 整数) { 对于 i 在 0..n { 挂起 i * 10 } }
协程 文() { 挂起 "甲"; 挂起 "乙" }
协程 复() { 挂起 红(3) }
协程 坏() { 抛出 错误("坏了") }
协程 慢() { 睡眠(1500); 挂起 1 }
协程 问() { 变量 答: 字符串 = 挂起 1; 打印行(答) }
协程 净() { 尝试 { 挂起 1 } 最终 { 打印行("净的最终") } }
函数 入口(): 整数 {
    甲 = 协程 数(2)
    乙 = 协程 文()
    丙 = 协程 复()
    丁 = 协程 坏()
    戊 = 协程 慢()
    己 = 协程 问()
    庚 = 协程 净()
    辛 = 协程 净()
    恢复 乙
    恢复 庚
    打印行("就绪")
    变量 行 = 读取行()
    打印行(甲.状态(), 乙.状态(), 丙.状态(), 丁.状态(), 庚.状态(), 辛.状态())
    返回 己.已完成() 与 戊.已完成() 则 { 0 } 否则 { 6 }
}
`.replace('返回 己.已完成() 与 戊.已完成() 则 { 0 } 否则 { 6 }', '返回 如果 己.已完成() 与 戊.已完成() { 0 } 否则 { 6 }'));
  await program.says('就绪');
  const all = (await program.get('/coroutines?kind=generator')).body.items as any[];
  const id = (name: string, i = 0): number => all.filter((c) => c.function === name)[i].id as number;
  const resume = async (n: number): Promise<any> => (await program.post(`/coroutines/${n}/resume`)).body;
  const yielded = async (n: number): Promise<unknown[]> => {
    const { yielded: any, value, text, error } = await resume(n);
    return [any, value, text, error];
  };
  assert.equal(await yielded(id('数')), [true, 0, '0', null]);
  assert.equal(await yielded(id('数')), [true, 10, '10', null]);
  assert.equal(await yielded(id('文')), [true, '乙', '乙', null]);
  assert.equal(await yielded(id('复')), [true, null, '红(3)', null]);
  assert.equal(await yielded(id('数')), [false, null, null, null]);
  assert.equal([(await program.post(`/coroutines/${id('数')}/resume`)).status, (await resume(id('数'))).code], [409, 'over']);
  assert.equal(await yielded(id('坏')), [false, null, null, { code: 'E7000', message: '坏了' }]);
  assert.is((await resume(0)).code, 'task');
  // Its first 恢复 takes no value, the next one would.
  assert.equal(await yielded(id('问')), [true, 1, '1', null]);
  assert.equal([(await program.post(`/coroutines/${id('问')}/resume`)).status, (await resume(id('问'))).code], [409, 'value']);
  const slow = await program.post(`/coroutines/${id('慢')}/resume`);
  assert.is(slow.status, 202);
  assert.equal([(await resume(id('慢'))).code, (await program.get(`/coroutines/${id('慢')}`)).body.state], ['running', 'waiting']);
  const host = (await program.get(`/coroutines/${slow.body.task}`)).body;
  assert.equal([host.function, host.inspector, host.stack[0].function], [null, true, '慢']);
  await until(async () => (await program.get(`/coroutines/${slow.body.task}`)).body.outcome?.value === 1, 'the value');
  // 取消 of one between 挂起 and 恢复 runs its 最终; one that never began has none.
  for (const i of [0, 1]) assert.is((await program.post(`/coroutines/${id('净', i)}/cancel`)).status, 202);
  await program.says('净的最终\n');
  await until(async () => (await program.get(`/coroutines/${id('净')}`)).body.state === 'cancelled', 'cancelled');
  assert.is((await program.post(`/coroutines/${id('净', 1)}/cancel`)).status, 409);
  await end(program, 6);
  assert.is(program.output, '就绪\n净的最终\n已完成 已挂起 已挂起 已失败 已取消 已取消\n');
  assert.not.ok(program.errors.includes('错误'), program.errors);
});

test('tasks are cancelled, 入口 among them', async ({ space }) => {
  const program = await start(space, `函数 久() { 尝试 { 睡眠(600000) } 最终 { 打印行("久的最终") } }
函数 入口() {
    变量 t = 创建 久()
    尝试 { 等待 t } 捕获 取消错误 作为 e { 打印行(t.状态()) }
    睡眠(600000)
}
`);
  await until(async () => (await program.get('/tasks?state=running')).body.total === 2, 'both run');
  const [, task] = (await program.get('/tasks')).body.items as any[];
  assert.is((await program.post(`/coroutines/${task.id}/cancel`)).status, 202);
  await program.says('久的最终\n已取消\n');
  assert.is((await program.get(`/tasks/${task.id}`)).body.state, 'cancelled');
  assert.is((await program.post('/coroutines/0/cancel')).status, 202);
  assert.is(await program.closed, 1);
});

// ------------------------------------------------------------------------------------------------- the life of the server

for (const options of [[], ['--工作线程', '4'], ['--种子', '3']]) {
  test(`a program that never waits answers: ${options.join(' ') || 'one worker'}`, async ({ space }) => {
    const program = await start(space, '函数 转(): 整数 { 返回 8 }\n函数 入口() { 打印行("就绪"); 变量 i = 0; 循环 { i = 回绕加(i, 1) } }\n', options);
    for (let i = 0; i < 5; i++) {
      const began = performance.now();
      const { body } = await program.get('/coroutines');
      assert.equal(body.items?.[0]?.state, 'running', JSON.stringify(body));
      assert.ok(performance.now() - began < 1500, 'in time');
    }
    const { id } = (await program.post('/coroutines', { function: '转' })).body;
    await until(async () => (await program.get(`/coroutines/${id}`)).body.outcome?.value === 8, 'a started task gets its turn');
    program.child.kill('SIGKILL');
    assert.is(await program.closed, null);
  });
}

test('connections of strangers do not keep out who has the token', async ({ space }) => {
  const program = await start(space, WAITS);
  const keeps = new Agent({ keepAlive: true, maxSockets: 1 });
  assert.is((await program.get('/metrics', { agent: keeps })).status, 200);
  const strangers = Array.from({ length: 200 }, () => connect(program.port, '127.0.0.1').on('error', () => undefined).resume());
  await Promise.all(strangers.map((socket) => new Promise((done) => socket.on('connect', done).on('close', done))));
  assert.is((await program.get('/metrics')).status, 200);
  assert.is((await program.get('/metrics', { agent: keeps })).status, 200);
  await until(async () => strangers.every((socket) => socket.closed), 'those that say nothing are let go');
  keeps.destroy();
  await end(program, 3);
});

test('many ask at once', async ({ space }) => {
  const program = await start(space, WAITS);
  const replies = await Promise.all(Array.from({ length: 60 }, (_, i) => program.get(['/metrics', '/coroutines', '/tasks/0'][i % 3]!)));
  assert.ok(replies.every((reply) => reply.status === 200));
  assert.ok(replies.every(({ body }, i) => (i % 3 === 0 ? body.workers === 1 : i % 3 === 1 ? body.total === 1 : body.main)), 'nobody gets the answer of another');
  await end(program, 3);
});

test('a program that ends answers who waits, and ends with its own code', async ({ space }) => {
  // A native that computes is no safepoint, and neither is 退出.
  const program = await start(space, `函数 入口() {
    变量 列: [整数] = []
    对于 i 在 0..3000000 { 列.添加(i * 7919 % 1000003) }
    打印行("就绪")
    变量 行 = 读取行()
    列.排序()
    退出(9)
}
`);
  await program.says('就绪');
  const agent = new Agent({ keepAlive: true });
  // A connection that stays open is no reason to stay alive.
  assert.is((await program.get('/metrics', { agent })).status, 200);
  program.child.stdin!.end('\n');
  const answers: string[] = [];
  let open = true;
  for (const waiting: Promise<void>[] = []; open;) {
    waiting.push(program.get('/coroutines').then(
      ({ status, body }) => void answers.push(status === 200 ? 'answered' : body.code),
      (error: NodeJS.ErrnoException) => {
        open = false;
        answers.push(error.code ?? String(error));
      }));
    await new Promise((done) => setTimeout(done, 20));
    if (!open) await Promise.all(waiting);
  }
  const answered = performance.now();
  // Whoever was connected was answered; at most one knocked at the very moment of closing.
  assert.ok(answers.includes('ended'), answers.join());
  assert.equal(answers.filter((a) => !['answered', 'ended', 'ECONNREFUSED'].includes(a)).filter((a, i) => a !== 'ECONNRESET' || i > 0), [], answers.join());
  assert.is(await program.closed, 9);
  assert.ok(program.closedAt - answered < 1500, `it lived on for ${program.closedAt - answered} ms`);
  agent.destroy();
});

test('a seed gives the same run with the inspector as without', ({ space: { dir } }) => {
  const file = join(dir, '次序.qi');
  writeFileSync(file, `函数 做(n: 整数) { 对于 i 在 0..3 { 打印行(n, i); 挂起 } }
函数 入口() { 变量 列: [任务<空>] = []; 对于 n 在 0..6 { 列.添加(创建 做(n)) }; 对于 t 在 列 { 等待 t }; 打印行(获取时间()) }
`);
  for (const seed of ['1', '2', '3']) {
    const plain = qi(['run', '--种子', seed, file]), inspected = qi(['run', '--种子', seed, '--检查器', file]);
    assert.equal([inspected.code, inspected.stdout], [plain.code, plain.stdout]);
  }
});

test('errors and exit codes are those of the program', ({ space: { dir } }) => {
  const file = join(dir, '错.qi');
  const ends = (text: string, code: number, says: RegExp): void => {
    writeFileSync(file, text);
    const result = qi(['run', '--检查器', file]);
    assert.is(result.code, code, result.stderr);
    assert.match(result.stderr, says);
  };
  ends('函数 入口() { 打印行(1 / (程序参数().长度())) }\n', 1, /^检查器: .*\n错误 \[E7001\]/);
  ends('函数 入口() { c = 通道<整数>(0); 打印行(<-c) }\n', 2, /E6006/);
  ends('函数 入口() { 打印行(没有) }\n', 1, /^错误 \[E3002\]/);
});

test('a port that is in use, a token that is none: told before the program runs', async ({ space: { dir } }) => {
  const taken = createServer();
  await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done));
  const { port } = taken.address() as { port: number };
  try {
    const result = await new Promise<{ code: number | null; stdout: string; stderr: string }>((done) => {
      const program = new Program(spawn(process.execPath, [QI, 'run', `--检查器=${port}`, join(dir, '好.qi')]));
      void program.closed.then((code) => done({ code, stdout: program.output, stderr: program.errors }));
    });
    refuses(result, 'E9015');
    assert.equal([result.stdout, result.stderr.includes(`端口 ${port} 已被占用`)], ['', true]);
  } finally {
    taken.close();
  }
  for (const token of ['短', 'short', 'with a blank in it', '']) {
    const program = new Program(spawn(process.execPath, [QI, 'run', '--检查器', join(dir, '好.qi')], { env: { ...process.env, QI_INSPECTOR_TOKEN: token } }));
    const code = await program.closed;
    refuses({ code, stdout: program.output, stderr: program.errors }, 'E9015');
    assert.is(program.output, '');
  }
});

test('a limit of memory that is too low for it is told, not died of', ({ space: { dir } }) => {
  const result = run('/bin/sh', ['-c', `ulimit -v 1300000; exec '${process.execPath}' '${QI}' run --检查器 '${join(dir, '好.qi')}'`]);
  refuses(result, 'E9015');
  assert.equal([result.stdout, result.stderr.includes('ulimit -v')], ['', true]);
});

test('Ctrl-C ends the program as it does without', async ({ space }) => {
  const program = await start(space, '函数 入口() { 尝试 { 睡眠(600000) } 最终 { 打印行("净") } }\n');
  await until(async () => (await program.get('/tasks/0')).body.activity === 'waiting', 'it sleeps');
  program.child.kill('SIGINT');
  assert.is(await program.closed, 130);
  assert.is(program.output, '净\n');
});

test('compiled with the inspector, a module has all functions to start', async ({ space }) => {
  const { dir } = space;
  writeFileSync(join(dir, '模块.qi'), `函数 没人用(): 整数 { 返回 1 }\n${WAITS}`);
  for (const [options, names] of [[[], []], [['--检查器'], ['没人用']]] as const) {
    assert.is(qi(['编译', ...options, join(dir, '模块.qi')]).code, 0);
    const program = await start(space, '', [], {}, '模块.qic');
    assert.equal((await program.get('/functions')).body.functions.map((f: any) => f.name), names);
    await end(program, 3);
  }
});

test('in English and as JSON', ({ space: { dir } }) => {
  const english = qi(['run', '--inspector', '--lang', 'en', join(dir, '好.qi')]);
  assert.match(english.stderr, /^inspector: http:\/\/127\.0\.0\.1:\d+\/v1 token: [0-9a-f]{64}\n$/);
  const json = qi(['run', '--inspector=0', '--json', join(dir, '好.qi')]);
  const { inspector } = JSON.parse(json.stderr) as { inspector: { url: string; token: string; tokenFrom: null } };
  assert.ok(/^http:\/\/127\.0\.0\.1:\d+\/v1$/.test(inspector.url) && inspector.token.length === 64 && inspector.tokenFrom === null);
});

test('the page about it: its program, its requests', async ({ space }) => {
  const page = readFileSync(new URL('../../docs/检查器.md', import.meta.url), 'utf8');
  const [, text = ''] = /```qi\n([^]*?)```/.exec(page) ?? [];
  const [, commands = ''] = /```sh\n([^]*?)```/.exec(page) ?? [];
  const program = await start(space, text);
  await until(async () => (await program.get('/tasks?state=running')).body.total === 2, 'both tasks wait');
  const lines = commands.trim().split('\n');
  assert.ok(lines.length >= 7);
  for (const line of lines) {
    const [, path = '', data, method = data === undefined ? 'GET' : 'POST'] = /^curl -H "Authorization: Bearer \$TOKEN" \$URL(\/\S+)(?: -d '([^']*)')?(?: -X (\w+))?$/.exec(line) ?? [];
    const reply = await program.call(path, data === undefined ? { method } : { method, raw: data });
    assert.ok(reply.status >= 200 && reply.status < 300, `${line}: ${JSON.stringify(reply.body)}`);
  }
  assert.is(await program.closed, 0);
  assert.is(program.output, '取消了\n有(1)\n');
});

test('every operation that is described was seen to answer as described', () => {
  for (const [path, item] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      for (const status of Object.keys(operation.responses ?? {})) {
        if (status.startsWith('2')) assert.ok(seen.has(`${method.toUpperCase()} ${path} ${status}`), `${method} ${path} ${status}`);
      }
    }
  }
});

test.run();
