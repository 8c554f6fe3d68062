import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FirewallRules } from '../../../src/networks/path/firewall/rules.ts';
import {
  advertised,
  arp,
  discovery,
  ethernet,
  fragment,
  icmpv6,
  linkLayer,
  tagged,
  types,
  udp,
} from '../../support/frames.ts';
import { until } from '../../support/until.ts';
import { WireLab } from '../../support/wire-lab.ts';

const nowhere = '02:de:ad:00:00:01';
const everybody4 = 'ff:ff:ff:ff:ff:ff';
const everybody6 = '33:33:00:00:00:01';
const port = { protocol: 'udp', from: 5300, to: 5300 } as const;
const fromWeb: FirewallRules = {
  ingress: [
    { ports: [port], peers: [{ kind: 'service', service: 'web' }] },
    { ports: [port], peers: [{ kind: 'cidr', family: 4, cidr: '192.0.2.9/32' }] },
  ],
  egress: [],
  log: 'none',
};

let lab: WireLab;
let marks = 0;
/** A text that no other frame has. */
const mark = () => `heddle-mark-${++marks}.`;

beforeAll(async () => {
  lab = new WireLab();
  await lab.guard(fromWeb);
});
afterAll(() => lab.remove());

/** Whether what one sends reaches another, in the course of time that a datagram takes which certainly does. */
async function reaches(
  from: 'web' | 'mal' | 'far' | 'db',
  to: 'db' | 'web',
  frame: Buffer,
  text: string | Buffer,
) {
  await lab.pods[from].send(frame);
  // Frames do not overtake each other: when this one is there, the other was let pass or not.
  const after = mark();
  const { web, db } = lab.pods;
  const [sender, receiver] = to === 'db' ? [web, db] : [lab.pods.mal, web];
  await sender.send(
    ethernet(receiver.mac, sender.mac, types.ipv4, udp([sender.ipv4, 40_001], [receiver.ipv4, 5300], after)),
  );
  let [seen, control] = [0, 0];
  for (let look = 0; look < 200 && control === 0; look++) {
    // Both are looked for in one reading: what was read is gone.
    const found = await lab.pods[to].heardAll([text, after]);
    seen += found[0] ?? 0;
    control += found[1] ?? 0;
  }
  expect(control, 'what certainly arrives has arrived').toBe(1);
  return seen > 0;
}

/** A datagram to the guarded service in somebody's name. */
function datagram(as: { mac: string; ipv4: string }, text: string, to = lab.pods.db) {
  return ethernet(to.mac, as.mac, types.ipv4, udp([as.ipv4, 40_000], [to.ipv4, 5300], text));
}

describe('who is let in', () => {
  test('is the service that the rule names, over IPv4 and IPv6', async () => {
    const { web, db } = lab.pods;
    const [four, six] = [mark(), mark()];
    expect(await reaches('web', 'db', datagram(web, four), four)).toBe(true);
    const frame = ethernet(db.mac, web.mac, types.ipv6, udp([web.ipv6, 40_000], [db.ipv6, 5300], six));
    expect(await reaches('web', 'db', frame, six)).toBe(true);
  });

  test('finds the service, and so does the gateway, whose bridge had the address of the service’s port', async () => {
    const { db } = lab.pods;
    const neighbour = [db.ipv4, 'dev', 'front'] as const;
    lab.ip('host', 'neigh', 'replace', ...neighbour, 'lladdr', db.mac, 'nud', 'probe');
    await until('the gateway hears the service', () =>
      lab.ip('host', 'neigh', 'show', ...neighbour).includes('REACHABLE'),
    );
  });

  test('is nobody else in its own name', async () => {
    const text = mark();
    expect(await reaches('mal', 'db', datagram(lab.pods.mal, text), text)).toBe(false);
  });

  test.each([
    ['its address', (mal: string) => mal],
    ['its address and its hardware address', (_mal: string, web: string) => web],
  ])('is no neighbour with %s', async (_what, macOf) => {
    const { web, mal, db } = lab.pods;
    const as = macOf(mal.mac, web.mac);
    const [four, six] = [mark(), mark()];
    expect(await reaches('mal', 'db', datagram({ mac: as, ipv4: web.ipv4 }, four), four)).toBe(false);
    const frame = ethernet(db.mac, as, types.ipv6, udp([web.ipv6, 40_000], [db.ipv6, 5300], six));
    expect(await reaches('mal', 'db', frame, six)).toBe(false);
  });

  test('is nobody on another network with its addresses', async () => {
    const { web, far } = lab.pods;
    for (const mac of [web.mac, far.mac]) {
      const text = mark();
      const frame = ethernet(
        '02:00:00:00:02:0a',
        mac,
        types.ipv4,
        udp([web.ipv4, 40_000], ['10.99.2.10', 5300], text),
      );
      expect(await reaches('far', 'db', frame, text)).toBe(false);
    }
  });

  test('is no neighbour with an address from outside that a rule names, or with the gateway’s', async () => {
    const { mal } = lab.pods;
    for (const ipv4 of ['192.0.2.9', '10.99.1.1']) {
      const text = mark();
      expect(await reaches('mal', 'db', datagram({ mac: mal.mac, ipv4 }, text), text)).toBe(false);
    }
  });

  test('is nothing under another guise: tags of networks, other types, lengths for types', async () => {
    const { web, mal, db } = lab.pods;
    for (const as of [mal, web]) {
      for (const type of [
        tagged(types.ipv4),
        tagged(types.ipv4, 5),
        tagged(types.ipv4, 0, 0x88a8),
        tagged(types.ipv4, 0, 0x9100),
      ]) {
        const text = mark();
        const packet = udp([as.ipv4, 40_000], [db.ipv4, 9], text);
        expect(await reaches('mal', 'db', ethernet(db.mac, as.mac, type, packet), text)).toBe(false);
      }
      for (const type of [0x0880, 0x88b5, 0x8863, 0x0100]) {
        const text = mark();
        expect(await reaches('mal', 'db', ethernet(db.mac, as.mac, type, Buffer.from(text)), text)).toBe(
          false,
        );
      }
    }
  });
});

