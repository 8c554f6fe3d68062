/** Waits until this process is to end, ends what runs in it, and exits. */
export async function endOfProcess(stop: () => Promise<void>): Promise<never> {
  const signal = await new Promise<string>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  await stop();
  process.exit(signal === 'SIGINT' ? 130 : 0);
}
