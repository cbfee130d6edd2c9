import { ServiceError } from '../../errors/index.js';
import type { BlobStore } from './blob-store.port.js';
import type { DocumentStore } from './document-store.port.js';

/** Stores for a folder that cannot be used: they are empty and refuse every change, and the rest of the service goes on. */
export class UnusableDocumentStore implements DocumentStore {
  constructor(private readonly cause: unknown) {}

  get(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  put(): Promise<never> {
    return Promise.reject(refusal(this.cause));
  }

  remove(): Promise<never> {
    return Promise.reject(refusal(this.cause));
  }

  list(): Promise<readonly never[]> {
    return Promise.resolve([]);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

export class UnusableBlobStore implements BlobStore {
  constructor(private readonly cause: unknown) {}

  write(): Promise<never> {
    return Promise.reject(refusal(this.cause));
  }

  async *read(): AsyncGenerator<never> {
    // nothing is there
  }

  remove(): Promise<void> {
    return Promise.resolve();
  }
}

function refusal(cause: unknown): ServiceError {
  return new ServiceError('insufficient_storage', 'Files cannot be kept: the folder under DATA_DIR cannot be used.', { cause });
}
