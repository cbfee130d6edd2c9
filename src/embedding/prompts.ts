import { ServiceError } from '../errors/index.js';
import { ALIASES_OF_INPUT_TYPES } from './input-types.js';

/** The texts that a model wants before a text, by what the text is for. */
export class Prompts {
  /** Of a model that wants none. */
  static readonly NONE = new Prompts({}, undefined);

  /**
   * @param texts By name, as the model names them.
   * @param defaultName The prompt of texts that come without an input type; undefined = they get none.
   */
  constructor(
    readonly texts: Readonly<Record<string, string>>,
    readonly defaultName: string | undefined,
  ) {}

  /**
   * The prompt for an input type: a name that the model has, or an alias of one; '' = none. Every model takes `query`,
   * `document` and their aliases. Throws a ServiceError for a name that the model does not have.
   */
  of(inputType: string | null | undefined): string {
    if (inputType === undefined || inputType === null) return this.defaultName === undefined ? '' : this.text(this.defaultName);
    if (Object.hasOwn(this.texts, inputType)) return this.text(inputType);
    const kind = ALIASES_OF_INPUT_TYPES.find(({ names }) => names.includes(inputType));
    const name = kind?.names.find((alias) => Object.hasOwn(this.texts, alias));
    if (name !== undefined) return this.text(name);
    if (kind !== undefined && (kind.isRetrieval || Object.keys(this.texts).length === 0)) return '';
    throw this.unknown(inputType);
  }

  private text(name: string): string {
    return this.texts[name] ?? '';
  }

  private unknown(inputType: string): ServiceError {
    const names = [...new Set(['query', 'document', ...Object.keys(this.texts)])].join(', ');
    const message = `must be one of ${names} for this model, not ${JSON.stringify(inputType.slice(0, 100))}`;
    return ServiceError.ofFaults('invalid_request', [{ field: 'input_type', message }]);
  }
}
