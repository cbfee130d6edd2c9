import { Injectable } from '@nestjs/common';
import { EmbeddingRequests, type ReadRequest } from '../embed-api/index.js';
import { Models, StageTimes, textTooLong, type Embedding } from '../embedding/index.js';
import { faulty, ServiceError } from '../errors/index.js';
import { openAiErrorOf } from '../http/index.js';
import type { CreateEmbeddingRequest } from './create-embedding.dto.js';
import { openAiDialect } from './openai.dialect.js';

/** A request of a file that was read and found to be in order. */
export interface OfflineRequest {
  /** The texts to compute, in order. Inputs that are wrong, which only `partial` lets pass, are not among them. */
  readonly texts: readonly string[];
  readonly request: ReadRequest<CreateEmbeddingRequest>;
}

/** An answer as a file of answers has it. */
export interface OfflineAnswer {
  readonly status: number;
  /** JSON. */
  readonly body: string;
  readonly tokens: number;
}

/** Requests for embeddings in a file. They are read now, a job computes their texts, and they are answered later as by POST /v1/embeddings. */
@Injectable()
export class OfflineEmbeddings {
  constructor(
    private readonly requests: EmbeddingRequests,
    private readonly models: Models,
  ) {}

  /** The name of the model of requests that name none. */
  get defaultModel(): string {
    return this.models.default.name;
  }

  /** The request in a body, or why there is none. */
  async read(body: unknown): Promise<OfflineRequest | ServiceError> {
    try {
      const request = await this.requests.check(openAiDialect, body);
      if (request.normalize === false) throw faulty('normalized', 'cannot be false in a batch');
      return { texts: request.texts.filter((text) => typeof text === 'string'), request };
    } catch (error) {
      if (error instanceof ServiceError) return error;
      throw error;
    }
  }

  /** The answer to a request whose texts have come to these outcomes. */
  async answer({ request }: OfflineRequest, outcomes: readonly (Embedding | ServiceError)[]): Promise<OfflineAnswer> {
    let next = 0;
    const all = request.texts.map((text, index) => {
      if (typeof text !== 'string') return ServiceError.ofFaults('invalid_request', [text]);
      const outcome = outcomes[next++] ?? new ServiceError('inference_failed', 'The text was not computed.');
      return request.truncate === 'error' ? refuseIfCut(outcome, request.fieldOf(index)) : outcome;
    });
    const refusal = all.find((outcome) => outcome instanceof ServiceError);
    if (refusal !== undefined && request.isPartial !== true) return refused(refusal);
    const { body, tokens } = await this.requests.write(request, all, new StageTimes());
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
