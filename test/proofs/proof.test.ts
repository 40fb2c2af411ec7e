import { describe, expect, test } from '@jest/globals';
import { NO_PROOFS, type Proof, parseRecord, seriesOf, withProof } from '../../scripts/proofs/proof.ts';
import { FAILED, PROOF } from './examples.ts';

const merged = (...proofs: readonly Proof[]) => proofs.reduce(withProof, NO_PROOFS).proofs;

describe('the record of proofs', () => {
  test('a run of the same profile, machine and connections takes the place of the one before, whose verdict stays', () => {
    const first: Proof = { ...PROOF, date: '2026-11-01T00:00:00Z', verdict: FAILED };
    const second: Proof = {
      ...PROOF,
      date: '2026-11-02T00:00:00Z',
      machine: { ...PROOF.machine, kernel: '6.12.60' },
    };
    const third: Proof = { ...PROOF, date: '2026-11-03T00:00:00Z' };
    expect(merged(first, second, third)).toEqual([
      {
        ...third,
        earlier: [
          { date: first.date, version: '0.1.0', verdict: FAILED },
          { date: second.date, version: '0.1.0', verdict: PROOF.verdict },
        ],
      },
    ]);
  });

  test('other connections, places, kernels and profiles are other runs', () => {
    const others: readonly Proof[] = [
      { ...PROOF, connections: 1_000_000 },
      { ...PROOF, place: 'here' },
      { ...PROOF, machine: { ...PROOF.machine, kernel: '6.18.1' } },
      { ...PROOF, machine: { ...PROOF.machine, emulated: false } },
      { ...PROOF, profile: 'push-1m' },
    ];
    const record = merged(PROOF, ...others);
    expect(record).toHaveLength(6);
    expect(record.flatMap(({ earlier }) => earlier)).toEqual([]);
  });

  test('in whatever order they were run, they stand by goal, profile, place and connections', () => {
    const runs: readonly Proof[] = [
      { ...PROOF, profile: 'c500k', goal: 500_000, place: 'here' },
      { ...PROOF, profile: 'gateway-500k', goal: 500_000 },
      { ...PROOF, connections: 500_000 },
      { ...PROOF, connections: 1_000_000 },
      { ...PROOF, place: 'here' },
      { ...PROOF, profile: 'push-1m' },
    ];
    expect(merged(...[...runs].reverse())).toEqual(runs);
  });

  test('what is not such a record is refused, with the place in it', () => {
    const text = JSON.stringify({ ...NO_PROOFS, proofs: [{ ...PROOF, place: 'moon' }] });
    expect(() => parseRecord(text)).toThrow('place');
    expect(() => parseRecord('{"kind":"tune-proofs"}')).toThrow('schemaVersion');
    expect(parseRecord(JSON.stringify({ ...NO_PROOFS, proofs: [PROOF] })).proofs).toEqual([PROOF]);
  });

  test('a patch level does not make another kernel', () => {
    expect([seriesOf('6.18.44'), seriesOf('6.12'), seriesOf('7.0.1')]).toEqual(['6.18', '6.12', '7.0']);
  });
});
