declare const types: unique symbol;

/** What one process may ask of another: a name, and the types of question and answer, which must survive a structured clone. */
export interface Topic<Question, Answer> {
  readonly name: string;
  readonly [types]?: (question: Question) => Answer;
}
