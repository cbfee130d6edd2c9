import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { EmbedCommand, EmbedPlan } from './embed-plan.js';
import type { TextEmbedder } from './embedder/text-embedder.port.js';
import type { RunKey } from './output/partial-output.js';
import { isStandardStream } from './standard-stream.js';

/** What decides the rows of an output; a run resumes another one only if all of it is the same. */
export function runKey(command: EmbedCommand, { inputs, to }: EmbedPlan, { model, space }: Pick<TextEmbedder, 'model' | 'space'>): RunKey {
  const options = {
    '--column': command.column,
    '--field': command.field,
    '--id-column': command.idColumn,
    '--title-column': command.titleColumn,
    '--keep': command.keep?.join(','),
    '--delimiter': command.delimiter,
    '--limit': command.limit,
    '--input-type': command.inputType,
    '--output-dtype': command.outputDtype ?? 'float',
    '--truncate': command.truncate ?? 'end',
    '--chunk-tokens': command.chunkTokens,
    '--chunk-overlap': command.chunkTokens === undefined ? undefined : (command.chunkOverlap ?? 0),
    // Another version may find other ends of words and sentences.
    'the version of ICU in Node.js': command.chunkTokens === undefined ? undefined : process.versions['icu'],
  };
  const given = Object.entries(options).filter((entry): entry is [string, string | number] => entry[1] !== undefined);
  return {
    'the input': inputs.map(({ path }) => (isStandardStream(path) ? path : resolve(path))).join(', '),
    'the format of the input': inputs.map(({ format }) => format).join(', '),
    'the format of the output': to,
    ...Object.fromEntries(inputs.flatMap(({ path }) => stateOf(path))),
    ...Object.fromEntries(given),
    'the model': `${model} (space ${space})`,
  };
}

function stateOf(path: string): readonly (readonly [string, string | number])[] {
  if (isStandardStream(path)) return [];
  const { size, mtime } = statSync(path);
  return [
    [`the size of ${path}`, size],
    [`the last change of ${path}`, mtime.toISOString()],
  ];
}
