import type { Settings } from '../config/index.js';
import type { Topic } from '../process-link/index.js';

/** An HTTP process asks for its settings: those that the service started with, whatever has become of the .env file. */
export const SETTINGS: Topic<void, Settings> = { name: 'settings' };

/** The supervisor asks whether an HTTP process still answers. */
export const ALIVE: Topic<void, void> = { name: 'alive' };
