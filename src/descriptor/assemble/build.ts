import { isAbsolute, resolve } from 'node:path';
import type { Build } from '../application.ts';
import { isRemote } from '../paths.ts';
import type { ComposeService } from '../schema/service.ts';
import { keyAt, label, type ServiceJob } from './context.ts';
import { present, textMap } from './present.ts';

export function toBuild(job: ServiceJob, written: NonNullable<ComposeService['build']>): Build {
  const { project, shop, lookup } = job.assembly;
  const context = written.context ?? project.dir;
  if (isRemote(context)) {
    shop.findings.error(
      'ERR_COMPOSE_UNSUPPORTED',
      `${label(job, ['build', 'context'])}: "${context}" is not a folder; contexts are not fetched`,
      keyAt(job, ['build', 'context']),
      'fetch it, and name the folder',
    );
  }
  if (written.dockerfile !== undefined && written.dockerfile_inline !== undefined) {
    shop.findings.error(
      'ERR_COMPOSE_CONFLICT',
      `${label(job, ['build'])}: "dockerfile" and "dockerfile_inline" exclude each other`,
      keyAt(job, ['build', 'dockerfile_inline']),
    );
  }
  return present({
    context,
    dockerfile:
      written.dockerfile_inline === undefined ? dockerfile(job, context, written.dockerfile) : undefined,
    dockerfileInline: written.dockerfile_inline,
    args: buildArgs(written.args, lookup),
    target: written.target,
    labels: textMap(written.labels),
    network: written.network,
    pull: written.pull ?? false,
    noCache: written.no_cache ?? false,
    extraHosts: written.extra_hosts ?? [],
    tags: written.tags ?? [],
  });
}

function dockerfile(job: ServiceJob, context: string, written: string | undefined): string {
  if (written !== undefined) return written;
  const { exists } = job.assembly.shop.read;
  const there = (name: string): boolean => exists(resolve(context, name));
  return isAbsolute(context) && !there('Dockerfile') && there('Containerfile')
    ? 'Containerfile'
    : 'Dockerfile';
}

/** An argument without a value is taken from outside, or left to the Dockerfile's default. */
function buildArgs(
  args: Readonly<Record<string, string | number | null>> | null | undefined,
  lookup: (name: string) => string | undefined,
): Record<string, string> {
  const entries = Object.entries(args ?? {}).flatMap(([name, value]) => {
    const known = value ?? lookup(name);
    return known === undefined ? [] : [[name, String(known)]];
  });
  return Object.fromEntries(entries);
}
