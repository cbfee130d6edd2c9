import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { EmbedCommand, EmbedPlan } from './embed-plan.js';
import type { TextEmbedder } from './embedder/text-embedder.port.js';
import type { RunKey } from './output/partial-output.js';
import type { FolderFile } from './rows/folder-files.js';
import type { InputFile } from './rows/input-file.js';
import { isStandardStream } from './standard-stream.js';

/** The facts that decide the rows of an output; a run resumes another one only if all of them are the same. */
export function runKey(
  command: EmbedCommand,
  { inputs, target }: EmbedPlan,
  { model, space }: Pick<TextEmbedder, 'model' | 'space'>,
): RunKey {
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
    'the format of the output': target.kind === 'file' ? target.format : target.kind,
    ...Object.fromEntries(inputs.flatMap(stateOf)),
    ...Object.fromEntries(given),
    'the model': `${model} (space ${space})`,
  };
}

function stateOf({ path, files }: InputFile): readonly (readonly [string, string | number])[] {
  if (isStandardStream(path)) return [];
  if (files !== undefined) return [[`the files of ${path}`, stateOfFiles(files)]];
  const { size, mtime } = statSync(path);
  return [
    [`the size of ${path}`, size],
    [`the last change of ${path}`, mtime.toISOString()],
  ];
}

/** Their number, and a digest of their names, sizes and last changes. */
function stateOfFiles(files: readonly FolderFile[]): string {
  const digest = createHash('sha256');
  for (const { path } of files) {
    const { size, mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { size: 0, mtimeMs: 0 };
    digest.update(JSON.stringify([path, size, mtimeMs]));
  }
  return `${files.length} (${digest.digest('hex').slice(0, 12)})`;
}
