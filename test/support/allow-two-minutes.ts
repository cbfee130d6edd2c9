/** A test that starts servers takes longer than Jest's five seconds, and Jest has no timeout for one project. */
jest.setTimeout(120_000);
