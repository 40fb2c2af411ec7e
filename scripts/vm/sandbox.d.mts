/** argv that runs the shell text `script`, with `args` as $1…, among mounts of its own. */
export function withPrivateMounts(script: string, args: readonly string[]): string[];
/** argv that runs a program inside `root` with the kernel's file systems there. */
export function inChroot(root: string, argv: readonly string[]): string[];
export const BUILD_ENV: Readonly<Record<string, string>>;
/** Runs argv to its end; rejects with the last lines of its output when it fails or takes too long. */
export function run(
  argv: readonly string[],
  options?: { timeoutSeconds?: number; env?: Record<string, string>; log?: (chunk: Buffer) => void },
): Promise<void>;
