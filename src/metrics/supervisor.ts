export { METRICS_TOTAL, metricsOfThisProcess, textOf, type ProcessMetrics } from './metrics-of-service.js';
