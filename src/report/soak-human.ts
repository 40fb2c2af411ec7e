/** The soak's report for a person: the verdict, what stopped it, what was counted by whom, and what that proves. */
import type { Blame, Percentiles, SoakReport, UpstreamPlan } from '../model/soak.ts';
import { connectionsEach } from '../model/soak-workload.ts';
import type { Palette } from './palette.ts';
import { grouped, INCONCLUSIVE, NOT_PROVEN, PROVEN } from './soak-wording.ts';
import { describeWorkload } from './soak-workload-human.ts';
import { hang } from './table.ts';

const LEAD = 13;
/** Bytes per connection. */
const WORTH_TELLING = 100;

export function renderSoak(report: SoakReport, width: number, palette: Palette): string {
  const columns = Math.min(Math.max(width, 60), 110);
  const item = (label: string, text: string) => hang(`${label.padEnd(LEAD - 1)} `, text, columns);
  const list = (label: string, texts: readonly string[]) =>
    texts.flatMap((text, i) => hang(`${(i === 0 ? label : '').padEnd(LEAD - 1)} `, `• ${text}`, columns));
  const tint = { passed: palette.good, failed: palette.bad, inconclusive: palette.warn }[
    report.verdict.state
  ];
  const { plan, connects, memory, generator } = report;
  return [
    ...hang('', headline(report), columns).map((line) => tint(palette.bold(line))),
    ...blameLines(blameOf(report), item, list),
    '',
    ...item(
      'server',
      `${plan.server.address} port ${plan.server.port}, ${count(plan.servers, 'server process')}, ${count(plan.clients, 'client process')}`,
    ),
    ...(plan.upstream === null ? [] : item('upstreams', upstreamText(plan.upstream))),
    ...item('clients', addresses(report)),
    ...item('connects', connectText(report)),
    ...item('failures', failureText(connects.failedByErrno, connects.timedOut)),
    ...report.sweeps.flatMap((sweep, i) =>
      item(
        i === 0 ? 'sweeps' : '',
        `${grouped(sweep.answered)} of ${grouped(sweep.sent)} answered with their payload in ${seconds(sweep.durationMs)}, ${grouped(sweep.echoesPerSecond)}/s${sweepTrouble(sweep)}`,
      ),
    ),
    ...(report.workload === null ? [] : list('workload', describeWorkload(report.workload))),
    ...item(
      'counted',
      `own ${grouped(report.agreement.own)}; ${report.agreement.kernel.map((k) => `${k.source} ${grouped(k.connections)}${k.agrees ? '' : ' (DISAGREES)'}`).join('; ')}`,
    ),
    ...item(
      '',
      `in sockets: ${report.agreement.kernel.map((k) => `${k.source} ${grouped(k.sockets)}`).join('; ')}`,
    ),
    ...item('memory', memoryText(report)),
    ...item('connect', percentiles(report.latency.connect)),
    ...item('echo', percentiles(report.latency.echo)),
    ...item('counters', counterText(report.counters)),
    ...item(
      'generator',
      `${Math.round(generator.cpuShare * 100)}% of ${count(generator.cpus, 'CPU')}, longest slice ${Math.round(generator.longestSliceMs)} ms, loop lag p99 ${generator.loopLagMs.p99.toFixed(0)} ms${generator.pacedMs > 0 ? `, paced ${seconds(generator.pacedMs)}` : ''}`,
    ),
    ...item(
      'left over',
      `${grouped(report.leftover.sockets)} sockets, ${grouped(report.leftover.timeWait)} in TIME_WAIT; ${grouped(memory.resident / 1048576)} MiB resident at the peak`,
    ),
    '',
    ...list(
      'proven',
      report.proven.map((claim) => PROVEN[claim.code](claim.args)),
    ),
    ...list(
      'not proven',
      report.notProven.map((claim) => NOT_PROVEN[claim.code](claim.args)),
    ),
    '',
  ].join('\n');
}

function upstreamText({ first, last, count: addresses, port, processes }: UpstreamPlan): string {
  const range = addresses === 1 ? first : `${first} to ${last} (${grouped(addresses)} addresses)`;
  return `${range} port ${port}, ${count(processes, 'process')}`;
}

