import { describe, expect, test } from 'vitest';
import { parseTable } from '../../flows/reader/collector.ts';
import { type Conversation, columns, initiated, toDirection } from '../../flows/reader/conversations.ts';
import { suggest } from './suggest.ts';

const services: Record<string, string> = {
  '10.0.0.1': 'web',
  '10.0.0.2': 'web',
  '10.0.0.9': 'db',
  '10.9.9.9': 'far',
  'fd00::a': 'web',
  'fd00::b': 'db',
};
const probeOf: Record<string, string> = { web: 'fd00::a', db: 'fd00::b' };
const book = {
  ownerOf: (address: string) => {
    const service = services[address];
    return service === undefined ? undefined : { service, pod: `${service}-1` };
  },
};

function asked(
  client: string,
  server: string,
  port: number,
  protocol = 'tcp',
): Omit<Conversation, 'exporter'> {
  return { client, server, port, protocol, flows: 1, last: Date.UTC(2026, 0, 31) };
}

/** What is suggested when the service's own probe has seen it all. */
function suggestFor(
  service: string,
  seen: readonly Omit<Conversation, 'exporter'>[],
  neighbours: readonly string[],
) {
  const own = seen.map((conversation) => ({ ...conversation, exporter: probeOf[service] ?? '' }));
  return suggest(service, own, book, neighbours);
}

describe('suggested rules', () => {
  test('name a service on a common network once for all of its replicas', () => {
    const seen = [asked('10.0.0.1', '10.0.0.9', 3306), asked('10.0.0.2', '10.0.0.9', 3306)];
    expect(suggestFor('db', seen, ['web'])).toEqual({
      service: 'db',
      ingress: [{ ports: ['3306/tcp'], peers: ['web'], flows: 2, last: '2026-01-31T00:00:00.000Z' }],
      egress: [],
    });
  });

  test('have both directions', () => {
    const seen = [asked('192.0.2.7', '10.0.0.1', 80), asked('10.0.0.1', '10.0.0.9', 3306)];
    expect(suggestFor('web', seen, ['db'])).toMatchObject({
      ingress: [{ ports: ['80/tcp'], peers: ['192.0.2.7'] }],
      egress: [{ ports: ['3306/tcp'], peers: ['db'] }],
    });
  });

  test('put ports together that the same peers asked for', () => {
    const seen = [asked('10.0.0.1', '10.0.0.9', 443), asked('10.0.0.1', '10.0.0.9', 80)];
    expect(suggestFor('db', seen, ['web']).ingress).toMatchObject([{ ports: ['443/tcp', '80/tcp'] }]);
  });

  test('name a service by its address when it is on no common network', () => {
    const seen = [asked('10.9.9.9', '10.0.0.9', 80)];
    expect(suggestFor('db', seen, ['web']).ingress).toMatchObject([{ peers: ['10.9.9.9'] }]);
  });

  test('say any where many strangers came', () => {
    const seen = Array.from({ length: 9 }, (_, i) => asked(`192.0.2.${i + 1}`, '10.0.0.1', 80));
    expect(suggestFor('web', seen, []).ingress).toMatchObject([{ peers: ['any'], flows: 9 }]);
  });

  test('follow from what the service’s own probe saw, and from no neighbour’s word', () => {
    const told = { ...asked('10.0.0.1', '10.0.0.9', 9999), exporter: probeOf['web'] ?? '' };
    expect(suggest('db', [told], book, ['web'])).toMatchObject({ ingress: [], egress: [] });
  });

  test('leave out what every firewall lets pass', () => {
    const seen = [{ ...asked('fe80::1', 'ff02::2', 0), protocol: 'icmp' }];
    expect(suggestFor('web', seen, [])).toMatchObject({ ingress: [], egress: [] });
  });
});

describe('who began', () => {
  test('is who was seen first, where the ports do not tell', () => {
    const text = `
fd00::a|6|10.0.0.9|50051|10.0.0.1|40000|2026-01-31 12:00:00.002|2026-01-31 12:00:01.000|1
fd00::a|6|10.0.0.1|40000|10.0.0.9|50051|2026-01-31 12:00:00.001|2026-01-31 12:00:01.000|1`;
    expect(initiated(parseTable(text, columns).map(toDirection))).toMatchObject([
      { protocol: 'tcp', client: '10.0.0.1', server: '10.0.0.9', port: 50_051 },
    ]);
  });

  test('of an echo has no port', () => {
    const text = 'fd00::a|58|2001:db8::1|0|2001:db8::2|0.0|2026-01-31 12:00:00.002|2026-01-31 12:00:01.000|3';
    const [conversation] = initiated(parseTable(text, columns).map(toDirection));
    expect(conversation).toMatchObject({ protocol: 'icmp', flows: 3 });
    expect(conversation).not.toHaveProperty('port');
  });
});
