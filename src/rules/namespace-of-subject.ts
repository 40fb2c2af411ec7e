import type { RuleFinding, Unchecked } from '../model/finding.ts';
import type { Rule } from '../model/rule.ts';

const CODE = 'namespace-of-subject';

/** A new network namespace starts with the kernel's defaults: what the host has tuned is not felt inside. */
export const rule: Rule = {
  code: CODE,
  interlocks: ['I17'],
  title: 'The network settings read are the ones that the server lives by',
  requires: [],
  sources: ['network_namespaces(7)', 'A fresh namespace compared with its host: tested on 6.18'],
  check: ({ snapshot }) => {
    const { initialNetns, subjectSharesNetns, subject } = snapshot.machine;
    const results: (RuleFinding | Unchecked)[] = [];
    if (subjectSharesNetns === 'no') {
      results.push({
        code: CODE,
        severity: 'error',
        subject: `pid ${subject.pid}`,
        what: `${subject.name} (pid ${subject.pid}) lives in another network namespace than the one that was read, so the net.* values in this report are not the ones it runs with.`,
        remedy: `Run \`nsenter -t ${subject.pid} -n tune audit --pid ${subject.pid}\` as root.`,
      });
    }
    if (subjectSharesNetns === 'unknown') {
      results.push({
        code: CODE,
        why: `whether ${subject.name} (pid ${subject.pid}) lives in the network namespace that was read could not be found out`,
      });
    }
    if (initialNetns === 'no') {
      results.push({
        code: CODE,
        severity: 'info',
        subject: 'network namespace',
        what: "This is a child network namespace: its net.* settings started from the kernel's defaults, not from the host's values, and host-wide keys such as tcp_mem are hidden or read-only.",
        remedy:
          "Set net.* values where the namespace is made (`docker run --sysctl net.core.somaxconn=65535`, a pod's `securityContext.sysctls`), and run `tune audit` on the host as well.",
      });
    }
    if (initialNetns === 'unknown') {
      results.push({
        code: CODE,
        why: 'whether this is the initial network namespace could not be found out',
      });
    }
    return results;
  },
};
