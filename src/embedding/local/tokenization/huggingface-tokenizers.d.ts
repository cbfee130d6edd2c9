/** The package's own types import each other without file names, which nodenext cannot follow; this is what we use of it. */
declare module '@huggingface/tokenizers' {
  export class Tokenizer {
    constructor(tokenizer: object, config: object);
    encode(text: string, options?: { add_special_tokens?: boolean }): { ids: number[] };
  }
}
