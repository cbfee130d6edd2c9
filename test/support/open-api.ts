/** A part of an OpenAPI document, as far as the tests read it. */
export interface DescribedAnswer {
  readonly description: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, unknown>>;
}

export interface DescribedOperation {
  readonly operationId: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly requestBody?: object;
  readonly security?: readonly object[];
  readonly responses: Readonly<Record<string, DescribedAnswer>>;
}

export interface OpenApi {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly license?: { readonly name: string } };
  readonly tags: readonly { readonly name: string; readonly description?: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: {
    readonly securitySchemes: object;
    readonly schemas: Readonly<Record<string, { readonly properties: object; readonly required?: readonly string[] }>>;
  };
}

/** The document with its headers, parameters and answers where they are used, instead of references. Schemas stay references. */
export function withPartsInPlace(document: OpenApi): OpenApi {
  const components = document.components as unknown as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  const inPlace = (part: unknown): unknown => {
    if (typeof part !== 'object' || part === null) return part;
    if (Array.isArray(part)) return part.map(inPlace);
    const [, kind = '', name = ''] = /^#\/components\/(headers|parameters|responses)\/(.+)$/.exec(String(Reflect.get(part, '$ref'))) ?? [];
    if (kind !== '') return inPlace(components[kind]?.[name]);
    return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, inPlace(value)]));
  };
  return { ...document, paths: inPlace(document.paths) as OpenApi['paths'] };
}

export function operationsOf({ paths }: OpenApi): readonly DescribedOperation[] {
  return Object.values(paths).flatMap((path) => Object.values(path));
}
