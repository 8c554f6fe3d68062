/** The two clocks of a host. Handed to what is tested with others. */
export interface Clock {
  /** Milliseconds since 1970, which somebody may set: for people, certificates, and what other hosts say. */
  wall(): number;
  /** Milliseconds since some point, which nobody sets: for how long anything takes or lasts. */
  steady(): number;
}

export const systemClock: Clock = { wall: () => Date.now(), steady: () => performance.now() };
