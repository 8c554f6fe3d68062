import type { BackendFigures } from '../figures.ts';

/**
 * Reads what HAProxy answers to `show stat` (management guide, 9.1): a table of comma separated values whose first line
 * names the columns. None of those that are read here can hold a comma.
 */
export function readStat(text: string): BackendFigures[] {
  const [head = '', ...lines] = text.trim().split('\n');
  const columns = head.replace(/^# /, '').split(',');
  const rows = lines.map((line) => rowOf(columns, line));
  const servers = Map.groupBy(rows, (row) => row.text('pxname'));
  return rows
    .filter((row) => row.text('svname') === 'BACKEND')
    .map((row) => {
      const name = row.text('pxname');
      return {
        name,
        connections: row.number('scur'),
        sessions: row.number('stot'),
        requests: row.number('req_tot'),
        received: row.number('bin'),
        sent: row.number('bout'),
        errors: {
          connect: row.number('econ'),
          response: row.number('eresp'),
          status: row.number('hrsp_5xx'),
        },
        servers: serversOf(servers.get(name) ?? []),
      };
    });
}

interface Row {
  text(column: string): string;
  /** 0 where there is nothing. */
  number(column: string): number;
}

function rowOf(columns: readonly string[], line: string): Row {
  const values = line.split(',');
  const text = (column: string) => values[columns.indexOf(column)] ?? '';
  return { text, number: (column) => Number(text(column)) };
}

/** A server is named after its role, address and port. One that goes up or down is what it was: `UP 1/2`, `DOWN 1/2`. */
function serversOf(rows: readonly Row[]): Map<string, boolean> {
  const servers = new Map<string, boolean>();
  for (const row of rows) {
    const [, address, port] = row.text('svname').split('_');
    const [, state] = /^(UP|DOWN)/.exec(row.text('status')) ?? [];
    if (port === undefined || state === undefined) continue;
    const key = `${address} ${port}`;
    servers.set(key, servers.get(key) === true || state === 'UP');
  }
  return servers;
}
