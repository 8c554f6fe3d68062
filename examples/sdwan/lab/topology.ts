/** A place with a router of its own, joined to the internet by a line. */
export interface Place {
  readonly name: string;
  /** N in its networks: 10.N.0.0/24 for clients, 10.N.1.0/24 for nodes, 172.31.N.0/30 to the internet. */
  readonly number: number;
  /** One way to the middle of the internet, milliseconds. Two places are apart by the sum, and back. */
  readonly delay: number;
}

/** The central office: the controller, with its broker, runs here. */
export const hub: Place = { name: 'hub', number: 0, delay: 2 };

/**
 * The branches. On the map, Berlin is the nearest to Madrid; but its line is slow, and Helsinki answers sooner: 30 ms
 * against 42.
 */
export const branches: readonly Place[] = [
  { name: 'helsinki', number: 1, delay: 6 },
  { name: 'berlin', number: 2, delay: 12 },
  { name: 'madrid', number: 3, delay: 9 },
];

export const places: readonly Place[] = [hub, ...branches];

/** In each direction of each line. */
export const jitter = 0.3;
export const loss = 0.001;

/** What all network namespaces of the lab begin with, and nothing else's. */
export const prefix = 'heddle-lab-';

export const internet = `${prefix}internet`;
export const routerOf = (place: string) => `${prefix}${place}`;
export const clientAt = (place: string) => `${prefix}${place}-client`;
export const nodeAt = (place: string) => `${prefix}${place}-node`;

/** Where the controller and the gateways answer: their routers, on the side of the clients. */
export const gatewayAddress = ({ number }: Place) => `10.${number}.0.1`;
export const nodeAddress = ({ number }: Place) => `10.${number}.1.11`;
