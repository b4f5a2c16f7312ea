import { describe, expect, it } from 'vitest';
import { buildClientUri, hostsOf, joinUris, nodeUri } from './connection-string.ts';

describe('the connection string of a client', () => {
  const uri = 'mongodb://a:1,b:2/?replicaSet=rs0&w=1';

  it('takes over the options of the entity', () => {
    expect(buildClientUri(uri, { uriOptions: { W: 'majority' } })).toBe('mongodb://a:1,b:2/?replicaSet=rs0&W=majority');
  });

  it('has one host and no replica set for a direct connection', () => {
    expect(buildClientUri(uri, { uriOptions: { directConnection: true } })).toBe(
      'mongodb://a:1/?w=1&directConnection=true',
    );
    expect(hostsOf(buildClientUri(uri, { singleHost: true }))).toEqual(['a:1']);
  });

  it('knows nothing to put in place of a placeholder', () => {
    expect(() => buildClientUri(uri, { uriOptions: { x: { $$placeholder: 1 } } })).toThrow('in place of');
  });

  it('names one node, or all', () => {
    expect(nodeUri(uri, 'b:2')).toBe('mongodb://b:2/?w=1&directConnection=true');
    expect(joinUris(['mongodb://u:p@a:1/?w=1', 'mongodb://b:2/'])).toBe('mongodb://u:p@a:1,b:2/?w=1');
  });
});
