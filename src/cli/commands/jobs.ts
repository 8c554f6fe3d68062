import type { Command } from 'commander';
import { type ListingOptions, listingCommand } from '../listing.ts';

export function jobs(): Command {
  return listingCommand(
    'jobs',
    'Show jobs: how far their ranks are, what they wait for, and how long earlier runs took; exits with 1 where one has failed',
  )
    .argument('[service]', 'one job, with its ranks and earlier runs')
    .action(async (service: string | undefined, options: ListingOptions) => {
      const [{ listing }, { jobText, jobsText }, { HeddleError }] = await Promise.all([
        import('../listing.ts'),
        import('../output/jobs.ts'),
        import('../../lib/errors.ts'),
      ]);
      const { node, project, orNone } = await listing(options);
      const all = await orNone(node.jobs(project), []);
      const asked = all.find((one) => one.service === service);
      if (service !== undefined && !asked) {
        const there = all.map((one) => one.service).join(', ') || 'none';
        throw new HeddleError(
          'ERR_JOB_UNKNOWN',
          `${project} has no job ${JSON.stringify(service.slice(0, 63))}; there is ${there}`,
        );
      }
      const shown = asked ? [asked] : all;
      if (shown.some(({ phase }) => phase === 'failed')) process.exitCode = 1;
      const { format } = options;
      if (format === 'json') process.stdout.write(`${JSON.stringify(asked ?? all, null, 2)}\n`);
      else process.stdout.write(`${asked ? jobText(asked) : jobsText(all)}\n`);
    });
}
