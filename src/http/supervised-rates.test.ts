import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { createRateKeeper, type RatedScope } from '../limits/rate-keeper.ts';
import { createSupervisedRates } from './supervised-rates.ts';
import type { FromProcess, RatesQuestion } from './supervisor-messages.ts';

/** A channel whose other end is in the test. */
function openChannel() {
  const questions: RatesQuestion[] = [];
  const channel = Object.assign(new EventEmitter(), {
    send: (message: FromProcess) => {
      if (message.kist === 'rates') questions.push(structuredClone(message.question));
    },
  });
  const answer = (id: number, waits: readonly number[]) =>
    channel.emit('message', { kist: 'rates', answer: { id, waits } });
  return { channel, questions, answer };
}

const scope: RatedScope = { id: 'key/A', limit: { requestsPerSecond: 3 } };
const turn = () => new Promise((resolve) => setImmediate(resolve));

it('what is asked in one turn goes in one message, and each gets its own answer', async () => {
  const { channel, questions, answer } = openChannel();
  const rates = createSupervisedRates(channel);
  const first = [rates.take([scope], 5), rates.take([scope], 0)];
  rates.spend([scope], 7);
  await turn();
  const second = rates.take([scope], 1);
  await turn();
  expect(questions).toEqual([
    {
      id: 0,
      take: [
        { scopes: [scope], bytes: 5 },
        { scopes: [scope], bytes: 0 },
      ],
      spend: [{ scopes: [scope], bytes: 7 }],
    },
    { id: 1, take: [{ scopes: [scope], bytes: 1 }], spend: [] },
  ]);
  answer(1, [30]);
  channel.emit('message', { kist: 'ask', id: 0, what: 'health' });
  answer(0, [0, 20]);
  expect(await Promise.all(first)).toEqual([0, 20]);
  expect(await second).toBe(30);
});

it('two workers have no more together than one would', async () => {
  const keeper = createRateKeeper(() => 0);
  const workers = [openChannel(), openChannel()].map(({ channel, questions, answer }) => ({
    rates: createSupervisedRates(channel),
    settle() {
      for (const { id, take, spend } of questions.splice(0)) {
        for (const { scopes, bytes } of spend) keeper.spend(scopes, bytes);
        answer(
          id,
          take.map(({ scopes, bytes }) => keeper.take(scopes, bytes)),
        );
      }
    },
  }));
  const waits = workers.flatMap(({ rates }) => [rates.take([scope], 0), rates.take([scope], 0)]);
  await turn();
  for (const { settle } of workers) settle();
  expect((await Promise.all(waits)).filter((wait) => wait === 0)).toHaveLength(3);
});

it('no answer in time is a no', async () => {
  const { channel } = openChannel();
  expect(await createSupervisedRates(channel, 5).take([scope], 0)).toBe(5);
});
