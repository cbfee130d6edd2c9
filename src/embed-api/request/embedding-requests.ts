import { Inject, Injectable } from '@nestjs/common';
import { EMBEDDING_SETTINGS, type EmbeddingSettings } from '../../config/index.js';
import {
  embedAll,
  Models,
  unscaledSpace,
  type Embedding,
  type EmbeddingSpace,
  type EmbedOptions,
  type ServedModel,
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
import { refuseOtherSpace } from './refuse-other-space.js';
import { VectorWriter } from './vector-writer.js';
import { withinBudget } from './within-budget.js';

/** A request that was read and found to be in order. */
export interface ReadRequest<Body extends object = object> extends EmbeddingRequest {
  readonly dialect: Dialect<Body>;
  readonly body: Body;
  /** The model that it asks for. */
  readonly served: ServedModel;
  /** The space of the vectors that it asks for. */
  readonly space: EmbeddingSpace;
}

/** An embedding, its model, and how long each stage took so far. */
interface StagedEmbedding {
  readonly served: ServedModel;
  readonly embedding: Embedding;
  readonly stages: StageTimes;
}

/** The caller, before and after its options for texts are known. */
interface RequestCaller {
  readonly requiredSpace: string | undefined;
  /** Is told which model the request is for, as soon as that is known. */
  asksFor(model: ServedModel): void;
  reading(how: Pick<EmbeddingRequest, 'truncate' | 'inputType'>): EmbedOptions;
}

/** Reads, embeds and answers requests for embeddings, whatever their dialect, whether they come over HTTP or in a file. */
@Injectable()
export class EmbeddingRequests {
  constructor(
    @Inject(EMBEDDING_SETTINGS) private readonly settings: EmbeddingSettings,
    private readonly renderer: EmbeddingRenderer,
    private readonly models: Models,
  ) {}

  /** The answer to a body that the dialect's class has found valid. Throws a ServiceError. */
  async answer<Body extends object>(dialect: Dialect<Body>, body: Body, caller: RequestCaller): Promise<EmbedAnswer> {
    const request = await this.read(dialect, body, (model) => caller.asksFor(model));
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
    { dialect, body, served, space }: ReadRequest<Body>,
    outcomes: readonly (Embedding | ServiceError)[],
    stages: StageTimes,
  ): Promise<EmbedAnswer> {
    const { name: model } = served;
    const result = resultOf(outcomes, { model, space, stages, vectors: this.vectorsOf(served, space) });
    const written = await joined(dialect.write(result, body));
    stages.atLeast('serialize', written.milliseconds);
    const { cachedTexts, tokens } = result;
    const facts = {
      texts: outcomes.length,
      cachedTexts,
      cachedIndexes: indexesOfSomeCached(outcomes),
      tokens,
      stages,
      model,
      space: space.fingerprint,
    };
    return { body: written.text, ...facts };
  }

  /** The body of the answer to a plain request whose text has this embedding. */
  writeOne<Body extends object>(dialect: Dialect<Body>, body: Body, { served, embedding, stages }: StagedEmbedding): string {
    const { name: model, space } = served;
    const result = resultOf([embedding], { model, space, stages, vectors: this.vectorsOf(served, space) });
    return [...dialect.write(result, body)].join('');
  }

  private async read<Body extends object>(
    dialect: Dialect<Body>,
    body: Body,
    found: (model: ServedModel) => void = () => undefined,
  ): Promise<ReadRequest<Body>> {
    const request = await dialect.read(body, limitsOf(dialect.bodyClass, this.settings));
    const { model, dimensions, normalize, outputTypes, texts, isPartial, inputType } = request;
    const served = this.models.find(model);
    found(served);
    const scaled = served.spaces.of(dimensions);
    const space = normalize === false ? unscaledSpace(scaled) : scaled;
    this.vectorsOf(served, space).refuseUnknown(outputTypes);
    served.traits.prompts.of(inputType); // throws for one that the model does not have
    const faults = texts.filter(isFault);
    if (faults.length > 0 && isPartial !== true) throw ServiceError.ofFaults('invalid_request', faults);
    return { ...request, dialect, body, served, space };
  }

  private vectorsOf({ traits }: ServedModel, space: EmbeddingSpace): VectorWriter {
    return new VectorWriter(this.renderer, space, traits.ranges);
  }

  private async embed(
    { served, texts, fieldOf, isPartial }: ReadRequest,
    options: EmbedOptions,
  ): Promise<readonly (Embedding | ServiceError)[]> {
    if (isPartial === true) return await embedEach(served.provider, texts, options, fieldOf);
    return await embedAll(served.provider, texts.filter(isText), options, fieldOf);
  }

  /** Refuses with 400, because the queue would refuse this number of texts at every attempt. */
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
