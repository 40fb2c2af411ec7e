/** A listener that never accepts, in a network namespace of its own: how many connections its queue takes. */
import { spawnSync } from 'node:child_process';

export interface QueueCount {
  /** Established and waiting to be accepted, by the listener's own Recv-Q. */
  readonly waiting: number;
  /** TcpExt.ListenOverflows. */
  readonly overflows: number;
}

/** The server stops itself once it listens, so that its event loop cannot accept. */
const SERVER = `
  const server = require('node:net').createServer();
  server.listen({ port: 5000, host: '127.0.0.1', backlog: 65535 }, () => process.kill(process.pid, 'SIGSTOP'));
`;
/** Dials without waiting for answers, then asks the kernel. */
const CLIENT = `
  const net = require('node:net');
  const { execFileSync, spawn } = require('node:child_process');
  const { readFileSync } = require('node:fs');
  const server = spawn(process.execPath, ['-e', process.argv[1]], { stdio: 'inherit' });
  const listening = () => /:5000 /.test(execFileSync('ss', ['-Hltn'], { encoding: 'utf8' }));
  const stopped = () => / T /.test(readFileSync('/proc/' + server.pid + '/stat', 'utf8'));
  (async () => {
    while (!listening() || !stopped()) await new Promise((go) => setTimeout(go, 20));
    for (let i = 0; i < Number(process.argv[2]); i++) net.connect(5000, '127.0.0.1').on('error', () => {});
    await new Promise((go) => setTimeout(go, 2500));
    const line = execFileSync('ss', ['-Hltn'], { encoding: 'utf8' }).split('\\n').find((l) => /:5000 /.test(l));
    const [names, values] = readFileSync('/proc/net/netstat', 'utf8').split('\\n').map((l) => l.split(' '));
    process.stdout.write(JSON.stringify({
      waiting: Number(line.trim().split(/\\s+/)[1]),
      overflows: Number(values[names.indexOf('ListenOverflows')]),
    }));
    server.kill('SIGKILL');
    process.exit(0);
  })();
`;

export function holdAcceptQueue(somaxconn: number, dials: number): QueueCount {
  const script = `ip link set lo up; echo ${somaxconn} > /proc/sys/net/core/somaxconn; exec "$@"`;
  const child = spawnSync(
    'unshare',
    ['-n', 'sh', '-ec', script, 'sh', process.execPath, '-e', CLIENT, SERVER, String(dials)],
    { encoding: 'utf8', timeout: 60_000 },
  );
  if (child.status !== 0) throw new Error(`no queue: ${child.stderr}`);
  return JSON.parse(child.stdout) as QueueCount;
}
