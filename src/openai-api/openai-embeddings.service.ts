import { Inject, Injectable } from '@nestjs/common';
import { EMBEDDING_SETTINGS, type EmbeddingSettings } from '../config/index.js';
import { CACHED_EMBEDDING_PROVIDER, embedAll, type EmbeddingProvider, type EmbeddingSpace, type EmbedOptions } from '../embedding/index.js';
import { EmbeddingRenderer, type EmbedAnswer, withinBudget } from '../embed-api/index.js';
import { ServiceError, type Fault } from '../errors/index.js';
import type { CreateEmbeddingRequest } from './create-embedding.dto.js';
import { embedEach } from './embed-each.js';
import { answerList } from './embedding-list.js';
import { inputsOf } from './embedding-input.js';
import { OutputSizes } from './output-sizes.js';
import { readTexts } from './read-texts.js';
import { ServedModels } from './served-models.js';

/** Answers the requests of OpenAI's clients, whether they come over HTTP or in a file. */
@Injectable()
export class OpenAiEmbeddingsService {
  constructor(
    @Inject(CACHED_EMBEDDING_PROVIDER) private readonly provider: EmbeddingProvider,
    @Inject(EMBEDDING_SETTINGS) private readonly settings: EmbeddingSettings,
    private readonly renderer: EmbeddingRenderer,
    private readonly models: ServedModels,
    private readonly sizes: OutputSizes,
  ) {}

  /** The space of the vectors that a request asks for. Throws when there is no such model, or not in that size. */
  spaceOf({ model, dimensions }: CreateEmbeddingRequest): EmbeddingSpace {
    this.models.check(model);
    return this.sizes.spaceOf(dimensions);
  }

  /** Throws a ServiceError; with `partial` only for what is not the fault of an input. */
  async answer(request: CreateEmbeddingRequest, options: EmbedOptions): Promise<EmbedAnswer> {
    const space = this.spaceOf(request);
    const inputs = inputsOf(request.input);
    this.refuseMoreThanFit(inputs.length);
    const texts = await readTexts(inputs, this.settings);
    const fields = inputs.map(({ field }) => field);
    return await withinBudget(options, async () => {
      const outcomes =
        request.partial === true
          ? await embedEach(this.provider, texts, options, fields)
          : await this.embedAllOrNone(texts, options, fields);
      return await answerList(outcomes, {
        space,
        format: request.encoding_format ?? 'float',
        renderer: this.renderer,
        stages: options.stages,
      });
    });
  }

  private async embedAllOrNone(
    texts: readonly (string | Fault)[],
    options: EmbedOptions,
    fields: readonly string[],
  ): ReturnType<typeof embedAll> {
    const faults = texts.filter((text) => typeof text !== 'string');
    if (faults.length > 0) throw ServiceError.ofFaults('invalid_request', faults);
    return await embedAll(
      this.provider,
      texts.filter((text) => typeof text === 'string'),
      options,
      (index) => fields[index] ?? 'input',
    );
  }

  /** They would be refused by the queue each time, however often the caller tried again. */
  private refuseMoreThanFit(inputs: number): void {
    const { maxQueuedTexts } = this.settings;
    if (inputs <= maxQueuedTexts) return;
    throw ServiceError.ofFaults('invalid_request', [
      { field: 'input', message: `must hold at most ${maxQueuedTexts} inputs (MAX_QUEUED_TEXTS), not ${inputs}` },
    ]);
  }
}
