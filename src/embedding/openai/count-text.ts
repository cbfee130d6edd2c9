import pieces from 'gpt-tokenizer/bpeRanks/cl100k_base';
import { encode } from 'gpt-tokenizer/encoding/cl100k_base';
import type { Ruler } from '../../chunks/index.js';
import type { CutOff, Reading } from '../scheduling/embedding-queue.port.js';
import { tokenWindows } from '../scheduling/token-windows.js';
import type { CountedText, CountLimits } from './counted-text.js';

/** Special tokens inside a text, such as <|endoftext|>, are read as plain text. */
const AS_TEXT = { allowedSpecial: new Set<string>(), disallowedSpecial: new Set<string>() };

/** A window that begins or ends inside a character may have a few tokens more when it is counted by itself. */
const SPARE_TOKENS = 4;

/** The text in one piece, or in windows if that is asked for, with the prompt before each; the prompt is never cut. */
export function readText(text: string, { maxTokens }: CountLimits, { fit, prompt }: Reading): readonly CountedText[] {
  const promptTokens = prompt === '' ? 0 : countText(prompt, { maxTokens }, 'end').tokens;
  const room = { maxTokens: Math.max(1, maxTokens - promptTokens) };
  const parts = fit === 'windows' ? windowsOf(text, room) : [countText(text, room, fit)];
  return parts.map((part) => ({
    ...part,
    text: prompt + part.text,
    tokens: promptTokens + part.tokens,
    inputTokens: promptTokens + part.inputTokens,
  }));
}

/** Counts texts with this prompt before them, as they are counted when they are read. */
export function rulerOf(prompt: string): Ruler {
  const promptTokens = encode(prompt, AS_TEXT).length;
  return { count: (text) => promptTokens + encode(text, AS_TEXT).length, estimate: (word) => encode(word, AS_TEXT).length };
}

/** The text is well-formed Unicode. */
export function countText(text: string, { maxTokens }: CountLimits, cutOff: CutOff): CountedText {
  const ids = encode(text, AS_TEXT);
  if (ids.length <= maxTokens) return counted(text, ids.length);
  const kept =
    cutOff === 'end' ? firstBytes(text, byteLength(ids.slice(0, maxTokens))) : lastBytes(text, byteLength(ids.slice(-maxTokens)));
  return { ...counted(kept, maxTokens), inputTokens: ids.length };
}

/** A window that would begin or end inside a character begins or ends before it. */
function windowsOf(text: string, { maxTokens }: CountLimits): readonly CountedText[] {
  const ids = encode(text, AS_TEXT);
  if (ids.length <= maxTokens) return [counted(text, ids.length)];
  const bytes = Buffer.from(text);
  const ends = byteEnds(ids);
  const offsetOf = (token: number): number => characterStart(bytes, ends[token - 1] ?? 0);
  return tokenWindows(ids.length, Math.max(1, maxTokens - SPARE_TOKENS))
    .map(({ start, end }) => counted(bytes.toString('utf8', offsetOf(start), offsetOf(end)), end - start))
    .filter((window) => window.text !== '');
}

function counted(text: string, tokens: number): CountedText {
  return { text, tokens, inputTokens: tokens, ownTokens: tokens };
}

/** Counts bytes instead of decoding, because the library's decoder keeps half a character for the next text. */
function byteLength(ids: readonly number[]): number {
  return byteEnds(ids).at(-1) ?? 0;
}

/** The byte behind each token. */
function byteEnds(ids: readonly number[]): readonly number[] {
  let end = 0;
  return ids.map((id) => {
    const piece = pieces[id] ?? '';
    return (end += typeof piece === 'string' ? Buffer.byteLength(piece) : piece.length);
  });
}

/** Leaves out a character that is only partly within the bytes. */
function firstBytes(text: string, count: number): string {
  const bytes = Buffer.from(text);
  return bytes.toString('utf8', 0, characterStart(bytes, count));
}

/** The start of the character that this byte is part of. */
function characterStart(bytes: Buffer, at: number): number {
  let start = at;
  while (isInsideCharacter(bytes[start])) start--;
  return start;
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
