import type { RuleFinding } from '../model/finding.ts';
import type { Rule } from '../model/rule.ts';
import { larger } from './support/bigint.ts';
import { bytes, group } from './support/format.ts';
import { type Triple, tripleOf, unchecked } from './support/known.ts';
import { setSysctl } from './support/remedy.ts';
import { tcpMemFor } from './support/sizing.ts';

const CODE = 'tcp-mem-in-pages';
const TCP_MEM = 'net.ipv4.tcp_mem';

/** tcp_mem counts pages and the kernel takes any triple: a guide's bytes switch off the only brake before the OOM killer. */
export const rule: Rule = {
  code: CODE,
  interlocks: ['I8'],
  title: 'tcp_mem is in pages, in order, and fits both RAM and the goal',
  requires: [TCP_MEM],
  sources: [
    'Documentation/networking/ip-sysctl.rst (6.12), tcp_mem',
    'net/core/sock.c __sk_mem_raise_allocated (6.12)',
    'One page per socket with any queued byte: measured on 6.18',
  ],
  check: ({ snapshot, goal }) => {
    const triple = tripleOf(snapshot, TCP_MEM);
    if (triple === null) return unchecked(CODE, snapshot, [TCP_MEM]);
    const [low, pressure, max] = triple;
    const { machine } = snapshot;
    const page = BigInt(machine.pageSize);
    const ram = machine.memory.total;
    if (ram <= 0n) return [{ code: CODE, why: 'the size of memory could not be read' }];
    const size = max * page;
    const findings: RuleFinding[] = [];
    const report = (severity: RuleFinding['severity'], what: string, wanted: Triple) =>
      findings.push({
        code: CODE,
        severity,
        subject: TCP_MEM,
        what,
        remedy: setSysctl({ key: TCP_MEM, value: wanted.join(' ') }),
      });
    const fitting = tcpMemFor(goal, machine);
    if (low > pressure || pressure > max) {
      report(
        'error',
        `${TCP_MEM} is \`${triple.join(' ')}\`, which is out of order: it must not fall from min to pressure to max.`,
        fitting,
      );
    }
    if (size * 2n > ram) {
      const share = (size * 100n) / ram;
      report(
        size > ram ? 'error' : 'warning',
        `${TCP_MEM} lets TCP take ${group(max)} pages × ${group(page)} B = ${bytes(size)}, ${group(share)} % of the ${bytes(ram)} of RAM: the unit is pages, and the kernel runs out of memory before TCP holds back.`,
        fitting,
      );
    } else if (max < goal) {
      const wanted: Triple = [larger(low, fitting[0]), larger(pressure, fitting[1]), larger(max, fitting[2])];
      if (wanted[2] > max) {
        report(
          'info',
          `${TCP_MEM} ends at ${group(max)} pages (${bytes(size)}): when each of ${group(goal)} connections has data queued, however little, they take a page each, ${bytes(goal * page)}, and TCP drops what does not fit.`,
          wanted,
        );
      }
    }
    return findings;
  },
};
