/**
 * Keeps small documents of several kinds, each under an id. Ids sort as strings. When a method has resolved, its change is
 * durable and seen by every process. Methods reject with a ServiceError: `insufficient_storage` or `unavailable`.
 */
export interface DocumentStore {
  get<T>(kind: string, id: string): Promise<Stored<T> | undefined>;
  /**
   * Writes if the stored version is still `version`, 0 = there is none; false = another process was faster. The owner of a
   * document (see `ownerOfDocument`) never changes.
   */
  put(kind: string, id: string, value: object, version: number): Promise<boolean>;
  /** Whether the document was there. */
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
  /** Only this owner's documents; undefined = everybody's. Documents of other owners are not read. */
  readonly owner?: string | undefined;
  readonly order: 'ascending' | 'descending';
  /** The page begins behind this id. */
  readonly after?: string | undefined;
  readonly limit: number;
}

export const DOCUMENT_STORE = Symbol('DOCUMENT_STORE');

/** The owner by which a document can be listed: its field `owner`, or '' without one. */
export function ownerOfDocument(value: object): string {
  return 'owner' in value && typeof value.owner === 'string' ? value.owner : '';
}
