export { openTracing } from './open-tracing.js';
export { stageEnded, tracedCall } from './trace.js';
