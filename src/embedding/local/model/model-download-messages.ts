import type { Topic } from '../../../link/index.js';

export interface ModelDownload {
  /** As the hub names it: owner/name. */
  readonly id: string;
  readonly dtype: string;
  readonly cacheDir: string;
  readonly hubUrl: string;
}

/** Asked of the process that downloads. */
export const DOWNLOAD: Topic<ModelDownload, void> = { name: 'download' };