function headline({ verdict, held, options }: SoakReport): string {
  const goal = `${grouped(options.goal)} connections`;
  switch (verdict.state) {
    case 'passed':
      return `Passed: ${grouped(held)} connections held${connectionsEach(options.workload) === 2 ? ', an upstream one for each,' : ''} and each one alive.`;
    case 'failed': {
      const why = {
        'workload-incomplete': 'the workload did not come through',
        limit: verdict.blame === null ? 'a limit of this host' : verdict.blame.limit,
        'dead-connections': 'some connections were dead',
        'counts-disagree': 'the kernel counts something else than this program',
      }[verdict.reason];
      return `Failed: ${grouped(held)} of ${goal} held; ${why}.`;
    }
    case 'inconclusive':
      return `Inconclusive: ${grouped(held)} of ${goal} held; ${INCONCLUSIVE[verdict.reason]}.`;
  }
}

function blameOf({ verdict }: SoakReport): Blame | null {
  return verdict.state === 'passed' ? null : verdict.blame;
}

function blameLines(
  blame: Blame | null,
  item: (label: string, text: string) => readonly string[],
  list: (label: string, texts: readonly string[]) => readonly string[],
): readonly string[] {
  if (blame === null) return [];
  const needed = blame.needed === null ? '' : `; set it to ${blame.needed}`;
  return [
    ...item(
      'stopped by',
      `${blame.key}${blame.current === null ? '' : ` = ${blame.current}`} (${blame.limit})${needed} [${blame.code}]`,
    ),
    ...list('evidence', blame.evidence),
  ];
}

function addresses({ plan, perAddress }: SoakReport): string {
  const { first, last, count: n } = plan.sources;
  return `${n === 1 ? first : `${grouped(n)} addresses, ${first} to ${last}`}; ports ${plan.portRange.low}-${plan.portRange.high}; at most ${grouped(perAddress.connections)} connections from one address`;
}

function connectText({ connects, rates, phases }: SoakReport): string {
  const ramp = phases.find((p) => p.phase === 'ramp');
  return `${grouped(connects.established)} of ${grouped(connects.attempted)} attempted${ramp === undefined ? '' : ` in ${seconds(ramp.durationMs)}`}, ${grouped(rates.connectsPerSecond)}/s; ${grouped(connects.accepted)} accepted; ${grouped(connects.portsSkipped)} ports skipped`;
}

function failureText(byErrno: Readonly<Record<string, number>>, timedOut: number): string {
  const parts = Object.entries(byErrno).map(([errno, n]) => `${errno} ${grouped(n)}`);
  if (timedOut > 0) parts.push(`timed out ${grouped(timedOut)}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}

function sweepTrouble(sweep: SoakReport['sweeps'][number]): string {
  const parts = [
    sweep.failed > 0 ? failureText(sweep.failedByErrno, 0) : null,
    sweep.timedOut > 0 ? `${grouped(sweep.timedOut)} silent` : null,
    sweep.mismatched > 0 ? `${grouped(sweep.mismatched)} with a wrong payload` : null,
  ].filter((p) => p !== null);
  return parts.length === 0 ? '' : `; ${parts.join(', ')}`;
}

function memoryText({ memory }: SoakReport): string {
  const bytes = (n: number | null) => (n === null ? 'unknown' : `${grouped(n)} B`);
  const entries = memory.procEntriesPerConnection ?? 0;
  const watched =
    entries < WORTH_TELLING
      ? ''
      : `; ${bytes(entries)} more that can be reclaimed: /proc entries, made by a program that looks at every descriptor`;
  return `kernel ${bytes(memory.kernelPerConnection)} and processes ${bytes(memory.processPerConnection)} for each connection, both ends${watched}`;
}

function percentiles(p: Percentiles): string {
  if (p.samples === 0) return 'no samples';
  const ms = (us: number) => (us < 1000 ? `${Math.round(us)} µs` : `${(us / 1000).toFixed(1)} ms`);
  return `p50 ${ms(p.p50)}, p90 ${ms(p.p90)}, p99 ${ms(p.p99)}, p99.9 ${ms(p.p999)}, max ${ms(p.max)}`;
}

/** The counters that mean trouble, or the few that moved most. */
function counterText(counters: Readonly<Record<string, number>>): string {
  const moved = Object.entries(counters)
    .filter(([, n]) => n !== 0)
    .sort((a, b) => b[1] - a[1])
    .slice(0, 6);
  return moved.length === 0 ? 'none moved' : moved.map(([name, n]) => `${name} ${grouped(n)}`).join(', ');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : noun.endsWith('s') ? 'es' : 's'}`;
}
