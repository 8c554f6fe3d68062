import path from 'node:path';

/** Where this engine keeps what it has, below a folder that only root can enter. */
export class LxcFolders {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** `lxcpath` of LXC's own programs: a folder for each container. */
  get containers(): string {
    return path.join(this.root, 'containers');
  }

  /** Where conmon(8) writes exit codes, a file named as the container each. */
  get exits(): string {
    return path.join(this.root, 'exits');
  }

  get volumes(): string {
    return path.join(this.root, 'volumes');
  }

  /** What happened to containers, a line of JSON each. */
  get happenings(): string {
    return path.join(this.root, 'events.jsonl');
  }

  of(container: string): ContainerFiles {
    const folder = path.join(this.containers, container);
    const file = (name: string) => path.join(folder, name);
    return {
      folder,
      record: file('heddle.json'),
      health: file('health.json'),
      config: file('config'),
      log: file('log'),
      lxcLog: file('lxc.log'),
      pid: file('pid'),
      monitor: file('monitor.pid'),
      input: file('input'),
      exit: path.join(this.exits, container),
    };
  }
}

export interface ContainerFiles {
  readonly folder: string;
  /** What Heddle knows of it. */
  readonly record: string;
  /** How its last health checks went. */
  readonly health: string;
  /** lxc.container.conf(5), written at each start. */
  readonly config: string;
  /** What it printed, as conmon(8) writes it. */
  readonly log: string;
  /** What LXC says of itself. */
  readonly lxcLog: string;
  /** Process id of LXC's program in the foreground. */
  readonly pid: string;
  /** The same of conmon, which outlives it by a moment. */
  readonly monitor: string;
  /** A pipe that its standard input is read from, where it has one. */
  readonly input: string;
  readonly exit: string;
}
