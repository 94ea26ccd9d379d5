/*
 * Speaking with the program: who asks and in what order, and the machine itself on its bare protocol, without HTTP, under random requests.
 * QI_TEST_QIVM names another qivm than the usual one, such as one with sanitizers.
 */
import { spawn } from 'node:child_process';
import { writeFileSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { qi, QIVM, workspace, type Workspace } from '../cli/command.test-helper.js';
import { argumentsFor } from './arguments.js';
import { ANSWER_MS, Busy, Ended, Machine } from './machine.js';
import { Problem } from './problem.js';

const test = suite<{ space: Workspace }>('machine');

/** A machine, and the other end of its socket. */
async function pair(): Promise<{ machine: Machine; peer: Socket; close: () => void }> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  const accepted = new Promise<Socket>((done) => server.once('connection', done));
  const machine = new Machine(connect(port, '127.0.0.1'));
  const peer = await accepted;
  return { machine, peer, close: () => { peer.destroy(); server.close(); } };
}

test.before((context) => {
  context.space = workspace('machine');
});

test.after(({ space }) => rmSync(space.dir, { recursive: true, force: true }));

test('one request at a time, each gets its own answer, in parts or not', async () => {
  const { machine, peer, close } = await pair();
  const heard: string[] = [];
  peer.setEncoding('utf8').on('data', (line: string) => {
    heard.push(line);
    const answer = `${JSON.stringify({ to: line.trim() })}\n.\n`;
    peer.write(answer.slice(0, 5));
    setTimeout(() => peer.write(answer.slice(5)), 5);
  });
  const answers = await Promise.all(['甲', '乙', '丙'].map((request) => machine.ask(request)));
  assert.equal(answers, [{ to: '甲' }, { to: '乙' }, { to: '丙' }]);
  assert.equal(heard, ['甲\n', '乙\n', '丙\n']);
  close();
});

test('who waits too long is told, and its late answer goes to nobody else', async () => {
  const { machine, peer, close } = await pair();
  let line = '';
  peer.setEncoding('utf8').on('data', (text: string) => (line += text));
  const began = performance.now();
  const late = machine.ask('迟').then(() => assert.unreachable(), (error: unknown) => error);
  const behind = machine.ask('后').then(() => assert.unreachable(), (error: unknown) => error);
  assert.equal([await late, await behind].map((e) => e instanceof Busy && e.sent), [true, false]);
  assert.ok(performance.now() - began < ANSWER_MS * 1.5);
  const next = machine.ask('下');
  assert.is(line, '迟\n');
  peer.write('{"to":"迟"}\n.\n');
  await new Promise((done) => setTimeout(done, 50));
  assert.is(line, '迟\n下\n', 'what nobody waits for is not sent');
  peer.write('{"to":"下"}\n.\n');
  assert.equal(await next, { to: '下' });
  close();
});

test('when the program is over everybody hears it', async () => {
  const { machine, close } = await pair();
  const asked = [machine.ask('甲'), machine.ask('乙')];
  close();
  for (const one of asked) assert.ok((await one.catch((error: unknown) => error)) instanceof Ended);
  await machine.ended;
  assert.ok((await machine.ask('丙').catch((error: unknown) => error)) instanceof Ended);
});

test('arguments become words, or a problem that says which', () => {
  assert.equal(argumentsFor('函', ['整数', '浮点数', '布尔', '字符串'], [-5, 1e300, false, '好']), ['i-5', 'f1e+300', 'b0', 'se5a5bd']);
  assert.equal(argumentsFor('函', [], []), []);
  const refused = (types: string[], values: unknown[]): number => {
    try {
      argumentsFor('函', types, values);
    } catch (error) {
      if (error instanceof Problem) return error.status;
      throw error;
    }
    return 0;
  };
  assert.equal([refused(['整数'], []), refused(['整数'], [1.5]), refused(['整数'], ['9223372036854775808']), refused(['字符串'], ['\udc00']), refused(['?'], [1]), refused(['浮点数'], ['1']), refused(['布尔'], [0])],
    [400, 400, 400, 400, 409, 400, 400]);
});

