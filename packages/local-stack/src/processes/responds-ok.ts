/** Whether a GET of the URL returns 2xx within the time limit (default 5 s). */
export async function respondsOk(url: string, { timeoutMs = 5_000 } = {}): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
