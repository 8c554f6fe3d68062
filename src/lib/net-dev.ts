/** Bytes through one network interface since it is there. */
export interface InterfaceBytes {
  readonly name: string;
  readonly received: number;
  readonly sent: number;
}

/** Reads the text of `/proc/PID/net/dev` (proc_pid_net(5)): two lines of headings, then a line for each interface. */
export function parseNetDev(text: string): InterfaceBytes[] {
  return text.split('\n').flatMap((line) => {
    const [, name, figures] = /^\s*([^\s:]+):\s*(.*)$/.exec(line) ?? [];
    if (name === undefined || figures === undefined) return [];
    const columns = figures.trim().split(/\s+/).map(Number);
    const [received, sent] = [columns[0], columns[8]];
    return received === undefined || sent === undefined ? [] : [{ name, received, sent }];
  });
}
