import { SettingsError, type EmbeddingSettings } from '../config/index.js';
import type { QuantizationOrder } from './quantization-order.js';

/** Writes the int8 form of the model that the settings name. Rejects with a SettingsError that says what to change. */
export async function quantizeConfiguredModel(
  settings: EmbeddingSettings,
  order: QuantizationOrder,
  say: (line: string) => void,
): Promise<void> {
  if (settings.provider !== 'local') throw new SettingsError(['EMBEDDING_PROVIDER must be local: other providers have no weights here']);
  const { quantizeConfigured } = await import('./local/quantization.js');
  await quantizeConfigured(settings, order, say);
}
