export { SlowRequests, type RequestReport } from './slow-requests.js';
export { StatsModule } from './stats.module.js';
