/** Whom `* - nofile 999999` reaches: real sessions of a Debian 13, before and after the line. */
import { loadTypeScript } from '../../vm/load-typescript.mjs';

const FILE = '/etc/security/limits.conf';
const LINE = '* - nofile 999999';
const WITH_ROOT = [LINE, 'root - nofile 999999'];
/** Below what the line asks for. */
const LOW_CEILING = 500_000;

export const guestMemoryMiB = 2048;

export async function measure({ guest }) {
  const { machine, kernel, place } = await guest();
  const { plantWitnesses, predict, predictedSessions, realSessions } =
    await loadTypeScript('test/vm/guest.ts');
  await plantWitnesses(machine);
  const original = await machine.check(`cat ${FILE}`);

  /** Every kind of session as it is, and as `tune boot --limits` says it will be. */
  const look = async (lines) => {
    await machine.writeFile(FILE, [original, ...lines, ''].join('\n'));
    // What the user manager of an earlier login has, and what cron wrote before, are not what is asked.
    await machine.check('systemctl stop user@1000.service 2>/dev/null; rm -f /run/cron-limits; sleep 1');
    const real = await realSessions(machine);
    const predicted = predictedSessions(await predict(machine));
    return {
      lines,
      real,
      predicted,
      agrees: JSON.stringify(sorted(real)) === JSON.stringify(sorted(predicted)),
    };
  };

  const nrOpen = await machine.check('cat /proc/sys/fs/nr_open');
  const steps = [await look([]), await look([LINE]), await look(WITH_ROOT)];
  const ceiling = await belowTheLine(machine);
  await machine.check(`sysctl -qw fs.nr_open=${nrOpen}`);
  await machine.writeFile(FILE, `${original}\n`);
  return { place, kernel, file: FILE, line: LINE, nrOpen: Number(nrOpen), steps, ceiling };
}

/** The same line where fs.nr_open does not allow it: the login of an ordinary user. */
async function belowTheLine(machine) {
  await machine.check(`sysctl -qw fs.nr_open=${LOW_CEILING}`);
  const answer = await machine.console.runInLogin('alice', 'ulimit -Sn; ulimit -Hn').catch((error) => error);
  const limits = answer instanceof Error ? null : answer.trim().split('\n');
  return {
    nrOpen: LOW_CEILING,
    loginWorks: limits !== null,
    soft: limits?.[0] ?? null,
    hard: limits?.[1] ?? null,
  };
}

const sorted = (sessions) =>
  Object.fromEntries(Object.entries(sessions).sort(([a], [b]) => (a < b ? -1 : 1)));
