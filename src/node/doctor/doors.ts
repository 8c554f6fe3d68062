import { error, type Finding, ok, type Surroundings, warning } from './finding.ts';
import { configurations, type FoundDoor, findDoors } from './found-doors.ts';

/** Which container runtimes can have networks of Heddle, and whether the node answers them. */
export async function checkDoors({ root }: Pick<Surroundings, 'root'>): Promise<Finding[]> {
  // Nobody else may ask there.
  return root ? judgeDoors(await findDoors()) : [];
}

const opened = {
  cni: 'heddle door open cni',
  podman: 'heddle door open podman',
  docker: 'start the node with `doors: { docker: … }` in its settings: docs/howto/doors.md',
} as const;

export function judgeDoors(found: readonly FoundDoor[]): Finding[] {
  const findings = found.flatMap((one) => judgeDoor(one) ?? []);
  if (findings.length > 0) return findings;
  return [ok('doors', 'none is open: no container runtime has networks of Heddle')];
}

function judgeDoor({ door, file, state, namedBy, silent }: FoundDoor): Finding | undefined {
  const named = namedBy.join(', ');
  if (state === 'closed' || state === 'other') {
    if (named === '') return undefined;
    const what = state === 'closed' ? `there is nothing at ${file}` : `${file} is not Heddle’s`;
    return error('doors', `${door}: ${named} names Heddle, and ${what}`, opened[door]);
  }
  if (silent !== undefined)
    return error(
      'doors',
      `${door}: who asks at ${file} is not answered: ${silent}`,
      whenSilent(door, silent),
    );
  if (state === 'of another version')
    return warning(
      'doors',
      `${door}: the node answers at ${file}, which is of another version`,
      opened[door],
    );
  const isNamed = named === '' ? '' : `, which ${named} names`;
  const isUnused = door === 'cni' && named === '' ? `; no configuration in ${configurations} names it` : '';
  return ok('doors', `${door}: the node answers at ${file}${isNamed}${isUnused}`);
}

/** A socket at which nobody listens is left of a node that was killed with all that was its own. */
function whenSilent(door: FoundDoor['door'], silent: string): string {
  if (door === 'docker' && silent.includes('ECONNREFUSED')) return opened.docker;
  return 'start the node: docs/howto/node.md';
}
