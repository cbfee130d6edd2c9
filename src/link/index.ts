export { Link, LinkTimeoutError } from './link.js';
export { childPort, parentLinkPort, threadPort } from './link-port.js';
export type { Topic } from './topic.js';
