/** Limits of memory, tasks and files: rows of the blame table. Sources: the calls' man pages, proc(5), cgroups(7). */
import { OWN_DESCRIPTORS } from './address-plan.ts';
import { type BlameRow, find, isNearly, killed, onHost, onMachine, say, text } from './evidence.ts';

export const PROCESS_ROWS: readonly BlameRow[] = [
  {
    code: 'memory-cgroup',
    limit: 'memory of the control group',
    judges: onHost,
    proof: { test: 'faults: a memory cgroup that is too small' },
    match: (e) => {
      const group = e.groupsAfter.memory ?? e.groupsBefore.memory;
      const kills = (e.groupsAfter.oomKills ?? 0) - (e.groupsBefore.oomKills ?? 0);
      const isTight = group !== null && e.plan.memory.cgroupFree === e.plan.memory.free;
      const refused = find(e, 'ENOMEM').concat(find(e, 'ENOBUFS'));
      if (group === null) return null;
      const isFull = isNearly(group.current, group.max) && refused.length > 0;
      if (kills <= 0 && !(isTight && e.floorHit) && !isFull) return null;
      return {
        key: group.file,
        current: text(group.max),
        needed: text(
          group.max - (e.plan.memory.cgroupFree ?? 0) + e.plan.memory.needed + e.plan.memory.floor,
        ),
        evidence: [
          ...(kills > 0 ? [`the group's out-of-memory kills rose by ${kills}`] : []),
          ...(e.floorHit
            ? [`stopped before the group was full: ${group.current} of ${group.max} bytes`]
            : []),
          ...say(refused),
          ...killed(e).map((w) => `${w.role} process ${w.pid} was killed`),
        ],
      };
    },
  },
  {
    code: 'memory-machine',
    limit: 'memory of the machine',
    judges: onMachine,
    proof: {
      test: 'vm/walls: RAM: what everything else really takes, and the wall’s bytes for each connection, say where the floor stops it',
    },
    match: (e) => {
      // vmstat counts every kill of the machine, those of other people's control groups too: only with memory really low.
      const isLow = e.peak.lowestFree < 2 * e.plan.memory.floor;
      const kills = isLow ? (e.after.oomKills ?? 0) - (e.before.oomKills ?? 0) : 0;
      if (!(kills > 0 && killed(e).length > 0) && !e.floorHit) return null;
      return {
        key: 'RAM',
        current: text(e.after.memory.total),
        needed: text(e.after.memory.total - e.plan.memory.free + e.plan.memory.needed + e.plan.memory.floor),
        evidence: [
          ...(kills > 0 ? [`/proc/vmstat oom_kill rose by ${kills}`] : []),
          ...(e.floorHit ? [`stopped with ${e.after.memory.available} bytes of MemAvailable left`] : []),
        ],
      };
    },
  },
  {
    code: 'tasks-cgroup',
    limit: 'tasks in the control group',
    judges: () => 'generator',
    proof: { test: 'faults: a pids cgroup that is too small' },
    match: (e) => {
      const group = e.groupsAfter.tasks ?? e.groupsBefore.tasks;
      const refused = (e.groupsAfter.refusedForks ?? 0) - (e.groupsBefore.refusedForks ?? 0);
      if (
        group === null ||
        (refused <= 0 && !(e.unstarted.includes('EAGAIN') && isNearly(group.current, group.max)))
      )
        return null;
      return {
        key: group.file,
        current: text(group.max),
        needed: null,
        evidence: [`forks refused by the group: ${refused}`, `processes not started: ${e.unstarted.length}`],
      };
    },
  },
  {
    code: 'tasks-system',
    limit: 'tasks of the machine',
    judges: () => 'generator',
    proof: {
      unproven: 'kernel.threads-max and kernel.pid_max are global, and RLIMIT_NPROC does not bind root',
    },
    match: (e) => {
      if (!e.unstarted.includes('EAGAIN')) return null;
      const { tasks, threadsMax, pidMax } = e.machine;
      const isPids = pidMax !== null && (threadsMax === null || pidMax < threadsMax);
      return {
        key: isPids ? 'kernel.pid_max' : 'kernel.threads-max',
        current: text(isPids ? pidMax : threadsMax),
        needed: null,
        evidence: [
          `${e.unstarted.length} processes not started: EAGAIN`,
          `tasks before: ${tasks ?? 'unknown'}`,
        ],
      };
    },
  },
  {
    code: 'process-files',
    limit: 'open files per process',
    // Spread adds processes as the limit demands, and the clients are the generator's own.
    judges: (e) => (find(e, 'EMFILE').some((f) => f.side === 'server') ? 'host' : 'generator'),
    proof: { test: 'faults: one server process with too few descriptors' },
    match: (e) => {
      const failures = find(e, 'EMFILE');
      if (failures.length === 0) return null;
      const { nofileHard, nrOpen } = e.machine;
      // A gateway holds two files for each of its clients.
      const sockets = e.plan.upstream === null ? e.goal : 2 * e.goal;
      const needed = (e.mode === 'strict' ? sockets : e.plan.socketsPerProcess) + OWN_DESCRIPTORS;
      const isCeiling = nrOpen !== null && nofileHard >= nrOpen;
      // Below the hard limit the ceiling keeps every process from raising its soft one (setrlimit: EPERM).
      const isBelowHard = nrOpen !== null && nofileHard > nrOpen;
      return {
        key: isCeiling ? 'fs.nr_open' : 'limit.nofile.hard',
        current: text(isCeiling ? nrOpen : nofileHard),
        needed: text(isBelowHard ? Math.max(needed, nofileHard) : needed),
        evidence: say(failures),
      };
    },
  },
  {
    code: 'system-files',
    limit: 'open files of the machine',
    judges: onHost,
    proof: { test: 'vm/walls: fs.file-max, for an ordinary user: root is exempt' },
    match: (e) => {
      const failures = find(e, 'ENFILE');
      const before = e.before.openFiles?.allocated ?? 0;
      // Out of files, fs.file-nr cannot be opened either: what was last read of it may be some hundred files old.
      const opened = e.machine.isAboveFileMax ? 0 : before + 2 * e.established;
      const reached = Math.max(e.peak.openFiles, opened);
      if (failures.length === 0 || !isNearly(reached, e.machine.fileMax)) return null;
      return {
        key: 'fs.file-max',
        current: text(e.machine.fileMax),
        needed: text(before + 2 * e.goal + e.plan.clients * 2 * OWN_DESCRIPTORS),
        evidence: [...say(failures), `open files reached ${reached}`],
      };
    },
  },
  {
    code: 'epoll-watches',
    limit: 'epoll watches per user',
    judges: onHost,
    proof: { test: 'vm/walls: fs.epoll.max_user_watches: the connection is accepted, and not heard' },
    match: (e) => {
      const failures = find(e, 'ENOSPC', ['epoll_ctl']);
      if (failures.length === 0) return null;
      return {
        key: 'fs.epoll.max_user_watches',
        current: text(e.machine.epollWatches),
        needed: text(Math.ceil(e.goal * 1.1)),
        evidence: say(failures),
      };
    },
  },
];
