import { checkPaths } from './check-paths.js';
import { UsageError } from './command-error.js';
import { planOf } from './embed-plan.js';
import { findInputs } from './rows/find-inputs.js';
import { InputRows } from './rows/input-rows.js';
import type { Row } from './rows/row.js';

/** A text of a file, and its line for messages. */
export interface NumberedText {
  readonly text: string;
  readonly where: string;
}

/** The texts of a file, which `embed` would read. Throws a UsageError at a row without one, because all models must get the same. */
export async function* readTexts(path: string, column: string | undefined): AsyncGenerator<NumberedText> {
  for await (const { line, file = path, text, fault } of await openRows(path, column)) {
    const where = `line ${line} of ${file}`;
    if (text === undefined) throw new UsageError(`${where} ${fault ?? 'has no text'}`);
    yield { text, where };
  }
}

/** The first texts of such a file, at most `most`. Rows without one are left out. */
export async function firstTexts(path: string, most: number): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const { text } of await openRows(path, undefined)) {
    if (text !== undefined && texts.push(text) === most) break;
  }
  return texts;
}

async function openRows(path: string, column: string | undefined): Promise<AsyncIterable<Row>> {
  const command = { inputs: [path], out: '-', onError: 'fail', ...(column !== undefined && { column }) } as const;
  const { inputs } = await findInputs(command.inputs);
  const plan = planOf(command, inputs);
  checkPaths({ ...command, inputs });
  return (await InputRows.open({ ...plan, limit: undefined })).rows;
}

/** The same texts in parts of at most `most`. */
export async function* partsOf(texts: AsyncIterable<NumberedText>, most: number): AsyncGenerator<readonly NumberedText[]> {
  let part: NumberedText[] = [];
  for await (const text of texts) {
    if (part.push(text) < most) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}
