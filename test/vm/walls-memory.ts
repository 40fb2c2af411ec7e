/** What a control group of version 2 is charged while a soak in it opens its connections, by the group's own count. */
import type { SoakReport } from '../../src/model/soak.ts';
import type { Machine } from './machine.ts';

export interface GroupMeasure {
  /** Bytes of kernel memory charged per connection, both ends. */
  readonly perConnection: number;
  readonly soak: SoakReport;
}

interface Sample {
  /** TCP sockets of the machine. */
  readonly sockets: number;
  /** `kernel` of memory.stat: slab, tables of descriptors, stacks. */
  readonly kernel: number;
}

/** In the group itself: samples as long as the soak runs, then the report. */
const SCRIPT = `
folder=/sys/fs/cgroup$(cut -d: -f3 /proc/self/cgroup)
ulimit -n 100000
tune soak -n "$1" --hold 3 --format json >/run/group.json 2>/run/group.err &
soak=$!
while kill -0 $soak 2>/dev/null; do
  read -r _ _ _ _ _ _ _ _ sockets _ < <(grep ^TCP: /proc/net/sockstat)
  echo "$sockets $(sed -n 's/^kernel //p' $folder/memory.stat)"
  sleep 0.1
done >/run/group.samples`;

export async function chargedInGroup(machine: Machine, connections: number): Promise<GroupMeasure> {
  await machine.writeFile('/run/group.sh', SCRIPT);
  await machine.check(`systemd-run --quiet --scope bash /run/group.sh ${connections}`, {
    timeoutSeconds: 180,
  });
  const soak = JSON.parse((await machine.readFile('/run/group.json')).toString()) as SoakReport;
  const samples = (await machine.readFile('/run/group.samples'))
    .toString()
    .trim()
    .split('\n')
    .map((line): Sample => {
      const [sockets = 0, kernel = 0] = line.split(' ').map(Number);
      return { sockets, kernel };
    });
  // Before the ramp, once the processes have started; and with everything open.
  const first = samples.findLast((sample, i) => sample.sockets < connections / 20 && isBefore(samples, i));
  const last = samples.findLast((sample) => sample.sockets >= 2 * connections);
  if (first === undefined || last === undefined) throw new Error(`no samples: ${JSON.stringify(samples)}`);
  const opened = (last.sockets - first.sockets) / 2;
  return { perConnection: (last.kernel - first.kernel) / opened, soak };
}

/** Is this sample from before the connections were all open? Few sockets are left after the drain, too. */
function isBefore(samples: readonly Sample[], at: number): boolean {
  const most = Math.max(...samples.map(({ sockets }) => sockets));
  return at < samples.findIndex(({ sockets }) => sockets === most);
}
