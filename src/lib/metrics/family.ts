import type { Distribution } from '../histogram.ts';

export type Labels = Readonly<Record<string, string>>;

export interface Value {
  readonly labels: Labels;
  readonly value: number;
  /** Of a histogram's: `_bucket`, `_sum`, `_count`. */
  readonly suffix?: string;
}

interface Named {
  /** Name and unit follow https://prometheus.io/docs/practices/naming/. */
  readonly name: string;
  readonly help: string;
}

/** A metric, and how it is read from figures. A gauge or counter without values is left out. */
export type Family<Figures> =
  | (Named & {
      /** Of a histogram that has one for each of several labels, all values of each, as {@link distributed} gives them. */
      readonly type: 'gauge' | 'counter' | 'histogram';
      readonly values: (figures: Figures) => Iterable<Value>;
    })
  | (Named & {
      readonly type: 'histogram';
      readonly distribution: (figures: Figures) => Distribution | undefined;
    });

const noLabels: Labels = {};

/** The values of a histogram. */
export function distributed(labels: Labels, { buckets, sum, count }: Distribution): Value[] {
  const bucket = (le: string, value: number) => ({ labels: { ...labels, le }, value, suffix: '_bucket' });
  return [
    ...buckets.map((one) => bucket(String(one.bound), one.count)),
    bucket('+Inf', count),
    { labels, value: sum, suffix: '_sum' },
    { labels, value: count, suffix: '_count' },
  ];
}

/** A family of one value; nothing: it is not known. */
export function single<Figures>(
  name: string,
  type: 'gauge' | 'counter',
  help: string,
  value: (figures: Figures) => number | boolean | undefined,
): Family<Figures> {
  const values = (figures: Figures): Value[] => {
    const one = value(figures);
    return one === undefined ? [] : [{ labels: noLabels, value: Number(one) }];
  };
  return { name, type, help, values };
}