describe('nobody is told a lie about', () => {
  test('a service by ARP, on either side, whatever hardware address the frame has', async () => {
    const { web, mal, db } = lab.pods;
    for (const source of [mal.mac, web.mac]) {
      for (const claimed of [mal.mac, nowhere]) {
        const lie = arp(2, [claimed, web.ipv4], [db.mac, db.ipv4]);
        expect(
          await reaches('mal', 'db', ethernet(db.mac, source, types.arp, lie), lie.subarray(8, 18)),
        ).toBe(false);
      }
    }
    for (const source of [mal.mac, db.mac]) {
      const lie = arp(2, [mal.mac, db.ipv4], [web.mac, web.ipv4]);
      expect(
        await reaches('mal', 'web', ethernet(web.mac, source, types.arp, lie), lie.subarray(8, 18)),
      ).toBe(false);
    }
  });

  test('a service or the gateway by neighbour discovery, on either side', async () => {
    const { web, mal, db } = lab.pods;
    for (const about of [web.ipv6, 'fd99:1::1']) {
      for (const [from, source] of [
        [mal.ipv6, mal.mac],
        [web.ipv6, web.mac],
        [about, mal.mac],
      ] as const) {
        const body = advertised(about, linkLayer(2, mal.mac));
        const frame = ethernet(db.mac, source, types.ipv6, discovery(from, db.ipv6, 136, body));
        expect(await reaches('mal', 'db', frame, body)).toBe(false);
      }
    }
    const body = advertised(db.ipv6, linkLayer(2, mal.mac));
    for (const source of [mal.mac, db.mac]) {
      const frame = ethernet(web.mac, source, types.ipv6, discovery(mal.ipv6, web.ipv6, 136, body));
      expect(await reaches('mal', 'web', frame, body)).toBe(false);
    }
    // A question tells its sender's address as well.
    const question = advertised(db.ipv6, linkLayer(1, mal.mac));
    const frame = ethernet(db.mac, mal.mac, types.ipv6, discovery(web.ipv6, db.ipv6, 135, question));
    expect(await reaches('mal', 'db', frame, question)).toBe(false);
  });

  test('the way out: no router advertises itself, and nobody redirects, in fragments or whole', async () => {
    const { mal, db } = lab.pods;
    const [from, to] = ['fe80::13', 'ff02::1'];
    for (const type of [133, 134, 137]) {
      const text = mark();
      const body = Buffer.concat([Buffer.alloc(12), Buffer.from(text)]);
      const whole = discovery(from, to, type, body);
      expect(await reaches('mal', 'db', ethernet(everybody6, mal.mac, types.ipv6, whole), text)).toBe(false);
      // Behind a header of destination options (RFC 8200, 4.6), and cut in two after it (RFC 7113).
      const message = icmpv6(from, to, type, Buffer.concat([body, Buffer.alloc(64)]));
      const options = Buffer.concat([Buffer.from([58, 0, 1, 4, 0, 0, 0, 0]), message]);
      await mal.send(
        ethernet(everybody6, mal.mac, types.ipv6, fragment(from, to, 60, options.subarray(0, 8), 0, true)),
      );
      const rest = fragment(from, to, 60, options.subarray(8), 8, false);
      expect(await reaches('mal', 'db', ethernet(db.mac, mal.mac, types.ipv6, rest), text)).toBe(false);
    }
  });
});