test('what tasks wait for, asked on the bare protocol', async ({ space: { dir } }) => {
  writeFileSync(join(dir, '等.qi'), `锁 = 创建互斥锁()
读写 = 创建读写锁()
一次 = 仅一次()
函数 久() { 睡眠(600000) }
函数 拿() { 锁.加锁(); 读写.读加锁(); 一次.执行(() => 睡眠(600000)) }
函数 再读() { 读写.读加锁(); 睡眠(600000) }
函数 要() { 锁.加锁() }
函数 写() { 读写.写加锁() }
函数 执() { 一次.执行(() => 睡眠(1)) }
函数 都(t: 任务<空>, u: 任务<空>) { 等待 全部([t, u]) }
函数 挑(t: 任务<空>, c: 通道<整数>) { 选择 { 情况 等待 t: 打印行("t") 情况 v := <-c: 打印行(v) } }
函数 合() { 并发 { 创建 久(); 创建 久() } }
函数 限(c: 通道<整数>) { 截止(600000) { <-c } }
函数 入口() {
    甲 = 创建 拿()
    挂起
    创建 再读()
    创建 要()
    创建 写()
    创建 执()
    乙 = 创建 久()
    创建 都(甲, 乙)
    创建 挑(乙, 通道<整数>(0))
    创建 合()
    创建 限(通道<整数>(0))
    等待 甲
}
`);
  assert.is(qi(['编译', '--检查器', join(dir, '等.qi')]).code, 0);
  const child = spawn(QIVM, ['--inspector', '3', join(dir, '等.qic')], { stdio: ['ignore', 'inherit', 'inherit', 'pipe'] });
  const machine = new Machine(child.stdio[3] as Socket);
  try {
    type Item = { id: number; function: string; activity: string };
    type Detail = { waitsFor: number[]; awaitedBy: number[]; deadlineInMs: number | null };
    let items: Item[] = [];
    for (let tries = 0; tries < 100 && !(items.length === 13 && items.every((item) => item.activity === 'waiting')); tries++) {
      await new Promise((done) => setTimeout(done, 50));
      items = (await machine.ask('list -1 50 511 1') as { items: Item[] }).items;
    }
    const all = (name: string): number[] => items.filter((item) => item.function === name).map((item) => item.id);
    const get = (name: string): Promise<Detail> => machine.ask(`get ${all(name)[0]}`) as Promise<Detail>;
    const [holder, slow] = [all('拿')[0]!, all('久')[0]!];
    assert.equal((await get('要')).waitsFor, [holder]);
    assert.equal((await get('写')).waitsFor, [...all('再读'), holder]);
    assert.equal((await get('执')).waitsFor, [holder]);
    assert.equal((await get('都')).waitsFor, [holder, slow]);
    assert.equal((await get('挑')).waitsFor, [slow]);
    assert.equal((await get('合')).waitsFor.length, 2);
    assert.equal((await get('久')).awaitedBy.length, 2);
    assert.ok((await get('限')).deadlineInMs! > 500_000);
    assert.equal((await machine.ask('get 0') as Detail).waitsFor, [holder]);
  } finally {
    child.kill('SIGKILL');
  }
});

const RESTLESS = `协程 数(n: 整数) { 尝试 { 对于 i 在 0..n { 挂起 i; 睡眠(i % 2) } } 最终 { 睡眠(1) } }
函数 叶(n: 整数, 文: 字符串): 字符串 { 睡眠(n % 3); 如果 n % 5 == 0 { 抛出 错误(文) }; 返回 文.重复(n % 7 + 1) }
函数 枝(n: 整数) { 并发(上限: 2) { 对于 i 在 1..4 { 创建 叶(i, "叶") } } }
函数 转() { 对于 轮 在 0..1000000000 { 列 = [轮, 轮 + 1]; 如果 列.长度() != 2 { 返回 }; 挂起 } }
函数 入口() {
    持有 = [协程 数(5), 协程 数(7)]
    启动 转()
    循环 {
        尝试 { 截止(3) { 枝(2); 等待 创建 叶(600000, "久") } } 捕获 e { } 
        持有.添加(协程 数(3))
        尝试 { 恢复 持有[0] } 捕获 e { }
        如果 持有.长度() > 20 { 持有.移除(0) }
    }
}
`;

