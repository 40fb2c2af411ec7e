/**
 * A virtual machine with a profile in force, as an experiment needs it: values read and written, commands in real
 * logins, a rule that tracks connections, and always the way back.
 */
import { ensureImages, Machine, methods, preparePayload, whyNoMachine } from './vm-sources.mjs';

const { readCommand, writeCommand } = methods;

/** c2m is refused on a smaller machine. What a soak does not touch costs the host nothing. */
const MEMORY_MIB = 12 * 1024;
const MINUTE = 60;
const TABLE = 'inet evidence';
const FRAGMENT = '/etc/sysctl.d/zz-tune.conf';
/** An entry outlives its connection by seconds, and the next soak must find an empty table. */
const FORGOTTEN_SECONDS = 180;

export class Guest {
  /** @param {string} release @param {(line: string) => void} say */
  static async create(release, say) {
    const obstacle = whyNoMachine(MEMORY_MIB);
    if (obstacle !== null) throw new Error(obstacle);
    const images = await ensureImages();
    const payload = preparePayload();
    try {
      const machine = await Machine.create(images[release], {
        memoryMiB: MEMORY_MIB,
        payload: payload.folder,
      });
      await machine.check(payload.install, { timeoutSeconds: 5 * MINUTE });
      const kernelRelease = await machine.check('uname -r');
      say(`${release} with kernel ${kernelRelease} and ${MEMORY_MIB} MiB is up`);
      return new Guest(machine, payload, kernelRelease);
    } catch (error) {
      payload.dispose();
      throw error;
    }
  }

  constructor(machine, payload, kernelRelease) {
    this.machine = machine;
    this.payload = payload;
    this.kernelRelease = kernelRelease;
  }

  async dispose() {
    await this.machine.dispose();
    this.payload.dispose();
  }

  /** Runs a bash script in a login of its own, with the limits that PAM gives it. @param {'root' | 'alice'} user */
  async login(user, script, seconds = 2 * MINUTE) {
    const { machine } = this;
    const at = `/var/tmp/${user}-step`;
    await machine.check(`rm -f ${at}.out ${at}.err`);
    await machine.writeFile(`${at}.sh`, `${script}\n`);
    const command = `bash ${at}.sh >${at}.out 2>${at}.err; echo "exit=$?"`;
    const answer = await machine.console.runInLogin(user, command, seconds).catch(async (error) => {
      const { output } = await machine.run(`journalctl --no-pager -b -n 40; tail -n 20 ${at}.err`);
      throw new Error(`${error.message}\n--- the guest's journal\n${output}`);
    });
    const exitCode = /^exit=(\d+)$/m.exec(answer)?.[1];
    if (exitCode === undefined) throw new Error(`no exit code on the console: ${answer}`);
    const [stdout, stderr] = [await machine.readFile(`${at}.out`), await machine.readFile(`${at}.err`)];
    return { exitCode: Number(exitCode), stdout: stdout.toString(), stderr: stderr.toString() };
  }

  /** The value in force for a fresh login, with its blanks made one space. */
  async read(key) {
    const { exitCode, stdout, stderr } = await this.login('root', readCommand(key));
    if (exitCode !== 0) throw new Error(`cannot read ${key}: ${stderr.trim()}`);
    return oneLine(stdout);
  }

  /** Values of many keys; a key that is not there is left out. */
  async readAll(keys) {
    const lines = keys.map((key) => `echo "${key}=$(${readCommand(key)} 2>/dev/null | tr -s '\\t' ' ')"`);
    const { stdout } = await this.login('root', lines.join('\n'));
    const pairs = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(/=(.*)/s));
    return Object.fromEntries(
      pairs.filter(([, value]) => value !== '').map(([key, value]) => [key, oneLine(value)]),
    );
  }

  /** Writes a value of the machine and reads it back. */
  async write(key, value) {
    await this.machine.check(writeCommand(key, value));
    const found = oneLine(await this.machine.check(readCommand(key)));
    // The kernel rounds hash buckets up to a page of them.
    const isRounded = key.endsWith('_buckets') && Number(found) >= Number(value);
    if (found !== value && !isRounded) throw new Error(`${key}: wrote ${value}, and it is ${found}`);
    return found;
  }

  /** A boot whose sysctl.d says nothing of the key; the returned function boots with it again. */
  async bootWithout(key) {
    await this.machine.check(`cp -p ${FRAGMENT} /root/fragment && sed -i '/^${key} *=/d' ${FRAGMENT}`);
    await this.machine.reboot();
    return async () => {
      await this.machine.check(`cp -p /root/fragment ${FRAGMENT}`);
      await this.machine.reboot();
    };
  }

  /**
   * Everything as `tune apply` and a reboot leave it; tracking is on meanwhile, so that its settings apply as well.
   * Returns why apply refused, or null.
   */
  async apply(profile) {
    await this.track(true);
    await this.machine.run(`bash -c 'echo tracked > /dev/udp/127.0.0.1/9'`);
    const { exitCode, stdout, stderr } = await this.login('root', `tune apply --yes --profile ${profile}`);
    if (exitCode !== 0) {
      await this.track(false);
      return `tune apply --profile ${profile}: exit code ${exitCode}: ${oneLine(stderr || stdout)}`;
    }
    await this.machine.reboot();
    // Loaded at boot where apply wrote something for it; its values are the distribution's otherwise.
    await this.machine.check('modprobe nf_conntrack');
    return null;
  }

  async rollback() {
    const { exitCode, stderr } = await this.login('root', 'tune rollback');
    if (exitCode !== 0) throw new Error(`tune rollback: exit code ${exitCode}: ${stderr}`);
  }

  /** A rule that tracks every outgoing connection, and on loopback that is every one. */
  async track(isOn) {
    await this.machine.check(
      isOn
        ? `nft "add table ${TABLE}; add chain ${TABLE} out { type filter hook output priority 0; }; add rule ${TABLE} out ct state new counter"`
        : `nft delete table ${TABLE}`,
    );
  }

  /** Waits until closed connections are forgotten. */
  async untilForgotten() {
    const count = '/proc/sys/net/netfilter/nf_conntrack_count';
    await this.machine.check(
      `for i in $(seq ${FORGOTTEN_SECONDS}); do [ "$(cat ${count})" -lt 100 ] && exit 0; sleep 1; done; cat ${count}; exit 1`,
      { timeoutSeconds: FORGOTTEN_SECONDS + MINUTE },
    );
  }
}

function oneLine(text) {
  return text.trim().replace(/\s+/g, ' ');
}
