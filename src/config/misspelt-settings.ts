import { distance } from 'fastest-levenshtein';

/** The first words of names that only this service uses. Others (LOG_, MAX_, OTEL_, API_) are common in environments. */
const OWN_WORDS = /^(?:BATCH|CACHE|EMBEDDINGS?|JOB|QUEUE|RATE|WEBHOOK)_/;
/** Kubernetes sets such variables for each service of a namespace, and one of them may be called `cache` or `embedding-pipeline`. */
const SET_BY_KUBERNETES = /_(?:SERVICE_HOST|SERVICE_PORT(?:_.+)?|PORT(?:_\d+_(?:TCP|UDP)(?:_.+)?)?)$/;
/** Clients of this service read them: the command for files and the examples. */
const OF_CLIENTS = ['EMBEDDING_API_KEY', 'EMBEDDING_URL'];
/** The share of a name that may differ from the setting that was meant. */
const MOST_DIFFERENT = 0.4;

/**
 * Returns one line for each variable that looks like a misspelt setting: it begins with a word of ours, or it is one edit
 * (a letter too many, missing, replaced, or two swapped) away from a setting.
 */
export function misspeltSettings(names: readonly string[], settings: readonly string[]): readonly string[] {
  const unknown = names.filter(
    (name) => /^[A-Za-z]/.test(name) && ![...settings, ...OF_CLIENTS].includes(name) && !SET_BY_KUBERNETES.test(name),
  );
  return unknown.flatMap((name) => {
    const asked = name.toUpperCase();
    const nearest = nearestOf(asked, settings);
    if (!OWN_WORDS.test(name) && !isOneEdit(asked, nearest)) return [];
    const isMeant = distance(asked, nearest) <= nearest.length * MOST_DIFFERENT;
    return [`${name} is not a setting of this service and has no effect${isMeant ? `; did you mean ${nearest}?` : ''}`];
  });
}

function nearestOf(name: string, settings: readonly string[]): string {
  return settings.reduce((nearest, setting) => (distance(name, setting) < distance(name, nearest) ? setting : nearest));
}

function isOneEdit(name: string, setting: string): boolean {
  return distance(name, setting) <= 1 || isSwapped(name, setting);
}

function isSwapped(name: string, setting: string): boolean {
  let at = 0;
  while (at < name.length && name[at] === setting[at]) at++;
  return setting === name.slice(0, at) + (name[at + 1] ?? '') + (name[at] ?? '') + name.slice(at + 2);
}
