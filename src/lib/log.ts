import { pino } from 'pino';

/** The node's log: one JSON object a line, as pino writes it. Libraries throw; only the top logs. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  debug(fields: object, message: string): void;
}

export function createLog(level = process.env['HEDDLE_LOG_LEVEL'] ?? 'info'): Log {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 2, sync: true }),
  );
}
