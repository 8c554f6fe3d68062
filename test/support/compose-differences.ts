import { parseBytes, parseDuration } from '../../src/descriptor/schema/units.ts';

/** A difference between what the two print that changes nothing about what runs. */
interface Difference {
  readonly why: string;
  /** Makes either side what both mean. */
  readonly level: (value: unknown, path: readonly string[]) => unknown;
}

const gone = Symbol('left out');

/** All that may differ. Whatever is not here has to be the same. */
export const differences: readonly Difference[] = [
  {
    why: 'Compose leaves empty lists, maps and texts out, and prints nothing for an absent command in JSON',
    level: (value, path) => {
      // An empty text is a value of its own where owners choose the keys; an attachment to a network is there without more.
      if (value === null && path.at(-2) !== 'networks') return gone;
      if (value === '' && !['environment', 'labels', 'args'].includes(path.at(-2) ?? '')) return gone;
      const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
      return isEmpty && path.at(-2) !== 'networks' ? gone : value;
    },
  },
  {
    why: 'Compose writes sizes in bytes and durations in Go’s words; Heddle keeps what the owner wrote',
    level: (value, path) => {
      if (typeof value !== 'string' && typeof value !== 'number') return value;
      const key = path.at(-1) ?? '';
      if (/^(mem_.*|memory|shm_size|memswap_limit|size)$/.test(key)) return parseBytes(value) ?? value;
      if (/^(interval|timeout|start_period|start_interval|stop_grace_period)$/.test(key))
        return parseDuration(String(value)) ?? value;
      return value;
    },
  },
  {
    why: 'Compose makes numbers and truths of texts where only they are possible, and texts of numbers',
    level: (value, path) => {
      const key = path.at(-1) ?? '';
      if (/^(init|tty|stdin_open|privileged|read_only|oom_kill_disable)$/.test(key))
        return String(value) === 'true' ? true : gone;
      if (key === 'mode' && typeof value === 'string' && /^0[0-7]+$/.test(value))
        return String(Number.parseInt(value, 8));
      return /^(cpus|mode|published|uid|user|pids|pids_limit|cpu_shares|soft|hard)$/.test(key) &&
        value !== null
        ? String(value)
        : value;
    },
  },
  {
    why: 'what holds when nothing is said may be said',
    level: (value, path) => {
      const known: Readonly<Record<string, unknown>> = { mode: 'ingress', protocol: 'tcp', required: true };
      const key = path.at(-1) ?? '';
      const isDefault = Object.hasOwn(known, key) && known[key] === value;
      return isDefault && ['ports', 'depends_on'].includes(path.at(-3) ?? '') ? gone : value;
    },
  },
  {
    why: 'Compose leaves the keys of others out of a service in JSON',
    level: (value, path) => (path.length > 1 && path.at(-1)?.startsWith('x-') ? gone : value),
  },
  {
    why: 'Heddle decides on Dockerfile or Containerfile when it builds',
    level: (value, path) => (path.at(-1) === 'dockerfile' && value === 'Dockerfile' ? gone : value),
  },
  {
    why: 'Compose writes out where a secret lies',
    level: (value, path) =>
      path.at(-1) === 'target' && path.at(-3) === 'secrets' && String(value).startsWith('/run/secrets/')
        ? gone
        : value,
  },
  {
    why: 'one number for both limits is the same written as one or as two',
    level: (value, path) =>
      path.at(-2) === 'ulimits' && (typeof value === 'number' || typeof value === 'string')
        ? { soft: String(value), hard: String(value) }
        : value,
  },
  {
    why: 'the order of what is exposed, of capabilities, of ports and the like says nothing',
    level: (value, path) =>
      Array.isArray(value) && !/^(command|entrypoint|test|dns|dns_search|x-.*|a)$/.test(path.at(-1) ?? '')
        ? [...value].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
        : value,
  },
];

/** The model with all differences levelled. */
export function levelled(value: unknown, path: readonly string[] = []): unknown {
  const inner = Array.isArray(value)
    ? value.map((item, i) => levelled(item, [...path, String(i)])).filter((item) => item !== gone)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .map(([key, item]) => [key, levelled(item, [...path, key])] as const)
            .filter(([, item]) => item !== gone)
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : value;
  return differences.reduce<unknown>(
    (current, { level }) => (current === gone ? gone : level(current, path)),
    inner,
  );
}

/** What Compose accepts in the corpus and Heddle refuses, each with its reason. */
export const refusedHere: Readonly<Record<string, string>> = {
  'env-name-inside': 'a name with a space is a slip; no shell and few programs could use it',
  gpus: 'what would not work is not started',
};

/** What Compose refuses and Heddle accepts. */
export const acceptedHere: Readonly<Record<string, string>> = {
  'user-number': 'a number can only mean the user of that number',
};
