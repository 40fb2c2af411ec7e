/**
 * What a small initial buffer costs: the time of a transfer over a new connection, on loopback here, and over a veth
 * pair with a delay (`tc netem`) in a virtual machine.
 */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { HERE, PROGRAMS } from '../tools/host.mjs';
import { interleaved } from '../tools/statistics.mjs';
import { keysOf, SPLIT } from '../tools/variants.mjs';

const SIZES = [
  { bytes: 65_536, count: 3 },
  { bytes: 1_048_576, count: 2 },
  { bytes: 67_108_864, count: 1 },
];
const LOOPBACK_ROUNDS = 9;
const DELAY_ROUNDS = 3;
/** Round trips in milliseconds; half of it is added in each direction. */
const ROUND_TRIPS = [20, 100];
const PORT = 7000;

export const guestMemoryMiB = 4096;

/** A list of `BYTES [ms, …]` lines, as the script below prints them. */
function timesOf(output) {
  const times = {};
  for (const line of output.trim().split('\n')) {
    const [bytes, list] = line.split(' ');
    times[bytes] = JSON.parse(list);
  }
  return times;
}

const fetches = (node, program, address) =>
  SIZES.map(
    ({ bytes, count }) => `echo ${bytes} $(${node} ${program} fetch ${address} ${PORT} ${bytes} ${count})`,
  ).join('\n');

const writes = (prefix, variant) =>
  Object.entries({ ...keysOf(variant), 'net.ipv4.tcp_no_metrics_save': '1' })
    .map(([key, value]) => `${prefix}sysctl -qw '${key}=${value}'`)
    .join('\n');

function loopbackScript(variant) {
  const program = join(PROGRAMS, 'transfer.mjs');
  return `folder=$(mktemp -d)
trap 'kill $server; rm -r "$folder"' EXIT
cd "$folder"
ip link set lo up
${writes('', variant)}
${process.execPath} ${program} serve 127.0.0.1 ${PORT} >ready &
server=$!
until [ -s ready ]; do sleep 0.05; done
${fetches(process.execPath, program, '127.0.0.1')}`;
}

function delayScript(variant, roundTripMs) {
  const program = '/payload/programs/transfer.mjs';
  return `ip netns add a; ip netns add b
trap 'kill $server; ip netns del a; ip netns del b' EXIT
ip link add va netns a type veth peer name vb netns b
ip -n a addr add 10.9.0.1/24 dev va; ip -n b addr add 10.9.0.2/24 dev vb
ip -n a link set va up; ip -n b link set vb up
tc -n a qdisc add dev va root netem delay ${roundTripMs / 2}ms limit 100000
tc -n b qdisc add dev vb root netem delay ${roundTripMs / 2}ms limit 100000
${writes('ip netns exec a ', variant)}
${writes('ip netns exec b ', variant)}
rm -f ready
ip netns exec a /payload/node ${program} serve 10.9.0.1 ${PORT} >ready &
server=$!
until [ -s ready ]; do sleep 0.05; done
${fetches('ip netns exec b /payload/node', program, '10.9.0.1')}`;
}

function onLoopback(variant) {
  return new Promise((resolve, reject) => {
    const script = loopbackScript(variant);
    const child = spawn('unshare', ['-n', 'bash', '-ec', script], { timeout: 300_000 });
    let [output, complaints] = ['', ''];
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      complaints += chunk;
    });
    child.on('close', (code) => (code === 0 ? resolve(timesOf(output)) : reject(new Error(complaints))));
  });
}

async function measured(names, rounds, once) {
  const runs = await interleaved(names, rounds, once);
  return names.map((name) => ({ name, ...SPLIT[name], rounds: runs[name] }));
}

export async function measure({ guest }) {
  const names = Object.keys(SPLIT);
  const loopback = await measured(names, LOOPBACK_ROUNDS, (name) => onLoopback(SPLIT[name]));
  const { machine, kernel, place } = await guest();
  await machine.check('modprobe sch_netem; modprobe veth');
  const links = [{ ...HERE, link: 'loopback', roundTripMs: 0, variants: loopback }];
  for (const roundTripMs of ROUND_TRIPS) {
    const variants = await measured(names, DELAY_ROUNDS, async (name) => {
      const script = `set -e\ncd /run\n${delayScript(SPLIT[name], roundTripMs)}`;
      return timesOf(await machine.check(script, { timeoutSeconds: 300 }));
    });
    links.push({ place, kernel, link: 'veth with netem', roundTripMs, variants });
  }
  return { sizes: SIZES.map(({ bytes }) => bytes), program: 'scripts/article/programs/transfer.mjs', links };
}
