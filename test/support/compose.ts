import { loadCatalogue } from '../../src/catalogue/load.ts';
import { type Descriptor, loadDescriptor } from '../../src/descriptor/index.ts';
import { type SelectOptions, select } from '../../src/selector/select.ts';
import type { DeploymentSpec } from '../../src/selector/spec.ts';

/** An application read from a text, as if it stood in /shop/compose.yaml. */
export function describeText(text: string): Descriptor {
  const files: Record<string, string> = { '/shop/compose.yaml': text };
  return loadDescriptor({
    cwd: '/shop',
    env: {},
    read: { readFile: (path) => files[path], exists: (path) => path in files },
  });
}

/** The deployment specification of that application, with Heddle's own catalogue. */
export function specOf(text: string, options: SelectOptions = {}): DeploymentSpec {
  return select(describeText(text), loadCatalogue(), options);
}
