import { HeddleError } from '../lib/errors.ts';

/** What a template may put into its texts: `${parameters.version}`, `${collector.address}`. */
export type PlaceholderContext = Readonly<Record<string, unknown>>;

/** Replaces `${a.b}` by the value found in `context`. An unknown name is a defect of the template. */
export function fillIn(text: string, context: PlaceholderContext, template: string): string {
  return text.replace(/\$\{([\w.-]+)\}/g, (whole, name: string) => {
    const value = valueAt(context, name);
    if (value === undefined || value === null) {
      throw new HeddleError('ERR_TEMPLATE_INVALID', `${template}: ${whole} stands for nothing here`);
    }
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  });
}

/** What stands at `a.b`; nothing, if nothing does. */
export function valueAt(context: unknown, name: string): unknown {
  let value = context;
  for (const part of name.split('.')) value = (value as Record<string, unknown> | undefined)?.[part];
  return value;
}