describe('nothing is carried', () => {
  const secret = 'secret '.repeat(100);

  test('behind an advertisement or a question, in or out', async () => {
    const { web, mal, db } = lab.pods;
    const text = mark();
    const hidden = Buffer.from(`${text}${secret}`.slice(0, 696));
    for (const type of [135, 136]) {
      const inwards = discovery(
        mal.ipv6,
        db.ipv6,
        type,
        advertised(type === 135 ? db.ipv6 : mal.ipv6, hidden),
      );
      expect(await reaches('mal', 'db', ethernet(db.mac, mal.mac, types.ipv6, inwards), text)).toBe(false);
      const outwards = discovery(
        db.ipv6,
        web.ipv6,
        type,
        advertised(type === 135 ? web.ipv6 : db.ipv6, hidden),
      );
      expect(await reaches('db', 'web', ethernet(web.mac, db.mac, types.ipv6, outwards), text)).toBe(false);
    }
  });

  test('behind ARP, in or out', async () => {
    const { web, mal, db } = lab.pods;
    const [text, answer] = [mark(), mark()];
    const question = (from: typeof db, to: typeof db, text: string) =>
      Buffer.concat([
        arp(1, [from.mac, from.ipv4], ['00:00:00:00:00:00', to.ipv4]),
        Buffer.from(text + secret),
      ]);
    const inwards = ethernet(everybody4, mal.mac, types.arp, question(mal, db, text));
    expect(await reaches('mal', 'db', inwards, text)).toBe(false);
    expect(
      await reaches('db', 'web', ethernet(everybody4, db.mac, types.arp, question(db, web, answer)), answer),
    ).toBe(false);
  });

  test('out of the service in another’s name, or where no rule lets it', async () => {
    const { web, mal, db } = lab.pods;
    for (const as of [mal, db]) {
      const text = mark();
      expect(await reaches('db', 'web', datagram(as, text, web), text)).toBe(false);
    }
  });

  test('but what a link needs: questions for the service’s address, and its answers', async () => {
    const { web, mal, db } = lab.pods;
    const asked = arp(1, [mal.mac, mal.ipv4], ['00:00:00:00:00:00', db.ipv4]);
    expect(await reaches('mal', 'db', ethernet(everybody4, mal.mac, types.arp, asked), asked)).toBe(true);
    const answer = advertised(db.ipv6, linkLayer(2, db.mac));
    const frame = ethernet(web.mac, db.mac, types.ipv6, discovery(db.ipv6, web.ipv6, 136, answer));
    expect(await reaches('db', 'web', frame, answer)).toBe(true);
  });
});

describe('whatever the service does with its interfaces', () => {
  test.each(['heddle7', 'a"accept;#', 'i-2'])('it is guarded when it calls one %s', async (name) => {
    const { mal } = lab.pods;
    lab.ip('db', 'link', 'set', 'dev', 'eth0', 'down');
    lab.ip('db', 'link', 'set', 'dev', 'eth0', 'name', name);
    lab.ip('db', 'link', 'set', 'dev', name, 'up');
    await lab.guard(fromWeb);
    const [theirs, own, web] = [mark(), mark(), mark()];
    expect(await reaches('mal', 'db', datagram(mal, theirs), theirs)).toBe(false);
    expect(await reaches('db', 'web', datagram(mal, own, lab.pods.web), own)).toBe(false);
    expect(await reaches('web', 'db', datagram(lab.pods.web, web), web)).toBe(true);
    lab.ip('db', 'link', 'set', 'dev', name, 'down');
    lab.ip('db', 'link', 'set', 'dev', name, 'name', 'eth0');
    lab.ip('db', 'link', 'set', 'dev', 'eth0', 'up');
  });

  test('one that no function can stand in front of is cut off, and what leads nowhere is left', async () => {
    lab.addMacvlan();
    lab.ip('db', 'link', 'add', 'own0', 'type', 'veth', 'peer', 'name', 'own1');
    await lab.guard(fromWeb);
    const left = lab.ip('db', '-br', 'link');
    expect(left).not.toContain('mv0');
    expect(left).toContain('own0');
    lab.ip('db', 'link', 'del', 'own0');
  });
});

describe('what was open', () => {
  test('ends with the rule that let it in, and with its source', async () => {
    const { web } = lab.pods;
    const flow = async () => {
      const text = mark();
      await lab.pods.web.send(datagram(web, text));
      const other = mark();
      // A frame that passes whatever the rules are.
      const question = arp(1, [web.mac, web.ipv4], ['00:00:00:00:00:00', lab.pods.db.ipv4]);
      await lab.pods.web.send(ethernet(everybody4, web.mac, types.arp, question));
      let [seen, control] = [0, 0];
      for (let look = 0; look < 200 && control === 0; look++) {
        const found = await lab.pods.db.heardAll([text, question, other]);
        seen += found[0] ?? 0;
        control += found[1] ?? 0;
      }
      expect(control).toBe(1);
      return seen > 0;
    };
    expect(await flow()).toBe(true);
    await lab.guard({ ...fromWeb, ingress: fromWeb.ingress.slice(1) as never });
    expect(await flow()).toBe(false);
    await lab.guard(fromWeb);
    expect(await flow()).toBe(true);
    await lab.guard(fromWeb, false);
    expect(await flow()).toBe(false);
    await lab.guard(fromWeb);
  });
});
