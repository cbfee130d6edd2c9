/** Fields that the message of a line says already, and the model, which the start has said. */
export const SAID_FIELDS = ['context', 'method', 'route', 'requestId', 'status', 'ms', 'cache', 'texts', 'tokens', 'model', 'stages'];

type Fields = Readonly<Record<string, unknown>>;

/** The text of a log line on a terminal, after its time and level: one line for a request. */
export function terminalMessage(line: Fields): string {
  const { context, msg } = line;
  if (context === 'Http' && line['route'] !== undefined) return requestMessage(line);
  return typeof context === 'string' ? `[${context}] ${textOf(msg)}` : textOf(msg);
}

function requestMessage({ method, route, status, ms, cache, texts, tokens, stages, requestId }: Fields): string {
  const answer = `${textOf(method)} ${textOf(route)} ${textOf(status)} in ${textOf(ms)} ms`;
  const counts = texts === undefined ? [] : [counted(texts, 'text'), counted(tokens, 'token'), CACHE_WORDS[textOf(cache)]];
  return [answer, ...counts, timesOf(stages), textOf(requestId)].filter((part) => part !== undefined && part !== '').join(', ');
}

const CACHE_WORDS: Readonly<Record<string, string>> = { hit: 'cached', partial: 'partly cached', miss: 'computed' };

function counted(count: unknown, noun: string): string {
  return `${textOf(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function timesOf(stages: unknown): string {
  const times = Object.entries(stages ?? {}).map(([stage, ms]) => `${stage} ${textOf(ms)}`);
  return times.join(' + ');
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
