import { tiny } from '../../test/support/tiny.ts';

const idle = `${tiny}, init: true, stop_grace_period: 1s`;
/** Functions that pass all. */
export const functions = ['fw', 'ids', 'tap'] as const;

/** A chain as a Compose file has it. */
interface ChainOfFile {
  readonly name: string;
  readonly to: string;
  /** Of `to`, over TCP; absent: everything. */
  readonly port?: number;
  readonly through: readonly string[];
  readonly onFailure?: 'closed' | 'open';
}

/** A Compose file in which `web`, and what chains lead to, stand on one network. */
export function chainFile(servers: readonly string[], chains: readonly ChainOfFile[]): string {
  const pods = ['web', ...servers].map((name) => `  ${name}: { ${idle}, networks: [lab] }`);
  const wires = functions.map(
    (name) =>
      `  ${name}: { ${idle}, restart: "no", network_mode: none, command: sleep infinity, x-heddle: { function: wire } }`,
  );
  const lines = chains.map(({ name, to, port, through, onFailure = 'closed' }) => {
    const match = port === undefined ? '' : `match: { ports: [${port}/tcp] }, `;
    return `    - { name: ${name}, from: web, to: ${to}, ${match}through: [${through.join(', ')}], onFailure: ${onFailure} }`;
  });
  const ours = lines.length > 0 ? ['x-heddle:', '  chains:', ...lines] : [];
  return ['services:', ...pods, ...wires, 'networks: { lab: {} }', ...ours, ''].join('\n');
}
