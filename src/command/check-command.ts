import { NestFactory } from '@nestjs/core';
import { loadSettings, type Settings } from '../config/index.js';
import { comparisonInWords, compareVectors, describeConfiguredModel, Models, type DescriptionLine } from '../embedding/index.js';
import { CommandLogger } from './command-logger.js';
import { CommandModule } from './embedder/local-text-embedder.js';

export interface CheckCommand {
  /** JSON lines of text and embedding of the first model; undefined = those of EMBEDDING_CHECK, if it is set. */
  readonly vectors?: string;
}

/**
 * Says which models the settings name and how they are run, then runs them and compares the vectors of each with those of its file.
 * Rejects with a SettingsError when the service would not start, or the vectors differ.
 */
export async function runCheckCommand({ vectors }: CheckCommand, say: (line: string) => void): Promise<void> {
  const settings = loadSettings();
  for (const model of settings.models) for (const line of await describeConfiguredModel(model, say)) say(lineOf(line));
  const app = await NestFactory.createApplicationContext(CommandModule.forRoot(withoutTraces(settings)), {
    abortOnError: false,
    logger: new CommandLogger({ say }),
  });
  try {
    for (const line of await comparisons(app.get(Models), settings, vectors)) say(lineOf(['Runs', `yes; ${line}`]));
  } finally {
    await app.close();
  }
}

/** @param vectors The file of the first model; undefined = the one that its settings name. */
async function comparisons({ all }: Models, { models }: Settings, vectors: string | undefined): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const [index, { check }] of models.entries()) {
    const path = (index === 0 ? vectors : undefined) ?? check.path;
    const model = all[index];
    if (path === undefined || model === undefined) continue;
    const compared = comparisonInWords(await compareVectors(model.provider, { ...check, path }));
    lines.push(all.length > 1 ? `${model.name}: ${compared}` : compared);
  }
  return lines.length > 0 ? lines : ['give a file of vectors to compare with'];
}

const TITLE_WIDTH = 12;

function lineOf([title, text]: DescriptionLine): string {
  return `${title.padEnd(TITLE_WIDTH)}${text}`;
}

/** The command itself compares the vectors, and stores nothing in the folder where it runs. */
function withoutTraces(settings: Settings): Settings {
  return {
    ...settings,
    models: settings.models.map((model) => ({ ...model, check: { ...model.check, path: undefined } })),
    cache: { ...settings.cache, disk: undefined, redisUrl: undefined },
  };
}
