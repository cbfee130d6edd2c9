import { extname } from 'node:path';
import type { ChunkSize } from '../chunks/index.js';
import type { Truncate } from '../embedding/index.js';
import type { OutputType } from '../vectors/index.js';
import { UsageError } from './command-error.js';
import { OUTPUT_FORMATS, type OutputName } from './output/output-format.js';
import { INPUT_FORMATS, type InputFile, type InputFormat } from './rows/input-file.js';
import type { RowNames } from './rows/row.js';
import { isStandardStream } from './standard-stream.js';

/** The options of the command, as the user gave them. */
export interface EmbedCommand {
  readonly inputs: readonly string[];
  readonly out: string;
  readonly from?: InputFormat;
  readonly to?: OutputName;
  readonly column?: string;
  readonly field?: string;
  readonly idColumn?: string;
  readonly titleColumn?: string;
  readonly keep?: readonly string[];
  readonly delimiter?: string;
  readonly limit?: number;
  readonly inputType?: string;
  readonly outputDtype?: OutputType;
  readonly truncate?: Truncate;
  readonly chunkTokens?: number;
  readonly chunkOverlap?: number;
  readonly url?: string;
  readonly apiKey?: string;
  readonly onError: 'skip' | 'fail';
  readonly resume?: boolean;
  readonly force?: boolean;
}

/** What the options ask for. */
export interface EmbedPlan {
  readonly inputs: readonly InputFile[];
  readonly names: RowNames;
  readonly out: string;
  readonly to: OutputName;
  /** Columns of the output that come from the input. */
  readonly kept: readonly string[];
  /** Undefined = texts are not cut. */
  readonly chunk: ChunkSize | undefined;
  /** Whether another run can read the same input and continue the output. */
  readonly isResumable: boolean;
}

/** Throws a UsageError for options that contradict each other. Reads no file. */
export function planOf(command: EmbedCommand): EmbedPlan {
  const to = isStandardStream(command.out) ? (command.to ?? 'jsonl') : formatOf(command.to, command.out, OUTPUT);
  const delimiter = delimiterOf(command.delimiter);
  const inputs = command.inputs.map((path) => ({ path, format: formatOf(command.from, path, INPUT), delimiter }));
  const { keep = [] } = command;
  const plan = {
    inputs,
    names: { text: command.column ?? command.field, id: command.idColumn, title: command.titleColumn, kept: keep },
    out: command.out,
    to,
    kept: inputs.length > 1 ? ['file', ...keep] : keep,
    chunk: command.chunkTokens === undefined ? undefined : { tokens: command.chunkTokens, overlap: command.chunkOverlap ?? 0 },
    isResumable: ![command.out, ...command.inputs].some(isStandardStream),
  };
  const fault = faultOfFiles(plan, command) ?? faultOfInputOptions(plan) ?? faultOfOutputOptions(plan) ?? faultOfChunkOptions(command);
  if (fault !== undefined) throw new UsageError(fault);
  return plan;
}

const GZIP_ENDING = /\.gz$/i;

function faultOfFiles({ inputs, out, to, isResumable }: EmbedPlan, { resume }: EmbedCommand): string | undefined {
  const readsStandardInput = inputs.some(({ path }) => isStandardStream(path));
  if (readsStandardInput && inputs.length > 1) return 'standard input (-) must be the only input';
  if (readsStandardInput && inputs[0]?.format === 'parquet') return 'a Parquet file cannot be read from standard input: name the file';
  const packed = inputs.find(({ path, format }) => format === 'parquet' && GZIP_ENDING.test(path));
  if (packed !== undefined) return `${packed.path}: a Parquet file is compressed inside, so unpack it first`;
  if (isStandardStream(out) && to !== 'jsonl') return `--to ${to} needs a file: standard output can only be jsonl`;
  if (resume === true && !isResumable) return '--resume needs files: standard input and output cannot be read again';
  return undefined;
}

function faultOfChunkOptions({ chunkTokens, chunkOverlap, url }: EmbedCommand): string | undefined {
  if (chunkTokens === undefined) return chunkOverlap === undefined ? undefined : '--chunk-overlap needs --chunk-tokens';
  return url === undefined
    ? undefined
    : '--chunk-tokens needs the tokenizer of the model, which a service does not share: leave out --url, or send the texts to POST /jobs with chunk';
}

function faultOfInputOptions({ inputs, names: { text, id, title, kept } }: EmbedPlan): string | undefined {
  const plain = inputs.find(({ format }) => format === 'txt');
  const needsNames = [text, id, title, ...kept].some((name) => name !== undefined);
  if (plain !== undefined && needsNames)
    return `${plain.path} is read as txt, and its lines have no columns: leave out --column, --field, --id-column, --title-column and --keep, or give another --from`;
  const other = inputs.find(({ format, delimiter }) => delimiter !== undefined && format !== 'csv' && format !== 'tsv');
  return other === undefined ? undefined : `--delimiter is for csv and tsv, and ${other.path} is read as ${other.format}`;
}

/** Names that the output has for itself. */
const RESERVED = ['line', 'file', 'id', 'embedding', 'truncated'];
const RESERVED_IN_CHUNKS = [...RESERVED, 'chunk', 'start', 'end'];

function faultOfOutputOptions({ to, chunk, names: { id, kept } }: EmbedPlan): string | undefined {
  if (to === 'npy' && (id !== undefined || kept.length > 0 || chunk !== undefined))
    return 'an npy file has only numbers: leave out --id-column, --keep and --chunk-tokens, or write jsonl or parquet';
  const reserved = kept.find((name) => (chunk === undefined ? RESERVED : RESERVED_IN_CHUNKS).includes(name));
  if (reserved === 'id') return '--keep id is not possible: copy it with --id-column id';
  if (reserved !== undefined) return `--keep ${reserved} is not possible: the output has its own ${reserved}`;
  const twice = kept.find((name, index) => kept.indexOf(name) !== index);
  return twice === undefined ? undefined : `--keep names ${twice} twice`;
}

function delimiterOf(asked: string | undefined): string | undefined {
  if (asked === undefined) return undefined;
  const delimiter = asked === 'tab' || asked === String.raw`\t` ? '\t' : asked;
  if (/^[^"\r\n]$/u.test(delimiter)) return delimiter;
  throw new UsageError("--delimiter must be one character, such as ';', or tab");
}

const ALIASES: Readonly<Record<string, string>> = { ndjson: 'jsonl', text: 'txt', pq: 'parquet' };

interface FormatNames<T extends string> {
  readonly names: readonly T[];
  readonly option: string;
  /** Endings that say nothing about the format. */
  readonly ignored?: RegExp;
}

const INPUT: FormatNames<InputFormat> = { names: INPUT_FORMATS, option: '--from', ignored: GZIP_ENDING };
const OUTPUT: FormatNames<OutputName> = { names: OUTPUT_FORMATS, option: '--to' };

/** The format of the options, or else the one of the file's ending. */
function formatOf<T extends string>(asked: T | undefined, path: string, { names, option, ignored }: FormatNames<T>): T {
  if (asked !== undefined) return asked;
  const name = ignored === undefined ? path : path.replace(ignored, '');
  const ending = extname(name).slice(1).toLowerCase();
  const format = names.find((known) => known === (ALIASES[ending] ?? ending));
  if (format !== undefined) return format;
  const reason = isStandardStream(path) ? 'standard input has no name that shows its format' : `the name ${path} does not show its format`;
  throw new UsageError(`${reason}: give it with ${option} (${names.join(', ')})`);
}
