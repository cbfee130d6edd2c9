import type { ErrorCode } from '../../errors/index.js';
import type { JobStore } from './job-store.port.js';

export interface JobStoreThreadData {
  readonly folder: string;
  readonly ttlMs: number;
}

export interface JobStoreCall {
  readonly id: number;
  readonly method: keyof JobStore;
  readonly args: readonly unknown[];
}

export type JobStoreReply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: { readonly code: ErrorCode | undefined; readonly message: string; readonly detail: string } };
