/** A profile proven on a fresh Debian that really reboots: install, apply, reboot, verify with one server process. */
import type { Profile } from '../../src/model/profile.ts';
import { connectionsEach } from '../../src/model/soak-workload.ts';
import type { VerifyReport } from '../../src/model/verify.ts';
import { inRootLogin } from '../../test/vm/guest.ts';
import { ensureImages } from '../../test/vm/images.ts';
import { Machine } from '../../test/vm/machine.ts';
import { ofVerification } from './distil.ts';
import { guestMiB } from './needs.ts';
import type { Package } from './package.ts';
import { type Finished, machineOf, type Run } from './place.ts';

/** Ten times what an emulated machine takes that has the processors to itself: others may be at work beside it. */
const SECONDS_PER_CONNECTION = 1 / 250;
const BASE_SECONDS = 300;

export async function proveInVm(
  profile: Profile,
  connections: number,
  tune: Package,
  run: Run,
): Promise<Finished> {
  const memoryMiB = guestMiB(profile.workload, connections, Number(profile.goal));
  const { debian13 } = await ensureImages();
  run.say(`a guest of ${memoryMiB} MiB`);
  await using guest = await Machine.create(debian13, { memoryMiB, payload: tune.payload });
  await guest.check('dpkg -i /payload/tune.deb', { timeoutSeconds: 300 });
  const machine = machineOf({
    kernel: await guest.check('uname -r'),
    osRelease: await guest.check('cat /etc/os-release'),
    cpus: Number(await guest.check('nproc')),
    meminfo: await guest.check('cat /proc/meminfo'),
    emulated: true,
  });
  run.say(`tune apply --yes --profile ${profile.name}`);
  const apply = await inRootLogin(guest, `tune apply --yes --profile ${profile.name}`);
  if (apply.exitCode !== 0) {
    const why = `apply ended with exit code ${apply.exitCode}: ${(apply.stderr || apply.stdout).trim().slice(0, 500)}`;
    return { machine, verdict: { state: 'failed', why }, survival: null, soak: null };
  }
  await guest.reboot();
  run.say(`rebooted; tune verify --connections ${connections}`);
  const opened = connections * connectionsEach(profile.workload);
  const seconds = Math.ceil(BASE_SECONDS + opened * SECONDS_PER_CONNECTION);
  const verify = await inRootLogin(guest, `tune verify --connections ${connections} --format json`, seconds);
  run.keep(verify.stdout);
  if (!verify.stdout.startsWith('{')) {
    const why = `verify ended with exit code ${verify.exitCode}: ${verify.stderr.trim().slice(0, 500)}`;
    return { machine, verdict: { state: 'inconclusive', why }, survival: null, soak: null };
  }
  return { machine, ...ofVerification(JSON.parse(verify.stdout) as VerifyReport) };
}
