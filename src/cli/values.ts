/** Kinds of values that a flag can have, as zod schemas: what is not of the kind is one line that says what would be. */
import * as z from 'zod/mini';
import type { Fraction } from '../model/profile.ts';

/** Given or not. */
export const flag = z._default(z.boolean(), false);

function refuse(context: { readonly issues: z.core.$ZodRawIssue[] }, input: string, message: string): never {
  context.issues.push({ code: 'custom', input, message });
  return z.NEVER;
}

/** A text; yargs makes a list of what is given twice. */
export const once = (name: string) => z.optional(z.string(`--${name} is given twice or without a value`));

/** Words between commas, from as many flags as were given. */
export const list = z.pipe(
  z.optional(z.union([z.string(), z.array(z.string())])),
  z.transform((value) =>
    (value === undefined ? [] : [value].flat()).flatMap((v) => v.split(',')).filter((v) => v !== ''),
  ),
);

/** A whole number; null when the flag was not given. */
export const count = (name: string, max: bigint, min = 1n) =>
  z.pipe(
    once(name),
    z.transform((value, context) => {
      if (value === undefined) return null;
      if (/^\d{1,18}$/.test(value) && BigInt(value) >= min && BigInt(value) <= max) return BigInt(value);
      return refuse(context, value, `"${value}" is not a whole number from ${min} to ${max}`);
    }),
  );

/** `5%`, `0.5%`, `100%` as a fraction. */
export const percent = (name: string) =>
  z.pipe(
    once(name),
    z.transform((value, context): Fraction | null => {
      if (value === undefined) return null;
      const match = /^(\d{1,3})(?:\.(\d{1,3}))?%$/.exec(value);
      const numerator = BigInt(match?.[1] ?? '101') * 1000n + BigInt((match?.[2] ?? '').padEnd(3, '0'));
      if (numerator <= 100_000n) return { numerator, denominator: 100_000n, text: value };
      return refuse(context, value, `"${value}" is not a share from 0% to 100%, such as 5%`);
    }),
  );

/** `90s`, `5m`, `2h` in seconds. */
export const duration = (name: string) =>
  z.pipe(
    once(name),
    z.transform((value, context) => {
      if (value === undefined) return null;
      const match = /^([1-9]\d{0,5})(s|m|h)$/.exec(value);
      if (match?.[1] !== undefined)
        return Number(match[1]) * { s: 1, m: 60, h: 3600 }[match[2] as 's' | 'm' | 'h'];
      return refuse(context, value, `"${value}" is not a time such as 90s, 5m or 2h`);
    }),
  );

/** `KEY=VALUE`, given as often as needed; commas belong to values (ip_local_reserved_ports). */
export const assignments = (name: string) =>
  z.pipe(
    z.optional(z.union([z.string(), z.array(z.string())])),
    z.transform((value, context) => {
      const set: Record<string, string> = {};
      for (const text of value === undefined ? [] : [value].flat()) {
        const [, key, assigned] = /^([a-z0-9_.-]+)=(.+)$/is.exec(text) ?? [];
        if (key === undefined || assigned === undefined || Object.hasOwn(set, key)) {
          const what = key === undefined ? 'is not KEY=VALUE' : 'is given twice';
          return refuse(context, text, `"${text}" ${what} (--${name})`);
        }
        set[key] = assigned.trim();
      }
      return set;
    }),
  );
