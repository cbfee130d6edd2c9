import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Reads a model's folder, and remembers which files were read and what is wrong with them, one line each. */
export class ModelFolder {
  readonly faults: string[] = [];
  /** Names relative to the folder. */
  readonly read = new Set<string>();

  constructor(readonly path: string) {}

  has(name: string): boolean {
    const path = join(this.path, name);
    return existsSync(path) && statSync(path).isFile();
  }

  /** Undefined = there is no such file, or it is no JSON, which is a fault. */
  json(name: string): unknown {
    if (!this.has(name)) return undefined;
    try {
      const value: unknown = JSON.parse(readFileSync(this.use(name), 'utf8'));
      return value;
    } catch (error) {
      this.fault(name, `is no JSON that can be read: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }

  /** The same for a file that must hold an object; {} = it is not there, or holds something else, which is a fault. */
  object(name: string): JsonObject {
    const value = this.json(name);
    if (value === undefined) return {};
    if (isObject(value)) return value;
    this.fault(name, 'must hold a JSON object');
    return {};
  }

  /** The absolute path of a file that decides vectors. */
  use(name: string): string {
    this.read.add(name.split(sep).join('/'));
    return join(this.path, name);
  }

  /** Refuses unknown fields, because a field of a later version of sentence-transformers may change the vectors. */
  checkFields(name: string, object: JsonObject, known: readonly string[]): void {
    const unknown = Object.keys(object).filter((field) => !known.includes(field));
    if (unknown.length > 0) this.fault(name, `has ${unknown.join(', ')}, which is not supported; supported are ${known.join(', ')}`);
  }

  fault(name: string, message: string): void {
    const line = `${name} ${message}`;
    if (!this.faults.includes(line)) this.faults.push(line); // a file may be read for several purposes
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The first of these that is a whole number above 0. */
export function firstNumber(object: JsonObject, names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = object[name];
    if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
  }
  return undefined;
}
