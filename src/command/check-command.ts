import { NestFactory } from '@nestjs/core';
import { loadSettings, type Settings } from '../config/index.js';
import { comparisonInWords, compareVectors, describeConfiguredModel, Models, type DescriptionLine } from '../embedding/index.js';
import { CommandLogger } from './command-logger.js';
import { CommandModule } from './embedder/local-text-embedder.js';

export interface CheckCommand {
  /** JSON lines of text and embedding; undefined = those of EMBEDDING_CHECK, if it is set. */
  readonly vectors?: string;
}

/**
 * Says which models the settings name and how they are run, then runs them and compares vectors of the first with those of a file.
 * Rejects with a SettingsError when the service would not start, or the vectors differ.
 */
export async function runCheckCommand({ vectors }: CheckCommand, say: (line: string) => void): Promise<void> {
  const settings = loadSettings();
  const { check } = settings.embedding;
  for (const model of settings.models) for (const line of await describeConfiguredModel(model, say)) say(lineOf(line));
  const path = vectors ?? check.path;
  const app = await NestFactory.createApplicationContext(CommandModule.forRoot(withoutTraces(settings)), {
    abortOnError: false,
    logger: new CommandLogger({ say }),
  });
  try {
    const { provider } = app.get(Models).default;
    const compared =
      path === undefined
        ? 'give a file of vectors to compare with'
        : comparisonInWords(await compareVectors(provider, { path, leastCosine: check.leastCosine }));
    say(lineOf(['Runs', `yes; ${compared}`]));
  } finally {
    await app.close();
  }
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
