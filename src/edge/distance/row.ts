import { type Coordinate, move, origin } from './coordinate.ts';
import { type Figure, Recent } from './recent.ts';

/** What a gateway tells of the distances from its site. */
export interface Report {
  /** Its place among all gateways. */
  readonly coordinate: Coordinate;
  /** What it measured, by site. */
  readonly row: Readonly<Record<string, Figure>>;
}

/** What differs by less is told as it was: milliseconds, and share of the figure. */
const tolerance = 0.5;
const toleranceShare = 0.05;

/**
 * The distances from one site, as its gateway measures them: round trips to peers go in, a report comes out that is
 * another one only when something changed that matters. Time is handed in, in milliseconds.
 */
export class Row {
  readonly #recent = new Map<string, Recent>();
  #coordinate = origin;
  #told: Report = { coordinate: origin, row: {} };

  /** Where the site is by what was measured up to now. */
  get coordinate(): Coordinate {
    return this.#coordinate;
  }

  /**
   * A round trip was measured, by an echo or by a proxy that connected there.
   * @param theirs where the peer says that it is; a proxy does not know
   * @param turn at random, see `move`
   */
  add(peer: string, milliseconds: number, now: number, theirs?: Coordinate, turn = 0): void {
    const recent = this.#recent.get(peer) ?? new Recent();
    this.#recent.set(peer, recent);
    recent.add(milliseconds, now);
    const figure = theirs && recent.figure(now);
    if (figure) this.#coordinate = move(this.#coordinate, theirs, figure, turn);
  }

  /** Forgets peers that are none any more. */
  keep(peers: ReadonlySet<string>): void {
    for (const peer of this.#recent.keys()) if (!peers.has(peer)) this.#recent.delete(peer);
  }

  /** What is to be told; the same object as before when nothing changed that matters. */
  report(now: number): Report {
    const before = this.#told;
    let changed = false;
    const row: Record<string, Figure> = {};
    for (const [peer, recent] of this.#recent) {
      const figure = recent.figure(now);
      const told = before.row[peer];
      if (recent.isEmpty) this.#recent.delete(peer);
      if (!figure) continue;
      const stays = told !== undefined && isAsTold(told, figure);
      row[peer] = stays ? told : rounded(figure);
      changed ||= !stays;
    }
    changed ||= Object.keys(before.row).some((peer) => !(peer in row));
    const stays = isAsToldPlace(before.coordinate, this.#coordinate, meanError(row));
    if (changed || !stays) {
      this.#told = { row, coordinate: stays ? before.coordinate : roundedPlace(this.#coordinate) };
    }
    return this.#told;
  }
}

function isAsTold(told: Figure, now: Figure): boolean {
  const room = Math.max(tolerance, now.milliseconds * toleranceShare, now.error);
  return Math.abs(told.milliseconds - now.milliseconds) <= room && isAsSure(told.error, now.error, tolerance);
}

function isAsToldPlace(told: Coordinate, now: Coordinate, noise: number): boolean {
  const moved = Math.hypot(told.x - now.x, told.y - now.y) + Math.abs(told.height - now.height);
  return moved <= Math.max(2 * tolerance, noise) && isAsSure(told.error, now.error, 0.05);
}

/** Milliseconds: no place is surer than the figures that it follows from. */
export function meanError(row: Report['row']): number {
  const figures = Object.values(row);
  return figures.reduce((sum, { error }) => sum + error, 0) / Math.max(1, figures.length);
}

/** Within a factor of two, or both too small to matter. */
function isAsSure(told: number, now: number, small: number): boolean {
  return (told <= small && now <= small) || (now <= 2 * told && told <= 2 * now);
}

function rounded({ milliseconds, error }: Figure): Figure {
  return { milliseconds: hundredths(milliseconds), error: hundredths(error) };
}

function roundedPlace({ x, y, height, error }: Coordinate): Coordinate {
  return { x: hundredths(x), y: hundredths(y), height: hundredths(height), error: hundredths(error) };
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
