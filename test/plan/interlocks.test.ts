import { describe, expect, test } from '@jest/globals';
import { limit } from '../../src/model/value.ts';
import { listener } from '../support/snapshot.ts';
import { file, settingLines, writes } from './read-plan.ts';
import { c1m, planOf, profileWith, refusalsOf, STOCK } from './support.ts';

describe('interlocks', () => {
  const nofile = profileWith({ 'limit.nofile.hard': 'atLeast: 2000000' });

  test('nofile above the nr_open of the next boot locks people out: refused with the numbers', () => {
    const [refusal] = refusalsOf({
      profile: nofile,
      facts: { 'limit.nofile.hard': '1024', 'fs.nr_open': '2097152' },
      boot: { nrOpen: 1048576n },
    });
    expect(refusal).toMatchObject({
      code: 'nofile-above-nr-open',
      arithmetic: ['limit.nofile.hard 2,000,000 > fs.nr_open 1,048,576 after the next boot'],
    });
  });

  test('and above the nr_open of now', () => {
    const [refusal] = refusalsOf({
      profile: nofile,
      facts: { 'limit.nofile.hard': '1024', 'fs.nr_open': '1048576' },
      boot: { nrOpen: 2097152n },
    });
    expect(refusal?.arithmetic).toEqual(['limit.nofile.hard 2,000,000 > fs.nr_open 1,048,576 now']);
  });

  test('an nr_open that the plan raises counts', () => {
    const plan = planOf({
      profile: profileWith({ 'limit.nofile.hard': 'atLeast: 2000000', 'fs.nr_open': 'atLeast: 2000000' }),
      facts: { 'limit.nofile.hard': '1024', 'fs.nr_open': '1048576' },
      boot: { nrOpen: 1048576n },
    });
    expect(writes(plan)).toEqual(['fs.nr_open = 2000000']);
  });

  test('a range that opens over a listening port reserves it first, merged with what is reserved', () => {
    const plan = planOf({
      profile: profileWith({ 'net.ipv4.ip_local_port_range': 'superset: 1024-65535' }),
      facts: {
        'net.ipv4.ip_local_port_range': '32768 60999',
        'net.ipv4.ip_local_reserved_ports': '9000-9010',
      },
      listeners: [listener('0.0.0.0:8080'), listener('127.0.0.1:3306'), listener('0.0.0.0:443')],
    });
    expect(writes(plan)).toEqual([
      'net.ipv4.ip_local_reserved_ports = 3306,8080,9000-9010',
      'net.ipv4.ip_local_port_range = 1024 65535',
    ]);
    expect(settingLines(file(plan, 'sysctl.d'))).toContain(
      'net.ipv4.ip_local_reserved_ports = 3306,8080,9000-9010',
    );
  });

  test('lowering the range without knowing who listens is refused', () => {
    const refusals = refusalsOf({
      profile: profileWith({ 'net.ipv4.ip_local_port_range': 'superset: 1024-65535' }),
      facts: {
        'net.ipv4.ip_local_port_range': '32768 60999',
        'net.ipv4.ip_local_reserved_ports': '',
      },
      machine: { listenersIncomplete: 'no ss' },
    });
    expect(refusals.map(({ code }) => code)).toContain('listeners-unknown');
  });

  test('conntrack keys bring their module to the boot', () => {
    const plan = planOf({
      profile: c1m(),
      facts: STOCK,
      machine: { conntrack: 'active' },
    });
    expect(settingLines(file(plan, 'modules-load.d'))).toEqual(['nf_conntrack']);
    expect(settingLines(file(plan, 'modprobe.d'))).toEqual(['options nf_conntrack hashsize=375000']);
    expect(plan.files[0]?.path).toBe('/etc/modules-load.d/zz-tune.conf');
  });
});

describe('--service', () => {
  const profile = profileWith({ 'limit.nofile.hard': 'atLeast: 100000' });
  const facts = { 'limit.nofile.hard': '200000', 'fs.nr_open': '1048576' };

  test('gets a drop-in of its own', () => {
    const plan = planOf({
      profile,
      facts,
      boot: { units: ['nginx.service'], outcomes: { 'limit.nofile.hard': { value: limit(200000) } } },
      options: { service: 'nginx' },
    });
    expect(plan.files.map(({ path }) => path)).toEqual(['/etc/systemd/system/nginx.service.d/zz-tune.conf']);
    expect(settingLines(file(plan, 'nginx'))).toEqual(['[Service]', 'LimitNOFILE=100000']);
    expect(plan.actions).toEqual(['systemd-reload']);
    expect(plan.effects).toEqual([
      { key: 'systemd.LimitNOFILE', effect: 'service-restart', subjects: ['nginx.service'] },
    ]);
  });
});
