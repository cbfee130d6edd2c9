import { UsageError } from '../command-error.js';

/** An input cannot be read. `fault` goes on after the name of the input: `is not a text file`. */
export class InputFault extends UsageError {
  constructor(
    input: string,
    readonly fault: string,
    options?: ErrorOptions,
  ) {
    super(`${input} ${fault}`, options);
  }
}
