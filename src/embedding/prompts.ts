import { faulty } from '../errors/index.js';
import { ALIASES_OF_INPUT_TYPES } from './input-types.js';

/** The longest part of a refused name that an error shows. */
const MOST_SHOWN = 100;

/** The texts that a model wants before a text, by what the text is for. */
export class Prompts {
  /** The prompts of a model that has none. */
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
    const found = this.find(inputType);
    if (found === undefined) throw faulty('input_type', this.refusalOf(inputType));
    return found;
  }

  /** The fault of an input type; undefined = none. */
  faultOf(inputType: string): string | undefined {
    return this.find(inputType) === undefined ? this.refusalOf(inputType) : undefined;
  }

  private find(inputType: string): string | undefined {
    if (Object.hasOwn(this.texts, inputType)) return this.text(inputType);
    const kind = ALIASES_OF_INPUT_TYPES.find(({ names }) => names.includes(inputType));
    const name = kind?.names.find((alias) => Object.hasOwn(this.texts, alias));
    if (name !== undefined) return this.text(name);
    const needsNone = kind !== undefined && (kind.isRetrieval || Object.keys(this.texts).length === 0);
    return needsNone ? '' : undefined;
  }

  private text(name: string): string {
    return this.texts[name] ?? '';
  }

  private refusalOf(inputType: string): string {
    const names = [...new Set(['query', 'document', ...Object.keys(this.texts)])].join(', ');
    return `must be one of ${names} for this model, not ${JSON.stringify(inputType.slice(0, MOST_SHOWN))}`;
  }
}
