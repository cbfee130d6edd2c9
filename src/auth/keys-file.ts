import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { faultsOfKeysFile, keysInFile, SettingsError, type ApiKeySettings, type AuthSettings } from '../config/index.js';

/** The result of reading the file again: its new keys, or why the changed file cannot be used. */
type News = { readonly keys: readonly ApiKeySettings[] } | { readonly faults: readonly string[] };

/**
 * The file of API_KEYS_FILE. It is read in whole at each look, so that any way to change it is seen: written in place,
 * replaced by a rename, or behind a link that points elsewhere, as Kubernetes replaces a Secret.
 */
export class KeysFile {
  /** The content at the last look; undefined = the file could not be read. */
  private seen: string | undefined;

  private constructor(
    private readonly file: NonNullable<AuthSettings['keysFile']>,
    private readonly others: readonly ApiKeySettings[],
    /** The content that was judged last. */
    private judged: string | undefined,
  ) {
    this.seen = judged;
  }

  /** Also returns the keys. `others` have names and hashes that the file must not use. Throws a SettingsError with one line for each fault. */
  static open(
    file: NonNullable<AuthSettings['keysFile']>,
    others: readonly ApiKeySettings[],
  ): { readonly keysFile: KeysFile; readonly keys: readonly ApiKeySettings[] } {
    const content = contentNow(file.path);
    const keysFile = new KeysFile(file, others, content);
    const news = keysFile.judge(content);
    if ('faults' in news) throw new SettingsError(news.faults);
    return { keysFile, keys: news.keys };
  }

  /**
   * Undefined = nothing has changed. A change counts when two looks in a row found the same content, because a file that is
   * written in place may be read when half of it is there.
   */
  async look(): Promise<News | undefined> {
    const content = await readFile(this.file.path, 'utf8').catch(() => undefined);
    const isStable = content === this.seen;
    this.seen = content;
    if (!isStable || content === this.judged) return undefined;
    this.judged = content;
    return this.judge(content);
  }

  private judge(content: string | undefined): News {
    const faults = faultsOfKeysFile(this.file, content, this.others);
    return faults.length > 0 ? { faults } : { keys: keysInFile(content ?? '', this.others).keys };
  }
}

function contentNow(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
