/** Microseconds of a clock that nobody sets, and that all processes of a host share (CLOCK_MONOTONIC). */
export function steadyMicroseconds(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

/** The same in milliseconds. */
export function steadyNow(): number {
  return steadyMicroseconds() / 1000;
}
