/*
 * The inspector's metrics, held against what the program did.
 */
import { availableParallelism } from 'node:os';
import * as assert from 'uvu/assert';
import { end, inspected, start, until } from './program.test-helper.js';

const test = inspected('metrics');

test('numbers', async ({ space }) => {
  const program = await start(space, `函数 做() { 睡眠(0) }
函数 一千() { 并发 { 对于 i 在 0..1100 { 创建 做() } } }
函数 垃圾(): 整数 { 变量 和 = 0; 对于 i 在 0..300000 { 和 += [i, i].长度() }; 返回 和 }
函数 入口() {
    对于 i 在 0..3000 { 创建 做() }
    睡眠(5)
    协程 { }
    打印行("就绪")
    变量 行 = 读取行()
    打印行(垃圾())
    变量 又 = 读取行()
}
`);
  await program.says('就绪');
  let numbers: any;
  await until(async () => (numbers = (await program.get('/metrics')).body).active <= 1, 'the tasks are over');
  assert.equal([numbers.created, numbers.active, numbers.workers, numbers.io], [3002, 1, 1, 2], JSON.stringify(numbers));
  assert.ok(numbers.switches >= 6000 && numbers.switches < 20_000, `${numbers.switches} switches`);
  assert.ok(numbers.creation.samples >= 3000 / 16 && numbers.creation.samples <= 190 && numbers.creation.meanNs >= 0 && numbers.creation.meanNs < 1e6, JSON.stringify(numbers.creation));
  assert.equal([numbers.queues, numbers.process], [[0], program.child.pid]);
  // Of those that ended the newest are remembered.
  const over = (await program.get('/coroutines?state=completed&limit=1')).body;
  assert.equal([over.total, over.items[0].id > 1900], [1024, true]);
  assert.equal([(await program.get('/tasks/2')).status, (await program.get(`/tasks/${over.items[0].id}`)).body.state], [404, 'completed']);
  // Those that were made from outside are remembered apart.
  const { id } = (await program.post('/coroutines', { function: '做' })).body;
  await until(async () => (await program.get(`/tasks/${id}`)).body.state === 'completed', 'it ended');
  assert.is((await program.post('/coroutines', { function: '一千' })).status, 201);
  await until(async () => (await program.get('/coroutines?state=completed')).body.total === 1026, 'a thousand more ended');
  assert.is((await program.get(`/tasks/${id}`)).body.state, 'completed');
  assert.ok(numbers.memory.residentBytes > numbers.memory.heapBytes && numbers.memory.heapBytes > 0);
  program.child.stdin!.write('\n');
  await program.says('600000');
  const { pauses } = (await program.get('/metrics')).body;
  assert.ok(pauses.collections > 0 && pauses.count >= pauses.collections && pauses.together === 0, JSON.stringify(pauses));
  assert.ok(pauses.p50Ns > 0 && pauses.p50Ns <= pauses.p99Ns && pauses.p99Ns <= pauses.maxNs && pauses.maxNs <= pauses.totalNs, JSON.stringify(pauses));
  await end(program, 0);
});

if (availableParallelism() === 1) {
  console.log('left out on one processor: workers that stand still help with marking');
} else {
  test('workers that stand still help with marking', async ({ space }) => {
    const program = await start(space, `类型 节点 { 选项<节点> 左; 选项<节点> 右; }
函数 造(深: 整数): 节点 { 如果 深 == 0 { 返回 节点 { 左: 无, 右: 无 } } 返回 节点 { 左: 有(造(深 - 1)), 右: 有(造(深 - 1)) } }
函数 数(树: 节点): 整数 { 如果 树.左.是有() { 返回 1 + 数(树.左.取出()) + 数(树.右.取出()) } 返回 1 }
函数 做(次: 整数): 整数 { 变量 和 = 0; 对于 i 在 0..次 { 和 += 数(造(10)) } 返回 和 }
函数 入口() {
    变量 长命 = 造(18)
    变量 甲 = 创建 做(300); 变量 乙 = 创建 做(300)
    打印行(等待 甲 + 等待 乙 + 数(长命))
    打印行("就绪")
    变量 行 = 读取行()
}
`, ['--工作线程', '2']);
    await program.says('就绪');
    const { pauses } = (await program.get('/metrics')).body;
    assert.ok(pauses.together > 0 && pauses.together <= pauses.count, JSON.stringify(pauses));
    await end(program, 0);
  });
}

test.run();
