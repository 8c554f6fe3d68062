import { execFileSync } from 'node:child_process';
import type { DeploymentSpec } from '../../src/selector/spec.ts';
import { Dockerd } from './dockerd.ts';
import { type Outcome, TestHost } from './host.ts';

/** A host for tests whose engine is Docker. Commands run in its network: published ports answer there on 127.0.0.1. */
export class DockerHost extends TestHost {
  readonly dockerd: Dockerd;

  constructor() {
    const dockerd = new Dockerd();
    super({ DOCKER_HOST: dockerd.address, CONTAINER_HOST: '', DOCKER_CONFIG: dockerd.config });
    this.dockerd = dockerd;
  }

  /**
   * Starts Docker, with all images of an application. Podman makes those that are missing, by running it once: unlike
   * this host it has a way to the packages. Returns the names that the containers are to have.
   */
  async prepare(name: string, text: string): Promise<string[]> {
    const podman = new TestHost();
    try {
      const project = podman.project(name, text);
      const { pods } = await podman.json<DeploymentSpec>('spec', ...project);
      const own = pods.flatMap(({ sandbox }) => (sandbox.kind === 'own' ? [sandbox] : []));
      const containers = pods.flatMap((pod) => pod.containers);
      const images = [...new Set([...own, ...containers].map(({ image }) => image))];
      const present = await Promise.all(
        images.map((image) => podman.run('podman', ['image', 'exists', image])),
      );
      if (present.some(({ code }) => code !== 0)) await podman.ok('up', ...project);
      await this.dockerd.start();
      this.dockerd.load(images);
      return [...own, ...containers].map((container) => container.name).sort();
    } finally {
      await podman.remove();
    }
  }

  override run(program: string, args: readonly string[]): Promise<Outcome> {
    return super.run(...this.dockerd.inside(program, ...args));
  }

  docker(...args: readonly string[]): string {
    return this.dockerd.docker(...args);
  }

  override leftovers(project: string): string[] {
    const filter = `label=io.heddle.project=${project}`;
    return [
      ...this.docker('ps', '-aq', '--filter', filter).split('\n'),
      ...this.docker('network', 'ls', '-q', '--filter', filter).split('\n'),
      ...this.docker('volume', 'ls', '-q', '--filter', filter).split('\n'),
      ...namespacesOf(project),
    ].filter((line) => line !== '');
  }

  override async remove(): Promise<void> {
    try {
      // A test that failed may have left it stopped; what it made is taken down all the same.
      if (!this.dockerd.runs()) await this.dockerd.start();
      await super.remove();
    } finally {
      await this.dockerd.remove();
    }
  }
}

function namespacesOf(project: string): string[] {
  return execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.startsWith(`heddle-${project}`));
}
