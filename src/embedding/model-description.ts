import type { EmbeddingSettings } from '../config/index.js';

/** A line for a person: what is told, and what it is. */
export type DescriptionLine = readonly [title: string, text: string];

/**
 * The model that the settings name, described without running it. Rejects with a SettingsError when its files ask for
 * something that is not supported.
 */
export async function describeConfiguredModel(
  settings: EmbeddingSettings,
  say: (line: string) => void,
): Promise<readonly DescriptionLine[]> {
  switch (settings.provider) {
    case 'local': {
      const [{ openModel }, { cardLines }] = await Promise.all([
        import('./local/model/open-model.js'),
        import('./local/model/card/card-summary.js'),
      ]);
      return cardLines(await openModel(settings, say));
    }
    case 'openai':
      return [
        ['Model', settings.model],
        ['Provider', settings.baseUrl],
        ['Prompts', settings.prompts === undefined ? 'none' : JSON.stringify(settings.prompts)],
      ];
  }
}
