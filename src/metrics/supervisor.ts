export { METRICS_TOTAL, metricsOfThisProcess } from './metrics-of-service.js';
