declare const types: unique symbol;

/** A question that one end of a link may ask the other: its name, and the types of question and answer, which must survive a structured clone. */
export interface Topic<Question, Answer> {
  readonly name: string;
  readonly [types]?: (question: Question) => Answer;
}
