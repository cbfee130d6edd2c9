import { Inject, Injectable } from '@nestjs/common';
import { EMBEDDING_SETTINGS, type EmbeddingSettings } from '../config/index.js';
import {
  CACHED_EMBEDDING_PROVIDER,
  StageTimes,
  textTooLong,
  type Embedding,
  type EmbeddingProvider,
  type EmbeddingSpace,
} from '../embedding/index.js';
import { EmbeddingRenderer } from '../embed-api/index.js';
import { ServiceError, type Fault } from '../errors/index.js';
import { BodyPipe, openAiErrorOf } from '../http/index.js';
import { CreateEmbeddingRequest } from './create-embedding.dto.js';
import { inputsOf } from './embedding-input.js';
import { answerList } from './embedding-list.js';
import { OutputSizes } from './output-sizes.js';
import { readTexts } from './read-texts.js';
import { ServedModels } from './served-models.js';

/** A request for embeddings that was found sound. */
export interface OfflineRequest {
  /** What is to be computed, in order; inputs that are wrong, which only `partial` lets pass, are not among them. */
  readonly texts: readonly string[];
  readonly inputs: readonly (string | Fault)[];
  readonly request: CreateEmbeddingRequest;
  readonly space: EmbeddingSpace;
}

/** As a file of answers has it. */
export interface OfflineAnswer {
  readonly status: number;
  /** JSON. */
  readonly body: string;
  readonly tokens: number;
}

/** Requests for embeddings that come in a file: read now, computed by somebody else, and answered later, as POST /v1/embeddings does. */
@Injectable()
export class OfflineEmbeddings {
  private readonly bodies: BodyPipe;

  constructor(
    @Inject(CACHED_EMBEDDING_PROVIDER) private readonly provider: EmbeddingProvider,
    @Inject(EMBEDDING_SETTINGS) private readonly settings: EmbeddingSettings,
    private readonly renderer: EmbeddingRenderer,
    private readonly models: ServedModels,
    private readonly sizes: OutputSizes,
  ) {
    this.bodies = new BodyPipe(settings);
  }

  get model(): string {
    return this.provider.space.model;
  }

  /** The request in a body, or why there is none. */
  async read(body: unknown): Promise<OfflineRequest | ServiceError> {
    try {
      const request = this.bodies.transform(body, { type: 'body', metatype: CreateEmbeddingRequest }) as CreateEmbeddingRequest;
      this.models.check(request.model);
      const space = this.sizes.spaceOf(request.dimensions);
      if (request.truncate === 'start')
        throw ServiceError.ofFaults('invalid_request', [{ field: 'truncate', message: 'cannot be start in a batch' }]);
      const inputs = await readTexts(inputsOf(request.input), this.settings);
      const faults = inputs.filter((input) => typeof input !== 'string');
      if (faults.length > 0 && request.partial !== true) throw ServiceError.ofFaults('invalid_request', faults);
      return { texts: inputs.filter((input) => typeof input === 'string'), inputs, request, space };
    } catch (error) {
      if (error instanceof ServiceError) return error;
      throw error;
    }
  }

  /** The answer to a request of which each text has come to this. */
  async answer({ inputs, request, space }: OfflineRequest, outcomes: readonly (Embedding | ServiceError)[]): Promise<OfflineAnswer> {
    let next = 0;
    const fields = inputsOf(request.input).map(({ field }) => field);
    const all = inputs.map((input, index) => {
      if (typeof input !== 'string') return ServiceError.ofFaults('invalid_request', [input]);
      const outcome = outcomes[next++] ?? new ServiceError('inference_failed', 'The text was not computed.');
      return request.truncate === 'error' ? refuseIfCut(outcome, fields[index] ?? 'input') : outcome;
    });
    const refusal = all.find((outcome) => outcome instanceof ServiceError);
    if (refusal !== undefined && request.partial !== true) return refused(refusal);
    const rendering = { space, format: request.encoding_format ?? 'float', renderer: this.renderer, stages: new StageTimes() };
    const { body } = await answerList(all, rendering);
    const tokens = all.reduce((sum, outcome) => sum + (outcome instanceof ServiceError ? 0 : outcome.tokens), 0);
    return { status: 200, body, tokens };
  }
}

export function refused(error: ServiceError): OfflineAnswer {
  const { status, answer } = openAiErrorOf(error);
  return { status, body: JSON.stringify(answer), tokens: 0 };
}

function refuseIfCut(outcome: Embedding | ServiceError, field: string): Embedding | ServiceError {
  if (outcome instanceof ServiceError || outcome.inputTokens <= outcome.tokens) return outcome;
  const { code, message } = textTooLong(outcome.inputTokens, outcome.tokens);
  return ServiceError.ofFaults(code, [{ field, message }]);
}
