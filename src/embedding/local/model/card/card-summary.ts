import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import { embeddingSpace, type EmbeddingSpace } from '../../../embedding-space.js';
import type { ModelTraits } from '../../../model-traits.js';
import { Prompts } from '../../../prompts.js';
import type { HeadStep, ModelCard } from './model-card.js';

/** The space of a model's vectors: another one as soon as anything on its card is another. */
export function spaceOfCard(card: ModelCard): EmbeddingSpace {
  const { name, dtype, maxTokens, dimensions, prompts, defaultPrompt } = card;
  return embeddingSpace({
    provider: 'local',
    model: name,
    revision: digest(card),
    dtype,
    pooling: poolingInWords(card),
    normalization: 'l2',
    prompt: Object.keys(prompts).length === 0 ? '' : JSON.stringify([prompts, defaultPrompt ?? null]),
    maxTokens,
    dimensions,
  });
}

export function traitsOfCard(card: ModelCard): ModelTraits {
  const { prompts, defaultPrompt, sizes, ranges } = card;
  return { pooling: poolingInWords(card), prompts: new Prompts(prompts, defaultPrompt), sizes, ranges };
}

/** Lines for a person: the model and where each of its traits comes from. */
export function cardLines(card: ModelCard): readonly (readonly [title: string, text: string])[] {
  const { name, revision, dtype, dimensions, maxTokens, files, notes, prompts, defaultPrompt, sizes, similarity } = card;
  const from = (what: (typeof notes)[number]['what']): string => {
    const note = notes.find((each) => each.what === what);
    return note === undefined ? '' : ` (from ${note.from})`;
  };
  const texts = Object.entries(prompts).map(([prompt, text]) => `${prompt} ${JSON.stringify(text)}`);
  return [
    ['Model', revision === undefined ? name : `${name} at ${revision}`],
    ['Weights', `${dtype}, ${relative(card.folder, card.graph.file)}`],
    ['Files', files.map((file) => file.name).join(', ')],
    ['Pooling', `${poolingInWords(card)}${from('pooling')}`],
    ['Dimensions', `${dimensions}${smallerInWords(sizes.smaller)}${from('sizes')}`],
    ['Ranges', card.ranges === undefined ? 'not measured, so no int8 or uint8 vectors' : 'measured, for int8 and uint8 vectors'],
    ['Max tokens', `${maxTokens}${from('max tokens')}`],
    ['Prompts', texts.length === 0 ? 'none' : `${texts.join(', ')}; without an input type ${defaultPrompt ?? 'none'}${from('prompts')}`],
    [
      'Similarity',
      `${similarity ?? 'not said'}; the model ${card.normalizes ? 'scales' : 'does not scale'} its vectors to length one, this service does`,
    ],
    ['Space', spaceOfCard(card).fingerprint],
  ];
}

export function poolingInWords({ head, graph }: ModelCard): string {
  return graph.gives === 'sentence' ? `by the graph (${graph.output})` : head.map(stepInWords).join(', ');
}

function stepInWords(step: HeadStep): string {
  switch (step.type) {
    case 'pooling':
      return `${step.modes.join(' + ')}${step.includePrompt ? '' : ' without the prompt'}`;
    case 'dense':
      return `dense ${step.inputs} to ${step.outputs} (${step.activation}${step.residual === 'none' ? '' : ', residual'})`;
    case 'layer-norm':
      return 'layer norm';
    case 'normalize':
      return 'normalize';
    case 'cut':
      return `cut to ${step.size}`;
  }
}

function smallerInWords(smaller: ModelCard['sizes']['smaller']): string {
  if ('least' in smaller) return `, or any from ${smaller.least} on`;
  return smaller.length === 0 ? '' : `, or ${smaller.join(', ')}`;
}

/** The files with weights are hashed, and the size of a pooling's tokens is the graph's. */
function decisivePart(step: HeadStep): object {
  if (step.type === 'pooling') return { ...step, size: undefined };
  return 'weights' in step ? { ...step, weights: '' } : step;
}

/** Over what decides vectors; not over places on this disk. */
function digest(card: ModelCard): string {
  const { revision, graph, head, padding, lowerCase, prompts, defaultPrompt, maxTokens, files } = card;
  const steps = head.map(decisivePart);
  const decisive = { revision, output: graph.output, steps, padding, lowerCase, prompts, defaultPrompt, maxTokens, files };
  return createHash('sha256').update(JSON.stringify(decisive)).digest('hex');
}
