export { withDeadline } from './with-deadline.js';
export { Periodic } from './periodic.js';
