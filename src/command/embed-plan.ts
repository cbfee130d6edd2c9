import type { ChunkSize } from '../chunks/index.js';
import type { Truncate } from '../embedding/index.js';
import { UsageError } from './command-error.js';
import { GZIP_ENDING, inputFormat } from './file-formats.js';
import { targetOf, type TableTarget, type Target, type TargetOptions } from './output-target.js';
import type { FoundInput } from './rows/find-inputs.js';
import { isOfDocuments, nameOfInput, type InputFile, type InputFormat } from './rows/input-file.js';
import type { RowNames } from './rows/row.js';
import { isStandardStream } from './standard-stream.js';

/** The options of the command, as the user gave them. */
export interface EmbedCommand extends TargetOptions {
  readonly inputs: readonly string[];
  readonly from?: InputFormat;
  readonly column?: string;
  readonly field?: string;
  readonly idColumn?: string;
  readonly titleColumn?: string;
  readonly keep?: readonly string[];
  readonly delimiter?: string;
  readonly limit?: number;
  readonly inputType?: string;
  readonly truncate?: Truncate;
  readonly model?: string;
  readonly chunkTokens?: number;
  readonly chunkOverlap?: number;
  readonly url?: string;
  readonly apiKey?: string;
  readonly onError: 'skip' | 'fail';
  readonly resume?: boolean;
  readonly force?: boolean;
}

/** The work that the options ask for. */
export interface EmbedPlan {
  readonly inputs: readonly InputFile[];
  readonly names: RowNames;
  readonly target: Target;
  /** Columns of the output that come from the input. */
  readonly kept: readonly string[];
  /** Undefined = texts are not cut. */
  readonly chunk: ChunkSize | undefined;
  /** Whether another run can read the same input and continue the output. */
  readonly isResumable: boolean;
}

/** Throws a UsageError for options that contradict each other. Reads no file. */
export function planOf(command: EmbedCommand, found: readonly FoundInput[]): EmbedPlan {
  const target = targetOf(command);
  const delimiter = delimiterOf(command.delimiter);
  const inputs = found.map(({ path, files }) => ({
    path,
    files,
    format: files === undefined ? inputFormat(command.from, path) : 'md',
    delimiter,
  }));
  const { keep = [] } = command;
  const plan: EmbedPlan = {
    inputs,
    names: { text: command.column ?? command.field, id: command.idColumn, title: command.titleColumn, kept: keep },
    target,
    kept: inputs.length > 1 && !inputs.every(isOfDocuments) ? ['file', ...keep] : keep,
    chunk: command.chunkTokens === undefined ? undefined : { tokens: command.chunkTokens, overlap: command.chunkOverlap ?? 0 },
    isResumable: !inputs.some(({ path }) => isStandardStream(path)) && !(target.kind === 'file' && isStandardStream(target.path)),
  };
  const fault =
    faultOfInputs(plan, command) ?? faultOfInputOptions(plan) ?? faultOfOutputOptions(plan, command) ?? faultOfChunkOptions(command);
  if (fault !== undefined) throw new UsageError(fault);
  return plan;
}

function faultOfInputs({ inputs, target, isResumable }: EmbedPlan, { from, resume }: EmbedCommand): string | undefined {
  const readsStandardInput = inputs.some(({ path }) => isStandardStream(path));
  if (readsStandardInput && inputs.length > 1) return 'standard input (-) must be the only input';
  if (readsStandardInput && inputs[0]?.format === 'parquet') return 'a Parquet file cannot be read from standard input: name the file';
  const packed = inputs.find(({ path, format }) => format === 'parquet' && GZIP_ENDING.test(path));
  if (packed !== undefined) return `${packed.path}: a Parquet file is compressed inside, so unpack it first`;
  const folder = inputs.find(({ files }) => files !== undefined);
  if (folder !== undefined && from !== undefined && from !== 'md')
    return `${folder.path} is a folder, whose files are read as documents: for ${from}, name its files, for example '${folder.path.replace(/\/+$/, '')}/*.${from}'`;
  if (resume === true && target.kind === 'file' && !isResumable)
    return '--resume needs files: standard input and output cannot be read again';
  return undefined;
}

function faultOfChunkOptions({ chunkTokens, chunkOverlap, url }: EmbedCommand): string | undefined {
  if (chunkTokens === undefined) return chunkOverlap === undefined ? undefined : '--chunk-overlap needs --chunk-tokens';
  return url === undefined
    ? undefined
    : '--chunk-tokens needs the tokenizer of the model, which a service does not share: leave out --url, or send the texts to POST /jobs with chunk';
}

function faultOfInputOptions({ inputs, names: { text, id, title, kept } }: EmbedPlan): string | undefined {
  const plain = inputs.find(({ format }) => format === 'txt' || format === 'md');
  const needsNames = [text, id, title, ...kept].some((name) => name !== undefined);
  if (plain !== undefined && needsNames)
    return `${plain.path} is read as ${plain.format}, and has no columns: leave out --column, --field, --id-column, --title-column and --keep, or give another --from`;
  const other = inputs.find(({ format, delimiter }) => delimiter !== undefined && format !== 'csv' && format !== 'tsv');
  return other === undefined ? undefined : `--delimiter is for csv and tsv, and ${other.path} is read as ${other.format}`;
}

/** Names that the output has for itself. */
const RESERVED = ['line', 'file', 'id', 'embedding', 'truncated'];
const RESERVED_IN_CHUNKS = [...RESERVED, 'chunk', 'start', 'end'];

function faultOfOutputOptions(plan: EmbedPlan, { limit }: EmbedCommand): string | undefined {
  const { target, chunk, names } = plan;
  const { id, kept } = names;
  if (target.kind === 'table') return faultOfTable(plan, target, limit) ?? faultOfKept(kept, RESERVED);
  if (target.format === 'npy' && (id !== undefined || kept.length > 0 || chunk !== undefined))
    return 'an npy file has only numbers: leave out --id-column, --keep and --chunk-tokens, or write jsonl or parquet';
  return faultOfKept(kept, chunk === undefined ? RESERVED : RESERVED_IN_CHUNKS);
}

/** Rows of a table are known by their ids. */
function faultOfTable({ inputs, names }: EmbedPlan, { deletesMissing }: TableTarget, limit: number | undefined): string | undefined {
  const input = inputs.find((any) => isStandardStream(any.path) || !isOfDocuments(any));
  if (input !== undefined && names.id === undefined)
    return `the rows of a table need ids: name the column or field of the ids of ${nameOfInput(input)} with --id-column; files of documents (--from md) have their paths`;
  if (deletesMissing && limit !== undefined)
    return '--delete-missing with --limit would delete what the limit leaves out: leave out one of them';
  return undefined;
}

function faultOfKept(kept: readonly string[], names: readonly string[]): string | undefined {
  const reserved = kept.find((name) => names.includes(name));
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
