export const FILE_PURPOSES = ['batch', 'batch_output'] as const;
export type FilePurpose = (typeof FILE_PURPOSES)[number];

/** Times are seconds since the epoch, as in OpenAI's objects. */
export interface FileRecord {
  readonly id: string;
  /** The name of the key that made the file. */
  readonly owner: string;
  readonly bytes: number;
  readonly created_at: number;
  readonly filename: string;
  readonly purpose: FilePurpose;
  readonly expires_at: number;
}

export interface NewFile {
  readonly id: string;
  readonly owner: string;
  readonly filename: string;
  readonly purpose: FilePurpose;
  readonly bytes: number;
  /** Seconds from now until the file expires. */
  readonly ttlSeconds: number;
}

/** OpenAI's default for files of batches. */
export const USUAL_TTL_SECONDS = 30 * 86_400;
export const SHORTEST_TTL_SECONDS = 3600;
export const LONGEST_TTL_SECONDS = 30 * 86_400;
