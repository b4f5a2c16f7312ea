import { describe, expect, it } from 'vitest';
import { gatewaysOf } from './container-gateway.ts';

describe('the gateways of a table of routes', () => {
  it('are those of its default routes', () => {
    const table = [
      'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
      'eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0',
      'eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
      'eth1\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0',
      '',
    ].join('\n');
    expect([...gatewaysOf(table)]).toEqual(['172.17.0.1']);
  });
});