const OUTCOMES = ['list done', 'get done', 'cancel done', 'resume done', 'resume task', 'create done', 'create arguments', 'create function', 'nonsense request', 'numbers done'];

for (const options of [[], ['--workers', '4'], ['--workers', '4', '--spread'], ['--seed', '5', '--real-clock'], ['--gc-stress']]) {
  test(`random requests leave a restless program sound: ${options.join(' ') || 'one worker'}`, async ({ space: { dir } }) => {
    writeFileSync(join(dir, '动.qi'), RESTLESS);
    assert.is(qi(['编译', '--检查器', join(dir, '动.qi')]).code, 0);
    const child = spawn(QIVM, [...options, '--no-leaks', '--inspector', '3', join(dir, '动.qic')], { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
    let errors = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (errors += text));
    child.stdout!.resume();
    const closed = new Promise<[number | null, string | null]>((done) => child.on('close', (code, signal) => done([code, signal])));
    const machine = new Machine(child.stdio[3] as Socket);
    const kinds = new Map<string, number>();
    try {
      let seed = 1;
      const random = (below: number): number => (seed = (seed * 48271) % 0x7fffffff) % below;
      const { functions } = await machine.ask('functions').catch(() => machine.ask('functions')) as { functions: { number: number; name: string }[] };
      const leaf = functions.find((f) => f.name === '叶')!.number;
      let ids = [0];
      // For a while, and on a loaded machine until everything happened.
      for (const began = Date.now(); Date.now() < began + 1500 || (Date.now() < began + 20_000 && !OUTCOMES.every((kind) => kinds.has(kind)));) {
        const id = ids[random(ids.length)]!;
        // 入口 goes on.
        const other = id === 0 ? 2 : id;
        const request = ['list -1 50 511 3', `list ${random(100)} 5 ${random(512)} 2`, `get ${id}`, `cancel ${other}`, `resume ${other}`, `resume ${other}`, 'numbers', `create ${leaf} i${random(9)} s${'e5a5bd'.repeat(random(5))}`, `create ${leaf} i1`, 'create 9999', 'nonsense'][random(11)]!;
        let answer: { items?: { id: number }[]; id?: number; refused?: string };
        try {
          answer = await machine.ask(request) as typeof answer;
        } catch (error) {
          if (!(error instanceof Busy)) throw error;
          continue; // the machine is loaded
        }
        if (answer.items !== undefined) ids = [0, ...answer.items.map((item) => item.id)];
        if (answer.id !== undefined && request.startsWith('create')) ids.push(answer.id);
        const kind = `${request.split(' ')[0]} ${answer.refused ?? 'done'}`;
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      }
      assert.is(child.exitCode, null, errors);
      for (const kind of OUTCOMES) {
        assert.ok(kinds.has(kind), `${kind} among ${[...kinds.keys()].join(', ')}`);
      }
      // Its end is a clean one, so that a build with sanitizers can say what it has found.
      await machine.ask('cancel 0').catch(() => undefined);
      for (let i = 0; child.exitCode === null && i < 20; i++) {
        await machine.ask('cancel 0').catch(() => undefined);
        await new Promise((done) => setTimeout(done, 50));
      }
    } finally {
      if (child.exitCode === null) child.kill('SIGINT');
      setTimeout(() => child.kill('SIGKILL'), 5000).unref();
    }
    const [code, signal] = await closed;
    assert.ok(signal === null && (code === 0 || code === 1 || code === 130), `${code} ${signal}: ${errors}`);
    assert.not.match(errors, /Sanitizer|runtime error|E6006|E9005/);
  });
}

test.run();
