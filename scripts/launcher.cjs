#!/usr/bin/env node
'use strict';
// Loads the bundle with V8's cached form of it. A cache made by another Node is refused by V8 and simply not used.
const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');
const { wrap } = require('node:module');

const file = path.join(__dirname, 'app.cjs');
let cachedData;
try {
  cachedData = fs.readFileSync(path.join(__dirname, 'app.cache'));
} catch {
  // No cache: slower, nothing else.
}
// The bundle is ASCII (esbuild escapes the rest), and one byte a character is read several times faster.
const script = new vm.Script(wrap(fs.readFileSync(file, 'latin1')), {
  filename: file,
  cachedData,
  importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
const app = { exports: {} };
script.runInThisContext()(app.exports, require, app, file, __dirname);
app.exports.main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
