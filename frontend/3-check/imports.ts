/**
 * imports.ts — the imports of each file: that what they name exists and is visible, and what they bind (E4xxx).
 *
 * Runs when all names of all packages are entered. Qualified names (`工具.加`) become one name here.
 */
import type * as ast from '../ast.js';
import type { DiagnosticDetails } from '../diagnostics.js';
import type { SourceFile } from '../source.js';
import type { Project } from '../project.js';
import type { Body, Checker } from './body.js';
import { bindingOf, type Explanation } from './packages.js';
import type { Scope } from './scope.js';

/** Binds the imports of all files. Must run before any name is looked up; reports nothing. */
export function bindImports(checker: Checker, project: Project): void {
  for (const unit of project.units) {
    const file = checker.names.fileOf(unit.file);
    for (const decl of unit.imports) {
      const target = project.imports.get(decl);
      if (target === undefined) continue;
      const module = checker.names.target(target);
      if (decl.items === undefined) {
        const earlier = file.addModule(decl, module);
        if (earlier !== undefined) duplicate(checker, unit.file, bindingOf(decl)!, earlier.name);
      } else {
        for (const item of decl.items) {
          const earlier = file.addItem(decl, item, module);
          if (earlier !== undefined) duplicate(checker, unit.file, item.alias ?? item.name, earlier.name);
        }
      }
    }
  }
}

function duplicate(checker: Checker, file: SourceFile, name: ast.Name, earlier: ast.Name): void {
  checker.error('E3003', file, name.span, { 名称: name.text }, {
    related: [{ span: earlier.span, file, label: { zh: '先前在这里导入', en: 'first imported here' } }],
    hint: { zh: `换一个名称：导入 … 作为 别名`, en: 'choose another name: 导入 … 作为 别名' },
  });
}

/** Checks that imported names exist, are visible, and do not clash with names of the file itself. */
export function checkImports(checker: Checker, project: Project): void {
  for (const unit of project.units) {
    const file = checker.names.fileOf(unit.file);
    const own = checker.packageOf(unit.file);
    for (const decl of unit.imports) {
      const target = project.imports.get(decl);
      if (target === undefined) continue;
      const module = checker.names.target(target);
      const names = decl.items === undefined ? [bindingOf(decl)!] : decl.items.map((i) => i.alias ?? i.name);
      for (const item of decl.items ?? []) {
        const why = file.explainMember(module, item.name.text);
        if (why === undefined || module.module(item.name.text) !== undefined) continue;
        report(checker, unit.file, item.name.span, why);
        file.giveUp((item.alias ?? item.name).text);
      }
      for (const name of names) {
        const clash = own.own(name.text);
        if (clash === undefined || clash.kind === 'poison' || clash.file !== unit.file) continue;
        checker.error('E3003', clash.file, clash.span, { 名称: name.text }, {
          related: [{ span: name.span, file: unit.file, label: { zh: '先前在这里导入', en: 'imported here' } }],
        });
      }
    }
  }
}

/** W4001 for imports nothing used. */
export function warnUnusedImports(checker: Checker, project: Project): void {
  for (const unit of project.units) {
    if (project.packages.get(unit)?.library !== undefined) continue;
    for (const i of checker.names.fileOf(unit.file).imports) {
      if (i.used) continue;
      const { decl } = i;
      checker.error('W4001', unit.file, decl.items === undefined ? decl.path.span : i.name.span, { 名称: i.name.text });
    }
  }
}

export function report(checker: Checker, file: SourceFile, span: ast.Span, why: Explanation): void {
  const details: DiagnosticDetails = {
    ...(why.hint === undefined ? {} : { hint: why.hint }),
    ...(why.place === undefined ? {} : { related: [{ span: why.place.span, file: why.place.file, label: { zh: '在这里声明', en: 'declared here' } }] }),
  };
  checker.error(why.code, file, span, why.args, details);
}

/** Reports an unknown name when imports explain it. */
export function reportByImports(checker: Checker, file: SourceFile, name: string, span: ast.Span): boolean {
  const why = checker.names.fileOf(file).explain(name);
  if (why === undefined) return false;
  report(checker, file, name.includes('.') ? lastPart(file, span) : span, why);
  return true;
}

/** The name after the last separator of a qualified name. */
function lastPart(file: SourceFile, span: ast.Span): ast.Span {
  const last = /[^.．。:：\s]+$/u.exec(file.text.slice(span.start, span.end));
  return last === null ? span : { start: span.end - last[0].length, end: span.end };
}

/** `工具.加` or `工具::加` as one name, when 工具 is a module here; undefined otherwise. */
export function qualified(scope: Scope, e: ast.Expr): ast.NameExpr | undefined {
  if (e.kind !== 'MemberExpr' && e.kind !== 'PathExpr') return undefined;
  const base = e.kind === 'MemberExpr' ? e.object : e.base;
  const module = base.kind === 'NameExpr' ? base.name : qualified(scope, base)?.name;
  if (module === undefined || !scope.isModule(module)) return undefined;
  return { kind: 'NameExpr', id: e.id, span: e.span, name: `${module}.${e.name.text}` };
}

/** The expression with a module at its front joined to what follows: `工具.点.新建` has the base `工具.点`. */
export function joinQualified<E extends ast.Expr>(scope: Scope, e: E): E | ast.NameExpr {
  const whole = qualified(scope, e);
  if (whole !== undefined) return whole;
  if (e.kind === 'MemberExpr') {
    const object = qualified(scope, e.object);
    if (object !== undefined) return { ...e, object };
  } else if (e.kind === 'PathExpr') {
    const base = joinQualified(scope, e.base);
    if (base !== e.base) return { ...e, base };
  } else if (e.kind === 'InstantiateExpr') {
    const callee = joinQualified(scope, e.callee);
    if (callee !== e.callee) return { ...e, callee };
  }
  return e;
}

/** The path of a type or pattern with its module joined to the name after it: `工具.点` is one name. */
export function joinPathNames(scope: Scope, path: readonly ast.Name[]): readonly ast.Name[] {
  let names = path;
  while (names.length > 1 && scope.isModule(names[0]!.text)) {
    const [module, member, ...rest] = names as [ast.Name, ast.Name, ...ast.Name[]];
    names = [{ kind: 'Name', text: `${module.text}.${member.text}`, span: { start: module.span.start, end: member.span.end } }, ...rest];
  }
  return names;
}

/** Reports the use of a field or method that is private to another package. `shown` is its name with the type's. */
export function checkVisible(b: Body, shown: string, visibility: ast.Visibility, declared: { readonly span: ast.Span; readonly file: SourceFile }, span: ast.Span): void {
  if (visibility !== 'private') return;
  const owner = b.checker.names.packageOf(declared.file);
  if (owner === b.checker.names.packageOf(b.file)) return;
  b.error('E4003', span, { 名称: shown, 模块: owner.pack.name }, {
    related: [{ span: declared.span, file: declared.file, label: { zh: '在这里声明', en: 'declared here' } }],
  });
}
