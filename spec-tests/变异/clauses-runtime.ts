/** Mutants of §6, the asynchronous runtime. */
import { mutantsOf, type SourceMutant } from './source-mutants.js';

const channel = mutantsOf('vm/sched/channel.c');
const select = mutantsOf('vm/sched/select.c');
const timer = mutantsOf('vm/sched/timer.c');
const future = mutantsOf('vm/sched/future.c');
const generator = mutantsOf('vm/sched/generator.c');
const cancel = mutantsOf('vm/sched/cancel.c');
const mutex = mutantsOf('vm/sched/mutex.c');
const gate = mutantsOf('vm/sched/gate.c');
const sched = mutantsOf('vm/sched/sched.c');
const vm = mutantsOf('vm/interp/vm.c');
const inferAsync = mutantsOf('frontend/3-check/infer-async.ts');
const receivePair = mutantsOf('frontend/3-check/receive-pair.ts');
const inferSelect = mutantsOf('frontend/3-check/infer-select.ts');
const inferStmt = mutantsOf('frontend/3-check/infer-stmt.ts');
const yields = mutantsOf('frontend/3-check/yields.ts');

export const runtime: readonly SourceMutant[] = [
  channel('§6 通道', 'if (QI_UNLIKELY(c->head.flags & QI_CHANNEL_CLOSED)) return throw_closed(w, c, 6001);', '', '可以向已关闭的通道发送'),
  channel('§6 通道', 'if (!pair) return throw_closed(w, c, 6002);', 'if (!pair) { slot[0] = 0; return QI_OK; }', '从已关闭的空通道得到零值'),
  channel('§6 通道', 'wake_closed(w, c, waiter, waiter->pair ? 0 : 6002)', 'wake_closed(w, c, waiter, 6002)', '接收() 与 对于 在关闭时得到错误'),
  channel('§6 通道', 'while ((waiter = qi_waitqueue_pop(&c->senders)) != NULL) wake_closed(w, c, waiter, 6001);', '', '关闭不唤醒发送者'),
  channel('§6 通道', 'if (c->count < c->capacity) return', 'if (c->count <= c->capacity) return', '缓冲多一个'),
  channel('§6 通道', 'if (sender != NULL) buffer_push(w, c, collect(w, sender));', 'if (sender != NULL) collect(w, sender);', '等待的发送者的值丢失'),
  channel('§6 通道', 'put(w, c, slot, pair, c->buffer[c->first])', 'put(w, c, slot, pair, c->buffer[(c->first + c->count - 1) % c->slots])', '缓冲后进先出'),
  channel('§6 通道', 'at -= c->slots;\n    c->buffer[at] = v;', 'at = 0;\n    c->buffer[at] = v;', '缓冲绕回时覆盖'),
  channel('§6 通道', 'if (capacity < 0 || capacity > UINT32_MAX) {', 'if (capacity > UINT32_MAX) {', '容量可以是负数'),
  select('§6 选择', 'qi_worker_random(w, ++nready) == 0', '++nready == 1', '总是选第一个就绪的'),
  select('§6 选择', 'if (chosen != NULL) {\n        if (perform', 'if (chosen != NULL && otherwise == NULL) {\n        if (perform', '有就绪时也走默认'),
  select('§6 选择', 'if (c->waiter.queued) qi_waitqueue_remove(queue_of(c), &c->waiter);', 'if (c->waiter.queued && i == 0) qi_waitqueue_remove(queue_of(c), &c->waiter);', '没有选中的情况留在队列里'),
  select('§6 选择', 'if (sel->timer != QI_TIMER_NONE) qi_timer_remove(w->sched, sel->timer);', '', '没有选中的超时仍然到期'),
  select('§6 选择', 'if (sel->timeout_target == NULL || ms < *earliest) {', 'if (sel->timeout_target == NULL) {', '取第一个超时而不是最早的'),
  select('§6 选择', 'if ((int64_t)fp[word->a] <= 0 && *otherwise == NULL) *otherwise = word;', '', '超时(0) 要等待'),
  select('§6 选择', 'case QI_OP_SEL_SEND: return qi_channel_can_send(qi_as_ref(fp[word->a]));', 'case QI_OP_SEL_SEND: return true;', '满的通道可以发送'),
  timer('§6 时间', 'if (a->when != b->when) return a->when < b->when;', 'if (a->when != b->when) return a->when > b->when;', '晚到期的先醒'),
  timer('§6 时间', 'return now + ns;', 'return now + ns / 2;', '睡眠短了一半'),
  timer('§6 时间', 'if (milliseconds <= 0) return qi_task_yield(w);', 'if (milliseconds <= 0) return QI_OK;', '睡眠(0) 不让出'),
  future('§6 等待', 'if (!failed) *waiter->slot = f->result;', '', '等待者得不到值'),
  future('§6 未来', 'while ((waiter = qi_waitqueue_pop(&f->waiters)) != NULL) {', 'for (int once = 0; once < 1 && (waiter = qi_waitqueue_pop(&f->waiters)) != NULL; once++) {', '只唤醒一个等待者'),
  future('§6 未来', 'if (failed) observe(f);\n        QiError', 'QiError', '等待着的失败算无人观察'),
  generator('§6 协程', 'if (sends) return throw_sent(w, "第一次恢复不能带值", "the first one carries none");', '', '第一次恢复可以带值'),
  generator('§6 协程', 'if (state == QI_CO_RUNNING) return throw_running(w, co);\n    if (state != QI_CO_CREATED)', 'if (state != QI_CO_CREATED)', '恢复自己的错误代码'),
  generator('§6 协程', ' && (bytes = own + stack_bytes(w->current)) > w->stack_limit', '', '由别人恢复的协程也算深'),
  generator('§6 协程', 'if (state != QI_CO_DONE && !asked) resumer->wake_error', 'if (state == QI_CO_DONE && !asked) resumer->wake_error', '协程的错误不交给恢复者'),
  generator('§6 协程', 'if (state == QI_CO_SUSPENDED) return throw_sent(w, "缺少要送入的值", "none was sent");', 'if (state == QI_CO_SUSPENDED) return enter(w, co, slot);', '之后的恢复可以不带值'),
  cancel('§6 取消', 'co->handle->future.result = qi_from_ref(message);', 'co->handle->future.result = 0;\n    (void)message;', '取消错误不说原因'),
  cancel('§6 取消', 'masked(w->sched, w->current)', '(w->current == NULL)', '最终里的等待也被取消'),
  cancel('§6 取消', 'if (qi_sched_attached(w->sched) != 0) cancel_below', 'if (w == NULL) cancel_below', '入口结束时不取消任务'),
  cancel('§6 任务树', '    cancel_below(w, h, message);', '', '取消不传给子任务'),
  cancel('§6 取消', 'case QI_WAIT_SLEEP: qi_timer_remove(w->sched, task->u.timer); return true;', 'case QI_WAIT_SLEEP: return false;', '睡眠不能取消'),
  cancel('§6 取消', 'case QI_WAIT_NATIVE:\n', 'case QI_WAIT_NATIVE: return false;\n', '等锁不能取消'),
  cancel('§6 任务', 'case QI_CO_CANCELLED: return "已取消";', 'case QI_CO_CANCELLED: return "已失败";', '取消的任务叫失败'),
  mutex('§6 互斥锁', 'if (m->owner != NULL) return false;', '', '锁住的锁可以再加'),
  mutex('§6 互斥锁', '{ return m->owner == qi_co_task(w->current)->handle; }', '{ return m->owner != NULL || w->current == NULL; }', '解锁别人的锁没有错误'),
  mutex('§6 互斥锁', 'const QiCoroutine *next = qi_native_object_wake(w, &m->base);', 'const QiCoroutine *next = NULL;', '解锁不唤醒等待者'),
  gate('§6 等待组', '|| count < 0) return false;', ') return false;', '等待组可以是负数'),
  gate('§6 等待组', 'while (qi_native_object_wake(w, &g->base) != NULL) {}', 'qi_native_object_wake(w, &g->base);', '等待组只唤醒一个'),
  sched('§6 死锁', 's->deadlocked = true;', 's->deadlocked = false;', '死锁的退出码'),
  sched('§6 死锁', 's->config.report_deadlock(s->config.user);', '', '死锁没有报告'),
  sched('§6 抢占', 'if (QI_UNLIKELY(s->config.widen != NULL)) qi_worker_widen(w);\n        interrupt(w);', '', '循环不被抢占'),
  vm('§6 无人观察的失败', 'vm->unobserved_failure = true;', 'vm->unobserved_failure = false;', '无人观察的失败不影响退出码'),
  vm('§6 无人观察的失败', 'qi_report_error(vm, e, task);', '', '失败没有报告'),
  mutantsOf('frontend/3-check/queued.ts')('§6 创建', "resolve(work.value.type).kind === 'future' ? awaitNode(b, work.value, span) : work.value", 'work.value', '创建返回未来的函数得到未来的任务'),
  inferAsync('§6 协程', "b.error('E6009', span);", '', '协程之外可以挂起值'),
  inferAsync('§6 恢复', 'const value = sent === undefined ? undefined : checkExpr(b, sent, sends);', 'const value = sent === undefined ? undefined : inferExpr(b, sent);', '送入的值不检查类型'),
  inferSelect('§6 选择', "case 'TimeoutOperation': return { milliseconds: checkExpr(b, op.milliseconds, INT) };", "case 'TimeoutOperation': return { milliseconds: inferExpr(b, op.milliseconds) };", '超时的毫秒不检查类型'),
  inferStmt('§6 通道', 'value: checkExpr(b, s.value, elem), span', 'value: inferExpr(b, s.value, elem), span', '发送的值不检查类型'),
  yields('§6 协程', 'if (f === entry || ', 'if ((f !== entry && entry === undefined) || ', '入口里可以挂起值'),
  yields('§6 裸挂起', 'const toResumer = !body.yieldsValue && unify(type.yields, UNIT);', 'const toResumer = body.yieldsValue || unify(type.yields, UNIT);', '产出值的协程里裸挂起回到恢复者'),
  receivePair('§3 零值', "if (zero === undefined) b.error('E3029'", "if (zero === null) b.error('E3029'", '没有零值的类型也能接收'),
];
