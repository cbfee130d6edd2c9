import { faulty, ServiceError } from '../../errors/index.js';
import { notJson, unknownFieldFault, type JsonToken } from '../../http/index.js';
import { faultsOfTexts } from '../../texts/index.js';
import type { ChunkSize } from '../../chunks/index.js';
import { CHUNK_NUMBERS, detailsIn, isJobField, readChunkSize, readJobField, type JobField, type JobFields } from '../job-fields.js';
import type { JobDetails } from '../store/job-store.port.js';
import { EarlyTexts } from './early-texts.js';
import { FlatObjectReader } from './flat-object-reader.js';
import type { JobLimits } from './job-limits.js';

export interface JsonJobLimits extends JobLimits {
  readonly maxTexts: number;
}

/** The longest part of a refused name that an error shows. */
const LONGEST_NAME = 100;

type Field = 'texts' | 'chunk' | JobField;
/** Takes the next token, and returns the text that it is, if it is one. */
type Step = (token: JsonToken) => string | undefined;

/** Reads the tokens of `{"texts": [...]}` with the fields of a job, one by one. Throws at the first that is not allowed. */
export class JsonJobReader {
  private readonly given = new Set<string>();
  private field: Field = 'texts';
  private texts = 0;
  private fields: JobFields = {};
  private chunk: ChunkSize | undefined;
  private chunkReader: FlatObjectReader | undefined;
  private readonly early: EarlyTexts;
  private step: Step;

  constructor(private readonly limits: JsonJobLimits) {
    this.step = this.start;
    this.early = new EarlyTexts(limits);
  }

  get details(): JobDetails {
    return { ...detailsIn(this.fields), chunk: this.chunk };
  }

  /** Whether it is too late for fields that decide how the texts are cut. */
  get isSettled(): boolean {
    return this.isDone || this.early.areMany;
  }

  get hasBegun(): boolean {
    return this.step !== this.start;
  }

  get isDone(): boolean {
    return this.step === this.done;
  }

  /** The place of the next token, for a fault that names it. */
  get place(): string {
    if (this.step === this.firstText || this.step === this.text) return `texts[${this.texts}]`;
    return this.step === this.value ? this.field : 'body';
  }

  take(token: JsonToken): string | undefined {
    return this.step(token);
  }

  private readonly start: Step = (token) => {
    if (!isSign(token, '{')) throw faulty('body', 'must be a JSON object');
    this.step = this.firstName;
    return undefined;
  };

  private readonly firstName: Step = (token) => {
    if (!isSign(token, '}')) return this.name(token);
    this.end();
    return undefined;
  };

  private readonly name: Step = (token) => {
    const name = valueOf(token);
    if (typeof name !== 'string') throw notJson();
    if (!isField(name)) throw ServiceError.ofFaults('invalid_request', [unknownFieldFault(name)]);
    if (this.given.has(name)) throw faulty(name, 'must be there once, not twice');
    this.given.add(name);
    this.field = name;
    this.step = this.colon;
    return undefined;
  };

  private readonly colon: Step = (token) => {
    if (!isSign(token, ':')) throw notJson();
    this.step = this.value;
    return undefined;
  };

  private readonly value: Step = (token) => {
    const value = valueOf(token);
    if (this.field === 'texts') this.beginTexts(value);
    else if (this.field === 'chunk') this.beginChunk(value);
    else this.takeField(this.field, value);
    return undefined;
  };

  private readonly firstText: Step = (token) => {
    if (isSign(token, ']')) throw faulty('texts', this.faultOfTexts([]));
    return this.text(token);
  };

  private readonly text: Step = (token) => {
    const text = valueOf(token);
    if (this.texts === this.limits.maxTexts)
      throw faulty('texts', `must hold 1 to ${this.limits.maxTexts} texts, not more; NDJSON may hold more`);
    this.early.check(text, `texts[${this.texts}]`, this.chunk);
    this.texts++;
    this.step = this.afterText;
    return text as string;
  };

  private readonly afterText: Step = (token) => {
    if (isSign(token, ']')) this.step = this.afterValue;
    else if (isSign(token, ',')) this.step = this.text;
    else throw notJson();
    return undefined;
  };

  private readonly afterValue: Step = (token) => {
    if (isSign(token, '}')) this.end();
    else if (isSign(token, ',')) this.step = this.name;
    else throw notJson();
    return undefined;
  };

  private readonly done: Step = () => {
    throw notJson();
  };

  private beginTexts(value: unknown): void {
    if (!Array.isArray(value)) throw faulty('texts', this.faultOfTexts(value));
    this.step = this.firstText;
  }

  private beginChunk(value: unknown): void {
    this.early.refuseLate('chunk');
    this.step = this.afterValue;
    if (value === null) return;
    if (typeof value !== 'object' || Array.isArray(value)) throw faulty('chunk', 'must be an object with tokens and overlap');
    this.chunkReader = new FlatObjectReader(CHUNK_NUMBERS, (name) =>
      faulty(`chunk.${name.slice(0, LONGEST_NAME)}`, 'is not known, or there twice, or no number; chunk has tokens and overlap'),
    );
    this.step = this.inChunk;
  }

  private readonly inChunk: Step = (token) => {
    const reader = this.chunkReader;
    reader?.take(token);
    if (reader?.isDone !== true) return undefined;
    const [tokens, overlap] = CHUNK_NUMBERS.map((name) => numberIn(reader.values.get(name)));
    this.chunk = readChunkSize(this.limits.maxTokensOf(this.fields.model), { tokens, overlap }, (name) => `chunk.${name}`);
    this.step = this.afterValue;
    return undefined;
  };

  private takeField(field: JobField, value: unknown): void {
    if ((field === 'input_type' || field === 'model') && this.chunk !== undefined) this.early.refuseLate(field); // they decide how much a chunk holds
    const read = readJobField(this.limits, field, value, { model: this.fields.model });
    if (read !== undefined) this.fields = { ...this.fields, [field]: read };
    this.step = this.afterValue;
  }

  private end(): void {
    if (!this.given.has('texts')) throw faulty('texts', this.faultOfTexts(undefined));
    this.early.refuseTooLong(this.chunk);
    this.step = this.done;
  }

  private faultOfTexts(texts: unknown): string {
    return faultsOfTexts(texts, this.limits.maxTexts, this.limits) ?? '';
  }
}

function isField(name: string): name is Field {
  return name === 'texts' || name === 'chunk' || isJobField(name);
}

function isSign(token: JsonToken, sign: string): boolean {
  return 'sign' in token && token.sign === sign;
}

/** Absent for null; NaN, which no rule allows, for what is no number. */
function numberIn(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'number' ? value : NaN;
}

/** The value of the token. For a token that begins an array or an object, it is an empty one. */
function valueOf(token: JsonToken): unknown {
  if ('value' in token) return token.value;
  if (token.sign === '[') return [];
  if (token.sign === '{') return {};
  throw notJson();
}
