import { notJson, type JsonToken } from '../../http/index.js';

type Value = string | number | boolean | null;
type Step = (token: JsonToken) => void;

/** Reads the tokens of a JSON object behind its first brace, one by one; its values are no arrays or objects. */
export class FlatObjectReader {
  readonly values = new Map<string, Value>();
  isDone = false;
  private name = '';
  private step: Step;

  /** @param refuse Makes the error for a name that is not allowed, or is there twice, and for a value that is an array or object. */
  constructor(
    private readonly names: readonly string[],
    private readonly refuse: (name: string) => Error,
  ) {
    this.step = this.firstName;
  }

  take(token: JsonToken): void {
    this.step(token);
  }

  private readonly firstName: Step = (token) => {
    if (signOf(token) === '}') this.isDone = true;
    else this.nextName(token);
  };

  private readonly nextName: Step = (token) => {
    if (!('value' in token) || typeof token.value !== 'string') throw notJson();
    if (!this.names.includes(token.value) || this.values.has(token.value)) throw this.refuse(token.value);
    this.name = token.value;
    this.step = this.colon;
  };

  private readonly colon: Step = (token) => {
    if (signOf(token) !== ':') throw notJson();
    this.step = this.value;
  };

  private readonly value: Step = (token) => {
    if (!('value' in token)) throw '[{'.includes(token.sign) ? this.refuse(this.name) : notJson();
    this.values.set(this.name, token.value);
    this.step = this.afterValue;
  };

  private readonly afterValue: Step = (token) => {
    const sign = signOf(token);
    if (sign === '}') this.isDone = true;
    else if (sign === ',') this.step = this.nextName;
    else throw notJson();
  };
}

function signOf(token: JsonToken): string | undefined {
  return 'sign' in token ? token.sign : undefined;
}
