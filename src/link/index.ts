export { Link, LinkTimeoutError } from './link.js';
export { childPort, parentLinkPort, threadPort } from './link-port.js';
export { threadsHaveStarted, threadStarts } from './starting-threads.js';
export type { Topic } from './topic.js';
