interface ImageStore {
  readonly folder: string;
  readonly driver: string;
}
export function imageStore(): ImageStore | undefined;
export function roomCommand(
  store: ImageStore,
  folder: string,
  command: readonly string[],
): [program: string, args: string[]];
