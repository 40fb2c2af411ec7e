/** What the commands that share flags say about them in their help. Values are checked in options.ts. */
import type { Argv } from 'yargs';
import { WORKLOADS } from '../model/soak-workload.ts';

export function planOptions(y: Argv): Argv {
  return profileOptions(y)
    .option('service', { describe: 'Also raise the limit of this service', type: 'string' })
    .option('pin', { describe: 'Write down what the next boot would give anyway', type: 'boolean' })
    .option('allow-lowering', {
      describe: 'Let values that somebody set go down where the profile asks for it',
      type: 'boolean',
    })
    .option('outrank', { describe: 'Choose a file name that beats later files', type: 'boolean' })
    .option('root', { describe: 'Write into an image or a mounted disk', type: 'string' });
}

export function verifyOptions(y: Argv): Argv {
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

export function trialOptions(y: Argv): Argv {
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
      describe: `What to do with them: ${WORKLOADS.join(', ')} (default: the profile’s)`,
      type: 'string',
    })
    .option('hold', { describe: 'Seconds to hold them (default 0)', type: 'string' })
    .option('strict', { describe: 'One server process holds them all', type: 'boolean' })
    .option('ipv6', { describe: 'Over IPv6', type: 'boolean' })
    .option('force', { describe: 'Go on although the memory arithmetic says no', type: 'boolean' })
    .option('output', { describe: 'Write the JSON report to this file, too', type: 'string' });
}

export function soakOptions(y: Argv): Argv {
  return y
    .option('connections', { alias: 'n', describe: 'How many to hold', type: 'string', demandOption: true })
    .option('hold', { describe: 'Seconds to hold them (default 0)', type: 'string' })
    .option('sweep-every', { describe: 'Seconds between sweeps while holding (default 60)', type: 'string' })
    .option('workload', {
      describe: `What they do: ${WORKLOADS.join(', ')} (default idle)`,
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

export function auditOptions(y: Argv): Argv {
  return profileOptions(targetOptions(y))
    .option('all', { describe: 'Show everything: what is met, whole reasons, notes', type: 'boolean' })
    .option('only', { describe: 'Judge only these keys of the profile (comma-separated)', type: 'string' })
    .option('ignore', { describe: 'Leave out these keys or rules, reported as ignored', type: 'string' });
}

export function profileOptions(y: Argv): Argv {
  return y
    .option('profile', { alias: 'p', describe: 'Shipped name or YAML file (default c1m)', type: 'string' })
    .option('goal', { describe: 'Connections to hold instead of the profile’s goal', type: 'string' });
}

export function targetOptions(y: Argv): Argv {
  return subjectOptions(y)
    .option('host', { describe: 'Audit a capture instead of this host', type: 'string' })
    .option('root', { describe: 'Read the files of an image or a mounted disk', type: 'string' })
    .option('sysctl', { describe: 'Audit the output of "sysctl -a" instead of this host', type: 'string' });
}

export function subjectOptions(y: Argv): Argv {
  return y
    .option('pid', { describe: 'Whose limits to judge (default: the shell that runs tune)', type: 'string' })
    .option('service', { describe: 'Judge the limits of a running systemd service', type: 'string' });
}
