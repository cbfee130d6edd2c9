const KEPT = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ'];

/** Makes an environment of the given variables and the few that every program needs, without the tester's own settings. */
export function plainEnvironment(variables: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const kept = KEPT.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]] as const]));
  return { ...Object.fromEntries(kept), ...variables };
}
