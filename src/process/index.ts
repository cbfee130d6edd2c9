export { EventLoopTurn } from './event-loop-turn.js';
export { announce } from './announcement.js';
export { metricsPage, serveMetrics } from './serve-metrics.js';
export { openSideServer, type SideAnswer, type SideServer } from './side-server.js';
export { onStopSignals } from './stop-signals.js';
export { packageVersion } from './package-version.js';
