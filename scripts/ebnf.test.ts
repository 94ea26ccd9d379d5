import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { firstMisfit, readGrammar, type Grammar } from './ebnf.js';

/** Letters are tokens; `空` holds before an x and takes nothing. */
function misfit(grammar: Grammar, text: string): number {
  return firstMisfit(grammar, text.length, (at) => grammar.terminals.map((t) => (t === '空' ? (text[at] === 'x' ? 'empty' : undefined) : at < text.length && t === `"${text[at]}"` ? 'token' : undefined)));
}

test('optional, repeated, grouped, alternative parts', () => {
  const grammar = readGrammar('甲 = "a" [ "b" ] { "c" | 乙 } ; (* comment *)\n乙 = ( "d" | "e" ) "f" ;');
  for (const text of ['a', 'ab', 'abccc', 'acdfcef']) assert.is(misfit(grammar, text), -1, text);
  assert.equal(['', 'b', 'abb', 'ad', 'adc'].map((text) => misfit(grammar, text)), [0, 0, 2, 2, 2]);
});

test('left recursion, right recursion, ambiguity, empty rules', () => {
  const grammar = readGrammar('和 = 和 "+" 和 | 空项 "n" 空项 | "-" 和 ; 空项 = [ 空项 ] ;');
  for (const text of ['n', 'n+n+n+n', '--n+-n']) assert.is(misfit(grammar, text), -1, text);
  assert.equal(['n+', 'nn', '+n'].map((text) => misfit(grammar, text)), [2, 1, 0]);
});

test('a condition takes no token', () => {
  const grammar = readGrammar('甲 = { "a" 空 | "x" } ;');
  assert.equal(['ax', 'axx', 'aa', 'a'].map((text) => misfit(grammar, text)), [-1, -1, 1, 1]);
});

test('broken grammars are refused', () => {
  assert.throws(() => readGrammar('甲 = "a" ; 甲 = "b" ;'), /甲 stands twice/);
  assert.throws(() => readGrammar('甲 = "a" ; 乙 = "b" ;'), /never used: 乙/);
  assert.throws(() => readGrammar('甲 = ( "a" ; 乙'), /unexpected/);
  assert.throws(() => readGrammar('甲 = "a" ? ;'), /cannot read/);
});

test.run();
