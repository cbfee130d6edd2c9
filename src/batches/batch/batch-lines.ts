import type { OfflineEmbeddings, OfflineRequest } from '../../openai-api/index.js';
import { ServiceError } from '../../errors/index.js';
import { LineError, linesOf } from '../../texts/index.js';
import type { BatchFault } from './batch-record.js';

/** Far above the size of any request: 300,000 tokens, OpenAI's limit for a request, are some 2 MB, and no file has more than 200. */
const LONGEST_LINE = 32 * 1024 * 1024;
const ENDPOINT = '/v1/embeddings';
const LONGEST_CUSTOM_ID = 512;

/** A line of the input file with a custom_id; its body may be refused. */
export interface BatchLine {
  readonly number: number;
  readonly customId: string;
  readonly request: OfflineRequest | ServiceError;
}

/** The requests of a batch's input file, or the fault of a line, which makes the whole batch fail. */
export async function* batchLines(content: AsyncIterable<Buffer>, embeddings: OfflineEmbeddings): AsyncGenerator<BatchLine | BatchFault> {
  try {
    yield* requestsOf(linesOf(content, LONGEST_LINE), embeddings);
  } catch (error) {
    if (!(error instanceof LineError)) throw error;
    yield faultOfLine(error);
  }
}

async function* requestsOf(lines: AsyncIterable<string>, embeddings: OfflineEmbeddings): AsyncGenerator<BatchLine | BatchFault> {
  const known = new Set<string>();
  let number = 0;
  for await (const text of lines) {
    number++;
    if (text.trim() === '') continue;
    const envelope = envelopeOf(text, number);
    if ('code' in envelope) {
      yield envelope;
    } else if (known.has(envelope.customId)) {
      yield fault('duplicate_custom_id', `The custom_id ${JSON.stringify(envelope.customId)} was used before.`, number, 'custom_id');
    } else {
      known.add(envelope.customId);
      yield { number, customId: envelope.customId, request: await embeddings.read(envelope.body) };
    }
  }
}

function faultOfLine({ fault: what, line }: LineError): BatchFault {
  const message = what === 'too long' ? `This line is longer than ${LONGEST_LINE} characters.` : 'This line is not UTF-8.';
  return fault('invalid_json_line', message, line, null);
}

function envelopeOf(text: string, line: number): { readonly customId: string; readonly body: unknown } | BatchFault {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fault('invalid_json_line', 'This line is not parseable as valid JSON.', line, null);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return fault('invalid_json_line', 'This line is not a JSON object.', line, null);
  const { custom_id: customId, method, url, body } = value as Record<string, unknown>;
  if (typeof customId !== 'string' || customId === '' || customId.length > LONGEST_CUSTOM_ID)
    return fault('missing_required_parameter', `custom_id must be a string of 1 to ${LONGEST_CUSTOM_ID} characters.`, line, 'custom_id');
  if (method !== 'POST') return fault('invalid_method', 'method must be POST.', line, 'method');
  if (url !== ENDPOINT) return fault('invalid_url', `url must be ${ENDPOINT}, as the batch's endpoint.`, line, 'url');
  if (typeof body !== 'object' || body === null) return fault('missing_required_parameter', 'body must be an object.', line, 'body');
  return { customId, body };
}

function fault(code: string, message: string, line: number, param: string | null): BatchFault {
  return { code, message, line, param };
}
