/** tune boot: what the next boot sets and because of which line; --limits: what each kind of session gets. */
import { complaintsOf, predictBoot } from '../../boot/predict.ts';
import { gather } from '../../gather/index.ts';
import { CATALOGUE } from '../../pipeline.ts';
import { bootToDocument, renderBoot, renderSessions } from '../../report/boot.ts';
import { EXIT } from '../exit.ts';
import { type Io, toJsonText } from '../io.ts';
import { bootFlags, parseFlags } from '../options.ts';
import { chooseTarget } from '../target.ts';

export async function runBoot(raw: unknown, io: Io): Promise<number> {
  const flags = parseFlags(bootFlags, raw);
  const { host, subject, root } = await chooseTarget(flags);
  const model = predictBoot(gather(host, subject, { root }), CATALOGUE);
  const complaints = complaintsOf(model);
  const options = { width: io.width, palette: io.palette, all: flags.all };
  if (flags.format === 'json') io.print(toJsonText(bootToDocument(model, complaints)));
  else io.print(flags.limits ? renderSessions(model, options) : renderBoot(model, complaints, options));
  return complaints.some((c) => c.severity === 'error') ? EXIT.notAsWanted : EXIT.asWanted;
}
