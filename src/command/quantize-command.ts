import { loadSettings } from '../config/index.js';
import { quantizeConfiguredModel } from '../embedding/index.js';
import { firstTexts } from './read-texts.js';

/** Rows of a file that are read. */
const MOST_TEXTS = 2_000;

export interface QuantizeCommand {
  /** The model, as EMBEDDING_MODEL names it. */
  readonly model: string;
  readonly out: string;
  /** A file that `embed` can read, to compare the two forms. */
  readonly texts?: string;
  /** The same, to calibrate the weights. */
  readonly calibrate?: string;
}

/** Writes the int8 form of an fp32 model into a folder, and compares the two. Rejects with a SettingsError or a UsageError. */
export async function runQuantizeCommand({ model, out, texts, calibrate }: QuantizeCommand, say: (line: string) => void): Promise<void> {
  const settings = loadSettings({ EMBEDDING_MODEL: model, EMBEDDING_PROVIDER: 'local', USE_OPENAI: '' });
  const order = { out, texts: await textsOf(texts), calibration: await textsOf(calibrate) };
  await quantizeConfiguredModel(settings.embedding, order, say);
}

async function textsOf(path: string | undefined): Promise<readonly string[] | undefined> {
  return path === undefined ? undefined : await firstTexts(path, MOST_TEXTS);
}
