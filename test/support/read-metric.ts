export async function readMetrics(url: string): Promise<string> {
  const answer = await fetch(`${url}/metrics`);
  return await answer.text();
}

/** Returns the sum of the series with this name and these labels; 0 if there is none. */
export async function readMetric(url: string, name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
  return metricIn(await readMetrics(url), name, labels);
}

/** Like `readMetric`, in the text of an answer. */
export function metricIn(text: string, name: string, labels: Readonly<Record<string, string>>): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return text
    .split('\n')
    .map((line) => /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line))
    .filter((match) => match?.[1] === name && wanted.every((label) => match[2]?.split(',').includes(label)))
    .reduce((sum, match) => sum + Number(match?.[3]), 0);
}
