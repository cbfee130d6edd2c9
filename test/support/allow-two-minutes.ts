/** A test that starts servers takes longer than Jest's five seconds; Jest has no such setting for one project. */
jest.setTimeout(120_000);
