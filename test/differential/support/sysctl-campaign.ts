/** The body of both sysctl test files: one worker for this machine's program and one for the chroot's, if given. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { runCampaign, treesWanted } from './campaign.ts';
import { type Bench, disagreements, type Loader, prepare } from './compare-sysctl.ts';
import { sysctlSpec } from './sysctl-trees.ts';
import { startWorker, whyNoNamespaces } from './worker-client.ts';

const WORKER = path.join(import.meta.dirname, 'sysctl-worker.mjs');
const RUNS = treesWanted(2_000);

export function campaignAgainst(loader: Loader, model: Bench['model']): void {
  const roots = ['/', ...(process.env.TUNE_TRIXIE_ROOT ? [process.env.TUNE_TRIXIE_ROOT] : [])];
  const before = fingerprint();
  for (const root of roots) {
    describe(`${loader} in ${root === '/' ? 'this system' : 'the chroot'}`, () => {
      test(
        `agrees with the model on ${RUNS} random trees`,
        async () => {
          const obstacle = whyNoNamespaces();
          if (obstacle !== null) throw new Error(`this test needs namespaces: ${obstacle}`);
          const worker = startWorker(WORKER, [root]);
          try {
            const { version } = await worker.ask<{ version: string }>({ ask: 'version', loader });
            process.stderr.write(`${version}\n`);
            const bench = await prepare(worker, loader, model);
            const name = `sysctl-${loader}`;
            const compared = await runCampaign({
              name,
              arbitrary: sysctlSpec,
              runs: RUNS,
              disagreements: (spec) => disagreements(bench, spec),
            });
            expect(compared).toBeGreaterThanOrEqual(RUNS);
          } finally {
            await worker.stop();
          }
        },
        60_000 + RUNS * 500,
      );
    });
  }
  afterAll(() => expect(fingerprint()).toEqual(before));
}

/** What must be the same afterwards: the configuration files and the keys outside the namespaces. */
export function fingerprint(): Record<string, string> {
  const hash = createHash('sha256');
  for (const directory of [
    '/etc',
    '/etc/sysctl.d',
    '/etc/security',
    '/etc/pam.d',
    '/usr/lib/sysctl.d',
    '/run',
    '/usr/local/lib',
  ]) {
    for (const name of fs.existsSync(directory) ? fs.readdirSync(directory).sort() : []) {
      const file = `${directory}/${name}`;
      const stat = fs.lstatSync(file, { throwIfNoEntry: false });
      if (stat === undefined || directory === '/run') continue;
      hash.update(`${file} ${stat.mode} ${stat.isFile() ? fs.readFileSync(file).toString('base64') : ''}\n`);
    }
  }
  const keys = [
    'net/core/somaxconn',
    'net/ipv4/tcp_rmem',
    'net/ipv4/ip_local_port_range',
    'net/ipv4/conf/all/rp_filter',
  ];
  return {
    files: hash.digest('hex'),
    keys: keys.map((key) => fs.readFileSync(`/proc/sys/${key}`, 'utf8')).join(''),
  };
}
