import { describe, expect, test } from '@jest/globals';
import { gather } from '../../src/gather/index.ts';
import { CAPTURE_SCHEMA_VERSION, parseCapture } from '../../src/host/capture.ts';
import { linuxHost } from '../../src/host/linux.ts';
import { memoryHost } from '../../src/host/memory.ts';
import { recordedHost, recorder } from '../../src/host/recorded.ts';
import { redact } from '../../src/host/redact.ts';
import { sysctlTextHost } from '../../src/host/sysctl-text.ts';
import { captureOf } from '../support/hosts/capture.ts';
import { MADE_HOSTS } from '../support/hosts/index.ts';

describe('a recording', () => {
  test('replays into the very same snapshot, through JSON', () => {
    const { host, recording } = recorder(linuxHost());
    const live = gather(host, { by: 'parent' });
    const again = gather(recordedHost(JSON.parse(JSON.stringify(recording)), 'this host'), { by: 'parent' });
    expect(again).toEqual(live);
  });

  test.each(MADE_HOSTS)('$name replays the same', ({ parts }) => {
    const capture = captureOf(parts);
    const snapshot = gather(recordedHost(capture.recording, 'x'), capture.subject);
    expect(snapshot.facts).toEqual(gather(memoryHost(parts), { by: 'parent' }).facts);
  });

  test('what was never asked is not captured, which is not the same as not there', () => {
    const { host, recording } = recorder(memoryHost({ files: { '/a': '1' } }));
    host.read('/a');
    host.read('/gone');
    const replayed = recordedHost(recording, 'x');
    expect(replayed.read('/gone')).toEqual({ ok: false, errno: 'ENOENT' });
    expect(replayed.read('/other')).toEqual({ ok: false, errno: 'ENOTCAPTURED' });
    expect(replayed.read('__proto__')).toEqual({ ok: false, errno: 'ENOTCAPTURED' });
  });
});

test('secrets stay behind: environments and boot parameters are cut to what is needed', () => {
  expect(redact('/proc/1/environ', 'SECRET=x\0container=lxc\0TOKEN=y\0')).toBe('container=lxc');
  expect(
    redact('/proc/cmdline', 'root=/dev/sda1 cryptkey=abc sysctl.net.core.somaxconn=512 thash_entries=5\n'),
  ).toBe('sysctl.net.core.somaxconn=512 thash_entries=5');
  expect(redact('/etc/sysctl.conf', 'a = 1\n')).toBe('a = 1\n');
});

describe('bad captures are one clear line', () => {
  const whole = JSON.stringify(captureOf({}));
  test.each([
    ['cut in half', whole.slice(0, whole.length / 2), /^host\.json: not whole JSON \(cut in half\?\): /],
    ['empty', '', /^host\.json: not whole JSON/],
    ['something else', '{"kind":"other"}', /^host\.json: not a capture: make one with "tune capture"$/],
    ['a list', '[]', /^host\.json: not a capture/],
    ['null', 'null', /^host\.json: not a capture/],
    [
      'a newer schema',
      whole.replace(`"schemaVersion":${CAPTURE_SCHEMA_VERSION}`, '"schemaVersion":99'),
      /^host\.json: capture schema 99 is newer than this tune reads \(1\): upgrade tune$/,
    ],
    [
      'a damaged part',
      whole.replace('"pid":100', '"pid":"many"'),
      /^host\.json: damaged capture at recording → self → pid$/,
    ],
  ])('%s', (_, text, message) => {
    expect(() => parseCapture(text, 'host.json')).toThrow(message);
  });

  test('a good one comes back as it was', () => {
    expect(parseCapture(whole, 'host.json')).toEqual(JSON.parse(whole));
  });
});

describe('the output of sysctl -a', () => {
  const host = sysctlTextHost(
    'kernel.osrelease = 6.1.0\nnet.ipv4.tcp_rmem = 4096\t131072\t6291456\nnet.ipv4.conf.eth0/100.rp_filter = 1\nnet.ipv4.ip_local_reserved_ports = \nsysctl: permission denied on key x\n',
    'all.txt',
    0,
  );
  test.each([
    ['/proc/sys/net/ipv4/tcp_rmem', '4096\t131072\t6291456\n'],
    ['/proc/sys/net/ipv4/conf/eth0.100/rp_filter', '1\n'],
    ['/proc/sys/net/ipv4/ip_local_reserved_ports', '\n'],
  ])('%s', (path, text) => {
    expect(host.read(path)).toEqual({ ok: true, value: text });
  });

  test('what is not in the file was not captured', () => {
    expect(gather(host, { by: 'parent' }).facts.get('net.ipv4.tcp_mem')?.reading).toEqual({
      state: 'absent',
      reason: 'not-captured',
    });
  });

  test('a file that is something else is refused', () => {
    expect(() => sysctlTextHost('hello\nworld\n', 'x.txt', 0)).toThrow(
      'x.txt: no line of the form "key = value"',
    );
  });
});
