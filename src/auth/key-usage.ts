import { Inject, Injectable } from '@nestjs/common';
import { ADMIN_KEY_NAME, AUTH_SETTINGS, type AuthSettings } from '../config/index.js';
import type { ApiKey } from './api-key.js';

/** How a key was used since this process started. */
export interface KeyUse extends Pick<ApiKey, 'name' | 'role'> {
  /** Includes refused requests, but not those to open routes. */
  readonly requests: number;
  /** Requests that were refused for a limit of the caller. */
  readonly refused: number;
  /** Texts that were answered with a vector. */
  readonly texts: number;
  /** Tokens of those texts, as the answers say. */
  readonly tokens: number;
  /** Texts that were submitted as jobs and batches. */
  readonly jobTexts: number;
  /** Milliseconds since the epoch; undefined = not yet. */
  readonly lastUsedAt: number | undefined;
}

type Counts = { -readonly [Name in keyof KeyUse]: KeyUse[Name] };

/** Counts by key. Requests without a key are not counted here. */
@Injectable()
export class KeyUsage {
  private readonly byName: ReadonlyMap<string, Counts>;

  constructor(@Inject(AUTH_SETTINGS) { apiKeys, adminKey }: AuthSettings) {
    const admin = adminKey === undefined ? [] : [{ name: ADMIN_KEY_NAME, role: 'admin' as const }];
    this.byName = new Map([...apiKeys, ...admin].map(({ name, role }) => [name, unused(name, role)]));
  }

  requested(key: ApiKey | undefined): void {
    const counts = this.of(key);
    if (counts === undefined) return;
    counts.requests++;
    counts.lastUsedAt = Date.now();
  }

  refused(key: ApiKey | undefined): void {
    const counts = this.of(key);
    if (counts !== undefined) counts.refused++;
  }

  embedded(key: ApiKey | undefined, { texts, tokens }: Pick<KeyUse, 'texts' | 'tokens'>): void {
    const counts = this.of(key);
    if (counts === undefined) return;
    counts.texts += texts;
    counts.tokens += tokens;
  }

  /** `owner` comes from ownerOf. */
  handedIn(owner: string, texts: number): void {
    const counts = this.byName.get(owner);
    if (counts !== undefined) counts.jobTexts += texts;
  }

  /** In the order of the settings, ADMIN_KEY last. */
  read(): readonly KeyUse[] {
    return [...this.byName.values()].map((counts) => ({ ...counts }));
  }

  private of(key: ApiKey | undefined): Counts | undefined {
    return key === undefined ? undefined : this.byName.get(key.name);
  }
}

function unused(name: string, role: ApiKey['role']): Counts {
  return { name, role, requests: 0, refused: 0, texts: 0, tokens: 0, jobTexts: 0, lastUsedAt: undefined };
}
