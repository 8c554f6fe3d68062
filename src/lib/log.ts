import { pino } from 'pino';

/** The node's log: one JSON object a line, as pino writes it. Libraries throw; only the top logs. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  debug(fields: object, message: string): void;
}

/** @param also takes each line as well */
export function createLog(
  level = process.env['HEDDLE_LOG_LEVEL'] ?? 'info',
  also?: (line: string) => void,
): Log {
  const errors = pino.destination({ fd: 2, sync: true });
  const write = (line: string) => {
    also?.(line);
    errors.write(line);
  };
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, also ? { write } : errors);
}
