/** The process of one contender: does what it is told, and sends back how each request ended. */
const [, , file] = process.argv;
const { create } = await import(`./contenders/${file}`);
let contender;

process.on("disconnect", () => process.exit(0));
process.on("message", async (order) => {
  try {
    process.send({ result: await orders[order.name](order) });
  } catch (error) {
    process.send({ failure: String(error?.message ?? error) });
  }
});
process.send({ ready: true });

const orders = {
  /** A fresh contender: what it learned before does not count. */
  async create({ setup }) {
    contender = await create(setup);
  },

  async ask({ first, requests, concurrency, limitMs }) {
    const endings = [];
    let next = first;
    const takeTurns = async () => {
      while (next < first + requests) {
        const number = next;
        next += 1;
        endings.push({ number, ...(await ask(`Question ${number}: what is an inference profile?`, limitMs)) });
      }
    };
    await Promise.all(Array.from({ length: concurrency }, takeTurns));
    return endings;
  },

  async close() {
    await contender.close();
  },
};

async function ask(prompt, limitMs) {
  const startedAt = performance.now();
  const since = () => performance.now() - startedAt;
  const controller = new AbortController();
  let text = "";
  let ttfbMs;
  const read = async () => {
    for await (const piece of contender.ask(prompt, controller.signal)) {
      ttfbMs ??= since();
      text += piece;
    }
  };
  let timer;
  // Some do not listen to the signal; the caller gives up all the same.
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => {
      const reason = Object.assign(new Error("The caller gave up"), { name: "TimeoutError" });
      controller.abort(reason);
      reject(reason);
    }, limitMs);
  });
  try {
    await Promise.race([read(), limit]);
    return { text, ttfbMs, totalMs: since() };
  } catch (error) {
    return {
      text,
      ttfbMs,
      totalMs: since(),
      gaveUp: controller.signal.aborted,
      error: `${error?.name ?? "nameless"}: ${error?.message}`.slice(0, 200),
    };
  } finally {
    clearTimeout(timer);
  }
}
