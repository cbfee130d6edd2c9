import type { QuantizeProgress } from './quantize-onnx.js';

const SAY_EVERY_MS = 2_000;

/** Says at most every two seconds how many percent are done. */
export function sayProgress(say: (line: string) => void, what: string): QuantizeProgress {
  let saidAt = -Infinity;
  return (share) => {
    if (performance.now() - saidAt < SAY_EVERY_MS) return;
    saidAt = performance.now();
    say(`${what}: ${Math.round(share * 100)} %`);
  };
}
