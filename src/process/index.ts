export { collectGarbageOfStart } from './collect-garbage.js';
export { Announcement, type SummaryLine } from './announcement.js';
export { EventLoopTurn } from './event-loop-turn.js';
export { merged, metricsNamed, metricsOfThisProcess, remainsOf, type Exemplar, type ProcessMetrics } from './aggregated-metrics.js';
export { metricsPage } from './metrics-page.js';
export { serveMetrics } from './serve-metrics.js';
export { openSideServer, type SideAnswer, type SideServer } from './side-server.js';
export { startProgram } from './start-program.js';
export { onStopSignals } from './stop-signals.js';
