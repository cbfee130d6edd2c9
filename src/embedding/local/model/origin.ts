import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'revision.json';

/** The origin of the files of a folder. */
export interface Origin {
  /** Undefined = the model is called like the folder. */
  readonly model?: string;
  /** A commit where the hub tells it, else what was asked for; undefined = it does not come from a hub. */
  readonly revision?: string;
  /** SHA-256 of the token ids with which its int8 weights were calibrated; undefined = they were not. */
  readonly calibration?: string;
}

/** Empty = the folder has no note of its origin. */
export function originOf(folder: string): Origin {
  try {
    const { model, revision } = JSON.parse(readFileSync(join(folder, FILE), 'utf8')) as Origin;
    return { ...(typeof model === 'string' && { model }), ...(typeof revision === 'string' && { revision }) };
  } catch {
    return {}; // there is no such file, or a write was interrupted: it is written again
  }
}

export function rememberOrigin(folder: string, origin: Origin): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, FILE), JSON.stringify(origin));
}
