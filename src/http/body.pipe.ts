import { Inject, Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import { EMBEDDING_SETTINGS, type EmbeddingSettings } from '../config/index.js';
import { ServiceError, type Fault } from '../errors/index.js';
import type { TextLimits } from '../texts/index.js';
import { unknownField } from './other-dialects.js';

/** A request body: a class whose class-validator decorators say what is valid. */
export interface BodyClass<Body extends object = object> {
  new (limits: TextLimits): Body;
  /**
   * A fast check, because class-validator takes 18 us where this takes 1. True = the body is valid; false = let the
   * decorators decide.
   */
  accepts(body: unknown, limits: TextLimits): boolean;
  /** Whether the body is of another server's dialect: its texts may be longer, and unknown fields may be null. */
  readonly isForeign: boolean;
}

/** The limits of texts in own bodies, and in those of other servers' dialects. */
export type BodyLimits = Pick<EmbeddingSettings, 'maxTextLength' | 'maxForeignTextLength' | 'maxTokenIds'>;

const LONGEST_SHOWN_NAME = 100;

/** Checks request bodies against their class and names every fault. */
@Injectable()
export class BodyPipe implements PipeTransform {
  constructor(@Inject(EMBEDDING_SETTINGS) private readonly limits: BodyLimits) {}

  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    return type === 'body' && isBodyClass(metatype) ? validBody(metatype, value, this.limits) : value;
  }
}

/** The body, if its class finds it valid; throws a ServiceError that names every fault. */
export function validBody<Body extends object>(bodyClass: BodyClass<Body>, value: unknown, settings: BodyLimits): Body {
  const limits = limitsOf(bodyClass, settings);
  const faults = bodyClass.accepts(value, limits) ? [] : faultsOf(bodyClass, value, limits);
  if (faults.length > 0) throw ServiceError.ofFaults('invalid_request', faults);
  return value as Body;
}

/** The limits of the texts in such a body. */
export function limitsOf({ isForeign }: BodyClass, { maxTextLength, maxForeignTextLength, maxTokenIds }: BodyLimits): TextLimits {
  return isForeign ? { maxTextLength: maxForeignTextLength, maxTokenIds } : { maxTextLength };
}

function isBodyClass(metatype: unknown): metatype is BodyClass {
  return typeof metatype === 'function' && 'accepts' in metatype;
}

function faultsOf(bodyClass: BodyClass, value: unknown, limits: TextLimits): readonly Fault[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [{ field: 'body', message: 'must be a JSON object' }];
  }
  const known = fieldsOf(bodyClass);
  const body = new bodyClass(limits);
  const unknown: Fault[] = [];
  for (const [name, field] of Object.entries(value)) {
    if (known.has(name)) Object.assign(body, { [name]: field as unknown });
    else if (field !== null || !bodyClass.isForeign) unknown.push(unknownFieldFault(name));
  }
  return [...unknown, ...validateSync(body).flatMap(faultsOfProperty)];
}

/** The fault of a field that the route does not have. */
export function unknownFieldFault(name: string): Fault {
  return { field: shownName(name), message: unknownField(name) };
}

function shownName(name: string): string {
  if (name === '') return '""';
  return name.length > LONGEST_SHOWN_NAME ? `${name.slice(0, LONGEST_SHOWN_NAME)}…` : name;
}

const fields = new Map<BodyClass, ReadonlySet<string>>();

/** The fields that a class has constraints for. class-validator could refuse the others too, but takes 30 us for each. */
function fieldsOf(bodyClass: BodyClass): ReadonlySet<string> {
  let names = fields.get(bodyClass);
  if (names === undefined) {
    const constraints = getMetadataStorage().getTargetValidationMetadatas(bodyClass, '', false, false);
    fields.set(bodyClass, (names = new Set(constraints.map(({ propertyName }) => propertyName))));
  }
  return names;
}

/** A constraint on a list writes one line for each item, beginning with its index: `[3] must be a string`. */
function faultsOfProperty({ property, constraints = {} }: ValidationError): readonly Fault[] {
  const lines = Object.values(constraints).flatMap((message) => message.split('\n'));
  return lines.map((line) => {
    const [, index = '', message = line] = /^(\[\d+\]) (.*)$/.exec(line) ?? [];
    return { field: property + index, message };
  });
}
