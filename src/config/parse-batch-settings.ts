import { join } from 'node:path';
import type { EnvironmentReader } from './environment-reader.js';
import { BYTES_PER_MIB, integer, url } from './setting-readers.js';
import type { BatchSettings } from './settings.js';

export function parseBatchSettings(env: EnvironmentReader, dataDir: string): BatchSettings {
  return {
    folder: join(dataDir, 'files'),
    maxFileBytes: env.read('FILE_MAX_MB', integer(1, 1_048_576, 'MiB'), 512) * BYTES_PER_MIB,
    maxTotalBytes: env.read('FILES_TOTAL_MB', integer(1, 1_073_741_824, 'MiB'), 10_240) * BYTES_PER_MIB,
    webhookUrl: env.read('BATCH_WEBHOOK_URL', url('https:', 'http:'), undefined),
  };
}
