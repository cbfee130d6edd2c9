import type { EmbedAnswer, EmbeddingRenderer } from '../embed-api/index.js';
import type { Embedding, EmbeddingSpace, StageTimes } from '../embedding/index.js';
import { ServiceError } from '../errors/index.js';
import { openAiErrorOf } from '../http/index.js';
import type { EncodingFormat } from './create-embedding.dto.js';
import { cutTo } from './output-sizes.js';
import { EventLoopTurn } from '../process/index.js';

interface ListRendering {
  /** What was asked for: the vectors are cut to its dimensions. */
  readonly space: EmbeddingSpace;
  readonly format: EncodingFormat;
  readonly renderer: EmbeddingRenderer;
  readonly stages: StageTimes;
}

/** The CreateEmbeddingResponse of some inputs. Written by hand: vectors are kept as text, and 2,048 of them take long. */
export async function answerList(outcomes: readonly (Embedding | ServiceError)[], rendering: ListRendering): Promise<EmbedAnswer> {
  const { space, stages } = rendering;
  const turn = new EventLoopTurn();
  const items: string[] = [];
  let [cachedTexts, tokens, milliseconds] = [0, 0, 0];
  for (const [index, outcome] of outcomes.entries()) {
    const startedAt = performance.now();
    if (outcome instanceof ServiceError) {
      items.push(errorItem(index, outcome, rendering));
    } else {
      items.push(embeddingItem(index, outcome, rendering));
      tokens += outcome.tokens;
      if (outcome.cached) cachedTexts++;
    }
    milliseconds += performance.now() - startedAt;
    if (turn.isOver) await turn.next();
  }
  stages.atLeast('serialize', milliseconds);
  return { body: listOf(items.join(','), tokens, space), texts: outcomes.length, cachedTexts, tokens, stages, space: space.fingerprint };
}

/** The CreateEmbeddingResponse of one input. */
export function writeListOfOne(embedding: Embedding, rendering: ListRendering): string {
  return listOf(embeddingItem(0, embedding, rendering), embedding.tokens, rendering.space);
}

function listOf(items: string, tokens: number, { model }: EmbeddingSpace): string {
  return `{"object":"list","data":[${items}],"model":${JSON.stringify(model)},"usage":{"prompt_tokens":${tokens},"total_tokens":${tokens}}}`;
}

function embeddingItem(index: number, embedding: Embedding, { space, format, renderer }: ListRendering): string {
  const isCut = embedding.vector.length > space.dimensions;
  const written = isCut ? { ...cutTo(space.dimensions, embedding), cached: false } : embedding; // or the renderer would keep it
  const vector = format === 'base64' ? `"${renderer.toBase64(written)}"` : renderer.toJson(written);
  const truncated = embedding.inputTokens > embedding.tokens ? ',"truncated":true' : '';
  return `{"object":"embedding","index":${index},"embedding":${vector}${truncated}}`;
}

/** With an empty vector, since clients decode the vectors of all items. */
function errorItem(index: number, error: ServiceError, { format }: ListRendering): string {
  const vector = format === 'base64' ? '""' : '[]';
  return `{"object":"error","index":${index},"embedding":${vector},"error":${JSON.stringify(openAiErrorOf(error).answer.error)}}`;
}
