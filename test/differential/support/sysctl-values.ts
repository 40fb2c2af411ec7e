/** Values as files have them: numbers in every spelling, vectors, lists of ports, text that is too long. */
import fc from 'fast-check';

const number = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 40 }).map(String) },
  { weight: 3, arbitrary: fc.integer({ min: 1024, max: 60000 }).map(String) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...[
        '0x10',
        '010',
        '08',
        '-1',
        '+5',
        '1e3',
        '1_000',
        '"7"',
        '7x',
        '7 8',
        '7,8',
        '7 # seven',
        '7# seven',
        '2147483647',
        '2147483648',
      ],
      ...[
        '99999999999999999999',
        '1M',
        '',
        '0',
        '256',
        '255',
        '1.5',
        '7\t8 9 10',
        '7;',
        'yes',
        '=7',
        '7=',
        '0x',
        '-',
        '7 x',
      ],
    ),
  },
);

/** The right-hand side of a line. */
export const sysctlValue = fc.oneof(
  { weight: 8, arbitrary: number },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...[
        '4096 87380 16777216',
        '8192\t65536 4194304',
        '8192 65536',
        '8192',
        '8192 65536 99999999999',
        '8192 abc 1',
        '4096 131072 6291456',
      ],
      ...[
        '1024 65535',
        '2000  3000',
        '3000 2000',
        '0 65535',
        '1024 65536',
        '1024 65535 x',
        '5000',
        '1024-65535',
        '1024,65535',
      ],
      ...[
        '8080',
        '8080,9000-9010',
        '9000-9010,8080',
        '8080 ',
        ',',
        '8080,',
        '9010-9000',
        '8080, 9000',
        '70000',
        '1-3,2-5,6',
        '010',
        '0x1f90',
        '08',
        '8-',
        '-8',
        ',8',
        '8,,9',
        '8-9-10',
        '8\t',
        '0000000000000000008',
        '00000000000000000000008',
      ],
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      `7${' '.repeat(5000)}`,
      `${' '.repeat(4094)}7 8`,
      `7${' '.repeat(5000)}x`,
      '0'.repeat(30),
    ),
  },
  { weight: 1, arbitrary: longPorts() },
);

/** A list of reserved ports of up to twelve thousand characters. */
function longPorts() {
  return fc
    .tuple(
      fc.integer({ min: 780, max: 830 }),
      fc.constantFrom('', '-', '00-', '7-'),
      fc.constantFrom(10001, 1001, 20000),
    )
    .map(([count, odd, start]) =>
      Array.from({ length: count * 2 }, (_, i) =>
        i % 97 === 5 && odd === '-' ? `${start + 3 * i}-${start + 3 * i + 1}` : `${start + 3 * i}`,
      ).join(','),
    );
}
