import { UsageError } from '../command-error.js';
import { isStandardStream } from '../standard-stream.js';
import { isOfDocuments, nameOfInput, type InputFile } from './input-file.js';
import { openRows } from './open-rows.js';
import type { Row, RowNames, RowSource } from './row.js';

/** Rows that are read before the model is opened. */
const FIRST_ROWS = 256;

interface InputRowsOptions {
  /** At least one. Standard input stands alone. */
  readonly inputs: readonly InputFile[];
  readonly names: RowNames;
  /** The most rows of all inputs together; undefined = all. */
  readonly limit: number | undefined;
}

/** The rows of all inputs, one input after the other. */
export class InputRows implements RowSource {
  private current: RowSource | undefined;
  private inputsDone = 0;
  private rowsRead = 0;
  private empty = 0;

  private constructor(
    private readonly options: InputRowsOptions,
    /** Standard input cannot be read twice. */
    private readonly begun: RowSource | undefined,
  ) {}

  /**
   * Reads the first rows of each input, and rejects with a UsageError if they show that the input cannot be read as asked. A
   * document is a single row, which is not worth reading twice.
   */
  static async open(options: InputRowsOptions): Promise<InputRows> {
    let begun: RowSource | undefined;
    for (const input of options.inputs.filter((any) => !isOfDocuments(any))) {
      const source = openRows(input, options.names);
      const rows = source.rows[Symbol.asyncIterator]();
      const first = await firstOf(rows);
      if (isStandardStream(input.path)) begun = { rows: startedWith(first, rows), progress: () => source.progress() };
      else await rows.return?.();
      checkFirst(first, nameOfInput(input));
    }
    return new InputRows(options, begun);
  }

  get rows(): AsyncIterable<Row> {
    return this.read();
  }

  progress(): number | undefined {
    const { inputs, limit } = this.options;
    const ofInput = this.current === undefined ? 0 : this.current.progress();
    const ofInputs = ofInput === undefined ? undefined : (this.inputsDone + ofInput) / inputs.length;
    return limit === undefined ? ofInputs : Math.max(ofInputs ?? 0, Math.min(1, this.rowsRead / limit));
  }

  emptyFiles(): number {
    return this.empty + (this.current?.emptyFiles?.() ?? 0);
  }

  private async *read(): AsyncGenerator<Row> {
    const { inputs, names, limit = Infinity } = this.options;
    for (const input of inputs) {
      this.current = this.begun ?? openRows(input, names);
      for await (const row of this.current.rows) {
        if (this.rowsRead === limit) return;
        this.rowsRead++;
        yield inputs.length === 1 || isOfDocuments(input) ? row : { ...row, file: input.path };
      }
      this.inputsDone++;
      this.empty = this.emptyFiles();
      this.current = undefined;
    }
  }
}

async function firstOf(rows: AsyncIterator<Row>): Promise<readonly Row[]> {
  const first: Row[] = [];
  while (first.length < FIRST_ROWS) {
    const next = await rows.next();
    if (next.done === true) break;
    first.push(next.value);
  }
  return first;
}

function checkFirst(first: readonly Row[], name: string): void {
  const [row] = first;
  if (row === undefined) throw new UsageError(`${name} has no rows`);
  if (first.some(({ fault }) => fault === undefined)) return;
  const which = first.length < FIRST_ROWS ? 'no row' : `none of the first ${FIRST_ROWS} rows`;
  throw new UsageError(`${which} of ${name} can be embedded: line ${row.line} ${row.fault}`);
}

async function* startedWith(first: readonly Row[], rest: AsyncIterator<Row>): AsyncGenerator<Row> {
  yield* first;
  yield* { [Symbol.asyncIterator]: () => rest };
}
