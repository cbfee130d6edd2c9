import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ranks from 'gpt-tokenizer/bpeRanks/cl100k_base';

/** tiktoken's name for the file that it would download: the SHA-1 of the address. It checks the SHA-256 of what is in it. */
const fileName = '9b5ad71b2ce5302211f9c61530b329a4922fc6a4';

/** A folder for TIKTOKEN_CACHE_DIR with OpenAI's vocabulary, so that nothing but packages comes from outside. */
export function tiktokenFolder() {
  const folder = fileURLToPath(new URL('../../.cache/clients/tiktoken/', import.meta.url));
  mkdirSync(folder, { recursive: true });
  const lines = ranks.map((piece, rank) => `${Buffer.from(piece).toString('base64')} ${rank}\n`);
  writeFileSync(join(folder, fileName), lines.join(''));
  return folder;
}
