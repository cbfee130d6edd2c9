import pieces from 'gpt-tokenizer/bpeRanks/cl100k_base';
import { encode } from 'gpt-tokenizer/encoding/cl100k_base';
import type { CutOff, Reading } from '../scheduling/embedding-queue.port.js';
import type { CountedText, CountLimits } from './counted-text.js';

/** Special tokens inside a text, such as <|endoftext|>, are read as plain text. */
const AS_TEXT = { allowedSpecial: new Set<string>(), disallowedSpecial: new Set<string>() };

/** The text is well-formed Unicode. */
export function countText(text: string, { maxTokens }: CountLimits, cutOff: CutOff): CountedText {
  const ids = encode(text, AS_TEXT);
  if (ids.length <= maxTokens) return { text, tokens: ids.length, inputTokens: ids.length };
  const kept =
    cutOff === 'end' ? firstBytes(text, byteLength(ids.slice(0, maxTokens))) : lastBytes(text, byteLength(ids.slice(-maxTokens)));
  return { text: kept, tokens: maxTokens, inputTokens: ids.length };
}

/** Cuts the text behind its prompt; the prompt is never cut. */
export function countPrompted(text: string, { maxTokens }: CountLimits, { cutOff, prompt }: Reading): CountedText {
  if (prompt === '') return countText(text, { maxTokens }, cutOff);
  const { tokens: promptTokens } = countText(prompt, { maxTokens }, 'end');
  const counted = countText(text, { maxTokens: Math.max(1, maxTokens - promptTokens) }, cutOff);
  return { text: prompt + counted.text, tokens: promptTokens + counted.tokens, inputTokens: promptTokens + counted.inputTokens };
}

/** Counts bytes instead of decoding, because the library's decoder keeps half a character for the next text. */
function byteLength(ids: readonly number[]): number {
  return ids.reduce((sum, id) => {
    const piece = pieces[id] ?? '';
    return sum + (typeof piece === 'string' ? Buffer.byteLength(piece) : piece.length);
  }, 0);
}

/** Leaves out a character that is only partly within the bytes. */
function firstBytes(text: string, count: number): string {
  const bytes = Buffer.from(text);
  let end = count;
  while (isInsideCharacter(bytes[end])) end--;
  return bytes.toString('utf8', 0, end);
}

function lastBytes(text: string, count: number): string {
  const bytes = Buffer.from(text);
  let start = bytes.length - count;
  while (isInsideCharacter(bytes[start])) start++;
  return bytes.toString('utf8', start);
}

/** The second to fourth byte of a character begin with the bits 10. */
function isInsideCharacter(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
