/** argv → command → exit code. yargs splits the words and prints the help; each command is loaded when it is run. */
import yargs from 'yargs';
import { linuxHost } from '../host/linux.ts';
import { InputError } from '../model/error.ts';
import { unfinishedText } from '../report/applied.ts';
import { JOURNALS } from '../write/paths.ts';
import { EXIT } from './exit.ts';
import {
  auditOptions,
  planOptions,
  profileOptions,
  soakOptions,
  subjectOptions,
  targetOptions,
  trialOptions,
  verifyOptions,
} from './flags.ts';
import type { Io } from './io.ts';
import { VERSION } from './version.ts';

const EPILOGUE =
  'Exit codes: 0 as wanted, 1 not as wanted, 2 could not run (usage, permission, bad input), 3 apply stopped part-way, 4 nothing proven either way (soak, verify).';

type Run = (raw: unknown, io: Io) => Promise<number>;

export async function runCli(argv: readonly string[], io: Io): Promise<number> {
  let exit: number = EXIT.asWanted;
  const handle = (load: () => Promise<Run>) => async (flags: unknown) => {
    await warnUnfinished(argv, io);
    exit = await (await load())(flags, io);
  };
  const parser = yargs()
    .scriptName('tune')
    .locale('en')
    .version(VERSION)
    .usage('$0 COMMAND\n\nMakes a Linux host hold a million TCP connections, and proves it.')
    .parserConfiguration({ 'parse-numbers': false, 'dot-notation': false, 'camel-case-expansion': false })
    .option('format', { describe: 'human or json', type: 'string' })
    .option('debug', { describe: 'Print stack traces', type: 'boolean' })
    .command(
      'audit',
      'Is this host ready, what is not, and why it matters',
      auditOptions,
      handle(async () => (await import('./commands/audit.ts')).runAudit),
    )
    .command(
      'explain <key>',
      'All that is known about one key, and its value here',
      (y) =>
        profileOptions(targetOptions(y)).positional('key', { describe: 'net.ipv4.tcp_rmem', type: 'string' }),
      handle(async () => (await import('./commands/explain.ts')).runExplain),
    )
    .command(
      'walls',
      'At how many connections this host stops, on what, and what raises each',
      (y) =>
        targetOptions(y)
          .option('goal', { describe: 'Mark what is below so many connections', type: 'string' })
          .option('idle-bytes', {
            describe: 'Bytes the program keeps per connection (default 0)',
            type: 'string',
          })
          .option('busy', { describe: 'Share of sockets with data queued (default 5%)', type: 'string' })
          .option('side', {
            describe: 'Whose walls the goal is held against: server, client or both (default server)',
            type: 'string',
          })
          .option('loopback', { describe: 'Both ends of each connection are on this host', type: 'boolean' }),
      handle(async () => (await import('./commands/walls.ts')).runWalls),
    )
    .command(
      'boot',
      'What the next boot sets: every key, the line that wins, the lines that lose',
      (y) =>
        targetOptions(y)
          .option('limits', { describe: 'Open files per kind of session instead', type: 'boolean' })
          .option('all', { describe: 'With the notes', type: 'boolean' }),
      handle(async () => (await import('./commands/boot.ts')).runBoot),
    )
    .command('profiles', 'List the profiles, or show one resolved for this host', (y) =>
      y
        .command(
          ['list', '$0'],
          'List the shipped profiles',
          (list) => list,
          handle(async () => (await import('./commands/profiles.ts')).runProfilesList),
        )
        .command(
          'show <name>',
          'One profile, resolved, with origins and arithmetic',
          (show) =>
            targetOptions(show)
              .option('goal', {
                describe: 'Connections to hold instead of the profile’s goal',
                type: 'string',
              })
              .positional('name', { describe: 'Shipped name or YAML file', type: 'string' }),
          handle(async () => (await import('./commands/profiles.ts')).runProfilesShow),
        ),
    )
    .command(
      'capture',
      'Record what an audit needs as JSON on stdout, without secrets or the host’s name',
      (y) =>
        subjectOptions(y).option('with-host-name', { describe: 'Include the host’s name', type: 'boolean' }),
      handle(async () => (await import('./commands/capture.ts')).runCapture),
    )
    .command(
      'plan',
      'What apply would write, live and in files, and why',
      planOptions,
      handle(async () => (await import('./commands/plan.ts')).runPlan),
    )
    .command(
      'apply',
      'Write the profile: live and for every boot, as one transaction',
      (y) =>
        planOptions(y)
          .option('yes', { describe: 'Do not ask', type: 'boolean' })
          .option('plan', { describe: 'Execute this plan (tune plan --format json)', type: 'string' })
          .option('emit', { describe: 'Only write the files, below this folder', type: 'string' })
          .option('confirm-within', {
            describe: 'Undo it unless "tune confirm" comes in time: 90s, 5m, 2h',
            type: 'string',
          }),
      handle(async () => (await import('./commands/apply.ts')).runApply),
    )
    .command(
      'rollback',
      'Put back what was there before the last apply',
      (y) =>
        y
          .option('to', { describe: 'Before this apply, and all later ones', type: 'string' })
          .option('force', { describe: 'Also what somebody changed since', type: 'boolean' })
          .option('root', { describe: 'Of an image or a mounted disk', type: 'string' })
          .option('if-unconfirmed', { type: 'string', hidden: true }),
      handle(async () => (await import('./commands/rollback.ts')).runRollback),
    )
    .command(
      'confirm',
      'Keep an apply that waits for it',
      (y) => y,
      handle(async () => (await import('./commands/rollback.ts')).runConfirm),
    )
    .command(
      'history',
      'What was applied and undone',
      (y) => y.option('root', { describe: 'Of an image or a mounted disk', type: 'string' }),
      handle(async () => (await import('./commands/rollback.ts')).runHistory),
    )
    .command(
      'soak',
      'Hold real connections on this machine and let the kernel count them',
      soakOptions,
      handle(async () => (await import('./commands/soak.ts')).runSoakCommand),
    )
    .command(
      'trial',
      'Try a profile in a network namespace of its own: nothing of the host changes',
      trialOptions,
      handle(async () => (await import('./commands/trial.ts')).runTrial),
    )
    .command(
      'verify',
      'After the reboot: is everything as it was applied, and do the sockets hold',
      verifyOptions,
      handle(async () => (await import('./commands/verify.ts')).runVerify),
    )
    .command(
      'report [id]',
      'Show what an earlier verify found: the last one, or the one with this number',
      (y) =>
        y
          .positional('id', { describe: 'Its number, such as 0001', type: 'string' })
          .option('list', { describe: 'One line for each that is kept', type: 'boolean' }),
      handle(async () => (await import('./commands/report.ts')).runReport),
    )
    .demandCommand(1, 'name a command: tune audit is the first one to run')
    .strict()
    .recommendCommands()
    .epilogue(EPILOGUE)
    .exitProcess(false)
    .showHelpOnFail(false)
    .wrap(Math.min(io.width, 100))
    .fail((message, error) => {
      throw error ?? new InputError(`${oneLine(message)} (tune --help)`);
    });
  await parser.parseAsync([...argv], {}, (_error: unknown, _argv: unknown, output: string) => {
    if (output !== '') io.print(`${output}\n`);
  });
  return exit;
}

/** An apply that was cut short is everybody's business, so every command that does not resolve it says so. */
async function warnUnfinished([command = '']: readonly string[], io: Io): Promise<void> {
  const host = linuxHost();
  if (['rollback', 'confirm', 'history', 'apply', 'verify'].includes(command) || !host.list(JOURNALS).ok)
    return;
  const { unfinished } = await import('../write/history.ts');
  const open = unfinished(host);
  const text = open === null ? null : unfinishedText(open);
  if (text !== null) io.complain(`tune: ${text}\n`);
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim();
}
