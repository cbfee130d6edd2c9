import type { ChunkSize } from '../../chunks/index.js';
import { faulty, type ServiceError } from '../../errors/index.js';
import { faultOfText } from '../../texts/index.js';
import { documentLimits, textLimits, type JobLimits } from './job-limits.js';

/** Characters of the texts that may come before the fields which decide how they are cut. Until then, the texts are kept in memory. */
const MOST_CHARACTERS = 1_000_000;

/** Checks texts, of which longer ones are allowed if the field `chunk` stands before or behind them. */
export class EarlyTexts {
  private characters = 0;
  /** The fault of a text that is too long unless `chunk` comes behind it. */
  private tooLong: ServiceError | undefined;

  constructor(private readonly limits: JobLimits) {}

  /** Whether it is too late for fields that decide how the texts are cut. */
  get areMany(): boolean {
    return this.characters > MOST_CHARACTERS;
  }

  check(text: unknown, place: string, chunk: ChunkSize | undefined): void {
    const fault = faultOfText(text, textLimits(this.limits, { chunk }));
    if (fault !== undefined) this.refuse(faulty(place, fault), text, chunk);
    this.characters += String(text).length;
    if (this.areMany) this.refuseTooLong(chunk);
  }

  refuseTooLong(chunk: ChunkSize | undefined): void {
    if (chunk === undefined && this.tooLong !== undefined) throw this.tooLong;
  }

  refuseLate(field: string): void {
    if (this.areMany) throw faulty(field, `must stand before the texts if these have over ${MOST_CHARACTERS} characters together`);
  }

  private refuse(refusal: ServiceError, text: unknown, chunk: ChunkSize | undefined): void {
    const mayBeDocument = chunk === undefined && !this.areMany && faultOfText(text, documentLimits(this.limits)) === undefined;
    if (!mayBeDocument) throw refusal;
    this.tooLong ??= refusal;
  }
}
