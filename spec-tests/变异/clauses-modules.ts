/** Mutants of §4 packages and modules: finding files, visibility, what imports bind; blocks of tests. */
import { mutantsOf, type SourceMutant } from './source-mutants.js';

const packages = mutantsOf('frontend/3-check/packages.ts');
const imports = mutantsOf('frontend/3-check/imports.ts');
const locate = mutantsOf('frontend/2b-resolve/locate.ts');
const resolve = mutantsOf('frontend/2b-resolve/resolve.ts');
const parse = mutantsOf('frontend/2-parse/parse.ts');
const inferStmt = mutantsOf('frontend/3-check/infer-stmt.ts');

export const modules: readonly SourceMutant[] = [
  packages('§4 模块', "if (visibility === 'private' || (explicit && visibility === 'default')) hidden", "if (visibility === 'private') hidden", '没有写公开的名字也看得见'),
  packages('§4 模块', "if (visibility === 'private' || (explicit && visibility === 'default')) hidden", "if (explicit && visibility === 'default') hidden", '私有的名字看得见'),
  packages('§4 模块', 'if (found !== undefined && !found.hidden) return found;', 'if (found !== undefined && found.hidden) return found;', '再导出的名字找不到'),
  packages('§4 模块', 'if (decl.items !== undefined && item === undefined) continue;', '', '选择性的再导出给出全部'),
  packages('§4 模块', 'if (owners.length !== 1) return undefined;\n    owners[0]', 'if (owners.length === 0) return undefined;\n    owners[0]', '两个模块都有的名字取第一个'),
  packages('§4 模块', 'if (decl.alias !== undefined) return undefined;\n    if', 'if', '有别名的导入也打开'),
  packages('§4 模块', 'const name = item.alias ?? item.name;\n    const earlier', 'const name = item.name;\n    const earlier', '导入的别名没有用'),
  packages('§4 模块', "used: decl.visibility === 'public' };", 'used: false };', '再导出也算没有用到'),
  imports('§4 模块', 'if (i.used) continue;', 'continue;', '没有用到的导入没有警告'),
  imports('§4 模块', 'if (owner === b.checker.names.packageOf(b.file)) return;', 'return;', '别的包的私有字段可以用'),
  imports('§4 模块', "if (clash === undefined || clash.kind === 'poison' || clash.file !== unit.file) continue;", 'continue;', '导入可以与自己的名字相同'),
  locate('§4 模块', '[[...names.slice(0, -1), `${last}.qi`], [...names, `${last}.qi`]]', '[[...names, `${last}.qi`], [...names.slice(0, -1), `${last}.qi`]]', '名/名.qi 在 名.qi 之前'),
  locate('§4 模块', 'folder = host.parent(folder)) {', 'folder = undefined) {', '上层文件夹的 qi_packages 不找'),
  locate('§4 模块', "const beside = fileIn(here, names, host);\n  if (beside !== undefined) return beside;", '', '旁边的文件不找'),
  locate('§4 模块', "new Array<string>(path.up).fill('..')", "new Array<string>(Math.min(path.up, 1)).fill('..')", '../../ 只上一层'),
  resolve('§4 模块', "if (unit.package?.path.map((n) => n.text).join('.') !== pack.name) continue;", '', '别的包的文件也拉进来'),
  resolve('§4 模块', 'const unit = before[top.next++]!;', 'const unit = before[before.length - 1 - top.next++]!;', '初始化的次序相反'),
  resolve('§4 模块', '#pullIn(pack: OpenPackage): void {', '#pullIn(pack: OpenPackage): void {\n    pack.members.clear();', '兄弟文件里的方法找不到'),
  parse('§4 测试块', "item.kind !== 'FunctionDecl' || item.test === undefined", "item.kind !== 'FunctionDecl' || item.test !== ''", '运行程序时检查测试块'),
  inferStmt('§4 测试块', "if (s.test !== undefined) b.error('E2040', s.name.span);", '', '测试块可以在函数里'),
];
