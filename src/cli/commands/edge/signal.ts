/** Waits until somebody ends the command; the exit code is what shells expect then. */
export function untilSignal(): Promise<number> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve(0));
    process.once('SIGINT', () => resolve(130));
  });
}
