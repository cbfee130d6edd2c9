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
  readonly keep?: readonly string[];
  readonly delimiter?: string;
  readonly limit?: number;
  readonly inputType?: string;
  readonly truncate?: Truncate;
  readonly model?: string;
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
  readonly target: Target;
  /** Columns of the output that come from the input. */
  readonly kept: readonly string[];
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
    names: { text: command.column ?? command.field, id: command.idColumn, kept: keep },
    target,
    kept: inputs.length > 1 && !inputs.every(isOfDocuments) ? ['file', ...keep] : keep,
    isResumable: !inputs.some(({ path }) => isStandardStream(path)) && !(target.kind === 'file' && isStandardStream(target.path)),
  };
  const fault = faultOfInputs(plan, command) ?? faultOfInputOptions(plan) ?? faultOfOutputOptions(plan, command);
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

function faultOfInputOptions({ inputs, names: { text, id, kept } }: EmbedPlan): string | undefined {
  const plain = inputs.find(({ format }) => format === 'txt' || format === 'md');
  const needsNames = text !== undefined || id !== undefined || kept.length > 0;
  if (plain !== undefined && needsNames)
    return `${plain.path} is read as ${plain.format}, and has no columns: leave out --column, --field, --id-column and --keep, or give another --from`;
  const other = inputs.find(({ format, delimiter }) => delimiter !== undefined && format !== 'csv' && format !== 'tsv');
  return other === undefined ? undefined : `--delimiter is for csv and tsv, and ${other.path} is read as ${other.format}`;
}

/** Names that the output has for itself. */
const RESERVED = ['line', 'file', 'id', 'embedding', 'truncated'];

function faultOfOutputOptions(plan: EmbedPlan, { limit }: EmbedCommand): string | undefined {
  const { target, names } = plan;
  const { id, kept } = names;
  if (target.kind === 'table') return faultOfTable(plan, target, limit) ?? faultOfKept(kept);
  if (target.format === 'npy' && (id !== undefined || kept.length > 0))
    return 'an npy file has only numbers: leave out --id-column and --keep, or write jsonl or parquet';
  return faultOfKept(kept);
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

function faultOfKept(kept: readonly string[]): string | undefined {
  const reserved = kept.find((name) => RESERVED.includes(name));
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
