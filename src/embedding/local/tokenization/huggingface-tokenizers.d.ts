/** The package's own types import each other without file names, which nodenext cannot follow; this is what we use of it. */
declare module '@huggingface/tokenizers' {
  export interface Normalizer {
    readonly config: { readonly type?: string; readonly precompiled_charsmap?: string | null };
    /** Of a sequence. */
    readonly normalizers?: readonly (Normalizer | null)[];
    normalize(text: string): string;
  }

  export class Tokenizer {
    constructor(tokenizer: object, config: object);
    readonly normalizer: Normalizer | null;
    token_to_id(token: string): number | undefined;
    encode(text: string, options?: { add_special_tokens?: boolean }): { ids: number[] };
  }
}
