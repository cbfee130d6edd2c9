/** Takes the headers of an answer before it is sent. Fastify's reply is one. */
export interface AnswerHead {
  headers(values: Readonly<Record<string, string | number>>): unknown;
  /** True = headers can no longer be set. */
  readonly sent: boolean;
}
