/** The settings that make this the model, whatever provider the environment names. Without a dtype, that of the environment stays. */
export function settingsOfModel(model: string, dtype?: string): Readonly<Record<string, string>> {
  return { EMBEDDING_MODEL: model, EMBEDDING_PROVIDER: 'local', USE_OPENAI: '', ...(dtype !== undefined && { EMBEDDING_DTYPE: dtype }) };
}
