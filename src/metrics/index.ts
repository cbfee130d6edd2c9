export { type CounterSeries, HotCounter } from './hot-counter.js';
export { type HistogramSeries, HotHistogram } from './hot-histogram.js';
export { makeHotCounterProvider, makeHotHistogramProvider, makeHotRatioProvider } from './hot-metrics.providers.js';
export { MetricsModule } from './metrics.module.js';
