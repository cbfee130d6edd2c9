export { openTracing } from './open-tracing.js';
export { stageEnded, tracedCall, traceIds } from './trace.js';
