import type { Settings } from '../config/index.js';
import type { Topic } from '../link/index.js';
import type { ProcessMetrics, SummaryLine } from '../process/index.js';

/** A replica asks the primary for its settings: those that the service started with, even if the .env file has changed since. */
export const SETTINGS: Topic<void, Settings> = { name: 'settings' };

/** The primary asks a replica for the metrics of its process. */
export const METRICS: Topic<void, ProcessMetrics> = { name: 'metrics' };

/** A replica asks the primary for the metrics of all replicas together. */
export const METRICS_OF_ALL: Topic<void, ProcessMetrics> = { name: 'metrics-of-all' };

/** The primary asks a replica what it does, to tell it when all have started. */
export const SUMMARY: Topic<void, readonly SummaryLine[]> = { name: 'summary' };

/** A replica has the primary ask every replica about the topic with this name. */
export const ASK_ALL: Topic<string, readonly unknown[]> = { name: 'ask-all' };
