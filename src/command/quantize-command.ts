import { readFileSync } from 'node:fs';
import { loadSettings, SettingsError } from '../config/index.js';
import { quantizeConfiguredModel } from '../embedding/index.js';

export interface QuantizeCommand {
  /** The model, as EMBEDDING_MODEL names it. */
  readonly model: string;
  readonly out: string;
  /** A file with a text on each line. */
  readonly texts?: string;
}

/** Writes the int8 form of an fp32 model into a folder, and compares the two. Rejects with a SettingsError. */
export async function runQuantizeCommand({ model, out, texts }: QuantizeCommand, say: (line: string) => void): Promise<void> {
  const settings = loadSettings({ EMBEDDING_MODEL: model, EMBEDDING_PROVIDER: 'local', USE_OPENAI: '' });
  await quantizeConfiguredModel(settings.embedding, { out, texts: texts === undefined ? undefined : linesOf(texts) }, say);
}

function linesOf(path: string): readonly string[] {
  try {
    const lines = readFileSync(path, 'utf8')
      .split(/\r?\n/)
      .filter((line) => line.trim() !== '');
    if (lines.length > 0) return lines;
  } catch (error) {
    throw new SettingsError([`--texts ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`]);
  }
  throw new SettingsError([`--texts ${path} has no texts`]);
}
