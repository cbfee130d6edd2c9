import { type INestApplicationContext, type LoggerService, Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { register } from 'prom-client';
import type { PackedChunks } from '../../chunks/index.js';
import { ConfigModule, type Settings } from '../../config/index.js';
import { EmbeddingModule, faultOfOutputType, Models, StageTimes, type EmbeddingProvider } from '../../embedding/index.js';
import { wellFormed, faultOfText } from '../../texts/index.js';
import { ServiceError, type ErrorCode } from '../../errors/index.js';
import { HttpModule } from '../../http/index.js';
import { MetricsModule } from '../../metrics/index.js';
import { ReplicasModule } from '../../replicas/index.js';
import { untilAborted } from '../../time/index.js';
import { typedVector } from '../../vectors/index.js';
import { UsageError } from '../command-error.js';
import type { CutDocument } from '../rows/chunked-rows.js';
import type { EmbedderOptions, TextEmbedder, TextVector } from './text-embedder.port.js';

const MOST_TEXTS = 256;
/** Calls that the command makes at the same time; their texts together stay below MAX_QUEUED_TEXTS. */
const CALLS = 4;

@Module({})
export class CommandModule {
  static forRoot(settings: Settings): DynamicModule {
    return {
      module: CommandModule,
      imports: [
        ConfigModule.forRoot(settings),
        ReplicasModule.forRoot(),
        MetricsModule.forRoot(settings.server),
        HttpModule,
        EmbeddingModule,
      ],
    };
  }
}

interface LocalOptions extends EmbedderOptions {
  readonly logger: LoggerService;
}

/** Errors that belong to a text alone. */
const FAULTS_OF_TEXTS: ReadonlySet<ErrorCode> = new Set(['inference_failed', 'text_refused', 'text_too_long']);

/** Runs the service's provider in this process, with the service's settings. No other caller's texts go first. */
export class LocalTextEmbedder implements TextEmbedder {
  readonly model: string;
  readonly dimensions: number;
  readonly space: string;
  readonly mostTexts: number;
  readonly cut: CutDocument | undefined;

  private constructor(
    private readonly app: INestApplicationContext,
    private readonly provider: EmbeddingProvider,
    private readonly settings: Settings,
    private readonly options: LocalOptions,
  ) {
    this.model = provider.space.model;
    this.dimensions = provider.space.dimensions;
    this.space = provider.space.fingerprint;
    const { chunk, inputType, signal } = options;
    if (chunk !== undefined)
      this.cut = async (document) => await orFault(untilAborted(provider.cut(document, { ...chunk, inputType }), signal));
    this.mostTexts = Math.min(MOST_TEXTS, Math.floor(settings.embedding.maxQueuedTexts / CALLS));
  }

  /** Rejects with a SettingsError when the service could not start either, and with a UsageError for options that the model does not have. */
  static async start(settings: Settings, options: LocalOptions): Promise<LocalTextEmbedder> {
    const app = await NestFactory.createApplicationContext(CommandModule.forRoot(ofOneModel(withoutDefaultDisk(settings))), {
      abortOnError: false,
      logger: options.logger,
    });
    const provider = app.get(Models).default.provider;
    const fault = faultOfOptions(options, provider) ?? (await faultOfChunk(options, provider));
    if (fault === undefined) return new LocalTextEmbedder(app, provider, settings, options);
    await app.close();
    throw new UsageError(fault);
  }

  async embed(texts: readonly string[], inputType = this.options.inputType): Promise<readonly (TextVector | string)[]> {
    // A chunk is as long as the model reads, whatever number of characters that is.
    const limits = this.cut === undefined ? this.settings.embedding : { maxTextLength: Infinity };
    const faults = texts.map((text) => faultOfText(text, limits));
    const { signal, truncate } = this.options;
    const computed = this.provider.embed(texts.filter((_, index) => faults[index] === undefined).map(wellFormed), {
      signal,
      inputType,
      truncate,
      priority: 'background',
      cacheUse: 'skip-store',
      stages: new StageTimes(),
    });
    const results = await Promise.all(computed.map(async (embedding) => await this.vectorOrFault(embedding)));
    let next = 0;
    return faults.map((fault) => fault ?? results[next++] ?? 'was not computed');
  }

  async close(): Promise<void> {
    await this.app.close();
    register.clear(); // the metrics belong to the process, and another model of this process registers its own
  }

  /** When the model fails on a text, that is the text's fault; other errors, such as Ctrl-C, are not. */
  private async vectorOrFault(computed: ReturnType<EmbeddingProvider['embed']>[number]): Promise<TextVector | string> {
    try {
      const { vector, tokens, inputTokens } = await computed;
      return { vector: typedVector(vector, this.options.outputType, this.provider.traits.ranges), truncated: inputTokens > tokens };
    } catch (error) {
      if (error instanceof ServiceError && FAULTS_OF_TEXTS.has(error.code)) return error.message;
      throw error;
    }
  }
}

function faultOfOptions({ outputType, inputType }: LocalOptions, { space, traits }: EmbeddingProvider): string | undefined {
  const ofType = faultOfOutputType(outputType, space.model, traits.ranges);
  if (ofType !== undefined) return `--output-dtype ${ofType}`;
  const ofPrompt = inputType === undefined ? undefined : traits.prompts.faultOf(inputType);
  return ofPrompt === undefined ? undefined : `--input-type ${ofPrompt}`;
}

/** The fault of the size of chunks, by the name of its option. */
async function faultOfChunk({ chunk, inputType }: LocalOptions, provider: EmbeddingProvider): Promise<string | undefined> {
  if (chunk === undefined) return undefined;
  const fault = await orFault(provider.cut({ title: '', text: '' }, { ...chunk, inputType }));
  return typeof fault === 'string' ? `--${fault.replace('.', '-')}` : undefined;
}

/** The fault of a document or of the options, in words. */
async function orFault(cutting: Promise<PackedChunks>): Promise<PackedChunks | string> {
  try {
    return await cutting;
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'invalid_request') return error.message;
    throw error;
  }
}

/** The command creates no data folder in its working directory, but uses a cache that is configured. */
function withoutDefaultDisk(settings: Settings): Settings {
  const { disk } = settings.cache;
  return { ...settings, cache: { ...settings.cache, disk: disk?.isRequired === true ? disk : undefined } };
}

/** Of several models, the command loads only the one that it uses. */
function ofOneModel(settings: Settings): Settings {
  return { ...settings, models: [settings.embedding], openAiApi: { ...settings.openAiApi, modelAliases: [] } };
}
