/** What makes a test fail, as opposed to what a driver throws and a test may expect. */

/** Something differs from what the file expects. */
export class Mismatch extends Error {
  override name = 'Mismatch';
}

/** The file asks for what it may not, or for what the runner does not have. */
export class BadTest extends Error {
  override name = 'BadTest';
}

/** Whether an error is a verdict of the runner, which no expectation of the test may swallow. */
export function isVerdict(error: unknown): boolean {
  return error instanceof Mismatch || error instanceof BadTest;
}
