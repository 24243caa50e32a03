import { z } from '@hono/zod-openapi';
import { ServiceError } from '@temporalio/client';
import { fieldErrors } from '../../client/field-errors';
import { BadInput } from '../../client/inputs';
import { unstorableText } from '../../domain/storable';
import { isLoopbackAddress } from '../../server/host-check';
import { problemOf, Refusal } from '../../server/problem';

const errorsOf = (schema: z.ZodType, input: unknown) =>
  fieldErrors(schema.safeParse(input).error!, input, 'body');

describe('problems', () => {
  it('name the field and the accepted form of every wrong value', () => {
    const schema = z.strictObject({ kind: z.enum(['a', 'b']), n: z.int().max(5), list: z.array(z.string()) });
    expect(errorsOf(schema, { kind: 'c', n: 9, list: [1], extra: true })).toEqual([
      { field: 'kind', message: 'kind is "c"; accepted: a, b' },
      { field: 'n', message: 'n is 9; accepted: a number of at most 5' },
      { field: 'list.0', message: 'list.0 is 1; accepted: string' },
      { field: 'extra', message: expect.stringContaining('no such field') },
    ]);
    expect(errorsOf(schema, 7)).toEqual([{ field: 'body', message: 'body is 7; accepted: object' }]);
  });

  it('keep the inside of the server to its log', () => {
    const { body, log } = problemOf(new Error('password=hunter2hunter2 at /secret/path'));
    expect(body).toMatchObject({ status: 500, detail: 'The server failed; its log says why' });
    expect(log).toBe(true);
  });

  it('tell a server that does not answer from one that refuses, and from one that no worker serves', () => {
    const fromGrpc = (code: number) =>
      problemOf(new ServiceError('Temporal said no', { cause: Object.assign(new Error('no'), { code }) }));
    expect(fromGrpc(14).body).toMatchObject({ status: 503, title: 'Not available' });
    expect(fromGrpc(9).body).toMatchObject({ status: 503, title: 'No worker' });
    expect(fromGrpc(7)).toMatchObject({ body: { status: 500, title: 'Internal error' }, log: true });
    expect(problemOf(new ServiceError('cut off')).body).toMatchObject({
      status: 503,
      title: 'Not available',
    });
  });

  it('take the field out of a domain error', () => {
    const { body } = problemOf(new BadInput('value is 3; accepted: true or false'));
    expect(body).toMatchObject({ status: 400, errors: [{ field: 'value' }] });
    expect(problemOf(new RangeError('Maximum call stack size exceeded')).body.status).toBe(500);
    expect(problemOf(new Refusal(404, 'Not found', 'nothing')).log).toBe(false);
  });

  it('never echo a key that was sent by mistake', () => {
    const { body } = problemOf(new BadInput('symbol is "sk-abcdefghijklmnop1234"; accepted: a symbol'));
    expect(JSON.stringify(body)).not.toContain('sk-abcdefghijklmnop1234');
  });

  it('find text that the database cannot hold, at any depth and in keys', () => {
    expect(unstorableText({ a: [{ b: 'x\u0000' }] })).toBe('a.0.b');
    expect(unstorableText({ 'k\ud800': 1 })).toBe('body');
    expect(unstorableText({ a: 'whole 🎉', b: null, c: 1 })).toBeNull();
  });

  it('tell loopback addresses from those that others reach', () => {
    expect(['127.0.0.1', '127.8.0.1', '::1', 'localhost'].every(isLoopbackAddress)).toBe(true);
    expect(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example', 'example.org'].some(isLoopbackAddress)).toBe(
      false,
    );
  });
});
