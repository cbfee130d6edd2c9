import { InferenceSession } from 'onnxruntime-node';
import type { ModelCard } from '../model/card/model-card.js';
import { batchOf, feedsOf } from './model-inputs.js';

/** A graph that takes the inputs of a model, and gives float32 values of any kind. It runs on all cores. */
export class GraphRun {
  private constructor(
    private readonly session: InferenceSession,
    private readonly card: ModelCard,
  ) {}

  static async open(file: string, card: ModelCard): Promise<GraphRun> {
    const session = await InferenceSession.create(file, { executionProviders: ['cpu'], logSeverityLevel: 3, enableMemPattern: false });
    return new GraphRun(session, card);
  }

  /** All outputs by their names, for token ids of texts of the same length. */
  async run(texts: readonly Int32Array[]): Promise<ReadonlyMap<string, Float32Array>> {
    const outputs = await this.session.run(feedsOf(batchOf(texts, this.card.padding), this.card.graph.inputs));
    return new Map(Object.entries(outputs).map(([name, tensor]) => [name, tensor.data as Float32Array]));
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}
