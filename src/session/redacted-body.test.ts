import { describe, expect, it } from 'vitest';
import { document } from '../bson/literal.ts';
import { printDocument } from '../bson/print.ts';
import { redactedBody } from './redacted-body.ts';

describe('what others see of a command', () => {
  it('has no secret in it, at whatever depth, and everything else', () => {
    const body = document({ hello: 1, speculativeAuthenticate: { saslStart: 1, payload: 'secret' }, pwd: 'secret' });
    const shown = redactedBody(body, { secretFields: ['speculativeAuthenticate.payload', 'pwd', 'absent', 'hello.x'] });
    expect(printDocument(shown)).toBe(
      printDocument(document({ hello: 1, speculativeAuthenticate: { saslStart: 1, payload: 'xxx' }, pwd: 'xxx' })),
    );
  });

  it('is the command itself where it has no secrets', () => {
    const body = document({ ping: 1 });
    expect(redactedBody(body, {})).toBe(body);
    expect(redactedBody(body, { secretFields: ['pwd'] })).toBe(body);
  });
});
