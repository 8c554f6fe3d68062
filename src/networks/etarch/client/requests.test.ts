import { expect, test } from 'vitest';
import { type Answer, decodeRequest, encodeAnswer } from '../wire/control.ts';
import { Requests } from './requests.ts';

/** An agent that answers each request after as many as are lost. */
function asking(lost: number, answer: Answer) {
  let left = lost;
  const requests: Requests = new Requests((payload) => {
    const { id, primitive } = decodeRequest(payload)!;
    if (left-- <= 0) queueMicrotask(() => requests.take(encodeAnswer(id, primitive, answer)));
  });
  return requests;
}

test.each([
  [{ primitive: 'workspaceDelete', title: 'bob', workspace: 'room' }, 'unknown'],
  [{ primitive: 'workspaceDetach', title: 'bob', workspace: 'room' }, 'unknown'],
  [{ primitive: 'entityUnregister', title: 'bob' }, 'notYours'],
] as const)('what was given up before its answer was lost is given up: %o', async (request, status) => {
  const answer = { status, reason: 'gone' };
  await expect(asking(1, answer).ask(request)).resolves.toMatchObject({ status });
  await expect(asking(0, answer).ask(request)).rejects.toMatchObject({ code: 'ERR_ETARCH', status });
});

test('what is refused stays refused, however often it was asked', async () => {
  const request = { primitive: 'workspaceAttach', title: 'bob', workspace: 'room' } as const;
  await expect(asking(1, { status: 'unknown', reason: 'none' }).ask(request)).rejects.toMatchObject({
    status: 'unknown',
  });
});
