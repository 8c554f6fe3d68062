/** Bytes through one network interface since it is there. */
export interface InterfaceBytes {
  readonly name: string;
  readonly received: number;
  readonly sent: number;
}

/** All that is counted of one, each way. */
export interface InterfaceCounters {
  readonly name: string;
  readonly received: Counted;
  readonly sent: Counted;
  /** Frames that were spoilt, either way. */
  readonly errors: number;
}

interface Counted {
  readonly packets: number;
  readonly bytes: number;
  readonly dropped: number;
}

/** Reads the text of `/proc/PID/net/dev` (proc_pid_net(5)): two lines of headings, then a line for each interface. */
export function parseNetDev(text: string): InterfaceBytes[] {
  return parseCounters(text).map(({ name, received, sent }) => ({
    name,
    received: received.bytes,
    sent: sent.bytes,
  }));
}

/** The same, with packets, what was dropped and what was spoilt. */
export function parseCounters(text: string): InterfaceCounters[] {
  return text.split('\n').flatMap((line) => {
    const [, name, figures] = /^\s*([^\s:]+):\s*(.*)$/.exec(line) ?? [];
    if (name === undefined || figures === undefined) return [];
    const columns = figures.trim().split(/\s+/).map(Number);
    const [received, sent] = [countedAt(columns, 0), countedAt(columns, 8)];
    const errors = (columns[2] ?? 0) + (columns[10] ?? 0);
    return received && sent ? [{ name, received, sent, errors }] : [];
  });
}

/** Bytes, packets, errors and what was dropped, in this order. */
function countedAt(columns: readonly number[], at: number): Counted | undefined {
  const [bytes, packets, , dropped] = columns.slice(at);
  return bytes === undefined || packets === undefined || dropped === undefined
    ? undefined
    : { packets, bytes, dropped };
}
