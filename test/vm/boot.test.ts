/** The harness itself, on both releases: what every other VM test relies on. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { overlayArgv } from './emulator.ts';
import { availableImages, IMAGE_NAMES, type Image, type ImageName } from './images.ts';
import { Machine } from './machine.ts';

const MEMORY_MIB = 1024;
const { images } = await availableImages(MEMORY_MIB);
const describeMachine = images === null ? describe.skip : describe;

function imageOf(name: ImageName): Image {
  if (images === null) throw new Error('skipped tests have no images');
  return images[name];
}

/** A process that has ended may stay in the table until somebody asks for its exit code. */
function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Waits for something that must come; jest's own limit ends a wait in vain. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 50));
}

describeMachine.each(IMAGE_NAMES)('%s', (name) => {
  let machine: Machine;
  let payload: string;
  let untouched: unknown;

  /** What changes when somebody writes to the cached disk; reading its 4 GiB would take longer than a boot. */
  const changed = (): unknown => {
    const { size, mtimeNs, blocks } = statSync(imageOf(name).disk, { bigint: true });
    return { size, mtimeNs, blocks };
  };

  beforeAll(async () => {
    payload = mkdtempSync(join(tmpdir(), 'tune-payload-'));
    writeFileSync(join(payload, 'hello'), 'from the host\n');
    untouched = changed();
    machine = await Machine.create(imageOf(name), { memoryMiB: MEMORY_MIB, payload });
  });

  afterAll(async () => {
    await machine?.dispose();
    rmSync(payload, { recursive: true });
  });

  test('is the release it says, fully started, with nothing failed', async () => {
    expect(await machine.check('. /etc/os-release && echo debian$VERSION_ID')).toBe(name);
    expect(await machine.check('systemctl is-system-running')).toBe('running');
    expect(await machine.check('id -u; nproc')).toBe('0\n2');
  });

  test('answers a command with its exit code and all of its output', async () => {
    expect(await machine.run('echo out; echo err >&2; exit 7')).toMatchObject({
      exitCode: 7,
      timedOut: false,
      output: 'out\nerr\n',
    });
    expect(await machine.run('kill -KILL $$')).toMatchObject({ exitCode: 137, timedOut: false });
    const wide = await machine.check("printf '%0300000d' 7; echo; echo @end r1 0; echo '@ready x'");
    expect(wide).toBe(`${'0'.repeat(299_999)}7\n@end r1 0\n@ready x`);
  });

  test('ends a command that takes too long, and goes on', async () => {
    const late = await machine.run('echo before; sleep 600', { timeoutSeconds: 1 });
    expect(late).toMatchObject({ exitCode: 124, timedOut: true, output: 'before\n' });
    await expect(machine.check('sleep 600', { timeoutSeconds: 1 })).rejects.toThrow('ran out of time');
    expect(await machine.check('pgrep -x sleep || echo none')).toBe('none');
  });

  test('carries files both ways', async () => {
    const bytes = randomBytes(30_000);
    await machine.writeFile("/root/it's here", bytes);
    expect((await machine.readFile("/root/it's here")).equals(bytes)).toBe(true);
    expect((await machine.readFile('/payload/hello')).toString()).toBe('from the host\n');
    await expect(machine.readFile('/nowhere')).rejects.toThrow('No such file or directory');
  });

  test('lets users log in on the console, through PAM', async () => {
    expect(await machine.console.runInLogin('alice', 'id -un')).toBe('alice\n');
    expect(await machine.console.runInLogin('root', 'cat /proc/self/cgroup')).toContain('session-');
  });

  test('really reboots, and keeps its disk', async () => {
    const before = machine.bootId;
    await machine.check('echo kept > /root/kept; touch /run/gone');
    await machine.reboot();
    expect(machine.bootId).not.toBe(before);
    expect(await machine.check('cat /proc/sys/kernel/random/boot_id')).toBe(machine.bootId);
    expect(await machine.check('cat /root/kept; ls /run/gone 2>/dev/null || echo gone')).toBe('kept\ngone');
    expect((await machine.readFile('/payload/hello')).toString()).toBe('from the host\n');
  });

  test('loses power under a command: that fails at once, what was synced is there, nothing shut down in order', async () => {
    const before = machine.bootId;
    // Runs only when the guest shuts down in an orderly way.
    const unit =
      '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=true\nExecStop=touch /root/orderly\n';
    await machine.writeFile('/run/systemd/system/witness.service', unit);
    await machine.check('systemctl daemon-reload && systemctl start witness');
    await machine.check('echo synced > /root/synced; sync');
    const running = machine.run('sleep 600', { timeoutSeconds: 600 });
    const failure = expect(running).rejects.toThrow(/the machine went away[\s\S]*end of the console/);
    await machine.kill();
    await failure;
    await expect(machine.run('true')).rejects.toThrow('the machine is off');
    await machine.boot();
    expect(machine.bootId).not.toBe(before);
    expect(await machine.check('cat /root/synced; ls /root/orderly 2>&1 || true')).toMatch(
      /^synced\n.*No such file or directory$/,
    );
  });

  test('powers off, leaving no process and the cached image as it was', async () => {
    await machine.powerOff();
    expect(machine.pids).toHaveLength(3);
    expect(machine.pids.filter(isRunning)).toEqual([]);
    expect(changed()).toEqual(untouched);
  });
});

describeMachine('a test process that is killed', () => {
  const folders: string[] = [];
  let parent: ChildProcess | undefined;

  afterAll(() => {
    parent?.kill('SIGKILL');
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  test('takes its machine with it', async () => {
    const image = imageOf('debian12');
    const folder = mkdtempSync(join(image.cache, 'orphan-'));
    folders.push(folder);
    const disk = join(folder, 'disk.qcow2');
    const [file = '', ...args] = overlayArgv(image, disk);
    execFileSync(file, args);
    const loader = fileURLToPath(new URL('../../scripts/vm/load-typescript.mjs', import.meta.url));
    const program = `
      const { loadTypeScript } = await import(${JSON.stringify(loader)});
      const { startEmulator } = await loadTypeScript('test/vm/emulator.ts');
      const hardware = { memoryMiB: 256, cpus: 1, disk: ${JSON.stringify(disk)} };
      const emulator = startEmulator(${JSON.stringify(image)}, hardware);
      console.log(emulator.pid);`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    parent = child;
    const pid = await new Promise<number>((resolve, reject) => {
      child.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString())));
      child.once('close', () => reject(new Error('the child ended before its machine spoke')));
    });
    await until(() => readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('qemu'));
    child.kill('SIGKILL');
    await until(() => !isRunning(pid));
    expect(isRunning(pid)).toBe(false);
  });
});
