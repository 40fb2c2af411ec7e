'use strict';
// Prints V8's code cache of a bundle, taken after an audit has run: functions that it used are in it, compiled.
const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');
const { wrap } = require('node:module');

const file = path.resolve(process.argv[2]);
const script = new vm.Script(wrap(fs.readFileSync(file, 'latin1')), {
  filename: file,
  importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
const app = { exports: {} };
script.runInThisContext()(app.exports, require, app, file, path.dirname(file));
const print = process.stdout.write.bind(process.stdout);
process.stdout.write = () => true;
(async () => {
  await app.exports.main(['audit']);
  await app.exports.main(['audit', '--format', 'json']);
  print(script.createCachedData(), () => process.exit(0));
})();
