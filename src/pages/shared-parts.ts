import { isDeepStrictEqual } from 'node:util';
import type { OpenAPIObject } from '@nestjs/swagger';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Answer = Exclude<Operation['responses'][string], undefined>;
type Reference = Extract<Answer, { $ref: string }>;

/** Every operation of a document. */
export function operationsOf({ paths }: Pick<OpenAPIObject, 'paths'>): readonly Operation[] {
  return Object.values(paths).flatMap((path) => Object.values(path) as Operation[]);
}

/** The same names, with other values. */
export function mapped<Value, Other>(
  record: Readonly<Record<string, Value>>,
  change: (value: Value, name: string) => Other,
): Record<string, Other> {
  return Object.fromEntries(Object.entries(record).map(([name, value]): [string, Other] => [name, change(value, name)]));
}

/**
 * Moves the headers, parameters and answers of all operations into `components`, and leaves references to them, because
 * most operations have the same. An answer is named after its schema and its status, like `OpenAiError429`. A part whose
 * name is taken by a different part stays where it is.
 */
export function shareParts(document: OpenAPIObject): OpenAPIObject {
  const shared = new SharedParts();
  const paths = mapped(document.paths, (path) => mapped(path as Record<string, Operation>, (operation) => shared.lighten(operation)));
  return { ...document, paths, components: { ...document.components, ...shared.components } };
}

class SharedParts {
  readonly components = { headers: {}, parameters: {}, responses: {} };

  lighten({ parameters = [], responses, ...operation }: Operation): Operation {
    return {
      ...operation,
      parameters: parameters.map((parameter) => ('name' in parameter ? this.refer('parameters', parameter.name, parameter) : parameter)),
      responses: mapped(responses, (answer, status) => answer && this.answer(status, answer)),
    };
  }

  private answer(status: string, answer: Answer): Answer {
    if ('$ref' in answer) return answer;
    const headers = mapped(answer.headers ?? {}, (header, name) => this.refer('headers', name, header));
    const lighter = { ...answer, headers };
    const schema = schemaOf(answer)?.replace(/Schema$/, '');
    return schema === undefined ? lighter : this.refer('responses', `${schema}${status}`, lighter);
  }

  private refer<Part>(kind: keyof SharedParts['components'], name: string, part: Part): Part | Reference {
    const known: Record<string, unknown> = this.components[kind];
    known[name] ??= part;
    return isDeepStrictEqual(known[name], part) ? { $ref: `#/components/${kind}/${name}` } : part;
  }
}

function schemaOf({ content }: Exclude<Answer, Reference>): string | undefined {
  const schema = content?.['application/json']?.schema;
  return schema !== undefined && '$ref' in schema ? schema.$ref.split('/').at(-1) : undefined;
}
