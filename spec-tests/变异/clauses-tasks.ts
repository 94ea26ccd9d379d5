/** Mutants of §6: the task tree, combined futures, and the classes of synchronisation. */
import { mutantsOf, type SourceMutant } from './source-mutants.js';

const sched = mutantsOf('vm/sched/sched.c');
const scope = mutantsOf('vm/sched/scope.c');
const failure = mutantsOf('vm/sched/failure.c');
const gather = mutantsOf('vm/sched/gather.c');
const unheard = mutantsOf('vm/sched/unheard.c');
const rwlock = mutantsOf('vm/sched/rwlock.c');
const semaphore = mutantsOf('vm/sched/semaphore.c');
const gate = mutantsOf('vm/sched/gate.c');
const mutex = mutantsOf('vm/sched/mutex.c');
const context = mutantsOf('vm/sched/context.c');
const atomic = mutantsOf('vm/sched/atomic.c');
const nativeObject = mutantsOf('vm/sched/native_object.c');
const trace = mutantsOf('vm/interp/trace.c');
const leak = mutantsOf('vm/sched/leak.c');
const wakers = mutantsOf('vm/interp/wakers.c');
const deeds = mutantsOf('vm/interp/deeds.c');
const workers = mutantsOf('vm/sched/workers.c');
const priority = mutantsOf('vm/sched/priority.c');
const pool = mutantsOf('vm/sched/pool.c');
const cancel = mutantsOf('vm/sched/cancel.c');
const concurrency = mutantsOf('natives/标准库/并发.qi');

