/** What a promise that must reject rejects with. */
export async function rejectionOf<Thrown = Error>(work: Promise<unknown>): Promise<Thrown> {
  const settled = await work.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  if (settled === undefined) throw new Error("It succeeded, although it had to fail");
  return settled.error as Thrown;
}
