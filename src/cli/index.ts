/** argv → command → exit code. yargs splits the words and prints the help; each command is loaded when it is run. */
import yargs, { type Argv } from 'yargs';
import { linuxHost } from '../host/linux.ts';
import { InputError } from '../model/error.ts';
import { unfinishedText } from '../report/applied.ts';
import { JOURNALS } from '../write/paths.ts';
import { EXIT } from './exit.ts';
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

function planOptions(y: Argv): Argv {
  return profileOptions(y)
    .option('service', { describe: 'Also raise the limit of this service', type: 'string' })
    .option('pin', { describe: 'Write down what the next boot would give anyway', type: 'boolean' })
    .option('allow-lowering', {
      describe: 'Let values go down where the profile asks for it',
      type: 'boolean',
    })
    .option('outrank', { describe: 'Choose a file name that beats later files', type: 'boolean' })
    .option('root', { describe: 'Write into an image or a mounted disk', type: 'string' });
}

function verifyOptions(y: Argv): Argv {
  return profileOptions(y)
    .option('connections', {
      alias: 'n',
      describe: 'How many to hold (default: the goal, and not less than 500,000)',
      type: 'string',
    })
    .option('quick', { describe: 'Without the soak', type: 'boolean' })
    .option('hold', { describe: 'Seconds to hold them (default 0)', type: 'string' })
    .option('each-profile', { describe: 'The soak of every shipped profile, in one table', type: 'boolean' })
    .option('service', { describe: 'Also look at the limits of this service', type: 'string' })
    .option('spread', {
      describe: 'Several server processes: open files per process are not proven then',
      type: 'boolean',
    })
    .option('namespace', { describe: 'The soak in a network namespace of its own', type: 'boolean' })
    .option('force', { describe: 'Go on although the memory arithmetic says no', type: 'boolean' });
}

function trialOptions(y: Argv): Argv {
  return y
    .option('profile', {
      describe: 'Shipped name or YAML file; none for the kernel’s defaults',
      type: 'string',
    })
    .option('goal', { describe: 'Work out the profile’s formulas for so many connections', type: 'string' })
    .option('connections', { alias: 'n', describe: 'How many to hold (default: the goal)', type: 'string' })
    .option('without', {
      describe: 'Leave these keys at the kernel’s default (comma-separated)',
      type: 'string',
    })
    .option('set', { describe: 'KEY=VALUE: try this value instead', type: 'string' })
    .option('compare', { describe: 'Two profiles, one after the other: none c1m', type: 'string', nargs: 2 })
    .option('workload', {
      describe:
        'What to do with them: idle, broadcast, burst, reconnect, slow-readers, gateway (default: the profile’s)',
      type: 'string',
    })
    .option('hold', { describe: 'Seconds to hold them (default 0)', type: 'string' })
    .option('strict', { describe: 'One server process holds them all', type: 'boolean' })
    .option('ipv6', { describe: 'Over IPv6', type: 'boolean' })
    .option('force', { describe: 'Go on although the memory arithmetic says no', type: 'boolean' })
    .option('output', { describe: 'Write the JSON report to this file, too', type: 'string' });
}

function soakOptions(y: Argv): Argv {
  return y
    .option('connections', { alias: 'n', describe: 'How many to hold', type: 'string', demandOption: true })
    .option('hold', { describe: 'Seconds to hold them (default 0)', type: 'string' })
    .option('sweep-every', { describe: 'Seconds between sweeps while holding (default 60)', type: 'string' })
    .option('workload', {
      describe: 'What they do: idle (default), broadcast, burst, reconnect, slow-readers, gateway',
      type: 'string',
    })
    .option('message-bytes', { describe: 'Size of the broadcast’s message (default 4096)', type: 'string' })
    .option('strict', { describe: 'One server process holds them all (the default)', type: 'boolean' })
    .option('spread', {
      describe: 'As many server processes as the hard nofile limit demands',
      type: 'boolean',
    })
    .option('namespace', { describe: 'In a network namespace of its own', type: 'boolean' })
    .option('ipv6', { describe: 'Over IPv6', type: 'boolean' })
    .option('address', {
      describe: 'Server address, one of this machine (default 127.0.0.1)',
      type: 'string',
    })
    .option('port', { describe: 'Server port (default: a free one)', type: 'string' })
    .option('force', { describe: 'Go on although the memory arithmetic says no', type: 'boolean' })
    .option('output', { describe: 'Write the JSON report to this file, too', type: 'string' });
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

function auditOptions(y: Argv): Argv {
  return profileOptions(targetOptions(y))
    .option('all', { describe: 'Show everything: what is met, whole reasons, notes', type: 'boolean' })
    .option('only', { describe: 'Judge only these keys of the profile (comma-separated)', type: 'string' })
    .option('ignore', { describe: 'Leave out these keys or rules, reported as ignored', type: 'string' });
}

function profileOptions(y: Argv): Argv {
  return y
    .option('profile', { alias: 'p', describe: 'Shipped name or YAML file (default c1m)', type: 'string' })
    .option('goal', { describe: 'Connections to hold instead of the profile’s goal', type: 'string' });
}

function targetOptions(y: Argv): Argv {
  return subjectOptions(y)
    .option('host', { describe: 'Audit a capture instead of this host', type: 'string' })
    .option('root', { describe: 'Read the files of an image or a mounted disk', type: 'string' })
    .option('sysctl', { describe: 'Audit the output of "sysctl -a" instead of this host', type: 'string' });
}

function subjectOptions(y: Argv): Argv {
  return y
    .option('pid', { describe: 'Whose limits to judge (default: the shell that runs tune)', type: 'string' })
    .option('service', { describe: 'Judge the limits of a running systemd service', type: 'string' });
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim();
}
