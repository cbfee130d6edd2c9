export { Supervisor } from './supervisor.js';
export { ALIVE, SETTINGS } from './topics.js';
