export { withDeadline } from './with-deadline.js';
export { untilAborted } from './until-aborted.js';
export { Periodic } from './periodic.js';
