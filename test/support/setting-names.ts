import { readFileSync } from 'node:fs';

const EXAMPLE = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');

/** The names of all settings. A spec keeps .env.example equal to the settings that are read. */
export const SETTING_NAMES: readonly string[] = [...EXAMPLE.matchAll(/^([A-Z_]+)=/gm)].map(([, name = '']) => name);
