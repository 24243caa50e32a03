// A client's side of the control socket.
import { connect, type Socket } from 'node:net';
import {
  type ClientMessage,
  onLine,
  type StackStatus,
  type SupervisorMessage,
  sendLine,
  socketPath,
} from './protocol';

export interface ControlConnection {
  send(message: ClientMessage): void;
  onMessage(handle: (message: SupervisorMessage) => void): void;
  /** Resolves when the supervisor, or this side, has closed the connection. */
  readonly closed: Promise<void>;
  /** Lets the process end although the connection is open. */
  unref(): void;
  close(): void;
}

const wrap = (socket: Socket): ControlConnection => {
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => undefined);
  return {
    send: (message) => sendLine(socket, message),
    onMessage: (handle) => onLine(socket, handle),
    closed,
    unref: () => socket.unref(),
    close: () => socket.end(() => socket.destroy()),
  };
};

/** A connection to the data folder's supervisor, or null where none listens. */
export const connectControl = (runFolder: string): Promise<ControlConnection | null> =>
  new Promise((resolve) => {
    const socket = connect(socketPath(runFolder));
    socket.once('error', () => resolve(null));
    socket.once('connect', () => resolve(wrap(socket)));
  });

/** The supervisor's own words about the stack, or null where none answers in time. */
export const askStatus = async (runFolder: string, timeoutMs = 3_000): Promise<StackStatus | null> => {
  const connection = await connectControl(runFolder);
  if (connection === null) return null;
  const answer = new Promise<StackStatus | null>((resolve) => {
    const timer = setTimeout(() => resolve(null), timeoutMs);
    timer.unref();
    connection.onMessage((message) => {
      if (message.type === 'status') resolve(message.status);
    });
    void connection.closed.then(() => resolve(null));
  });
  connection.send({ type: 'status' });
  const status = await answer;
  connection.close();
  return status;
};
