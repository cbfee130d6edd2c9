export { announce } from './announcement.js';
export { EventLoopTurn } from './event-loop-turn.js';
export { packageVersion } from './package-version.js';
export { metricsPage, serveMetrics } from './serve-metrics.js';
export { openSideServer, type SideAnswer, type SideServer } from './side-server.js';
export { startProgram } from './start-program.js';
export { onStopSignals } from './stop-signals.js';
