/** Password preparation (RFC 4013), so that the same password typed elsewhere gives the same bytes. */
import { MongoError } from '../error/mongo-error.ts';

const plain = /^[\x20-\x7e]*$/;

/**
 * The password as it is hashed. Throws BadValue where it holds a character that no password may have. The tables are read
 * when the first password needs them.
 */
export async function preparePassword(password: string): Promise<string> {
  if (plain.test(password)) return password;
  const { default: saslprep } = await import('@mongodb-js/saslprep');
  try {
    return saslprep(password);
  } catch (thrown) {
    throw new MongoError('BadValue', 'the password holds a character that SASLprep prohibits', { cause: thrown });
  }
}
