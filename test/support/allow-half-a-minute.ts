/** On a busy machine a test without a server may take longer than Jest's five seconds. */
jest.setTimeout(30_000);
