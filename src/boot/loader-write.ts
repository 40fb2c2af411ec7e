/** One value through a loader's way of writing into one key: what differs is what they do with long text. */
import { interpretWrite, type WriteBounds, type WriteOutcome } from '../model/kernel-syntax.ts';
import type { Shape, Value } from '../model/value.ts';
import { writePortList } from './port-list.ts';
import type { LoaderName } from './sysctl-result.ts';

/** What is known of a key. */
export interface KeyKnowledge {
  readonly shape: Shape;
  readonly bounds: WriteBounds;
}

/** A numeric handler looks at one page less a byte (for the page size of x86 and most others) and ignores the rest. */
const HANDLER_SEES = 4095;
/** procps cuts what was refused at the last comma before this many bytes. */
const PROCPS_PIECE = 4096;

/** `value` as the file has it; the newline that both loaders append is added here. */
export function loaderWrite(
  loader: LoaderName,
  known: KeyKnowledge,
  value: string,
  held: Value | null,
): WriteOutcome {
  const text = `${value}\n`;
  const outcome = writeText(loader, known, text, held);
  if (loader !== 'procps' || outcome.outcome !== 'rejected' || outcome.errno !== 'EINVAL') return outcome;
  return text.length > PROCPS_PIECE ? inPieces(known, text, held, outcome) : outcome;
}

function writeText(loader: LoaderName, known: KeyKnowledge, text: string, held: Value | null): WriteOutcome {
  if (known.shape.kind === 'portSet') return writePortList(loader, text);
  const seen = known.shape.kind === 'word' ? text : text.slice(0, HANDLER_SEES);
  return interpretWrite(known.shape, seen, held, known.bounds);
}

/**
 * procps takes EINVAL for "too long", turns the last comma of each 4,096 bytes into a newline and writes the pieces.
 * The first piece counts; the kernel ignores the later ones, except for a list of ports, where they would add up.
 */
function inPieces(
  known: KeyKnowledge,
  text: string,
  held: Value | null,
  refused: WriteOutcome,
): WriteOutcome {
  const cut = text.slice(0, PROCPS_PIECE).lastIndexOf(',');
  if (cut === -1) return refused;
  const first = writeText('procps', known, `${text.slice(0, cut)}\n`, held);
  if (first.outcome !== 'stored') return first;
  for (let at = cut + 1; at < text.length; ) {
    if (text.length - at <= PROCPS_PIECE) return first;
    const next = text.slice(at, at + PROCPS_PIECE).lastIndexOf(',');
    if (next === -1) return { outcome: 'rejected', errno: 'EINVAL', partial: first.value };
    at += next + 1;
  }
  return first;
}
