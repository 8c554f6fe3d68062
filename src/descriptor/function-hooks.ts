/** The turns in the life of a network function at which its own manager is called. */
export const hookNames = ['configure', 'start', 'scale', 'heal', 'upgrade', 'stop'] as const;
export type HookName = (typeof hookNames)[number];

/** How a function's manager is called: a program in its container, or a request to a server in it. */
export type FunctionHook = (
  | { readonly command: readonly string[] }
  /** On the loopback of its network namespace, which nobody else reaches. */
  | { readonly http: { readonly port: number; readonly path: string } }
) & {
  /** Milliseconds that it may take. */
  readonly timeout: number;
};

export type FunctionHooks = { readonly [Name in HookName]?: FunctionHook };

/** Milliseconds that a hook may take where nothing is said, and at most. */
export const hookTime = { usual: 10_000, longest: 600_000 } as const;
