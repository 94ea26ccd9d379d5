#!/usr/bin/env node
/*
 * dist/qi.cjs, the `qi` command: runs the bundle (qi-main.cjs) with V8's compiled code for it (qi-main.cache).
 *
 * Start-up is what a user notices first. Compiling the bundle takes about 25 ms of processor time, loading its code 3 ms;
 * being CommonJS saves another 6 ms of setting up the ES module loader (Node 20, median of 25 runs each). Without the
 * cache file, or when V8 refuses it because it is from another version, everything works, only slower.
 *
 * The bundle is pure ASCII (scripts/build-ts.ts), so that it is read and kept as one byte per character.
 */
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

const filename = join(__dirname, 'qi-main.cjs');
const source = `(function (exports, require, module, __filename, __dirname) { ${readFileSync(filename, 'latin1')}\n})`;
let cachedData;
try {
  cachedData = readFileSync(join(__dirname, 'qi-main.cache'));
} catch {
  cachedData = undefined;
}
const script = new Script(source, { filename, cachedData });

/** For scripts/code-cache.mjs, which asks for the script after it ran. */
module.exports = script;

script.runInThisContext()(exports, require, { exports: {} }, filename, __dirname);
