import { type Coordinate, move, origin } from './coordinate.ts';
import { type Figure, Recent } from './recent.ts';

/** What a gateway tells of the distances from its site. */
export interface DistanceReport {
  /** Its place among all gateways. */
  readonly coordinate: Coordinate;
  /** What it measured, by site. */
  readonly row: Figures;
  /** By site whose gateway did not answer: the least time in which a copy there was connected to. */
  readonly handshakes?: Figures;
}

type Figures = Readonly<Record<string, Figure>>;
const none: Figures = {};

/** What differs by less is told as it was: milliseconds, and share of the figure. */
const tolerance = 0.5;
const toleranceShare = 0.05;

/**
 * The distances from one site, as its gateway measures them: round trips to peers go in, a report comes out that is
 * another one only when something changed that matters. Time is handed in, in milliseconds.
 */
export class Row {
  readonly #recent = new Map<string, Recent>();
  readonly #handshakes = new Map<string, Recent>();
  #coordinate = origin;
  #reported: DistanceReport = { coordinate: origin, row: {} };

  /** Where the site is by what was measured up to now. */
  get coordinate(): Coordinate {
    return this.#coordinate;
  }

  /**
   * A round trip was measured, by an echo.
   * @param theirs where the peer says that it is; nothing: it does not say
   * @param turn at random, see `move`
   */
  add(peer: string, milliseconds: number, now: number, theirs?: Coordinate, turn = 0): void {
    const recent = note(this.#recent, peer, milliseconds, now);
    const figure = theirs && recent.figure(now);
    if (figure) this.#coordinate = move(this.#coordinate, theirs, figure, turn);
  }

  /** A copy at a site was connected to, in so many milliseconds. */
  connected(site: string, milliseconds: number, now: number): void {
    note(this.#handshakes, site, milliseconds, now);
  }

  /** Forgets peers that are none any more. */
  keep(peers: ReadonlySet<string>): void {
    for (const peer of this.#recent.keys()) if (!peers.has(peer)) this.#recent.delete(peer);
  }

  /** What is to be told; the same object as before when nothing changed that matters. */
  report(now: number): DistanceReport {
    const before = this.#reported;
    const row = figuresOf(this.#recent, before.row, now);
    const handshakes = figuresOf(this.#handshakes, before.handshakes ?? none, now, row);
    const isSame = row === before.row && handshakes === (before.handshakes ?? none);
    const stays = isAsReportedCoordinate(before.coordinate, this.#coordinate, meanError(row));
    if (!isSame || !stays) {
      this.#reported = {
        row,
        coordinate: stays ? before.coordinate : roundedCoordinate(this.#coordinate),
        ...(Object.keys(handshakes).length > 0 && { handshakes }),
      };
    }
    return this.#reported;
  }
}

function note(recents: Map<string, Recent>, of: string, milliseconds: number, now: number): Recent {
  const recent = recents.get(of) ?? new Recent();
  recents.set(of, recent);
  recent.add(milliseconds, now);
  return recent;
}

/**
 * What recent times come to; the same object as was told when nothing changed that matters.
 * @param besides left out
 */
function figuresOf(recents: Map<string, Recent>, reported: Figures, now: number, besides = none): Figures {
  const figures: Record<string, Figure> = {};
  for (const [of, recent] of recents) {
    const figure = recent.figure(now);
    const before = reported[of];
    if (recent.isEmpty) recents.delete(of);
    if (figure && !(of in besides))
      figures[of] = before && isAsReported(before, figure) ? before : rounded(figure);
  }
  const keys = Object.keys(figures);
  const isSame =
    keys.length === Object.keys(reported).length && keys.every((of) => figures[of] === reported[of]);
  return isSame ? reported : figures;
}

function isAsReported(reported: Figure, now: Figure): boolean {
  const room = Math.max(tolerance, now.milliseconds * toleranceShare, now.error);
  return (
    Math.abs(reported.milliseconds - now.milliseconds) <= room &&
    isAsSure(reported.error, now.error, tolerance)
  );
}

function isAsReportedCoordinate(reported: Coordinate, now: Coordinate, noise: number): boolean {
  const moved = Math.hypot(reported.x - now.x, reported.y - now.y) + Math.abs(reported.height - now.height);
  return moved <= Math.max(2 * tolerance, noise) && isAsSure(reported.error, now.error, 0.05);
}

/** Milliseconds: no place is surer than the figures that it follows from. */
export function meanError(row: DistanceReport['row']): number {
  const figures = Object.values(row);
  return figures.reduce((sum, { error }) => sum + error, 0) / Math.max(1, figures.length);
}

/** Within a factor of two, or both too small to matter. */
function isAsSure(reported: number, now: number, small: number): boolean {
  return (reported <= small && now <= small) || (now <= 2 * reported && reported <= 2 * now);
}

function rounded({ milliseconds, error }: Figure): Figure {
  return { milliseconds: hundredths(milliseconds), error: hundredths(error) };
}

function roundedCoordinate({ x, y, height, error }: Coordinate): Coordinate {
  return { x: hundredths(x), y: hundredths(y), height: hundredths(height), error: hundredths(error) };
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
