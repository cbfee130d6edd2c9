/** The routes of the dialects, by the field in which they take texts. */
const ROUTES_OF_FIELDS: Readonly<Record<string, string>> = {
  text: 'POST /embed takes it',
  texts: 'POST /embed/batch takes it',
  input: 'POST /v1/embeddings and POST /api/embed take it',
  inputs: 'POST / and POST /embed take it',
  prompt: 'POST /api/embeddings takes it',
};

/** Paths that other servers have, and what to use here. */
const HINTS_OF_PATHS: readonly (readonly [path: RegExp, hint: string])[] = [
  [/^\/(?:v1\/)?embeddings?$/, 'use POST /v1/embeddings'],
  [/^\/(?:openai\/)?(?:v1\/)?(?:engines|deployments)\/[^/]+\/embeddings$/, 'use POST /v1/embeddings, with the model in the body'],
  [/^\/v1(?:beta)?\/models\/[^/]+:(?:batch)?embedcontents?$/i, 'use POST /v1/embeddings, with the model in the body'],
  [/^\/(?:embed_all|encode|predict|v1\/embed_text|v1\/encode|vectors)$/, 'use POST /embed for one text, or POST /embed/batch'],
  [
    /^\/(?:(?:v1|v2|api)\/)?(?:rerank|chat(?:\/completions)?|completions|responses|generate|embed_sparse|similarity|classify|tokenize|detokenize|decode)$/,
    'this service computes embeddings only: use POST /v1/embeddings or POST /embed',
  ],
];

/** The fault of a field that a route does not have: the route that has it, if it is of another dialect. */
export function unknownField(name: string): string {
  const route = Object.hasOwn(ROUTES_OF_FIELDS, name) ? ROUTES_OF_FIELDS[name] : undefined;
  return route === undefined ? 'is not a known field; remove it' : `is not a known field of this route; ${route}`;
}

/** The route to use in place of an unknown path; undefined = there is none. */
export function hintOfPath(url: string): string | undefined {
  const path = url.replace(/\?.*$/s, '').replace(/(?<=.)\/+$/, '');
  return HINTS_OF_PATHS.find(([pattern]) => pattern.test(path))?.[1];
}
