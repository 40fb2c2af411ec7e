/**
 * What `fs.file-max = 999999` does to a current host: in a virtual machine, since it is one value for all of it. Then that
 * many files are really opened, by an ordinary user and by root.
 */
import { tuneInGuest } from '../tools/guest.mjs';

const VALUE = 999_999;
const FRAGMENT = '/etc/sysctl.d/90-article.conf';
const KEY = 'fs.file-max';
/** Each process of the user's stays below its own limit, so that only the host's can stop it. */
const PROCESSES = 3;
const PER_PROCESS = 450_000;
const ROOT_FILES = 1000;
const SECONDS = 240;

/** The plan of c1m is refused on less than 5.4 GiB. */
export const guestMemoryMiB = 6144;

/** What tune says of the key for two profiles, and what its plan would write: nothing, or a larger value. */
async function judged(machine) {
  const result = {};
  for (const profile of ['c500k', 'c1m']) {
    const { settings, findings } = await tuneInGuest(machine, `tune audit --profile ${profile}`);
    const plan = await tuneInGuest(machine, `tune plan --profile ${profile}`);
    const { writes, files } = plan;
    if (writes === undefined) throw new Error(`no plan of ${profile}: ${JSON.stringify(plan)}`);
    const { verdict, live, wanted } = settings.find((s) => s.key === KEY);
    result[profile] = {
      verdict,
      live,
      wanted,
      findings: findings.filter((f) => JSON.stringify(f).includes(KEY)),
      writes: writes.filter((w) => w.key === KEY),
      lines: files.flatMap(({ after }) => (after ?? '').split('\n').filter((l) => l.startsWith(KEY))),
    };
  }
  return result;
}

const openFiles = (user, most) =>
  `setpriv --reuid ${user} --regid ${user} --clear-groups bash -c 'ulimit -n ${most + 100}; exec /payload/node /payload/programs/open-files.mjs ${most}'`;

/** Fills the host's files as an ordinary user, then tries as root. */
async function exhaust(machine) {
  const starts = Array.from({ length: PROCESSES }, (_, i) => {
    const open = openFiles('alice', PER_PROCESS);
    return `mkfifo stop${i}; sleep ${SECONDS} >stop${i} & holders="$holders $!"; ${open} <stop${i} >user${i} 2>&1 &
until [ -s user${i} ]; do sleep 0.2; done`;
  });
  const script = `cd "$(mktemp -d)"; holders=
ulimit -n ${PER_PROCESS + 200}
${starts.join('\n')}
cat user*
echo "file-nr $(cat /proc/sys/fs/file-nr)"
echo "root $(/payload/node /payload/programs/open-files.mjs ${ROOT_FILES} </dev/null)"
kill $holders; wait
dmesg | grep -i 'file-max limit' | tail -1`;
  const output = await machine.check(script, { timeoutSeconds: SECONDS });
  const lines = output.trim().split('\n');
  const user = lines.filter((l) => /^\d+ (-|E[A-Z]+)$/.test(l)).map(countOf);
  const root = countOf(lines.find((l) => l.startsWith('root '))?.slice(5) ?? '');
  const open = Number(lines.find((l) => l.startsWith('file-nr '))?.split(/\s+/)[1]);
  const kernelSaid = lines.find((l) => l.includes('file-max limit')) ?? null;
  return { user, root, openBeforeRoot: open, kernelSaid };
}

function countOf(text) {
  const [count, errno] = text.split(' ');
  return { opened: Number(count), errno: errno === '-' ? null : errno };
}

export async function measure({ guest }) {
  const { machine, kernel, place } = await guest();
  const read = () => machine.check(`cat /proc/sys/fs/file-max`);
  const before = await read();
  const audited = { before: await judged(machine) };
  await machine.writeFile(FRAGMENT, `${KEY} = ${VALUE}\n`);
  await machine.check('sysctl --system >/dev/null');
  const after = await read();
  audited.after = await judged(machine);
  const exhausted = await exhaust(machine);
  await machine.check(`rm ${FRAGMENT}; sysctl -qw ${KEY}=${before}`);
  return { place, kernel, value: VALUE, before, after, audited, exhausted };
}
