import type { OutputType } from '../vectors/index.js';
import { UsageError } from './command-error.js';
import { formatOfOutput } from './file-formats.js';
import { OUTPUT_FORMATS, type OutputName } from './output/output-format.js';
import { tableName, type TableName } from './postgres/table-name.js';
import type { VectorType } from './postgres/vector-type.js';
import { isStandardStream } from './standard-stream.js';

/** The options of the command that say where the vectors go. */
export interface TargetOptions {
  readonly out?: string;
  /** A format, or the URL of a database. */
  readonly to?: string;
  readonly table?: string;
  readonly vectorType?: VectorType;
  /** False = --no-index. */
  readonly index?: boolean;
  readonly deleteMissing?: boolean;
  readonly outputDtype?: OutputType;
}

interface FileTarget {
  readonly kind: 'file';
  readonly path: string;
  readonly format: OutputName;
}

export interface TableTarget {
  readonly kind: 'table';
  readonly url: string;
  readonly name: TableName;
  /** Undefined = that of the table, or else the one that suits the size of the vectors. */
  readonly vectorType: VectorType | undefined;
  readonly hasIndex: boolean;
  /** Whether the rows of ids that the input does not have are deleted at the end. */
  readonly deletesMissing: boolean;
}

export type Target = FileTarget | TableTarget;

const DATABASE = /^postgres(?:ql)?:\/\//i;
const EXAMPLE = '--to postgresql://user@host/database --table docs';

/** Throws a UsageError for options that contradict each other. */
export function targetOf(options: TargetOptions): Target {
  const { to } = options;
  return to !== undefined && DATABASE.test(to) ? tableTarget({ ...options, to }) : fileTarget(options);
}

function tableTarget({
  to,
  out,
  table,
  vectorType,
  index,
  deleteMissing,
  outputDtype,
}: TargetOptions & { readonly to: string }): TableTarget {
  if (out !== undefined) throw new UsageError('--out and a database in --to are two outputs: leave out one of them');
  if (table === undefined) throw new UsageError(`the database needs the name of a table: ${EXAMPLE}`);
  if (outputDtype !== undefined && outputDtype !== 'float')
    throw new UsageError(`a table has no type for ${outputDtype}: leave out --output-dtype; --vector-type halfvec takes half the space`);
  const name = tableName(table);
  return { kind: 'table', url: to, name, vectorType, hasIndex: index !== false, deletesMissing: deleteMissing === true };
}

function fileTarget(options: TargetOptions): FileTarget {
  const { out: path, to } = options;
  const format = OUTPUT_FORMATS.find((known) => known === to);
  if (to !== undefined && format === undefined) throw new UsageError(unknownFormat(to));
  if (path === undefined) throw new UsageError(`name the output: --out FILE, or ${EXAMPLE}`);
  const option = optionOfTables(options);
  if (option !== undefined) throw new UsageError(`${option} is for a database: ${EXAMPLE}`);
  if (!isStandardStream(path)) return { kind: 'file', path, format: format ?? formatOfOutput(path) };
  if (format === undefined || format === 'jsonl') return { kind: 'file', path, format: 'jsonl' };
  throw new UsageError(`--to ${format} needs a file: standard output can only be jsonl`);
}

function optionOfTables({ table, vectorType, index, deleteMissing }: TargetOptions): string | undefined {
  if (table !== undefined) return '--table';
  if (vectorType !== undefined) return '--vector-type';
  if (index === false) return '--no-index';
  return deleteMissing === undefined ? undefined : '--delete-missing';
}

/** A URL may have a password, which no message shows. */
function unknownFormat(to: string): string {
  const [shown] = to.split('://');
  return `--to ${shown} is not known: give ${OUTPUT_FORMATS.join(', ')}, or postgresql://user@host/database`;
}
