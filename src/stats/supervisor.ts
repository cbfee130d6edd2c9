export { STATS_TOTAL } from './process-stats.js';
