import type { FileMount } from '../application.ts';
import type { ComposeFileObject } from '../schema/resources.ts';
import type { ComposeService } from '../schema/service.ts';
import { locateKey } from '../tree.ts';
import type { ServiceJob } from './context.ts';
import { present } from './present.ts';

type Written = NonNullable<ComposeService['secrets']>[number];

/** `configs` and `secrets` of a service. */
export function toFileMounts(job: ServiceJob): FileMount[] {
  const { configs, secrets } = job.compose;
  return [
    ...(configs ?? []).flatMap((mount) => toFileMount(job, 'config', mount)),
    ...(secrets ?? []).flatMap((mount) => toFileMount(job, 'secret', mount)),
  ];
}

function toFileMount(job: ServiceJob, kind: 'config' | 'secret', mount: Written): FileMount[] {
  const defined = (kind === 'config' ? job.assembly.file.configs : job.assembly.file.secrets) ?? {};
  const object = Object.hasOwn(defined, mount.source) ? defined[mount.source] : undefined;
  // An unknown name is reported among the references.
  const content = object && contentOf(job, kind, mount.source, object);
  if (!content) return [];
  const name = mount.target ?? mount.source;
  const folder = kind === 'secret' ? '/run/secrets/' : '/';
  return [
    present({
      kind,
      name: mount.source,
      target: name.startsWith('/') ? name : folder + name,
      uid: mount.uid === undefined ? undefined : String(mount.uid),
      gid: mount.gid === undefined ? undefined : String(mount.gid),
      mode: mount.mode,
      content,
    }),
  ];
}

function contentOf(
  job: ServiceJob,
  kind: 'config' | 'secret',
  name: string,
  object: ComposeFileObject,
): FileMount['content'] | undefined {
  const { shop, tree } = job.assembly;
  const path = [`${kind}s`, name];
  const label = path.join('.');
  if (object.external) {
    shop.findings.error(
      'ERR_COMPOSE_UNSUPPORTED',
      `${label}: an external ${kind} would be kept by Swarm, which is not in use here`,
      locateKey(tree, [...path, 'external']),
      'give it with "file" or "environment"',
    );
    return undefined;
  }
  const given = [object.file, object.environment, object.content].filter((source) => source !== undefined);
  if (given.length !== 1) {
    const problem = given.length === 0 ? 'there is none of' : 'only one is possible of';
    const message = `${label}: ${problem} "file", "environment" and "content"`;
    shop.findings.error('ERR_COMPOSE_CONFLICT', message, locateKey(tree, path));
    return undefined;
  }
  if (object.file !== undefined) return { file: object.file };
  if (object.content !== undefined) return { inline: object.content };
  // Whether the variable is set matters to what makes the container, and to nothing else.
  return { environment: object.environment ?? '' };
}
