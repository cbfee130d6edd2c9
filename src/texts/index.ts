export { LineError, linesBeforeFault, linesOf } from './lines.js';
export { AreTexts, faultOfText, FaultFree, faultsOfTexts, IsText, LimitedBody, type TextLimits } from './text-limits.js';
export { wellFormed } from './well-formed.js';
