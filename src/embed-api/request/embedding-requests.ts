import { Inject, Injectable } from '@nestjs/common';
import { EMBEDDING_SETTINGS, type EmbeddingSettings } from '../../config/index.js';
import {
  CACHED_EMBEDDING_PROVIDER,
  embedAll,
  unscaledSpace,
  type Embedding,
  type EmbeddingProvider,
  type EmbeddingSpace,
  type EmbedOptions,
  type StageTimes,
} from '../../embedding/index.js';
import { faulty, ServiceError, type Fault } from '../../errors/index.js';
import { limitsOf, validBody } from '../../http/index.js';
import { EventLoopTurn } from '../../process/index.js';
import type { Dialect, EmbeddingRequest } from './dialect.port.js';
import type { EmbedAnswer } from './embed-answer.js';
import { embedEach } from './embed-each.js';
import { EmbeddingRenderer } from './embedding-renderer.js';
import { indexesOfSomeCached, resultOf } from './embedding-result.js';
import { OutputSizes } from './output-sizes.js';
import { refuseOtherSpace } from './refuse-other-space.js';
import { ServedModels } from './served-models.js';
import { VectorWriter } from './vector-writer.js';
import { withinBudget } from './within-budget.js';

/** A request that was read and found to be in order. */
export interface ReadRequest<Body extends object = object> extends EmbeddingRequest {
  readonly dialect: Dialect<Body>;
  readonly body: Body;
  /** The space of the vectors that it asks for. */
  readonly space: EmbeddingSpace;
}

/** An embedding, and how long each stage took so far. */
interface StagedEmbedding {
  readonly embedding: Embedding;
  readonly stages: StageTimes;
}

/** The caller, before and after its options for texts are known. */
interface RequestCaller {
  readonly requiredSpace: string | undefined;
  reading(how: Pick<EmbeddingRequest, 'truncate' | 'inputType'>): EmbedOptions;
}

/** Reads, embeds and answers requests for embeddings, whatever their dialect, whether they come over HTTP or in a file. */
@Injectable()
export class EmbeddingRequests {
  constructor(
    @Inject(CACHED_EMBEDDING_PROVIDER) private readonly provider: EmbeddingProvider,
    @Inject(EMBEDDING_SETTINGS) private readonly settings: EmbeddingSettings,
    private readonly renderer: EmbeddingRenderer,
    private readonly models: ServedModels,
    private readonly sizes: OutputSizes,
  ) {}

  /** The answer to a body that the dialect's class has found valid. Throws a ServiceError. */
  async answer<Body extends object>(dialect: Dialect<Body>, body: Body, caller: RequestCaller): Promise<EmbedAnswer> {
    const request = await this.read(dialect, body);
    refuseOtherSpace(caller.requiredSpace, request.space.fingerprint);
    this.refuseMoreThanFit(request);
    const options = caller.reading(request);
    return await withinBudget(options, async () => await this.write(request, await this.embed(request, options), options.stages));
  }

  /** As `answer`, for a body that was not validated. */
  async answerUnchecked<Body extends object>(dialect: Dialect<Body>, body: unknown, caller: RequestCaller): Promise<EmbedAnswer> {
    return await this.answer(dialect, validBody(dialect.bodyClass, body, this.settings), caller);
  }

  /** Validates a body and reads it. Throws a ServiceError. */
  async check<Body extends object>(dialect: Dialect<Body>, body: unknown): Promise<ReadRequest<Body>> {
    return await this.read(dialect, validBody(dialect.bodyClass, body, this.settings));
  }

  /** The answer to a request, with one outcome for each of its texts. */
  async write<Body extends object>(
    { dialect, body, space }: ReadRequest<Body>,
    outcomes: readonly (Embedding | ServiceError)[],
    stages: StageTimes,
  ): Promise<EmbedAnswer> {
    const result = resultOf(outcomes, { space, stages, vectors: this.vectorsOf(space) });
    const written = await joined(dialect.write(result, body));
    stages.atLeast('serialize', written.milliseconds);
    const { cachedTexts, tokens } = result;
    const facts = {
      texts: outcomes.length,
      cachedTexts,
      cachedIndexes: indexesOfSomeCached(outcomes),
      tokens,
      stages,
      model: space.model,
      space: space.fingerprint,
    };
    return { body: written.text, ...facts };
  }

  /** The body of the answer to a plain request whose text has this embedding. */
  writeOne<Body extends object>(dialect: Dialect<Body>, body: Body, { embedding, stages }: StagedEmbedding): string {
    const { space } = this.provider;
    const result = resultOf([embedding], { space, stages, vectors: this.vectorsOf(space) });
    return [...dialect.write(result, body)].join('');
  }

  private async read<Body extends object>(dialect: Dialect<Body>, body: Body): Promise<ReadRequest<Body>> {
    const request = await dialect.read(body, limitsOf(dialect.bodyClass, this.settings));
    const { model, dimensions, normalize, outputTypes, texts, isPartial, inputType } = request;
    if (model !== undefined && model !== null) this.models.check(model);
    const scaled = this.sizes.spaceOf(dimensions);
    const space = normalize === false ? unscaledSpace(scaled) : scaled;
    this.vectorsOf(space).refuseUnknown(outputTypes);
    this.provider.traits.prompts.of(inputType); // throws for one that the model does not have
    const faults = texts.filter(isFault);
    if (faults.length > 0 && isPartial !== true) throw ServiceError.ofFaults('invalid_request', faults);
    return { ...request, dialect, body, space };
  }

  private vectorsOf(space: EmbeddingSpace): VectorWriter {
    return new VectorWriter(this.renderer, space, this.provider.traits.ranges);
  }

  private async embed(
    { texts, fieldOf, isPartial }: EmbeddingRequest,
    options: EmbedOptions,
  ): Promise<readonly (Embedding | ServiceError)[]> {
    if (isPartial === true) return await embedEach(this.provider, texts, options, fieldOf);
    return await embedAll(this.provider, texts.filter(isText), options, fieldOf);
  }

  /** Refuses with 400, because the queue would refuse so many texts at every attempt. */
  private refuseMoreThanFit({ texts, fieldOf }: EmbeddingRequest): void {
    const { maxQueuedTexts } = this.settings;
    if (texts.length <= maxQueuedTexts) return;
    const [field = ''] = fieldOf(0).split('[');
    throw faulty(field, `must hold at most ${maxQueuedTexts} texts (MAX_QUEUED_TEXTS), not ${texts.length}`);
  }
}

/** Lets other requests run between the pieces, because 2,048 vectors take long to write. */
async function joined(pieces: Iterable<string>): Promise<{ readonly text: string; readonly milliseconds: number }> {
  const turn = new EventLoopTurn();
  const written: string[] = [];
  let milliseconds = 0;
  let startedAt = performance.now();
  for (const piece of pieces) {
    written.push(piece);
    if (!turn.isOver) continue;
    milliseconds += performance.now() - startedAt;
    await turn.next();
    startedAt = performance.now();
  }
  return { text: written.join(''), milliseconds: milliseconds + performance.now() - startedAt };
}

function isText(text: string | Fault): text is string {
  return typeof text === 'string';
}

function isFault(text: string | Fault): text is Fault {
  return typeof text !== 'string';
}
