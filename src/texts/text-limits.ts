import { registerDecorator, type ValidationArguments } from 'class-validator';

export interface TextLimits {
  /** In Unicode code points. */
  readonly maxTextLength: number;
  /** The setting of this length, for messages; undefined = MAX_TEXT_LENGTH. */
  readonly lengthSetting?: string | undefined;
  /** The most token ids of a text that comes as token ids, whatever its length; undefined = only its length counts. */
  readonly maxTokenIds?: number | undefined;
}

/** A body that knows the limits it is checked against. */
export class LimitedBody {
  /** Whether the body is of another server's dialect: its texts may be longer, and unknown fields may be null. */
  static readonly isForeign: boolean = false;
  readonly #limits: TextLimits;

  constructor(limits: TextLimits) {
    this.#limits = limits;
  }

  static limitsOf(body: object): TextLimits {
    return #limits in body ? body.#limits : { maxTextLength: Infinity };
  }
}

/** The fault of a text; undefined = none. */
export function faultOfText(text: unknown, { maxTextLength, lengthSetting = 'MAX_TEXT_LENGTH' }: TextLimits): string | undefined {
  if (typeof text !== 'string') return text === undefined ? 'is missing' : `must be a string, not ${kindOf(text)}`;
  if (text === '') return 'must not be empty';
  if (text.length <= maxTextLength) return undefined;
  const length = codePoints(text);
  return length <= maxTextLength ? undefined : `must have at most ${maxTextLength} characters (${lengthSetting}), not ${length}`;
}

/** The faults of several texts, one line for each, `[3] must be a string`; undefined = nothing. */
export function faultsOfTexts(texts: unknown, most: number, limits: TextLimits): string | undefined {
  if (!Array.isArray(texts)) return texts === undefined ? 'is missing' : `must be an array of strings, not ${kindOf(texts)}`;
  if (texts.length === 0 || texts.length > most) return `must hold 1 to ${most} texts, not ${texts.length}`;
  const faults = texts.flatMap((text: unknown, index) => {
    const fault = faultOfText(text, limits);
    return fault === undefined ? [] : [`[${index}] ${fault}`];
  });
  return faults.length === 0 ? undefined : faults.join('\n');
}

/** A text of 1 to MAX_TEXT_LENGTH characters. */
export function IsText(): PropertyDecorator {
  return FaultFree('isText', (value, limits) => faultOfText(value, limits));
}

/** An array of 1 to `most` such texts. */
export function AreTexts(most: number): PropertyDecorator {
  return FaultFree('areTexts', (value, limits) => faultsOfTexts(value, most, limits));
}

/** `faultOf` says what is wrong with a value; undefined = nothing. */
export function FaultFree(name: string, faultOf: (value: unknown, limits: TextLimits) => string | undefined): PropertyDecorator {
  const fault = (value: unknown, { object }: ValidationArguments): string | undefined => faultOf(value, LimitedBody.limitsOf(object));
  return (target, property) => {
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: String(property),
      validator: {
        validate: (value, args) => args !== undefined && fault(value, args) === undefined,
        defaultMessage: (args) => (args && fault(args.value, args)) ?? '',
      },
    });
  };
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a${typeof value === 'object' ? 'n' : ''} ${typeof value}`;
}

function codePoints(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1) count++;
  return count;
}