export const tasks: readonly SourceMutant[] = [
  scope('§6 结构化并发', 'if (!is_empty(w, scope)) {\n        if', 'if (scope->nmembers > 1) {\n        if', '不等最后一个孩子'),
  scope('§6 结构化并发', '!take_over(w, scope)); }', '!take_over(w, scope) || true); }', '不等半途停下的协程里的任务'),
  scope('§6 结构化并发', 'cancel_own(w, scope, message, true);\n    cancel_own(w, scope, message, false);\n    scope', 'cancel_own(w, scope, message, false);\n    scope', '不取消半途停下的协程里的任务'),
  scope('§6 结构化并发', 'else s->running -= m->child;', '', '汇合的任务还占着上限里的位置'),
  scope('§6 结构化并发', 'm->held = false;\n        m->parent', 'm->held = false;\n        m->child = false;\n        m->parent', '汇合的任务的失败没有人说'),
  scope('§6 结构化并发', 'end_scope(w, scope, QI_SCOPE_FAILED, scope->owner', 'if (scope->limit == 77) end_scope(w, scope, QI_SCOPE_FAILED, scope->owner', '孩子失败不取消其余'),
  scope('§6 结构化并发', 'if (begun) interrupt(w, s, message);', '', '恢复着里面的协程的任务睡着不醒'),
  scope('§6 结构化并发', 'if (real != NULL) {\n        QiError *e', 'if (false) {\n        QiError *e', '取消错误盖住收尾的失败'),
  scope('§6 结构化并发', 'keep_failure_of_body(scope, e);', '(void)keep_failure_of_body;', '块体后来的失败不见了'),
  scope('§6 结构化并发', 'if (s->nmembers != 0 || has_failed_half_way(w, s)) return true;', 'if (s->nmembers != 0) return true;', '停下的协程里的失败外面的块不知道'),
  scope('§6 结构化并发', 'if (s->failed != NULL) pass_on(s, s->failed);', '', '收回的协程里的失败外面的块不知道'),
  scope('§6 结构化并发', 'if (scope->failed != NULL) (void)qi_later_add_first(&scope->later, scope->failed);', 'if (scope->failed != NULL) (void)0;', '让位的取消错误另外报告'),
  failure('§6 结构化并发', 'memmove(futures + 1, futures, ((*list)->n - 1) * sizeof *futures);\n    futures[0] = f;', '(void)futures;', '让位的取消错误在最后'),
  failure('§6 结构化并发', 'if (error_of(list->futures[i])->head.aux != 6101) return', 'if (error_of(list->futures[i])->head.aux != 0) return', '取消错误当作块的失败'),
  failure('§6 结构化并发', 'if (real != NULL && !is_listed(real)) {\n            add(j, real);', 'if (real != NULL) {\n            append(j, real);', '等待别人而得的失败算两次'),
  failure('§6 结构化并发', 'if (!j->failed && !is_listed(e)) append(j, e);', 'if (!j->failed) append(j, e);', '等待别人而得的取消错误算两次'),
  failure('§6 结构化并发', 'causes++) enlist(cause);', 'causes++) if (cause != e) enlist(cause);', '失败在自己的其余里'),
  failure('§6 结构化并发', 'causes++) enlist(cause);', 'causes++) if (cause == e) enlist(cause);', '起因又在其余里'),
  failure('§6 结构化并发', 'if (i == list->body_at && list', 'if (i == list->n && list', '块体的失败总在最后'),
  failure('§6 结构化并发', '(*list)->body_at = 0;', '', '让位的块体的失败总在最后'),
  failure('§6 结构化并发', '&& record->value != j->number;', ';', '共有的一列走许多次'),
  failure('§6 结构化并发', 'if (whole && !is_listed(errors[i])) add_failure(j, errors[i], depth);', 'if (whole && !is_listed(errors[i])) add(j, errors[i]);', '列表里的取消错误盖住的算两次'),
  scope('§6 结构化并发', 'if (task == NULL) return;', 'if (task == NULL) task = scope->owner->co;', '汇合时打断的等待又醒一次'),
  scope('§6 结构化并发', 'if ((s->failed == NULL && s->later == NULL) ||', 'if (s->failed == NULL ||', '到期的块里的失败外面的块不知道'),
  failure('§6 错误是值', 'e->cause == NULL && !reaches(hidden, original(e), SEARCHED_DEEP, &left)', 'e->cause == NULL', '起因成了圈'),
  failure('§6 错误是值', 'copy->cause = cause;\n    return copy;', 'e->cause = cause;\n    return e;', '大家的错误因最终改变'),
  failure('§6 错误是值', 'more = own_cause(real);', 'more = NULL;', '块体的那一份的起因不见了'),
  failure('§6 结构化并发', 'else add_under(j, errors[i], depth);', 'else (void)add_under;', '取消错误盖住的第二个失败不见了'),
  failure('§6 结构化并发', 'errors[--i] = records->cause;', 'errors[n - i] = records->cause, i--;', '取消错误盖住的几个失败倒过来'),
  failure('§6 结构化并发', 'whole && !is_listed(errors[i])', 'whole', '份里的份带着的不见了'),
  failure('§6 结构化并发', '(more->head.flags & UNDER) == 0', 'true', '一个起因说两次'),
  failure('§6 结构化并发', 'return *left == 0 ? e : real;', 'return real;', '找不完的取消错误不算失败'),
  failure('§6 结构化并发', 'real == NULL || !is_listed(real)', 'true', '抛出的失败在其余里又是取消错误的起因'),
  failure('§6 结构化并发', 'if (e != NULL) return e;\n    if (depth == 0) {', 'return e;\n    if (depth == 0) {', '取消错误的其余里的失败不算'),
  sched('§6 错误是值', 'cancelled = qi_error_real(e) == NULL;', 'cancelled = true;', '盖住了失败的任务算取消'),
  failure('§6 结构化并发', 'copy->others = e->others;', '', '最终再抛出的错误没有其余'),
  scope('§6 结构化并发', 's->failure = NULL;\n    leave_open(s, QI_SCOPE_ABOVE);', 's->failure = NULL;', '失败被拿走了，协程还说到期'),
  scope('§6 结构化并发', ' || masked_from(w, s->owner->co, s));', ');', '停在最终里的协程的失败不见了'),
  unheard('§6 无人观察的失败', 'tell(s, task, task->innermost->wake_error);', '', '给了任务的失败没有人说'),
  unheard('§6 无人观察的失败', 'else if ((task->flags & QI_CO_SLOT_REF) != 0) tell', 'else if (false) tell', '给了任务的块的失败没有人说'),
  unheard('§6 结构化并发', 'if (scope->failed == NULL || qi_future_is_observed(scope->failed)) tell(s, task, scope->failure);', '', '没有抛出的块体的失败没有人说'),
  unheard('§6 结构化并发', 'if (scope->later != NULL) tell(s, task, scope->later->body);', '', '块体后来的失败没有人说'),
  unheard('§6 结构化并发', '|| qi_error_real(e) == NULL) return;', ') return;', '被取消的块也算失败'),
  mutantsOf('vm/interp/report.c')('§6 错误', 'return depth == QI_REPORT_CAUSES ? cause : NULL;', 'return NULL;', '报告不说最初的起因'),
  scope('§6 结构化并发', 'if (s->left_at == NULL) s->left_at = scope->entered_at;', '', '不知道走了的块在哪里'),
  failure('§6 错误是值', 'return qi_error_real(hidden) != NULL ? error_with(w, e, hidden) : e;', 'return e;', '被代替的错误不见了'),
  failure('§6 结构化并发', 'add_list(j, real->others, true, depth);', '(void)real;', '同一个失败的另一份带着的不见了'),
  failure('§6 结构化并发', '? e->subject : &original(e)->head;', '? e->subject : NULL;', '一个失败的两份算两个'),
  failure('§6 结构化并发', 'if (joined != NULL) joined->others = j.newest;', 'if (joined != NULL) joined->others = NULL;', '其余的失败不见了'),
  failure('§6 结构化并发', 'joined = copy_of(w->heap, e);', 'joined = e;', '其余归了别的块'),
  failure('§6 结构化并发', '.newest = e->others, ', '.newest = NULL, ', '里面的块的其余不见了'),
  failure('§6 结构化并发', 'copy->trace = own;', 'free(own);', '带着其余的失败没有栈'),
  scope('§6 结构化并发', 'scope->running >= scope->limit', 'scope->running > scope->limit', '上限多一个'),
  scope('§6 结构化并发', 'if (limit < 1) return', 'if (limit < 0) return', '上限可以是零'),
  scope('§6 结构化并发', 'if (scope->end != QI_SCOPE_OPEN && !node->shielded && !running_masked(w, scope, child)) {\n        /* Too late', 'if (scope->end == QI_SCOPE_ABOVE && scope->limit != 0) {\n        /* Too late', '块取消之后仍能创建'),
  failure('§6 结构化并发', 'list->futures[i]->head.flags |= QI_FUTURE_OBSERVED;', '(void)0;', '孩子的失败另外打印'),
  scope('§6 结构化并发', 'if (scope->failed != NULL) scope->failed->head.flags |= QI_FUTURE_OBSERVED;', '', '块抛出的失败另外报告'),
  scope('§6 结构化并发', 'if (scope->owner == NULL) pass_on(scope, failed);', 'if (open) failed->head.flags |= QI_FUTURE_OBSERVED;\n    else if (scope->owner == NULL) pass_on(scope, failed);', '丢下的块里的失败没有人说'),
  scope('§6 结构化并发', 'scope->running--;\n    QiWaiter', 'QiWaiter', '上限之外的永远不运行'),
  scope('§6 截止', 'bool late = scope->end == QI_SCOPE_LATE && e->head.aux == 6101;', 'bool late = false;', '到期抛出取消错误'),
  scope('§6 截止', 'qi_ticker_arm(w); /* a body', '(void)0; /* a body', '不等待的循环不到期'),
  scope('§6 截止', 'if (*milliseconds <= 0) {', 'if (*milliseconds < 0) {', '截止(0) 不立即到期'),
  scope('§6 屏蔽', 'if (is_shielded(w, m)) continue;', '', '屏蔽里的任务也被块取消'),
  scope('§6 屏蔽', 'around != NULL && (running_masked(w, around, child) || ', 'around != NULL && (', '屏蔽里的块随外面取消'),
  scope('§6 屏蔽', ' || (!child && is_shielded(w, running_member(w)))', '', '屏蔽里的任务的块随外面取消'),
  scope('§6 屏蔽', 'node->shielded = !child && is_shielded(w, running_member(w));', '', '屏蔽里的任务的孩子随外面取消'),
  scope('§6 屏蔽', 'if (QI_UNLIKELY(scope->later != NULL)) return throw_error(w, choose_later(scope));', 'if (scope->later != NULL) scope->failure = choose_later(scope);', '期限之后的失败不见了'),
  scope('§6 屏蔽', 'if (s->end != QI_SCOPE_OPEN && !masked_from(w, w->current, s)) return s;', 'if (s->end != QI_SCOPE_OPEN) return s;', '屏蔽里也看见块的结束'),
  scope('§6 取消', 'qi_task_withdraw(w, co)) {\n        qi_task_break_off', 'false) {\n        qi_task_break_off', '块结束不唤醒体'),

  workers('§6 工作线程', 'bool last = s->nidle + 1 == s->nrunning;', 'bool last = true;', '还有人运行就算死锁'),
  workers('§6 工作线程', 'if (last && !qi_timers_may_wake(s) && !qi_sched_is_owed(s)) {', 'if (last && s->timers.count == 0 && s->ending) {', '都在等待也不算死锁'),
  mutantsOf('vm/sched/runqueue.c')('§6 工作线程', 'if (task != 0) qi_runqueue_take(w, task);', '', '偷来的任务运行两次'),
  priority('§6 任务', 'if (due == NULL || q->passed >= PASSES_MAX) due = q;', 'if (due == NULL) due = q;', '低优先级饿死'),
  priority('§6 任务', 'return QI_PRIORITY_URGENT - (uint32_t)qi_priority_of(flags);', 'return (uint32_t)qi_priority_of(flags);', '优先级颠倒'),

  pool('§6 线程池', 'if (status == QI_OK && !w->sched->config.deterministic) {', 'if (status == QI_PARKED) {', '工作线程自己算'),
  pool('§6 线程池', 'w->sched->npool++;', '', '等线程池也算死锁'),
  cancel('§6 线程池', 'case QI_WAIT_POOL: qi_pool_withdraw(w, task); return true;', 'case QI_WAIT_POOL: break;', '等线程池的任务不能取消'),

  leak('§6 泄漏', "s->config.report_leaks(s->config.user);", '', '泄漏没有报告'),
  leak('§6 泄漏', ' || ends_by_deadline(t)) {', ') {', '有期限的也算泄漏'),
  leak('§6 泄漏', 'return task->wait_object != NULL && qi_is_marked(task->wait_object);', 'return task == NULL;', '长队里靠后的等待者算泄漏'),
  leak('§6 泄漏', 'case QI_WAIT_NATIVE: case QI_WAIT_CONDITION: case QI_WAIT_RELOCK: case QI_WAIT_SCOPE:\n        return true;', 'case QI_WAIT_NATIVE: case QI_WAIT_CONDITION: case QI_WAIT_RELOCK: case QI_WAIT_SCOPE: case QI_WAIT_SLEEP:\n        return true;', '睡眠也算泄漏'),
  wakers('§6 死锁', 'found(walk, o);\n}', '}', '没有找到能唤醒的任务'),
  wakers('§6 死锁', 'if ((deeds >> holders->deed & 1) == 0) continue;', '', '拿着通道就算能发送'),
  deeds('§6 死锁', '    else reach(d, f, pc - f->code, &n);', '    else reach(d, f, 0, &n);', '发送过的也算还能发送'),
  deeds('§6 死锁', 'if (at != NULL) reach_handlers(d, f, (uint32_t)(at - f->code), &n);', '', '最终里的发送不算'),
  deeds('§6 死锁', 'if (d->children) go_through(d, insn->c);', '', '要创建的任务的发送不算'),
  deeds('§6 死锁', 'if (qi_from_ref(d->wakers->of[i].object) == v) bits |= (uint64_t)1 << i;', '', '包变量里的通道没有人拿着'),

  gather('§6 组合', 'qi_error_real_within(qi_as_ref(f->result), &left) == NULL', '(left = 0, ((const QiError *)qi_as_ref(f->result))->head.aux == 6101)', '全部 里取消错误盖住的失败不见了'),
  gather('§6 组合', 'case QI_GATHER_ALL: return failed;', 'case QI_GATHER_ALL: return false;', '全部 等到最后才失败'),
  gather('§6 组合', 'case QI_GATHER_ANY: return !failed;', 'case QI_GATHER_ANY: return true;', '任一 取最先有结果的'),
  gather('§6 组合', 'case QI_GATHER_FIRST: return true;', 'case QI_GATHER_FIRST: return !failed;', '竞速 跳过失败'),
  gather('§6 组合', 'mode == QI_GATHER_ANY ? -1 - (int64_t)last : -1', '-1', '任一 抛出第一个的失败'),
  gather('§6 组合', '} else if (failed) {\n            f->head.flags |= QI_FUTURE_OBSERVED;', '} else if (failed) {', '早已失败的算无人观察'),
  gather('§6 组合', 'if (g->pending != 0) return;', '', '一个有结果就不等其余'),
  concurrency('§6 组合', '如果 败 >= 0 { 等待 各个[败] }', '', '全部 抛出次序在前的失败'),
  concurrency('§6 组合', '情况 超时(毫秒): 屏蔽 { 收拾([甲]); 起因 = 怎样失败(甲) }', '情况 超时(毫秒): 取消未来([甲])', '带超时 不等任务结束'),
  concurrency('§6 截止', '捕获 取消错误 作为 e { 返回 有(e) } 捕获 e', '捕获 取消错误 { } 捕获 e', '带超时 的错误没有起因'),
  concurrency('§6 组合', '    取消未来(未来们)\n', '', '其余的任务不取消'),
  concurrency('§6 组合', '    等候未来(未来们, 3)\n', '', '其余的任务不汇合'),
  concurrency('§6 组合', '变量 位 = 等候未来(各个, 2)', '变量 位 = 等候未来(各个, 2) * 0', '竞速 总是第一个'),
  concurrency('§6 组合', '等候未来(各个, 2)\n        返回 屏蔽 { 等待 各个[位] }', '等候未来(各个, 2)\n        返回 等待 各个[位]', '竞速 等到的失败被取消代替'),
  concurrency('§6 组合', '位 = -1 - 位 }\n        返回 屏蔽 { 等待 各个[位] }', '位 = -1 - 位 }\n        返回 等待 各个[位]', '任一 等到的失败被取消代替'),
  concurrency('§6 组合', '全部<T>(未来们: 列表<未来<T>>): 列表<T> {\n    各个 = 未来们.复制()', '全部<T>(未来们: 列表<未来<T>>): 列表<T> {\n    各个 = 未来们', '全部 等的列表会变'),
  concurrency('§6 组合', '任一<T>(未来们: 列表<未来<T>>): T {\n    各个 = 未来们.复制()', '任一<T>(未来们: 列表<未来<T>>): T {\n    各个 = 未来们', '任一 等的列表会变'),
  concurrency('§6 组合', '竞速<T>(未来们: 列表<未来<T>>): T {\n    各个 = 未来们.复制()', '竞速<T>(未来们: 列表<未来<T>>): T {\n    各个 = 未来们', '竞速 等的列表会变'),
  concurrency('§6 组合', '如果 位 < 0 { 位 = -1 - 位 }', '如果 位 < 0 { 位 = 0 }', '任一 都失败时抛出第一个'),
  concurrency('§6 组合', '对于 项 在 集 { 任务们.添加(创建 做(项)) }', '对于 项 在 集 { 任务们.添加(创建 做(项)); 等待 任务们[任务们.长度() - 1] }', '并行 一个一个地做'),

  trace('§6 没有接住的错误', 'task->creator != NULL && t.ncreators < QI_TRACE_CREATORS; t', 'task->creator != NULL && t.ncreators < 1; t', '创建的链只有一步'),
  trace('§6 错误链', 'while (!w->more && qi_co_is_generator(w->co) && w->co->resumer != NULL) walk_from(w, w->co->resumer);\n}\n\nstatic const', '}\n\nstatic const', '协程的栈没有恢复者'),
  trace('§6 错误链', 'created[t.ncreators] = task->created_at;\n        task = task->creator;', 'task = task->creator;\n        created[t.ncreators] = task->created_at;', '创建的位置错一步'),

  rwlock('§6 同步', '*locked = l->writer == NULL && l->base.waiters.head == NULL;', '*locked = l->writer == NULL;', '读者越过排队的写者'),
  rwlock('§6 同步', 'if (head->index == QI_RW_WRITE && l->readers != NULL) return;', 'if (l->readers != NULL) return;', '后面的读者不一起放行'),
  rwlock('§6 同步', 'if (--hold->count > 0) return QI_OK;', '--hold->count;', '读两次解一次就放开'),
  rwlock('§6 同步', 'if (l->writer != NULL || l->readers != NULL) return false;', 'if (l->writer != NULL) return false;', '有读者也能写'),
  rwlock('§6 同步', 'if (hold == NULL) return qi_throw_not_held(w, &l->base);', 'if (hold == NULL) return QI_OK;', '没有读也能读解锁'),
  rwlock('§6 同步', 'if (l->writer != qi_co_task(w->current)->handle) return qi_throw_not_held(w, &l->base);', '', '没有写也能写解锁'),
  semaphore('§6 同步', '*acquired = s->base.waiters.head == NULL && s->available >= n;', '*acquired = s->available >= n;', '小的请求越过大的'),
  semaphore('§6 同步', 'if (n > s->limit - s->available) return', 'if (n > s->limit) return', '释放可以多于取得的'),
  semaphore('§6 同步', 's->limit = permits > 0 ? permits : INT64_MAX;', 's->limit = permits;', '从零开始的信号量不能释放'),
  semaphore('§6 同步', 'if (n < 1 || n > s->limit) return', 'if (n < 1) return', '永远得不到的数量也等'),
  nativeObject('§6 同步', 'case QI_CLASS_SEMAPHORE: qi_semaphore_grant(w, (QiSemaphore *)o); break;', 'case QI_CLASS_SEMAPHORE: break;', '取消排头的请求不放行后面的'),
  nativeObject('§6 同步', '((QiBarrier *)o)->waiting--; break;', 'break;', '取消的等待者算到了屏障'),
  nativeObject('§6 同步', 'qi_rwlock_grant(w, (QiRwLock *)o);\n        break;', 'break;', '取消的写者仍挡着读者'),
  gate('§6 同步', 'if (b->waiting + 1 == b->parties) {', 'if (b->waiting == b->parties) {', '屏障多等一个'),
  gate('§6 同步', 'b->waiting = 0;\n', '', '屏障只能用一次'),
  gate('§6 同步', 'if (succeeded) {', 'if (succeeded || !succeeded) {', '失败的一次也算完成'),
  gate('§6 同步', 'if (o->runner != NULL) return qi_native_object_wait(w, QI_WAIT_NATIVE, &o->base, slot, 0);', 'if (o->runner != NULL) return QI_OK;', '不等正在执行的'),
  gate('§6 同步', '*next->wait.slot = 1;', '', '失败之后没有人再试'),
  mutex('§6 同步', 'if (!holds(w, m)) return qi_throw_not_held(w, &m->base);\n    if', 'if', '不持有锁也能等条件'),
  mutex('§6 同步', 'while (qi_condition_wake_one(w, c)) {}', 'qi_condition_wake_one(w, c);', '唤醒全部只唤醒一个'),
  mutex('§6 同步', 'm->owner = next != NULL ? next->handle : NULL;', 'm->owner = NULL;', '锁不交给等待者'),
  mutex('§6 同步', 'if (m->owner == NULL) {\n        m->owner', 'if (m->owner != task->handle) {\n        m->owner', '醒来的不等锁'),
  context('§6 同步', 'return b != NULL ? b->value : key->fallback;', 'return b != NULL && b->next == NULL ? b->value : key->fallback;', '设两个上下文就看不见前一个'),
  context('§6 同步', 'put(s, child, qi_context_bindings(s, parent));', 'put(s, child, NULL);', '上下文不传给孩子'),
  atomic('§6 同步', 'if (__builtin_add_overflow(old, n, sum)) return false;', '*sum = (int64_t)((uint64_t)old + (uint64_t)n);', '原子的加法回绕'),
];
