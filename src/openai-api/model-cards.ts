import { outputTypesOf, type ServedModel } from '../embedding/index.js';
import { float32Json } from '../vectors/index.js';
import type { ModelObject } from './model.dto.js';

/** Describes models to callers. */
export class ModelCards {
  private readonly startedAt = Math.floor(Date.now() / 1000);
  private readonly ranges = new WeakMap<ServedModel, ModelObject['ranges']>();

  /** @param id The name by which the model is asked for. */
  of(model: ServedModel, id: string): ModelObject {
    const { dimensions, maxTokens, fingerprint: space, provider } = model.space;
    const { pooling, prompts, sizes, ranges } = model.traits;
    return {
      id,
      object: 'model',
      created: this.startedAt,
      owned_by: provider,
      provider,
      root: model.name,
      state: model.provider.state(),
      dimensions,
      sizes: 'least' in sizes.smaller ? { least: sizes.smaller.least, most: dimensions } : [dimensions, ...sizes.smaller],
      output_dtypes: outputTypesOf(ranges),
      ranges: this.rangesOf(model),
      max_tokens: maxTokens,
      pooling,
      prompts: prompts.texts,
      default_prompt: prompts.defaultName ?? null,
      space,
    };
  }

  /** Written once for each model, because that takes long. */
  private rangesOf(model: ServedModel): ModelObject['ranges'] {
    const known = this.ranges.get(model);
    if (known !== undefined) return known;
    const { ranges } = model.traits;
    const written = ranges === undefined ? null : { least: numbersIn(ranges.least), greatest: numbersIn(ranges.greatest) };
    this.ranges.set(model, written);
    return written;
  }
}

/** With the digits that a float32 needs. */
function numbersIn(vector: Float32Array): readonly number[] {
  return JSON.parse(float32Json(vector)) as readonly number[];
}
