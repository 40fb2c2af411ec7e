'use strict';
// The single executable's first code: loads the bundle with V8's compiled form of it, both out of the executable. The
// form was warmed by audits, so this starts faster than V8's own cache of a main script, which holds next to nothing.
const { getRawAsset } = require('node:sea');

// By then Node has taken orders from the environment, and root runs this: neither may make it write files that tune did
// not mean to write. (NODE_OPTIONS and OPENSSL_CONF, which can load code, are refused by the build's configuration.)
if (process.env.NODE_V8_COVERAGE !== undefined) require('node:v8').stopCoverage();
if (process.env.NODE_REDIRECT_WARNINGS !== undefined) process.removeAllListeners('warning');

const vm = require('node:vm');
const { wrap } = require('node:module');

const file = '/tune/app.cjs';
const script = new vm.Script(wrap(Buffer.from(getRawAsset('app.cjs')).latin1Slice()), {
  filename: file,
  cachedData: new Uint8Array(getRawAsset('app.cache')),
  importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
const argv = process.argv.slice(2);
// Never seen in a good build, which made both with the same runtime; the tests ask.
if (script.cachedDataRejected && argv.includes('--debug')) {
  process.stderr.write('tune: V8 refused the compiled form of the program: slow start\n');
}
const app = { exports: {} };
script.runInThisContext()(app.exports, require, app, file, '/tune');
app.exports.main(argv).then((code) => {
  process.exitCode = code;
});
