import { Tokenizer, type Normalizer } from '@huggingface/tokenizers';
import { PrecompiledMap } from './precompiled-map.js';
import type { TokenizerConfig } from './tokenizer-config.js';

/** Makes the library's tokenizer. Throws, with the name of the file, for a kind of tokenizer that the library does not have. */
export function openTokenizer(config: TokenizerConfig): Tokenizer {
  try {
    const tokenizer = new Tokenizer(config, {}); // of tokenizer_config.json, the library would follow options that transformers does not
    useMaps(tokenizer.normalizer);
    return tokenizer;
  } catch (error) {
    throw new Error(`tokenizer.json is not supported: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** The library has NFKC in place of the map that a tokenizer carries. */
function useMaps(normalizer: Normalizer | null): void {
  if (normalizer === null) return;
  normalizer.normalizers?.forEach(useMaps);
  if (normalizer.config.type !== 'Precompiled') return;
  const { precompiled_charsmap: base64 } = normalizer.config;
  const map = base64 === undefined || base64 === null || base64 === '' ? undefined : new PrecompiledMap(base64);
  normalizer.normalize = (text) => map?.normalize(text) ?? text;
}
