import { Inject, Injectable } from '@nestjs/common';
import { BYTE_CACHE, type ByteCache } from '../cache/index.js';
import type { Embedding } from './embedding-provider.port.js';
import type { ServedModel } from './served-model.js';
import type { StageTimes } from './stage-times.js';
import { embeddingKey, fromBytes } from './stored-embedding.js';

interface SoughtText {
  readonly text: string;
  /** See EmbedOptions. */
  readonly inputType?: string | undefined;
}

/** Finds embeddings in this process's memory, without waiting. */
@Injectable()
export class MemoryHits {
  constructor(@Inject(BYTE_CACHE) private readonly cache: ByteCache) {}

  /** The text is well-formed Unicode. `scope`: see EmbedOptions.cacheScope. Undefined = it is not there, or its input type is not known. */
  find(model: ServedModel, { text, inputType }: SoughtText, stages: StageTimes, scope: string): Embedding | undefined {
    const startedAt = performance.now();
    const { space, traits, defaultPrompt } = model;
    const { fingerprint, dimensions } = space;
    if (inputType !== undefined && traits.prompts.faultOf(inputType) !== undefined) return undefined;
    const prompt = inputType === undefined ? defaultPrompt : traits.prompts.of(inputType);
    const bytes = this.cache.getFromMemory(embeddingKey(fingerprint, text, { prompt, scope }));
    if (bytes === undefined) return undefined;
    stages.atLeast('cache', performance.now() - startedAt);
    return fromBytes(bytes, dimensions);
  }
}
