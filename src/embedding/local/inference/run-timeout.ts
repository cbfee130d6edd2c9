/** INFERENCE_TIMEOUT_MS is for a run of this many tokens. */
const USUAL_TOKENS = 512;
/**
 * A token costs 12 h^2 multiplications in a layer for itself and 2 h L for the others of its text, with L tokens in the
 * text and vectors of h numbers: 1 + L / 6h. The smallest models (h = 384) are slowed most by long texts.
 */
const LENGTH_THAT_DOUBLES = 6 * 384;

/** How long a run may take: longer than the setting says if it holds more, or longer, texts than usual. */
export function runTimeoutMs(usualMs: number, texts: number, longest: number): number {
  const share = (texts * longest * costOfToken(longest)) / (USUAL_TOKENS * costOfToken(USUAL_TOKENS));
  return Math.ceil(usualMs * Math.max(1, share));
}

function costOfToken(length: number): number {
  return 1 + length / LENGTH_THAT_DOUBLES;
}
