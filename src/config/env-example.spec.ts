import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from './environment-reader.js';
import type { Machine } from './machine.js';
import { parseSettings } from './parse-settings.js';

const MACHINE: Machine = { cores: 6, memoryBytes: 2 ** 33, isModelFolder: () => false, readFile: () => undefined };

/** The settings that the file names, each in a line `NAME=default` or `# NAME=default`, and their defaults. */
function exampleSettings(): readonly (readonly [name: string, value: string])[] {
  const example = readFileSync(join(__dirname, '../../.env.example'), 'utf8');
  return [...example.matchAll(/^(?:# ?)?([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]);
}

/** The names of all variables that the parser looks at. */
function namesRead(): readonly string[] {
  const names = new Set<string>();
  const environment = new Proxy<Environment>(
    {},
    {
      get: (_, name) => {
        names.add(String(name));
        return undefined;
      },
    },
  );
  parseSettings(environment, MACHINE);
  return [...names];
}

describe('.env.example', () => {
  it('names every setting once, and no other', () => {
    const named = exampleSettings().map(([name]) => name);
    expect(named.sort()).toEqual([...namesRead()].sort());
  });

  it.each([{}, { EMBEDDING_PROVIDER: 'openai', OPENAI_API_KEY: 'sk-1' }])('shows the defaults, with %j', (chosen) => {
    expect(parseSettings({ ...Object.fromEntries(exampleSettings()), ...chosen }, MACHINE)).toEqual(parseSettings(chosen, MACHINE));
  });
});
