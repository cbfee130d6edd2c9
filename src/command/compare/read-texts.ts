import { checkPaths } from '../check-paths.js';
import { UsageError } from '../command-error.js';
import { planOf } from '../embed-plan.js';
import { findInputs } from '../rows/find-inputs.js';
import { InputRows } from '../rows/input-rows.js';

/** A text of a file, and its line for messages. */
export interface NumberedText {
  readonly text: string;
  readonly where: string;
}

/** The texts of a file, which `embed` would read. Throws a UsageError at a row without one, because all models must get the same. */
export async function* readTexts(path: string, column: string | undefined): AsyncGenerator<NumberedText> {
  const command = { inputs: [path], out: '-', onError: 'fail', ...(column !== undefined && { column }) } as const;
  const { inputs } = await findInputs(command.inputs);
  const plan = planOf(command, inputs);
  checkPaths({ ...command, inputs });
  const source = await InputRows.open({ ...plan, limit: undefined });
  for await (const { line, file = path, text, fault } of source.rows) {
    const where = `line ${line} of ${file}`;
    if (text === undefined) throw new UsageError(`${where} ${fault ?? 'has no text'}`);
    yield { text, where };
  }
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
