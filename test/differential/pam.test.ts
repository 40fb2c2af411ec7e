import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEBIAN_12, DEBIAN_13, type PamVariant, UPSTREAM } from '../../src/boot/pam-types.ts';
import { runCampaign, treesWanted } from './support/campaign.ts';
import { pamDisagreements, preparePam } from './support/compare-pam.ts';
import { limitsSpec } from './support/limits-trees.ts';
import { fingerprint } from './support/sysctl-campaign.ts';
import { startWorker, whyNoNamespaces } from './support/worker-client.ts';

const RUNS = treesWanted(500);
const SUPPORT = path.join(import.meta.dirname, 'support');
const before = fingerprint();
let directory = '';

beforeAll(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'tune-pam-'));
  const source = path.join(SUPPORT, 'pam-session.c');
  const compiled = spawnSync('cc', [
    '-O1',
    '-Wall',
    '-o',
    path.join(directory, 'pam-session'),
    source,
    '-l:libpam.so.0',
  ]);
  if (compiled.status !== 0) throw new Error(`cc: ${compiled.error?.message ?? compiled.stderr.toString()}`);
});

afterAll(() => {
  fs.rmSync(directory, { recursive: true });
  expect(fingerprint()).toEqual(before);
});

interface Case {
  readonly title: string;
  readonly root: string;
  readonly variant: PamVariant | null;
  readonly module: string | null;
}

const chroot = process.env.TUNE_TRIXIE_ROOT;
const upstream = process.env.TUNE_UPSTREAM_PAM_LIMITS;
const CASES: readonly Case[] = [
  { title: 'this system', root: '/', variant: null, module: null },
  ...(chroot ? [{ title: 'the chroot', root: chroot, variant: null, module: null }] : []),
  // A pam_limits.so of Linux-PAM 1.7 built without a distribution's patches.
  ...(upstream ? [{ title: 'upstream', root: chroot ?? '/', variant: UPSTREAM, module: upstream }] : []),
];

describe.each(CASES)('pam_limits in $title', ({ root, variant, module }) => {
  test(
    `agrees with the model on ${RUNS} random trees`,
    async () => {
      const obstacle = whyNoNamespaces();
      if (obstacle !== null) throw new Error(`this test needs namespaces: ${obstacle}`);
      const args = [root, path.join(directory, 'pam-session'), ...(module ? [module] : [])];
      const worker = startWorker(path.join(SUPPORT, 'pam-worker.mjs'), args);
      try {
        const bench = await preparePam(worker, (debian) => variant ?? byRelease(debian));
        const compared = await runCampaign({
          name: 'pam',
          arbitrary: limitsSpec,
          runs: RUNS,
          disagreements: (spec) => pamDisagreements(bench, spec),
        });
        expect(compared).toBeGreaterThanOrEqual(RUNS);
      } finally {
        await worker.stop();
      }
    },
    60_000 + RUNS * 500,
  );
});

function byRelease(debian: string): PamVariant {
  if (debian.startsWith('12')) return DEBIAN_12;
  if (debian.startsWith('13')) return DEBIAN_13;
  throw new Error(`no model of the PAM of Debian ${debian}: give a chroot of Debian 12 or 13`);
}
