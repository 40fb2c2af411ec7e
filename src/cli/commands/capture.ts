/** tune capture: record what an audit needs, to be audited anywhere. */
import { gather } from '../../gather/index.ts';
import { CAPTURE_SCHEMA_VERSION, type Capture } from '../../host/capture.ts';
import { linuxHost } from '../../host/linux.ts';
import { recorder } from '../../host/recorded.ts';
import { EXIT } from '../exit.ts';
import { type Io, toJsonText } from '../io.ts';
import { captureFlags, parseFlags } from '../options.ts';
import { chooseSubject } from '../target.ts';
import { VERSION } from '../version.ts';

export async function runCapture(raw: unknown, io: Io): Promise<number> {
  const flags = parseFlags(captureFlags, raw);
  const subject = chooseSubject(flags);
  const { host, recording } = recorder(linuxHost());
  const snapshot = gather(host, subject);
  const name = flags['with-host-name'] ? linuxHost().read('/proc/sys/kernel/hostname') : null;
  const capture: Capture = {
    kind: 'tune-capture',
    schemaVersion: CAPTURE_SCHEMA_VERSION,
    tuneVersion: VERSION,
    takenAt: snapshot.takenAt,
    hostName: name?.ok ? name.value.trim() : null,
    subject,
    recording,
  };
  io.print(toJsonText(capture));
  return EXIT.asWanted;
}
