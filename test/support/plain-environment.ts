const KEPT = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ'];
/** Few tests need several inference processes, and each takes most of a second to start. */
const USUAL = { EMBEDDING_WORKERS: '1' };

/** Makes an environment of the given variables and the few that every program needs, without the tester's own settings; with one inference process unless another number is given. */
export function plainEnvironment(variables: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const kept = KEPT.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]] as const]));
  return { ...Object.fromEntries(kept), ...USUAL, ...variables };
}
