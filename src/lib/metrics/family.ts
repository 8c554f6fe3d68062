import type { Distribution } from '../histogram.ts';

export type Labels = Readonly<Record<string, string>>;

export interface Value {
  readonly labels: Labels;
  readonly value: number;
}

interface Named {
  /** Name and unit follow https://prometheus.io/docs/practices/naming/. */
  readonly name: string;
  readonly help: string;
}

/** A metric, and how it is read from figures. A gauge or counter without values is left out. */
export type Family<Figures> =
  | (Named & {
      readonly type: 'gauge' | 'counter';
      readonly values: (figures: Figures) => Iterable<Value>;
    })
  | (Named & {
      readonly type: 'histogram';
      readonly distribution: (figures: Figures) => Distribution | undefined;
    });

const noLabels: Labels = {};

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
