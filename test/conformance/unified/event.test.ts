import { describe, expect, it } from 'vitest';
import { isExpectedEvent, matchEvents } from './event.ts';
import { BadTest, Mismatch } from './failure.ts';
import type { MatchScope } from './match.ts';
import type { ObservedEvent } from './observed-client.ts';

const scope: MatchScope = { value: () => 1, lsid: () => ({}), extraFields: [] };

const started: ObservedEvent = {
  name: 'commandStartedEvent',
  type: 'command',
  event: { commandName: 'find', databaseName: 'db', command: { find: 'c', filter: { x: 1 } }, serverConnectionId: 5n },
};
const succeeded: ObservedEvent = {
  name: 'commandSucceededEvent',
  type: 'command',
  event: { commandName: 'find', reply: { ok: 1 }, serverConnectionId: null },
};

const find = { commandStartedEvent: { commandName: 'find', command: { find: 'c' } } };

describe('expected events', () => {
  it('match in their order and number', () => {
    const events = [find, { commandSucceededEvent: { reply: { ok: 1 } } }];
    matchEvents({ client: 'c', events }, [started, succeeded], scope);
    expect(() => matchEvents({ client: 'c', events }, [succeeded, started], scope)).toThrow(Mismatch);
    expect(() => matchEvents({ client: 'c', events }, [started], scope)).toThrow(Mismatch);
    expect(() => matchEvents({ client: 'c', events: [find] }, [started, succeeded], scope)).toThrow(Mismatch);
    expect(() => matchEvents({ client: 'c', events: [] }, [started], scope)).toThrow(Mismatch);
  });

  it('let further events pass only when told to', () => {
    const expected = { client: 'c', events: [find], ignoreExtraEvents: true };
    matchEvents(expected, [started, succeeded], scope);
    expect(() => matchEvents(expected, [], scope)).toThrow(Mismatch);
  });

  it.each([
    [{ commandName: 'insert' }],
    [{ databaseName: 'other' }],
    [{ command: { find: 'd' } }],
    [{ command: { filter: {} } }],
    [{ hasServerConnectionId: false }],
    [{ hasServiceId: true }],
  ])('find the planted difference %j', (properties) => {
    expect(isExpectedEvent({ commandStartedEvent: properties }, started, scope)).toBe(false);
  });

  it('look at connection ids and the types of descriptions', () => {
    const changed: ObservedEvent = {
      name: 'topologyDescriptionChangedEvent',
      type: 'sdam',
      event: { previousDescription: { type: 'Unknown' }, newDescription: { type: 'Single' } },
    };
    const to = (type: string) => ({ topologyDescriptionChangedEvent: { newDescription: { type } } });
    expect(isExpectedEvent(to('Single'), changed, scope)).toBe(true);
    expect(isExpectedEvent(to('Sharded'), changed, scope)).toBe(false);
    expect(isExpectedEvent({ commandStartedEvent: { hasServerConnectionId: true } }, started, scope)).toBe(true);
    expect(isExpectedEvent({ commandSucceededEvent: { hasServerConnectionId: true } }, succeeded, scope)).toBe(false);
  });

  it('are refused when the format does not have them', () => {
    const events = (...list: object[]) => ({ client: 'c', events: list });
    expect(() => matchEvents(events({ commandEvent: {} }), [started], scope)).toThrow(BadTest);
    expect(() => matchEvents(events({ poolReadyEvent: {} }), [started], scope)).toThrow('no command event');
    expect(() => matchEvents(events({ commandStartedEvent: { colour: 'red' } }), [started], scope)).toThrow(BadTest);
  });
});
