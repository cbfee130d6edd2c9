import { createReadStream } from 'node:fs';
import { SettingsError, type VectorCheckSettings } from '../config/index.js';
import { ServiceError } from '../errors/index.js';
import { LineError, linesOf } from '../texts/index.js';
import type { Embedding, EmbeddingProvider } from './embedding-provider.port.js';
import { StageTimes } from './stage-times.js';
import { cosineBetween } from '../vectors/index.js';

/** The vectors of a file, compared with those that a provider computes of the same texts. */
export interface VectorComparison {
  readonly vectors: number;
  readonly leastCosine: number;
  readonly meanCosine: number;
}

/** JSON lines of text, embedding and, where there is one, input_type. */
export interface VectorFile extends VectorCheckSettings {
  readonly path: string;
}

interface CheckLine {
  readonly number: number;
  readonly text: string;
  readonly inputType: string | undefined;
  readonly embedding: Float32Array;
}

/** Enough for a judgement, and the start should not take minutes. */
const MOST_LINES = 1_000;
/** Far longer than the JSON of any vector; bounds the memory for a file without line ends. */
const LONGEST_LINE = 4 * 1024 * 1024;
const TEXTS_AT_ONCE = 100;

/**
 * Computes the texts of a file (JSON lines of text, embedding and, where there is one, input_type) and compares. Rejects
 * with a SettingsError when a vector's cosine is too small, or when the file cannot be used.
 */
export async function compareVectors(provider: Pick<EmbeddingProvider, 'embed' | 'space'>, file: VectorFile): Promise<VectorComparison> {
  const lines = await readLines(file);
  const cosines: number[] = [];
  for (let from = 0; from < lines.length; from += TEXTS_AT_ONCE) {
    const some = lines.slice(from, from + TEXTS_AT_ONCE);
    cosines.push(...(await Promise.all(some.map(async (line) => await cosineOf(line, provider, file)))));
  }
  const least = Math.min(...cosines);
  const worst = lines[cosines.indexOf(least)];
  if (least < file.leastCosine) throw tooFar(file, worst?.number ?? 0, least);
  return { vectors: lines.length, leastCosine: least, meanCosine: cosines.reduce((sum, cosine) => sum + cosine, 0) / cosines.length };
}

export function comparisonInWords({ vectors, leastCosine, meanCosine }: VectorComparison): string {
  return `${vectors} vectors compared: least cosine ${leastCosine.toFixed(6)}, mean ${meanCosine.toFixed(6)}`;
}

async function cosineOf(line: CheckLine, provider: Pick<EmbeddingProvider, 'embed' | 'space'>, file: VectorFile): Promise<number> {
  const { dimensions, model } = provider.space;
  if (line.embedding.length !== dimensions)
    throw unusable(file, line.number, `has an embedding of ${line.embedding.length} numbers, and ${model} gives ${dimensions}`);
  const { vector } = await embeddingOf(line, provider, file);
  return cosineBetween(vector, line.embedding);
}

async function embeddingOf(
  { number, text, inputType }: CheckLine,
  provider: Pick<EmbeddingProvider, 'embed'>,
  file: VectorFile,
): Promise<Embedding> {
  const { signal } = new AbortController();
  try {
    const [embedding] = provider.embed([text], {
      signal,
      priority: 'background',
      cacheUse: 'skip-store',
      stages: new StageTimes(),
      inputType,
    });
    if (embedding === undefined) throw new Error('one embedding per text');
    return await embedding;
  } catch (error) {
    if (error instanceof ServiceError) throw unusable(file, number, `cannot be computed: ${error.message}`);
    throw error;
  }
}

async function readLines(file: VectorFile): Promise<readonly CheckLine[]> {
  const setting = `${file.names.path}=${file.path}`;
  const lines: CheckLine[] = [];
  try {
    let number = 0;
    for await (const line of linesOf(createReadStream(file.path) as AsyncIterable<Buffer>, LONGEST_LINE)) {
      number++;
      if (line.trim() !== '' && lines.push(parsed(line, number, file)) === MOST_LINES) break;
    }
  } catch (error) {
    if (error instanceof SettingsError) throw error;
    if (error instanceof LineError) throw unusable(file, error.line, `is ${error.fault}`);
    throw new SettingsError([`${setting} cannot be read: ${error instanceof Error ? error.message : String(error)}`]);
  }
  if (lines.length === 0) throw new SettingsError([`${setting} has no lines to compare with`]);
  return lines;
}

function parsed(line: string, number: number, file: VectorFile): CheckLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw unusable(file, number, 'is no JSON');
  }
  const { text, embedding, input_type: inputType } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const isVector = Array.isArray(embedding) && embedding.length > 0 && embedding.every((item) => typeof item === 'number');
  if (typeof text !== 'string' || text === '' || !isVector) throw unusable(file, number, 'must have a text and an embedding of numbers');
  if (inputType !== undefined && typeof inputType !== 'string') throw unusable(file, number, 'has an input_type that is no string');
  return { number, text: text.toWellFormed(), inputType, embedding: Float32Array.from(embedding) };
}

function tooFar({ path, leastCosine, names }: VectorFile, line: number, found: number): SettingsError {
  return new SettingsError([
    `${names.path}=${path}: the vector of line ${line} has the cosine ${found.toFixed(6)} to the one in the file, and ${names.leastCosine} is ${leastCosine}: ` +
      'the file is of another model, pooling, prompt or weight format',
  ]);
}

function unusable({ path, names }: VectorFile, line: number, fault: string): SettingsError {
  return new SettingsError([`${names.path}=${path}: line ${line} ${fault}`]);
}
