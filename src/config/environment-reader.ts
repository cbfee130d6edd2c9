import type { Reader } from './setting-readers.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads variables one by one and collects their faults, one line each. */
export class EnvironmentReader {
  readonly faults: string[] = [];
  /** The names of all variables that were read, set or not. */
  readonly names: string[] = [];

  constructor(private readonly environment: Environment) {}

  /** The value of a variable that is no setting, but is named by one; undefined = it is not set. */
  valueOf(name: string): string | undefined {
    const value = this.environment[name]?.trim();
    return value === '' ? undefined : value;
  }

  /** An empty value counts as unset, as Compose and Kubernetes pass it. */
  read<T, D>(name: string, reader: Reader<T>, fallback: D): T | D {
    this.names.push(name);
    const raw = this.valueOf(name);
    if (raw === undefined) return fallback;
    const result = reader(raw);
    if ('value' in result) return result.value;
    this.faults.push(`${name}=${isSecret(name) ? '***' : JSON.stringify(raw).slice(1, -1)} is not allowed: use ${result.allowed}`);
    return fallback;
  }
}

/** Matches the names of keys, secrets, and URLs that may hold a password. */
function isSecret(name: string): boolean {
  return /(?:_KEYS?|_SECRET|REDIS_URL)$/.test(name) || name === 'OPENAI_BASE_URL';
}
