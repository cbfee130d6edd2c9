import type { DynamicModule } from '@nestjs/common';
import type { Settings } from './settings.js';
import {
  AUTH_SETTINGS,
  BATCH_SETTINGS,
  CACHE_SETTINGS,
  EMBEDDING_SETTINGS,
  MODELS_SETTINGS,
  OPENAI_API_SETTINGS,
  QUEUE_SETTINGS,
  RATE_LIMIT_SETTINGS,
  SERVER_SETTINGS,
} from './config.tokens.js';

/**
 * Hands each module its slice of the settings. Without Nest's decorator: the primary of replicas reads settings too, and
 * Nest would take 35 MB of its memory.
 */
// oxlint-disable-next-line typescript/no-extraneous-class -- Nest knows a module by its class
export class ConfigModule {
  static forRoot(settings: Settings): DynamicModule {
    const providers = [
      { provide: SERVER_SETTINGS, useValue: settings.server },
      { provide: AUTH_SETTINGS, useValue: settings.auth },
      { provide: EMBEDDING_SETTINGS, useValue: settings.embedding },
      { provide: MODELS_SETTINGS, useValue: settings.models },
      { provide: OPENAI_API_SETTINGS, useValue: settings.openAiApi },
      { provide: CACHE_SETTINGS, useValue: settings.cache },
      { provide: RATE_LIMIT_SETTINGS, useValue: settings.rateLimit },
      { provide: BATCH_SETTINGS, useValue: settings.batches },
      { provide: QUEUE_SETTINGS, useValue: settings.queue },
    ];
    return { module: ConfigModule, global: true, providers, exports: providers.map(({ provide }) => provide) };
  }
}
