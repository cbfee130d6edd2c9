/**
 * The weight formats (EMBEDDING_DTYPE) of a model on a hub, as transformers.js finds them; empty = that cannot be told.
 * transformers.js is loaded only here, when a start is refused, because it takes a second and 60 MB.
 */
export async function availableDtypes(id: string, revision: string, hubUrl: string): Promise<readonly string[]> {
  const { env, ModelRegistry } = await import('@xenova/transformers');
  env.allowLocalModels = false;
  env.useFSCache = false;
  env.remoteHost = hubUrl.endsWith('/') ? hubUrl : `${hubUrl}/`;
  return await ModelRegistry.get_available_dtypes(id, { revision }).catch(() => []);
}
