import type { Reader } from './setting-readers.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Undefined = the file cannot be read. */
type ReadFile = (path: string) => string | undefined;

/** Reads variables one by one and collects their faults, one line each. */
export class EnvironmentReader {
  readonly faults: string[] = [];
  /** The names of all variables that were read, set or not. */
  readonly names: string[] = [];

  constructor(
    private readonly environment: Environment,
    private readonly readFile: ReadFile,
  ) {}

  read<T, D>(name: string, reader: Reader<T>, fallback: D): T | D {
    const raw = this.settingOf(name);
    if (raw === undefined) return fallback;
    return this.parse(raw, reader, fallback, `${name}=${isSecret(name) ? '***' : JSON.stringify(raw).slice(1, -1)}`);
  }

  /** Reads a secret from its variable or from the file that NAME_FILE names, as Docker and Kubernetes mount secrets. */
  readSecret<T, D>(name: string, reader: Reader<T>, fallback: D): T | D {
    const path = this.settingOf(`${name}_FILE`);
    if (path === undefined) return this.read(name, reader, fallback);
    if (this.settingOf(name) !== undefined) this.faults.push(`${name} and ${name}_FILE are both set: keep one of them`);
    const content = this.readFile(path)?.trim();
    if (content !== undefined) return this.parse(content, reader, fallback, `${name}_FILE=${path}`);
    this.faults.push(`${name}_FILE=${path} cannot be read: use the path of a file that this user may read`);
    return fallback;
  }

  /** Whether a secret has a value or a file, even a faulty one. */
  isGiven(name: string): boolean {
    return this.settingOf(name) !== undefined || this.settingOf(`${name}_FILE`) !== undefined;
  }

  /** The value of any variable, also of one that is no setting. An empty value counts as unset, as Compose and Kubernetes pass it. */
  valueOf(name: string): string | undefined {
    const value = this.environment[name]?.trim();
    return value === '' ? undefined : value;
  }

  private settingOf(name: string): string | undefined {
    if (!this.names.includes(name)) this.names.push(name);
    return this.valueOf(name);
  }

  private parse<T, D>(raw: string, reader: Reader<T>, fallback: D, shown: string): T | D {
    const result = reader(raw);
    if ('value' in result) return result.value;
    this.faults.push(`${shown} is not allowed: use ${result.allowed}`);
    return fallback;
  }
}

/** Matches the names of keys, secrets, and URLs that may hold a password. */
function isSecret(name: string): boolean {
  return /(?:_KEYS?|_SECRET|REDIS_URL)$/.test(name) || name === 'OPENAI_BASE_URL';
}
