interface Standing {
  readonly limit: number;
  readonly remaining: number;
  readonly resetSeconds: number;
}

/** The headers in which OpenAI's clients read how much of a limit is left. */
export function openAiRateHeaders(
  counted: 'requests' | 'tokens',
  { limit, remaining, resetSeconds }: Standing,
): Readonly<Record<string, string>> {
  return {
    [`x-ratelimit-limit-${counted}`]: String(limit),
    [`x-ratelimit-remaining-${counted}`]: String(remaining),
    [`x-ratelimit-reset-${counted}`]: openAiDuration(resetSeconds),
  };
}

/** A duration as OpenAI sends it, which is as Go writes it: `45s`, `6m0s`, `1h0m0s`. */
function openAiDuration(seconds: number): string {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = `${seconds % 60}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}
