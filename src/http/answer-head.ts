/** Where the headers of an answer are set before it is sent; Fastify's reply is one. */
export interface AnswerHead {
  headers(values: Readonly<Record<string, string | number>>): unknown;
  /** Nothing can be set any more. */
  readonly sent: boolean;
}
