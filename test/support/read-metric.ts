export async function readMetrics(url: string): Promise<string> {
  const answer = await fetch(`${url}/metrics`);
  return await answer.text();
}

/** Returns the sum of the series with this name and these labels; 0 if there is none. */
export async function readMetric(url: string, name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return (await readMetrics(url))
    .split('\n')
    .map((line) => /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line))
    .filter((match) => match?.[1] === name && wanted.every((label) => match[2]?.split(',').includes(label)))
    .reduce((sum, match) => sum + Number(match?.[3]), 0);
}
