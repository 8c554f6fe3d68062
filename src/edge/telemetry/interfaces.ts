import { readFileSync } from 'node:fs';

/** Bytes through one network interface since it is there. */
export interface InterfaceFigures {
  readonly name: string;
  readonly received: number;
  readonly sent: number;
}

/** The loopback is no link, and the ends of containers come and go under ever new names. */
const uninteresting = /^(lo|veth[0-9a-f]*)$/;

/** Links of the network that this process is in; none where the system does not tell. */
export function readInterfaces(): InterfaceFigures[] {
  try {
    return parseInterfaces(readFileSync('/proc/self/net/dev', 'utf8'));
  } catch {
    return [];
  }
}

/** Reads the text of /proc/net/dev (proc(5)): two lines of headings, then a line for each interface. */
export function parseInterfaces(text: string): InterfaceFigures[] {
  return text.split('\n').flatMap((line) => {
    const [, name, figures] = /^\s*([^\s:]+):\s*(.*)$/.exec(line) ?? [];
    if (name === undefined || figures === undefined || uninteresting.test(name)) return [];
    const columns = figures.trim().split(/\s+/).map(Number);
    const [received, sent] = [columns[0], columns[8]];
    return received === undefined || sent === undefined ? [] : [{ name, received, sent }];
  });
}
