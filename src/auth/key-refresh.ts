import { Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { faultOf, type RedisObserver } from '../redis/index.js';
import { Periodic } from '../time/index.js';
import type { KeyDirectory } from './key-directory.js';
import type { KeysFile } from './keys-file.js';
import type { KeyStore, StoredKeys } from './store/key-store.port.js';

/** Two looks and a slow answer must fit into the second within which all processes see a change. */
const LOOK_EVERY_MS = 400;

export interface KeySources {
  readonly store: KeyStore;
  /** Undefined = there is none. */
  readonly file: KeysFile | undefined;
  /** Told whether the last known keys are in use because Redis does not work; undefined = the store is no Redis. */
  readonly observer: Pick<RedisObserver, 'bypassing'> | undefined;
}

/** Keeps the directory up to date with the file of keys and with the keys that admins of any process create. */
export class KeyRefresh implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Keys');
  private readonly rounds: readonly Periodic[];
  private reading = Promise.resolve();
  private version: number | undefined;
  /** Whether the last known keys are in use because the store cannot be read; undefined = it was not asked yet. */
  private isBehind: boolean | undefined;
  private isLost = false;
  private shadowed = '';

  constructor(
    private readonly directory: KeyDirectory,
    private readonly sources: KeySources,
  ) {
    const failed = (error: unknown): void => this.logger.error(`Keys cannot be refreshed: ${String(error)}`);
    this.rounds = [
      new Periodic(LOOK_EVERY_MS, async () => await this.look(), failed),
      new Periodic(LOOK_EVERY_MS, async () => await this.lookAtFile(), failed),
    ];
  }

  onApplicationBootstrap(): void {
    for (const round of this.rounds) round.start();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.rounds.map(async (round) => await round.stop()));
  }

  /** Reads the stored keys if they have changed. If it cannot, the last known ones stay in use, and it says so. */
  async look(): Promise<void> {
    try {
      await this.readNow();
    } catch (error) {
      this.fellBehind(error);
    }
  }

  /** As `look`, but rejects if the stored keys cannot be read. Calls wait for each other, so an old answer never replaces a newer one. */
  async readNow(): Promise<void> {
    this.reading = this.reading.catch(() => undefined).then(async () => await this.readOnce());
    await this.reading;
  }

  private async readOnce(): Promise<void> {
    const { store } = this.sources;
    if ((await store.version()) !== this.version) this.adopt(await store.read());
    this.caughtUp();
  }

  /** A store that is suddenly empty, such as a Redis that restarted without its data, must neither lock callers out nor let others in. */
  private adopt(stored: StoredKeys): void {
    const before = this.version ?? 0;
    const isLost = stored.version === 0 && before > 0;
    if (isLost && !this.isLost)
      this.logger.error('The store of keys has lost all keys. The last known ones stay in use until this process ends; see docs/keys.md.');
    this.isLost = isLost;
    if (isLost) return;
    if (stored.version < before)
      this.logger.error('The store of keys has lost changes: new keys may be gone, and revoked ones may be back; see docs/keys.md.');
    this.version = stored.version;
    this.directory.replaceStored(stored);
    this.warnOfShadowed();
  }

  private fellBehind(error: unknown): void {
    if (this.isBehind === true) return;
    this.isBehind = true;
    this.sources.observer?.bypassing('keys', true, faultOf(error instanceof Error ? error.cause : undefined));
    const known = this.version === undefined ? 'no stored key is known yet' : 'the last known ones stay in use';
    this.logger.warn(`The stored keys cannot be read, so ${known}: ${error instanceof Error ? error.message : String(error)}`);
  }

  private caughtUp(): void {
    if (this.isBehind === false) return;
    this.sources.observer?.bypassing('keys', false);
    if (this.isBehind === true) this.logger.log('The stored keys are read again');
    this.isBehind = false;
  }

  private async lookAtFile(): Promise<void> {
    const news = await this.sources.file?.look();
    if (news === undefined) return;
    if ('faults' in news) {
      const [first = '', ...more] = news.faults;
      const others = more.length > 0 ? ` (and ${more.length} more)` : '';
      this.logger.error(`The keys were changed and the last good ones stay in use: ${first}${others}`);
      return;
    }
    this.directory.replaceFileKeys(news.keys);
    this.logger.log(`The file of keys has changed and was read: ${news.keys.length} keys`);
    this.warnOfShadowed();
  }

  private warnOfShadowed(): void {
    const names = this.directory.shadowed.map(({ name }) => name).join(', ');
    if (names !== '' && names !== this.shadowed)
      this.logger.warn(`Stored keys are not used, because the settings have keys of the same names: ${names}`);
    this.shadowed = names;
  }
}
