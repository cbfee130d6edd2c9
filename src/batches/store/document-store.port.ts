/**
 * Keeps small documents of several kinds, each under an id. Ids sort as strings. What a method has resolved is durable,
 * and seen by every process. Methods reject with a ServiceError: `insufficient_storage` or `unavailable`.
 */
export interface DocumentStore {
  get<T>(kind: string, id: string): Promise<Stored<T> | undefined>;
  /** Writes if the stored version is still `version`, 0 = there is none; false = somebody else was faster. */
  put(kind: string, id: string, value: object, version: number): Promise<boolean>;
  /** Whether it was there. */
  remove(kind: string, id: string): Promise<boolean>;
  list<T>(page: DocumentPage): Promise<readonly Stored<T>[]>;
  close(): Promise<void>;
}

export interface Stored<T> {
  readonly id: string;
  readonly version: number;
  readonly value: T;
}

export interface DocumentPage {
  readonly kind: string;
  readonly order: 'ascending' | 'descending';
  /** The page begins behind this id. */
  readonly after?: string | undefined;
  readonly limit: number;
}

export const DOCUMENT_STORE = Symbol('DOCUMENT_STORE');
