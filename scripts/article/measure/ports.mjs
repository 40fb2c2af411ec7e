/** How many connections one client address gets to one server ip:port, by port range. */
import { HERE, soakEngine } from '../tools/host.mjs';

const RANGES = ['32768 60999', '1024 65535'];
const GOAL = 70_000;

export async function measure() {
  const ranges = RANGES.map((range) => {
    const sysctls = { 'net.ipv4.ip_local_port_range': range };
    const report = soakEngine({ goal: GOAL, mode: 'spread', maxSources: 1, force: true }, sysctls);
    const { plan, verdict, connects, perAddress, held } = report;
    return {
      range,
      width: plan.portRange.high - plan.portRange.low + 1,
      listening: plan.portsListening,
      held,
      fromOneAddress: perAddress.connections,
      errors: connects.failedByErrno,
      verdict: verdict.state,
      blame: verdict.blame ?? null,
    };
  });
  return { ...HERE, goal: GOAL, ranges };
}
