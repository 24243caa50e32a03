// What a look at a schedule does when the server gives it up: a stopped server gives up after 40 s only, so the
// refusals are made here, as the SDK makes them.
import { ScheduleNotFoundError, ServiceError } from '@temporalio/client';
import { describeSchedule } from '../../client/known-schedules';

const refusal = (code: number): ServiceError =>
  new ServiceError('Failed to describe schedule', { cause: Object.assign(new Error('refused'), { code }) });

/** A server that answers one look after the other with what is given: an error is thrown. */
const serverOf = (...answers: readonly unknown[]) => {
  const left = [...answers];
  const describe = async () => {
    const answer = left.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const client = { temporal: { schedule: { getHandle: () => ({ describe }) } } };
  return { client: client as unknown as Parameters<typeof describeSchedule>[0], unused: () => left.length };
};

it.each([4, 9])('asks again where the server gave up the look with code %i', async (code) => {
  const { client } = serverOf(refusal(code), refusal(code), 'described');
  expect(await describeSchedule(client, 'desk:XNYS:warming')).toBe('described');
});

it('says what the server said when it gives up three looks', async () => {
  const { client, unused } = serverOf(refusal(4), refusal(4), refusal(4), 'described');
  await expect(describeSchedule(client, 'desk:XNYS:warming')).rejects.toThrow('Failed to describe schedule');
  expect(unused()).toBe(1);
});

it('asks once where the answer is final', async () => {
  const refused = serverOf(refusal(7), 'described');
  await expect(describeSchedule(refused.client, 'desk:XNYS:warming')).rejects.toThrow(ServiceError);
  expect(refused.unused()).toBe(1);
  const gone = serverOf(new ScheduleNotFoundError('gone', 'desk:XNYS:warming'), 'described');
  expect(await describeSchedule(gone.client, 'desk:XNYS:warming')).toBeNull();
  expect(gone.unused()).toBe(1);
});
