import type { Dispatcher } from 'undici';

export interface Exchanged {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  text: string;
}

/**
 * Sends a request and reads its response into memory. `dispatcher.request` would create a stream
 * for each response, which takes a quarter of the client's CPU time for a small response.
 *
 * @throws the reason of the signal if it is aborted; undici's error if the response is incomplete
 */
export function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  signal: AbortSignal,
): Promise<Exchanged> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    const abort = () => {
      // undici fails a request that has no connection when it gets one, or when connecting takes too long.
      if (!controller) return reject(signal.reason as Error);
      controller.abort(signal.reason as Error);
    };
    const end = () => signal.removeEventListener('abort', abort);
    signal.addEventListener('abort', abort);
    let [status, headers]: [number, Exchanged['headers']] = [0, {}];
    const chunks: Buffer[] = [];
    dispatcher.dispatch(request, {
      onRequestStart(started) {
        controller = started;
        // It is not sent.
        if (signal.aborted) abort();
      },
      onResponseStart(_controller, statusCode, received) {
        // A status below 200 is an informational response, which is followed by another one.
        if (statusCode >= 200) [status, headers] = [statusCode, received];
      },
      onResponseData: (_controller, chunk) => void chunks.push(chunk),
      onResponseEnd() {
        end();
        resolve({ status, headers, text: textOf(chunks) });
      },
      onResponseError(_controller, error) {
        end();
        reject(error);
      },
    });
  });
}

function textOf(chunks: readonly Buffer[]): string {
  const [first] = chunks;
  return chunks.length === 1 ? first!.toString() : Buffer.concat(chunks).toString();
}
