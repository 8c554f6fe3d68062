import { describe, expect, test } from 'vitest';
import { limitsSchema } from './limits.ts';
import { parseShaper } from './parse.ts';

const rateOf = (ingress: string) => parseShaper({ ingress }).settings.ingress?.rate;
const problemsOf = (raw: Parameters<typeof parseShaper>[0]) =>
  parseShaper(raw).problems.map(({ path, message }) => [path.join('.'), message]);

describe('what is written under shaper', () => {
  test.each([
    ['10mbit', 1_250_000],
    ['1.5Gbit', 187_500_000],
    ['64000bit', 8000],
    ['512kibit', 65_536],
    // To tc(8) this is a megabyte, and not a megabit.
    ['1mbps', 1_000_000],
    ['1Mibps', 1_048_576],
  ])('%s is %i bytes a second', (written, bytes) => {
    expect(rateOf(written)).toBe(bytes);
  });

  test('limits the directions that it names, and no others', () => {
    expect(parseShaper({ egress: '2mbit', burst: '32kb', latency: '20ms' })).toEqual({
      settings: { egress: { rate: 250_000, burst: 32_768, latency: 20_000 } },
      problems: [],
    });
  });

  test('lets a fast rate pass more at once than a slow one', () => {
    const burstOf = (egress: string) => parseShaper({ egress }).settings.egress?.burst;
    expect([burstOf('1mbit'), burstOf('100mbit'), burstOf('10gbit')]).toEqual([65_536, 65_536, 5_000_000]);
  });

  test.each([
    [{}, '', 'limits nothing'],
    [{ ingress: '1kbit' }, 'ingress', 'has to be from 8kbit to 100gbit'],
    [{ egress: '2tbit' }, 'egress', 'has to be from 8kbit to 100gbit'],
    [{ ingress: '1mbit', burst: '1500b' }, 'burst', 'has to be 16kb at least'],
    [{ ingress: '8kbit', burst: '1mb' }, 'burst', 'is more than passes in two minutes at ingress: 8kbit'],
    [{ ingress: '1mbit', latency: '0.5ms' }, 'latency', 'has to be from 1ms to 10s'],
    [{ egress: '10gbit', latency: '10s' }, 'latency', 'needs a queue of more than 1 GiB at egress: 10gbit'],
  ])('is refused where the kernel cannot do it: %j', (raw, path, message) => {
    expect(problemsOf(raw)).toEqual([[path, message]]);
  });

  test('is what a specification may say', () => {
    const { settings } = parseShaper({ ingress: '8kbit', egress: '100gbit' });
    expect(limitsSchema.parse(settings)).toEqual(settings);
    expect(limitsSchema.safeParse({ ingress: { rate: 1, burst: 1, latency: 1 } }).success).toBe(false);
  });
});
