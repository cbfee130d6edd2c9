import { readFileSync } from 'node:fs';

const EXAMPLE = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');

/** Of every setting that there is: a spec keeps .env.example equal to what is read. */
export const SETTING_NAMES: readonly string[] = [...EXAMPLE.matchAll(/^([A-Z_]+)=/gm)].map(([, name = '']) => name);
