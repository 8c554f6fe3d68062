import { isIP } from 'node:net';

/** Where to listen, or to be found. */
interface AddressPort {
  readonly address: string;
  readonly port: number;
}

/** `192.0.2.1:9851`, `[2001:db8::1]:9851`; nothing for anything else. */
export function addressPort(text: string): AddressPort | undefined {
  const [, six, four, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):(\d{1,5})$/.exec(text) ?? [];
  const address = six ?? four ?? '';
  const port = Number(digits);
  const isSound = isIP(address) === (six === undefined ? 4 : 6) && port > 0 && port < 65_536;
  return isSound ? { address, port } : undefined;
}
