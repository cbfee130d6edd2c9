import OpenAI from 'openai';
import type { OpenAiEmbeddingSettings } from '../../config/index.js';
import { tracedCall } from '../../tracing/index.js';
import { failureOf } from './openai-failure.js';
import type { UpstreamModel } from './upstream-model.js';
import { checkedReply } from './upstream-reply.js';
import type { CallOptions, Upstream, UpstreamReply } from './upstream.port.js';

/** Node's own limit for an answer; the deadline of the call is always earlier. */
const SDK_TIMEOUT_MS = 300_000;

/** The openai package: one call, tried once. Its retries, log and environment variables are off. */
export class OpenAiUpstream implements Upstream {
  private readonly client: OpenAI;

  constructor(
    private readonly settings: OpenAiEmbeddingSettings,
    private readonly model: Pick<UpstreamModel, 'name' | 'dimensions' | 'askedDimensions'>,
  ) {
    this.client = new OpenAI({
      apiKey: settings.apiKey ?? 'none',
      baseURL: settings.baseUrl,
      organization: null,
      project: null,
      webhookSecret: null,
      maxRetries: 0,
      timeout: SDK_TIMEOUT_MS,
      logLevel: 'off',
      fetchOptions: { redirect: 'manual' }, // following a redirect would send the texts to another host
      ...(settings.apiKey === undefined ? { defaultHeaders: { authorization: null } } : {}),
    });
  }

  async embed(texts: readonly string[], { signal }: CallOptions): Promise<UpstreamReply> {
    const { name: model, dimensions, askedDimensions } = this.model;
    const reply = await this.ask(texts, signal, {
      model,
      ...(askedDimensions === undefined ? {} : { dimensions: askedDimensions }),
    });
    return checkedReply(reply, { texts: texts.length, dimensions });
  }

  /** With an encoding_format, the package returns the reply unchanged, although its type says otherwise. */
  private async ask(texts: readonly string[], signal: AbortSignal, options: { model: string; dimensions?: number }): Promise<unknown> {
    try {
      return await tracedCall('upstream', this.client.baseURL, (headers) =>
        this.client.embeddings.create({ ...options, input: [...texts], encoding_format: 'base64' }, { signal, headers }),
      );
    } catch (error) {
      throw failureOf(error, signal, this.settings.apiKey);
    }
  }
}
