const HIDDEN = '***';
const SECRET_NAME = /pass(word|wd|phrase)?|pwd|secret|token|key|credential|private|auth|community/i;
/** `…_FILE` names where the secret lies, not the secret. */
const NAMES_A_FILE = /_FILE$/i;
/** Where users choose the keys, so that a key's name says what its value is. */
const FREE_MAPS = [
  'environment',
  'args',
  'labels',
  'annotations',
  'driver_opts',
  'driverOptions',
  'options',
  'parameters',
  'x-heddle',
];

/**
 * A copy of the model, or of a deployment specification, without secrets: their contents, values whose name says so, passwords in
 * URLs. `hidden` stands in their place. `open`: whether a text is no secret whatever its name says.
 */
export function redact(
  model: unknown,
  hidden = HIDDEN,
  open: (text: string) => boolean = () => false,
): unknown {
  return hide(model, [], false, { hidden, open });
}

interface Hiding {
  readonly hidden: string;
  readonly open: (text: string) => boolean;
}

function hide(value: unknown, path: readonly string[], free: boolean, how: Hiding): unknown {
  const key = path.at(-1) ?? '';
  if (Array.isArray(value)) return value.map((item) => hide(item, path, free, how));
  if (typeof value === 'object' && value !== null) {
    const inside = free || FREE_MAPS.includes(key);
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, hide(item, [...path, name], inside, how)]),
    );
  }
  if (value === null || value === '' || typeof value === 'boolean') return value;
  if (typeof value === 'string' && how.open(value)) return value;
  const isContent = path.length === 3 && key === 'content';
  // What a config says is for everybody to see; a specification does not tell it from a secret.
  if (isContent && path[0] === 'configs') return value;
  const isSecret = (isContent && path[0] === 'secrets') || (path.at(-2) === 'content' && key === 'inline');
  if (isSecret || (free && SECRET_NAME.test(key) && !NAMES_A_FILE.test(key))) return how.hidden;
  return typeof value === 'string' ? hideInText(value, how.hidden) : value;
}

/** `postgres://user:password@host`, and `password=…` among mount options. */
function hideInText(text: string, hidden: string): string {
  return text
    .replace(/(:\/\/[^/\s:@]*:)[^/\s@]+@/g, (_, before: string) => `${before}${hidden}@`)
    .replace(/\b(password|passwd)=[^,\s&]+/gi, (_, name: string) => `${name}=${hidden}`);
}
