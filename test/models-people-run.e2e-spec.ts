import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ModelCard } from '../src/embedding/local/model/card/model-card.js';
import { computeVectors, type ModelVectors } from './support/compute-vectors.js';
import { cardOf, faultsOf } from './support/describe-small-model.js';
import { MODELS_PEOPLE_RUN, REFUSED_MODELS } from './support/models-people-run.js';
import { plainEnvironment } from './support/plain-environment.js';
import { smallModel, tokenRow } from './support/small-model.js';
import { StartedProcess } from './support/started-process.js';
import { temporaryFolder } from './support/temporary-folder.js';

jest.setTimeout(60_000);

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const TEXTS = ['w1', 'w2 w3 w4 w5', 'w6 w7'];
const NAMES = MODELS_PEOPLE_RUN.map(({ name }, index) => [name, index] as const);

/** What the command `check` says of a folder that is called as the model is. */
async function check(name: string, folder: string): Promise<string> {
  const env = plainEnvironment({ EMBEDDING_MODEL: folder, EMBEDDING_WORKERS: '1' });
  const command = new StartedProcess(process.env['E2E_NODE'] ?? process.execPath, [CLI, 'check'], { cwd: temporaryFolder(), env });
  const exitCode = await command.exitCode;
  return `${name} ${exitCode}\n${command.stdout()}${command.stderr()}`;
}

describe('a model that people run', () => {
  let computed: readonly ModelVectors[];
  let cards: readonly ModelCard[];

  beforeAll(async () => {
    const folders = MODELS_PEOPLE_RUN.map(({ model }) => smallModel(model));
    cards = await Promise.all(MODELS_PEOPLE_RUN.map(async ({ name }, index) => await cardOf({}, { name, folder: folders[index] ?? '' })));
    computed = await computeVectors(
      MODELS_PEOPLE_RUN.map(({ name }, index) => ({
        options: { name, folder: folders[index] ?? '' },
        texts: TEXTS,
        prompt: cards[index]?.prompts['query'] ?? '',
      })),
    );
  });

  it.each(NAMES)('is described by its files and its name: %s', (_, index) => {
    expect(cards[index]).toMatchObject(MODELS_PEOPLE_RUN[index]?.card ?? {});
  });

  it.each(NAMES)('gives the right vector, alone and in a batch: %s', (_, index) => {
    const { faults, ids, vectors, alone } = computed[index] ?? { ids: [], vectors: [], alone: [] };
    expect(faults).toBeUndefined();
    expect(vectors).toHaveLength(TEXTS.length);
    ids.forEach((tokens, at) => {
      const expected = MODELS_PEOPLE_RUN[index]?.pool(tokens.map(tokenRow)) ?? [];
      const length = Math.hypot(...expected);
      for (const given of [vectors[at] ?? [], alone[at] ?? []]) {
        expect(given).toHaveLength(expected.length);
        expected.forEach((value, column) => expect(given[column]).toBeCloseTo(value / length, 5));
      }
    });
  });

  it.each(NAMES)('is run by `embedding-pipeline check`: %s', async (name, index) => {
    const folder = join(temporaryFolder(), name.split('/').at(-1) ?? name); // the list of known models goes by names
    const said = await check(name, smallModel(MODELS_PEOPLE_RUN[index]?.model, folder));
    expect(said).toMatch(/^\S+ 0\n/);
    expect(said).toMatch(/^Runs +yes/m);
  });

  it.each(REFUSED_MODELS)('is refused with the file, what it asks for and what is supported: %s', async (name, model, expected) => {
    const [id = name] = name.split(' ');
    const faults = await faultsOf(model, { name: id });
    expect([...faults].sort()).toEqual(expected.map((fault) => expect.stringMatching(fault) as unknown));
  });
});
