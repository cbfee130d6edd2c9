import { extname } from 'node:path';
import { UsageError } from './command-error.js';
import { OUTPUT_FORMATS } from './output/output-format.js';
import { INPUT_FORMATS, type InputFormat } from './rows/input-file.js';
import { isStandardStream } from './standard-stream.js';

const ALIASES: Readonly<Record<string, string>> = { markdown: 'md', ndjson: 'jsonl', text: 'txt', pq: 'parquet' };

/** The ending of a packed file. */
export const GZIP_ENDING = /\.gz$/i;

/** The format of the option --from, or else the one that the name of the input shows. Throws a UsageError. */
export function inputFormat(asked: InputFormat | undefined, path: string): InputFormat {
  if (asked !== undefined) return asked;
  return formatOfName(path, { names: INPUT_FORMATS, option: '--from', ignored: GZIP_ENDING });
}

/** The format that the name of an output shows. Throws a UsageError. */
export function formatOfOutput(path: string): (typeof OUTPUT_FORMATS)[number] {
  return formatOfName(path, { names: OUTPUT_FORMATS, option: '--to' });
}

interface FormatNames<T extends string> {
  readonly names: readonly T[];
  readonly option: string;
  /** Endings that say nothing about the format. */
  readonly ignored?: RegExp;
}

function formatOfName<T extends string>(path: string, { names, option, ignored }: FormatNames<T>): T {
  const name = ignored === undefined ? path : path.replace(ignored, '');
  const ending = extname(name).slice(1).toLowerCase();
  const format = names.find((known) => known === (ALIASES[ending] ?? ending));
  if (format !== undefined) return format;
  const reason = isStandardStream(path) ? 'standard input has no name that shows its format' : `the name ${path} does not show its format`;
  throw new UsageError(`${reason}: give it with ${option} (${names.join(', ')})`);
}
