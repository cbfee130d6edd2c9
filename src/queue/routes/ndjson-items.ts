import { faulty, type ServiceError } from '../../errors/index.js';
import { faultOfText, LineError, linesOf, type TextLimits } from '../../texts/index.js';
import type { UploadItem } from '../items-in-chunks.js';
import { NO_TEXT } from '../job.js';
import { readJobField, type JobFieldRules } from '../job-fields.js';
import type { JobLimits } from './job-limits.js';
import { longestJsonOf } from './longest-json.js';

const LONGEST_ID = 256;
const FIELDS = ['id', 'title', 'text', 'input_type'];

interface LineLimits extends TextLimits, JobFieldRules, Pick<JobLimits, 'maxBytesPerCaller'> {
  /** The model of the job. */
  readonly model: string;
}

/**
 * Reads an NDJSON body as its bytes arrive: `{"text": ...}` on each line, with optional `id`, `title` and `input_type`. A text that is
 * null keeps its place without a vector. The first fault ends the body.
 */
export async function* ndjsonItems(body: AsyncIterable<Buffer>, limits: LineLimits): AsyncGenerator<UploadItem> {
  let number = 0;
  try {
    for await (const line of linesOf(body, Math.min(longestJsonOf(limits), limits.maxBytesPerCaller))) {
      number++;
      if (line.trim() !== '') yield itemOf(line, number, limits);
    }
  } catch (error) {
    throw error instanceof LineError ? faultOfLine(error) : error;
  }
}

function faultOfLine({ fault, line }: LineError): ServiceError {
  return faulty(`line ${line}`, fault === 'too long' ? 'is longer than any text may be' : 'is not UTF-8');
}

function itemOf(line: string, number: number, limits: LineLimits): UploadItem {
  const item = parsed(line, number);
  const unknown = Object.keys(item).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined) throw faulty(`line ${number}`, `has a field that is not known: ${JSON.stringify(unknown)}`);
  const fault = item['text'] === null ? undefined : faultOfText(item['text'], limits);
  if (fault !== undefined) throw faulty(`line ${number}: text`, fault);
  const { id = null, text } = item;
  const inputType = readJobField(limits, 'input_type', item['input_type'], { name: `line ${number}: input_type`, model: limits.model });
  const title = titleOf(item['title'], number, limits);
  const read = {
    text: (text as string | null) ?? NO_TEXT,
    ...(title !== undefined && { title }),
    ...(inputType !== undefined && { inputType }),
  };
  if (id === null) return read;
  if (typeof id !== 'string' || id.length > LONGEST_ID)
    throw faulty(`line ${number}: id`, `must be a string of at most ${LONGEST_ID} characters`);
  return { id, ...read };
}

/** A title that is null or empty is none. */
function titleOf(title: unknown, number: number, limits: LineLimits): string | undefined {
  if (title === undefined || title === null || title === '') return undefined;
  const fault = faultOfText(title, limits);
  if (fault !== undefined) throw faulty(`line ${number}: title`, fault);
  return title as string;
}

function parsed(line: string, number: number): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw faulty(`line ${number}`, 'is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw faulty(`line ${number}`, 'must be an object with a text');
  return value as Record<string, unknown>;
}
