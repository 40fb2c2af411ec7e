/** The host that is crashed: what its files and keys hold before, and the plan for it. */
import fs from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plan } from '../../../src/model/plan.ts';
import { formatValue } from '../../../src/model/value.ts';
import { c1m, planOf } from '../../plan/support.ts';
import { listener } from '../../support/snapshot.ts';

export const STAND_IN_WIDTH = 80;

/** Nothing is as c1m wants it. */
const FACTS: Readonly<Record<string, string>> = {
  'fs.file-max': '100000',
  'fs.nr_open': '1048576',
  'limit.nofile.hard': '4096',
  'limit.nofile.soft': '1024',
  'fs.epoll.max_user_watches': '100000',
  'net.core.somaxconn': '128',
  'net.ipv4.tcp_syncookies': '0',
  'net.ipv4.tcp_max_syn_backlog': '128',
  'net.ipv4.tcp_abort_on_overflow': '1',
  'net.ipv4.tcp_mem': '1000 2000 3000',
  'net.ipv4.tcp_rmem': '4096 8388608 67108864',
  'net.ipv4.tcp_wmem': '4096 131072 67108864',
  'net.ipv4.tcp_moderate_rcvbuf': '0',
  'vm.overcommit_memory': '2',
  'net.ipv4.tcp_keepalive_time': '7200',
  'net.ipv4.tcp_keepalive_intvl': '90',
  'net.ipv4.tcp_keepalive_probes': '12',
  'net.ipv4.tcp_timestamps': '0',
  'net.ipv4.tcp_max_tw_buckets': '5000',
  'net.ipv4.ip_local_port_range': '40000 50000',
  'net.ipv4.ip_local_reserved_ports': '41000-41010,42000',
  'net.netfilter.nf_conntrack_max': '65536',
  'net.netfilter.nf_conntrack_buckets': '16384',
};

/** Keys that a fresh network namespace has of its own, and that are written for real there. */
const REAL = /^net\.(core\.somaxconn|ipv4\.(tcp_(?!mem$)|ip_local_))/;
const OLD = '# Managed by tune: an older apply\nnet.core.somaxconn = 128\n';
const FILES: Readonly<Record<string, { readonly text: string; readonly mode: number }>> = {
  '/etc/sysctl.d/zz-tune.conf': { text: OLD, mode: 0o640 },
  '/etc/modules-load.d/zz-tune.conf': { text: '# Managed by tune: an older apply\n', mode: 0o644 },
  '/etc/sysctl.d/99-theirs.conf': { text: 'vm.swappiness = 10\n', mode: 0o600 },
  '/etc/sysctl.conf': { text: '# nothing\n', mode: 0o644 },
  '/etc/security/limits.d/90-theirs.conf': { text: '* soft core 0\n', mode: 0o644 },
};
const DIRECTORIES = [
  '/etc/sysctl.d',
  '/etc/security/limits.d',
  '/etc/modules-load.d',
  '/etc/systemd',
  '/var/lib',
];
const MTIME = 1_600_000_000;

export function crashPlan(): Plan {
  return planOf({
    profile: c1m(),
    facts: FACTS,
    machine: { conntrack: 'active' },
    listeners: [listener('0.0.0.0:33060'), listener('0.0.0.0:80')],
    existing: {
      '/etc/sysctl.d/zz-tune.conf': OLD,
      '/etc/modules-load.d/zz-tune.conf': '# Managed by tune: an older apply\n',
    },
    boot: { units: ['nginx.service'] },
    options: { allowLowering: true, pin: true, service: 'nginx' },
  });
}

/** Makes the temporary root as it is before the apply. */
export function makeRoot(root: string): void {
  fs.rmSync(root, { recursive: true, force: true });
  for (const path of DIRECTORIES) fs.mkdirSync(join(root, path), { recursive: true, mode: 0o755 });
  for (const [path, { text, mode }] of Object.entries(FILES)) {
    fs.writeFileSync(join(root, path), text);
    fs.chmodSync(join(root, path), mode);
    fs.utimesSync(join(root, path), MTIME, MTIME);
  }
  for (const [key, value] of sysctls()) {
    if (REAL.test(key)) continue;
    const path = join(root, 'proc/sys', key.replaceAll('.', '/'));
    fs.mkdirSync(dirname(path), { recursive: true });
    fs.writeFileSync(path, `${value.padEnd(STAND_IN_WIDTH)}\n`);
  }
}

/** Only the initial network namespace has this key: there, real keys are the host's own, and nothing may be written. */
const HOST_ONLY = '/proc/sys/net/core/netdev_max_backlog';

/** Throws unless this process is in a network namespace of its own. */
export function requireScratchNamespace(): void {
  if (fs.existsSync(HOST_ONLY))
    throw new Error('not in a scratch network namespace: run it under unshare -n');
}

/** Sets the namespace's own keys: to what they are before the apply, or after it. */
export function setRealKeys(plan: Plan | null): void {
  requireScratchNamespace();
  for (const [key, value] of sysctls()) {
    if (!REAL.test(key)) continue;
    const after = plan?.writes.find((write) => write.key === key)?.after;
    fs.writeFileSync(realPath(key), `${after === undefined ? value : formatValue(after)}\n`);
  }
}

/** Every file with bytes, mode, owner and mtime, every directory by name and mode, every key. */
export function pictureOf(root: string): string {
  const out: string[] = [];
  const walk = (path: string): void => {
    for (const name of fs.readdirSync(join(root, path)).sort()) {
      const at = join(path, name);
      if (at === '/var/lib/tune' || at === '/proc') continue;
      const stat = fs.lstatSync(join(root, at), { bigint: true });
      const common = `${at} ${(stat.mode & 0o7777n).toString(8)} ${stat.uid}:${stat.gid}`;
      if (stat.isDirectory()) {
        out.push(`${common} directory`);
        walk(at);
      } else {
        out.push(
          `${common} ${stat.nlink} ${stat.mtimeNs} ${fs.readFileSync(join(root, at)).toString('base64')}`,
        );
      }
    }
  };
  walk('/');
  for (const [key] of sysctls()) {
    const path = REAL.test(key) ? realPath(key) : join(root, 'proc/sys', key.replaceAll('.', '/'));
    out.push(`${key} = ${fs.readFileSync(path, 'utf8').trim()}`);
  }
  return out.join('\n');
}

function sysctls(): readonly (readonly [string, string])[] {
  return Object.entries(FACTS).filter(([key]) => !key.startsWith('limit.'));
}

function realPath(key: string): string {
  return join('/proc/sys', key.replaceAll('.', '/'));
}
