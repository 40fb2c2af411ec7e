/**
 * One run of QEMU: power-on to power-off. It runs inside the emulator's chroot, in a mount namespace of its own, and
 * dies with this process (parent-death signal), so neither mounts nor machines can be left behind.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { relative } from 'node:path';
import type { Duplex } from 'node:stream';
import { BUILD_ENV, withPrivateMounts } from '../../scripts/vm/sandbox.mjs';
import type { Image } from './images.ts';

export interface Hardware {
  readonly memoryMiB: number;
  readonly cpus: number;
  /** Host path of the machine's own qcow2 disk. */
  readonly disk: string;
  /** Host path of a second, read-only raw disk. */
  readonly payload?: string;
}

export interface Emulator {
  readonly pid: number;
  /** First serial port: kernel messages, then the login prompt. */
  readonly console: Duplex;
  /** Second serial port: the agent. */
  readonly agent: Duplex;
  /** Settles, and never rejects, when QEMU is gone: how it ended, with what it said on stderr. */
  readonly ended: Promise<string>;
  /** Pulls the plug. Settles when the process is gone. */
  kill(): Promise<void>;
}

/** Path of a file in the image cache as QEMU sees it. */
const inside = (image: Image, path: string): string => `/vm/${relative(image.cache, path)}`;

/** argv that runs a program of the emulator's Debian, with the image cache at /vm. */
export function emulatorArgv(image: Image, argv: readonly string[]): string[] {
  const script = `root=$1; cache=$2; shift 2
    mount --bind /dev "$root/dev"
    mount -t proc proc "$root/proc"
    mount --bind "$cache" "$root/vm"
    exec chroot "$root" "$@"`;
  return withPrivateMounts(script, [image.emulatorRoot, image.cache, ...argv]);
}

/** argv that makes an empty qcow2 disk over the image's, which stays as it is. */
export function overlayArgv(image: Image, disk: string): string[] {
  const backing = ['-b', inside(image, image.disk), '-F', 'raw'];
  return emulatorArgv(image, ['qemu-img', 'create', '-q', '-f', 'qcow2', ...backing, inside(image, disk)]);
}

/** argv of the emulator. File descriptors 3 and 4 are the two serial ports. */
function machineArgv(image: Image, { memoryMiB, cpus, disk, payload }: Hardware): string[] {
  const payloadDrive = (path: string): string[] => [
    '-drive',
    `if=virtio,format=raw,readonly=on,file=${inside(image, path)}`,
  ];
  return emulatorArgv(image, [
    ...['qemu-system-x86_64', '-nodefaults', '-no-user-config', '-display', 'none', '-nic', 'none'],
    // A reboot of the guest ends QEMU, and the machine is started again on the same disk.
    '-no-reboot',
    ...['-accel', 'tcg,thread=multi', '-cpu', 'max', '-smp', String(cpus), '-m', String(memoryMiB)],
    ...['-kernel', inside(image, image.kernel), '-initrd', inside(image, image.initrd)],
    ...['-append', 'root=/dev/vda ro console=ttyS0 quiet panic=-1'],
    ...['-drive', `if=virtio,format=qcow2,file=${inside(image, disk)}`],
    ...(payload === undefined ? [] : payloadDrive(payload)),
    ...['-chardev', 'socket,id=console,fd=3', '-serial', 'chardev:console'],
    ...['-chardev', 'socket,id=agent,fd=4', '-serial', 'chardev:agent'],
  ]);
}

/** Switches the machine on. */
export function startEmulator(image: Image, hardware: Hardware): Emulator {
  const [file = '', ...args] = machineArgv(image, hardware);
  const child: ChildProcess = spawn(file, args, {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    env: BUILD_ENV,
  });
  let complaints = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-4000);
  });
  const port = (fd: number): Duplex => {
    const stream = child.stdio[fd] as Duplex;
    // Writing to a machine that has just gone away is answered by `ended`, not by an EPIPE here.
    stream.on('error', () => {});
    return stream;
  };
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) =>
      resolve(`QEMU ended (${signal ?? `exit code ${code}`}) ${complaints}`),
    );
  });
  return {
    pid: child.pid ?? -1,
    console: port(3),
    agent: port(4),
    ended,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
