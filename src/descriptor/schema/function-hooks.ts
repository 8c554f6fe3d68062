import * as z from '../../lib/zod.ts';
import { type HookName, hookNames, hookTime } from '../function-hooks.ts';
import { closed, duration, integer, text, withShort } from './values.ts';

/** More words of a command nobody writes. */
const mostWords = 64;

const command = z
  .array(text, { error: 'expected a list of words such as [/usr/bin/manager, configure]: no shell reads it' })
  .min(1, 'expected a program')
  .max(mostWords, `expected at most ${mostWords} words`)
  .meta({ description: 'A program in its container, and its arguments; no shell reads them.' });

const http = closed({
  port: integer.refine((port) => port >= 1 && port <= 65_535, 'expected a port of 1 to 65535'),
  path: text
    .regex(/^\/[\x21-\x7e]{0,1023}$/, 'expected a path such as /configure')
    .meta({ description: 'The hook’s name where nothing is said.' })
    .optional(),
}).meta({ description: 'A POST to 127.0.0.1 in its network namespace.' });

const timeout = duration
  .refine(
    (time) => time > 0 && time <= hookTime.longest,
    `expected a duration of more than 0 and at most ${hookTime.longest / 60_000}m`,
  )
  .meta({ description: 'How long it may take: 10s where nothing is said.' });

/** When each is called. */
const meanings: Readonly<Record<HookName, string>> = {
  configure: 'Before traffic passes it, and whenever what it is told has changed.',
  start: 'Once its chains are proven.',
  scale: 'When there are more of it, or fewer, than before.',
  heal: 'When its program ended and runs again, or a proof failed at it.',
  upgrade: 'When another version of it takes its place.',
  stop: 'Before it is taken out.',
};

const hook = (name: HookName) =>
  withShort(
    closed({ command: command.optional(), http: http.optional(), timeout: timeout.optional() })
      .refine(
        (written) => (written.command === undefined) !== (written.http === undefined),
        'expected either `command` or `http`',
      )
      .meta({ description: meanings[name] }),
    command,
  ).optional();

/** `x-heddle.function.hooks`: how the function's own manager is called. */
export const functionHooks = closed(
  Object.fromEntries(hookNames.map((name) => [name, hook(name)])) as Record<
    HookName,
    ReturnType<typeof hook>
  >,
).meta({ description: 'How the function’s own manager is called at each turn of its life.' });
