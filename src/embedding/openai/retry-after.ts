/** The wait that an answer asks for: OpenAI's retry-after-ms, else Retry-After in seconds or as a date (RFC 9110). */
export function retryAfterMs(headers: Headers, now = Date.now()): number | undefined {
  const milliseconds = numberIn(headers.get('retry-after-ms'));
  if (milliseconds !== undefined) return milliseconds;
  const header = headers.get('retry-after');
  const seconds = numberIn(header);
  if (seconds !== undefined) return seconds * 1000;
  const date = /^[A-Z][a-z]{2}/.test(header ?? '') ? Date.parse(header ?? '') : NaN; // Date.parse would read -1 as a year
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function numberIn(header: string | null): number | undefined {
  const value = Number(header?.trim() || NaN);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}
